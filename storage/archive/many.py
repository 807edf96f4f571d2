"""What is asked of many documents at once: their newest revisions, of those that may be seen, and their tokens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from domain.evidence import batch_name
from domain.ids import Digest
from storage.archive import batches, keys, manifests
from storage.archive.columns import among
from storage.archive.rebuildable import search_entry
from storage.archive.schema import payload, stamp_batch, stamp_request, timestamp
from storage.archive.seeing import seen

if TYPE_CHECKING:
    from domain.evidence import TimestampToken
    from domain.record import ArchiveRecord
    from storage.archive.reader import ArchiveReader


def newest_records(archive: ArchiveReader, ids: Iterable[str]) -> dict[str, ArchiveRecord]:
    """Each of these documents that there is for who asks, in the order in which they were named."""
    wanted, entry = tuple(dict.fromkeys(ids)), search_entry.c
    if not wanted:
        return {}
    same = (
        payload.c.client_id == entry.client_id,
        payload.c.kind == "revision",
        payload.c.subject_id == entry.document_id,
        payload.c.number == entry.revision,
    )
    query = (
        sa.select(entry.document_id, entry.revision, payload.c.content)
        .join(payload, sa.and_(*same))
        .where(entry.client_id == archive.client_id, among(entry.document_id, wanted), *seen(archive.visibility))
    )
    rows = {row.document_id: row for row in archive.rows(query)}
    found = (rows[one] for one in wanted if one in rows)
    records = archive.told(
        [
            manifests.record_of(
                row.content, key=keys.revision_payload(archive.client_id, row.document_id, row.revision)
            )
            for row in found
        ]
    )
    return {record.document_id: record for record in records}


def tokens_of(archive: ArchiveReader, unit_ids: Iterable[str]) -> dict[str, tuple[TimestampToken, ...]]:
    """Tokens over each of these units, its own and those over trees that it is in, in order."""
    wanted, client, own, request = tuple(dict.fromkeys(unit_ids)), archive.client_id, timestamp.c, stamp_request.c
    if not wanted:
        return {}
    asked = sa.select(request.unit_id, request.imprint).where(
        request.client_id == client, among(request.unit_id, wanted)
    )
    imprints = {row.unit_id: Digest.parse(row.imprint) for row in archive.rows(asked)}
    found: dict[str, list[tuple[int, TimestampToken]]] = {unit_id: [] for unit_id in imprints}
    names: dict[str, set[str]] = {unit_id: {unit_id} for unit_id in imprints}
    single = sa.select(own.unit_id, own.sequence, own.content)
    for row in archive.rows(single.where(own.client_id == client, among(own.unit_id, imprints))):
        token = manifests.token_of(row.content, key=keys.tokens(client, row.unit_id))
        found[row.unit_id].append((row.sequence, token))
        names.setdefault(batches.token_name(row.unit_id, Digest.of(token.token_der)), set()).add(row.unit_id)
    told: set[tuple[int, str]] = set()
    while names:
        members = [(one.number, unit_id) for one in archive.batches_of(names) for unit_id in names[one.name]]
        fresh = dict.fromkeys(one for one in members if one not in told)
        told |= fresh.keys()
        trees = _batch_tokens(archive, {number for number, _ in fresh})
        names = {}
        for number, unit_id in fresh:
            sequence, token = trees[number]
            found[unit_id].append((sequence, replace(token, imprint=imprints[unit_id])))
            names.setdefault(batch_name(number), set()).add(unit_id)
    ordered = {unit_id: (token for _, token in sorted(some, key=lambda one: one[0])) for unit_id, some in found.items()}
    return {unit_id: archive.judged(ordered.get(unit_id, ())) for unit_id in wanted}


def _batch_tokens(archive: ArchiveReader, numbers: set[int]) -> dict[int, tuple[int, TimestampToken]]:
    """Token of each batch, with its place in the log."""
    batch = stamp_batch.c
    query = sa.select(batch.number, batch.sequence, batch.token).where(
        batch.client_id == archive.client_id, batch.number.in_(sorted(numbers))
    )
    key = f"{archive.client_id}/batches/"
    return {row.number: (row.sequence, manifests.token_of(row.token, key=key)) for row in archive.rows(query)}
