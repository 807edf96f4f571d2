"""Timestamps asked for and evidence published after filing; verification and export on demand."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import Encoding

from compliance.deadlines import deadline_for
from domain.calendar import utc_now
from domain.errors import ConfigError
from domain.evidence import Report
from domain.numbers import whole_in
from domain.os_words import why_ja
from domain.query import MAX_LIMIT
from pipeline.steps.health import WITNESSED, log_health
from pipeline.steps.stamping_watch import watch_stamping
from pipeline.steps.stamps import keep_revocation_of_day
from pipeline.wiring import store_settings
from storage.evidence.batching import stamp_in_batches
from storage.evidence.log import newest_head, publish_head
from storage.evidence.proofs import ConsistencyProof, InclusionProof, consistency_proof, inclusion_proof
from storage.evidence.stamping import StampFailure, StampingResult, stamp_pending
from storage.evidence.verify import (
    Roots,
    SweepSettings,
    parse_earlier_head,
    verify_all,
    verify_document,
    verify_exported,
    verify_period,
    witness_report,
)
from storage.evidence.witness import FileWitness, StoreWitness, Witness, push_head
from storage.objects import open_store
from storage.search import search

if TYPE_CHECKING:
    from domain.evidence import TreeHead
    from domain.query import Query
    from pipeline.wiring import Shoko

logger = logging.getLogger(__name__)

FIRST_DAY = date(1998, 7, 1)
"""The Act came into force; nothing is older."""
LAST_DAY = date(9999, 12, 31)
IN_FLIGHT = timedelta(hours=1)
"""What is younger may still be under way while others are filing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorFiles:
    """Copies of what a verifier must hold from outside: keep them away from the archive."""

    roots: Path
    """Root certificates of the timestamp authority, PEM."""
    log_key: str
    """SHA-256 of the log key's SubjectPublicKeyInfo, hexadecimal."""

    @property
    def anchors(self) -> Roots:
        """Read back."""
        return anchors_from(self.roots, self.log_key)


def stamp_all_pending(shoko: Shoko, *, close: bool = False) -> StampingResult:
    """Ask the authority for every stamp that is due, by the policy in force; a failure stays queued with back-off.

    Policy ``batch``: one token over all that waits, once the batch is due or where ``close`` says so. Then the
    revocation data of the day are kept beside the tokens.
    """
    done = _stamp_in_batches(shoko, close=close) if shoko.settings.evidence.policy == "batch" else _stamp_each(shoko)
    if done.stamped:
        keep_revocation_of_day(shoko, say_failures=False)
    watch_stamping(shoko, failed=bool(done.failed or done.postponed))
    return done


def _stamp_each(shoko: Shoko) -> StampingResult:
    limit = shoko.settings.evidence.stamp_batch
    total = StampingResult(stamped=(), failed=(), postponed=0)
    while True:
        result = stamp_pending(shoko.archive, shoko.authority, limit=limit)
        total = StampingResult(
            stamped=total.stamped + result.stamped, failed=total.failed + result.failed, postponed=result.postponed
        )
        if len(result.stamped) < limit:
            logger.info("stamped %d, failed %d", len(total.stamped), len(total.failed))
            return total


def _stamp_in_batches(shoko: Shoko, *, close: bool) -> StampingResult:
    evidence = shoko.settings.evidence
    done = stamp_in_batches(
        shoko.archive,
        shoko.authority,
        settings=evidence.batch,
        deadlines=(deadline_for(day, settings=shoko.company_for(day)) for day in shoko.archive.unstamped_received_on()),
        newest_head=lambda: log_head(shoko),
        now=shoko.clock(),
        close=close,
    )
    names = (member.name for batch in done.batches for member in batch.members)
    stamped = tuple(name for name in names if name.startswith("unit-"))
    code = done.error_code or ""
    failed = tuple(StampFailure(unit_id=unit_id, error_code=code) for unit_id in done.failed)
    logger.info(
        "batches %d, stamped %d, failed %d, waiting %d", len(done.batches), len(stamped), len(failed), done.waiting
    )
    return StampingResult(stamped=stamped, failed=failed, postponed=done.waiting)


def publish(shoko: Shoko) -> None:
    """Write tiles and the signed tree head of the log so far to the vault."""
    publish_head(shoko.archive, shoko.store, shoko.signer)


def publish_stamped(shoko: Shoko) -> None:
    """The same with a timestamp on the head: nightly and on export, since an authority may charge for each."""
    publish_head(shoko.archive, shoko.store, shoko.signer, authority=shoko.authority)


def log_head(shoko: Shoko) -> TreeHead | None:
    """The newest signed head of the log, or None while nothing is published."""
    return newest_head(shoko.store, shoko.settings.client_id, log_key_sha256=shoko.signer.fingerprint)


def write_anchors(shoko: Shoko, folder: Path) -> AnchorFiles:
    """Copy the public trust anchors of this installation to a folder, to be kept elsewhere."""
    folder.mkdir(parents=True, exist_ok=True)
    roots = folder / "timestamp-roots.pem"
    roots.write_bytes(b"".join(c.public_bytes(Encoding.PEM) for c in shoko.authority.roots))
    (folder / "log-key-sha256.txt").write_text(shoko.signer.fingerprint + "\n", encoding="ascii")
    return AnchorFiles(roots=roots, log_key=shoko.signer.fingerprint)


