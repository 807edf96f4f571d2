"""Tables with their cells: by ruled lines where they are drawn, by aligned columns where they are not."""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from domain.geometry import Box, union
from domain.page import Cell, Line, Table, Word
from extractors.stretches import holds_value

_TOUCH = 0.5
"""Rules that come as near to each other as this share of the letter height meet."""
_CELL_GAP = 0.8
"""A gap between words wider than this many letter heights separates cells where no rule does."""
_NEXT_ROW = 1.8
"""Rows further apart than this many letter heights belong to different unruled tables."""
_VALUES = 0.6
"""Share of an unruled table's rows whose last cell holds a number or a day: prose in columns has none."""
_FEWEST = 2
"""Cells with text: a frame around one text is no table."""
_MANY = 3
"""Rows from which narrow white between words counts as well: it seldom falls into line by chance."""
_MOST_WORDS = 4_000
_MOST_RULES = 600
_MOST_LINES = 80
"""Of a grid, either way: nobody prints a table with more rows on one page."""


_Row = list[tuple[Word, ...]]
"""Cells of a row, from left to right."""


@dataclass(frozen=True, slots=True)
class _Rule:
    at: float
    start: float
    end: float

    def covers(self, place: float) -> bool:
        return self.start <= place <= self.end


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where rows and columns of one table end, and the rules between them."""

    heights: list[float]
    widths: list[float]
    level: list[_Rule]
    upright: list[_Rule]


def find_tables(lines: Sequence[Line], *, rules: Sequence[Box] = ()) -> tuple[Table, ...]:
    """Tables of a page that lies straight, from top to bottom.

    Args:
        lines: of the page, in reading order.
        rules: ruled lines in the same pixels, level ones wider than high.
    """
    words = [w for line in lines if not line.vertical for w in line.words]
    if not words or len(words) > _MOST_WORDS:
        return ()
    height = median(w.box.height for w in words)
    tables = []
    taken: set[int] = set()
    for level, upright in sorted(_groups(rules, words, height), key=lambda group: not group[1]):
        free = [w for w in words if id(w) not in taken]
        grid = _grid_of(level, upright, free, height)
        inside = [w for w in free if grid and _within(w, grid)]
        table = _ruled(grid, inside) if grid else None
        if table is not None:
            tables.append(table)
            taken.update(id(w) for w in inside)
    rest = [[w for w in line.words if id(w) not in taken] for line in lines if not line.vertical]
    tables.extend(_unruled([_cells_of(row) for row in rest if row], height))
    return tuple(sorted(tables, key=lambda table: (table.box.top, table.box.left)))


_Group = tuple[list[_Rule], list[_Rule]]
"""Level and upright rules of one table."""


def _groups(rules: Sequence[Box], words: list[Word], height: float) -> list[_Group]:
    level, upright = _drawn(rules[:_MOST_RULES], words)
    reach = _TOUCH * height
    groups: list[_Group] = []
    for rule in level:
        meeting = [u for u in upright if u.start - reach <= rule.at <= u.end + reach]
        meeting = [u for u in meeting if rule.start - reach <= u.at <= rule.end + reach]
        touched = [g for g in groups if any(u in g[1] for u in meeting) or _stacked(rule, g, meeting, reach)]
        merged: _Group = ([rule], meeting)
        for group in touched:
            groups.remove(group)
            merged = (group[0] + merged[0], group[1] + [u for u in merged[1] if u not in group[1]])
        groups.append(merged)
    return groups


def _drawn(rules: Sequence[Box], words: list[Word]) -> tuple[list[_Rule], list[_Rule]]:
    """Level and upright rules, without the strokes of letters."""
    level, upright = [], []
    for box in rules:
        x, y = box.center
        inside = any(
            w.box.left <= box.left and box.right <= w.box.right and w.box.top <= y <= w.box.bottom for w in words
        )
        if inside:
            continue
        if box.width > box.height:
            level.append(_Rule(y, box.left, box.right))
        else:
            upright.append(_Rule(x, box.top, box.bottom))
    return sorted(level, key=lambda r: r.at), upright


def _stacked(rule: _Rule, group: _Group, meeting: list[_Rule], reach: float) -> bool:
    """Open tables: level rules of the same width one below the other, and no upright ones."""
    level, upright = group
    if meeting or upright:
        return False
    return abs(level[-1].start - rule.start) + abs(level[-1].end - rule.end) < 4 * reach


def _grid_of(level: list[_Rule], upright: list[_Rule], words: list[Word], height: float) -> _Grid | None:
    heights = _places([r.at for r in level], _TOUCH * height)
    left, right = min(r.start for r in level), max(r.end for r in level)
    widths = _places([left, *(r.at for r in upright), right], _TOUCH * height)
    wide = [w for w in words if left <= w.box.center[0] <= right]
    if len(widths) < 3:  # no rules between columns: white stands for them
        if len(heights) < 2 or not _cut_at(heights, wide):
            return None
        heights = _with_neighbours(heights, wide, height)
        gutters = _gutters(_cut_at(heights, wide), height)
        widths = [left, *gutters, right]
        upright = [_Rule(x, heights[0], heights[-1]) for x in gutters]
    if not (2 <= len(heights) <= _MOST_LINES and 3 <= len(widths) <= _MOST_LINES):
        return None
    inner = [w for w in wide if heights[0] <= w.box.center[1] <= heights[-1]]
    return _Grid(_with_text_rows(heights, widths, inner), widths, level, upright)


def _cut_at(heights: list[float], words: list[Word]) -> list[_Row]:
    """Rows of text between the first and the last height, those with several cells."""
    inner = [w for w in words if heights[0] < w.box.center[1] <= heights[-1]]
    return [cells for row in _text_rows(inner) if len(cells := _cells_of(row)) > 1]


def _with_neighbours(heights: list[float], words: list[Word], height: float) -> list[float]:
    """An open table's first rows may stand above its first rule and its last one below the last: if in its columns."""
    out = list(heights)
    for above in (True, False):
        for _ in range(2):
            edge = out[0] if above else out[-1]
            beyond = [w for w in words if (w.box.center[1] < edge if above else w.box.center[1] > edge)]
            rows = _text_rows(beyond)
            row = (rows[-1] if above else rows[0]) if rows else []
            far = min(abs(w.box.center[1] - edge) for w in row) if row else math.inf
            cells = _cells_of(row)
            inside = _gutters(_cut_at(out, words), height) if len(out) > 1 else []
            if far > _NEXT_ROW * height or len(cells) < max(2, len(inside)):
                break
            if inside and len(_gutters([*_cut_at(out, words), cells], height)) < len(inside):
                break
            top, bottom = min(w.box.top for w in row), max(w.box.bottom for w in row)
            out = [top - 1.0, *out] if above else [*out, bottom + 1.0]
    return out


