"""Ruled lines of a page: thin, dark, long and level or upright."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from domain.geometry import Box
from extractors.pages.clean.reduced import GreyArray, grey_of, halved_towards

if TYPE_CHECKING:
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
_PASSED_OVER = 1.25
"""Pictures larger than so many times the wanted size have pixels that interpolation hardly looks at: each is mixed
with a neighbour first."""
_MOST_RULES = 2_000


def find_rules(pixels: PixelArray) -> tuple[Box, ...]:
    """Level and upright rules in pixels of the picture: level ones are wider than high."""
    height, width = pixels.shape[:2]
    if min(height, width) < 2 * _SHORTEST:
        return ()
    grey = grey_of(pixels)
    factor = max(1.0, max(height, width) / _LONGEST_SIDE)
    if factor > 1:
        grey = _shrunk(grey, (max(1, round(width / factor)), max(1, round(height / factor))))
    level = _level(grey, _SHORTEST)
    upright = [(top, left, bottom, right) for left, top, right, bottom in _level(_mirrored(grey), _LOWEST)]
    found = np.rint(np.asarray([*level, *upright][:_MOST_RULES], np.float64).reshape(-1, 4) * factor).astype(int)
    return tuple(Box(left=left, top=top, right=right, bottom=bottom) for left, top, right, bottom in found.tolist())


def _shrunk(grey: GreyArray, size: tuple[int, int]) -> GreyArray:
    """The picture at a smaller size, on which a rule one pixel wide stays dark: in a fifth of the time of averages."""
    near = grey
    if grey.shape[0] >= 2 * size[1]:
        near = halved_towards(np.asarray(cv2.erode(grey, np.ones((2, 2), np.uint8)), np.uint8), size)
    if near.shape[0] > _PASSED_OVER * size[1]:
        near = np.asarray(cv2.addWeighted(near[:-1, :-1], 0.5, near[1:, 1:], 0.5, 0), np.uint8)
    return np.asarray(cv2.resize(near, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _mirrored(grey: GreyArray) -> GreyArray:
    """Rows as columns."""
    return np.asarray(cv2.transpose(grey), np.uint8)


def _level(grey: GreyArray, shortest: int) -> list[tuple[int, int, int, int]]:
    depth = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, np.ones((_THICK, 1), np.uint8))
    _, dark = cv2.threshold(depth, _CONTRAST, 1, cv2.THRESH_BINARY)
    mask = cv2.dilate(dark, np.ones((2, 1), np.uint8))  # a slightly turned rule steps
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
