"""From rows to values: drops, units, documents."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

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
from storage.archive.columns import among_those
from storage.archive.once import each, keep, once


def find_drop(connection: sa.Connection, client_id: str, drop_id: str) -> Drop | None:
    """A drop, or None."""
    return once(connection, ("drop", client_id, drop_id), lambda: _find_drop(connection, client_id, drop_id))


def _find_drop(connection: sa.Connection, client_id: str, drop_id: str) -> Drop | None:
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
    return once(connection, ("status", client_id, drop_id), lambda: _find_status(connection, client_id, drop_id))


def _find_status(connection: sa.Connection, client_id: str, drop_id: str) -> DropStatus | None:
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
    return find_units(connection, client_id, (unit_id,)).get(unit_id)


def find_units(connection: sa.Connection, client_id: str, unit_ids: Iterable[str]) -> dict[str, Unit]:
    """Each of these units that there is, in the order in which they were named."""
    return each(connection, ("unit", client_id), unit_ids, lambda some: _find_units(connection, client_id, some))


def _find_units(connection: sa.Connection, client_id: str, unit_ids: Sequence[str]) -> dict[str, Unit]:
    given = {"client": client_id, "units": tuple(unit_ids)}
    rows = connection.execute(_UNITS, given).all()
    extracts = {row.unit_id: _extract(row) for row in connection.execute(_EXTRACTS, given)}
    same: dict[str, list[str]] = {}
    digests = tuple(dict.fromkeys(row.blob_digest for row in rows))
    for row in connection.execute(_OF_BYTES, {"client": client_id, "digests": digests}):
        same.setdefault(row.blob_digest, []).append(row.unit_id)
    return {
        row.unit_id: Unit(
            client_id=client_id,
            unit_id=row.unit_id,
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
            same_bytes_as=tuple(one for one in same[row.blob_digest] if one != row.unit_id),
            extract=extracts.get(row.unit_id),
        )
        for row in rows
    }


def _extract(row: sa.Row[Any]) -> UnitExtract:
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
    return each(connection, ("unit state", client_id), unit_ids, lambda some: _unit_states(connection, client_id, some))


def _unit_states(connection: sa.Connection, client_id: str, unit_ids: Sequence[str]) -> dict[str, UnitState]:
    own: dict[str, list[Digest]] = {}
    for row in connection.execute(_OWN_TOKENS, {"client": client_id, "units": tuple(unit_ids)}):
        own.setdefault(row.unit_id, []).extend([] if row.token_digest is None else [Digest.parse(row.token_digest)])
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
    number = _newest_revision(connection, client_id, document_id) if revision is None else revision

    def ask() -> ArchiveRecord | None:
        content = _find_payload(connection, client_id, "revision", document_id, number)
        return None if content is None else _record(client_id, document_id, number, content)

    return once(connection, ("revision", client_id, document_id, number), ask)


def history(connection: sa.Connection, client_id: str, document_id: str) -> tuple[ArchiveRecord, ...]:
    """Every revision, oldest first."""

    def ask() -> tuple[ArchiveRecord, ...]:
        rows = connection.execute(_REVISIONS, {"client": client_id, "subject": document_id})
        return tuple(_record(client_id, document_id, number, content) for number, content in rows)

    found = once(connection, ("history", client_id, document_id), ask)
    for record in found:
        keep(connection, ("revision", client_id, document_id, record.revision), record)
    return found


def _newest_revision(connection: sa.Connection, client_id: str, document_id: str) -> int:
    question = ("newest revision", client_id, document_id)
    return once(connection, question, lambda: applying.newest_revision(connection, client_id, document_id))


def log_size(connection: sa.Connection, client_id: str) -> int:
    """Number of leaves, as the snapshot has it."""
    return once(connection, ("log size", client_id), lambda: applying.log_size(connection, client_id))


def _record(client_id: str, document_id: str, number: int, content: bytes) -> ArchiveRecord:
    return manifests.record_of(content, key=keys.revision_payload(client_id, document_id, number))


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
    asked = {"client": client_id, "kind": kind, "subject": subject_id, "number": number}
    found = connection.execute(_PAYLOAD, asked).scalar()
    return bytes(found) if found is not None else None


def _payload(connection: sa.Connection, client_id: str, kind: str, subject_id: str, number: int) -> bytes:
    content = _find_payload(connection, client_id, kind, subject_id, number)
    if content is None:
        raise ObjectMissing(
            f"the content of {kind} {subject_id} is gone",
            message_ja=f"{subject_id} の内容が見つかりません",
        )
    return content


# Built once: every look at a document asks these, and building one takes longer than answering it.
_CLIENT: sa.BindParameter[str] = sa.bindparam("client")
_PAYLOAD = sa.select(schema.payload.c.content).where(
    schema.payload.c.client_id == _CLIENT,
    schema.payload.c.kind == sa.bindparam("kind"),
    schema.payload.c.subject_id == sa.bindparam("subject"),
    schema.payload.c.number == sa.bindparam("number"),
)
_REVISIONS = (
    sa.select(schema.payload.c.number, schema.payload.c.content)
    .where(
        schema.payload.c.client_id == _CLIENT,
        schema.payload.c.kind == "revision",
        schema.payload.c.subject_id == sa.bindparam("subject"),
    )
    .order_by(schema.payload.c.number)
)
_UNITS = sa.select(schema.unit).where(schema.unit.c.client_id == _CLIENT, among_those(schema.unit.c.unit_id, "units"))
_EXTRACTS = sa.select(schema.unit_extract).where(
    schema.unit_extract.c.client_id == _CLIENT, among_those(schema.unit_extract.c.unit_id, "units")
)
_OF_BYTES = (
    sa.select(schema.unit.c.blob_digest, schema.unit.c.unit_id)
    .where(schema.unit.c.client_id == _CLIENT, among_those(schema.unit.c.blob_digest, "digests"))
    .order_by(schema.unit.c.sequence)
)
_OWN_TOKENS = (
    sa.select(schema.unit.c.unit_id, schema.timestamp.c.token_digest)
    .select_from(
        schema.unit.outerjoin(
            schema.timestamp,
            sa.and_(
                schema.timestamp.c.client_id == schema.unit.c.client_id,
                schema.timestamp.c.unit_id == schema.unit.c.unit_id,
            ),
        )
    )
    .where(schema.unit.c.client_id == _CLIENT, among_those(schema.unit.c.unit_id, "units"))
)
