"""Reading order: the order in which a person, or a screen reader, would speak a page.

Blocks side by side are read one after the other, tables row by row, vertical writing column by column from right to
left. The same rules serve scans and text layers; they see words, boxes and nothing else.
"""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from domain.geometry import Box
from domain.page import Line
from extractors.stretches import COLUMN_GAP, Segment, cut, holds_value, is_sum, line_of, numbered
from extractors.vertical import down_the_page, vertical_blocks

_PARAGRAPH_GAP = 0.42
"""A gap across the whole region that is wider than its usual gap by this many letter heights ends a block."""
_WIDE_GAP = 2.5
"""A gap this many letter heights wide separates even long columns of prose."""
_SAME_ROW = 0.35
"""Middles that differ by less than this share of the letter height stand on one row."""
_ROWS_SHARE = 0.7
"""Two columns belong to one table where this share of the shorter one's rows has a partner in the other."""
_CELL_SHARE = 0.6
_LABEL = 8
"""Characters of the longest label beside a value."""
_PROSE = 12
"""Characters of a line of prose, at least."""
_PROSE_LINES = 6
_FULL_LINE = 0.9
"""Most lines of prose reach from side to side of their column."""
_FEW_ROWS = 2
"""So few level rows side by side are no blocks: date and time, till and number on a receipt."""
_CORE = 0.25
"""A rule nearer to the middle of a stretch of text than this share of its height is a stroke of it."""
_MOST_RULES = 2_000
_MOST_SEGMENTS = 1_500
"""A page with more stretches than this is left in rows: nobody prints one, and ordering must stay quick."""
_MOST_WORK = 20_000
"""Stretches looked at, counted each time a region is divided: a hostile page is left in rows."""


def _characters(lines: Iterable[Line]) -> int:
    return sum(len(word.text) for line in lines for word in line.words)


