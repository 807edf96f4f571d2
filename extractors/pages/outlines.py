"""Rectangles of paper on a picture: straight edges found first, then rectangles whose four sides they support.

Everything is in pixels of a reduced picture of known scale. Edges of white paper on a white lid differ from it by a few
grey levels only; what makes them found is that they are straight and long.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from domain.page import PixelArray

    Floats: TypeAlias = npt.NDArray[np.float64]

_FLAT_SIGMA_MM = 1.5
_STRETCHES = (4.0, 10.0)
"""A difference of one grey level from the surroundings becomes this many: LSD needs a gradient of about five."""
_SHORTEST_MM = 5.0
"""Shorter stretches are strokes of characters."""
_QUICK_MM = 8.0
_QUICK_CORNERS = 500
"""For a first look: fewer and longer edges."""
_SAME_DEGREES = 1.5
_SQUARE_DEGREES = 2.0
_SAME_LINE_MM = 0.6
_TWIN_MM = 1.2
_BRIDGED_MM = 9.0
"""Stretches of one edge may be this far apart (print, shadow or another paper between them)."""
_CORNER_GAP_MM = 6.0
"""An edge may end this far from the corner (rounded, torn or curled)."""
_OUTSIDE = 0.85
"""What a stretch outside the picture counts: it cannot be seen, and nothing speaks against it."""
_ROUGH = 0.45
_ALIKE_MM = 1.6
_MAX_KEPT, _QUICK_KEPT = 400, 700
_STEPS, _QUICK_STEPS = 33, 13
_CELL_MM, _QUICK_CELL_MM = 0.8, 2.0
"""Rectangles whose corners differ by less are one."""
_MAX_LINES = 400
_MAX_CORNERS = 3000
_MAX_RECTANGLES = 6000
_SIDE_MM = (22.0, 430.0)
"""Shortest and longest side of a paper: a ticket stub, A3 with slack."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outline:
    """A rectangle that may be a paper's edge."""

    corners: Floats
    """4 × 2, clockwise on the picture."""
    support: tuple[float, ...]
    """Share of each side on which an edge was seen; parts outside the picture count as seen."""

    ends: float
    """Share of the sides' ends that are seen: a printed rule stops short of the paper's edge."""

    @property
    def strength(self) -> float:
        """Mean support of the sides, and of their ends."""
        return 0.6 * sum(self.support) / 4 + 0.4 * self.ends

    @property
    def degrees(self) -> float:
        """Tilt of its sides, -45 to 45."""
        return square_degrees(self.corners)

    @property
    def area(self) -> float:
        """In pixels."""
        return float(abs(cv2.contourArea(self.corners.astype(np.float32))))


def square_degrees(corners: Floats) -> float:
    """Tilt of a rectangle's sides, -45 to 45."""
    along = corners[1] - corners[0]
    return float((np.degrees(np.arctan2(along[1], along[0])) + 45) % 90 - 45)


def edges_seen(grey: PixelArray, rectangles: Floats, *, px_per_mm: float) -> Floats:
    """Share of each side of each rectangle along which brightness steps, n × 4."""
    return _seen(grey, rectangles, px_per_mm)[0]


def find_outlines(grey: PixelArray, *, px_per_mm: float, least_side: float, least_mean: float) -> list[Outline]:
    """Rectangles whose sides are supported by straight edges, the best supported first."""
    rectangles, support = _candidates(grey, px_per_mm, stretches=_STRETCHES)
    if not len(rectangles):
        return []
    rectangles, support = _best_of_alike(rectangles, support, px_per_mm)
    seen, ends = _seen(grey, rectangles, px_per_mm)
    support = np.maximum(support, seen)
    good = (support.min(axis=1) >= least_side) & (support.mean(axis=1) >= least_mean)
    order = np.argsort(-support.mean(axis=1))
    return [
        Outline(corners=rectangles[i], support=tuple(float(v) for v in support[i]), ends=float(ends[i]))
        for i in order
        if good[i]
    ]


def rough_rectangles(grey: PixelArray, *, px_per_mm: float) -> Floats:
    """Rectangles that may be papers, n × 4 × 2: quick, and far too many."""
    rectangles, support = _candidates(
        grey,
        px_per_mm,
        stretches=_STRETCHES[-1:],
        shortest_mm=_QUICK_MM,
        most=_QUICK_CORNERS,
        steps=_QUICK_STEPS,
        cell_mm=_QUICK_CELL_MM,
    )
    best: Floats = rectangles[np.argsort(-support.mean(axis=1), kind="stable")[:_QUICK_KEPT]]
    return best


