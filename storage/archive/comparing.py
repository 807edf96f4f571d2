"""A database held against what a rebuild from the vault gives, table by table and row by row."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from domain.errors import DigestMismatch, StorageError, StoreUnavailable
from storage.archive import rebuildable, schema
from storage.archive.repository import Archive

NOT_REBUILT = frozenset({schema.stamp_attempt.name})
"""Attempts are no evidence and are not in the vault."""
INDEXES = (*rebuildable.INDEXES, rebuildable.figure_sum)
"""What search and dashboard read: it follows from the other tables, and is no evidence."""
_ROWS_AT_ONCE = 2000
_INTEGRITY: Any = sa.text("PRAGMA integrity_check(20)")
_TRIGGERS: Any = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDifference:
    """How one table differs from what the vault gives."""

    table: str
    missing: tuple[Row, ...]
    """Rows that the vault gives and the database lacks, whole."""
    changed: int
    """Rows of the same key that say something else."""
    unknown: int
    """Rows that the vault knows nothing of."""


@contextmanager
def rebuilt_copy(archive: Archive) -> Iterator[Archive]:
    """The same archive made anew from its vault, in a temporary folder that goes away afterwards.

    Raises:
        DigestMismatch: an object of the vault is not what the log says.
        ObjectMissing: an object that the log names is gone.
    """
    with tempfile.TemporaryDirectory(prefix="shoko-rebuilt-") as folder:
        copy = Archive.open(
            f"sqlite:///{Path(folder) / 'archive.sqlite'}",
            archive.vault,
            client_id=archive.client_id,
            clock=archive.clock,
        )
        try:
            yield copy
        finally:
            copy.close()


def differences(archive: Archive, copy: Archive) -> tuple[TableDifference, ...]:
    """The tables in which an archive differs from a copy of it, parents first; ``index_differences`` are apart.

    Raises:
        DigestMismatch: a row holds what is no value of its kind.
    """
    found = (_compared(archive, copy, table) for table in schema.APPEND_ONLY if table.name not in NOT_REBUILT)
    return tuple(one for one in found if one.missing or one.changed or one.unknown)


def index_differences(archive: Archive, copy: Archive) -> tuple[TableDifference, ...]:
    """The same for the tables of search and dashboard, which say something else where they are damaged or stale."""
    found = []
    for table in INDEXES:
        try:
            one = _compared(archive, copy, table)
        except DigestMismatch:
            one = TableDifference(table=table.name, missing=(), changed=1, unknown=0)
        if one.missing or one.changed or one.unknown:
            found.append(one)
    return tuple(found)


def damage(archive: Archive, copy: Archive) -> tuple[str, ...]:
    """What is wrong in the database beside its rows: indexes that disagree with their tables, other triggers.

    SQLite answers from an index where it can, so a table's own page may be damaged and no row tell. PostgreSQL keeps
    checksums of its own, and nothing is said of it.
    """
    if archive.dialect != "sqlite":
        return ()
    whole = [str(row[0]) for row in archive.rows(_INTEGRITY)]
    faults = [line for line in whole if line != "ok"]
    mine, wanted = ({row.name: row.sql for row in one.rows(_TRIGGERS)} for one in (archive, copy))
    return (*faults, *sorted(f"trigger {name}" for name in wanted if mine.get(name) != wanted[name]))


def _compared(archive: Archive, copy: Archive, table: sa.Table) -> TableDifference:
    mine = dict(_digests(archive, table))
    missing, changed = [], 0
    for key, row in _rows(copy, table):
        known = mine.pop(key, None)
        if known is None:
            missing.append(row)
        elif known != _digest(row):
            changed += 1
    return TableDifference(table=table.name, missing=tuple(missing), changed=changed, unknown=len(mine))


def _digests(archive: Archive, table: sa.Table) -> Iterator[tuple[tuple[Any, ...], int]]:
    return ((key, _digest(row)) for key, row in _rows(archive, table))


def _digest(row: Row) -> int:
    """Rows are held against each other in one process, so Python's own hash of all their values will do."""
    return hash(tuple(bytes(v) if isinstance(v, bytes | memoryview) else v for v in row.values()))


def _rows(archive: Archive, table: sa.Table) -> Iterator[tuple[tuple[Any, ...], Row]]:
    keys = list(table.primary_key.columns)
    query = sa.select(table).where(table.c.client_id == archive.client_id).order_by(*keys)
    start = 0
    while True:
        try:
            rows = archive.rows(query.limit(_ROWS_AT_ONCE).offset(start))
        except StoreUnavailable:
            raise
        except (ValueError, StorageError) as error:  # a value that is none of its kind: something changed it
            raise DigestMismatch(
                f"a row of {table.name} cannot be read: {error}",
                message_ja=f"データベースの表 {table.name} に読めない値があります。"
                "shoko doctor --rebuild で作り直してください",
            ) from error
        for row in rows:
            plain = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's public name
            yield tuple(plain[column.name] for column in keys), plain
        if len(rows) < _ROWS_AT_ONCE:
            return
        start += _ROWS_AT_ONCE
