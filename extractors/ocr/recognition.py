"""Text recognition: a stretch of text cut out of the page becomes characters with positions (CTC)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np

from domain.geometry import Box
from domain.page import Word
from extractors.ocr.context import breaks, settled
from extractors.ocr.latin import in_latin, may_be_latin, reads_latin
from extractors.ocr.numerals import agreed, crowded, misgrouped, mostly_numerals
from extractors.ocr.spelling import spelled
from extractors.pages.clean.reduced import halved_towards

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from domain.page import PixelArray
    from extractors.ocr.detection import Quad
    from extractors.ocr.sessions import Session

_HEIGHT = 48
"""The network reads pictures of this height."""
_STRIDE = 8
"""Pixels of width per step of its answer."""
_WIDTH_STEP = 32
"""Widths are rounded up to a multiple of this, so that few different shapes are compiled."""
_MIN_WIDTH = 64
_MAX_WIDTH = 3200
"""A longer stretch is squeezed: 66 times as wide as high."""
_SQUEEZE = 0.75
"""Stretches are narrowed to this share of their width: a quarter less work, and on wide-set print fewer errors."""
_WIDE = 1.5
"""Figures closer than the network's steps, of which it reads some or none, are read at this share of their width."""
SURE = 0.9
"""A stretch read less surely is worth another look."""
_HESITANT = 0.8
_SHORT = 8
"""And a word of so few characters without figures where one of them is read less surely."""
_TALL = 1.5
"""Height against width from which a stretch is tried as vertical writing."""
_SURELY_VERTICAL = 2.5
_GAP = 1.1
"""A gap between characters wider than this share of the line's height separates words."""
_SHADES = (np.arange(256, dtype=np.float32) - 127.5) / 127.5
"""Levels 0 to 255 as the network takes them."""
BLANK = 0
"""Index of the answer that means no character."""
_WORTH_NAMING = 0.01
"""Other readings of a character less likely than this are not kept."""
_ALONE = 0.995
"""Beside a reading likelier than this nothing is worth naming, even where shares are rounded to bf16 (by 0.002)."""
_MOST_ALTERNATIVES = 5


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character as the network saw it."""

    text: str
    """One character, settled by its neighbours; a space parts words."""
    at: float
    """Middle, as a share of the stretch's length."""
    confidence: float
    """Of the network, in what it took the character for; 0 to 1."""
    alternatives: tuple[tuple[str, float], ...] = ()
    """What the network could have taken it for with their shares, the likeliest first; an empty text means no
    character. None but itself where nothing else came into question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one stretch of text says."""

    words: tuple[Word, ...]
    confidence: float
    """Mean over the characters; 0 where there are none."""
    vertical: bool
    glyphs: tuple[Glyph, ...] = ()
    """The characters one by one, those that part words included."""


def recognise(pixels: PixelArray, quad: Quad, session: Session, alphabet: list[str]) -> Reading:
    """Read one stretch; a tall one also as vertical writing, and the surer reading holds."""
    ratio = quad.height / max(quad.width, 1.0)
    if ratio < _TALL:
        return _read(pixels, quad, session, alphabet, vertical=False)
    upright = _read(pixels, quad, session, alphabet, vertical=True)
    if ratio > _SURELY_VERTICAL:
        return upright
    level = _read(pixels, quad, session, alphabet, vertical=False)
    return level if level.confidence >= upright.confidence else upright


def read_strip(strip: PixelArray, session: Session, alphabet: list[str]) -> list[Glyph]:
    """Characters of a picture that holds one level stretch of text."""
    return _glyphs(strip, session, alphabet, squeeze=_SQUEEZE)


def look_again(pixels: PixelArray, quad: Quad, reading: Reading, session: Session, alphabet: list[str]) -> Reading:
    """Read an unsure stretch at its full width, and with its contrast restored; the surest reading holds."""
    strip = _strip(pixels, quad, vertical=reading.vertical)
    best = reading
    for look, squeeze in ((strip, 1.0), (_restored(strip), _SQUEEZE)):
        other = _reading(_glyphs(look, session, alphabet, squeeze=squeeze), quad, vertical=reading.vertical)
        if (not misgroups(other), other.confidence) > (not misgroups(best), best.confidence):
            best = other
    return best


def respelled(reading: Reading, quad: Quad) -> Reading:
    """The reading with words of katakana as they are spelled, of what was seen."""
    glyphs = spelled(reading.glyphs)
    return reading if glyphs == list(reading.glyphs) else _reading(glyphs, quad, vertical=reading.vertical)


