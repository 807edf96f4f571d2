"""Skew of rows of print, measured on a reduced copy; for engines that cannot tell it from what they found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from extractors.pages.clean.reduced import GreyArray, grey_of, reduced

if TYPE_CHECKING:
    import numpy.typing as npt

    from domain.page import PixelArray

_MAX_SKEW = 15.0
_SKEW_GAIN = 1.03
"""Rows must stand out this much more when straightened."""


def skew_degrees(pixels: PixelArray) -> float:
    """By how much rows of text fall to the right (positive) or rise (negative), within ±15; 0 where unclear."""
    ink = _ink(grey_of(reduced(pixels)[0]))
    if ink.mean() < 0.5:  # of 255: an almost empty page has no rows
        return 0.0
    level = _row_contrast(ink, 0.0)
    coarse = _best(ink, np.arange(-_MAX_SKEW, _MAX_SKEW + 0.1, 1.0))
    fine = _best(ink, np.arange(coarse - 1.0, coarse + 1.01, 0.1))
    fine = min(max(fine, -_MAX_SKEW), _MAX_SKEW)
    return fine if _row_contrast(ink, fine) > _SKEW_GAIN * level else 0.0


def _ink(grey: GreyArray) -> GreyArray:
    """Print as bright spots: locally darker than the paper; long rules and large dark areas taken out."""
    if min(grey.shape) < 16:
        return np.zeros_like(grey)
    paper = cv2.blur(cv2.dilate(grey, np.ones((9, 9), np.uint8)), (25, 25))
    depth = cv2.subtract(paper, grey)
    _, ink = cv2.threshold(depth, 40, 255, cv2.THRESH_BINARY)
    for kernel in ((1, 60), (60, 1)):
        rules = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(kernel, np.uint8))
        ink = cv2.subtract(ink, cv2.dilate(rules, np.ones((3, 3), np.uint8)))
    blobs = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((20, 20), np.uint8))
    return np.asarray(cv2.subtract(ink, cv2.dilate(blobs, np.ones((5, 5), np.uint8))), np.uint8)


def _row_contrast(ink: GreyArray, degrees: float) -> float:
    """How sharply rows of print stand out from the gaps between them when the page is turned by an angle."""
    height, width = ink.shape
    if degrees:
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
        ink = np.asarray(cv2.warpAffine(ink, matrix, (width, height), flags=cv2.INTER_NEAREST), np.uint8)
    rows = ink.mean(axis=1, dtype=np.float64)
    return float(np.square(np.diff(rows)).sum())


def _best(ink: GreyArray, angles: npt.NDArray[np.float64]) -> float:
    scores = [_row_contrast(ink, float(angle)) for angle in angles]
    return float(angles[int(np.argmax(scores))])
