"""Where words stand: segments (runs without a column gap), visual rows, and who is whose neighbour."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from statistics import median

from domain.fields import Source
from domain.folding import Folded, fold
from domain.geometry import Box, union
from domain.page import EngineId, Line, PageText, Word
from extractors.fields.cells import gathered
from extractors.fields.continued import Piece, continued
from extractors.fields.spread import unspread

_COLUMN_GAP = 1.2
"""A gap wider than this many line heights starts another column (between words of a sentence it is below 0.5)."""
_SPACE_GAP = 0.3
"""A gap wider than this many line heights was printed as a space, between Japanese words too."""
_LONGEST = 400
"""Characters of one segment that rules look at: no printed line is longer, and hostile ones must not cost minutes."""
_MOST_LINES = 5_000
"""Lines of one page that rules look at."""
_ROW_OVERLAP = 0.5
"""Two segments share a row when they overlap vertically by this share of the lower one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of read text with its place: what a field's value was read from."""

    raw: str
    page_index: int
    box: Box
    confidence: float
    """Probability that every character of it was read right, taken from the least sure word it touches."""
    engine: EngineId

    @property
    def typed(self) -> bool:
        """The file itself says what it is: nothing of it was recognised from a picture."""
        return self.confidence == 1.0

    @property
    def source(self) -> Source:
        """Page and box."""
        return Source(page_index=self.page_index, boxes=(self.box,))


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A run of text on one row without a column gap."""

    page_index: int
    row: int
    """Index of its row in the layout."""
    words: tuple[Word, ...]
    starts: tuple[int, ...]
    """Where each word begins in ``folded.original``."""
    folded: Folded
    box: Box
    vertical: bool
    engine: EngineId

    @property
    def text(self) -> str:
        """Folded (NFKC) text."""
        return self.folded.text

    @cached_property
    def compact(self) -> str:
        """Folded text without spaces, lower case: what label patterns look at."""
        return "".join(self.folded.text.split()).casefold()

    @property
    def height(self) -> int:
        """Of the characters: the short side for vertical writing."""
        return min(self.box.width, self.box.height) if self.vertical else self.box.height

    @property
    def confidence(self) -> float:
        """Lowest of its words."""
        return min(w.confidence for w in self.words)

    def span(self, start: int = 0, end: int | None = None) -> Span:
        """The place of a range of the folded text."""
        last = len(self.folded.text) if end is None else end
        left, right = self.folded.span(start, last)
        return self.raw_span(left, right)

    def raw_span(self, left: int, right: int) -> Span:
        """The place of a range of the text as printed."""
        touched = [
            (w, s) for w, s in zip(self.words, self.starts, strict=True) if s < right and left < s + len(w.text)
        ] or [(self.words[0], self.starts[0])]
        boxes = tuple(_part(w, left - s, right - s, vertical=self.vertical) for w, s in touched)
        return Span(
            raw=self.folded.original[left:right].strip(),
            page_index=self.page_index,
            box=union(boxes),
            confidence=min(_confidence(w, left - s, right - s) for w, s in touched),
            engine=self.engine,
        )


@dataclass(frozen=True, kw_only=True)
class Layout:
    """All segments of a document in reading order, row by row."""

    rows: tuple[tuple[Segment, ...], ...]
    """Top to bottom over all pages, each left to right."""

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """Every segment in reading order."""
        return tuple(s for row in self.rows for s in row)

    @cached_property
    def text(self) -> str:
        """Folded text, one line per row, columns separated by two spaces."""
        return "\n".join("  ".join(s.text for s in row) for row in self.rows)

    @cached_property
    def body_height(self) -> float:
        """Height of ordinary text in pixels."""
        return float(median(s.height for s in self.segments)) if self.segments else 1.0

    @cached_property
    def _extents(self) -> dict[int, Box]:
        pages: dict[int, list[Box]] = {}
        for segment in self.segments:
            pages.setdefault(segment.page_index, []).append(segment.box)
        return {index: union(tuple(boxes)) for index, boxes in pages.items()}

    @cached_property
    def first_page(self) -> int:
        """Index of the first page with text."""
        return min(self._extents, default=0)

    def relative(self, segment: Segment) -> tuple[float, float]:
        """Centre of a segment within the text of its page: (0, 0) top left, (1, 1) bottom right."""
        page = self._extents[segment.page_index]
        x, y = segment.box.center
        return (x - page.left) / max(page.width, 1), (y - page.top) / max(page.height, 1)

    def left_of(self, segment: Segment) -> tuple[Segment, ...]:
        """Segments to the left on the same row, nearest first."""
        row = self.rows[segment.row]
        return tuple(reversed(row[: row.index(segment)]))

    def right_of(self, segment: Segment) -> tuple[Segment, ...]:
        """Segments to the right on the same row, nearest first."""
        row = self.rows[segment.row]
        return row[row.index(segment) + 1 :]

    def above(self, box: Box, *, row: int, page_index: int, reach: float = 3.0) -> Iterator[Segment]:
        """Segments above that share columns with a box, nearest first, at most ``reach`` line heights away."""
        limit = box.top - reach * max(box.height, self.body_height)
        for index in range(row - 1, -1, -1):
            for segment in self.rows[index]:
                if segment.page_index != page_index:
                    return
                if segment.box.bottom >= limit and _shares_columns(segment.box, box):
                    yield segment
            if self.rows[index][0].box.bottom < limit - self.body_height * 4:
                return

    def below(self, segment: Segment, *, reach: float = 3.0) -> Iterator[Segment]:
        """Segments below that share columns with this one, nearest first."""
        limit = segment.box.bottom + reach * max(segment.height, self.body_height)
        for index in range(segment.row + 1, len(self.rows)):
            for other in self.rows[index]:
                if other.page_index != segment.page_index:
                    return
                if other.box.top <= limit and _shares_columns(other.box, segment.box):
                    yield other
            if self.rows[index][0].box.top > limit + self.body_height * 4:
                return


def build_layout(texts: Sequence[PageText]) -> Layout:
    """Cut lines at column gaps and gather what stands side by side into rows."""
    rows: list[tuple[Segment, ...]] = []
    for page in texts:
        read = gathered(page.rows[:_MOST_LINES], page.tables)
        lines = [pieces for line in read if line.words and (pieces := list(_cut(line)))]
        for row in continued(_rows(lines)):
            index = len(rows)
            rows.append(tuple(_segment(words, vertical, page, index) for words, vertical in unspread(row)))
    return Layout(rows=tuple(rows))


def _cut(line: Line) -> Iterator[Piece]:
    words = [w for w in line.words if w.text.strip()]
    if line.vertical or len(words) < 2:
        if words:
            yield tuple(words), line.vertical
        return
    start = 0
    for index in range(1, len(words)):
        gap = words[index].box.left - words[index - 1].box.right
        if gap > _COLUMN_GAP * max(words[index].box.height, words[index - 1].box.height, 1):
            yield tuple(words[start:index]), False
            start = index
    yield tuple(words[start:]), False


def _rows(lines: list[list[Piece]]) -> list[list[Piece]]:
    """Lines that stand side by side become one row; what the engine read as one line stays together."""
    boxed = sorted(
        ([(union(tuple(w.box for w in p[0])), p) for p in pieces] for pieces in lines),
        key=lambda line: sum(b.center[1] for b, _ in line) / len(line),
    )
    rows: list[list[tuple[Box, Piece]]] = []
    for line in boxed:
        best: list[tuple[Box, Piece]] | None = None
        best_share = _ROW_OVERLAP
        for row in rows[-6:] if not line[0][1][1] else []:
            if row[0][1][1] or any(_collides(a, b) for a, _ in row for b, _ in line):
                continue
            share = max(_overlap(a, b) for a, b in _nearest(row, line))
            if share >= best_share:
                best, best_share = row, share
        if best is None:
            rows.append(list(line))
        else:
            best.extend(line)
    rows.sort(key=lambda row: sum(b.center[1] for b, _ in row) / len(row))
    return [[piece for _, piece in sorted(row, key=lambda r: r[0].left)] for row in rows]


def _nearest(row: list[tuple[Box, Piece]], line: list[tuple[Box, Piece]]) -> list[tuple[Box, Box]]:
    """The pair of pieces with the smallest gap: on a skewed page only neighbours share a height."""
    pairs = [(a, b) for a, _ in row for b, _ in line]
    return [min(pairs, key=lambda ab: max(ab[1].left - ab[0].right, ab[0].left - ab[1].right))]


def _overlap(a: Box, b: Box) -> float:
    shared = min(a.bottom, b.bottom) - max(a.top, b.top)
    return shared / max(min(a.height, b.height), 1)


def _collides(a: Box, b: Box) -> bool:
    shared = min(a.right, b.right) - max(a.left, b.left)
    return shared > 0.3 * max(min(a.width, b.width), 1)


def _shares_columns(a: Box, b: Box) -> bool:
    shared = min(a.right, b.right) - max(a.left, b.left)
    return shared > 0.25 * max(min(a.width, b.width), 1)


def _segment(words: tuple[Word, ...], vertical: bool, page: PageText, row: int) -> Segment:  # noqa: FBT001  # of the text
    raw = ""
    starts: list[int] = []
    spelled = _spelled(words)
    for index, word in enumerate(words):
        if index:
            before = words[index - 1]
            gap = word.box.left - before.box.right
            ascii_both = before.text[-1:].isascii() and word.text[:1].isascii()
            wrapped = gap < -word.box.height
            if (
                not vertical
                and not wrapped
                and index not in spelled
                and (ascii_both or gap > _SPACE_GAP * max(word.box.height, 1))
            ):
                raw += " "
        starts.append(len(raw))
        raw += word.text[: max(_LONGEST - len(raw), 0)]
    return Segment(
        page_index=page.page_index,
        row=row,
        words=words,
        starts=tuple(starts),
        folded=fold(raw),
        box=union(tuple(w.box for w in words)),
        vertical=vertical,
        engine=page.engine,
    )


_FIGURES = re.compile(r"^[¥￥\\]?[\d０-９]?[,，.]?[-－円]?$")
_SPELLED_LEAST = 4
"""Words of one figure in a row that are a number with spaces between its figures (¥ 1 6, 9 4 0-)."""


def _spelled(words: Sequence[Word]) -> frozenset[int]:
    """Indexes of words that go on with the number before them: no space stands there."""
    out: set[int] = set()
    run = 0
    for index, word in enumerate(words):
        run = run + 1 if _FIGURES.match(word.text) else 0
        if run >= _SPELLED_LEAST:
            out |= set(range(index - run + 2, index + 1))
    return frozenset(out)


def _confidence(word: Word, start: int, end: int) -> float:
    """Probability that a range of a word's characters is right: at least that of the whole word."""
    start, end = max(start, 0), min(end, len(word.text))
    if not word.character_confidences or (start == 0 and end == len(word.text)):
        return word.confidence
    return max(word.confidence, prod(word.character_confidences[start:end]))


def _part(word: Word, start: int, end: int, *, vertical: bool) -> Box:
    """The part of a word's box that a range of its characters takes, by character widths."""
    text = word.text[:_LONGEST]
    start, end = max(start, 0), min(end, len(text))
    if start == 0 and end == len(word.text):
        return word.box
    weights = [2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text]
    total = sum(weights) or 1
    first, last = sum(weights[:start]) / total, sum(weights[:end]) / total
    box = word.box
    if vertical:
        return Box(
            left=box.left,
            right=box.right,
            top=box.top + round(first * box.height),
            bottom=box.top + round(last * box.height),
        )
    return Box(
        left=box.left + round(first * box.width),
        right=box.left + round(last * box.width),
        top=box.top,
        bottom=box.bottom,
    )
