"""Which way up a page lies, from a few of its stretches of text: quick enough to ask about every page.

The shapes of the stretches tell rows from columns. A small network (PP-OCR's line classifier) tells in which of its two
directions a stretch runs; where it is not sure, both are read and the surer one holds. What is then left open is
whether the characters stand in the stretch or lie in it, as those of vertical writing do: characters are cut apart,
turned by a quarter and read once more. Lying ones still read the same, for the recogniser knows vertical writing;
standing ones turn to nonsense.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np

from extractors.ocr.recognition import Glyph, cut

if TYPE_CHECKING:
    from domain.page import PixelArray
    from extractors.ocr.detection import Quad
    from extractors.ocr.sessions import Session

Read: TypeAlias = Callable[["PixelArray"], list[Glyph]]
"""Reads a strip that lies level."""

_LONG = 1.6
"""Length against thickness from which the shape of a stretch tells its direction."""
_MIXED = 0.3
"""Where rows or columns are more than this share of all length, both are tried: on 1,000 generated pages the lesser
kind had 38 % on a letter in vertical writing and at most 4 % on pages in rows."""
_BEST_LENGTH = 10.0
"""Longer stretches are no better; they are cut down to this many times their thickness."""
_ASKED = 8
"""Stretches shown to the classifier: together 5 ms."""
_ENOUGH_ASKED = 4
"""Fewer are read, both ways: rows of figures look alike upside down."""
_CLASSIFIER_SIZE = (48, 192)
_CLASSIFIER_SURE = 0.6
"""Mean of (level - upside down) over the stretches: 98 % of single stretches have more than 0.9."""
_READ_BOTH_WAYS = 5
_WORTH = 0.5
"""Confidence below this counts for nothing."""
_SURE = 0.8
"""A stretch read the right way up: 97 % have more; the wrong way up 2 %."""
_CLEARLY = 1.5
"""Reading one way must be worth this many times more than the other,"""
_WORTH_SOMETHING = 1.5
"""and as much as three characters read for certain."""
_READ_LENGTH = 6.0
_ENOUGH_CELLS = 5
_MOST_CELLS = 6
_MOST_STRIPS = 6
_STANDS, _SAME, _LIES = 0.26, 0.5, 0.75
"""Share of characters of a stretch that read the same when turned: of standing ones less than the first in 95 % of
stretches, of lying ones more than the last in 75 %. In between another stretch is asked."""
_CELL_PX = 48
_MARGIN_PX = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class WayUp:
    """How a page lies."""

    degrees: int
    """Clockwise turn that makes it upright."""
    sure: bool
    """False where there is too little text to tell."""


@dataclass(frozen=True, slots=True)
class _Direction:
    """Stretches of one kind, each laid level in the direction of reading."""

    strips: tuple[PixelArray, ...]
    backwards: bool
    """They were turned by a half."""
    worth: float
    """What reading them brought, or how sure the classifier was."""
    sure: bool


def way_up(picture: PixelArray, quads: list[Quad], *, classifier: Session, read: Read) -> WayUp:
    """The turn a page needs; 0 and unsure where it has no text."""
    rows = sorted((q for q in quads if q.width >= _LONG * q.height), key=_goodness)
    columns = sorted((q for q in quads if q.height >= _LONG * q.width), key=_goodness)
    across, down = sum(q.width for q in rows), sum(q.height for q in columns)
    if not rows and not columns:
        rows = sorted(quads, key=_goodness)
        across = sum(q.width for q in rows)
    if not rows and not columns:
        return WayUp(degrees=0, sure=False)
    if min(across, down) > _MIXED * (across + down):
        found = [
            (_by_reading(_strips(picture, kind, tall=tall), read), tall) for kind, tall in ((rows, 0), (columns, 1))
        ]
        direction, tall = max(found, key=lambda pair: pair[0].worth)
    else:
        tall = down > across
        strips = _strips(picture, columns if tall else rows, tall=tall)
        direction = _by_classifier(strips, classifier) or _by_reading(strips, read)
    lying = _lies(direction.strips, read)
    # A page in rows that lies turned by 90 degrees shows columns that read from top to bottom, and so on around.
    turned = {(0, 0): 0, (0, 1): 180, (1, 0): 270, (1, 1): 90}[int(tall), int(direction.backwards)]
    if lying:
        turned += 90
    return WayUp(degrees=turned % 360, sure=direction.sure)


def _goodness(quad: Quad) -> float:
    long, thick = max(quad.width, quad.height), max(min(quad.width, quad.height), 1.0)
    return -min(long / thick, _BEST_LENGTH) - 0.01 * thick


def _strips(picture: PixelArray, quads: list[Quad], *, tall: int | bool) -> tuple[PixelArray, ...]:
    """The best stretches laid level; tall ones turned to the left, so that they read from their top."""
    out = []
    for quad in quads[:_ASKED]:
        strip = cut(picture, quad)
        strip = np.rot90(strip) if tall else strip
        out.append(np.ascontiguousarray(_middle(strip, _BEST_LENGTH)))
    return tuple(out)


def _middle(strip: PixelArray, most: float) -> PixelArray:
    """The middle of a strip, at most so many times as long as high."""
    height, width = strip.shape[:2]
    length = round(most * height)
    return strip if width <= length else strip[:, (width - length) // 2 : (width + length) // 2]


def _half_turned(strips: tuple[PixelArray, ...]) -> tuple[PixelArray, ...]:
    return tuple(np.ascontiguousarray(strip[::-1, ::-1]) for strip in strips)


def _by_classifier(strips: tuple[PixelArray, ...], classifier: Session) -> _Direction | None:
    """None where the classifier is not sure."""
    height, width = _CLASSIFIER_SIZE
    values = np.zeros((len(strips), 3, height, width), np.float32)
    for number, strip in enumerate(strips):
        wanted = min(width, max(1, round(strip.shape[1] * height / strip.shape[0])))
        small = cv2.resize(strip, (wanted, height), interpolation=cv2.INTER_AREA)
        values[number, :, :, :wanted] = (small[:, :, ::-1].transpose(2, 0, 1).astype(np.float32) - 127.5) / 127.5
    answer = np.asarray(classifier.run(values), np.float64)
    level = float((answer[:, 0] - answer[:, 1]).mean())
    if abs(level) < _CLASSIFIER_SURE or len(strips) < _ENOUGH_ASKED:
        return None
    backwards = level < 0
    return _Direction(_half_turned(strips) if backwards else strips, backwards, abs(level), sure=True)


def _by_reading(strips: tuple[PixelArray, ...], read: Read) -> _Direction:
    """Both directions read, and the surer one held."""
    strips = strips[:_READ_BOTH_WAYS]
    forwards, backwards = (sum(map(_worth, map(read, way))) for way in (strips, _half_turned(strips)))
    best, other = max(forwards, backwards), min(forwards, backwards)
    back = backwards > forwards
    return _Direction(
        _half_turned(strips) if back else strips, back, best, sure=best > max(_CLEARLY * other, _WORTH_SOMETHING)
    )


def _worth(glyphs: list[Glyph]) -> float:
    return sum(max(0.0, glyph.confidence - _WORTH) for glyph in glyphs)


def _lies(strips: tuple[PixelArray, ...], read: Read) -> bool:
    """True where the characters lie on their sides: the stretches are columns of vertical writing."""
    same = total = 0
    for strip, glyphs in islice(_read_surely(strips, read), _MOST_STRIPS):
        text, row = _turned_cells(strip, glyphs)
        again = "".join(glyph.text for glyph in read(row))
        same += (Counter(text) & Counter(again)).total()
        total += len(text)
        if total >= _ENOUGH_CELLS and not _STANDS * total < same < _LIES * total:
            break
    return same > _SAME * total


def _read_surely(strips: tuple[PixelArray, ...], read: Read) -> Iterator[tuple[PixelArray, list[Glyph]]]:
    for long in strips:
        strip = _middle(long, _READ_LENGTH)
        glyphs = read(strip)
        if glyphs and sum(g.confidence for g in glyphs) > _SURE * len(glyphs) and any(map(_has_sides, glyphs)):
            yield strip, glyphs


def _has_sides(glyph: Glyph) -> bool:
    """Kana and kanji: Latin letters lie down in vertical writing, and signs look alike both ways."""
    return (
        "\u3041" <= glyph.text <= "\u3096" or "\u30a1" <= glyph.text <= "\u30fa" or "\u4e00" <= glyph.text <= "\u9fff"
    )


def _turned_cells(strip: PixelArray, glyphs: list[Glyph]) -> tuple[str, PixelArray]:
    """Some characters of a strip, each turned clockwise by a quarter, side by side; and what was read for them."""
    height, width = strip.shape[:2]
    middles = [glyph.at * width for glyph in glyphs]
    gaps = [height, *(b - a for a, b in pairwise(middles)), height]
    chosen = [number for number, glyph in enumerate(glyphs) if _has_sides(glyph)][:_MOST_CELLS]
    row = np.full((_CELL_PX + 2 * _MARGIN_PX, _CELL_PX * len(chosen) + 4 * _MARGIN_PX, 3), 255, np.uint8)
    for place, number in enumerate(chosen):
        half = max(min(height, gaps[number], gaps[number + 1]) / 2, 1.0)
        left, right = max(0, int(middles[number] - half)), min(width, int(middles[number] + half) + 1)
        cell = np.ascontiguousarray(np.rot90(strip[:, left:right], -1))
        scale = _CELL_PX / max(cell.shape[:2])
        size = (max(1, round(cell.shape[1] * scale)), max(1, round(cell.shape[0] * scale)))
        cell = np.asarray(cv2.resize(cell, size, interpolation=cv2.INTER_AREA), np.uint8)
        top = _MARGIN_PX + (_CELL_PX - size[1]) // 2
        start = 2 * _MARGIN_PX + _CELL_PX * place + (_CELL_PX - size[0]) // 2
        row[top : top + size[1], start : start + size[0]] = cell
    return "".join(glyphs[number].text for number in chosen), row
