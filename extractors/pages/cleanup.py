"""Clean-up of a page picture before reading, on a copy: each step measures first and may say "not needed".

The steps, in order: the page cut out of a photo and squared up, uneven light, the ink of seals, enlargement of small
print; then, once it is known which way up the page lies, the quarter turn and skew. The transform they give maps what
is read back to the picture that came.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from domain.geometry import IDENTITY, Transform, quarter_turn
from extractors.pages.seals import lift_seals

if TYPE_CHECKING:
    import numpy.typing as npt

    from domain.page import PixelArray

    GreyArray = npt.NDArray[np.uint8]

_SMALL_PX = 800
"""Measuring is done on a copy whose longer side is about this."""
_MAX_SKEW = 15.0
_MIN_SKEW = 0.4
"""Degrees; less does no harm."""
_SKEW_GAIN = 1.03
"""Rows must stand out this much more when straightened."""
_PHOTO_SHARE = (0.15, 0.93)
"""Share of the picture that a photographed page covers."""
_PHOTO_CONTRAST = 28
"""Grey levels by which the page must be brighter than what lies around it."""
_PHOTO_FILL = 0.9
"""How much of its outline the page must fill: it is a quadrangle."""
_DARK_LIGHT = 0.72
"""Light is uneven where the darkest part of the paper has less than this share of the brightest."""
_SMALL_SIDE_PX = 700
"""Pictures smaller than this on their longer side are enlarged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanPage:
    """A page picture ready for an engine."""

    pixels: PixelArray
    """RGB."""
    to_source: Transform = IDENTITY
    """From these pixels to those that were given."""
    steps: tuple[str, ...] = ()
    """What was done: ``page``, ``light``, ``seals``, ``enlarge``, ``skew``; empty where nothing was needed."""

    def turned(self, degrees: int) -> CleanPage:
        """The page turned clockwise by 0, 90, 180 or 270 degrees."""
        if not degrees:
            return self
        pixels = turn(self.pixels, degrees)
        height, width = pixels.shape[:2]
        back = quarter_turn(-degrees % 360, width_px=width, height_px=height)
        return CleanPage(pixels=pixels, to_source=back.then(self.to_source), steps=self.steps)


