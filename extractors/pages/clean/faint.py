"""Print of the other side that shows through, and grain: taken off where it is clearly fainter than the print."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from extractors.pages.clean.reduced import counted, grey_of, reduced

if TYPE_CHECKING:
    from domain.page import PixelArray

_BLACK = 190
"""Depth of the darkest print below its paper; faded paper has at most 150, and there nothing is taken off."""
_FROM, _TO = 16, 72
"""Depths between which faint marks end: what shows through has 28 to 58."""
_RIM_FROM, _BETWEEN = 40, 128
"""Between these lies little but the rims of letters."""
_SOME = 0.003
"""Share of the page under faint marks; little print shining through covered 0.0045."""
_PRINT = 0.25
"""Dark marks against lighter ones at the least: 0.7 and more where the other side shines through."""
_BIN = 8
_MORE = 1.9
"""Marks of 16 to 40 against rims, per level: clean scans 1.1 to 1.5, pages with print shining through 2.1 to 6.5."""
_RIM = 1.3
"""Depths are faint up to where they are hardly more frequent than the rims of letters."""
_PAPER_PX = 300
_SAMPLED_PX = 1170
"""Depths are counted on every second pixel of 200 dpi A4, every third of 300 dpi."""


def without_faint(pixels: PixelArray) -> PixelArray | None:
    """The page without faint marks; None where there are hardly any, or where the print itself is faint."""
    step = max(2, round(max(pixels.shape[:2]) / _SAMPLED_PX))
    grey = np.ascontiguousarray(grey_of(pixels[::step])[:, ::step])
    if min(grey.shape) < _TO:
        return None
    coarse, _ = reduced(grey, _PAPER_PX)
    paper = cv2.blur(cv2.dilate(coarse, np.ones((9, 9), np.uint8)), (9, 9))
    wide = cv2.resize(paper, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    depths = counted(cv2.subtract(wide, grey))
    above = np.cumsum(depths[::-1])[::-1]
    black = int(np.searchsorted(-above, -0.05 * above[_BETWEEN // 2], side="right")) - 1
    rim = float(np.median(depths[_RIM_FROM:_BETWEEN].reshape(-1, _BIN).mean(axis=1)))  # tints are spikes in few bins
    if depths[_FROM:_RIM_FROM].sum() < _SOME * grey.size:
        return None
    if above[_BETWEEN] < _PRINT * (above[_FROM] - above[_BETWEEN]):
        return None  # the print itself is faint
    if black < _BLACK or depths[_FROM:_RIM_FROM].mean() < _MORE * rim:
        return None
    faint = next((d for d in range(_FROM + _BIN, _TO, 2) if depths[d : d + _BIN].mean() <= _RIM * rim), None)
    if faint is None:
        return None
    return _lifted(pixels, round(float(np.median(paper))), faint)


def _lifted(pixels: PixelArray, paper: int, faint: int) -> PixelArray:
    """Depths up to ``faint`` become paper; those up to twice that are stretched, deeper ones stay."""
    depth = paper - np.arange(256)
    stretched = np.clip((depth - faint) * 2, 0, None)
    kept = np.where(depth >= 2 * faint, depth, stretched)
    table = np.where(depth > 0, paper - kept, np.arange(256))
    return np.asarray(cv2.LUT(pixels, np.clip(table, 0, 255).astype(np.uint8)), np.uint8)
