"""One page picture laid over another of the same paper: first the whole, then parts, then each place."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from extractors.pages.mark import ink_of, middle

if TYPE_CHECKING:
    from extractors.pages.clean.reduced import GreyArray
    from extractors.pages.mark import Ink

Matrix: TypeAlias = npt.NDArray[np.float32]

SIDE_PX = 2000
"""Longer side of both when they lie over each other: a digit of 8 points is ten pixels wide on A4."""
_LAID_PX = 1400
"""Longer side at which they are laid over each other."""
_ROUGH_PX = 400
"""Longer side of what is laid over each other at first."""
_BLURS = (9.0, 4.0)
_STEPS = 40
_FINE_PX, _FINE_REACH_PX, _FINE_STRIDE_PX = 48, 16, 60
"""Parts by which the two are laid over each other the second time."""
_LEAST_INK = 0.1
_CLEAR, _LEAST_CLEAR = 0.7, 12
_NEAR_PX, _NEAR_REACH_PX, _NEAR_STRIDE_PX = 48, 7, 30
"""Parts by which each place is moved at last: no paper is flat, and no scanner feeds it evenly."""
_NEAR_INK, _NEAR_CLEAR = 0.03, 0.6
_RULE_PX = 40
"""Ink as long as this is a rule: a rule between two rows is found anywhere along itself, and says nothing."""


def laid_over(first: GreyArray, second: GreyArray) -> tuple[Ink, Ink] | None:
    """The ink of the first, and that of the second where it lies over it; None where either shows too little."""
    matrix = _wholly(ink_of(first, side_px=_LAID_PX), ink_of(second, side_px=_LAID_PX))
    if matrix is None:
        return None
    one, other = (ink_of(grey, side_px=SIDE_PX) for grey in (first, second))
    scale = np.diag([SIDE_PX / _LAID_PX, SIDE_PX / _LAID_PX, 1.0])
    laid = _moved(other, np.asarray(scale @ matrix @ np.linalg.inv(scale), np.float32), one)
    return one, _nearly(without_rules(one), without_rules(laid), laid)


def without_rules(ink: Ink) -> Ink:
    """The ink but for rules, and for strokes as long."""
    rules = [
        cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(shape, np.uint8)) for shape in ((1, _RULE_PX), (_RULE_PX, 1))
    ]
    return np.asarray(np.maximum(ink - np.maximum(*rules), 0), np.float32)


def _places(length: int, size: int, reach: int, stride: int) -> range:
    return range(reach, length - size - reach, stride)


def _best(one: Ink, other: Ink, place: tuple[int, int], size: int, reach: int) -> tuple[float, tuple[int, int]]:
    """How well a part is found near its place, and how far from it."""
    x, y = place
    around = other[y - reach : y + size + reach, x - reach : x + size + reach]
    found = np.nan_to_num(cv2.matchTemplate(around, one[y : y + size, x : x + size], cv2.TM_CCOEFF_NORMED))
    _, best, _, (dx, dy) = cv2.minMaxLoc(found)
    return float(best), (dx - reach, dy - reach)


def _moved(ink: Ink, matrix: Matrix, onto: Ink) -> Ink:
    size = onto.shape[1], onto.shape[0]
    return np.asarray(cv2.warpPerspective(ink, matrix, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP), np.float32)


def _wholly(one: Ink, other: Ink) -> Matrix | None:
    """From places of the first to the other."""
    matrix = _roughly(one, other)
    return None if matrix is None else _finely(one, _moved(other, matrix, one), matrix)


def _roughly(one: Ink, other: Ink) -> Matrix | None:
    """By the middles of their ink, then by correlating blurred copies."""
    factor = _ROUGH_PX / _LAID_PX
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
    height, width = one.shape
    for y in _places(height, _FINE_PX, _FINE_REACH_PX, _FINE_STRIDE_PX):
        for x in _places(width, _FINE_PX, _FINE_REACH_PX, _FINE_STRIDE_PX):
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


def _nearly(one: Ink, other: Ink, laid: Ink) -> Ink:
    """``laid`` with each place moved as parts around it were found: of the first on the other, both without rules."""
    height, width = one.shape
    rows = _places(height, _NEAR_PX, _NEAR_REACH_PX, _NEAR_STRIDE_PX)
    columns = _places(width, _NEAR_PX, _NEAR_REACH_PX, _NEAR_STRIDE_PX)
    if not rows or not columns:
        return laid
    moves, known = np.zeros((2, len(rows), len(columns)), np.float32), np.zeros((len(rows), len(columns)), np.float32)
    for row, y in enumerate(rows):
        for column, x in enumerate(columns):
            if one[y : y + _NEAR_PX, x : x + _NEAR_PX].mean() < _NEAR_INK:
                continue
            clear, move = _best(one, other, (x, y), _NEAR_PX, _NEAR_REACH_PX)
            if clear >= _NEAR_CLEAR:
                moves[:, row, column], known[row, column] = move, 1
    weight = np.maximum(cv2.GaussianBlur(known, (0, 0), 1.0), 1e-3)
    first = _NEAR_REACH_PX + _NEAR_PX / 2
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    at_column, at_row = (across - first) / _NEAR_STRIDE_PX, (down - first) / _NEAR_STRIDE_PX
    places = []
    for at, way in zip((across, down), moves, strict=True):
        around = cv2.GaussianBlur(way * known, (0, 0), 1.0) / weight  # where nothing is known, a line may stand alone
        likely = cv2.medianBlur(np.asarray(np.where(known > 0, way, around), np.float32), 3)
        smooth = cv2.GaussianBlur(likely * known, (0, 0), 1.0) / weight
        near = cv2.remap(smooth, at_column, at_row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        places.append(np.asarray(at + near, np.float32))
    return np.asarray(cv2.remap(laid, places[0], places[1], cv2.INTER_LINEAR), np.float32)
