"""Light lines across the whole picture: dust under a scanner's lamp, dots of a print head that no longer print.

A line one to three pixels thin that is lighter than both sides from end to end is no print. What stood there is put
together from both sides of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from extractors.pages.clean.reduced import grey_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from domain.page import PixelArray

_SAMPLES = 96
"""Lines across that are looked at."""
_WIDEST = 3
"""Pixels."""
_LIGHTER = 2
"""Levels by which a streak is lighter than both its sides, at least half of its length;"""
_SHARE = 0.6
"""and it is lighter at all for so much of it. Of grain, a third of a line is."""
_RIM = 0.01
"""Of the picture's width, where the edge of the paper lies beside its own."""


def without_streaks(pixels: PixelArray) -> PixelArray | None:
    """The page with light lines filled from both sides; None where there are none."""
    height, width = pixels.shape[:2]
    if min(height, width) < _SAMPLES:
        return None
    rows = _streaks(cv2.transpose(grey_of(np.ascontiguousarray(pixels[:, :: _step(width)]))))
    filled = _filled(pixels.swapaxes(0, 1), rows).swapaxes(0, 1) if rows else pixels
    columns = _streaks(grey_of(np.ascontiguousarray(filled[:: _step(height)])))
    filled = _filled(filled, columns) if columns else filled
    return None if filled is pixels else np.ascontiguousarray(filled)


def _step(lines: int) -> int:
    """From one line that is looked at to the next: an odd number falls on every phase of stripes."""
    return lines // _SAMPLES | 1


def _streaks(looked_at: npt.NDArray[Any]) -> list[tuple[int, int]]:
    """Columns that are lighter than both sides from top to bottom: the last before and the first behind each streak.

    ``looked_at``: some rows, grey.
    """
    count, width = looked_at.shape
    light = np.zeros(width, bool)
    for reach in range(1, _WIDEST + 1):
        beside = cv2.max(looked_at[:, : -2 * reach], looked_at[:, 2 * reach :])
        above = cv2.subtract(looked_at[:, reach:-reach], beside)
        mostly = np.flatnonzero(np.count_nonzero(above, axis=0) > _SHARE * count)
        if len(mostly):
            light[mostly + reach] |= np.median(above[:, mostly], axis=0) >= _LIGHTER
    edges = np.flatnonzero(np.diff(light.astype(np.int8), prepend=0, append=0))
    runs = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    rim = max(1, round(_RIM * width))
    return [(start - 1, end) for start, end in runs if end - start <= _WIDEST and rim <= start and end <= width - rim]


def _filled(pixels: PixelArray, streaks: list[tuple[int, int]]) -> PixelArray:
    """A copy with the columns between these two filled, the nearer side weighing more."""
    pixels = np.array(pixels)
    for before, behind in streaks:
        left, right = pixels[:, before].astype(np.float32), pixels[:, behind].astype(np.float32)
        for column in range(before + 1, behind):
            share = (column - before) / (behind - before)
            pixels[:, column] = np.rint(left * (1 - share) + right * share).astype(np.uint8)
    return pixels
