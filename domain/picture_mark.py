"""Marks of pictures: what two pictures of one paper have in common however they were scanned. Pure integers.

A mark is the signs of the 63 lowest frequencies of the ink on an upright page (``extractors.pages.mark`` makes it). Two
scans of one paper differ in 3 % of their signs, nineteen in twenty pairs in at most 11 % (60 generated papers in two of
14 kinds of wear each); pictures of different papers differ in 41 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.page import PageRef

SIDE = 8
"""Frequencies in each direction."""
SIGNS = SIDE * SIDE - 1
"""All but the mean."""
FIRST_BAND = 16
"""Bands below this number are those of texts (``domain.likeness``)."""
NEAR = 0.25
"""Share of differing signs up to which two marks may be of one paper; of 3,540 pairs of different papers 4 % are as
near, of pairs of one paper all."""
_STEPS = (1, 5, 11, 23)
"""Orders in which signs are dealt out to bands; none shares a factor with 63, so each order meets every sign once."""
_PER_STEP = 4
_WIDTH = 12
"""Signs in a band: of marks that differ in 11 % of their signs 98 % share a band, of others 3 %."""
_BANDS = tuple(
    tuple((place * step) % SIGNS for place in range(_WIDTH * part, _WIDTH * (part + 1)))
    for step in _STEPS
    for part in range(_PER_STEP)
)


def mark_of(signs: tuple[bool, ...]) -> str:
    """The mark of signs in the order of rows, the mean left out."""
    return f"{sum(sign << place for place, sign in enumerate(signs)):016x}"


def first_mark(pages: Sequence[PageRef]) -> str:
    """The mark of the first page that has one; empty where none has."""
    return next((page.mark for page in pages if page.mark), "")


def bands(mark: str) -> tuple[tuple[int, int], ...]:
    """Numbers of bands with their values: marks of one paper share one or more. None for an empty mark."""
    if not mark:
        return ()
    bits = int(mark, 16)
    return tuple(
        (FIRST_BAND + number, sum((bits >> place & 1) << at for at, place in enumerate(band)))
        for number, band in enumerate(_BANDS)
    )


def turned(mark: str) -> tuple[str, ...]:
    """The marks of the same picture turned clockwise by 0, 90, 180 and 270 degrees; none for an empty mark.

    A turn swaps the directions of a frequency or turns the sign of those that are odd in one of them.
    """
    if not mark:
        return ()
    bits = int(mark, 16)
    signs = {(at // SIDE, at % SIDE): bool(bits >> (at - 1) & 1) for at in range(1, SIGNS + 1)}
    out = []
    for _ in range(4):
        out.append(mark_of(tuple(signs[at // SIDE, at % SIDE] for at in range(1, SIGNS + 1))))
        signs = {(row, column): signs[column, row] ^ bool(column % 2) for row, column in signs}
    return tuple(out)


def apart(one: str, other: str) -> float:
    """Share of signs in which two marks differ; 1 where either is empty."""
    if not one or not other:
        return 1.0
    return (int(one, 16) ^ int(other, 16)).bit_count() / SIGNS
