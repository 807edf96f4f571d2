"""Tells lines written by hand from printed ones.

Strokes of print run level and upright and are evenly wide, and its characters stand on one line; a hand slants, swings
and bounces. A logistic regression over twenty such measures, trained on lines in handwriting fonts with every character
moved, turned and bent, against printed lines of development layouts with every damage
(``extractors.ocr.training.handwriting``).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from extractors.ocr.handwriting_weights import BIAS, WEIGHTS
from extractors.pages.clean.reduced import grey_of, halved_towards, percentiles

if TYPE_CHECKING:
    import numpy.typing as npt

    from domain.page import PixelArray

    FloatArray = npt.NDArray[np.float32]

SURELY = 2.75
"""Log odds from which a line counts as written by hand: seven in ten lines in handwriting fonts that it was not trained
on are over it, and of printed lines of held-back layouts, clean and worn, 16 in 10,000."""
_HEIGHT = 48
"""Strips are measured at this height, as the recogniser reads them."""
_LONGEST = 640
"""Pixels of the strip that are looked at: a hand shows itself in a dozen characters."""
_FEWEST_CHARACTERS = 3
_WIDE = 3.0
"""A line at least this many times as wide as high: of shorter printed ones four times as many are mistaken."""
_CONTRAST = 15.0
"""Levels between ink and paper: less is a stain."""
_INK = 0.5
"""Darker than this is a stroke; 1 is paper."""
_EDGE = 0.25
"""Share of the strongest edge from which a pixel counts as the edge of a stroke."""
_FINE = 3.0
"""Degrees."""
_FINE_BINS = 60
_AROUND = slice(25, 35)
"""Bins within 15 degrees of level strokes, or of upright ones once the bins are turned by 90 degrees."""
_SLANTS = np.linspace(-1.35, 1.35, 10)
"""Middles of these bins, in tens of degrees."""
_BINS = 12
_PLAIN, _SQUARED = np.asarray(WEIGHTS).reshape(2, -1)
_FEW_PARTS = 3
_USUAL_BOUNCE = 0.05
_LOWEST_PART = 16
_NARROWEST_PART = 6


def is_handwritten(strip: PixelArray, *, characters: int) -> bool:
    """True where a strip of text (laid level, grey or RGB) was surely written by hand."""
    height, width = strip.shape[:2]
    if characters < _FEWEST_CHARACTERS or width < _WIDE * height:
        return False
    light = _light(strip)
    return light is not None and _odds(light, least=SURELY) > SURELY


def log_odds(strip: PixelArray) -> float:
    """How much speaks for handwriting: 0 for as much as against it."""
    light = _light(strip)
    return -1.0 if light is None else _odds(light)


def measures(strip: PixelArray) -> npt.NDArray[np.float64] | None:
    """What is measured on a strip; None where it shows hardly anything."""
    light = _light(strip)
    return None if light is None else np.array([value for measure in _MEASURES for value in measure(light)])


def _odds(light: npt.NDArray[Any], *, least: float = -math.inf) -> float:
    """Log odds; where what is left to measure cannot bring them to ``least``, only that they are below it."""
    odds, at = BIAS, 0
    for measure, most in zip(_MEASURES, _MOST, strict=True):
        found = np.array(measure(light))
        here = slice(at, at + len(found))
        odds += float(found @ _PLAIN[here] + found**2 @ _SQUARED[here])
        at += len(found)
        if odds + most < least:
            break
    return odds


def _light(strip: PixelArray) -> npt.NDArray[Any] | None:
    """A strip at one height and softened, 0 (ink) to 1 (paper); None where it shows hardly anything."""
    height = strip.shape[0]
    strip = strip[:, : max(1, _LONGEST * height // _HEIGHT)]
    size = (max(8, round(strip.shape[1] * _HEIGHT / height)), _HEIGHT)
    small = cv2.resize(halved_towards(grey_of(strip), size), size, interpolation=cv2.INTER_LINEAR)
    low, high = percentiles(small[::2, ::2], (2, 90))
    if high - low < _CONTRAST:
        return None
    shades = np.clip((np.arange(256, dtype=np.float32) - low) / (high - low), 0, 1)
    return cv2.GaussianBlur(cv2.LUT(small, shades), (0, 0), 1.0)


def _directions(light: npt.NDArray[Any]) -> list[float]:
    """Shares of twelve directions, how sharply level and upright ones stand out, and how level strokes slant."""
    across, down = cv2.Sobel(light, cv2.CV_32F, 1, 0, ksize=3), cv2.Sobel(light, cv2.CV_32F, 0, 1, ksize=3)
    strength = cv2.magnitude(across, down)
    edge = np.flatnonzero(strength > _EDGE * strength.max())
    # Of the gradient: 90 beside a level stroke.
    degrees = np.degrees(np.arctan2(down.ravel()[edge], across.ravel()[edge]))
    degrees = np.where(degrees < 0, degrees + 180, degrees)
    fine = (degrees / _FINE).astype(np.intp) % _FINE_BINS
    counted = np.bincount(fine, weights=strength.ravel()[edge], minlength=_FINE_BINS)
    found = counted / max(float(counted.sum()), 1e-6)
    from_level = np.roll(found, _FINE_BINS // 2)  # upright strokes in the middle, level ones at the ends
    upright, level = from_level[_AROUND], found[_AROUND]
    coarse = np.roll(found, 2).reshape(_BINS, -1).sum(axis=1)
    return [
        *coarse.tolist(),
        _sharpness(level),
        _sharpness(upright),
        float(level @ _SLANTS) / max(float(level.sum()), 1e-6),
    ]


def _sharpness(around: npt.NDArray[Any]) -> float:
    middle = len(around) // 2
    return float(around[middle - 1 : middle + 1].sum()) / max(float(around.sum()), 1e-6)


def _bounce(light: npt.NDArray[Any]) -> list[float]:
    """How much the tops and the feet of parts that stand alone differ, as shares of the height."""
    ink = light < _INK
    filled = ink.any(axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], filled.astype(np.int8), [0]))))
    if not len(edges):
        return [_USUAL_BOUNCE, _USUAL_BOUNCE]
    top = np.where(filled, ink.argmax(axis=0), _HEIGHT)
    foot = np.where(filled, _HEIGHT - 1 - ink[::-1].argmax(axis=0), -1)
    starts, ends = edges[::2], edges[1::2]
    tops, feet = np.minimum.reduceat(top, starts), np.maximum.reduceat(foot, starts)
    parts = (ends - starts >= _NARROWEST_PART) & (feet - tops >= _LOWEST_PART)
    if parts.sum() < _FEW_PARTS:
        return [_USUAL_BOUNCE, _USUAL_BOUNCE]
    return [float(tops[parts].std()) / _HEIGHT, float(feet[parts].std()) / _HEIGHT]


def _widths(light: npt.NDArray[Any]) -> list[float]:
    """Width of strokes, how much it varies, and how dark the line is."""
    ink = light < _INK
    depth = cv2.distanceTransform(ink.astype(np.uint8), cv2.DIST_L2, 3)
    ridge = depth[(depth >= cv2.dilate(depth, np.ones((3, 3), np.uint8)) - 1e-6) & (depth > 0.9)]
    if not len(ridge):
        return [0.0, 0.0, float(ink.mean())]
    mean = float(ridge.mean())
    return [mean / _HEIGHT * 10, float(ridge.std()) / mean, float(ink.mean())]


def _most(at: int) -> float:
    """What measures from this one on, none of which is below zero, can add to the odds at the most."""
    return sum(_top(plain, squared) for plain, squared in zip(_PLAIN[at:], _SQUARED[at:], strict=True))


def _top(plain: float, squared: float) -> float:
    if squared >= 0:
        return math.inf
    return max(plain, 0.0) ** 2 / (-4 * squared)


_MEASURES = (_directions, _bounce, _widths)
_MOST = tuple(_most(at) for at in (15, 17, 20))
"""After each of them."""
