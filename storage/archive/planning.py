"""What SQLite's planner must know. PostgreSQL counts by itself."""

from __future__ import annotations

import sqlalchemy as sa

ANALYSED_ROWS = 1000
"""Rows of an index that are looked at; SQLite's own advice is 100 to 1000."""
_FIRST = 256
"""Entries of the log at which the tables are counted for the first time: enough to tell one client from many units."""


def keep_plans_good(connection: sa.Connection, *, entries: int) -> None:
    """Count the tables anew whenever the log has doubled.

    Without counts SQLite takes "this client" to be as selective as "this unit", and reads a whole table in log order
    to find one unit's row: work for each act would grow with the archive.
    """
    if connection.dialect.name == "sqlite" and entries >= _FIRST and entries & (entries - 1) == 0:
        connection.exec_driver_sql("ANALYZE")
