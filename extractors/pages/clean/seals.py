"""Seal ink taken off the rendition, so that the name under a seal can be read. The original keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import cv2
import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from domain.page import PixelArray

    Mask: TypeAlias = npt.NDArray[np.uint8]

_RED, _BLUE = 0, 2
"""Colour channels: seen through its own one, an ink is nearly paper."""
_COLOURED = 35
"""Seal ink is this much stronger in its own colour than in the others,"""
_COLOURED_SMALL = 14
"""and this much on a reduced copy, where a stroke is mixed with paper."""
_SIDE_SHARE = (0.022, 0.2)
"""Sides of a seal against the shorter side of the page: 5 to 40 mm on A4, up to 20 mm on a receipt."""
_ASPECT = 1.6
"""Seals are round or square; coloured print runs in rows and stays, and so do stamped words."""
_INK_SHARE = (0.12, 0.95)
"""How much of its square a seal's ink covers."""
_SOLID = 0.6
"""A seal is made of strokes (they cover up to 0.45 of it); a box filled with colour has white print on it."""
_DARK = 0.72
"""Against the paper, through the filter; darker is print."""
_INK_LEVEL = 0.9
"""Blue inks are darker through their filter than red ones: what is not much darker than the ink is ink too."""
_MOST = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """Where a seal was pressed."""

    left: int
    top: int
    width: int
    height: int
    channel: int
    """The colour of its ink, as an index of RGB."""


def find_seals(small: PixelArray, factor: int) -> list[Seal]:
    """Seals on a reduced copy, in pixels of the page."""
    short = min(small.shape[:2])
    gap = max(3, round(0.006 * short) | 1)
    found: list[Seal] = []
    for channel in (_RED, _BLUE):
        ink = _inked(small, channel, _COLOURED_SMALL)
        if not ink.any():
            continue
        joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((gap, gap), np.uint8))
        count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
        for number in range(1, count):
            if _is_seal(stats[number], short):
                left, top, width, height = (int(v) * factor for v in stats[number][:4])
                found.append(Seal(left=left, top=top, width=width, height=height, channel=channel))
    return found


def lift_seals(pixels: PixelArray, small: PixelArray) -> PixelArray | None:
    """A copy without the ink of seals; None where there is none. ``small`` is a reduced copy of the page."""
    factor = max(1, round(pixels.shape[0] / max(small.shape[0], 1)))
    seals = find_seals(small, factor)
    if not seals or len(seals) > _MOST:
        return None
    out = pixels.copy()
    for seal in seals:
        edge = factor
        part = out[
            max(0, seal.top - edge) : seal.top + seal.height + edge,
            max(0, seal.left - edge) : seal.left + seal.width + edge,
        ]
        _lift(part, seal.channel)
    return out


def _inked(pixels: PixelArray, channel: int, least: int) -> Mask:
    others = [np.ascontiguousarray(pixels[:, :, n]) for n in (0, 1, 2) if n != channel]
    own = np.ascontiguousarray(pixels[:, :, channel])
    return np.asarray(cv2.subtract(own, cv2.max(*others)) > least, np.uint8)


def _lift(part: PixelArray, channel: int) -> None:
    """Take the ink off, in place: seen through a filter of its colour it is nearly paper, and print stays black."""
    inked = _inked(part, channel, _COLOURED).astype(bool)
    if not 0 < inked.mean() < _SOLID:
        return
    light = part[:, :, channel].astype(np.float32)
    paper = float(np.percentile(light, 90))
    dark = min(_DARK * paper, _INK_LEVEL * float(np.median(light[inked])))
    lifted = np.where(light > dark, paper, light * (paper / max(dark, 1.0)))
    part[inked] = np.clip(lifted, 0, 255).astype(np.uint8)[inked][:, None]


def _is_seal(stats: Any, short: int) -> bool:
    """``stats``: left, top, width, height and area of a component."""
    width, height, ink = int(stats[2]), int(stats[3]), int(stats[4])
    low, high = (share * short for share in _SIDE_SHARE)
    if not (low <= min(width, height) and max(width, height) <= high):
        return False
    share = ink / (width * height)
    return max(width, height) <= _ASPECT * min(width, height) and _INK_SHARE[0] <= share <= _INK_SHARE[1]