def doubtful(reading: Reading) -> bool:
    """True for a stretch that is worth another look: unsure on the whole, or in one letter of a Latin or short one.

    Latin letters are narrow, and the look at full width put one in ten of their errors right. In a short word of small
    print a narrow kana falls between the network's steps, and the one beside it is read with less certainty.
    """
    if reading.confidence < SURE or misgroups(reading):
        return True
    letters = [glyph for glyph in reading.glyphs if not glyph.text.isspace()]
    least = min(glyph.confidence for glyph in letters)
    if in_latin(_said(letters)):
        return least < SURE
    return least < _HESITANT and len(letters) <= _SHORT and not any(glyph.text.isdigit() for glyph in letters)


def _said(glyphs: Sequence[Glyph]) -> str:
    return "".join(glyph.text for glyph in glyphs)


def misgroups(reading: Reading) -> bool:
    """True where an amount's groups are not of three digits: of repeated zeros in narrow print one is easily lost."""
    return any(misgrouped(word.text) for word in reading.words)


def _read(pixels: PixelArray, quad: Quad, session: Session, alphabet: list[str], *, vertical: bool) -> Reading:
    strip = _strip(pixels, quad, vertical=vertical)
    return _reading(_glyphs(strip, session, alphabet, squeeze=_SQUEEZE), quad, vertical=vertical)


def _strip(pixels: PixelArray, quad: Quad, *, vertical: bool) -> PixelArray:
    strip = cut(pixels, quad)
    return np.rot90(strip) if vertical else strip


def _reading(glyphs: list[Glyph], quad: Quad, *, vertical: bool) -> Reading:
    confidence = sum(g.confidence for g in glyphs) / len(glyphs) if glyphs else 0.0
    return Reading(
        words=_words(glyphs, quad, vertical=vertical), confidence=confidence, vertical=vertical, glyphs=tuple(glyphs)
    )


def _glyphs(strip: PixelArray, session: Session, alphabet: list[str], *, squeeze: float) -> list[Glyph]:
    values, used = normalised(strip, squeeze)
    steps = used / _STRIDE
    answer = session.run(values)[0]
    glyphs = _decode(answer, alphabet, used=used)
    if not glyphs and squeeze < _WIDE:
        wide = _glyphs(strip, session, alphabet, squeeze=_WIDE)
        return wide if mostly_numerals(wide) else []
    glyphs = _checked(glyphs, answer, values, session, alphabet, used=used)
    if not any(glyph.text.isdigit() for glyph in glyphs):
        return glyphs
    if squeeze < _WIDE and crowded(glyphs, steps=steps):
        return _glyphs(strip, session, alphabet, squeeze=_WIDE)
    return glyphs


def _checked(
    glyphs: list[Glyph],
    answer: npt.NDArray[np.float32],
    values: npt.NDArray[np.float32],
    session: Session,
    alphabet: list[str],
    *,
    used: int,
) -> list[Glyph]:
    """The same glyphs after the second set of layers was asked: for Latin letters, and for figures."""
    steps = used / _STRIDE
    latin = may_be_latin(glyphs)
    if session.again is None or not (latin or any(glyph.text.isdigit() for glyph in glyphs)):
        return glyphs
    other = session.again(values)[0]
    if latin:
        theirs = _decode(other, session.checked, used=used)
        if reads_latin(glyphs, theirs):
            return agreed(theirs, answer, alphabet, steps=steps)
    return agreed(glyphs, other, session.checked, steps=steps)


def _restored(strip: PixelArray) -> PixelArray:
    """Faded print made dark again: gaps of the print head's rows closed, grey stretched to black and white."""
    grey = cv2.erode(strip.min(axis=2), np.ones((3, 1), np.uint8))
    low, high = np.percentile(grey, (1, 90))
    stretched = np.clip((grey.astype(np.float32) - low) * (255.0 / max(high - low, 1.0)), 0, 255).astype(np.uint8)
    return np.repeat(stretched[:, :, None], 3, axis=2)


def cut(pixels: PixelArray, quad: Quad) -> PixelArray:
    """The pixels of a stretch, laid level."""
    height, width = pixels.shape[:2]
    if quad.straight:
        (left, top), _, (right, bottom), _ = quad.corners
        x0, y0 = max(0, math.floor(left)), max(0, math.floor(top))
        x1, y1 = min(width, math.ceil(right)), min(height, math.ceil(bottom))
        if x1 > x0 and y1 > y0:
            return pixels[y0:y1, x0:x1]
    w, h = max(1, round(quad.width)), max(1, round(quad.height))
    target = np.array([(0, 0), (w, 0), (w, h), (0, h)], np.float32)
    matrix = cv2.getPerspectiveTransform(np.array(quad.corners, np.float32), target)
    cut = cv2.warpPerspective(pixels, matrix, (w, h), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, np.uint8)


