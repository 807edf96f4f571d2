"""How often PostgreSQL has counted the grams of words: what decides between walking through a list and looking up.

The planner takes grams for independent of one another and a word that most papers have for a rare one.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import sqlalchemy as sa

if TYPE_CHECKING:
    from storage.archive.reader import ArchiveReader

_FRESH_SECONDS = 60.0
"""Counts only change when the table is analysed, and a stale one costs time, never a hit."""
_COUNTED = sa.select(
    sa.text(
        "SELECT gram, often FROM pg_stats, unnest(most_common_elems::text::integer[], most_common_elem_freqs)"
        " AS counted(gram, often) WHERE tablename = 'search_entry' AND schemaname = current_schema()"
        " AND attname = 'grams' AND often > 0 AND gram IS NOT NULL"
    )
    .columns(sa.column("gram", sa.Integer()), sa.column("often", sa.Float()))
    .subquery()
)


class _Kept:
    """Shares that were read, once a minute. Thread-safe."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._read_at = -math.inf
        self._shares: Mapping[int, float] = {}

    def look(self, archive: ArchiveReader) -> Mapping[int, float]:
        """Those of a minute ago at most, or older ones (at first: none) while somebody else is reading them.

        Nobody waits here for a connection of somebody who waits for the turn: some who come hold one already.
        """
        if time.monotonic() - self._read_at > _FRESH_SECONDS and self._turn.acquire(blocking=False):
            try:
                self._shares = {int(row.gram): float(row.often) for row in archive.rows(_COUNTED)}
                self._read_at = time.monotonic()
            finally:
                self._turn.release()
        return self._shares


_BY_DATABASE: WeakKeyDictionary[object, _Kept] = WeakKeyDictionary()


def counted_shares(archive: ArchiveReader) -> Mapping[int, float]:
    """Shares of documents in which grams stand, of those that PostgreSQL has counted; shared by all who look."""
    if archive.database.dialect.name != "postgresql":
        return {}
    return _BY_DATABASE.setdefault(archive.database, _Kept()).look(archive)


def together(shares: Mapping[int, float], looked_for: Iterable[int]) -> float | None:
    """The share of documents that have all of these grams, roughly; None where one of them was not counted.

    It lies between that of grams that always come together and of grams that know nothing of one another.
    """
    found = [shares.get(gram) for gram in looked_for]
    known = [one for one in found if one is not None]
    if not known or len(known) < len(found):
        return None
    return min(*known, math.exp(sum(map(math.log, known)) / 2))
