"""Uneven light evened out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from extractors.pages.clean.reduced import grey_of, reduced

if TYPE_CHECKING:
    from domain.page import PixelArray

_COARSE_PX = 200
_DARK = 0.72
"""Light is uneven where the darkest part of the paper has less than this share of the brightest."""
_DARKEST = 64
"""Paper darker than this is brightened no further."""


def evened(pixels: PixelArray, small: PixelArray) -> PixelArray | None:
    """The page with its paper equally bright everywhere; ``small`` is a reduced copy of it."""
    grey, _ = reduced(grey_of(small), _COARSE_PX)
    paper = cv2.medianBlur(cv2.dilate(grey, np.ones((7, 7), np.uint8)), 21)
    low, high = (float(v) for v in np.percentile(paper, (5, 95)))
    if high <= 0 or low / high > _DARK:
        return None
    height, width = pixels.shape[:2]
    field = cv2.GaussianBlur(np.maximum(paper, _DARKEST), (0, 0), 5)
    field = cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR)
    same = field if pixels.ndim == 2 else cv2.merge([field, field, field])
    return np.asarray(cv2.divide(pixels, same, scale=high), np.uint8)
