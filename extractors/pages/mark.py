"""What is inked on a page, whatever scanned it: its mark, by which another picture of the same paper is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from domain.picture_mark import SIDE, mark_of
from extractors.pages.clean.reduced import grey_of, halved_towards

if TYPE_CHECKING:
    from domain.page import PixelArray

Ink: TypeAlias = npt.NDArray[np.float32]
"""Height × width, 0 (paper) to 1 (ink)."""

_SIDE_PX = 512
"""Longer side of what a mark is made of: print is grey on it, and rows of print are told apart."""
_GRID = 32
_SPREAD = 2.2
"""Standard deviations to each side of the middle of the ink that the grid covers: margins differ from scan to scan, the
ink does not. Of 1.8 and 2.2 the better on 60 development papers."""
_CAP = 1.5
"""Rows and columns count at most this many times the mean: one black edge must not move the grid."""
_PAPER_PX = 15
_NOISE = 16
"""Levels below the paper that are no ink yet: paper tone, grain, what shines through."""
_EDGE = 0.015
"""Part of the longer side along the edges that is left out: shadows of the lid."""
_RULE_PX = 50
"""Ink as long as this is a rule or a fold."""
_LEAST_INK = 0.0005
"""Share of the page that must be inked: an empty page has no mark, since all of them look the same."""
_BLACK = 95
"""Percentile of what is inked that counts as full ink: pens, printers and scanners differ."""
_FULL = 0.7


def picture_mark(pixels: PixelArray) -> str:
    """The mark of an upright page picture; empty where it shows nothing, or is too small to show anything."""
    try:
        return _mark(pixels)
    except cv2.error:
        return ""


def ink_of(pixels: PixelArray, *, side_px: int) -> Ink:
    """The ink of a page, its longer side of so many pixels; paper, light and shadows are taken away."""
    grey = grey_of(pixels)
    factor = side_px / max(grey.shape)
    size = (max(1, round(grey.shape[1] * factor)), max(1, round(grey.shape[0] * factor)))
    near = halved_towards(grey, size)
    small = cv2.resize(near, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    reach = np.ones((_PAPER_PX, _PAPER_PX), np.uint8)
    paper = cv2.blur(cv2.dilate(small, reach), (2 * _PAPER_PX + 1, 2 * _PAPER_PX + 1))
    ink = np.clip(paper - small - _NOISE, 0, None)
    edge = int(_EDGE * side_px)
    for border in (ink[:edge], ink[-edge:], ink[:, :edge], ink[:, -edge:]):
        border[:] = 0
    inked = ink[ink > 0]
    full = _FULL * float(np.percentile(inked, _BLACK)) if inked.size else 1.0
    return np.asarray(np.clip(ink / max(full, 1.0), 0, 1), np.float32)


def middle(ink: Ink) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Of columns, then of rows: the middle of the ink and its standard deviation; None where there is too little."""
    if float(ink.mean()) < _LEAST_INK:
        return None
    across, down = (_moments(ink.sum(axis=axis)) for axis in (0, 1))
    return (across, down) if min(across[1], down[1]) >= 1 else None


def _moments(sums: Ink) -> tuple[float, float]:
    capped = np.minimum(sums, _CAP * sums.mean())
    weights = capped / capped.sum()
    places = np.arange(len(sums))
    at = float((places * weights).sum())
    return at, float(np.sqrt((weights * (places - at) ** 2).sum()))


def _mark(pixels: PixelArray) -> str:
    if min(pixels.shape[:2]) < _GRID:
        return ""
    ink = ink_of(pixels, side_px=_SIDE_PX)
    rules = [
        cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(shape, np.uint8)) for shape in ((1, _RULE_PX), (_RULE_PX, 1))
    ]
    ink = np.asarray(np.maximum(ink - np.maximum(*rules), 0), np.float32)
    where = middle(ink)
    if where is None:
        return ""
    (x, wide), (y, high) = where
    step_x, step_y = 2 * _SPREAD * wide / _GRID, 2 * _SPREAD * high / _GRID
    soft = cv2.GaussianBlur(ink, (0, 0), sigmaX=max(step_x / 2, 0.1), sigmaY=max(step_y / 2, 0.1))
    centre = (_GRID - 1) / 2
    to_grid = np.array([(1 / step_x, 0, centre - x / step_x), (0, 1 / step_y, centre - y / step_y)], np.float32)
    grid = cv2.warpAffine(soft, to_grid, (_GRID, _GRID), flags=cv2.INTER_LINEAR)
    waves = cv2.dct(np.sqrt(np.maximum(np.asarray(grid, np.float32), 0)))[:SIDE, :SIDE]
    return mark_of(tuple(bool(wave > 0) for wave in waves.ravel()[1:]))
