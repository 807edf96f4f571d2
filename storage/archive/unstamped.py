"""What still has no timestamp, of what who asks may see, and until when it must have one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import sqlalchemy as sa

from domain.evidence import StampRequest
from domain.visibility import Visibility
from storage.archive import reading_log, schema, seeing

_LOOKED_AT = 2_000
"""Requests that are looked at at a time for somebody who sees a part, the oldest first, until some of theirs are among
them: after days without an authority there may be tens of thousands, and the first deadline is among the oldest."""
_AT_ONCE = 500
"""Ids in one query: below the limit on parameters of every SQLite."""


def days(connection: sa.Connection, client_id: str, visibility: Visibility, *, since: int | None) -> tuple[date, ...]:
    """Days on which what still has no token was received, each once, earliest first; ``since``: the oldest request.

    For somebody who sees a part: those of the oldest that they see, which have the first deadline.
    """
    if since is None:
        return ()
    if visibility.sees_all:
        return reading_log.days_received(connection, client_id, since=since)
    oldest = next(filter(None, seen(connection, client_id, visibility, since=since)), ())
    units = sorted(one.unit_id for one in oldest)
    unit, drop = schema.unit.c, schema.drop.c
    query = (
        sa.select(drop.received_on)
        .join(schema.unit, sa.and_(unit.client_id == drop.client_id, unit.first_drop_id == drop.drop_id))
        .where(unit.client_id == client_id)
        .distinct()
    )
    found: set[date] = set()
    for start in range(0, len(units), _AT_ONCE):
        found |= set(connection.execute(query.where(unit.unit_id.in_(units[start : start + _AT_ONCE]))).scalars())
    return tuple(sorted(found))


def seen(
    connection: sa.Connection, client_id: str, visibility: Visibility, *, since: int
) -> Iterator[tuple[StampRequest, ...]]:
    """Requests without a token of what one may see, the oldest first, some at a time; some of them may be empty."""
    request = schema.stamp_request.c
    while True:
        pending = reading_log.pending_stamps(connection, client_id, limit=_LOOKED_AT, now=None, since=since)
        units = seeing.units(connection, client_id, visibility, (one.unit_id for one in pending))
        yield tuple(one for one in pending if one.unit_id in units)
        if len(pending) < _LOOKED_AT:
            return
        last = sa.select(request.sequence).where(request.client_id == client_id, request.unit_id == pending[-1].unit_id)
        since = connection.execute(last).scalar_one() + 1
