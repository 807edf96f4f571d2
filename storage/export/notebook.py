"""What an export must remember while it runs: on disk, so that its memory does not grow with the bundle."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

_TABLES = """
CREATE TABLE sequence (number INTEGER PRIMARY KEY);
CREATE TABLE name (name TEXT PRIMARY KEY, following INTEGER DEFAULT 2) WITHOUT ROWID;
CREATE TABLE original (unit_id TEXT PRIMARY KEY, sequence INTEGER, path TEXT, sha256 TEXT) WITHOUT ROWID;
CREATE TABLE line (unit_id TEXT, number INTEGER, text TEXT, PRIMARY KEY (unit_id, number)) WITHOUT ROWID;
"""


class Notebook:
    """Scratch tables of one volume; thrown away with it."""

    def __init__(self, path: Path) -> None:
        """Begin empty."""
        path.unlink(missing_ok=True)
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _TABLES)
        self._connection.execute("BEGIN")

    def take_sequences(self, numbers: Iterable[int]) -> None:
        """Leaves that belong to the bundle; named twice, they count once."""
        self._connection.executemany("INSERT OR IGNORE INTO sequence VALUES (?)", ((n,) for n in numbers))

    def known(self, numbers: Sequence[int]) -> set[int]:
        """Which of these leaves belong to the bundle."""
        marks = ",".join("?" * len(numbers))
        query = f"SELECT number FROM sequence WHERE number IN ({marks})"  # noqa: S608  # question marks only
        return {row[0] for row in self._connection.execute(query, tuple(numbers))}

    def sequences(self, size: int) -> Iterator[tuple[int, ...]]:
        """All of them in log order, in pieces of at most ``size``."""
        last = -1
        while True:
            query = "SELECT number FROM sequence WHERE number > ? ORDER BY number LIMIT ?"
            piece = tuple(row[0] for row in self._connection.execute(query, (last, size)))
            if not piece:
                return
            yield piece
            last = piece[-1]

    def free_name(self, stem: str, suffix: str) -> str:
        """``stem + suffix``, or with ``_2``, ``_3`` … where that is taken; capitals make no difference."""
        first = f"{stem}{suffix}"
        if self.is_new(first.casefold()):
            return first
        # Each name knows its next number: thousands of the same name cost no more than others.
        query = "SELECT following FROM name WHERE name = ?"
        number = int(self._connection.execute(query, (first.casefold(),)).fetchone()[0])
        while not self.is_new(f"{stem}_{number}{suffix}".casefold()):
            number += 1
        self._connection.execute("UPDATE name SET following = ? WHERE name = ?", (number + 1, first.casefold()))
        return f"{stem}_{number}{suffix}"

    def is_new(self, path: str) -> bool:
        """Whether a path is taken for the first time."""
        done = self._connection.execute("INSERT OR IGNORE INTO name (name) VALUES (?)", (path,))
        return done.rowcount == 1

    def keep_lines(self, unit_id: str, lines: Sequence[str]) -> None:
        """Lines about a unit, for a list in the order of the units."""
        rows = ((unit_id, number, line) for number, line in enumerate(lines))
        self._connection.executemany("INSERT INTO line VALUES (?, ?, ?)", rows)

    def lines(self) -> Iterator[str]:
        """Those lines."""
        yield from (row[0] for row in self._connection.execute("SELECT text FROM line ORDER BY unit_id, number"))

    def keep_original(self, unit_id: str, *, sequence: int, path: str, sha256: str) -> None:
        """Where the original of a unit stands."""
        self._connection.execute("INSERT INTO original VALUES (?, ?, ?, ?)", (unit_id, sequence, path, sha256))

    def paths(self, unit_ids: Sequence[str]) -> dict[str, str]:
        """Where the originals of these units stand; those that are not there yet are left out."""
        marks = ",".join("?" * len(unit_ids))
        query = f"SELECT unit_id, path FROM original WHERE unit_id IN ({marks})"  # noqa: S608  # question marks only
        return dict(self._connection.execute(query, tuple(unit_ids)))

    def originals(self) -> Iterator[tuple[str, int, str]]:
        """Unit, leaf that brought it, path: in log order."""
        yield from self._connection.execute("SELECT unit_id, sequence, path FROM original ORDER BY sequence, unit_id")

    def close(self) -> None:
        """Give the file back."""
        self._connection.close()
