"""Generated pages as an engine would hand them to ordering: boxes a little off, rules found or overlooked."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.geometry import Box
from domain.page import Line, Word
from extractors.ocr.layout import piece_of, visual_rows
from extractors.ruling import Ruling
from extractors.stretches import Segment, cut
from extractors.vertical import vertical_blocks

if TYPE_CHECKING:
    from samples.generator.placed import PlacedPage, PlacedRule, PlacedWord

_SCALE = 200 / 96
"""From CSS pixels to a page of 200 dpi."""
_ZOOM = (0.7, 1.5)
_GROW = (0.95, 1.2)
_PAD = 7.5
_PADDED = 0.75
"""Text layers give boxes of nearly the letters' height; engines draw them larger, by up to so many CSS pixels, on this
share of pages: around small print that is half its height, as on OCR of development pages."""
_JITTER = (0.0, 0.02, 0.05)
"""Edges are off by so many letter heights, one of these for a page."""
_RULES_SEEN = 0.88
_BROKEN_SEEN = 0.65
"""Share of pages whose rules, and whose dotted and dashed rules, are found; and of single ones that are not."""
_OVERLOOKED = 0.03
_SHORTEST = {True: 30.0, False: 20.0}
"""CSS pixels of a level and of an upright rule, as ``find_rules`` has it."""
_JOIN = 2.0
_STAMPED = 0.2
"""Share of pages on which a stamp is read, too: short texts that are spoken nowhere."""
_CROPPED = 0.08
"""Share of pages of which only a band is seen: small papers, and parts."""
_NOWHERE = 10**9
_STAMPS = ("受付", "経理部", "7.9.1", "領収済", "印", "25.10.31", "灯台", "支払済", "角", "済", "検収", "総務課")
_BAND = (0.1, 0.6)
"""Its share of the page's height."""


@dataclass(frozen=True, slots=True)
class Told:
    """Where a stretch stands in the spoken text.

    What is spoken nowhere begins after everything and ends before everything: no cut is wrong for its sake.
    """

    first: int
    last: int
    characters: int


@dataclass(frozen=True, slots=True)
class TaughtPage:
    """What is put in order, and how it is spoken."""

    segments: list[Segment]
    ruling: Ruling
    told: dict[int, Told]
    """By ``id`` of the stretch."""


def taught(page: PlacedPage, rng: random.Random) -> TaughtPage | None:
    """A page as an engine may find it; None where it is mostly vertical writing, which no cut divides."""
    scale = _SCALE * rng.uniform(*_ZOOM)
    drawn = _Drawn(
        rng.uniform(*_GROW),
        rng.uniform(0, _PAD) if rng.random() < _PADDED else 0.0,
        rng.uniform(0, 1),
        rng.choice(_JITTER),
    )
    places: dict[int, tuple[int, int]] = {}
    pieces = []
    spoken = 0
    words = _band(page.words, rng) if rng.random() < _CROPPED else page.words
    for placed in words:
        word = Word(text=placed.text, box=_box(placed, scale, drawn, rng), confidence=1.0)
        places[id(word)] = (spoken, spoken + len(placed.text))
        spoken += len(placed.text)
        pieces.append(piece_of([word], vertical=placed.down))
    for placed in _stamp(words, rng) if rng.random() < _STAMPED else ():
        word = Word(text=placed.text, box=_box(placed, scale, drawn, rng), confidence=1.0)
        places[id(word)] = (_NOWHERE, -_NOWHERE)
        pieces.append(piece_of([word]))
    rows = list(enumerate(visual_rows(pieces)))
    vertical = [(n, line) for n, line in rows if line.vertical]
    if 2 * sum(len(w.text) for _, line in vertical for w in line.words) > spoken:
        return None
    level = [s for n, line in rows if not line.vertical for s in cut(line, n, 0.0)]
    blocks, rest = vertical_blocks(vertical, level)
    segments = [*blocks, *rest]
    ruling = Ruling.of(_rules(page.rules, scale, rng), rest, 0.0)
    return TaughtPage(segments, ruling, {id(s): _told(s, places) for s in segments})


