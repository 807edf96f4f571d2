"""From rows to values: drops, units, documents."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from domain.counterparties import CounterpartyBatch
from domain.errors import ObjectMissing
from domain.geometry import Box
from domain.ids import BlobRef, Digest, Origin
from domain.lessons import Lesson
from domain.record import (
    ArchiveRecord,
    Drop,
    DropOutcome,
    DropState,
    DropStatus,
    Unit,
    UnitExtract,
    UnitState,
)
from storage.archive import applying, batches, division, hollow, keys, manifests, schema, series
from storage.archive.columns import among


def find_drop(connection: sa.Connection, client_id: str, drop_id: str) -> Drop | None:
    """A drop, or None."""
    table = schema.drop
    row = connection.execute(
        sa.select(table).where(table.c.client_id == client_id, table.c.drop_id == drop_id)
    ).one_or_none()
    if row is None:
        return None
    found = _find_payload(connection, client_id, "drop", drop_id, 1)
    if found is None and _is_destroyed(connection, client_id, "drop", drop_id, 1):
        unit = schema.unit
        same = sa.select(unit).where(unit.c.client_id == client_id, unit.c.unit_id == row.unit_id)
        return hollow.drop_from(row, connection.execute(same).one_or_none())
    content = _payload(connection, client_id, "drop", drop_id, 1)
    drop = manifests.drop_of(content, key=keys.drop_payload(client_id, drop_id))
    return replace(drop, repeats_drop_id=row.repeats_drop_id)


def drop_ids(connection: sa.Connection, client_id: str, *, limit: int, before: str | None) -> tuple[str, ...]:
    """Ids of drops, newest first, before (older than) a given one."""
    table = schema.drop
    query = sa.select(table.c.drop_id).where(table.c.client_id == client_id)
    if before is not None:
        mark = sa.select(table.c.sequence).where(table.c.client_id == client_id, table.c.drop_id == before)
        query = query.where(table.c.sequence < mark.scalar_subquery())
    return tuple(connection.execute(query.order_by(table.c.sequence.desc()).limit(limit)).scalars())


def drops_without_outcome(
    connection: sa.Connection, client_id: str, *, since: int = 0, limit: int | None = None
) -> tuple[tuple[str, int], ...]:
    """Ids (and sequences) of drops that nothing has become of yet, oldest first, from a sequence on."""
    table, outcome = schema.drop, schema.drop_outcome
    known = sa.select(outcome.c.drop_id).where(
        outcome.c.client_id == table.c.client_id, outcome.c.drop_id == table.c.drop_id
    )
    query = sa.select(table.c.drop_id, table.c.sequence).where(
        table.c.client_id == client_id, table.c.sequence >= since, ~known.exists()
    )
    rows = connection.execute(query.order_by(table.c.sequence).limit(limit))
    return tuple((drop_id, sequence) for drop_id, sequence in rows)


def find_status(connection: sa.Connection, client_id: str, drop_id: str) -> DropStatus | None:
    """What became of a drop, or None."""
    drop = find_drop(connection, client_id, drop_id)
    if drop is None:
        return None
    outcome = newest_outcome(connection, client_id, drop_id)
    return DropStatus(
        drop=drop,
        outcome=outcome,
        unit_state=find_unit_state(connection, client_id, drop.unit_id),
        documents=division.current(connection, client_id, outcome.document_ids) if outcome else (),
    )


def newest_outcome(connection: sa.Connection, client_id: str, drop_id: str) -> DropOutcome | None:
    """The newest outcome of a drop, or None."""
    table = schema.drop_outcome
    row = connection.execute(
        sa.select(table)
        .where(table.c.client_id == client_id, table.c.drop_id == drop_id)
        .order_by(table.c.number.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    content = _find_payload(connection, client_id, "outcome", drop_id, row.number)
    if row.payload_digest is not None and not (
        content is None and _is_destroyed(connection, client_id, "outcome", drop_id, row.number)
    ):
        content = _payload(connection, client_id, "outcome", drop_id, row.number)
        return manifests.outcome_of(content, key=keys.outcome_payload(client_id, drop_id, row.number))
    return DropOutcome(
        drop_id=drop_id,
        state=DropState(row.state),
        document_ids=tuple(json.loads(row.document_ids)),
        recorded_at=row.recorded_at,
    )


def find_unit(connection: sa.Connection, client_id: str, unit_id: str) -> Unit | None:
    """A unit, or None; units of the same bytes under other origins are named on both sides."""
    table = schema.unit
    row = connection.execute(
        sa.select(table).where(table.c.client_id == client_id, table.c.unit_id == unit_id)
    ).one_or_none()
    if row is None:
        return None
    same = connection.execute(
        sa.select(table.c.unit_id)
        .where(table.c.client_id == client_id, table.c.blob_digest == row.blob_digest, table.c.unit_id != unit_id)
        .order_by(table.c.sequence)
    ).scalars()
    return Unit(
        client_id=client_id,
        unit_id=unit_id,
        origin=Origin(row.origin),
        blob=BlobRef(
            bucket=row.blob_bucket,
            key=row.blob_key,
            version_id=row.blob_version,
            digest=Digest.parse(row.blob_digest),
            size_bytes=row.size_bytes,
            media_type=row.media_type,
        ),
        first_drop_id=row.first_drop_id,
        same_bytes_as=tuple(same),
        extract=_find_extract(connection, client_id, unit_id),
    )


def _find_extract(connection: sa.Connection, client_id: str, unit_id: str) -> UnitExtract | None:
    table = schema.unit_extract
    row = connection.execute(
        sa.select(table).where(table.c.client_id == client_id, table.c.unit_id == unit_id)
    ).one_or_none()
    if row is None:
        return None
    whole = (row.region_right, row.region_bottom) == (0, 0)
    box = Box(left=row.region_left, top=row.region_top, right=row.region_right, bottom=row.region_bottom)
    return UnitExtract(
        of_unit_id=row.of_unit_id,
        page_index=row.page_index,
        region=None if whole else box,
        pages=tuple(json.loads(row.pages)) if row.pages else (),
        method=row.method,
    )


def extract_ids(connection: sa.Connection, client_id: str, of_unit_id: str) -> tuple[str, ...]:
    """Ids of the units taken out of a unit, and out of those, in the order in which they were recorded."""
    table = schema.unit_extract
    found: list[str] = []
    pending = [of_unit_id]
    while pending:
        query = sa.select(table.c.unit_id).where(
            table.c.client_id == client_id, table.c.of_unit_id == pending.pop(0), table.c.unit_id != of_unit_id
        )
        taken = tuple(connection.execute(query.order_by(table.c.sequence)).scalars())
        pending += taken
        found += taken
    return tuple(found)


def find_unit_state(connection: sa.Connection, client_id: str, unit_id: str) -> UnitState | None:
    """Whether a unit is stamped; None where there is no such unit."""
    return unit_states(connection, client_id, [unit_id]).get(unit_id)


def unit_states(connection: sa.Connection, client_id: str, unit_ids: Sequence[str]) -> dict[str, UnitState]:
    """State of each unit that exists: by its own tokens, and by those over trees that it is in."""
    if not unit_ids:
        return {}
    unit, timestamp = schema.unit, schema.timestamp
    rows = connection.execute(
        sa.select(unit.c.unit_id, timestamp.c.token_digest)
        .select_from(
            unit.outerjoin(
                timestamp, sa.and_(timestamp.c.client_id == unit.c.client_id, timestamp.c.unit_id == unit.c.unit_id)
            )
        )
        .where(unit.c.client_id == client_id, among(unit.c.unit_id, dict.fromkeys(unit_ids)))
    ).all()
    own: dict[str, list[Digest]] = {row.unit_id: [] for row in rows}
    for row in rows:
        own[row.unit_id] += [] if row.token_digest is None else [Digest.parse(row.token_digest)]
    members = batches.memberships(connection, client_id, own)
    again = batches.renewed_units(connection, client_id, own, members)
    tokens = {unit_id: len(digests) for unit_id, digests in own.items()}
    for one in members:
        tokens[one.name] += 1
    states = (UnitState.TIMESTAMP_PENDING, UnitState.STAMPED, UnitState.RENEWED)
    return {unit_id: states[2 if unit_id in again else min(count, 2)] for unit_id, count in tokens.items()}


def units_of_document(
    connection: sa.Connection, client_id: str, document_id: str, *, revision: int | None = None
) -> tuple[str, ...]:
    """Ids of the units that a document's pages come from (newest revision), in page order."""
    record = find_record(connection, client_id, document_id, revision=revision)
    return tuple(dict.fromkeys(page.unit_id for page in record.pages)) if record else ()


