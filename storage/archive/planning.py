"""What SQLite's planner must know. PostgreSQL counts by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

ANALYSED_ROWS = 1000
"""Rows of an index that are looked at; SQLite's own advice is 100 to 1000."""
_FIRST = 256
"""Entries of the log at which the tables are counted for the first time: enough to tell one client from many units."""

_MANY_KIB = 128 << 10
"""For a log applied as a whole. With SQLite's own 2 MB every unit of 100,000 wrote some 80 pages that the next changed
again; 128 MB hold what 5,000 entries change in the indexes of a gigabyte."""
_FEW_KIB = 2000
"""SQLite's own."""


@contextmanager
def many_in_memory(connection: sa.Connection) -> Iterator[None]:
    """Keep what many acts change in memory until the commit, instead of writing it down again and again."""
    if connection.dialect.name != "sqlite":
        yield
        return
    connection.exec_driver_sql(f"PRAGMA cache_size = -{_MANY_KIB}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size = -{_FEW_KIB}")


def keep_plans_good(connection: sa.Connection, *, entries: int) -> None:
    """Count the tables anew whenever the log has doubled.

    Without counts SQLite takes "this client" to be as selective as "this unit", and reads a whole table in log order
    to find one unit's row: work for each act would grow with the archive.
    """
    if connection.dialect.name == "sqlite" and entries >= _FIRST and entries & (entries - 1) == 0:
        connection.exec_driver_sql("ANALYZE")
