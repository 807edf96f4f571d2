"""Whether two pictures show the same paper: laid over each other, their ink must be the same in every place.

Papers of one form are told apart by their figures; folds, shadows and stamps on one of the two say nothing, since only
places with ink on both are compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from extractors.pages import cleanup
from extractors.pages.mark import Ink, ink_of, middle

if TYPE_CHECKING:
    from domain.page import PixelArray

Matrix: TypeAlias = npt.NDArray[np.float32]

_SIDE_PX = 1400
"""Longer side of what is compared: a digit of 8 points is ten pixels wide on A4."""
_ROUGH_PX = 400
"""Longer side of what is laid over each other at first."""
_BLURS = (9.0, 4.0)
_STEPS = 40
_PART_PX, _STRIDE_PX = 18, 12
"""About two digits."""
_REACH_PX = 4
"""How far a part may have moved."""
_FINE_PX, _FINE_REACH_PX, _FINE_STRIDE_PX = 48, 16, 60
"""Parts by which the two are laid over each other the second time."""
_CLEAR, _LEAST_CLEAR = 0.7, 12
_LEAST_INK, _LEAST_CONTRAST = 0.1, 0.15
_DIFFERS = 0.7
"""Correlation below which a part shows something else."""
_MOST_DIFFERING, _ALWAYS_DIFFERING = 0.005, 1
"""Share of parts that may show something else, and parts that may do so however few there are: a speck. On 60
development papers in two of 14 kinds of wear the share was nearly always 0, and 0.006 at most; with other figures on
the same form, and everything else the same, it was 0.002 to 0.1."""
_LEAST_PARTS = 40
"""Places with ink on both that are needed before anything is said."""


def same_picture(one: PixelArray, other: PixelArray) -> bool:
    """Whether two page pictures, both upright, show one paper; False where too little can be compared."""
    try:
        return _same(_ready(one), _ready(other))
    except cv2.error:
        return False


def _ready(pixels: PixelArray) -> Ink:
    """The ink of a page, cut out of its photo and level."""
    factor = 1.3 * _SIDE_PX / max(pixels.shape[:2])
    if factor < 1:
        pixels = np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
    page = cleanup.clean(pixels, without=frozenset({"light", "faint", "seals", "enlarge"}))
    return ink_of(page.pixels, side_px=_SIDE_PX)


def _same(one: Ink, other: Ink) -> bool:
    laid = _laid_over(one, other)
    if laid is None:
        return False
    one, other = (np.asarray(cv2.GaussianBlur(ink, (0, 0), 0.8), np.float32) for ink in (one, laid))
    size = (_PART_PX, _PART_PX)
    mean, theirs = cv2.boxFilter(one, -1, size), cv2.boxFilter(other, -1, size)
    contrast = np.sqrt(np.maximum(cv2.boxFilter(one * one, -1, size) - mean * mean, 0))
    both = (mean >= _LEAST_INK) & (contrast >= _LEAST_CONTRAST) & (theirs > mean / 2) & (theirs < 2 * mean)
    found = [
        _best(one, other, (x, y), _PART_PX, _REACH_PX)[0]
        for x, y in _places(one, _PART_PX, _REACH_PX, _STRIDE_PX)
        if both[y + _PART_PX // 2, x + _PART_PX // 2]
    ]
    most = _ALWAYS_DIFFERING + _MOST_DIFFERING * len(found)
    return len(found) >= _LEAST_PARTS and sum(s < _DIFFERS for s in found) <= most


def _places(ink: Ink, size: int, reach: int, stride: int) -> list[tuple[int, int]]:
    height, width = ink.shape
    return [
        (x, y) for y in range(reach, height - size - reach, stride) for x in range(reach, width - size - reach, stride)
    ]


def _best(one: Ink, other: Ink, place: tuple[int, int], size: int, reach: int) -> tuple[float, tuple[int, int]]:
    """How well a part is found near its place, and how far from it."""
    x, y = place
    around = other[y - reach : y + size + reach, x - reach : x + size + reach]
    found = np.nan_to_num(cv2.matchTemplate(around, one[y : y + size, x : x + size], cv2.TM_CCOEFF_NORMED))
    _, best, _, (dx, dy) = cv2.minMaxLoc(found)
    return float(best), (dx - reach, dy - reach)


def _laid_over(one: Ink, other: Ink) -> Ink | None:
    """The other's ink where it lies over the first's; None where either shows too little."""
    matrix = _roughly(one, other)
    if matrix is None:
        return None
    return _moved(other, _finely(one, _moved(other, matrix, one), matrix), one)


def _moved(ink: Ink, matrix: Matrix, onto: Ink) -> Ink:
    size = onto.shape[1], onto.shape[0]
    return np.asarray(cv2.warpPerspective(ink, matrix, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP), np.float32)


def _roughly(one: Ink, other: Ink) -> Matrix | None:
    """From places of the first to the other: by the middles of their ink, then by correlating blurred copies."""
    factor = _ROUGH_PX / _SIDE_PX
    mine, theirs = (cv2.resize(ink, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) for ink in (one, other))
    here, there = middle(np.asarray(mine, np.float32)), middle(np.asarray(theirs, np.float32))
    if here is None or there is None:
        return None
    (x, wide), (y, high) = here
    (to_x, to_wide), (to_y, to_high) = there
    across, down = to_wide / wide, to_high / high
    matrix = np.array([(across, 0, to_x - x * across), (0, down, to_y - y * down), (0, 0, 1)], np.float32)
    criteria = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, _STEPS, 1e-4)
    for blur in _BLURS:
        soft, target = cv2.GaussianBlur(mine, (0, 0), blur), cv2.GaussianBlur(theirs, (0, 0), blur)
        try:
            matrix = np.asarray(
                cv2.findTransformECC(soft, target, matrix.copy(), cv2.MOTION_HOMOGRAPHY, criteria)[1],
                np.float32,
            )
        except cv2.error:
            continue  # it did not converge: the next one begins where this one began
    scale = np.diag([factor, factor, 1.0])
    return np.asarray(np.linalg.inv(scale) @ matrix @ scale, np.float32)


def _finely(one: Ink, laid: Ink, matrix: Matrix) -> Matrix:
    """The same, mended by where parts of the first are found on the other as it was laid."""
    pairs = []
    for x, y in _places(one, _FINE_PX, _FINE_REACH_PX, _FINE_STRIDE_PX):
        if one[y : y + _FINE_PX, x : x + _FINE_PX].mean() < _LEAST_INK:
            continue
        clear, (dx, dy) = _best(one, laid, (x, y), _FINE_PX, _FINE_REACH_PX)
        if clear >= _CLEAR:
            pairs.append((x, y, x + dx, y + dy))
    if len(pairs) < _LEAST_CLEAR:
        return matrix
    from_to = np.array(pairs, np.float32)
    mended, _ = cv2.findHomography(from_to[:, :2], from_to[:, 2:], cv2.RANSAC, 2.0)
    return matrix if mended is None else np.asarray(matrix @ mended, np.float32)