def turn(pixels: PixelArray, degrees: int) -> PixelArray:
    """Turn clockwise by 0, 90, 180 or 270 degrees."""
    return np.ascontiguousarray(np.rot90(pixels, k=-(degrees // 90) % 4))


def clean(pixels: PixelArray, *, without: frozenset[str] = frozenset()) -> CleanPage:
    """Clean an upright page picture, all steps but those left out by name."""
    return straightened(prepared(pixels, without=without), without=without)


def prepared(pixels: PixelArray, *, without: frozenset[str] = frozenset()) -> CleanPage:
    """The steps that do not ask which way up the page lies."""
    page = CleanPage(pixels=pixels)
    steps = {"page": _cut_out_page, "light": _even_light, "seals": _lift_seals, "enlarge": _enlarge}
    try:
        for name, step in steps.items():
            if name not in without:
                page = step(page)
    except cv2.error:
        return CleanPage(pixels=pixels)  # an odd picture is read as it came
    return page


def straightened(page: CleanPage, *, without: frozenset[str] = frozenset()) -> CleanPage:
    """The steps for a page that lies upright; the same page where nothing was needed."""
    if "skew" in without:
        return page
    try:
        return _straighten(page)
    except cv2.error:
        return page


def skew_degrees(pixels: PixelArray) -> float:
    """By how much rows of text fall to the right (positive) or rise (negative), within ±15; 0 where unclear."""
    ink = _ink(_small(_grey(pixels)))
    if ink.mean() < 0.5:  # of 255: an almost empty page has no rows
        return 0.0
    level = _row_contrast(ink, 0.0)
    coarse = _best(ink, np.arange(-_MAX_SKEW, _MAX_SKEW + 0.1, 1.0))
    fine = _best(ink, np.arange(coarse - 1.0, coarse + 1.01, 0.1))
    fine = min(max(fine, -_MAX_SKEW), _MAX_SKEW)
    return fine if _row_contrast(ink, fine) > _SKEW_GAIN * level else 0.0


def _grey(pixels: PixelArray) -> GreyArray:
    if pixels.ndim == 2:
        return pixels
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def _small(grey: GreyArray, side_px: int = _SMALL_PX) -> GreyArray:
    height, width = grey.shape
    scale = side_px / max(height, width)
    if scale >= 1:
        return grey
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


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


def _followed(page: CleanPage, pixels: PixelArray, forward: npt.NDArray[np.float64], step: str) -> CleanPage:
    """The page after a step; ``forward`` maps old pixels to new ones."""
    back = np.linalg.inv(forward)
    transform = Transform(matrix=tuple(float(v) for v in (back / back[2, 2]).ravel()))
    return CleanPage(pixels=pixels, to_source=transform.then(page.to_source), steps=(*page.steps, step))


def _straighten(page: CleanPage) -> CleanPage:
    degrees = skew_degrees(page.pixels)
    if abs(degrees) < _MIN_SKEW:
        return page
    height, width = page.pixels.shape[:2]
    matrix = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0), (0.0, 0.0, 1.0)])
    cos, sin = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
    new_w, new_h = math.ceil(width * cos + height * sin), math.ceil(height * cos + width * sin)
    matrix[0, 2] += (new_w - width) / 2
    matrix[1, 2] += (new_h - height) / 2
    pixels = cv2.warpAffine(
        page.pixels, matrix[:2], (new_w, new_h), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return _followed(page, np.asarray(pixels, np.uint8), matrix, "skew")


def _cut_out_page(page: CleanPage) -> CleanPage:
    corners = page_corners(page.pixels)
    if corners is None:
        return page
    top_left, top_right, bottom_right, bottom_left = (tuple(c) for c in corners.tolist())
    width = round(max(math.dist(top_left, top_right), math.dist(bottom_left, bottom_right)))
    height = round(max(math.dist(top_left, bottom_left), math.dist(top_right, bottom_right)))
    target = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = np.asarray(cv2.getPerspectiveTransform(corners, target), np.float64)
    pixels = cv2.warpPerspective(
        page.pixels, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return _followed(page, np.asarray(pixels, np.uint8), matrix, "page")


def page_corners(pixels: PixelArray) -> npt.NDArray[np.float32] | None:
    """Corners of a page lying on something darker (top left, top right, bottom right, bottom left); None for a scan."""
    grey = _grey(pixels)
    small = cv2.GaussianBlur(_small(grey), (5, 5), 0)
    height, width = small.shape
    if min(height, width) < 64:
        return None
    _, bright = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    bright = cv2.morphologyEx(bright, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
    contours, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return None
    outline = max(contours, key=cv2.contourArea)
    hull = cv2.convexHull(outline)
    area = cv2.contourArea(outline)
    low, high = _PHOTO_SHARE
    if not low < area / (height * width) < high or area < _PHOTO_FILL * cv2.contourArea(hull):
        return None
    corners = cv2.approxPolyDP(hull, 0.03 * cv2.arcLength(hull, closed=True), closed=True).reshape(-1, 2)
    if len(corners) != 4 or _on_border(corners, width, height) > 2:
        return None
    inside = np.zeros_like(small)
    cv2.fillConvexPoly(inside, corners.astype(np.int32), 255)
    ring = cv2.subtract(cv2.dilate(inside, np.ones((31, 31), np.uint8)), cv2.dilate(inside, np.ones((7, 7), np.uint8)))
    if not ring.any() or cv2.mean(small, inside)[0] - cv2.mean(small, ring)[0] < _PHOTO_CONTRAST:
        return None
    return _ordered(corners.astype(np.float32)) * np.float32(grey.shape[1] / width)


def _on_border(corners: npt.NDArray[Any], width: int, height: int) -> int:
    edge = 3
    xs, ys = corners[:, 0], corners[:, 1]
    return int(((xs <= edge) | (xs >= width - 1 - edge) | (ys <= edge) | (ys >= height - 1 - edge)).sum())


def _ordered(corners: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    by_sum, by_difference = corners.sum(axis=1), corners[:, 0] - corners[:, 1]
    order = [by_sum.argmin(), by_difference.argmax(), by_sum.argmax(), by_difference.argmin()]
    return corners[order]


def _even_light(page: CleanPage) -> CleanPage:
    grey = _small(_grey(page.pixels), 200)
    paper = cv2.medianBlur(cv2.dilate(grey, np.ones((7, 7), np.uint8)), 21)
    low, high = (float(v) for v in np.percentile(paper, (5, 95)))
    if high <= 0 or low / high > _DARK_LIGHT:
        return page
    height, width = page.pixels.shape[:2]
    field = cv2.resize(cv2.GaussianBlur(paper, (0, 0), 5), (width, height), interpolation=cv2.INTER_LINEAR)
    factor = np.minimum(high / np.maximum(field.astype(np.float32), 20.0), 4.0)
    pixels = np.clip(page.pixels.astype(np.float32) * factor[:, :, None], 0, 255).astype(np.uint8)
    return CleanPage(pixels=pixels, to_source=page.to_source, steps=(*page.steps, "light"))


def _lift_seals(page: CleanPage) -> CleanPage:
    lifted = lift_seals(page.pixels) if page.pixels.ndim == 3 else None
    if lifted is None:
        return page
    return CleanPage(pixels=lifted, to_source=page.to_source, steps=(*page.steps, "seals"))


def _enlarge(page: CleanPage) -> CleanPage:
    height, width = page.pixels.shape[:2]
    if max(height, width) >= _SMALL_SIDE_PX or min(height, width) < 8:
        return page
    pixels = cv2.resize(page.pixels, (width * 2, height * 2), interpolation=cv2.INTER_CUBIC)
    return _followed(page, np.asarray(pixels, np.uint8), np.diag((2.0, 2.0, 1.0)), "enlarge")
