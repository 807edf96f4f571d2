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
_LETTER_SHARE = 0.05
"""Letters of titles are up to 10 mm high on A4; two such in a row are print, larger ones where there are three."""
_LEVEL, _ALIKE, _NEAR = 0.25, 0.7, 5.0
"""Letters of a row: middles and heights differ by little of their height, and they stand this many heights apart."""
_LEAST_INK = 4
"""Coloured pixels of a reduced copy that make up a seal at the least, before its gaps are closed: fewer are grain."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Ink:
    """The ink of one seal by itself, black on white."""

    left: int
    top: int
    pixels: PixelArray


def find_seals(small: PixelArray, factor: int) -> list[Seal]:
    """Seals on a reduced copy, in pixels of the page."""
    short = min(small.shape[:2])
    gap = max(3, round(0.006 * short) | 1)
    found: list[Seal] = []
    for channel in (_RED, _BLUE):
        ink = np.asarray(_strength(small, channel) > _COLOURED_SMALL, np.uint8)
        if cv2.countNonZero(ink) < _LEAST_INK:
            continue
        joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((gap, gap), np.uint8))
        left, top, width, height = cv2.boundingRect(joined)
        around = joined[top : top + height, left : left + width]
        count, _, stats, _ = cv2.connectedComponentsWithStats(around, connectivity=8)
        stats[:, :2] += (left, top)
        boxes = [stats[number] for number in range(1, count) if _is_seal(stats[number], short)]
        for box in _without_letters(boxes, short):
            left, top, width, height = (int(v) * factor for v in box[:4])
            found.append(Seal(left=left, top=top, width=width, height=height, channel=channel))
    return found


def _without_letters(boxes: list[Any], short: int) -> list[Any]:
    """Without letters: those of a coloured title stand in a row and are equally high, those of a seal inside it."""
    kept = []
    for box in boxes:
        others = [other for other in boxes if other is not box]
        row = sum(1 for other in others if _in_a_row(box, other))
        alone = row < (1 if max(box[2], box[3]) < _LETTER_SHARE * short else 2)
        if alone and not any(_inside(box, other) for other in others):
            kept.append(box)
    return kept


def _inside(box: Any, other: Any) -> bool:
    across = other[0] <= box[0] and box[0] + box[2] <= other[0] + other[2]
    return bool(across and other[1] <= box[1] and box[1] + box[3] <= other[1] + other[3])


def _in_a_row(box: Any, other: Any) -> bool:
    height = float(max(box[3], other[3]))
    level = abs((2 * box[1] + box[3]) - (2 * other[1] + other[3])) <= _LEVEL * 2 * height
    near = abs((2 * box[0] + box[2]) - (2 * other[0] + other[2])) <= _NEAR * 2 * height
    return bool(level and near and min(box[3], other[3]) >= _ALIKE * height)


def lift_seals(pixels: PixelArray, small: PixelArray) -> tuple[PixelArray, tuple[Ink, ...]] | None:
    """A copy without the ink of seals, and the ink; None where there is none.

    ``small`` is a reduced copy of the page.
    """
    factor = max(1, round(pixels.shape[0] / max(small.shape[0], 1)))
    seals = find_seals(small, factor)
    if not seals or len(seals) > _MOST:
        return None
    out = pixels.copy()
    inks: list[Ink] = []
    for seal in seals:
        left, top = max(0, seal.left - factor), max(0, seal.top - factor)
        part = out[top : seal.top + seal.height + factor, left : seal.left + seal.width + factor]
        ink = _lift(part, seal.channel)
        if ink is not None:
            inks.append(Ink(left=left, top=top, pixels=ink))
    return (out, tuple(inks)) if inks else None


def _strength(pixels: PixelArray, channel: int) -> Mask:
    """By how much a colour is stronger than the others."""
    planes = cv2.split(pixels)
    others = [plane for number, plane in enumerate(planes) if number != channel]
    return np.asarray(cv2.subtract(planes[channel], cv2.max(*others)), np.uint8)


def _lift(part: PixelArray, channel: int) -> PixelArray | None:
    """Take the ink off, in place, and give it: through a filter of its colour it is nearly paper, print is black."""
    strength = _strength(part, channel)
    inked = strength > _COLOURED
    if not 0 < inked.mean() < _SOLID:
        return None
    light = part[:, :, channel].astype(np.float32)
    paper = float(np.percentile(light, 90))
    dark = min(_DARK * paper, _INK_LEVEL * float(np.median(light[inked])))
    lifted = np.where(light > dark, paper, light * (paper / max(dark, 1.0)))
    part[inked] = np.clip(lifted, 0, 255).astype(np.uint8)[inked][:, None]
    black = 255 - cv2.convertScaleAbs(strength, alpha=255 / max(float(np.median(strength[inked])), 1.0))
    return np.repeat(np.asarray(black, np.uint8)[:, :, None], 3, axis=2)


def _is_seal(stats: Any, short: int) -> bool:
    """``stats``: left, top, width, height and area of a component."""
    width, height, ink = int(stats[2]), int(stats[3]), int(stats[4])
    low, high = (share * short for share in _SIDE_SHARE)
    if not (low <= min(width, height) and max(width, height) <= high):
        return False
    share = ink / (width * height)
    return max(width, height) <= _ASPECT * min(width, height) and _INK_SHARE[0] <= share <= _INK_SHARE[1]
