"""A picture through a map of the plane that keeps straight lines straight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from domain.page import PixelArray


def warped(pixels: PixelArray, forward: npt.NDArray[np.float64], size: tuple[int, int]) -> PixelArray:
    """The picture at its new place; what lies beyond it looks like its edge.

    RGB goes as four channels: the same pixels in two thirds of the time.

    Args:
        pixels: grey or RGB.
        forward: maps old pixels to new ones, 3 × 3.
        size: width and height of what is given.
    """
    given = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_RGB2RGBA)
    out = cv2.warpPerspective(given, forward, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(out if pixels.ndim == 2 else cv2.cvtColor(out, cv2.COLOR_RGBA2RGB), np.uint8)
