"""Timestamps: one token over many units, evidence records out, and tokens verified a second."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import shutil
import subprocess
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from domain.ids import DEFAULT_CLIENT_ID, Digest
from pipeline.benchmark.evidence.making import MADE_AT, make_archive
from pipeline.benchmark.evidence.rows import Bound, Row, Setting, Target
from storage.archive import Archive, ArchiveSettings
from storage.evidence.batching import stamp_in_batches
from storage.evidence.certificates import to_pem
from storage.evidence.local_authority import LocalAuthority
from storage.evidence.settings import BatchSettings
from storage.evidence.signer import LogSigner
from storage.evidence.unit_records import EvidenceRecords
from storage.evidence.verifier import Anchors, Policy, Verdict, overall, verify_token

UNITS = 10_000
TOKENS = 3_000
"""Tokens that are verified; each is another one, as with a token for each unit."""
_UNIT_BYTES = 64
"""Of the originals: stamping never reads them."""
_OPENSSL_TOKENS = 40
_TARGET_MS = Target(value=1.0, bound=Bound.AT_MOST)
_TARGET_RATE = Target(value=1500, bound=Bound.AT_LEAST)


def measure_stamping(setting: Setting) -> tuple[Row, ...]:
    """Stamp a made archive with one token, and write the evidence record of every unit."""
    units = setting.settings.units or UNITS
    keys = setting.folder / "keys"
    authority = LocalAuthority.create_or_open(keys / "tsa", clock=lambda: MADE_AT)
    made = make_archive(
        setting.folder / "store",
        units=units,
        unit_bytes=_UNIT_BYTES,
        seed=setting.settings.seed,
        signer=LogSigner.create_or_open(keys, clock=lambda: MADE_AT),
        authority=authority,
        policy="unstamped",
        progress=lambda done, of: setting.progress("units", done, of),
    )
    archive = Archive.open(
        f"sqlite:///{setting.folder}/archive.sqlite",
        made.store,
        client_id=DEFAULT_CLIENT_ID,
        clock=lambda: MADE_AT,
        settings=ArchiveSettings(rebuild_batch=5000),
    )
    try:
        started = time.monotonic()
        done = stamp_in_batches(
            archive, authority, settings=BatchSettings(max_units=max(units, 1)), now=MADE_AT, close=True
        )
        whole = time.monotonic() - started
        started = time.monotonic()
        authority.stamp(Digest.of(b"one more"))
        asked = time.monotonic() - started
        names = [member.name for batch in done.batches for member in batch.members if member.name.startswith("unit-")]
        records = EvidenceRecords(archive, made.store)
        started = time.monotonic()
        size = max(len(records.of(name)) for name in names)
        written = time.monotonic() - started
    finally:
        archive.close()
    return (
        Row(
            name="stamp_batch_tokens",
            what=f"{units:,} 単位をまとめて付与したときのタイムスタンプの数",
            measured=len(done.batches),
            unit="",
            target=Target(value=1, bound=Bound.AT_MOST),
        ),
        Row(
            name="stamp_batch_per_unit",
            what=f"{units:,} 単位をまとめて付与、認証局の時間を除いた 1 単位あたり",
            measured=1000 * (whole - len(done.batches) * asked) / len(names),
            unit="ms",
            target=_TARGET_MS,
            note=f"全体 {whole:.2f} 秒、認証局 {1000 * asked:.1f} ms/個",
        ),
        Row(
            name="evidence_records_out",
            what=f"証拠記録 (RFC 4998) の作成、{len(names):,} 単位（最大 {size:,} バイト）",
            measured=len(names) / written,
            unit="/s",
        ),
    )


def measure_token_checks(setting: Setting) -> tuple[Row, ...]:
    """Verify a token per unit: each parsed and its signature checked, chains by certificate and time."""
    count = setting.settings.units or TOKENS
    processes = setting.settings.processes or len(os.sched_getaffinity(0))
    authority = LocalAuthority.create_or_open(setting.folder / "tsa", clock=lambda: MADE_AT)
    roots = to_pem(authority.roots).encode()
    tokens: list[tuple[bytes, bytes]] = []
    for number in range(count):
        content = f"{setting.settings.seed}-{number}".encode()
        tokens.append((content, authority.stamp(Digest.of(content)).token_der))
        if number % 100 == 0:
            setting.progress("tokens", number, count)
    shares = [tokens[start::processes] for start in range(processes)]
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(verify_share, [share[:1] for share in shares], [roots] * processes))  # they are up
        started = time.monotonic()
        verified = sum(pool.map(verify_share, shares, [roots] * processes))
        seconds = time.monotonic() - started
    if verified != count:
        msg = f"{count - verified} tokens of {count} do not verify"
        raise RuntimeError(msg)
    return (
        Row(
            name="token_checks",
            what=f"タイムスタンプだけの検証（{count:,} 個、{processes} プロセス）",
            measured=count / seconds,
            unit="/s",
            peer=_openssl_rate(setting.folder, tokens[:_OPENSSL_TOKENS], roots),
            peer_name="openssl ts -verify",
            target=_TARGET_RATE,
        ),
    )


def verify_share(tokens: list[tuple[bytes, bytes]], roots: bytes) -> int:
    """How many of these tokens hold; runs in a process of its own."""
    anchors, policy = Anchors(roots_pem=(roots,)), Policy()
    return sum(_holds(content, token, anchors, policy) for content, token in tokens)


def _holds(content: bytes, token: bytes, anchors: Anchors, policy: Policy) -> bool:
    findings = verify_token(
        token,
        digest_of=lambda name: hashlib.new(name, content).digest(),
        anchors=anchors,
        policy=policy,
        subject="token",
    )
    return overall(findings) is Verdict.PASSED


def _openssl_rate(folder: Path, tokens: list[tuple[bytes, bytes]], roots: bytes) -> float | None:
    program = shutil.which("openssl")
    if program is None:
        return None
    (folder / "roots.pem").write_bytes(roots)
    started = time.monotonic()
    for content, token in tokens:
        (folder / "token.der").write_bytes(token)
        digest = hashlib.sha256(content).hexdigest()
        command = [program, "ts", "-verify", "-digest", digest, "-in", "token.der", "-token_in"]
        at = ["-attime", str(int(MADE_AT.timestamp()))]
        subprocess.run(  # noqa: S603  # our own arguments
            [*command, "-CAfile", "roots.pem", *at],
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    return len(tokens) / (time.monotonic() - started)