def _text_rows(words: Iterable[Word]) -> list[list[Word]]:
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda w: w.box.center[1]):
        if rows and word.box.center[1] - rows[-1][0].box.center[1] < _TOUCH * word.box.height:
            rows[-1].append(word)
        else:
            rows.append([word])
    return rows


def _places(values: list[float], reach: float) -> list[float]:
    out: list[list[float]] = []
    for value in sorted(values):
        if out and value - out[-1][-1] <= reach:
            out[-1].append(value)
        else:
            out.append([value])
    return [sum(group) / len(group) for group in out]


def _with_text_rows(heights: list[float], widths: list[float], words: list[Word]) -> list[float]:
    """Rows that no rule separates: a band in which several columns have several lines level with each other."""
    out = [heights[0]]
    for top, bottom in pairwise(heights):
        rows = _text_rows(w for w in words if top < w.box.center[1] <= bottom)
        filled = [{bisect(widths, w.box.center[0]) for w in row} for row in rows]
        if len(rows) > 1 and all(len(columns) > 1 for columns in filled):
            out += [(max(w.box.bottom for w in a) + min(w.box.top for w in b)) / 2 for a, b in pairwise(rows)]
        out.append(bottom)
    return out


def _within(word: Word, grid: _Grid) -> bool:
    x, y = word.box.center
    return grid.widths[0] <= x <= grid.widths[-1] and grid.heights[0] <= y <= grid.heights[-1]


def _ruled(grid: _Grid, words: list[Word]) -> Table | None:
    rows, columns = len(grid.heights) - 1, len(grid.widths) - 1
    owner: dict[tuple[int, int], Cell] = {}
    texts: dict[tuple[int, int], list[Word]] = {}
    for row in range(rows):
        for column in range(columns):
            if (row, column) not in owner:
                cell = _cell(grid, row, column, taken=owner)
                owner.update(dict.fromkeys(_places_of(cell), cell))
    for word in words:
        x, y = word.box.center
        row = min(max(bisect(grid.heights, y) - 1, 0), rows - 1)
        column = min(max(bisect(grid.widths, x) - 1, 0), columns - 1)
        cell = owner[row, column]
        texts.setdefault((cell.row, cell.column), []).append(word)
    unique = {(cell.row, cell.column): cell for cell in owner.values()}
    cells = tuple(replace(unique[at], text=_text(texts.get(at, []))) for at in sorted(unique))
    filled = sum(bool(cell.text) for cell in cells)
    if filled < _FEWEST or (rows == 1 and filled < columns):
        return None
    around = union(tuple(c.box for c in cells))
    return Table(cells=cells, box=around, row_count=rows, column_count=columns, ruled=True)


