"""How often PostgreSQL has counted the grams of words: what decides between walking through a list and looking up.

The planner takes grams for independent of one another and a word that most papers have for a rare one.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterable
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


class Frequencies:
    """Shares of documents in which grams stand, read once a minute. Thread-safe."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._read_at = -math.inf
        self._counted: dict[int, float] = {}

    def together(self, archive: ArchiveReader, looked_for: Iterable[int]) -> float | None:
        """The share of documents that have all of these grams, roughly; None where one of them was not counted.

        It lies between that of grams that always come together and of grams that know nothing of one another.
        """
        with self._turn:
            if time.monotonic() - self._read_at > _FRESH_SECONDS:
                self._counted = {int(row.gram): float(row.often) for row in archive.rows(_COUNTED)}
                self._read_at = time.monotonic()
            found = [self._counted.get(gram) for gram in looked_for]
        known = [one for one in found if one is not None]
        if not known or len(known) < len(found):
            return None
        return min(*known, math.exp(sum(map(math.log, known)) / 2))


_BY_DATABASE: WeakKeyDictionary[object, Frequencies] = WeakKeyDictionary()


def frequencies_of(archive: ArchiveReader) -> Frequencies:
    """Those of an archive's database, one and the same for all who see it."""
    return _BY_DATABASE.setdefault(archive.database, Frequencies())
