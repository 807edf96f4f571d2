"""Rectangles on a picture, each a ring of four corners (4 × 2, clockwise): areas, sides, what lies on them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats: TypeAlias = npt.NDArray[np.float64]
    Flags: TypeAlias = npt.NDArray[np.bool_]


def area_of(corners: Floats) -> float:
    """In pixels."""
    return float(abs(cv2.contourArea(corners.astype(np.float32))))


def common_area(first: Floats, second: Floats) -> float:
    """In pixels."""
    return float(cv2.intersectConvexConvex(first.astype(np.float32), second.astype(np.float32))[0])


def shares(corners: Floats, *, least: float) -> Floats:
    """Overlaps, n × n, each as a share of the smaller one; those under ``least`` may be given as 0."""
    areas = np.array([area_of(one) for one in corners])
    low, high = corners.min(axis=1), corners.max(axis=1)
    near = np.minimum(high[:, None], high[None]) - np.maximum(low[:, None], low[None])
    most = np.maximum(near, 0.0).prod(axis=2) / np.minimum(areas[:, None], areas[None])
    out = np.eye(len(corners))
    for first, second in np.argwhere(np.triu(most >= least, 1)):
        common = common_area(corners[first], corners[second]) / max(1.0, min(areas[first], areas[second]))
        out[first, second] = out[second, first] = common
    return out


def sides(corners: Floats) -> Iterator[tuple[Floats, Floats]]:
    """Start and end of each."""
    return zip(corners, np.roll(corners, -1, axis=0), strict=True)


def facing(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """The side of the first that lies nearest to the second."""
    centre = second.mean(axis=0)
    return min(sides(first), key=lambda side: float(np.hypot(*((side[0] + side[1]) / 2 - centre))))


def strip_beyond(paper: Floats, side: int, far: float) -> Floats:
    """What lies beyond a side, so far; the side first."""
    a, b, c = paper[side], paper[(side + 1) % 4], paper[(side + 2) % 4]
    out = (b - c) / max(float(np.hypot(*(b - c))), 1e-6) * far
    return np.array([a, b, b + out, a + out])


def lie_on(corners: Floats, points: Floats, slack_px: float) -> Flags:
    """Which points (m)  lie on which rectangles (n), n × m."""
    along = np.roll(corners, -1, axis=1) - corners
    normal = np.stack([-along[:, :, 1], along[:, :, 0]], axis=2)
    normal /= np.maximum(np.hypot(normal[:, :, 0], normal[:, :, 1]), 1e-6)[:, :, None]
    turned = along[:, 0, 0] * along[:, 1, 1] - along[:, 0, 1] * along[:, 1, 0] < 0
    normal[turned] = -normal[turned]
    inside = np.ones((len(corners), len(points)), bool)
    for side in range(4):
        limit = (corners[:, side] * normal[:, side]).sum(axis=1)[:, None] - slack_px
        inside &= normal[:, side] @ points.T > limit
    return inside