def _candidates(
    grey: PixelArray,
    px_per_mm: float,
    *,
    stretches: tuple[float, ...],
    shortest_mm: float = _SHORTEST_MM,
    most: int = _MAX_CORNERS,
    steps: int = _STEPS,
    cell_mm: float = _CELL_MM,
) -> tuple[Floats, Floats]:
    """Rectangles between edges that were found, and the support of their sides."""
    nothing = np.zeros((0, 4, 2)), np.zeros((0, 4))
    segments = _segments(grey, px_per_mm, stretches, shortest_mm)
    if len(segments) < 4:
        return nothing
    lines = _merged(segments, px_per_mm)
    corners = _corners(lines, px_per_mm)[:most]
    rectangles = np.concatenate([_rectangles(corners, px_per_mm), _spanned(corners, px_per_mm)])
    if not len(rectangles):
        return nothing
    rectangles = _distinct(rectangles, cell_mm * px_per_mm)
    support = _support(rectangles, lines, grey.shape, px_per_mm, steps)
    rough = support.mean(axis=1) >= _ROUGH
    return rectangles[rough], support[rough]


def _segments(grey: PixelArray, px_per_mm: float, stretches: tuple[float, ...], shortest_mm: float) -> Floats:
    level = grey.astype(np.float32)
    flat = level - cv2.GaussianBlur(level, (0, 0), _FLAT_SIGMA_MM * px_per_mm)
    detector = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD, 0.8, 0.6, 2.0, 22.5, 0, 0.6)
    found = [detector.detect(np.clip(flat * stretch + 128, 0, 255).astype(np.uint8))[0] for stretch in stretches]
    segments = np.concatenate(
        [f.reshape(-1, 4).astype(np.float64) for f in found if f is not None] or [np.zeros((0, 4))]
    )
    length = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    long = length >= shortest_mm * px_per_mm
    kept: Floats = segments[long][np.argsort(-length[long])]
    return kept


def _merged(segments: Floats, px_per_mm: float) -> Floats:
    """Stretches of one straight edge joined, longest first."""
    segments = segments[: _MAX_LINES * 4]
    near, gap = _SAME_LINE_MM * px_per_mm, _BRIDGED_MM * px_per_mm
    free = np.ones(len(segments), bool)
    lines: list[npt.NDArray[np.float64]] = []
    for first in range(len(segments)):
        if not free[first]:
            continue
        seed = segments[first]
        free[first] = False
        members = [first]
        while True:
            start, end = seed[:2], seed[2:]
            along = (end - start) / max(float(np.hypot(*(end - start))), 1e-6)
            others = np.flatnonzero(free)
            offset = segments[others].reshape(-1, 2, 2) - start
            off = np.abs(offset @ np.array([-along[1], along[0]]))
            at = offset @ along
            reach = float((end - start) @ along)
            fits = (off < near).all(axis=1) & (at.min(axis=1) < reach + gap) & (at.max(axis=1) > -gap)
            chosen = others[fits]
            if not len(chosen):
                break
            free[chosen] = False
            members += chosen.tolist()
            seed = _fitted(segments[members])
        lines.append(seed)
    lines.sort(key=lambda s: -float(np.hypot(s[2] - s[0], s[3] - s[1])))
    return _without_twins(np.array(lines), px_per_mm)[:_MAX_LINES]


def _without_twins(lines: Floats, px_per_mm: float) -> Floats:
    """A thick line has two edges: the longer one stays."""
    near = _TWIN_MM * px_per_mm
    kept: list[int] = []
    for index, line in enumerate(lines):
        if kept:
            longer = lines[kept]
            start, end = longer[:, :2], longer[:, 2:]
            length = np.hypot(*(end - start).T)
            along = (end - start) / length[:, None]
            ends = line.reshape(2, 2)
            offset = ends[None, :, :] - start[:, None, :]
            at = np.einsum("mek,mk->me", offset, along)
            across = np.abs(offset[:, :, 0] * along[:, None, 1] - offset[:, :, 1] * along[:, None, 0])
            beside = (across.max(axis=1) < near) & (at.min(axis=1) > -near) & (at.max(axis=1) < length + near)
            if beside.any():
                continue
        kept.append(index)
    return lines[kept]


def _fitted(segments: Floats) -> npt.NDArray[np.float64]:
    """One segment along all of the given ones."""
    points = segments.reshape(-1, 2)
    length = np.repeat(np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1]), 2)
    middle = np.average(points, axis=0, weights=length)
    spread = (points - middle) * np.sqrt(length)[:, None]
    _, _, axes = np.linalg.svd(spread, full_matrices=False)
    at = (points - middle) @ axes[0]
    return np.concatenate([middle + axes[0] * at.min(), middle + axes[0] * at.max()])


