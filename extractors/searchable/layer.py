"""Lines of text as an invisible layer: each word on its place, Japanese without gaps, Latin words with spaces."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from extractors.searchable.font import ASCENT, DOWN, LEVEL, can_be_written, width_of_text

if TYPE_CHECKING:
    from domain.page import Line, Word
    from extractors.searchable.font import Coding

Affine = tuple[float, float, float, float, float, float]
"""x' = a·x + c·y + e, y' = b·x + d·y + f, as PDF writes it."""

_SPREAD, _CLOSE, _MIXED = 3.0, 1.0, 0.6
"""Japanese words touch in the layer over gaps up to these, in heights: single characters of a letter-spaced heading,
whole words, and beside Latin letters and figures. Viewers put spaces where words do not touch."""
_SMALLEST, _LARGEST = 1.0, 3000.0
"""Percent of horizontal scaling that viewers take."""


def layer(lines: Iterable[Line], *, to_page: Affine, coding: Coding) -> bytes:
    """A content stream that writes the lines invisibly; empty where there is nothing to write.

    Args:
        lines: in reading order, boxes in pixels of the upright page.
        to_page: from those pixels to the page's own coordinates.
        coding: of the document.
    """
    pen = _Pen(to_page, coding)
    parts: list[str] = []
    for line in lines:
        parts += _down(line, pen) if line.vertical else _level(line, pen)
    return "\n".join(["q BT 3 Tr", *parts, "ET Q"]).encode("ascii") if parts else b""


class _Pen:
    """Writes on a page: type sizes are those of the page, which is what viewers go by when text is selected."""

    def __init__(self, to_page: Affine, coding: Coding) -> None:
        a, b, c, d, _, _ = self.to_page = to_page
        self.coding = coding
        self.across, self.along = math.hypot(a, b) or 1.0, math.hypot(c, d) or 1.0
        directions = (a / self.across, b / self.across, -c / self.along, -d / self.along)
        self.directions = " ".join(_number(v) for v in directions)

    def write(self, text: str, *, font: str, x: float, y: float, high: float, scale: float) -> str:
        """Text from a point on, ``high`` pixels high, its width ``scale`` times the natural one."""
        a, b, c, d, e, f = self.to_page
        percent = min(max(100 * scale * self.across / self.along, _SMALLEST), _LARGEST)
        place = f"{_number(a * x + c * y + e)} {_number(b * x + d * y + f)}"
        size = _number(high * self.along)
        return f"{font} {size} Tf {_number(percent)} Tz {self.directions} {place} Tm <{self.coding.encode(text)}> Tj"

    def level(self, text: str, span: tuple[int, int], *, foot: int, high: int) -> str:
        """Text in a row, from the left to the right end of the span."""
        natural = width_of_text(text) * high / 1000
        scale = max(span[1] - span[0], 1) / natural if natural else 1.0
        base = foot - high * (1000 - ASCENT) / 1000
        return self.write(text, font=LEVEL, x=span[0], y=base, high=high, scale=scale)


def _level(line: Line, pen: _Pen) -> Iterator[str]:
    """Words of a row; each reaches to the next one unless a wide gap stands between them."""
    words = [w for w in line.words if any(can_be_written(c) for c in w.text)]
    heights = sorted(w.box.height for w in words)
    if not heights:
        return
    high = max(heights[len(heights) // 2], 1)
    foot = sorted(w.box.bottom for w in words)[len(words) // 2]
    for at, word in enumerate(words):
        following = words[at + 1] if at + 1 < len(words) else None
        box, right = word.box, word.box.right
        level = foot if abs(box.bottom - foot) <= high / 3 else box.bottom
        if following is not None and 0 <= following.box.left - right <= _reach(word, following) * high:
            if _spaced(word, following):
                yield pen.level(word.text, (box.left, right), foot=level, high=high)
                yield pen.level(" ", (right, max(following.box.left, right + 1)), foot=level, high=high)
                continue
            right = following.box.left
        yield pen.level(word.text, (box.left, right), foot=level, high=high)


def _reach(word: Word, following: Word) -> float:
    if _spaced(word, following):
        return _SPREAD
    if not (_is_japanese(word.text[-1]) and _is_japanese(following.text[0])):
        return _MIXED
    return _SPREAD if 1 in {len(word.text), len(following.text)} else _CLOSE


def _is_japanese(character: str) -> bool:
    return character >= "\u2e80"


def _spaced(word: Word, following: Word) -> bool:
    """A space only where both neighbours are ASCII, as in ``Line.text``."""
    return word.text[-1].isascii() and following.text[0].isascii()


def _down(line: Line, pen: _Pen) -> Iterator[str]:
    """A column: characters one below the other over the height of each word."""
    for word, bottom in _reaching(line.words):
        text = "".join(c for c in word.text if can_be_written(c))
        if not text:
            continue
        box = word.box
        high = max((bottom - box.top) / len(text), 0.5)
        middle = (box.left + box.right) / 2
        yield pen.write(text, font=DOWN, x=middle, y=box.top, high=high, scale=box.width / high)


def _reaching(words: Sequence[Word]) -> Iterator[tuple[Word, int]]:
    """Words of a column with the foot down to which they are written."""
    for word, following in pairwise(words):
        gap = following.box.top - word.box.bottom
        yield word, following.box.top if 0 <= gap <= _SPREAD * word.box.width else word.box.bottom
    yield words[-1], words[-1].box.bottom


def _number(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".") or "0"


def placed_on(*, width_px: int, height_px: int, box: tuple[float, float, float, float], rotate: int) -> Affine:
    """From pixels of a page as shown to its own coordinates.

    Args:
        width_px: of the page as shown.
        height_px: of the page as shown.
        box: left, bottom, right, top of what is shown, in the page's coordinates.
        rotate: the page's own clockwise turn.
    """
    left, bottom, right, top = box
    wide, high = right - left, top - bottom
    if rotate % 180:
        sx, sy = high / width_px, wide / height_px
    else:
        sx, sy = wide / width_px, high / height_px
    turned: dict[int, Affine] = {
        0: (sx, 0.0, 0.0, -sy, left, top),
        90: (0.0, sx, sy, 0.0, left, bottom),
        180: (-sx, 0.0, 0.0, sy, right, bottom),
        270: (0.0, -sx, -sy, 0.0, right, top),
    }
    return turned[rotate % 360]
