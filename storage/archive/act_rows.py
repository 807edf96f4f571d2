"""Acts of people and of the system: their rows, and the way back to values."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from domain import codec
from domain.acts import ActKind, ActRecord
from domain.ids import Digest
from storage.archive import hollow, keys, manifests, schema
from storage.archive.acts import Act, insert_payload
from storage.archive.columns import among_those
from storage.archive.inserting import insert_row, insert_rows
from storage.archive.once import each, once

T = TypeVar("T")

PAYLOAD = "act"
"""Kind of the payload rows."""
_AT_ONCE = 500
"""Ids in one query: below the limit on parameters of every SQLite."""


def apply_act(connection: sa.Connection, act: Act) -> ActRecord:
    """Insert the rows of an act; gives what it says."""
    leaf = act.leaf
    number = newest(connection, leaf.client_id, leaf.subject_id) + 1
    done = hollow.act_of(act, number=number)
    insert_row(
        connection,
        schema.act,
        client_id=leaf.client_id,
        subject_id=done.subject_id,
        number=done.number,
        kind=done.kind.value,
        about=json.dumps(done.about),
        facts=codec.canonical(codec.to_plain(done)["facts"]).decode(),
        recorded_at=done.recorded_at,
        payload_digest=str(hollow.payload_digest(act)),
        manifest_digest=str(leaf.manifest_digest),
        sequence=leaf.sequence,
    )
    concerned = dict.fromkeys((done.subject_id, *done.about))
    rows = [{"client_id": leaf.client_id, "about_id": one, "sequence": leaf.sequence} for one in concerned]
    insert_rows(connection, schema.act_about, rows)
    if act.payload is not None:
        insert_payload(connection, leaf, kind=PAYLOAD, number=done.number, content=act.payload)
    return done


def newest(connection: sa.Connection, client_id: str, subject_id: str) -> int:
    """Number of the newest act that is kept under a subject; 0 where there is none."""
    asked = {"client": client_id, "subject": subject_id}
    question = ("newest act", client_id, subject_id)
    return once(connection, question, lambda: int(connection.execute(_NEWEST, asked).scalar_one()))


def manifest_before(connection: sa.Connection, client_id: str, subject_id: str, number: int) -> Digest | None:
    """Digest of the manifest of the act before a number of a subject; None for the first."""
    table = schema.act
    found = connection.execute(
        sa.select(table.c.manifest_digest).where(
            table.c.client_id == client_id, table.c.subject_id == subject_id, table.c.number == number - 1
        )
    ).scalar()
    return Digest.parse(str(found)) if found is not None else None


def series(connection: sa.Connection, client_id: str, subject_id: str) -> tuple[ActRecord, ...]:
    """The acts that are kept under a subject, in order."""
    return series_of(connection, client_id, (subject_id,))[subject_id]


def series_of(
    connection: sa.Connection, client_id: str, subject_ids: Sequence[str]
) -> dict[str, tuple[ActRecord, ...]]:
    """The acts that are kept under each of these subjects, in order."""

    def ask(some: tuple[str, ...]) -> dict[str, tuple[ActRecord, ...]]:
        found: dict[str, tuple[ActRecord, ...]] = dict.fromkeys(some, ())
        for act in map(_act, connection.execute(_SERIES_OF, {"client": client_id, "subjects": some})):
            found[act.subject_id] += (act,)
        return found

    return each(connection, ("acts under", client_id), subject_ids, ask)


def last(connection: sa.Connection, client_id: str, subject_id: str) -> ActRecord | None:
    """The newest act that is kept under a subject."""
    number = newest(connection, client_id, subject_id)
    table = schema.act
    return next(_found(connection, client_id, table.c.subject_id == subject_id, table.c.number == number), None)


def ending_in(connection: sa.Connection, client_id: str, prefix: str, kinds: Iterable[ActKind]) -> tuple[str, ...]:
    """Subjects that begin so and whose newest act is of one of these kinds, in log order of that act."""
    table, later = schema.act, schema.act.alias()
    newer = sa.exists().where(
        later.c.client_id == table.c.client_id,
        later.c.subject_id == table.c.subject_id,
        later.c.number > table.c.number,
    )
    query = (
        sa.select(table.c.subject_id)
        .where(
            table.c.client_id == client_id,
            table.c.subject_id.startswith(prefix, autoescape=True),
            table.c.kind.in_(sorted(kind.value for kind in kinds)),
            ~newer,
        )
        .order_by(table.c.sequence)
    )
    return tuple(connection.execute(query).scalars())


def of_kinds(connection: sa.Connection, client_id: str, kinds: Iterable[ActKind]) -> tuple[ActRecord, ...]:
    """Every act of these kinds, in log order."""
    wanted = tuple(sorted(kind.value for kind in kinds))
    return once(
        connection,
        ("acts of", client_id, *wanted),
        lambda: tuple(_found(connection, client_id, schema.act.c.kind.in_(wanted))),
    )


def concerning(connection: sa.Connection, client_id: str, ids: Sequence[str]) -> dict[str, tuple[ActRecord, ...]]:
    """The acts that concern each of these ids, kept under it or not, in log order."""
    return each(connection, ("acts about", client_id), ids, lambda some: _concerning(connection, client_id, some))


def _concerning(connection: sa.Connection, client_id: str, ids: Sequence[str]) -> dict[str, tuple[ActRecord, ...]]:
    found = {one: list[ActRecord]() for one in ids}
    for some in in_parts(tuple(found)):
        rows = connection.execute(_ABOUT, {"client": client_id, "ids": some}).all()
        named: dict[int, list[str]] = {}
        for sequence, about_id in rows:
            named.setdefault(sequence, []).append(about_id)
        for sequences in in_parts(sorted(named)):
            acts = _found(connection, client_id, schema.act.c.sequence.in_(sequences))
            for sequence, act in zip(sequences, acts, strict=True):
                for about_id in named[sequence]:
                    found[about_id].append(act)
    return {one: tuple(acts) for one, acts in found.items()}


def newest_about(
    connection: sa.Connection, client_id: str, about_id: str, kinds: Iterable[ActKind], *, limit: int
) -> tuple[ActRecord, ...]:
    """The newest acts of these kinds that concern an id, newest first."""
    table, about = schema.act, schema.act_about
    query = (
        sa.select(table.c.sequence)
        .join(about, sa.and_(about.c.client_id == table.c.client_id, about.c.sequence == table.c.sequence))
        .where(
            table.c.client_id == client_id,
            about.c.about_id == about_id,
            table.c.kind.in_(sorted(kind.value for kind in kinds)),
        )
        .order_by(table.c.sequence.desc())
        .limit(limit)
    )
    sequences = tuple(connection.execute(query).scalars())
    found = [act for some in in_parts(sequences) for act in _found(connection, client_id, table.c.sequence.in_(some))]
    return tuple(sorted(found, key=lambda act: act.recorded_at, reverse=True))


def in_parts(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """As many at once as one query may name."""
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]


def _found(connection: sa.Connection, client_id: str, *where: sa.ColumnElement[bool]) -> Iterator[ActRecord]:
    for row in connection.execute(_WITH_PAYLOADS.where(*where), {"client": client_id}):
        yield _act(row)


def _with_payloads() -> sa.Select[Any]:
    table, kept = schema.act, schema.payload
    return (
        sa.select(table, kept.c.content)
        .outerjoin(
            kept,
            sa.and_(
                kept.c.client_id == table.c.client_id,
                kept.c.kind == PAYLOAD,
                kept.c.subject_id == table.c.subject_id,
                kept.c.number == table.c.number,
            ),
        )
        .where(table.c.client_id == sa.bindparam("client"))
        .order_by(table.c.sequence)
    )


# Built once: every revision that is filed asks these.
_WITH_PAYLOADS = _with_payloads()
_SERIES_OF = _WITH_PAYLOADS.where(among_those(schema.act.c.subject_id, "subjects"))
_ABOUT = sa.select(schema.act_about.c.sequence, schema.act_about.c.about_id).where(
    schema.act_about.c.client_id == sa.bindparam("client"), among_those(schema.act_about.c.about_id, "ids")
)
_NEWEST = sa.select(sa.func.coalesce(sa.func.max(schema.act.c.number), 0)).where(
    schema.act.c.client_id == sa.bindparam("client"), schema.act.c.subject_id == sa.bindparam("subject")
)


def _act(row: sa.Row[Any]) -> ActRecord:
    if row.content is not None:
        return manifests.act_of(row.content, key=keys.act_payload(row.client_id, row.subject_id, row.number))
    return ActRecord(
        client_id=row.client_id,
        subject_id=row.subject_id,
        number=row.number,
        kind=ActKind(row.kind),
        about=tuple(json.loads(row.about)),
        facts={name: tuple(v) if isinstance(v, list) else v for name, v in json.loads(row.facts).items()},
        recorded_at=row.recorded_at,
        recorded_by=None,
    )
