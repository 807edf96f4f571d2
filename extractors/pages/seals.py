"""Seal ink taken off the rendition, so that the name under a seal can be read. The original keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from domain.page import PixelArray

_REDDER = 35
"""Seal ink is this much stronger in red than in green and blue."""
_SIDE_SHARE = (0.022, 0.2)
"""Sides of a seal against the shorter side of the page: 5 to 40 mm on A4, up to 20 mm on a receipt."""
_ASPECT = 1.6
"""Seals are round or square; red print runs in rows and stays."""
_INK_SHARE = (0.12, 0.95)
"""How much of its square a seal's ink covers."""
_DARK = 0.72
"""Against the paper, through the red filter; darker is print."""
_MOST = 30


def lift_seals(pixels: PixelArray) -> PixelArray | None:
    """A copy without the ink of seals; None where there is none."""
    strongest = np.maximum(pixels[:, :, 1], pixels[:, :, 2])
    red = (cv2.subtract(pixels[:, :, 0], strongest) > _REDDER).astype(np.uint8)
    if not red.any():
        return None
    short = min(pixels.shape[:2])
    gap = max(3, round(0.006 * short))
    joined = cv2.morphologyEx(red, cv2.MORPH_CLOSE, np.ones((gap, gap), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    boxes = [tuple(int(v) for v in stats[n][:4]) for n in range(1, count) if _is_seal(stats[n], short)]
    if not boxes or len(boxes) > _MOST:
        return None
    out = pixels.copy()
    for left, top, width, height in boxes:
        part = out[top : top + height, left : left + width]
        inked = red[top : top + height, left : left + width].astype(bool)
        # Seen through a red filter the ink is nearly paper, and black print under it stays black.
        paper = np.percentile(part[:, :, 0], 90)
        light = part[:, :, 0].astype(np.float32)
        lifted = np.where(light > _DARK * paper, paper, light * (paper / (_DARK * paper)))
        part[inked] = np.clip(lifted, 0, 255).astype(np.uint8)[inked][:, None]
    return out


def _is_seal(stats: Any, short: int) -> bool:
    """``stats``: left, top, width, height and area of a component."""
    width, height, ink = int(stats[2]), int(stats[3]), int(stats[4])
    low, high = (share * short for share in _SIDE_SHARE)
    if not (low <= min(width, height) and max(width, height) <= high):
        return False
    share = ink / (width * height)
    return max(width, height) <= _ASPECT * min(width, height) and _INK_SHARE[0] <= share <= _INK_SHARE[1]
