"""Several papers scanned in one go: where each of them lies on the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np

from domain.geometry import Box
from extractors.pages.outlines import Outline, find_outlines, rough_rectangles

if TYPE_CHECKING:
    import numpy.typing as npt

    from domain.page import PixelArray

    Floats: TypeAlias = npt.NDArray[np.float64]
    Mask: TypeAlias = npt.NDArray[np.uint8]

_WORKING_DPI = 100.0
_WORKING_SIDE = 1800
_USUAL_SIDE_MM = 297.0
_QUICK_DPI = 50.0
_QUICK_SIDE_PX = 60
_QUICK_LEFT = 0.15
"""Share of the print outside of every rectangle: at most 0.08 on platens, at least 0.17 on most pages of generated
development scans."""
_WEAK = (0.3, 0.66)
"""Least support of one side, and of all."""
_SURE = 0.85
_SURE_ENDS = 0.7
_OTHER_TILT = 1.5
"""Degrees: what is printed on one sheet lies alike, papers rarely do."""
_OVERLAP = 0.15
_AROUND = 1.6
_NEARLY_AS_GOOD = 0.7
_WITHIN = 0.97
_MM_PER_INCH = 25.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One paper on the platen."""

    quad: tuple[tuple[float, float], ...]
    """Its outline in pixels of the picture, clockwise."""
    box: Box
    """Around the outline, inside the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Platen:
    """What lies on a page."""

    pieces: tuple[Piece, ...] = ()
    """Two or more papers in reading order; empty where the page is one document or it cannot be told."""
    doubtful: bool = False
    """It may hold several documents, and a person should look."""


def find_pieces(pixels: PixelArray, *, dpi: float = 0.0) -> Platen:
    """Papers on a picture of a page."""
    grey = pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    height, width = grey.shape
    known = dpi if 90 <= dpi <= 1200 else max(height, width) / _USUAL_SIDE_MM * _MM_PER_INCH
    scale = min(1.0, _WORKING_DPI / known, _WORKING_SIDE / max(height, width))
    if not _may_be_platen(grey, known):
        return Platen()
    small = np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    found, doubtful = _select(small, known * scale / _MM_PER_INCH)
    if len(found) < 2:
        return Platen(doubtful=doubtful)
    pieces = []
    for outline in found:
        quad = tuple((float(x) / scale, float(y) / scale) for x, y in outline.corners)
        xs, ys = [p[0] for p in quad], [p[1] for p in quad]
        box = Box(
            left=int(max(0, min(xs))),
            top=int(max(0, min(ys))),
            right=int(min(width, max(xs) + 1)),
            bottom=int(min(height, max(ys) + 1)),
        )
        pieces.append(Piece(quad=quad, box=box))
    return Platen(pieces=tuple(pieces))


def _may_be_platen(grey: Mask, dpi: float) -> bool:
    """A quick look: on a platen all print lies inside rectangles; the heading of an ordinary page does not."""
    scale = min(1.0, _QUICK_DPI / dpi)
    small = np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    if min(small.shape) < _QUICK_SIDE_PX:
        return False
    px_per_mm = dpi * scale / _MM_PER_INCH
    ink = _ink(small, px_per_mm)
    rectangles = rough_rectangles(small, px_per_mm=px_per_mm)
    if len(rectangles) < 2:
        return False
    left = ink.copy()
    for ring in rectangles:
        cv2.fillConvexPoly(left, ring.astype(np.int32), 0)
    rim = round(2 * px_per_mm)
    left[:rim] = left[-rim:] = left[:, :rim] = left[:, -rim:] = 0
    return int(left.sum()) <= _QUICK_LEFT * max(1, int(ink.sum()))


def _select(grey: Mask, px_per_mm: float) -> tuple[list[Outline], bool]:
    outlines = find_outlines(grey, px_per_mm=px_per_mm, least_side=_WEAK[0], least_mean=_WEAK[1])
    ink = _ink(grey, px_per_mm)
    side = round(1.5 * px_per_mm) * 2 + 1
    paper = np.asarray(cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8)), np.uint8)
    scored = [(_worth(outline, ink, paper, px_per_mm), outline) for outline in outlines]
    chosen = _joined(_disjoint([pair for pair in scored if pair[0] > 0]), px_per_mm)
    if len(chosen) < 2:
        return [], False
    left = ink.copy()
    for outline in chosen:
        cv2.fillConvexPoly(left, outline.corners.astype(np.int32), 0)
        cv2.polylines(left, [outline.corners.astype(np.int32)], True, 0, round(3.2 * px_per_mm))
    rim = round(2 * px_per_mm)
    left[:rim] = left[-rim:] = left[:, :rim] = left[:, -rim:] = 0
    if left.sum() > 0.01 * ink.sum():
        sure = [o.degrees for o in chosen if min(o.support) >= _SURE and o.ends >= _SURE_ENDS]
        return [], len(sure) > 1 and max(sure) - min(sure) > _OTHER_TILT
    return chosen, False


def _disjoint(scored: list[tuple[float, Outline]]) -> list[Outline]:
    """Rectangles that do not share area: the best ones, but several small ones before one that covers them worse."""
    scored = sorted(scored, key=lambda pair: -pair[0])
    chosen: list[Outline] = []
    for worth, outline in scored:
        if any(_shared(outline, other) >= _OVERLAP for other in chosen):
            continue
        rivals: list[tuple[float, Outline]] = []
        for other_worth, other in scored:
            if other is outline or _shared(outline, other) < _OVERLAP:
                continue
            if all(_shared(other, taken) < _OVERLAP for _, taken in rivals) and all(
                _shared(other, c) < _OVERLAP for c in chosen
            ):
                rivals.append((other_worth, other))
        if len(rivals) > 1 and sum(w for w, _ in rivals) > worth:
            continue
        chosen.append(_widest(worth, outline, scored, chosen))
    return chosen


def _widest(worth: float, outline: Outline, scored: list[tuple[float, Outline]], others: list[Outline]) -> Outline:
    """The paper around a printed frame or a part of it: seen a little less well, but around all of it."""
    best = outline
    for other_worth, other in scored:
        around = other.area > best.area and other.area < _AROUND * outline.area
        if not around or other_worth / other.area < _NEARLY_AS_GOOD * worth / outline.area:
            continue
        if _shared(outline, other) > _WITHIN and all(_shared(other, taken) < _OVERLAP for taken in others):
            best = other
    return best


def _joined(outlines: list[Outline], px_per_mm: float) -> list[Outline]:
    """Rectangles that share a whole side and lie alike are parts of one paper, which a printed rule divides."""
    left = list(outlines)
    index = 0
    while index < len(left):
        for other in left[index + 1 :]:
            whole = _union(left[index], other, px_per_mm)
            if whole is not None:
                left[index] = whole
                left.remove(other)
                break
        else:
            index += 1
    return left


def _union(first: Outline, second: Outline, px_per_mm: float) -> Outline | None:
    if abs(first.degrees - second.degrees) > 0.8:
        return None
    points = np.concatenate([first.corners, second.corners]).astype(np.float32)
    around = np.asarray(cv2.boxPoints(cv2.minAreaRect(points)), np.float64)
    slack = 2.0 * px_per_mm
    area = float(abs(cv2.contourArea(around.astype(np.float32))))
    longest = max(float(np.hypot(*(around[1] - around[0]))), float(np.hypot(*(around[2] - around[1]))))
    if area - first.area - second.area > slack * longest:
        return None
    return Outline(corners=around, support=first.support, ends=first.ends)


def _worth(outline: Outline, ink: Mask, paper: Mask, px_per_mm: float) -> float:
    """How well a rectangle would be a paper: seen edges, nothing but paper inside, no print across its edges."""
    low, high = (
        np.floor(outline.corners.min(axis=0)).astype(int) - 2,
        np.ceil(outline.corners.max(axis=0)).astype(int) + 3,
    )
    rows, columns = slice(max(0, low[1]), max(0, high[1])), slice(max(0, low[0]), max(0, high[0]))
    corners = outline.corners - np.array([columns.start, rows.start])
    mask = np.zeros_like(ink[rows, columns])
    if not mask.size:
        return 0.0
    cv2.fillConvexPoly(mask, corners.astype(np.int32), 1)
    worn = cv2.erode(mask, np.ones((3, 3), np.uint8), iterations=max(1, round(px_per_mm * 0.7)), borderValue=0)
    inner = np.asarray(worn, np.uint8)
    tones = paper[rows, columns][inner > 0]
    print_area = cv2.erode(mask, np.ones((3, 3), np.uint8), iterations=max(1, round(px_per_mm * 1.5)), borderValue=0)
    if len(tones) < 50 or int((ink[rows, columns] & np.asarray(print_area, np.uint8)).sum()) < 30:
        return 0.0
    dark, middle = np.percentile(tones[::7], (12, 60))
    if dark < 0.86 * middle:
        return 0.0
    inside = float(mask.sum())
    if inside < 0.6 * outline.area:
        return 0.0
    return float(inside * (outline.strength - 0.55 - 4 * _crossed(outline.corners, ink, px_per_mm)))


def _crossed(corners: Floats, ink: Mask, px_per_mm: float) -> float:
    """Share of the outline across which print runs."""
    centre = corners.mean(axis=0)
    both = []
    for side in range(4):
        a, b = corners[side], corners[(side + 1) % 4]
        steps = np.linspace(0.03, 0.97, max(8, round(float(np.hypot(*(b - a))))))[:, None]
        points = a + (b - a) * steps
        normal = np.array([-(b - a)[1], (b - a)[0]]) / max(float(np.hypot(*(b - a))), 1e-6)
        normal = normal if (centre - a) @ normal > 0 else -normal
        both.append(_at(ink, points + normal * 0.9 * px_per_mm) & _at(ink, points - normal * 0.9 * px_per_mm))
    return float(np.concatenate(both).mean())


def _at(mask: Mask, points: Floats) -> Mask:
    places = np.round(points).astype(int)
    inside = (places >= 0).all(axis=1) & (places[:, 0] < mask.shape[1]) & (places[:, 1] < mask.shape[0])
    out = np.zeros(len(points), np.uint8)
    out[inside] = mask[places[inside, 1], places[inside, 0]]
    return out


def _ink(grey: Mask, px_per_mm: float) -> Mask:
    side = round(1.5 * px_per_mm) * 2 + 1
    depth = cv2.subtract(cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8)), grey)
    return np.asarray(depth > 45, np.uint8)


def _shared(first: Outline, second: Outline) -> float:
    """Overlap as a share of the smaller one."""
    area, _ = cv2.intersectConvexConvex(first.corners.astype(np.float32), second.corners.astype(np.float32))
    return float(area) / max(1.0, min(first.area, second.area))
