"""Ruled lines of a page: thin, dark, long and level or upright."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from domain.geometry import Box

if TYPE_CHECKING:
    import numpy.typing as npt

    from domain.page import PixelArray

_LONGEST_SIDE = 1400
"""Rules are looked for in a picture of this size: 120 dpi for A4."""
_THICK = 9
"""Thicker bars are areas, not rules (1.9 mm on A4)."""
_CONTRAST = 14
"""Levels by which a rule is darker than what lies beside it: hairlines of light grey on a clean scan have 20."""
_SHORTEST = 40
"""Pixels; longer than the strokes of letters (8 mm on A4)."""
_LOWEST = 26
"""Of an upright rule: a cell of one line (5.5 mm on A4)."""
_CROSSING = 4
"""Pixels that a crossing rule hides."""
_MOST_RULES = 2_000


def find_rules(pixels: PixelArray) -> tuple[Box, ...]:
    """Level and upright rules in pixels of the picture: level ones are wider than high."""
    height, width = pixels.shape[:2]
    if min(height, width) < 2 * _SHORTEST:
        return ()
    grey = pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    factor = max(height, width) / _LONGEST_SIDE
    if factor > 1:
        if factor >= 2:  # so that a rule one pixel wide stays dark
            grey = np.asarray(cv2.erode(grey, np.ones((2, 2), np.uint8)), np.uint8)
        size = (max(1, round(width / factor)), max(1, round(height / factor)))
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
    factor = max(factor, 1.0)
    level = _level(grey, _SHORTEST)
    upright = [(top, left, bottom, right) for left, top, right, bottom in _level(np.ascontiguousarray(grey.T), _LOWEST)]
    found = np.rint(np.asarray([*level, *upright][:_MOST_RULES], np.float64).reshape(-1, 4) * factor).astype(int)
    return tuple(Box(left=left, top=top, right=right, bottom=bottom) for left, top, right, bottom in found.tolist())


def _level(grey: npt.NDArray[np.uint8], shortest: int) -> list[tuple[int, int, int, int]]:
    dark = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, np.ones((_THICK, 1), np.uint8))
    mask = cv2.dilate((dark > _CONTRAST).astype(np.uint8), np.ones((2, 1), np.uint8))  # a slightly turned rule steps
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((1, _CROSSING), np.uint8))
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, shortest), np.uint8))
    mask = cv2.dilate(mask, np.ones((1, 5), np.uint8))
    outlines, nested = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if nested is None:
        return []
    boxes = [cv2.boundingRect(outline) for outline, links in zip(outlines, nested[0], strict=True) if links[3] < 0]
    return sorted(
        (left, top, left + width, top + height)
        for left, top, width, height in boxes
        if height <= _THICK + 2 and width >= shortest
    )
