"""Stretches of text to lines: what stands on one visual row belongs together; rows are then put in reading order."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.geometry import Box, union
from domain.page import Line, Word
from extractors.order import in_reading_order

_OVERLAP_SHARE = 0.35
"""How far (as a share of the smaller width) neighbours on a row may overlap: boxes are drawn generously."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of text that an engine found in one go; never split over rows."""

    words: tuple[Word, ...]
    """At least one, left to right (top to bottom where vertical)."""
    box: Box
    """Around all words."""
    vertical: bool = False
    """Written from top to bottom."""


def piece_of(words: Iterable[Word], *, vertical: bool = False) -> Piece:
    """A piece around words (at least one)."""
    kept = tuple(words)
    return Piece(words=kept, box=union(tuple(w.box for w in kept)), vertical=vertical)


def lines_from_pieces(pieces: Iterable[Piece], *, tilt: float = 0.0, rules: Sequence[Box] = ()) -> tuple[Line, ...]:
    """Lines in reading order.

    Args:
        pieces: stretches of text in any order.
        tilt: by how many pixels rows fall per pixel to the right (0 for a straight page).
        rules: ruled lines of the page, where they are known.
    """
    return in_reading_order(visual_rows(pieces, tilt=tilt), tilt=tilt, rules=rules)


def visual_rows(pieces: Iterable[Piece], *, tilt: float = 0.0) -> tuple[Line, ...]:
    """Join pieces on one visual row into a line, left to right; lines from top to bottom.

    A piece joins the row whose right-most piece it continues: each one's vertical middle lies inside the other's
    height, so that a large heading does not swallow two small rows beside it, and a slightly turned row still holds
    together.

    Args:
        pieces: stretches of text in any order.
        tilt: by how many pixels rows fall per pixel to the right (0 for a straight page).
    """
    upright: list[Piece] = []
    lines: list[Line] = []
    columns: list[Piece] = []
    for piece in pieces:
        (columns if piece.vertical and _runs(piece) else upright).append(piece)
    for row in _rows(upright, tilt):
        words = tuple(word for piece in row for word in piece.words)
        lines.append(Line(words=words, box=union(tuple(p.box for p in row))))
    lines.sort(key=lambda line: (line.words[0].box.center[1] - tilt * line.words[0].box.center[0], line.box.left))
    for band in _bands(columns):
        at = next((i for i, line in enumerate(lines) if line.box.center[1] > band[0].box.top), len(lines))
        lines[at:at] = [Line(words=piece.words, box=piece.box, vertical=True) for piece in band]
    return tuple(lines)


def _rows(pieces: list[Piece], tilt: float) -> list[list[Piece]]:
    rows: list[list[Piece]] = []
    ends: list[tuple[float, int]] = []  # how low each row ends, as if the page lay straight, and which row it is
    for piece in sorted(pieces, key=lambda p: (p.box.left, p.box.top)):
        height = piece.box.center[1] - tilt * piece.box.center[0]
        reach = piece.box.height / 2 + 1
        near = ends[bisect_left(ends, (height - reach, -1)) : bisect_right(ends, (height + reach, len(rows)))]
        candidates = sorted(number for _, number in near if _continues(rows[number][-1].box, piece.box, tilt))
        if candidates:
            best = min(candidates, key=lambda number: _distance(rows[number][-1].box, piece.box, tilt))
            last = rows[best][-1].box.center
            ends.remove((last[1] - tilt * last[0], best))
            rows[best].append(piece)
        else:
            best = len(rows)
            rows.append([piece])
        insort(ends, (height, best))
    return rows


def _runs(piece: Piece) -> bool:
    """A single character runs nowhere: a narrow 1 is no vertical writing."""
    return sum(len(word.text) for word in piece.words) > 1


def _continues(last: Box, following: Box, tilt: float) -> bool:
    fall = tilt * (following.center[0] - last.center[0])
    rise = abs(following.center[1] - fall - last.center[1])
    # A turned stretch has a higher box than its letters.
    thickness = [max(b.height - abs(tilt) * b.width, 0.4 * b.height) for b in (last, following)]
    if rise > min(thickness) / 2:
        return False
    overlap = last.right - following.left
    return overlap <= _OVERLAP_SHARE * min(last.width, following.width)


def _distance(last: Box, following: Box, tilt: float) -> float:
    """Rows that differ little in height of the middle come first; among those the nearer neighbour."""
    rise = abs(last.center[1] + tilt * (following.center[0] - last.center[0]) - following.center[1])
    return rise + 0.02 * max(following.left - last.right, 0)


def _bands(columns: list[Piece]) -> list[list[Piece]]:
    """Columns of vertical writing that stand side by side, from right to left; bands from top to bottom."""
    bands: list[list[Piece]] = []
    for column in sorted(columns, key=lambda p: p.box.top):
        for band in bands:
            low, high = max(band[0].box.top, column.box.top), min(band[0].box.bottom, column.box.bottom)
            if 2 * (high - low) > min(band[0].box.height, column.box.height):
                band.append(column)
                break
        else:
            bands.append([column])
    return [sorted(band, key=lambda p: -p.box.right) for band in bands]
