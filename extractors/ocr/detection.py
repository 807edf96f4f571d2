"""Text detection by differentiable binarisation (DB): a probability map becomes turned rectangles."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from extractors.pages.clean.reduced import halved, halved_towards, percentiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from domain.geometry import Transform
    from domain.page import PixelArray
    from extractors.ocr.sessions import Session

_STRIDE = 32
"""The network takes sides that are multiples of this."""
_SMALL_PRINT = 16.0
"""Middle height of rectangles on the reduced picture below which letters are under 9 pixels: on print of 5 points in
0.9 megapixels a hundredth of the characters is missed, half as many in twice the pixels."""
_LARGER = 2.0
_STRIP = 128
"""Heights of pictures are multiples of this, so that few different shapes are compiled."""
_FAINT = 20
"""Levels below the paper from which a spot counts as ink."""
_MARGIN = 0.02
"""Share of the height that is left above and below the ink."""
_SHADES = (np.arange(256, dtype=np.float32) - np.float32(127.5)) * np.float32(1 / 127.5)
"""Levels 0 to 255 as the network takes them."""
_PIXEL_THRESHOLD = 0.3
_BOX_THRESHOLD = 0.5
_UNCLIP_RATIO = 1.6
"""Thresholds and the growing of boxes as published with the models (RapidOCR 3.10, config.yaml)."""
_MIN_SIDE = 3
_MAX_CANDIDATES = 2000
_FULL = 0.72
"""Share of its rectangle that a stretch of text fills where nothing hangs on to it; strokes of a seal that touch a row,
or two rows that touch, leave less."""
_BAND = 0.5
"""Rows of the map with at least this share of the widest row's ink belong to a row of text."""
_EDGE = 0.15
"""And so many belong to its edges: strokes of a seal across it have less."""
_MIN_BAND = 3
_LONG = 4.0
"""Stretches this many times as long as high tell which way rows run."""
_FLAT_DEGREES = 0.6
"""Rectangles turned less than this count as straight: cutting them out needs no resampling."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quad:
    """A turned rectangle on the page image."""

    corners: tuple[tuple[float, float], ...]
    """Top left, top right, bottom right, bottom left in the direction of reading."""
    width: float
    height: float
    straight: bool
    """Its sides are parallel to those of the page."""


def detect(pixels: PixelArray, session: Session, *, limit_pixels: int) -> list[Quad]:
    """Find stretches of text.

    A picture of more than ``limit_pixels`` is reduced to that; small print is looked at once more, larger.
    """
    height, width = pixels.shape[:2]
    quads = _find(pixels, session, limit_pixels)
    if quads and height * width > limit_pixels:
        shown = math.sqrt(limit_pixels / (height * width))
        if median(min(q.width, q.height) for q in quads) * shown < _SMALL_PRINT:
            return _find(pixels, session, round(_LARGER * limit_pixels))
    return quads


def _find(pixels: PixelArray, session: Session, limit_pixels: int) -> list[Quad]:
    height, width = pixels.shape[:2]
    scale = min(1.0, math.sqrt(limit_pixels / (height * width)))
    target_h = max(_STRIDE, round(height * scale / _STRIDE) * _STRIDE)
    target_w = max(_STRIDE, round(width * scale / _STRIDE) * _STRIDE)
    small = _of_size(pixels, (target_w, target_h))
    top, bottom = _inked_rows(small)
    rows = min(math.ceil((bottom - top) / _STRIP) * _STRIP, target_h)
    top = min(top, target_h - rows)
    probability = session.run(_normalised(small[top : top + rows]))[0, 0]
    found = quads_from_map(probability, width_px=width, height_px=rows * height / target_h)
    return [_lowered(quad, top * height / target_h) for quad in found] if top else found


def _of_size(pixels: PixelArray, size: tuple[int, int]) -> PixelArray:
    """The picture at the size that the network looks at.

    One that was halved is interpolated, since its pixels are averages already: as much text is found, seven times as
    quickly.
    """
    near = halved_towards(pixels, size)
    shrinking = size[0] < near.shape[1] or size[1] < near.shape[0]
    by = cv2.INTER_AREA if shrinking and near is pixels else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(near, size, interpolation=by), np.uint8)


def _inked_rows(small: PixelArray) -> tuple[int, int]:
    """From where to where anything at all stands on the page: white above and below need not be looked at."""
    height = small.shape[0]
    green = halved(np.asarray(cv2.extractChannel(small, 1), np.uint8))  # dark for ink of every colour that offices use
    dark = np.flatnonzero((green < percentiles(green, (50,))[0] - _FAINT).any(axis=1))
    if not len(dark):
        return 0, height
    margin = _MARGIN * height
    top, bottom = 2 * int(dark[0]) - margin, 2 * (int(dark[-1]) + 1) + margin
    return max(0, round(top)), min(height, round(bottom))


def _normalised(small: PixelArray) -> npt.NDArray[np.float32]:
    """The picture as the network takes it: colours one after the other, the last first."""
    values = np.empty((1, 3, *small.shape[:2]), np.float32)
    for channel, plane in enumerate(cv2.split(small)):
        cv2.LUT(plane, _SHADES, dst=values[0, 2 - channel])
    return values


def _lowered(quad: Quad, by: float) -> Quad:
    return replace(quad, corners=tuple((x, y + by) for x, y in quad.corners))


def quads_from_map(probability: npt.NDArray[np.float32], *, width_px: float, height_px: float) -> list[Quad]:
    """Rectangles of a probability map, in pixels of the picture it was made from."""
    rows, columns = probability.shape
    mask = cv2.dilate((probability > _PIXEL_THRESHOLD).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    ratio_x, ratio_y = width_px / columns, height_px / rows
    quads: list[Quad] = []
    for contour in (part for whole in contours[:_MAX_CANDIDATES] for part in _parts(whole)):
        center, size, angle = _rectangle(contour)
        if min(size) < _MIN_SIDE or _score(probability, center, size, angle) < _BOX_THRESHOLD:
            continue
        grow = 2 * (size[0] * size[1] * _UNCLIP_RATIO / (2 * (size[0] + size[1])))
        grown = (size[0] + grow, size[1] + grow)
        if min(grown) < _MIN_SIDE + 2:
            continue
        quads.append(_quad(np.asarray(cv2.boxPoints((center, grown, angle)), np.float32), ratio_x, ratio_y))
    return quads


def tilt_of(quads: list[Quad]) -> float:
    """By how many pixels rows fall per pixel to the right: the middle of the long stretches, weighed by length."""
    long = [q for q in quads if q.width > _LONG * q.height]
    if not long:
        return 0.0
    falls = sorted(
        ((q.corners[1][1] - q.corners[0][1]) / max(q.corners[1][0] - q.corners[0][0], 1.0), q.width) for q in long
    )
    half = sum(width for _, width in falls) / 2
    for fall, width in falls:
        half -= width
        if half <= 0:
            return fall
    return falls[-1][0]


def tilt_degrees(quads: Sequence[Quad]) -> float:
    """By how much rows fall to the right, or columns lean to the left: the middle of the long stretches."""
    leans: list[tuple[float, float]] = []
    for quad in quads:
        (ax, ay), (bx, by), _, (dx, dy) = quad.corners
        if quad.width > _LONG * quad.height:
            leans.append((math.degrees(math.atan2(by - ay, bx - ax)), quad.width))
        elif quad.height > _LONG * quad.width:
            leans.append((math.degrees(math.atan2(ax - dx, dy - ay)), quad.height))
    half = sum(length for _, length in leans) / 2
    for degrees, length in sorted(leans):
        half -= length
        if half <= 0:
            return degrees
    return 0.0


def moved(quad: Quad, transform: Transform) -> Quad:
    """The stretch after a map of the plane that keeps straight lines straight."""
    points = [transform.point(x, y) for x, y in quad.corners]
    return _quad(np.asarray(points, np.float32), 1.0, 1.0)


def _parts(contour: Any) -> list[Any]:
    """The rows of text in an outline: itself, or where something hangs on to a row or rows touch, the rows alone.

    Strokes of a seal that touch a long row would otherwise drag the whole row under the threshold.
    """
    _, size, _ = _rectangle(contour)
    if min(size) < 2 * _MIN_BAND or cv2.contourArea(contour) > _FULL * size[0] * size[1]:
        return [contour]
    left, top, width, height = cv2.boundingRect(contour)
    mask = np.zeros((height, width), np.uint8)
    cv2.drawContours(mask, [contour - np.array([[left, top]])], -1, 1, cv2.FILLED)
    axis = 1 if width >= height else 0
    profile = mask.sum(axis=axis, dtype=np.int32)
    parts: list[Any] = []
    for start, end in _bands(profile):
        if end - start < _MIN_BAND:
            continue
        band = np.zeros_like(mask)
        along = (slice(start, end), slice(None)) if axis else (slice(None), slice(start, end))
        band[along] = mask[along]
        found, _ = cv2.findContours(band, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        parts.extend(one + np.array([[left, top]], np.int32) for one in found)
    return parts or [contour]


def _bands(profile: npt.NDArray[np.int32]) -> list[tuple[int, int]]:
    """Rows of ink in a profile, each with its thinner edges, not beyond the middle between it and the next."""
    most = int(profile.max())
    edges = np.flatnonzero(np.diff(np.concatenate(([0], (profile >= _BAND * most).astype(np.int8), [0]))))
    cores = list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
    limits = [0, *((a[1] + b[0]) // 2 for a, b in pairwise(cores)), len(profile)]
    out = []
    for (start, end), low, high in zip(cores, limits, limits[1:], strict=False):
        first, last = start, end
        while first > low and profile[first - 1] >= _EDGE * most:
            first -= 1
        while last < high and profile[last] >= _EDGE * most:
            last += 1
        out.append((first, last))
    return out


def _rectangle(contour: Any) -> tuple[tuple[float, float], tuple[float, float], float]:
    (x, y), (width, height), angle = cv2.minAreaRect(contour)
    return (x, y), (width, height), angle


def _score(
    probability: npt.NDArray[np.float32], center: tuple[float, float], size: tuple[float, float], angle: float
) -> float:
    points = cv2.boxPoints((center, size, angle))
    rows, columns = probability.shape
    xs, ys = points.T.tolist()
    left, right = (min(max(edge, 0), columns - 1) for edge in (math.floor(min(xs)), math.ceil(max(xs))))
    top, bottom = (min(max(edge, 0), rows - 1) for edge in (math.floor(min(ys)), math.ceil(max(ys))))
    mask = np.zeros((bottom - top + 1, right - left + 1), np.uint8)
    cv2.fillPoly(mask, [(points - (left, top)).astype(np.int32)], 1)
    return float(cv2.mean(probability[top : bottom + 1, left : right + 1], mask)[0])


def _quad(points: npt.NDArray[np.float32], ratio_x: float, ratio_y: float) -> Quad:
    scaled = [(float(x) * ratio_x, float(y) * ratio_y) for x, y in points]
    # Clockwise from some corner: the top is the side that runs most nearly to the right.
    sides = [(scaled[n], scaled[(n + 1) % 4]) for n in range(4)]
    runs = [(after[0] - before[0]) / max(math.dist(before, after), 1e-6) for before, after in sides]
    first = runs.index(max(runs))
    top_left, top_right, bottom_right, bottom_left = scaled[first:] + scaled[:first]
    width = max(math.dist(top_left, top_right), math.dist(bottom_left, bottom_right))
    height = max(math.dist(top_left, bottom_left), math.dist(top_right, bottom_right))
    tilt = math.degrees(math.atan2(top_right[1] - top_left[1], max(top_right[0] - top_left[0], 1e-6)))
    straight = abs(tilt) < _FLAT_DEGREES and abs(top_right[1] - top_left[1]) < 0.1 * height
    if straight:
        left = (top_left[0] + bottom_left[0]) / 2
        right = (top_right[0] + bottom_right[0]) / 2
        top = (top_left[1] + top_right[1]) / 2
        bottom = (bottom_left[1] + bottom_right[1]) / 2
        corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    else:
        corners = (top_left, top_right, bottom_right, bottom_left)
    return Quad(corners=corners, width=width, height=height, straight=straight)
