"""Whether two pictures show the same paper: laid over each other, their ink must be the same in every place.

Papers of one form differ in a few digits, so both are compared at a size at which every digit can be read, in windows
of about one digit, and a single place that shows something else is enough. Folds, shadows and stamps on one of the two
say nothing, since only places with ink on both are compared; nor do rules, which all papers of a form have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from extractors.pages import cleanup
from extractors.pages.clean.reduced import grey_of
from extractors.pages.laying import SIDE_PX, laid_over, without_rules

if TYPE_CHECKING:
    from domain.page import PixelArray
    from extractors.pages.clean.reduced import GreyArray
    from extractors.pages.mark import Ink

Mask: TypeAlias = npt.NDArray[np.bool_]

_WINDOW_PX = (12, 20)
"""Width and height of what is compared: a digit."""
_SOFT_PX = 0.7
_LEAST_INK, _LEAST_CONTRAST = 0.1, 0.15
_WORN = 0.1
"""The tenth of all places that is least alike tells how worn the two pictures are."""
_TIMES_WORN = 6
_DIFFERS = (0.4, 0.85)
"""A place shows something else where its correlation lacks so many times what worn places lack, within these bounds."""
_STROKE_PX = (5, 9)
"""Width and height of what shows something else on another paper: a stroke of a digit. Folds and specks are thinner. Of
30 development papers in two of 13 kinds of wear each, one differed in so much, of the same papers with other days and
amounts all, and with a single digit changed 54 of 60."""
_LEAST_PLACES_PX = 5000
"""Places with ink on both that are needed before anything is said: twenty digits."""


def same_picture(one: PixelArray, other: PixelArray) -> bool:
    """Whether two page pictures, both upright, show one paper; False where too little can be compared."""
    try:
        laid = laid_over(_ready(one), _ready(other))
        return laid is not None and _same(*laid)
    except cv2.error:
        return False


def _ready(pixels: PixelArray) -> GreyArray:
    """A page in grey, cut out of its photo and level."""
    factor = 1.2 * SIDE_PX / max(pixels.shape[:2])
    if factor < 1:
        pixels = np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
    return grey_of(cleanup.clean(pixels, without=frozenset({"streaks", "light", "faint", "seals", "enlarge"})).pixels)


def _same(one: Ink, laid: Ink) -> bool:
    where = _on_both(without_rules(one), without_rules(laid))
    alike = _alike(one, laid)
    told = alike[where]
    if told.size < _LEAST_PLACES_PX:
        return False
    least, most = _DIFFERS
    differs = np.clip(1 - _TIMES_WORN * (1 - float(np.quantile(told, _WORN))), least, most)
    found = ((alike < differs) & where).astype(np.uint8)
    width, height = _STROKE_PX
    return not cv2.erode(found, np.ones((height, width), np.uint8)).any()


def _on_both(one: Ink, other: Ink) -> Mask:
    """Places around which there is print on both, and about as much."""
    mean, theirs = cv2.boxFilter(one, -1, _WINDOW_PX), cv2.boxFilter(other, -1, _WINDOW_PX)
    spread = cv2.boxFilter(one * one, -1, _WINDOW_PX) - mean * mean
    return np.asarray(
        (mean >= _LEAST_INK) & (spread >= _LEAST_CONTRAST**2) & (theirs > mean / 2) & (theirs < 2 * mean), np.bool_
    )


def _alike(one: Ink, other: Ink) -> Ink:
    """Of each place the correlation of what is around it, the best of those one pixel away."""
    one = np.asarray(cv2.GaussianBlur(one, (0, 0), _SOFT_PX), np.float32)
    other = np.asarray(cv2.GaussianBlur(other, (0, 0), _SOFT_PX), np.float32)
    mean, spread = _moments(one)
    theirs, their_spread = _moments(other)
    inner = slice(1, -1)
    best: Ink = np.full(one.shape, -1, np.float32)
    one, mean, spread = one[inner, inner], mean[inner, inner], spread[inner, inner]
    height, width = best.shape
    for down, across in ((down, across) for down in range(3) for across in range(3)):
        moved = slice(down, height - 2 + down), slice(across, width - 2 + across)
        both = cv2.boxFilter(one * other[moved], -1, _WINDOW_PX) - mean * theirs[moved]
        both /= spread * their_spread[moved]
        np.maximum(best[inner, inner], both, out=best[inner, inner])
    return best


def _moments(ink: Ink) -> tuple[Ink, Ink]:
    """Mean and standard deviation around each place."""
    mean = np.asarray(cv2.boxFilter(ink, -1, _WINDOW_PX), np.float32)
    square = cv2.boxFilter(ink * ink, -1, _WINDOW_PX)
    return mean, np.asarray(np.sqrt(np.maximum(square - mean * mean, 1e-4)), np.float32)
