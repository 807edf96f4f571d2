"""Whether the database says all that the log says.

Every leaf has its rows, every row its payload, every document its place in the search index. What is missing is in the
vault, and can be put back from there.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from domain.acts import ACT_KINDS
from storage.archive import Archive, division, rebuildable, schema
from storage.archive.act_rows import PAYLOAD
from storage.archive.applying import EXTRACTED, OUTCOME_KINDS, REVISION_KINDS
from storage.archive.batches import BATCH_STAMPED
from storage.archive.keys import VAULT
from storage.archive.series import COUNTERPARTIES, LESSON
from storage.reconcile.expected import readable_drop

_ROWS = (
    (frozenset({"dropped"}), schema.drop),
    (OUTCOME_KINDS, schema.drop_outcome),
    (REVISION_KINDS, schema.revision),
    (frozenset({"filed"}), schema.document),
    (frozenset({EXTRACTED}), schema.unit),
    (frozenset({EXTRACTED}), schema.unit_extract),
    (frozenset({"stamped"}), schema.timestamp),
    (frozenset({COUNTERPARTIES}), schema.counterparty_batch),
    (frozenset({LESSON}), schema.lesson),
    (frozenset({division.REGROUPED}), schema.succession),
    (frozenset({BATCH_STAMPED}), schema.stamp_batch),
    (ACT_KINDS, schema.act),
    (ACT_KINDS, schema.act_about),
)
"""Kinds of leaf, and the table in which each must have a row of its sequence."""
_PAYLOADS = (
    ("drop", schema.drop, schema.drop.c.drop_id, sa.literal(1)),
    ("outcome", schema.drop_outcome, schema.drop_outcome.c.drop_id, schema.drop_outcome.c.number),
    ("revision", schema.revision, schema.revision.c.document_id, schema.revision.c.revision),
    (COUNTERPARTIES, schema.counterparty_batch, sa.literal(COUNTERPARTIES), schema.counterparty_batch.c.number),
    (LESSON, schema.lesson, schema.lesson.c.document_id, schema.lesson.c.number),
    (PAYLOAD, schema.act, schema.act.c.subject_id, schema.act.c.number),
)
"""Kind of payload, the table that names its digest, and what it is kept under."""


def missing_rows(archive: Archive, *, since: int = 0) -> Iterator[str]:
    """What the log has and the database has not, named by leaf or id."""
    yield from _missing_leaves(archive, since)
    for kinds, table in _ROWS:
        yield from _without(archive, kinds, table, since)
    yield from _missing_payloads(archive, since)
    yield from _missing_units(archive, since)
    yield from _missing_members(archive, since)


def missing_entries(archive: Archive) -> Iterator[str]:
    """Documents that the search index does not have, or has in an older revision."""
    entry, revision, kept = rebuildable.search_entry, schema.revision, schema.payload
    newest = (
        sa.select(revision.c.document_id, sa.func.max(revision.c.revision).label("revision"))
        .where(revision.c.client_id == archive.client_id)
        .group_by(revision.c.document_id)
        .subquery()
    )
    indexed = sa.select(entry.c.document_id).where(
        entry.c.client_id == archive.client_id,
        entry.c.document_id == newest.c.document_id,
        entry.c.revision == newest.c.revision,
    )
    readable = sa.select(kept.c.subject_id).where(
        kept.c.client_id == archive.client_id,
        kept.c.kind == "revision",
        kept.c.subject_id == newest.c.document_id,
        kept.c.number == newest.c.revision,
    )
    query = sa.select(newest.c.document_id).where(~indexed.exists(), readable.exists())
    yield from (str(row[0]) for row in archive.rows(query.order_by(newest.c.document_id)))


def _missing_leaves(archive: Archive, since: int) -> Iterator[str]:
    table = schema.log_leaf
    query = sa.select(table.c.sequence).where(table.c.client_id == archive.client_id, table.c.sequence >= since)
    following = since
    for row in archive.rows(query.order_by(table.c.sequence)):
        yield from (f"leaf-{sequence}" for sequence in range(following, row.sequence))
        following = row.sequence + 1


def _without(archive: Archive, kinds: frozenset[str], table: sa.Table, since: int) -> Iterator[str]:
    leaf = schema.log_leaf
    same = sa.select(table.c.sequence).where(table.c.client_id == leaf.c.client_id, table.c.sequence == leaf.c.sequence)
    query = sa.select(leaf.c.sequence).where(
        leaf.c.client_id == archive.client_id,
        leaf.c.sequence >= since,
        leaf.c.kind.in_(sorted(kinds)),
        ~same.exists(),
    )
    yield from (f"leaf-{row.sequence}" for row in archive.rows(query.order_by(leaf.c.sequence)))


def _missing_payloads(archive: Archive, since: int) -> Iterator[str]:
    kept, over = schema.payload, schema.destroyed
    for kind, table, subject, number in _PAYLOADS:
        same = sa.select(kept.c.digest).where(
            kept.c.client_id == table.c.client_id,
            kept.c.kind == kind,
            kept.c.subject_id == subject,
            kept.c.number == number,
            kept.c.digest == table.c.payload_digest,
        )
        gone = sa.select(over.c.sequence).where(
            over.c.client_id == table.c.client_id,
            over.c.kind == kind,
            over.c.subject_id == subject,
            over.c.number == number,
        )
        query = sa.select(table.c.sequence).where(
            table.c.client_id == archive.client_id,
            table.c.sequence >= since,
            table.c.payload_digest.is_not(None),
            ~same.exists(),
            ~gone.exists(),
        )
        yield from (f"leaf-{row.sequence}" for row in archive.rows(query.order_by(table.c.sequence)))


def _missing_members(archive: Archive, since: int) -> Iterator[str]:
    batch, member = schema.stamp_batch, schema.stamp_batch_member
    known = (
        sa.select(sa.func.count())
        .where(member.c.client_id == batch.c.client_id, member.c.number == batch.c.number)
        .scalar_subquery()
    )
    query = sa.select(batch.c.sequence).where(
        batch.c.client_id == archive.client_id, batch.c.sequence >= since, known != batch.c.members
    )
    yield from (f"leaf-{row[0]}" for row in archive.rows(query.order_by(batch.c.sequence)))


def _missing_units(archive: Archive, since: int) -> Iterator[str]:
    drop, unit, request, part = schema.drop, schema.unit, schema.stamp_request, schema.revision_unit
    same = sa.select(unit.c.unit_id).where(unit.c.client_id == drop.c.client_id, unit.c.unit_id == drop.c.unit_id)
    query = sa.select(drop.c.drop_id, drop.c.unit_id).where(
        drop.c.client_id == archive.client_id, drop.c.sequence >= since, ~same.exists()
    )
    for row in archive.rows(query.order_by(drop.c.sequence)):
        found = readable_drop(archive, row.drop_id)  # a refused drop makes no unit
        if found is not None and found.blob.bucket == VAULT:
            yield str(row.unit_id)
    asked = sa.select(request.c.unit_id).where(
        request.c.client_id == unit.c.client_id, request.c.unit_id == unit.c.unit_id
    )
    units = sa.select(unit.c.unit_id).where(
        unit.c.client_id == archive.client_id, unit.c.sequence >= since, ~asked.exists()
    )
    yield from (str(row[0]) for row in archive.rows(units.order_by(unit.c.sequence)))
    revision = schema.revision
    parts = sa.select(part.c.unit_id).where(
        part.c.client_id == revision.c.client_id,
        part.c.document_id == revision.c.document_id,
        part.c.revision == revision.c.revision,
    )
    query = sa.select(revision.c.sequence).where(
        revision.c.client_id == archive.client_id, revision.c.sequence >= since, ~parts.exists()
    )
    yield from (f"leaf-{row[0]}" for row in archive.rows(query.order_by(revision.c.sequence)))