def push_to_witnesses(shoko: Shoko) -> Report:
    """Give the newest signed head to every witness of the settings; what disagrees is kept as an alarm."""
    report = Report(
        checks=tuple(
            push_head(shoko.archive, shoko.store, witness, log_key_sha256=shoko.signer.fingerprint)
            for witness in _witnesses(shoko)
        )
    )
    if report.checks:
        log_health(shoko, WITNESSED, report, log_size=shoko.archive.log_size())
    return report


def _witnesses(shoko: Shoko) -> Iterator[Witness]:
    settings = shoko.settings.evidence
    yield from map(FileWitness, settings.witness_files)
    if settings.witness_store is not None:
        yield StoreWitness(open_store(settings.witness_store, clock=shoko.clock), shoko.settings.client_id)


def with_witness(anchors: Roots, witness: Path) -> tuple[Roots, Report]:
    """What is trusted, and the heads of a witness's file with it; and what is wrong with its lines.

    Raises:
        ConfigError: the file cannot be read.
    """
    found, report = witness_report(witness, log_key_sha256=anchors.log_key_sha256)
    return replace(anchors, earlier_heads=anchors.earlier_heads + found.earlier_heads), report


def prove_consistency(shoko: Shoko, sizes: str) -> ConsistencyProof:
    """Proof between two states of the log, given as ``A:B`` (numbers of entries; without B: up to now).

    Raises:
        ConfigError: not of that form, or the log never had these sizes.
    """
    first, second = _pair(sizes)
    return consistency_proof(shoko.archive, first, second)


def prove_inclusion(shoko: Shoko, place: str) -> InclusionProof:
    """Proof that an entry is in the log, given as ``N:SIZE`` (entry from 0; without a size: in the log of now).

    Raises:
        ConfigError: not of that form, or no such entry.
    """
    sequence, size = _pair(place)
    return inclusion_proof(shoko.archive, shoko.store, sequence, size)


def _pair(text: str) -> tuple[int, int | None]:
    first, _, second = text.partition(":")
    sequence, size = whole_in(first), whole_in(second)
    if sequence is None or (second and size is None):
        raise ConfigError(f"{text!r} is not N or N:M", message_ja=f"「件数:件数」の形で指定してください（{text}）")
    return sequence, size


def anchors_from(roots: Path | None, log_key: str | None, earlier_heads: tuple[str, ...] = ()) -> Roots:
    """What the person who verifies brings along; nothing is taken from the archive itself.

    Args:
        roots: PEM file with root certificates of timestamp authorities.
        log_key: SHA-256 of the log key's SubjectPublicKeyInfo, hexadecimal.
        earlier_heads: log heads noted earlier, each as ``SIZE:ROOT-HEX``.

    Raises:
        ConfigError: the file cannot be read, or a head is malformed.
    """
    try:
        pem = (roots.read_bytes(),) if roots is not None else ()
    except OSError as error:
        raise ConfigError(
            f"--roots {roots}: {error.strerror}", message_ja=f"ルート証明書 {roots} を読めません（{why_ja(error)}）"
        ) from error
    heads = tuple(parse_earlier_head(head) for head in earlier_heads)
    return Roots(roots_pem=pem, log_key_sha256=log_key, earlier_heads=heads)


def verify_everything(shoko: Shoko, anchors: Roots, *, progress: Callable[[int, int], None] | None = None) -> Report:
    """The complete log, every record, original and token (law: scan-timestamp), on all cores.

    ``progress`` is told (log entries done, of how many).
    """
    settings = SweepSettings(
        processes=shoko.settings.evidence.verify_processes or len(os.sched_getaffinity(0)),
        open_vault=partial(open_store, store_settings(shoko.settings), clock=utc_now),
        progress=progress,
        settled_before=shoko.clock() - IN_FLIGHT,
    )
    return verify_all(shoko.archive, shoko.store, roots=anchors, settings=settings)


def verify_range(shoko: Shoko, first: date | None, last: date | None, anchors: Roots) -> Report:
    """Everything recorded in a period, both days included (law: scan-timestamp, 一括検証)."""
    return verify_period(
        shoko.archive, shoko.store, start=first or FIRST_DAY, end=last or LAST_DAY, by="recorded", roots=anchors
    )


def verify_documents(shoko: Shoko, document_ids: tuple[str, ...], anchors: Roots) -> Report:
    """Single documents."""
    report = Report(checks=())
    for document_id in document_ids:
        report = report.joined(verify_document(shoko.archive, shoko.store, document_id, roots=anchors))
    return report


def verify_bundle_folder(folder: Path, anchors: Roots) -> Report:
    """An exported bundle, without database and network."""
    return verify_exported(folder, roots=anchors)


def found_ids(shoko: Shoko, query: Query) -> Iterator[str]:
    """Ids of all hits, page after page."""
    page = replace(query, limit=MAX_LIMIT, offset=0)
    while True:
        hits = search(shoko.archive, page)
        yield from (hit.document_id for hit in hits.hits)
        page = replace(page, offset=page.offset + MAX_LIMIT)
        if page.offset >= hits.total:
            return
