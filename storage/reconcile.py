"""Reconciliation: every object has a record, every record its object, every drop an outcome (DESIGN §8).

It compares the vault's listing with the archive's rows, and says what it found as checks of a ``Report``:

=========================  ==================================================================================
``objects_have_records``   failed: an object in the vault that Shoko does not write there
``no_unfinished_acts``     indeterminate: objects of an act that never reached the log. A crash leaves such
                           attempts behind, and the same act adopts them when it is done again; but a record
                           that was removed together with its log entry looks the same, so a person decides
``log_is_applied``         indeterminate: log entries that the next writer (or opening the archive) will apply;
                           failed: a signed head speaks of a longer log than there is
``records_have_objects``   failed: an object that the archive names is gone from the vault (or from ``inbox``)
``objects_are_unchanged``  failed: an object has another size or digest than was recorded
``drops_have_outcomes``    failed: nothing has become of a drop
``no_delete_markers``      failed: someone deleted an object in the vault (its versions are still there)
``no_overwrites``          failed: a newer version with other bytes lies over an object of the vault
``append_only``            failed: a trigger that keeps the database append-only is gone
=========================  ==================================================================================
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from domain import codec
from domain.engines import ObjectStore, ObjectVersion
from domain.errors import ObjectMissing
from domain.evidence import Check, Outcome, Report
from domain.ids import Digest
from storage.archive import Archive, keys, schema
from storage.archive.applying import OWN_KINDS
from storage.archive.keys import VAULT

MAX_FINDINGS = 1000
"""Findings listed under one name; their number is given in full."""
_CHUNK_BYTES = 1 << 20
_ATTEMPT = re.compile(
    r"blobs/sha256/[0-9a-f]{2}/[0-9a-f]{64}|drops/drop-[0-9a-f]{32}(\.payload)?\.json|units/unit-[0-9a-f]{32}\.json"
    r"|outcomes/drop-[0-9a-f]{32}(\.\d{4,})?(\.payload)?\.json|documents/doc-[0-9a-f]{32}/r\d{6,}(\.payload)?\.json"
    r"|batches/batch-\d{6,}\.json|counterparties/b\d{6,}(\.payload)?\.json|lessons/l\d{6,}(\.payload)?\.json"
    r"|timestamps/unit-[0-9a-f]{32}/[0-9a-f]{64}\.tsr\.json|acts/[0-9a-f]{64}\.json"
    r"|acts/[a-z0-9][a-z0-9-]{0,127}/a\d{6,}(\.payload)?\.json"
)
"""What Shoko writes before the log entry of an act."""
_LEAF = re.compile(r"log/leaves/(\d{12,})\.json")
_HEAD = re.compile(r"log/(?:heads/(\d{12,})\.json|head-timestamps/(\d{12,})\.tsr\.json)")
"""A signed head, or the timestamp over one."""
_TILE = re.compile(r"log/tile/.+")


Select = Callable[..., list[tuple[Any, ...]]]
"""Rows of some columns of one table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a row says of an object."""

    key: str
    bucket: str = VAULT
    digest: Digest | None = None
    """None where the row keeps none (the manifest of a drop's own unit)."""
    size_bytes: int | None = None
    subject: str | None = None
    """How findings name it where its key may carry a file's name; None: by its key."""


def reconcile(
    archive: Archive,
    vault: ObjectStore,
    *,
    check_digests: bool = False,
    settled_before: datetime | None = None,
) -> Report:
    """Compare the vault with the archive.

    Args:
        archive: one client's archive.
        vault: the store whose bucket ``vault`` (and ``inbox``, for refused drops) is looked at.
        check_digests: read every object and compare its digest; otherwise sizes only, and no object is read.
        settled_before: while others write, leave out unfinished acts and drops without outcome newer than this.

    Raises:
        StoreUnavailable: it could not look at all.
    """
    client = archive.client_id
    listed = {found.key: found for found in vault.list_latest(VAULT, prefix=f"{client}/")}
    # Rows after the listing: what was listed and committed meanwhile has its row.
    # Two units can share one blob.
    expected = tuple({(one.bucket, one.key): one for one in _expected(archive)}.values())
    named = {one.key for one in expected if one.bucket == VAULT}
    size = archive.log_size()
    loose = [found for key, found in listed.items() if key not in named]
    findings = [
        *_loose(loose, client_id=client, log_size=size, settled_before=settled_before),
        *_absent_or_changed(expected, listed, vault, check_digests=check_digests),
        *(_failed("drops_have_outcomes", drop_id) for drop_id in _unread(archive, settled_before)),
        *_versions(vault, client, {one.key: one.digest for one in expected if one.bucket == VAULT}),
        *(_failed("append_only", trigger) for trigger in archive.missing_triggers()),
    ]
    looked = {
        "objects_have_records": len(listed),
        "no_unfinished_acts": len(loose),
        "log_is_applied": size,
        "records_have_objects": len(expected),
        "objects_are_unchanged": len(expected),
        "drops_have_outcomes": archive.counts().drops,
        "no_delete_markers": len(listed),
        "no_overwrites": len(listed),
        "append_only": len(schema.APPEND_ONLY),
    }
    return Report(checks=tuple(_summed(findings, looked)))


def _summed(findings: Sequence[Check], looked: dict[str, int]) -> Iterator[Check]:
    counted = Counter(finding.name for finding in findings)
    for name, number in looked.items():
        if not counted[name]:
            yield Check(name=name, outcome=Outcome.PASSED, detail=str(number))
            continue
        found = [finding for finding in findings if finding.name == name]
        yield from found[:MAX_FINDINGS]
        if len(found) > MAX_FINDINGS:
            worst = Outcome.FAILED if any(f.outcome is Outcome.FAILED for f in found) else Outcome.INDETERMINATE
            yield Check(name=name, outcome=worst, detail=f"+{len(found) - MAX_FINDINGS}")


def _expected(archive: Archive) -> Iterator[Expected]:
    client = archive.client_id

    def select(*columns: sa.Column[Any]) -> list[tuple[Any, ...]]:
        rows = archive.rows(sa.select(*columns).where(columns[0].table.c.client_id == client))
        return [tuple(row) for row in rows]

    def pair(manifest: tuple[str, str], payload: tuple[str, str | None]) -> Iterator[Expected]:
        yield Expected(key=manifest[0], digest=Digest.parse(manifest[1]))
        if payload[1] is not None:
            yield Expected(key=payload[0], digest=Digest.parse(payload[1]))

    drop, unit, outcome = schema.drop.c, schema.unit.c, schema.drop_outcome.c
    cut = schema.unit_extract.c
    extracts: dict[str, str] = {row[0]: row[1] for row in select(cut.unit_id, cut.manifest_digest)}
    revision, token = schema.revision.c, schema.timestamp.c
    for unit_id, bucket, key, digest, size in select(
        unit.unit_id, unit.blob_bucket, unit.blob_key, unit.blob_digest, unit.size_bytes
    ):
        yield Expected(key=key, bucket=bucket, digest=Digest.parse(digest), size_bytes=size)
        named = extracts.get(unit_id)
        yield Expected(key=keys.unit_manifest(client, unit_id), digest=Digest.parse(named) if named else None)
    units = {row[0] for row in select(unit.unit_id)}
    for drop_id, unit_id, manifest, payload in select(
        drop.drop_id, drop.unit_id, drop.manifest_digest, drop.payload_digest
    ):
        yield from pair((keys.drop_manifest(client, drop_id), manifest), (keys.drop_payload(client, drop_id), payload))
        if unit_id not in units:
            yield _blob_of(archive, drop_id)
    for drop_id, number, manifest, payload in select(
        outcome.drop_id, outcome.number, outcome.manifest_digest, outcome.payload_digest
    ):
        yield from pair(
            (keys.outcome_manifest(client, drop_id, number), manifest),
            (keys.outcome_payload(client, drop_id, number), payload),
        )
    for document_id, number, manifest, payload in select(
        revision.document_id, revision.revision, revision.manifest_digest, revision.payload_digest
    ):
        yield from pair(
            (keys.revision_manifest(client, document_id, number), manifest),
            (keys.revision_payload(client, document_id, number), payload),
        )
    for manifest, payload in _numbered(client, select):
        yield from pair(manifest, payload)
    stamped = schema.stamp_batch.c
    yield from (
        Expected(key=keys.batch(client, number), digest=Digest.parse(manifest))
        for number, manifest in select(stamped.number, stamped.manifest_digest)
    )
    for unit_id, name, digest in select(token.unit_id, token.token_digest, token.object_digest):
        yield Expected(key=keys.token(client, unit_id, Digest.parse(name)), digest=Digest.parse(digest))
    for leaf in archive.leaves(0, archive.log_size()):
        yield Expected(key=keys.leaf(client, leaf.sequence), digest=Digest.of(codec.canonical(leaf)))
        if leaf.kind not in OWN_KINDS and leaf.manifest_digest is not None:
            yield Expected(key=keys.act_manifest(client, leaf.manifest_digest), digest=leaf.manifest_digest)


def _numbered(client: str, select: Select) -> Iterator[tuple[tuple[str, str], tuple[str, str | None]]]:
    """Manifest and payload, each as key and digest, of every act that is numbered through."""
    batch, lesson, act = schema.counterparty_batch.c, schema.lesson.c, schema.act.c
    for number, manifest, payload in select(batch.number, batch.manifest_digest, batch.payload_digest):
        key, payload_key = keys.counterparty_manifest(client, number), keys.counterparty_payload(client, number)
        yield (key, manifest), (payload_key, payload)
    for number, manifest, payload in select(lesson.number, lesson.manifest_digest, lesson.payload_digest):
        yield (keys.lesson_manifest(client, number), manifest), (keys.lesson_payload(client, number), payload)
    for subject, number, manifest, payload in select(
        act.subject_id, act.number, act.manifest_digest, act.payload_digest
    ):
        yield (keys.act(client, subject, number), manifest), (keys.act_payload(client, subject, number), payload)


def _blob_of(archive: Archive, drop_id: str) -> Expected:
    drop = archive.get_drop(drop_id)
    if drop is None:
        raise ObjectMissing(f"drop {drop_id} is gone", message_ja=f"{drop_id} は登録されていません")
    blob = drop.blob
    return Expected(key=blob.key, bucket=blob.bucket, digest=blob.digest, size_bytes=blob.size_bytes, subject=drop_id)


def _loose(
    loose: Sequence[ObjectVersion], *, client_id: str, log_size: int, settled_before: datetime | None
) -> Iterator[Check]:
    for found in loose:
        name = found.key.removeprefix(f"{client_id}/")
        if _TILE.fullmatch(name):
            continue
        if (head := _HEAD.fullmatch(name)) is not None:
            if int(head[1] or head[2]) > log_size:
                yield _failed("log_is_applied", found.key)
        elif _LEAF.fullmatch(name):
            yield Check(name="log_is_applied", outcome=Outcome.INDETERMINATE, subject=found.key)
        elif not _ATTEMPT.fullmatch(name):
            yield _failed("objects_have_records", found.key)
        elif settled_before is None or found.last_modified < settled_before:
            yield Check(name="no_unfinished_acts", outcome=Outcome.INDETERMINATE, subject=found.key)


def _absent_or_changed(
    expected: Sequence[Expected],
    listed: dict[str, ObjectVersion],
    vault: ObjectStore,
    *,
    check_digests: bool,
) -> Iterator[Check]:
    for one in expected:
        found = listed.get(one.key) if one.bucket == VAULT else None
        found = found or vault.stat(one.bucket, one.key)
        subject = one.subject or one.key
        if found is None:
            yield _failed("records_have_objects", subject)
            continue
        resized = one.size_bytes is not None and found.size_bytes != one.size_bytes
        if resized or (check_digests and one.digest is not None and _digest(vault, one) != one.digest):
            yield _failed("objects_are_unchanged", subject)


def _digest(vault: ObjectStore, one: Expected, *, version_id: str | None = None) -> Digest:
    hasher = hashlib.sha256()
    with vault.open(one.bucket, one.key, version_id=version_id) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            hasher.update(chunk)
    return Digest(value=hasher.hexdigest())


def _unread(archive: Archive, settled_before: datetime | None) -> Iterator[str]:
    for drop_id in archive.drops_without_outcome():
        drop = archive.get_drop(drop_id)
        if drop is not None and (settled_before is None or drop.preserved_at < settled_before):
            yield drop_id


def _versions(vault: ObjectStore, client_id: str, recorded: dict[str, Digest | None]) -> Iterator[Check]:
    versions: dict[str, list[str]] = {}
    for found in vault.list_versions(VAULT, prefix=f"{client_id}/"):
        if found.is_delete_marker:
            yield _failed("no_delete_markers", found.key)
        else:
            versions.setdefault(found.key, []).append(found.version_id)
    for key, ids in versions.items():
        if len(ids) == 1:
            continue
        # Putting the same bytes twice is harmless, and so is a race whose loser was covered by the winner again.
        digest = recorded.get(key)
        newest = _digest(vault, Expected(key=key))
        if newest != digest if digest else {_digest(vault, Expected(key=key), version_id=v) for v in ids} != {newest}:
            yield _failed("no_overwrites", key)


def _failed(name: str, subject: str) -> Check:
    return Check(name=name, outcome=Outcome.FAILED, subject=subject)
