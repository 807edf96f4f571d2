"""Reading order: the order in which a person, or a screen reader, would speak a page.

Blocks side by side are read one after the other, tables row by row, vertical writing column by column from right to
left. The same rules serve scans and text layers; they see words, boxes and nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from domain.geometry import Box, union
from domain.page import Line, Word

_COLUMN_GAP = 1.0
"""A gap wider than this many letter heights may separate columns (between words of a sentence it is below 0.5)."""
_PARAGRAPH_GAP = 0.5
"""A gap across the whole region that is wider than its usual gap by this many letter heights ends a block."""
_WIDE_GAP = 2.5
"""A gap this many letter heights wide separates even long columns of prose."""
_SAME_ROW = 0.3
"""Middles that differ by less than this share of the letter height stand on one row."""
_ROWS_SHARE = 0.7
"""Two columns belong to one table where this share of the shorter one's rows has a partner in the other."""
_CELL_SHARE = 0.6
_LABEL = 8
"""Characters of the longest label beside a value."""
_PROSE = 12
"""Characters of a line of prose, at least."""
_PROSE_LINES = 6
_MOST_SEGMENTS = 1_500
"""A page with more stretches than this is left in rows: nobody prints one, and ordering must stay quick."""
_NEAR_COLUMN = 2.5
"""Columns of vertical writing not further apart than this many of their widths belong together."""

_VALUE = re.compile(
    r"[(（【]?[¥￥金▲△\-−+]*\d[\d,.]*(?:円|%|％|点|[個枚本台式箱袋冊組缶束時月日年]|[A-Za-z]{1,3})?[)）】*※\-−]*"
)
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
    def text(self) -> str:
        return "".join(w.text for w in self.words)


def in_reading_order(rows: Sequence[Line], *, tilt: float = 0.0) -> tuple[Line, ...]:
    """Lines in the order of speech.

    Takes one line per visual row (any distance between its words) and per column of vertical writing, from top to
    bottom; gives lines that never run over two blocks. ``Line.row`` says which row each came from, so that
    ``PageText.rows`` has the rows again.

    Args:
        rows: lines of one page.
        tilt: by how many pixels rows fall per pixel to the right.
    """
    numbered = list(enumerate(rows))
    segments = [s for number, line in numbered if not line.vertical for s in _cut(line, number, tilt)]
    vertical = [(number, line) for number, line in numbered if line.vertical]
    if len(segments) + len(vertical) > _MOST_SEGMENTS:
        return tuple(_numbered(line, number) for number, line in numbered)
    blocks, rest = _vertical_blocks(vertical, segments)
    return _joined(_spoken([*blocks, *rest]))


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


def _spoken(segments: list[_Segment]) -> list[_Segment]:
    out: list[_Segment] = []
    waiting = [segments]
    while waiting:
        region = waiting.pop()
        parts = _parts(region) if len(region) > 1 else None
        if parts is None:
            out.extend(sorted(region, key=lambda s: (s.row, s.left)))
        else:
            waiting.extend(reversed(parts))
    return out


def _parts(region: list[_Segment]) -> list[list[_Segment]] | None:
    """A region divided into parts in the order of speech; None where it is read row by row."""
    height = median(s.height for s in region)
    gap, above, below = _widest_gap(region)
    usual = _usual_gap(region)
    columns = _columns(region, height)
    stands_out = gap > max(usual, 0.0) + _PARAGRAPH_GAP * height
    if columns and not (stands_out and (gap > _WIDE_GAP * height or not all(_is_prose(c) for c in columns))):
        return list(columns)
    if gap > 0 or (above and below and not columns):
        return [above, below] if above and below else None
    return None


def _widest_gap(region: list[_Segment]) -> tuple[float, list[_Segment], list[_Segment]]:
    """The widest white band from side to side, with what stands above and below it."""
    ordered = sorted(region, key=lambda s: s.top)
    best, at = 0.0, 0
    reach = ordered[0].bottom
    for number, segment in enumerate(ordered[1:], start=1):
        if segment.top - reach > best:
            best, at = segment.top - reach, number
        reach = max(reach, segment.bottom)
    return best, ordered[:at], ordered[at:]


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
            gaps.append(below.top - segment.bottom)
    return median(gaps) if gaps else 0.0


def _columns(region: list[_Segment], height: float) -> tuple[list[_Segment], list[_Segment]] | None:
    """Two blocks side by side with white between them from top to bottom; None where there are none."""
    ordered = sorted(region, key=lambda s: s.left)
    cuts: list[tuple[float, int]] = []
    reach = ordered[0].right
    for number, segment in enumerate(ordered[1:], start=1):
        if segment.left - reach > _COLUMN_GAP * height:
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
    if min(len(rows_left), len(rows_right)) < 2 or max(len(rows_left), len(rows_right)) < 2:
        return False
    pairs = _pairs(rows_left, rows_right, height)
    if len(pairs) < _ROWS_SHARE * min(len(rows_left), len(rows_right)):
        return True
    values = sum(_is_value(right_row[0].text) for _, right_row in pairs)
    labels = sum(len(left_row[-1].text) <= _LABEL for left_row, _ in pairs)
    return max(values, labels) < _CELL_SHARE * len(pairs)


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
    plain = unicodedata.normalize("NFKC", text)
    return bool(_VALUE.fullmatch(plain) or _DAY.fullmatch(plain))


def _is_prose(column: list[_Segment]) -> bool:
    long = sum(len(s.text) >= _PROSE for s in column)
    return len(column) >= _PROSE_LINES and 2 * long > len(column)


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
        inside = [s for s in rest if box.left <= (s.left + s.right) / 2 <= box.right and box.top <= s.middle <= box.bottom]
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
