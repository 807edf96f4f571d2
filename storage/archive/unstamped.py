"""Until when what still has no timestamp must have one, of what who asks may see."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from domain.visibility import Visibility
from storage.archive import reading_log, schema, seeing

_LOOKED_AT = 2_000
"""Oldest requests that are looked at for somebody who sees a part: after days without an authority there may be tens of
thousands, a look at the page is to take a moment, and the first deadline is among the oldest."""
_AT_ONCE = 500
"""Ids in one query: below the limit on parameters of every SQLite."""


def days(connection: sa.Connection, client_id: str, visibility: Visibility, *, since: int | None) -> tuple[date, ...]:
    """Days on which what still has no token was received, each once, earliest first; ``since``: the oldest request."""
    if since is None:
        return ()
    if visibility.sees_all:
        return reading_log.days_received(connection, client_id, since=since)
    pending = reading_log.pending_stamps(connection, client_id, limit=_LOOKED_AT, now=None, since=since)
    units = sorted(seeing.units(connection, client_id, visibility, (one.unit_id for one in pending)))
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
