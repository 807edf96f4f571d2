"""Reading order: the order in which a person, or a screen reader, would speak a page.

Blocks side by side are read one after the other, tables row by row, vertical writing column by column from right to
left. The same rules serve scans and text layers; they see words, boxes and nothing else.
"""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from domain.geometry import Box, union
from domain.page import Line, Word

_COLUMN_GAP = 1.0
"""A gap wider than this many letter heights may separate columns (between words of a sentence it is below 0.5)."""
_PARAGRAPH_GAP = 0.35
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
_SLACK = 0.2
"""Share of a box above and below its letters that neighbours may reach into."""
_MOST_RULES = 2_000
_MOST_SEGMENTS = 1_500
"""A page with more stretches than this is left in rows: nobody prints one, and ordering must stay quick."""
_TIER = 4
"""Columns of vertical writing in a tier, at least: fewer are the ends of columns beside a short one."""
_NEAR_COLUMN = 2.5
"""Columns of vertical writing not further apart than this many of their widths belong together."""

_VALUE = re.compile(
    r"[(（【]?[¥￥|\\金▲△\-−+]*\d[\d,.]*(?:円|%|％|点|[個枚本台式箱袋冊組缶束時月日年]|[A-Za-z]{1,3})?[)）】*※\-−]*"
)
_AMOUNT = re.compile(r"[¥￥円|\\]|\d,\d{3}")
_MARK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?|(?:No|#)\.?:?\s*[\d\-]+", re.IGNORECASE)
_DAY = re.compile(r"(?:令和|平成|R|H)?\s*\d{1,4}\s*[年/.\-]\s*\d{1,2}\s*[月/.\-]\s*\d{1,2}\s*日?")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Segment:
    """A stretch of one row without a column gap, or a whole block of vertical writing."""

    left: float
    right: float
    top: float
    """Heights are taken as if the page lay straight."""
    bottom: float
    row: int
    words: tuple[Word, ...]
    height: float
    """Of its letters."""
    lines: tuple[Line, ...] = ()
    """Set for vertical writing: its columns in reading order."""

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def high(self) -> float:
        """Top of its letters: boxes are drawn generously."""
        return self.top + _SLACK * (self.bottom - self.top)

    @property
    def low(self) -> float:
        return self.bottom - _SLACK * (self.bottom - self.top)

    @property
    def text(self) -> str:
        return "".join(w.text for w in self.words)


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
    numbered = list(enumerate(rows))
    segments = [s for number, line in numbered if not line.vertical for s in _cut(line, number, tilt)]
    vertical = [(number, line) for number, line in numbered if line.vertical]
    if len(segments) + len(vertical) > _MOST_SEGMENTS:
        return tuple(_numbered(line, number) for number, line in numbered)
    if _characters(line for _, line in vertical) > _characters(line for _, line in numbered) / 2:
        return _down_the_page([_numbered(line, n) for n, line in vertical] + [_line(s.words, s.row) for s in segments])
    blocks, rest = _vertical_blocks(vertical, segments)
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
    def of(cls, rules: Sequence[Box], segments: list[_Segment], tilt: float) -> _Ruling:
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


def _is_stroke(rule: Box, x: float, y: float, text: _Segment) -> bool:
    if not (text.left <= x <= text.right and text.top <= y <= text.bottom):
        return False
    return abs(y - text.middle) < _CORE * text.height or (text.left <= rule.left and rule.right <= text.right)


def _cut(line: Line, row: int, tilt: float) -> list[_Segment]:
    groups: list[list[Word]] = []
    for word in line.words:
        last = groups[-1][-1].box if groups else None
        if last is None or word.box.left - last.right > _COLUMN_GAP * max(min(last.height, word.box.height), 1):
            groups.append([])
        groups[-1].append(word)
    return [_segment(tuple(words), row, tilt) for words in groups]


def _segment(words: tuple[Word, ...], row: int, tilt: float) -> _Segment:
    box = union(tuple(w.box for w in words))
    drop = tilt * box.center[0]
    slack = abs(tilt) * box.width / 2
    top, bottom = box.top - drop + slack, box.bottom - drop - slack
    if bottom <= top:
        top, bottom = box.top - drop, box.bottom - drop
    return _Segment(
        left=box.left, right=box.right, top=top, bottom=bottom, row=row, words=words, height=max(bottom - top, 1.0)
    )


def _spoken(segments: list[_Segment], ruling: _Ruling) -> list[_Segment]:
    out: list[_Segment] = []
    waiting = [segments]
    while waiting:
        region = waiting.pop()
        parts = _parts(region, ruling) if len(region) > 1 else None
        if parts is None:
            out.extend(sorted(region, key=lambda s: (s.row, s.left)))
        else:
            waiting.extend(reversed(parts))
    return out


def _parts(region: list[_Segment], ruling: _Ruling) -> list[list[_Segment]] | None:
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


def _between_rules(region: list[_Segment], ruling: _Ruling, height: float) -> list[list[_Segment]] | None:
    """Bands between level rules that run over the whole region."""
    left, right = min(s.left for s in region), max(s.right for s in region)
    slack = height / 2
    heights = [r.at for r in ruling.level if r.start <= left + slack and r.end >= right - slack]
    bands: list[list[_Segment]] = [[] for _ in range(len(heights) + 1)]
    for segment in region:
        bands[bisect(heights, segment.middle)].append(segment)
    parts = [band for band in bands if band]
    return parts if len(parts) > 1 else None


def _cells(region: list[_Segment], ruling: _Ruling, height: float) -> list[list[_Segment]] | None:
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


_Band = tuple[float, list[_Segment], list[_Segment]]
"""Height of a white band from side to side, and what stands above and below it."""


def _white_bands(region: list[_Segment]) -> list[_Band]:
    ordered = sorted(region, key=lambda s: s.high)
    bands: list[_Band] = []
    reach = ordered[0].low
    for number, segment in enumerate(ordered[1:], start=1):
        if segment.high > reach:
            bands.append((segment.high - reach, ordered[:number], ordered[number:]))
        reach = max(reach, segment.low)
    return bands


def _own_gap(region: list[_Segment], columns: tuple[list[_Segment], list[_Segment]]) -> _Band:
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


def _usual_gap(region: list[_Segment]) -> float:
    """The middle one of the gaps between lines that follow each other in a column."""
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
    return median(gaps) if gaps else 0.0


def _columns(region: list[_Segment], ruling: _Ruling, height: float) -> tuple[list[_Segment], list[_Segment]] | None:
    """Two blocks side by side with white between them from top to bottom; None where there are none."""
    ordered = sorted(region, key=lambda s: s.left)
    top, bottom = min(s.middle for s in region), max(s.middle for s in region)
    cuts: list[tuple[float, int]] = []
    reach = ordered[0].right
    for number, segment in enumerate(ordered[1:], start=1):
        if segment.left - reach > _COLUMN_GAP * height and not any(
            r.start < reach and r.end > segment.left and top < r.at < bottom for r in ruling.level
        ):
            cuts.append((segment.left - reach, number))
        reach = max(reach, segment.right)
    for _, number in sorted(cuts, reverse=True):
        left, right = ordered[:number], ordered[number:]
        if _independent(left, right, height):
            return left, right
    return None


def _independent(left: list[_Segment], right: list[_Segment], height: float) -> bool:
    """True where two columns are blocks of their own and not columns of a table."""
    if any(s.lines for s in (*left, *right)):
        return True
    rows_left, rows_right = _rows(left), _rows(right)
    fewer = min(len(rows_left), len(rows_right))
    pairs = _pairs(rows_left, rows_right, height)
    if any(_is_sum(b[0].text) for _, b in pairs) or sum(_is_value(b[0].text) for _, b in pairs) > 1:
        return False
    table = sum(_has_values(b) for _, b in pairs)
    if table > 1 or 2 * table > fewer:
        return False
    if fewer == 1:
        alone = rows_right[0] if len(rows_right) == 1 else []
        return max(len(rows_left), len(rows_right)) > 1 and not any(holds_value(s.text) for s in alone)
    if len(pairs) < _ROWS_SHARE * fewer:
        return True
    labels = sum(len(a[-1].text) <= _LABEL and not _is_value(a[-1].text) for a, _ in pairs)
    few = len(pairs) == fewer and max(len(rows_left), len(rows_right)) <= _FEW_ROWS
    return not few and labels < _CELL_SHARE * len(pairs)


def holds_value(text: str) -> bool:
    """True where a cell holds a number, a sum of money, a day or a time."""
    return _is_value(text) or bool(_AMOUNT.search(_plain(text)))


def _is_sum(text: str) -> bool:
    return _is_value(text) and bool(_AMOUNT.search(_plain(text)))


def _has_values(right: list[_Segment]) -> bool:
    """Several cells right of a gap, with a value among them."""
    return len(right) > 1 and any(_is_value(s.text) for s in right)


def _rows(column: list[_Segment]) -> list[list[_Segment]]:
    rows: dict[int, list[_Segment]] = {}
    for segment in sorted(column, key=lambda s: (s.row, s.left)):
        rows.setdefault(segment.row, []).append(segment)
    return list(rows.values())


def _pairs(
    left: list[list[_Segment]], right: list[list[_Segment]], height: float
) -> list[tuple[list[_Segment], list[_Segment]]]:
    """Rows of both columns that stand level."""
    pairs = []
    for row in left:
        near = min(right, key=lambda other: abs(other[0].middle - row[-1].middle))
        if abs(near[0].middle - row[-1].middle) < _SAME_ROW * height:
            pairs.append((row, near))
    return pairs


def _is_value(text: str) -> bool:
    plain = _plain(text)
    return bool(_VALUE.fullmatch(plain) or _DAY.fullmatch(plain) or _MARK.fullmatch(plain))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _is_prose(column: list[_Segment]) -> bool:
    left, right = min(s.left for s in column), max(s.right for s in column)
    full = sum(s.right - s.left > _FULL_LINE * (right - left) and len(s.text) >= _PROSE for s in column)
    return len(column) >= _PROSE_LINES and 2 * full > len(column)


def _characters(lines: Iterable[Line]) -> int:
    return sum(len(word.text) for line in lines for word in line.words)


def _down_the_page(lines: list[Line]) -> tuple[Line, ...]:
    """A page of vertical writing: tiers from top to bottom, each from right to left."""
    out: list[Line] = []
    waiting = [lines]
    while waiting:
        tier = waiting.pop()
        ordered = sorted(tier, key=lambda line: line.box.top)
        reach = ordered[0].box.bottom
        for number, line in enumerate(ordered[1:], start=1):
            if line.box.top > reach and _are_tiers(ordered[:number], ordered[number:]):
                waiting.extend((ordered[number:], ordered[:number]))
                break
            reach = max(reach, line.box.bottom)
        else:
            out.extend(_right_to_left(tier))
    return tuple(out)


def _are_tiers(above: list[Line], below: list[Line]) -> bool:
    level = any(not any(line.vertical for line in part) for part in (above, below))
    return level or min(len(above), len(below)) >= _TIER


def _vertical_blocks(
    columns: list[tuple[int, Line]], segments: list[_Segment]
) -> tuple[list[_Segment], list[_Segment]]:
    """Columns of vertical writing that belong together as one block each; level stretches inside go with them."""
    groups: list[list[tuple[int, Line]]] = []
    for item in columns:
        touching = [g for g in groups if any(_beside(item[1].box, line.box) for _, line in g)]
        merged = [item, *(one for group in touching for one in group)]
        groups = [g for g in groups if g not in touching]
        groups.append(merged)
    blocks, rest = [], list(segments)
    for group in groups:
        box = union(tuple(line.box for _, line in group))
        inside = [
            s for s in rest if box.left <= (s.left + s.right) / 2 <= box.right and box.top <= s.middle <= box.bottom
        ]
        rest = [s for s in rest if s not in inside]
        members = [_numbered(line, number) for number, line in group]
        members += [_line(s.words, s.row) for s in inside]
        blocks.append(_block(_right_to_left(members), box))
    return blocks, rest


def _beside(a: Box, b: Box) -> bool:
    apart = max(a.left, b.left) - min(a.right, b.right)
    shared = min(a.bottom, b.bottom) - max(a.top, b.top)
    return apart <= _NEAR_COLUMN * max(a.width, b.width) and shared > 0


def _right_to_left(members: list[Line]) -> tuple[Line, ...]:
    columns: list[list[Line]] = []
    for line in sorted(members, key=lambda m: -m.box.center[0]):
        last = columns[-1][0].box if columns else None
        if last is not None and last.left <= line.box.center[0]:
            columns[-1].append(line)
        else:
            columns.append([line])
    return tuple(line for column in columns for line in sorted(column, key=lambda m: m.box.top))


def _block(lines: tuple[Line, ...], box: Box) -> _Segment:
    return _Segment(
        left=box.left,
        right=box.right,
        top=box.top,
        bottom=box.bottom,
        row=lines[0].row or 0,
        words=(),
        height=median(float(min(line.box.width, line.box.height)) for line in lines),
        lines=lines,
    )


def _numbered(line: Line, row: int) -> Line:
    return Line(words=line.words, box=line.box, vertical=line.vertical, row=row)


def _line(words: tuple[Word, ...], row: int) -> Line:
    return Line(words=words, box=union(tuple(w.box for w in words)), row=row)


def _joined(segments: list[_Segment]) -> tuple[Line, ...]:
    """Stretches of one row that follow each other become one line."""
    out: list[Line] = []
    previous: _Segment | None = None
    for segment in segments:
        if segment.lines:
            out.extend(segment.lines)
        elif previous is not None and not previous.lines and previous.row == segment.row:
            out[-1] = _line((*out[-1].words, *segment.words), segment.row)
        else:
            out.append(_line(segment.words, segment.row))
        previous = segment
    return tuple(out)
