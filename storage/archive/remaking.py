"""An object of the vault made again from what the database kept of it, as it was written first.

Payloads and tokens are kept whole; a leaf follows from its row, and a manifest from its payload. Whoever puts such an
object back compares its digest with the one recorded: what a changed database would give is never put.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from domain import codec
from domain.evidence import BatchMember, BatchPurpose, StampBatch
from domain.ids import Digest
from domain.record import DropOutcome, DropState
from storage.archive import keys, manifests, schema
from storage.archive.act_rows import PAYLOAD
from storage.archive.series import COUNTERPARTIES, LESSON

if TYPE_CHECKING:
    from storage.archive.repository import Archive


def remade(archive: Archive, source: tuple[str, ...]) -> bytes | None:
    """The bytes of an object, or None where the rows do not hold them.

    Args:
        archive: whose rows.
        source: ``("payload", kind, subject, number)``, ``("manifest", kind, subject, number)``, ``("leaf", sequence)``,
            ``("token", unit, token digest)`` or ``("batch", number)``.
    """
    match source:
        case ("payload", kind, subject_id, number):
            return _payload(archive, kind, subject_id, int(number))
        case ("manifest", kind, subject_id, number):
            return _manifest(archive, kind, subject_id, int(number))
        case ("leaf", sequence):
            found = archive.leaves(int(sequence), int(sequence) + 1)
            return codec.canonical(found[0]) if found else None
        case ("token", unit_id, name):
            table = schema.timestamp
            return _one(archive, table.c.content, table.c.unit_id == unit_id, table.c.token_digest == name)
        case ("batch", number):
            return _batch(archive, int(number))
        case _:
            return None


def _batch(archive: Archive, number: int) -> bytes | None:
    """A batch; its members stand in the order in which they asked for a timestamp, or by name."""
    table, member, unit = schema.stamp_batch, schema.stamp_batch_member, schema.unit
    same = (table.c.client_id == archive.client_id, table.c.number == number)
    found = archive.rows(sa.select(table).where(*same))
    if not found:
        return None
    asked = sa.select(unit.c.sequence).where(unit.c.client_id == member.c.client_id, unit.c.unit_id == member.c.name)
    members = archive.rows(
        sa.select(member.c.name, member.c.digest, asked.scalar_subquery().label("asked"))
        .where(member.c.client_id == archive.client_id, member.c.number == number)
        .order_by(member.c.name)
    )
    row = found[0]
    for ordered in (members, sorted(members, key=lambda one: (one.asked is None, one.asked or 0, one.name))):
        content = manifests.stamp_batch_manifest(
            StampBatch(
                client_id=archive.client_id,
                number=number,
                purpose=BatchPurpose(row.purpose),
                hash_algorithm=row.hash_algorithm,
                members=tuple(BatchMember(name=one.name, digest=one.digest) for one in ordered),
                token=manifests.token_of(row.token, key=keys.batch(archive.client_id, number)),
            )
        )
        if str(Digest.of(content)) == row.manifest_digest:
            return content
    return None


def _payload(archive: Archive, kind: str, subject_id: str, number: int) -> bytes | None:
    kept = schema.payload.c
    return _one(archive, kept.content, kept.kind == kind, kept.subject_id == subject_id, kept.number == number)


def _manifest(archive: Archive, kind: str, subject_id: str, number: int) -> bytes | None:
    if kind == "unit":
        return _unit_manifest(archive, subject_id)
    if kind == "extract":
        unit = archive.get_unit(subject_id)
        return manifests.extract_manifest(replace(unit, same_bytes_as=())) if unit else None
    if kind == "outcome":
        return _outcome_manifest(archive, subject_id, number)
    payload = _payload(archive, kind, subject_id, number)
    if payload is None:
        return None
    digest = Digest.of(payload)
    if kind == "drop":
        return manifests.drop_manifest(manifests.drop_of(payload, key=subject_id), digest)
    if kind == "revision":
        table = schema.revision
        previous = _before(archive, table, table.c.revision == number - 1, table.c.document_id == subject_id)
        return manifests.revision_manifest(manifests.record_of(payload, key=subject_id), digest, previous)
    if kind == COUNTERPARTIES:
        table = schema.counterparty_batch
        previous = _before(archive, table, table.c.number == number - 1)
        return manifests.batch_manifest(manifests.batch_of(payload, key=subject_id), digest, previous)
    if kind == LESSON:
        previous = _before(archive, schema.lesson, schema.lesson.c.number == number - 1)
        return manifests.lesson_manifest(manifests.lesson_of(payload, key=subject_id), digest, previous)
    if kind == PAYLOAD:
        table = schema.act
        previous = _before(archive, table, table.c.number == number - 1, table.c.subject_id == subject_id)
        return manifests.act_manifest(manifests.act_of(payload, key=subject_id), digest, previous)
    return None


def _unit_manifest(archive: Archive, unit_id: str) -> bytes | None:
    unit = archive.get_unit(unit_id)
    payload = _payload(archive, "drop", unit.first_drop_id, 1) if unit else None
    return manifests.unit_manifest(manifests.drop_of(payload, key=unit_id)) if payload else None


def _outcome_manifest(archive: Archive, drop_id: str, number: int) -> bytes | None:
    payload = _payload(archive, "outcome", drop_id, number)
    if payload is not None:
        outcome = manifests.outcome_of(payload, key=keys.outcome_payload(archive.client_id, drop_id, number))
        return manifests.outcome_manifest(archive.client_id, number, outcome, Digest.of(payload))
    table = schema.drop_outcome
    rows = archive.rows(
        sa.select(table).where(
            table.c.client_id == archive.client_id, table.c.drop_id == drop_id, table.c.number == number
        )
    )
    if not rows or rows[0].payload_digest is not None:
        return None
    plain = DropOutcome(
        drop_id=drop_id,
        state=DropState(rows[0].state),
        document_ids=tuple(codec.load(list[str], rows[0].document_ids)),
        recorded_at=rows[0].recorded_at,
    )
    return manifests.outcome_manifest(archive.client_id, number, plain, None)


def _before(archive: Archive, table: sa.Table, *where: sa.ColumnElement[bool]) -> Digest | None:
    found = archive.rows(sa.select(table.c.manifest_digest).where(table.c.client_id == archive.client_id, *where))
    return Digest.parse(found[0][0]) if found else None


def _one(archive: Archive, column: sa.Column[Any], *where: sa.ColumnElement[bool]) -> bytes | None:
    found = archive.rows(sa.select(column).where(column.table.c.client_id == archive.client_id, *where))
    content = found[0][0] if found else None
    return bytes(content) if isinstance(content, bytes | memoryview) else None