def _corners(lines: Floats, px_per_mm: float) -> Floats:
    """Places where two edges meet squarely: x, y, direction along the first, along the second (unit vectors)."""
    start, end = lines[:, :2], lines[:, 2:]
    length = np.hypot(*(end - start).T)
    along = (end - start) / length[:, None]
    square = np.abs(along @ along.T) < np.sin(np.radians(_SQUARE_DEGREES))
    first, second = np.nonzero(np.triu(square, 1))
    cross = along[first, 0] * along[second, 1] - along[first, 1] * along[second, 0]
    between = start[second] - start[first]
    at_first = (between[:, 0] * along[second, 1] - between[:, 1] * along[second, 0]) / cross
    at_second = (between[:, 0] * along[first, 1] - between[:, 1] * along[first, 0]) / cross
    gap, least = _CORNER_GAP_MM * px_per_mm, 1.5 * _CORNER_GAP_MM * px_per_mm
    place = start[first] + along[first] * at_first[:, None]
    found: list[Floats] = []
    for sign_a in (1.0, -1.0):
        # What of the edge lies on this side of the corner, and how far from the corner it begins.
        reach_a = np.where(sign_a > 0, length[first] - at_first, at_first)
        gap_a = np.where(sign_a > 0, -at_first, at_first - length[first])
        for sign_b in (1.0, -1.0):
            reach_b = np.where(sign_b > 0, length[second] - at_second, at_second)
            gap_b = np.where(sign_b > 0, -at_second, at_second - length[second])
            fits = (gap_a < gap) & (gap_b < gap) & (reach_a > least) & (reach_b > least)
            weight = (
                np.minimum(reach_a, 400)
                + np.minimum(reach_b, 400)
                - 3 * np.maximum(gap_a, 0)
                - 3 * np.maximum(gap_b, 0)
            )
            found.append(
                np.column_stack([place, along[first] * sign_a, along[second] * sign_b, weight, reach_a, reach_b])[fits]
            )
    corners = np.concatenate(found)
    return corners[np.argsort(-corners[:, 6])[:_MAX_CORNERS]]


def _rectangles(corners: Floats, px_per_mm: float) -> Floats:
    """Rectangles between two corners that open towards each other; n × 4 × 2."""
    if len(corners) < 2:
        return np.zeros((0, 4, 2))
    place, first, second = corners[:, :2], corners[:, 2:4], corners[:, 4:6]
    low, high = (side * px_per_mm for side in _SIDE_MM)
    same = np.cos(np.radians(_SAME_DEGREES))
    out: list[Floats] = []
    for index in range(len(corners)):
        u, v = first[index], second[index]
        rest = slice(index + 1, None)
        to = place[rest] - place[index]
        wide, tall = to @ u, to @ v
        straight = (first[rest] @ u < -same) & (second[rest] @ v < -same)
        swapped = (first[rest] @ v < -same) & (second[rest] @ u < -same)
        fits = (straight | swapped) & (wide > low) & (tall > low) & (wide < high) & (tall < high)
        for other in np.flatnonzero(fits):
            a, c = place[index], place[index + 1 + other]
            b = a + u * wide[other]
            d = c - u * wide[other]
            ring = np.array([a, b, c, d])
            cross = u[0] * v[1] - u[1] * v[0]
            out.append(ring if cross > 0 else ring[[0, 3, 2, 1]])
        if len(out) > _MAX_RECTANGLES:
            break
    return np.array(out) if out else np.zeros((0, 4, 2))


def _spanned(corners: Floats, px_per_mm: float) -> Floats:
    """The rectangle that the two edges of a corner span."""
    low, high = (side * px_per_mm for side in _SIDE_MM)
    reach = corners[:, 7:9]
    fits = ((reach > low) & (reach < high)).all(axis=1)
    place, u, v = corners[fits, :2], corners[fits, 2:4], corners[fits, 4:6]
    across, down = u * reach[fits, :1], v * reach[fits, 1:]
    rings = np.stack([place, place + across, place + across + down, place + down], axis=1)
    turned = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0] < 0
    rings[turned] = rings[turned][:, [0, 3, 2, 1]]
    return rings


def _distinct(rectangles: Floats, cell: float) -> Floats:
    start = np.argmin(rectangles.sum(axis=2), axis=1)
    rolled = np.take_along_axis(rectangles, ((start[:, None] + np.arange(4)) % 4)[:, :, None], axis=1)
    _, first = np.unique(np.round(rolled.reshape(-1, 8) / cell), axis=0, return_index=True)
    return rolled[np.sort(first)]


def _best_of_alike(rectangles: Floats, support: Floats, px_per_mm: float) -> tuple[Floats, Floats]:
    """Of rectangles that differ by a millimetre or two the best supported."""
    left = np.argsort(-support.mean(axis=1))
    places = rectangles.reshape(-1, 8)
    kept: list[int] = []
    while len(left) and len(kept) < _MAX_KEPT:
        kept.append(int(left[0]))
        left = left[np.abs(places[left] - places[left[0]]).max(axis=1) >= _ALIKE_MM * px_per_mm]
    return rectangles[kept], support[kept]


