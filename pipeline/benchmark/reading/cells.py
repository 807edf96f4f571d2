"""How many cells of a page's tables were read as cells of one row."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from domain.page import Table

_LIKE = 0.7
"""Texts this alike are the same cell, misread: then the table was understood, and only the reading was wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellCount:
    """Cells of one or many pages."""

    printed: int
    """Cells with text, in rows of at least two."""
    placed: int
    """Of these, found as a cell of their own beside their neighbours."""
    exact: int
    """Of these, with the very text (NFKC, spaces apart)."""

    def __add__(self, other: CellCount) -> CellCount:
        """Together."""
        return CellCount(
            printed=self.printed + other.printed, placed=self.placed + other.placed, exact=self.exact + other.exact
        )


def count_cells(spoken: str, tables: Iterable[Table]) -> CellCount:
    """Compare a page's tables with its printed text in reading order, in which tabs stand between cells.

    For each printed row the row of a table counts that holds most of its cells; a found cell answers for one only.
    """
    printed = [row for line in spoken.splitlines() if "\t" in line and len(row := _filled(line.split("\t"))) > 1]
    found = [
        _filled(cell.text for cell in table.cells if cell.row == number)
        for table in tables
        for number in range(table.row_count)
    ]
    best = [max((_shared(row, other) for other in found), default=(0, 0)) for row in printed]
    return CellCount(
        printed=sum(map(len, printed)), placed=sum(placed for placed, _ in best), exact=sum(exact for _, exact in best)
    )


def _filled(cells: Iterable[str]) -> list[str]:
    plain = ("".join(unicodedata.normalize("NFKC", cell).split()) for cell in cells)
    return [cell for cell in plain if cell]


def _shared(printed: list[str], found: list[str]) -> tuple[int, int]:
    left = list(found)
    placed = exact = 0
    for cell in printed:
        same = cell in left
        match = cell if same else next((other for other in left if _alike(cell, other)), None)
        if match is not None:
            left.remove(match)
            placed, exact = placed + 1, exact + same
    return placed, exact


def _alike(a: str, b: str) -> bool:
    return SequenceMatcher(None, a, b).ratio() >= _LIKE