def documents_of_unit(connection: sa.Connection, client_id: str, unit_id: str) -> tuple[str, ...]:
    """Ids of documents of which any revision has a page of this unit."""
    table = schema.revision_unit
    query = sa.select(table.c.document_id).where(table.c.client_id == client_id, table.c.unit_id == unit_id)
    return tuple(connection.execute(query.distinct().order_by(table.c.document_id)).scalars())


def find_record(
    connection: sa.Connection, client_id: str, document_id: str, *, revision: int | None
) -> ArchiveRecord | None:
    """A revision (the newest where none is named), or None."""
    number = applying.newest_revision(connection, client_id, document_id) if revision is None else revision
    content = _find_payload(connection, client_id, "revision", document_id, number)
    if content is None:
        return None
    return manifests.record_of(content, key=keys.revision_payload(client_id, document_id, number))


def history(connection: sa.Connection, client_id: str, document_id: str) -> tuple[ArchiveRecord, ...]:
    """Every revision, oldest first."""
    table = schema.payload
    rows = connection.execute(
        sa.select(table.c.number, table.c.content)
        .where(table.c.client_id == client_id, table.c.kind == "revision", table.c.subject_id == document_id)
        .order_by(table.c.number)
    )
    return tuple(
        manifests.record_of(content, key=keys.revision_payload(client_id, document_id, number))
        for number, content in rows
    )