def _seen(grey: PixelArray, rectangles: Floats, px_per_mm: float) -> tuple[Floats, Floats]:
    """Share of each side along which brightness steps, however faintly, measured over stretches of some millimetres."""
    level = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), 0.8)
    noise = max(0.3, float(np.median(np.abs(cv2.Laplacian(level, cv2.CV_32F)))))
    half = max(2, round(0.5 * px_per_mm))
    across = np.arange(-half - 1, half + 2)
    out, ends = np.zeros((len(rectangles), 4)), np.zeros(len(rectangles))
    limit = 3.0 * noise
    height, width = grey.shape[:2]
    window, zone, skip = max(5, round(5 * px_per_mm)), max(3, round(2.2 * px_per_mm)), round(0.4 * px_per_mm)
    for number, ring in enumerate(rectangles):
        sides = [_places(ring[side], ring[(side + 1) % 4], across) for side in range(4)]
        points = np.concatenate(sides)
        columns, rows_at = points[:, :, 0].astype(np.float32), points[:, :, 1].astype(np.float32)
        strips = cv2.remap(level, columns, rows_at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        middle = points[:, half + 1]
        beyond = (middle < 2).any(axis=1) | (middle[:, 0] > width - 3) | (middle[:, 1] > height - 3)
        first = 0
        for side, places in enumerate(sides):
            strip, outside = strips[first : first + len(places)], beyond[first : first + len(places)]
            first += len(places)
            smooth = cv2.blur(strip, (1, window), borderType=cv2.BORDER_REFLECT)
            step = np.abs(smooth[:, 2:] - smooth[:, :-2]).max(axis=1)
            out[number, side] = float(np.where(outside, _OUTSIDE, step > limit).mean())
            last = len(strip) - skip
            for rows in (slice(skip, skip + zone), slice(last - zone, last)):
                if outside[rows].any():
                    ends[number] += _OUTSIDE / 8
                    continue
                mean = strip[rows].mean(axis=0)
                end = np.abs(mean[2:] - mean[:-2]).max() > 1.5 * limit
                ends[number] += float(end) / 8
    return out, ends


def _places(start: Floats, end: Floats, across: npt.NDArray[np.int64]) -> Floats:
    """Places along a side and across it."""
    length = float(np.hypot(*(end - start)))
    toward = (end - start) / max(length, 1e-6)
    along = np.linspace(0.02 * length, 0.98 * length, max(8, round(length)))
    normal = np.array([-toward[1], toward[0]])
    return np.asarray((start + toward * along[:, None])[:, None, :] + across[None, :, None] * normal)


def _support(rectangles: Floats, lines: Floats, shape: tuple[int, ...], px_per_mm: float, count: int) -> Floats:
    """Share of each side of each rectangle that lies on an edge or outside the picture."""
    near = 2 * _SAME_LINE_MM * px_per_mm
    steps = np.linspace(0.02, 0.98, count)
    start, end = lines[:, :2], lines[:, 2:]
    length = np.hypot(*(end - start).T)
    along = (end - start) / length[:, None]
    normal = np.column_stack([-along[:, 1], along[:, 0]])
    height, width = shape[:2]
    out = np.zeros((len(rectangles), 4))
    for side in range(4):
        a, b = rectangles[:, side], rectangles[:, (side + 1) % 4]
        size = np.maximum(np.hypot(*(b - a).T), 1e-6)
        toward = (b - a) / size[:, None]
        off_a = a @ normal.T - (start * normal).sum(axis=1)
        off_b = b @ normal.T - (start * normal).sum(axis=1)
        parallel = np.abs(toward @ along.T) > np.cos(np.radians(2 * _SAME_DEGREES))
        rows, columns = np.nonzero(parallel & (np.minimum(np.abs(off_a), np.abs(off_b)) < 3 * near))
        first = ((start[columns] - a[rows]) * toward[rows]).sum(axis=1)
        last = ((end[columns] - a[rows]) * toward[rows]).sum(axis=1)
        low, high = np.minimum(first, last) - near, np.maximum(first, last) + near
        at = steps[None, :] * size[rows][:, None]
        offset = off_a[rows, columns][:, None] * (1 - steps) + off_b[rows, columns][:, None] * steps
        on_line = (np.abs(offset) < near) & (at > low[:, None]) & (at < high[:, None])
        seen = np.zeros((len(rectangles), count), bool)
        np.logical_or.at(seen, rows, on_line)
        points = a[:, None, :] + (b - a)[:, None, :] * steps[None, :, None]
        outside = (points < near).any(axis=2) | (points[:, :, 0] > width - near) | (points[:, :, 1] > height - near)
        out[:, side] = np.where(outside, _OUTSIDE, seen).mean(axis=1)
    return out
