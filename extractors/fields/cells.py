"""Cells of ruled tables whose text wraps: their lines are put together, so that a row of the table is one row."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

from domain.geometry import Box, union
from domain.page import Cell, Line, Table, Word

_CLOSE = 0.8
"""Line heights between the lines of one cell: lines further apart are things of their own."""
_ONE_LINE = 0.5
"""Part of the lower word by which words of one line overlap."""
_FIGURES = 2
"""Cells with figures on one line that a row of goods has beside the wrapped one (a count, a price); rows of other
tables are read line by line."""
_MOST_LINES = 4
"""Lines that a wrapped cell has; a taller one holds a text, or rules were not seen."""


def gathered(lines: Sequence[Line], tables: Sequence[Table]) -> list[Line]:
    """The lines of a page, each wrapped cell of a ruled table as a line of its own.

    Only where the cells beside it stand on one line, at the height of the wrapped one: otherwise rules were missed, and
    what looks like a cell holds several rows.
    """
    words = [word for line in lines if not line.vertical for word in line.words if word.text.strip()]
    whole = [line for table in tables if table.ruled for line in _wrapped(table, words)]
    if not whole:
        return list(lines)
    taken = {id(word) for line in whole for word in line.words}
    out = list(whole)
    for line in lines:
        rest = tuple(word for word in line.words if id(word) not in taken)
        if len(rest) == len(line.words):
            out.append(line)
        elif rest:
            out.append(Line(words=rest, box=union(tuple(word.box for word in rest)), row=line.row))
    return out


def _wrapped(table: Table, words: Sequence[Word]) -> list[Line]:
    rows: dict[int, list[Cell]] = {}
    for one in table.cells:
        rows.setdefault(one.row, []).append(one)
    inside = sorted((word for word in words if _within(word.box, table.box)), key=lambda word: word.box.center[1])
    heights = [word.box.center[1] for word in inside]
    found = []
    for row in rows.values():
        if not any("\n" in one.text for one in row):
            continue
        top, bottom = min(one.box.top for one in row), max(one.box.bottom for one in row)
        beside = inside[bisect_left(heights, top) : bisect_right(heights, bottom)]
        cells = [_lines(one, beside) for one in row if one.text.strip()]
        single = [union(tuple(w.box for w in cell[0])) for cell in cells if len(cell) == 1]
        several = [cell for cell in cells if len(cell) > 1]
        figures = [cell for cell in cells if len(cell) == 1 and _has_figures(cell[0])]
        if len(figures) < _FIGURES or not several or not _level(single) or not all(map(_close, several)):
            continue
        if sum(all(map(_has_figures, cell)) for cell in several) > 1:
            continue  # a day over a day, a count over a count: the rule between two rows was not seen
        for cell in several:
            box = union(tuple(word.box for line in cell for word in line))
            if all(box.top <= one.center[1] <= box.bottom for one in single):
                found.append(Line(words=tuple(word for line in cell for word in line), box=box))
    return found


def _has_figures(line: Sequence[Word]) -> bool:
    return any(c.isdigit() for word in line for c in word.text)


def _within(box: Box, around: Box) -> bool:
    x, y = box.center
    return around.left <= x <= around.right and around.top <= y <= around.bottom


def _lines(cell: Cell, words: Sequence[Word]) -> list[list[Word]]:
    """The words of a cell, line by line from the top, each from left to right; ``words`` come from the top."""
    lines: list[list[Word]] = []
    for word in words:
        if not _within(word.box, cell.box):
            continue
        if lines and _overlap(lines[-1][-1].box, word.box) >= _ONE_LINE:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda w: w.box.left) for line in lines]


def _overlap(a: Box, b: Box) -> float:
    return (min(a.bottom, b.bottom) - max(a.top, b.top)) / max(min(a.height, b.height), 1)


def _level(boxes: Sequence[Box]) -> bool:
    return all(_overlap(boxes[0], box) >= _ONE_LINE for box in boxes[1:])


def _close(cell: Sequence[Sequence[Word]]) -> bool:
    boxes = [union(tuple(word.box for word in line)) for line in cell]
    gaps = [lower.top - upper.bottom for upper, lower in pairwise(boxes)]
    return len(cell) <= _MOST_LINES and max(gaps) <= _CLOSE * min(box.height for box in boxes)