def normalised(strip: PixelArray, squeeze: float) -> tuple[npt.NDArray[np.float32], int]:
    """The picture as the network takes it, and how many of its columns are used.

    Interpolated, as the pictures that the network learnt from: in a third of the time of averages, and read as well.
    """
    height, width = strip.shape[:2]
    wanted = min(max(1, math.ceil(width * _HEIGHT / height * squeeze)), _MAX_WIDTH)
    size = (wanted, _HEIGHT)
    small = cv2.resize(halved_towards(strip, size), size, interpolation=cv2.INTER_LINEAR)
    padded = max(_MIN_WIDTH, -(-wanted // _WIDTH_STEP) * _WIDTH_STEP)
    values = np.zeros((1, 3, _HEIGHT, padded), np.float32)
    for channel, plane in enumerate(cv2.split(small)):
        cv2.LUT(plane, _SHADES, dst=values[0, 2 - channel, :, :wanted])
    return values, wanted


def _decode(answer: npt.NDArray[np.float32], alphabet: Sequence[str], *, used: int) -> list[Glyph]:
    """Characters of an answer, and what else the unsure ones could be.

    Steps are gone through as plain numbers: right after a network has run, every function of NumPy has to be fetched
    from memory again, and ten of them took as long as their work.
    """
    best = answer.argmax(axis=1).tolist()
    starts = [step for step, index in enumerate(best) if not step or index != best[step - 1]]
    spans = [(start, end) for start, end in pairwise([*starts, len(best)]) if best[start] != BLANK]
    peaks = [
        start if end == start + 1 else start + int(answer[start:end, best[start]].argmax()) for start, end in spans
    ]
    taken = [best[peak] for peak in peaks]
    characters = settled([alphabet[index] for index in taken])
    shares = [min(answer.item(peak, index), 1.0) for peak, index in zip(peaks, taken, strict=True)]
    return [
        Glyph(
            text,
            min((start + end) / 2 * _STRIDE / used, 1.0),
            share,
            ((alphabet[index], share),) if share > _ALONE else _alternatives(answer[peak], alphabet),
        )
        for text, (start, end), peak, index, share in zip(characters, spans, peaks, taken, shares, strict=True)
        if text
    ]


def _alternatives(row: npt.NDArray[np.float32], alphabet: Sequence[str]) -> tuple[tuple[str, float], ...]:
    """What else a step could be, itself included, the likeliest first."""
    places = np.flatnonzero(row >= _WORTH_NAMING)
    found = sorted(((row.item(index), index) for index in places.tolist()), reverse=True)
    return tuple((alphabet[index], min(share, 1.0)) for share, index in found[:_MOST_ALTERNATIVES])


def _words(glyphs: list[Glyph], quad: Quad, *, vertical: bool) -> tuple[Word, ...]:
    length, thickness = (quad.height, quad.width) if vertical else (quad.width, quad.height)
    half = 0.5 * thickness / max(length, 1.0)
    groups: list[list[Glyph]] = []
    fresh = True
    starts = breaks("".join(glyph.text for glyph in glyphs))
    for number, glyph in enumerate(glyphs):
        if glyph.text.isspace():
            fresh = True
            continue
        if fresh or number in starts or (glyph.at - groups[-1][-1].at - 2 * half * 0.8) > _GAP * 2 * half:
            groups.append([])
        groups[-1].append(glyph)
        fresh = False
    return tuple(_word(group, quad, half, vertical=vertical) for group in groups)


def _word(group: list[Glyph], quad: Quad, half: float, *, vertical: bool) -> Word:
    """A word reaches half a character beyond the middles of its first and last one."""
    text = "".join(g.text for g in group)
    advance = (group[-1].at - group[0].at) / (len(group) - 1) / 2 if len(group) > 1 else half * 0.7
    reach = min(max(advance, 0.2 * half), half)
    start, end = max(0.0, group[0].at - reach), min(1.0, group[-1].at + reach)
    points = [_point(quad, share, side, vertical=vertical) for share in (start, end) for side in (0.0, 1.0)]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    box = Box(left=round(min(xs)), top=round(min(ys)), right=round(max(xs)), bottom=round(max(ys)))
    return Word(
        text=text,
        box=box,
        confidence=sum(g.confidence for g in group) / len(group),
        character_confidences=tuple(round(g.confidence, 3) for g in group),
    )


def _point(quad: Quad, share: float, side: float, *, vertical: bool) -> tuple[float, float]:
    """Bilinear: ``share`` along the direction of reading, ``side`` across."""
    x, y = (side, share) if vertical else (share, side)
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad.corners
    top_x, top_y = ax + (bx - ax) * x, ay + (by - ay) * x
    low_x, low_y = dx + (cx - dx) * x, dy + (cy - dy) * x
    return top_x + (low_x - top_x) * y, top_y + (low_y - top_y) * y
