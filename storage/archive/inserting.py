"""Rows into a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa


def insert_row(connection: sa.Connection, table: sa.Table, **row: Any) -> None:
    """Insert a row.

    Values go as parameters beside a statement that is the same each time: given inside the statement, SQLAlchemy
    works through each of them anew, which takes longer than the database does.
    """
    connection.execute(_insert(table), row)


def insert_rows(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert several rows, the same way; none is no work."""
    if rows:
        connection.execute(_insert(table), rows)


@cache
def _insert(table: sa.Table) -> sa.Insert:
    return sa.insert(table)