def counterparty_batches(connection: sa.Connection, client_id: str, *, after: int = 0) -> tuple[CounterpartyBatch, ...]:
    """Changes of the counterparty master behind a number, oldest first."""
    table = schema.payload
    rows = connection.execute(
        sa.select(table.c.number, table.c.content)
        .where(
            table.c.client_id == client_id,
            table.c.kind == series.COUNTERPARTIES,
            table.c.subject_id == series.COUNTERPARTIES,
            table.c.number > after,
        )
        .order_by(table.c.number)
    )
    return tuple(
        manifests.batch_of(content, key=keys.counterparty_payload(client_id, number)) for number, content in rows
    )


def lessons(connection: sa.Connection, client_id: str, *, after: int = 0) -> tuple[Lesson, ...]:
    """Lessons behind a number, oldest first."""
    table = schema.payload
    rows = connection.execute(
        sa.select(table.c.number, table.c.content)
        .where(table.c.client_id == client_id, table.c.kind == series.LESSON, table.c.number > after)
        .order_by(table.c.number)
    )
    return tuple(manifests.lesson_of(content, key=keys.lesson_payload(client_id, number)) for number, content in rows)


def find_lesson(connection: sa.Connection, client_id: str, lesson: Lesson) -> Lesson | None:
    """What was taught by the same revision of the same document, or None; without words where they are destroyed."""
    table = schema.lesson
    number = connection.execute(
        sa.select(table.c.number).where(
            table.c.client_id == client_id,
            table.c.document_id == lesson.document_id,
            table.c.revision == lesson.revision,
        )
    ).scalar()
    if number is None:
        return None
    content = _find_payload(connection, client_id, series.LESSON, lesson.document_id, number)
    if content is None:
        return replace(lesson, number=number)
    return manifests.lesson_of(content, key=keys.lesson_payload(client_id, number))


def _is_destroyed(connection: sa.Connection, client_id: str, kind: str, subject_id: str, number: int) -> bool:
    table = schema.destroyed
    query = sa.select(table.c.sequence).where(
        table.c.client_id == client_id,
        table.c.kind == kind,
        table.c.subject_id == subject_id,
        table.c.number == number,
    )
    return connection.execute(query).first() is not None


def _find_payload(connection: sa.Connection, client_id: str, kind: str, subject_id: str, number: int) -> bytes | None:
    table = schema.payload
    found = connection.execute(
        sa.select(table.c.content).where(
            table.c.client_id == client_id,
            table.c.kind == kind,
            table.c.subject_id == subject_id,
            table.c.number == number,
        )
    ).scalar()
    return bytes(found) if found is not None else None


def _payload(connection: sa.Connection, client_id: str, kind: str, subject_id: str, number: int) -> bytes:
    content = _find_payload(connection, client_id, kind, subject_id, number)
    if content is None:
        raise ObjectMissing(
            f"the content of {kind} {subject_id} is gone",
            message_ja=f"{subject_id} の内容が見つかりません",
        )
    return content