def _cell(grid: _Grid, row: int, column: int, *, taken: Container[tuple[int, int]]) -> Cell:
    """The cell that begins at a place of the grid: to the next rule on the right, then to the next one below."""
    right, bottom = column + 1, row + 1
    while right < len(grid.widths) - 1 and (row, right) not in taken and not _walled(grid, row, right):
        right += 1
    while bottom < len(grid.heights) - 1 and all(
        (bottom, c) not in taken and not _roofed(grid, bottom, c) and not (c > column and _walled(grid, bottom, c))
        for c in range(column, right)
    ):
        bottom += 1
    box = Box(
        left=round(grid.widths[column]),
        top=round(grid.heights[row]),
        right=round(grid.widths[right]),
        bottom=round(grid.heights[bottom]),
    )
    return Cell(row=row, column=column, row_span=bottom - row, column_span=right - column, text="", box=box)


def _places_of(cell: Cell) -> Iterator[tuple[int, int]]:
    for row in range(cell.row, cell.row + cell.row_span):
        for column in range(cell.column, cell.column + cell.column_span):
            yield row, column


def _walled(grid: _Grid, row: int, column: int) -> bool:
    """A rule stands on the left of a place of the grid."""
    y = (grid.heights[row] + grid.heights[row + 1]) / 2
    at = grid.widths[column]
    near = (grid.widths[column + 1] - at) / 2
    return any(abs(u.at - at) < near and u.covers(y) for u in grid.upright)


def _roofed(grid: _Grid, row: int, column: int) -> bool:
    """A rule lies over a place of the grid, or none does over the whole row: then lines of text made it one."""
    x = (grid.widths[column] + grid.widths[column + 1]) / 2
    at = grid.heights[row]
    near = (grid.heights[row + 1] - at) / 2
    here = [r for r in grid.level if abs(r.at - at) < near]
    return not here or any(r.covers(x) for r in here)


def _text(words: list[Word]) -> str:
    joined = [tuple(sorted(row, key=lambda w: w.box.left)) for row in _text_rows(words)]
    return "\n".join(Line(words=row, box=row[0].box).text for row in joined)


def _cells_of(words: Iterable[Word]) -> _Row:
    cells: list[list[Word]] = []
    for word in sorted(words, key=lambda w: w.box.left):
        last = cells[-1][-1].box if cells else None
        if last is not None and word.box.left - last.right <= _CELL_GAP * max(min(last.height, word.box.height), 1):
            cells[-1].append(word)
        else:
            cells.append([word])
    return [tuple(cell) for cell in cells]


def _gutters(rows: list[_Row], height: float) -> list[float]:
    """Middles of the white that runs from top to bottom between the cells of all rows."""
    if len(rows) >= _MANY:
        spans = sorted((w.box.left, w.box.right) for row in rows for cell in row for w in cell)
    else:
        spans = sorted((cell[0].box.left, cell[-1].box.right) for row in rows for cell in row)
    out: list[float] = []
    reach = None
    for left, right in spans:
        if reach is not None and left - reach > _CELL_GAP * height / 2:
            out.append((left + reach) / 2)
        reach = right if reach is None else max(reach, right)
    return out


def _unruled(rows: list[_Row], height: float) -> list[Table]:
    tables: list[Table] = []
    run: list[_Row] = []
    for row in [*rows, []]:
        fits = len(row) > 1 and (not run or (_follows(run[-1], row, height) and _gutters([*run, row], height)))
        if fits:
            run.append(row)
            continue
        tables.extend(_table_of(run, height))
        run = [row] if len(row) > 1 else []
    return tables


def _follows(above: _Row, below: _Row, height: float) -> bool:
    bottom, top = max(w.box.bottom for c in above for w in c), min(w.box.top for c in below for w in c)
    return 0 <= top - bottom + height <= (1 + _NEXT_ROW) * height


def _table_of(run: list[_Row], height: float) -> list[Table]:
    values = sum(any(holds_value(w.text) for w in row[-1]) for row in run)
    if len(run) < 2 or values < _VALUES * len(run):
        return []
    gutters = _gutters(run, height)
    cells: list[Cell] = []
    for number, row in enumerate(run):
        placed: list[Cell] = []
        for words in row:
            box = union(tuple(w.box for w in words))
            first, last = bisect(gutters, box.left), max(bisect(gutters, box.right), bisect(gutters, box.left))
            text = Line(words=words, box=box).text
            before = placed[-1] if placed else None
            if before and first < before.column + before.column_span:  # no white between them in every row: one cell
                span = max(last - before.column + 1, before.column_span)
                placed[-1] = replace(before, text=before.text + text, column_span=span, box=union((before.box, box)))
            else:
                placed.append(Cell(row=number, column=first, column_span=last - first + 1, text=text, box=box))
        cells.extend(placed)
    table = Table(
        cells=tuple(cells),
        box=union(tuple(c.box for c in cells)),
        row_count=len(run),
        column_count=len(gutters) + 1,
        ruled=False,
    )
    return [table]
