"""From rows to values: the log, and the timestamps that were asked for and came."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from domain.evidence import LogLeaf, StampRequest, TimestampToken
from domain.ids import Digest
from storage.archive import keys, manifests, schema


def timestamps(connection: sa.Connection, client_id: str, unit_id: str) -> tuple[TimestampToken, ...]:
    """Tokens of a unit in the order in which they were recorded."""
    table = schema.timestamp
    rows = connection.execute(
        sa.select(table.c.content)
        .where(table.c.client_id == client_id, table.c.unit_id == unit_id)
        .order_by(table.c.sequence)
    ).scalars()
    return tuple(manifests.token_of(content, key=keys.tokens(client_id, unit_id)) for content in rows)


def first_unstamped(connection: sa.Connection, client_id: str, *, since: int) -> int | None:
    """Sequence of the oldest request without a token from a sequence on, due or not; None where all are stamped."""
    request = schema.stamp_request
    query = sa.select(request.c.sequence).where(
        request.c.client_id == client_id, request.c.sequence >= since, ~_stamped().exists()
    )
    found = connection.execute(query.order_by(request.c.sequence).limit(1)).scalar()
    return int(found) if found is not None else None


def pending_stamps(
    connection: sa.Connection, client_id: str, *, limit: int, now: datetime, since: int = 0
) -> tuple[StampRequest, ...]:
    """Requests without a token whose next attempt is due, oldest first, from a sequence on."""
    request, attempt = schema.stamp_request, schema.stamp_attempt
    waiting = sa.select(attempt.c.unit_id).where(
        attempt.c.client_id == request.c.client_id,
        attempt.c.unit_id == request.c.unit_id,
        attempt.c.next_attempt_at > now,
    )
    rows = connection.execute(
        sa.select(request)
        .where(
            request.c.client_id == client_id,
            request.c.sequence >= since,
            ~_stamped().exists(),
            ~waiting.exists(),
        )
        .order_by(request.c.sequence)
        .limit(limit)
    ).all()
    return tuple(_request(connection, row._mapping) for row in rows)  # noqa: SLF001  # SQLAlchemy's public name


def _stamped() -> sa.Select[Any]:
    request, timestamp = schema.stamp_request, schema.timestamp
    return sa.select(timestamp.c.unit_id).where(
        timestamp.c.client_id == request.c.client_id, timestamp.c.unit_id == request.c.unit_id
    )


def find_request(connection: sa.Connection, client_id: str, unit_id: str) -> StampRequest | None:
    """The stamp request of a unit, stamped or not, or None."""
    table = schema.stamp_request
    row = connection.execute(
        sa.select(table).where(table.c.client_id == client_id, table.c.unit_id == unit_id)
    ).one_or_none()
    return None if row is None else _request(connection, row._mapping)  # noqa: SLF001  # SQLAlchemy's public name


def has_token(connection: sa.Connection, client_id: str, unit_id: str, token_digest: Digest) -> bool:
    """True where this very token is recorded."""
    table = schema.timestamp
    query = sa.select(table.c.sequence).where(
        table.c.client_id == client_id, table.c.unit_id == unit_id, table.c.token_digest == str(token_digest)
    )
    return connection.execute(query).first() is not None


def leaves(
    connection: sa.Connection,
    client_id: str,
    *,
    start: int = 0,
    end: int | None = None,
    subject_id: str | None = None,
) -> tuple[LogLeaf, ...]:
    """Leaves of a half-open range, or of one subject, in log order."""
    table = schema.log_leaf
    query = sa.select(table).where(table.c.client_id == client_id, table.c.sequence >= start)
    if end is not None:
        query = query.where(table.c.sequence < end)
    if subject_id is not None:
        query = query.where(table.c.subject_id == subject_id)
    return tuple(
        LogLeaf(
            client_id=row.client_id,
            sequence=row.sequence,
            kind=row.kind,
            subject_id=row.subject_id,
            manifest_digest=Digest.parse(row.manifest_digest) if row.manifest_digest else None,
            recorded_at=row.recorded_at,
        )
        for row in connection.execute(query.order_by(table.c.sequence))
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


def _request(connection: sa.Connection, row: sa.RowMapping) -> StampRequest:
    table = schema.stamp_attempt
    attempts = connection.execute(
        sa.select(table.c.attempt, table.c.error_code)
        .where(table.c.client_id == row["client_id"], table.c.unit_id == row["unit_id"])
        .order_by(table.c.attempt.desc())
        .limit(1)
    ).one_or_none()
    return StampRequest(
        client_id=row["client_id"],
        unit_id=row["unit_id"],
        imprint=Digest.parse(row["imprint"]),
        requested_at=row["requested_at"],
        attempts=attempts.attempt if attempts else 0,
        last_error=attempts.error_code if attempts else None,
    )
