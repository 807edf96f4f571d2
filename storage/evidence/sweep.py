"""Everything in the vault, in one pass in key order: blobs, records, tokens; the log first."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from domain.engines import ObjectStore
from storage.archive import Archive
from storage.evidence.gather import blob_digests, blob_key, head_token_findings, payload_findings, token_bytes
from storage.evidence.log import VAULT, newest_head_key
from storage.evidence.sweep_batches import BatchSweep
from storage.evidence.verifier import (
    Anchors,
    Finding,
    Head,
    Policy,
    Reason,
    RunningRoot,
    leaf_digest,
    verify_head,
    verify_token,
)
from storage.evidence.verifier.findings import failed, passed, unsure
from storage.evidence.verifier.records import PAYLOAD_SUFFIX, Logged, check_record, original_of, parse_leaf

_AREAS = ("acts", "documents", "drops", "outcomes", "units", "timestamps", "batches")
"""Folders of records; each needs what those before it say: drops, units, timestamps, then batches over all of them."""


def sweep(archive: Archive, vault: ObjectStore, *, anchors: Anchors, policy: Policy) -> Iterator[Finding]:
    """Check everything.

    1. the newest head's signature, key and token;
    2. every leaf in its place, and the roots over them equal to the head and to the earlier heads from outside;
    3. every blob has the digest that is its name;
    4. every record is named by a leaf, its payload matches;
    5. every drop's original and every extract is among the blobs, every other unit agrees with its drop;
    6. every token, over its unit's original; every unit has one;
    7. every leaf's record was found.
    """
    prefix = f"{archive.client_id}/"
    # 1.
    head: Head | None = None
    key = newest_head_key(vault, archive.client_id)
    if key is not None:
        head, findings = verify_head(vault.get(VAULT, key), anchors)
        yield from findings
        if head is not None:
            yield from head_token_findings(vault, archive.client_id, head, anchors=anchors, policy=policy)
    # 2.
    logged = Logged()
    yield from _check_log(archive, vault, prefix, head=head, anchors=anchors, logged=logged)
    # 3.
    sound: set[str] = set()
    for found in vault.list_latest(VAULT, prefix=f"{prefix}blobs/"):
        named = found.key.rpartition("/")[2]
        if blob_digests(vault, found.key)("sha256").hex() == named:
            sound.add(named)
        else:
            yield failed("original_digest", Reason.HASH_FAILURE, subject=f"sha256:{named}")
    # 4. to 6.
    yield from _check_records(archive, vault, prefix, anchors=anchors, policy=policy, logged=logged, sound=sound)
    # 7.
    for leaf in logged.missing():
        yield failed("record_logged", Reason.SIGNED_DATA_NOT_FOUND, subject=leaf.subject_id, detail=leaf.kind)


def _check_log(
    archive: Archive, vault: ObjectStore, prefix: str, *, head: Head | None, anchors: Anchors, logged: Logged
) -> Iterator[Finding]:
    earlier = {e.tree_size: e.root for e in anchors.earlier_heads}
    running = RunningRoot()
    signed_root = running.root() if head and head.tree_size == 0 else None
    for found in vault.list_latest(VAULT, prefix=f"{prefix}log/leaves/"):
        content = vault.get(VAULT, found.key)
        try:
            leaf = parse_leaf(content)
        except (ValueError, RecursionError):
            yield failed("leaf_sequence", Reason.FORMAT_FAILURE, subject=found.key)
            continue
        if leaf.sequence != running.size or not found.key.endswith(f"/{leaf.sequence:012d}.json"):
            yield failed("leaf_sequence", Reason.UNEXPECTED, subject=found.key)
        logged.add(leaf)
        running.add(leaf_digest(content))
        if running.size in earlier:
            subject = f"head-{running.size}"
            if earlier.pop(running.size) == running.root():
                yield passed("head_consistent", subject=subject)
            else:
                yield failed("head_consistent", Reason.PROOF_FAILURE, subject=subject)
        if head is not None and running.size == head.tree_size:
            signed_root = running.root()
    for size in earlier:
        yield failed("head_consistent", Reason.PROOF_FAILURE, subject=f"head-{size}", detail="the log is shorter")
    known = archive.log_size()
    if known > running.size:
        yield failed("leaf_sequence", Reason.SIGNED_DATA_NOT_FOUND, detail=f"{known - running.size} leaves")
    else:
        yield passed("leaf_sequence", detail=f"{running.size} leaves")
    yield from _check_root(head, signed_root, size=running.size)


def _check_root(head: Head | None, signed_root: bytes | None, *, size: int) -> Iterator[Finding]:
    if head is None:
        yield unsure("head_present", Reason.NOT_IN_SIGNED_HEAD)
        return
    subject = f"head-{head.tree_size}"
    if signed_root is None:
        yield failed("head_root", Reason.SIGNED_DATA_NOT_FOUND, subject=subject)
    elif signed_root != head.root:
        yield failed("head_root", Reason.PROOF_FAILURE, subject=subject)
    else:
        yield passed("head_root", subject=subject)
        if size > head.tree_size:
            yield unsure("leaf_included", Reason.NOT_IN_SIGNED_HEAD, detail=f"{size - head.tree_size} leaves")


def _check_records(
    archive: Archive,
    vault: ObjectStore,
    prefix: str,
    *,
    anchors: Anchors,
    policy: Policy,
    logged: Logged,
    sound: set[str],
) -> Iterator[Finding]:
    originals: dict[str, str] = {}
    stamped: set[str] = set()

    def digest_of(unit_id: str) -> Callable[[str], bytes] | None:
        expected = originals.get(unit_id)
        return None if expected is None else _digests(vault, archive.client_id, expected)

    batches = BatchSweep(archive=archive, vault=vault, anchors=anchors, policy=policy, digest_of=digest_of)
    for area in _AREAS:
        for found in vault.list_latest(VAULT, prefix=f"{prefix}{area}/"):
            path = found.key.removeprefix(prefix)
            if path.endswith(PAYLOAD_SUFFIX):
                continue
            plain, findings = check_record(path, vault.get(VAULT, found.key), logged)
            yield from findings
            if plain is None or any(f.reason for f in findings):
                continue
            yield from payload_findings(vault, prefix, path, plain)
            original = original_of(plain) if area in {"drops", "units"} else None
            extract = area == "units" and bool(findings)  # only the manifest of an extract has a leaf
            if (area == "drops" or extract) and original is not None:
                if original.unit_id not in originals:
                    yield _original(original.unit_id, original.sha256, sound)
                originals[original.unit_id] = original.sha256
            elif area == "units" and (original is None or originals.get(original.unit_id) != original.sha256):
                yield failed("unit_agrees", Reason.HASH_FAILURE, subject=path)
            elif area == "timestamps":
                unit_id = path.split("/")[1]
                stamped.add(unit_id)
                batches.add_token(unit_id, token_bytes(plain))
                expected = originals.get(unit_id, hashlib.sha256(b"").hexdigest())
                yield from verify_token(
                    token_bytes(plain),
                    digest_of=_digests(vault, archive.client_id, expected),
                    anchors=anchors,
                    policy=policy,
                    subject=unit_id,
                )
            elif area == "batches":
                yield from batches.check(path.removeprefix("batches/").removesuffix(".json"), plain)
    yield from batches.check_renewed()
    stamped |= batches.stamped
    if policy.require_timestamp:
        for unit_id in sorted(set(originals) - stamped):
            yield unsure("token_present", Reason.NO_TIMESTAMP, subject=unit_id)


def _original(unit_id: str, expected: str, sound: set[str]) -> Finding:
    if expected in sound:
        return passed("original_digest", subject=unit_id)
    return failed("original_digest", Reason.SIGNED_DATA_NOT_FOUND, subject=unit_id)


def _digests(vault: ObjectStore, client_id: str, sha256: str) -> Callable[[str], bytes]:
    """Digests of an original; its SHA-256 has been checked already and is not computed again."""
    others = blob_digests(vault, blob_key(client_id, sha256))
    return lambda algorithm: bytes.fromhex(sha256) if algorithm == "sha256" else others(algorithm)