def _band(words: tuple[PlacedWord, ...], rng: random.Random) -> tuple[PlacedWord, ...]:
    top, bottom = min(w.top for w in words), max(w.bottom for w in words)
    height = rng.uniform(*_BAND) * (bottom - top)
    start = rng.uniform(top, bottom - height)
    return tuple(w for w in words if w.bottom > start and w.top < start + height) or words


def _stamp(words: tuple[PlacedWord, ...], rng: random.Random) -> Iterator[PlacedWord]:
    from samples.generator.placed import PlacedWord  # noqa: PLC0415 - the generator only where pages are made

    left, right = min(w.left for w in words), max(w.right for w in words)
    top, bottom = min(w.top for w in words), max(w.bottom for w in words)
    size = rng.uniform(8, 18)
    x, y = rng.uniform(left, max(right - 3 * size, left)), rng.uniform(top, bottom)
    for text in rng.sample(_STAMPS, rng.randint(1, 3)):
        yield PlacedWord(text, x, y, x + size * len(text), y + size, size, False)
        y += size * rng.uniform(1.0, 1.8)


def _told(segment: Segment, places: dict[int, tuple[int, int]]) -> Told:
    lines: tuple[Line, ...] = segment.lines
    found = [places[id(w)] for w in (segment.words or [w for line in lines for w in line.words])]
    return Told(min(a for a, _ in found), max(b for _, b in found), sum(max(b - a, 0) for a, b in found))


@dataclass(frozen=True, slots=True)
class _Drawn:
    """How the boxes of a page are drawn."""

    grow: float
    pad: float
    beside: float
    """Share of the pad at the ends of a row."""
    jitter: float


def _box(word: PlacedWord, scale: float, drawn: _Drawn, rng: random.Random) -> Box:
    size, jitter = word.size, drawn.jitter
    thick = size * drawn.grow + drawn.pad
    ends = drawn.pad * drawn.beside / 2
    if word.down:
        middle = (word.left + word.right) / 2
        left, right, top, bottom = middle - thick / 2, middle + thick / 2, word.top - ends, word.bottom + ends
    else:
        middle = (word.top + word.bottom) / 2 + rng.gauss(0, jitter) * size
        half = thick * (1 + rng.gauss(0, jitter)) / 2
        left, right = word.left + rng.gauss(0, jitter) * size - ends, word.right + rng.gauss(0, jitter) * size + ends
        top, bottom = middle - half, middle + half
    x, y = max(0, round(left * scale)), max(0, round(top * scale))
    return Box(left=x, top=y, right=max(x + 2, round(right * scale)), bottom=max(y + 2, round(bottom * scale)))


def _rules(sides: tuple[PlacedRule, ...], scale: float, rng: random.Random) -> list[Box]:
    seen = rng.random()
    if seen > _RULES_SEEN:
        return []
    found = []
    for level, at, start, end in _joined(sides, broken=seen < _BROKEN_SEEN):
        if end - start < _SHORTEST[level] or rng.random() < _OVERLOOKED:
            continue
        a, b, t = round(start * scale), round(end * scale), round(at * scale)
        box = Box(left=a, top=t, right=b, bottom=t + 2) if level else Box(left=t, top=a, right=t + 2, bottom=b)
        found.append(box)
    return found


def _joined(sides: tuple[PlacedRule, ...], *, broken: bool) -> Iterator[tuple[bool, float, float, float]]:
    """Sides of neighbouring frames make one rule."""
    lines: dict[tuple[bool, int], list[tuple[float, float]]] = {}
    for side in sides:
        if side.broken and not broken:
            continue
        level = side.top == side.bottom
        along = (side.left, side.right) if level else (side.top, side.bottom)
        lines.setdefault((level, round(side.top if level else side.left)), []).append(along)
    for (level, at), stretches in lines.items():
        start, end = min(stretches)
        for low, high in sorted(stretches):
            if low > end + _JOIN:
                yield level, at, start, end
                start = low
                end = high
            end = max(end, high)
        yield level, at, start, end
