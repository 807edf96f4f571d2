"""From rows to values: the log, and the timestamps that were asked for and came."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from domain.evidence import LogLeaf, StampRequest, TimestampToken
from domain.ids import Digest
from storage.archive import batches, keys, manifests, schema
from storage.archive.columns import among_those
from storage.archive.once import each, once


def timestamps(connection: sa.Connection, client_id: str, unit_id: str) -> tuple[TimestampToken, ...]:
    """Tokens over a unit, its own and those of batches, in the order in which they were recorded."""

    def ask() -> tuple[TimestampToken, ...]:
        request = find_request(connection, client_id, unit_id)
        if request is None:
            return ()
        own = own_timestamps(connection, client_id, unit_id)
        return batches.tokens_of_unit(connection, client_id, unit_id, request.imprint, own)

    return once(connection, ("timestamps", client_id, unit_id), ask)


def own_timestamps(connection: sa.Connection, client_id: str, unit_id: str) -> tuple[tuple[int, TimestampToken], ...]:
    """Tokens that a unit has for itself, with their places in the log, in its order."""
    table = schema.timestamp
    rows = connection.execute(
        sa.select(table.c.sequence, table.c.content)
        .where(table.c.client_id == client_id, table.c.unit_id == unit_id)
        .order_by(table.c.sequence)
    )
    return tuple((row.sequence, manifests.token_of(row.content, key=keys.tokens(client_id, unit_id))) for row in rows)


def first_unstamped(connection: sa.Connection, client_id: str, *, since: int) -> int | None:
    """Sequence of the oldest request without a token from a sequence on, due or not; None where all are stamped."""
    request = schema.stamp_request
    query = sa.select(request.c.sequence).where(
        request.c.client_id == client_id, request.c.sequence >= since, *_unstamped()
    )
    found = connection.execute(query.order_by(request.c.sequence).limit(1)).scalar()
    return int(found) if found is not None else None


def pending_stamps(
    connection: sa.Connection, client_id: str, *, limit: int, now: datetime | None, since: int = 0
) -> tuple[StampRequest, ...]:
    """Requests without a token, oldest first, from a sequence on; with ``now`` only those whose next attempt is due."""
    request, attempt = schema.stamp_request, schema.stamp_attempt
    last = sa.select(sa.func.max(attempt.c.attempt)).where(*_of_request()).correlate(request).scalar_subquery()
    query = (
        sa.select(request, attempt.c.attempt, attempt.c.error_code)
        .select_from(request.outerjoin(attempt, sa.and_(*_of_request(), attempt.c.attempt == last)))
        .where(request.c.client_id == client_id, request.c.sequence >= since, *_unstamped())
    )
    if now is not None:
        query = query.where(sa.or_(attempt.c.next_attempt_at.is_(None), attempt.c.next_attempt_at <= now))
    rows = connection.execute(query.order_by(request.c.sequence).limit(limit)).all()
    return tuple(_request(row._mapping) for row in rows)  # noqa: SLF001  # SQLAlchemy's public name


def unstamped_count(connection: sa.Connection, client_id: str, *, since: int = 0) -> int:
    """How many units have no token, of those asked for from a sequence on."""
    request = schema.stamp_request
    query = sa.select(sa.func.count()).select_from(request).where(request.c.client_id == client_id, *_unstamped())
    return int(connection.execute(query.where(request.c.sequence >= since)).scalar_one())


def days_received(connection: sa.Connection, client_id: str, *, since: int = 0) -> tuple[date, ...]:
    """Days on which what still has no token was received, each once, earliest first."""
    request, unit, drop = schema.stamp_request, schema.unit, schema.drop
    query = (
        sa.select(drop.c.received_on)
        .join(unit, sa.and_(unit.c.client_id == drop.c.client_id, unit.c.first_drop_id == drop.c.drop_id))
        .join(request, sa.and_(request.c.client_id == unit.c.client_id, request.c.unit_id == unit.c.unit_id))
        .where(request.c.client_id == client_id, request.c.sequence >= since, *_unstamped())
        .distinct()
    )
    return tuple(connection.execute(query.order_by(drop.c.received_on)).scalars())


def _of_request() -> tuple[sa.ColumnElement[bool], ...]:
    request, attempt = schema.stamp_request, schema.stamp_attempt
    return (attempt.c.client_id == request.c.client_id, attempt.c.unit_id == request.c.unit_id)


def _unstamped() -> tuple[sa.ColumnElement[bool], ...]:
    request, timestamp = schema.stamp_request, schema.timestamp
    own = sa.select(timestamp.c.unit_id).where(
        timestamp.c.client_id == request.c.client_id, timestamp.c.unit_id == request.c.unit_id
    )
    return (~own.exists(), ~batches.stamped_by_batch(request.c.unit_id, request.c.client_id))


def find_request(connection: sa.Connection, client_id: str, unit_id: str) -> StampRequest | None:
    """The stamp request of a unit, stamped or not, or None."""
    request, attempt = schema.stamp_request, schema.stamp_attempt
    row = connection.execute(
        sa.select(request, attempt.c.attempt, attempt.c.error_code)
        .select_from(request.outerjoin(attempt, sa.and_(*_of_request())))
        .where(request.c.client_id == client_id, request.c.unit_id == unit_id)
        .order_by(attempt.c.attempt.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else _request(row._mapping)  # noqa: SLF001  # SQLAlchemy's public name


def has_token(connection: sa.Connection, client_id: str, unit_id: str, token_digest: Digest) -> bool:
    """True where this very token is recorded."""
    table = schema.timestamp
    query = sa.select(table.c.sequence).where(
        table.c.client_id == client_id, table.c.unit_id == unit_id, table.c.token_digest == str(token_digest)
    )
    return connection.execute(query).first() is not None


def leaves(connection: sa.Connection, client_id: str, *, start: int = 0, end: int | None = None) -> tuple[LogLeaf, ...]:
    """Leaves of a half-open range, in log order."""
    table = schema.log_leaf
    query = sa.select(table).where(table.c.client_id == client_id, table.c.sequence >= start)
    if end is not None:
        query = query.where(table.c.sequence < end)
    return tuple(map(leaf_of, connection.execute(query.order_by(table.c.sequence))))


def leaves_about(
    connection: sa.Connection, client_id: str, subject_ids: Iterable[str]
) -> dict[str, tuple[LogLeaf, ...]]:
    """Leaves of each of these subjects that the log knows, in log order."""

    def ask(some: tuple[str, ...]) -> dict[str, tuple[LogLeaf, ...]]:
        found: dict[str, list[LogLeaf]] = {}
        for row in connection.execute(_LEAVES_ABOUT, {"client": client_id, "subjects": some}):
            found.setdefault(row.subject_id, []).append(leaf_of(row))
        return {one: tuple(of_one) for one, of_one in found.items()}

    return each(connection, ("leaves", client_id), subject_ids, ask)


def leaf_of(row: sa.Row[Any]) -> LogLeaf:
    """A row of the log as the leaf that it was."""
    return LogLeaf(
        client_id=row.client_id,
        sequence=row.sequence,
        kind=row.kind,
        subject_id=row.subject_id,
        manifest_digest=Digest.parse(row.manifest_digest) if row.manifest_digest else None,
        recorded_at=row.recorded_at,
    )


def subjects(connection: sa.Connection, client_id: str, *, kinds: frozenset[str], start: int) -> tuple[str, ...]:
    """Ids that leaves of these kinds speak of from a sequence on, each once, in log order."""
    table = schema.log_leaf
    query = (
        sa.select(table.c.subject_id)
        .where(table.c.client_id == client_id, table.c.sequence >= start, table.c.kind.in_(sorted(kinds)))
        .order_by(table.c.sequence)
    )
    return tuple(dict.fromkeys(connection.execute(query).scalars()))


def leaf_hashes(connection: sa.Connection, client_id: str, start: int, end: int) -> tuple[bytes, ...]:
    """Hashes of a half-open range of leaves."""
    table = schema.log_leaf
    query = sa.select(table.c.leaf_hash).where(
        table.c.client_id == client_id, table.c.sequence >= start, table.c.sequence < end
    )
    return tuple(bytes(found) for found in connection.execute(query.order_by(table.c.sequence)).scalars())


def _request(row: sa.RowMapping) -> StampRequest:
    return StampRequest(
        client_id=row["client_id"],
        unit_id=row["unit_id"],
        imprint=Digest.parse(row["imprint"]),
        requested_at=row["requested_at"],
        attempts=row["attempt"] or 0,
        last_error=row["error_code"],
    )


# Built once: each look at a document asks it.
_LEAVES_ABOUT = (
    sa.select(schema.log_leaf)
    .where(schema.log_leaf.c.client_id == sa.bindparam("client"), among_those(schema.log_leaf.c.subject_id, "subjects"))
    .order_by(schema.log_leaf.c.sequence)
)