def in_reading_order(rows: Sequence[Line], *, tilt: float = 0.0, rules: Sequence[Box] = ()) -> tuple[Line, ...]:
    """Lines in the order of speech.

    Takes one line per visual row (any distance between its words) and per column of vertical writing, from top to
    bottom; gives lines that never run over two blocks. ``Line.row`` says which row each came from, so that
    ``PageText.rows`` has the rows again.

    Args:
        rows: lines of one page.
        tilt: by how many pixels rows fall per pixel to the right.
        rules: ruled lines, level ones wider than high, where they are known.
    """
    counted = list(enumerate(rows))
    segments = [s for number, line in counted if not line.vertical for s in cut(line, number, tilt)]
    vertical = [(number, line) for number, line in counted if line.vertical]
    if len(segments) + len(vertical) > _MOST_SEGMENTS:
        return tuple(numbered(line, number) for number, line in counted)
    if _characters(line for _, line in vertical) > _characters(line for _, line in counted) / 2:
        return down_the_page([numbered(line, n) for n, line in vertical] + [line_of(s.words, s.row) for s in segments])
    blocks, rest = vertical_blocks(vertical, segments)
    return _joined(_spoken([*blocks, *rest], _Ruling.of(rules, rest, tilt)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    at: float
    """Height of a level rule, place from the left of an upright one."""
    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ruling:
    """The rules of a page that are not strokes of letters."""

    level: tuple[_Rule, ...]
    upright: tuple[_Rule, ...]

    @classmethod
    def of(cls, rules: Sequence[Box], segments: list[Segment], tilt: float) -> _Ruling:
        level, upright = [], []
        for box in rules[:_MOST_RULES]:
            x, y = box.center[0], box.center[1] - tilt * box.center[0]
            if any(_is_stroke(box, x, y, segment) for segment in segments):
                continue
            if box.width > box.height:
                level.append(_Rule(at=y, start=box.left, end=box.right))
            else:
                upright.append(_Rule(at=x, start=box.top - tilt * x, end=box.bottom - tilt * x))
        return cls(level=tuple(sorted(level, key=lambda r: r.at)), upright=tuple(sorted(upright, key=lambda r: r.at)))


def _is_stroke(rule: Box, x: float, y: float, text: Segment) -> bool:
    if not (text.left <= x <= text.right and text.top <= y <= text.bottom):
        return False
    return abs(y - text.middle) < _CORE * text.height or (text.left <= rule.left and rule.right <= text.right)


def _spoken(segments: list[Segment], ruling: _Ruling) -> list[Segment]:
    out: list[Segment] = []
    waiting = [segments]
    looked_at = 0
    while waiting:
        region = waiting.pop()
        looked_at += len(region)
        parts = _parts(region, ruling) if len(region) > 1 and looked_at < _MOST_WORK else None
        if parts is None:
            out.extend(sorted(region, key=lambda s: (s.row, s.left)))
        else:
            waiting.extend(reversed(parts))
    return out


def _parts(region: list[Segment], ruling: _Ruling) -> list[list[Segment]] | None:
    """A region divided into parts in the order of speech; None where it is read row by row."""
    height = median(s.height for s in region)
    ruled = _between_rules(region, ruling, height) or _cells(region, ruling, height)
    if ruled:
        return ruled
    columns = _columns(region, ruling, height)
    if columns:
        gap, above, below = _own_gap(region, columns)
        stands_out = gap > _usual_gap(region) + _PARAGRAPH_GAP * height
        if not stands_out or (gap < _WIDE_GAP * height and all(_is_prose(c) for c in columns)):
            return list(columns)
        return [above, below]
    bands = _white_bands(region)
    if not bands:
        return None
    _, above, below = max(bands, key=lambda band: band[0])
    return [above, below]


def _between_rules(region: list[Segment], ruling: _Ruling, height: float) -> list[list[Segment]] | None:
    """Bands between level rules that run over the whole region."""
    left, right = min(s.left for s in region), max(s.right for s in region)
    slack = height / 2
    heights = [r.at for r in ruling.level if r.start <= left + slack and r.end >= right - slack]
    bands: list[list[Segment]] = [[] for _ in range(len(heights) + 1)]
    for segment in region:
        bands[bisect(heights, segment.middle)].append(segment)
    parts = [band for band in bands if band]
    return parts if len(parts) > 1 else None


def _cells(region: list[Segment], ruling: _Ruling, height: float) -> list[list[Segment]] | None:
    """Cells side by side: upright rules run along the whole region, and one cell has several lines."""
    top, bottom = min(s.middle for s in region), max(s.middle for s in region)
    for rule in ruling.upright:
        if rule.start > top or rule.end < bottom:
            continue
        left = [s for s in region if (s.left + s.right) / 2 < rule.at]
        right = [s for s in region if (s.left + s.right) / 2 >= rule.at]
        if not left or not right:
            continue
        if max(s.right for s in left) > rule.at + height or min(s.left for s in right) < rule.at - height:
            continue
        rows_left, rows_right = _rows(left), _rows(right)
        if min(len(rows_left), len(rows_right)) == 1 < max(len(rows_left), len(rows_right)):
            return [left, right]
    return None


_Band = tuple[float, list[Segment], list[Segment]]
"""Height of a white band from side to side, and what stands above and below it."""


def _white_bands(region: list[Segment]) -> list[_Band]:
    ordered = sorted(region, key=lambda s: s.high)
    bands: list[_Band] = []
    reach = ordered[0].low
    for number, segment in enumerate(ordered[1:], start=1):
        if segment.high > reach:
            bands.append((segment.high - reach, ordered[:number], ordered[number:]))
        reach = max(reach, segment.low)
    return bands


def _own_gap(region: list[Segment], columns: tuple[list[Segment], list[Segment]]) -> _Band:
    """The white band that interrupts the columns most: a column that only begins or ends there has no say."""
    best: _Band = (0.0, [], [])
    edge = (max(s.right for s in columns[0]) + min(s.left for s in columns[1])) / 2
    for _, above, below in _white_bands(region):
        gaps = []
        for side in (True, False):
            ends = [s.low for s in above if (s.right < edge) is side]
            starts = [s.high for s in below if (s.right < edge) is side]
            if ends and starts:
                gaps.append(min(starts) - max(ends))
        own = min(gaps) if gaps else math.inf
        if own > best[0]:
            best = (own, above, below)
    return best


def _usual_gap(region: list[Segment]) -> float:
    """Of the gaps between lines that follow each other in a column, one that a third of them do not reach."""
    ordered = sorted(region, key=lambda s: s.top)
    gaps = []
    for number, segment in enumerate(ordered):
        following = (
            s
            for s in ordered[number + 1 :]
            if s.middle > segment.bottom and min(s.right, segment.right) > max(s.left, segment.left)
        )
        below = next(following, None)
        if below is not None:
            gaps.append(below.high - segment.low)
    return sorted(gaps)[len(gaps) // 3] if gaps else 0.0


def _columns(region: list[Segment], ruling: _Ruling, height: float) -> tuple[list[Segment], list[Segment]] | None:
    """Two blocks side by side with white between them from top to bottom; None where there are none."""
    ordered = sorted(region, key=lambda s: s.left)
    top, bottom = min(s.middle for s in region), max(s.middle for s in region)
    cuts: list[tuple[float, int]] = []
    reach = ordered[0].right
    for number, segment in enumerate(ordered[1:], start=1):
        if segment.left - reach > COLUMN_GAP * height and not any(
            r.start < reach and r.end > segment.left and top < r.at < bottom for r in ruling.level
        ):
            cuts.append((segment.left - reach, number))
        reach = max(reach, segment.right)
    for _, number in sorted(cuts, reverse=True):
        left, right = ordered[:number], ordered[number:]
        if _independent(left, right, height):
            return left, right
    return None


def _independent(left: list[Segment], right: list[Segment], height: float) -> bool:
    """True where two columns are blocks of their own and not columns of a table."""
    if any(s.lines for s in (*left, *right)):
        return True
    rows_left, rows_right = _rows(left), _rows(right)
    fewer = min(len(rows_left), len(rows_right))
    pairs = _pairs(rows_left, rows_right, height)
    if any(is_sum(b[0].text) for _, b in pairs) or sum(b[0].value for _, b in pairs) > 1:
        return False
    table = sum(_has_values(b) for _, b in pairs)
    if table > 1 or 2 * table > fewer:
        return False
    if fewer == 1:
        alone = rows_right[0] if len(rows_right) == 1 else []
        return max(len(rows_left), len(rows_right)) > 1 and not any(holds_value(s.text) for s in alone)
    valued = any(row[0].value for row in rows_right)
    few = max(len(rows_left), len(rows_right)) <= _FEW_ROWS and (valued or len(pairs) == fewer)
    if few:
        return False
    if len(pairs) < _ROWS_SHARE * fewer:
        return True
    labels = sum(len(a[-1].text) <= _LABEL and not a[-1].value for a, _ in pairs)
    return labels < _CELL_SHARE * len(pairs)


def _has_values(right: list[Segment]) -> bool:
    """Several cells right of a gap, with a value among them."""
    return len(right) > 1 and any(s.value for s in right)


def _rows(column: list[Segment]) -> list[list[Segment]]:
    rows: dict[int, list[Segment]] = {}
    for segment in sorted(column, key=lambda s: (s.row, s.left)):
        rows.setdefault(segment.row, []).append(segment)
    return list(rows.values())


def _pairs(
    left: list[list[Segment]], right: list[list[Segment]], height: float
) -> list[tuple[list[Segment], list[Segment]]]:
    """Rows of both columns that stand level."""
    pairs = []
    ordered = sorted(right, key=lambda other: other[0].middle)
    middles = [other[0].middle for other in ordered]
    for row in left:
        at = bisect(middles, row[-1].middle)
        near = min(ordered[max(at - 1, 0) : at + 1], key=lambda other: abs(other[0].middle - row[-1].middle))
        if abs(near[0].middle - row[-1].middle) < _SAME_ROW * height:
            pairs.append((row, near))
    return pairs


def _is_prose(column: list[Segment]) -> bool:
    left, right = min(s.left for s in column), max(s.right for s in column)
    full = sum(s.right - s.left > _FULL_LINE * (right - left) and len(s.text) >= _PROSE for s in column)
    return len(column) >= _PROSE_LINES and 2 * full > len(column)


def _joined(segments: list[Segment]) -> tuple[Line, ...]:
    """Stretches of one row that follow each other become one line."""
    out: list[Line] = []
    previous: Segment | None = None
    for segment in segments:
        if segment.lines:
            out.extend(segment.lines)
        elif previous is not None and not previous.lines and previous.row == segment.row:
            out[-1] = line_of((*out[-1].words, *segment.words), segment.row)
        else:
            out.append(line_of(segment.words, segment.row))
        previous = segment
    return tuple(out)
