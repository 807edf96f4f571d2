"""A page in a photo: its corners, and the page cut out and squared up."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from extractors.pages.clean.reduced import GreyArray, grey_of
from extractors.pages.clean.warp import warped

if TYPE_CHECKING:
    import numpy.typing as npt

    from domain.page import PixelArray

_SHARE = (0.15, 0.93)
"""Share of the picture that a photographed page covers."""
_CONTRAST = 28
"""Grey levels by which the page must be brighter than what lies around it."""
_FILL = 0.9
"""How much of its outline the page must fill: it is a quadrangle."""


def squared_up(pixels: PixelArray, corners: npt.NDArray[np.float32]) -> tuple[PixelArray, npt.NDArray[np.float64]]:
    """The page between four corners as a rectangle, and the map from old pixels to new ones."""
    top_left, top_right, bottom_right, bottom_left = (tuple(c) for c in corners.tolist())
    width = round(max(math.dist(top_left, top_right), math.dist(bottom_left, bottom_right)))
    height = round(max(math.dist(top_left, bottom_left), math.dist(top_right, bottom_right)))
    target = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = np.asarray(cv2.getPerspectiveTransform(corners, target), np.float64)
    return warped(pixels, matrix, (width, height)), matrix


def page_corners(small: PixelArray) -> npt.NDArray[np.float32] | None:
    """Corners of a page lying on something darker (top left, top right, bottom right, bottom left); None for a scan."""
    soft: GreyArray = np.asarray(cv2.GaussianBlur(grey_of(small), (5, 5), 0), np.uint8)
    height, width = soft.shape
    if min(height, width) < 64:
        return None
    _, bright = cv2.threshold(soft, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    bright = cv2.morphologyEx(bright, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
    contours, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return None
    outline = max(contours, key=cv2.contourArea)
    hull = cv2.convexHull(outline)
    area = cv2.contourArea(outline)
    low, high = _SHARE
    if not low < area / (height * width) < high or area < _FILL * cv2.contourArea(hull):
        return None
    corners = cv2.approxPolyDP(hull, 0.03 * cv2.arcLength(hull, closed=True), closed=True).reshape(-1, 2)
    if len(corners) != 4 or _on_border(corners, width, height) > 2:
        return None
    inside = np.zeros_like(soft)
    cv2.fillConvexPoly(inside, corners.astype(np.int32), 255)
    ring = cv2.subtract(cv2.dilate(inside, np.ones((31, 31), np.uint8)), cv2.dilate(inside, np.ones((7, 7), np.uint8)))
    if not ring.any() or cv2.mean(soft, inside)[0] - cv2.mean(soft, ring)[0] < _CONTRAST:
        return None
    return _ordered(corners.astype(np.float32))


def _on_border(corners: npt.NDArray[Any], width: int, height: int) -> int:
    edge = 3
    xs, ys = corners[:, 0], corners[:, 1]
    return int(((xs <= edge) | (xs >= width - 1 - edge) | (ys <= edge) | (ys >= height - 1 - edge)).sum())


def _ordered(corners: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    by_sum, by_difference = corners.sum(axis=1), corners[:, 0] - corners[:, 1]
    order = [by_sum.argmin(), by_difference.argmax(), by_sum.argmax(), by_difference.argmin()]
    return corners[order]
