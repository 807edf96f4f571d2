"""A lid that is seen: where what lies behind the papers is plainly darker than they are, all else is paper.

Then papers are told from the lid by tone, whatever is printed on them, and edges need to be looked for only where
papers touch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt
    from cv2.typing import MatLike

    Floats: TypeAlias = npt.NDArray[np.float64]
    Mask: TypeAlias = npt.NDArray[np.uint8]

_STROKE_MM = 1.6
"""Print up to this thickness is painted over."""
_WHITE_PERCENT = 90
_DARKER = 0.88
"""Share of the papers' tone: grey lids are at most 0.87, shaded paper is lighter."""
_AROUND = 14
"""Levels about the lid's most frequent tone that are surely lid: light falls unevenly, mats are coarse."""
_LEAST_SHARE, _LEAST_RIM = 0.03, 0.12
"""Of the picture, and of its rim: a grey field printed on a page seldom reaches its rim."""
_LIGHT_MM = 40.0
_LEAST_OFF, _OFF_SPREADS = 9.0, 4.0
"""Levels, and spreads of the lid's own tone, above which it is no longer lid."""
_TOWARDS_WHITE = 0.35
"""Of the way from the lid's tone to the papers': boards of a table differ from one another by less."""
_CHARACTER_MM = 1.2
_SPECK_MM = 2.0
_PAPER_MM = 20.0
"""A paper is at least this long both ways."""
_FILLS = 0.97
"""Share of the rectangle around it that a paper fills, torn and rounded corners included."""
_OTHER_LEVELS, _OTHER_SHARE, _BAND_MM = 25.0, 0.25, 2.0
"""So far from the lid's own tone at a place, over all colours, and so thick is what is no lid; shadows are thinner."""
_PRINT_OFF = 0.01
"""Share of the print that may lie on the lid: none on generated platens, at least 0.09 where the lid was mistaken."""


def papers_on_lid(grey: Mask, ink: Mask, px_per_mm: float) -> Mask | None:
    """1 where paper lies; None where no lid is seen that is darker than the papers, or where print lies on it."""
    side = 2 * round(_STROKE_MM * px_per_mm / 2) + 1
    ground = np.asarray(cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8)), np.uint8)
    count = np.bincount(ground.ravel(), minlength=256).astype(np.float64)
    white = int(np.searchsorted(np.cumsum(count), _WHITE_PERCENT / 100 * count.sum()))
    limit = round(_DARKER * white)
    if count[:limit].sum() < _LEAST_SHARE * count.sum():
        return None
    tone = int(np.argmax(np.convolve(count, np.ones(9), mode="same")[:limit]))
    near = np.asarray(np.abs(ground.astype(np.int16) - tone) <= _AROUND, np.uint8)
    if near.mean() < _LEAST_SHARE:
        return None
    expected = _evenly(ground, near, px_per_mm)
    spread = float((ground.astype(np.float32) - expected)[near > 0].std())
    brighter = expected * (1 + _TOWARDS_WHITE * (white / max(1.0, float(tone)) - 1))
    off = np.maximum(expected + max(_LEAST_OFF, _OFF_SPREADS * spread), brighter)
    off = np.minimum(off, 0.5 * (expected + white))
    lid = _joined_to_rim(np.asarray(ground < off, np.uint8))
    rim = np.concatenate([lid[0], lid[-1], lid[:, 0], lid[:, -1]])
    if lid.mean() < _LEAST_SHARE or rim.mean() < _LEAST_RIM:
        return None
    speck = 2 * round(_SPECK_MM * px_per_mm / 2) + 1
    papers = np.asarray(cv2.morphologyEx(1 - lid, cv2.MORPH_OPEN, np.ones((speck, speck), np.uint8)), np.uint8)
    reach = np.asarray(cv2.dilate(papers, np.ones((speck, speck), np.uint8)), np.uint8)
    off_paper = _strokes(np.asarray(ink & (1 - reach), np.uint8), px_per_mm)
    return papers if off_paper <= _PRINT_OFF * max(1, int(ink.sum())) else None


def _strokes(ink: Mask, px_per_mm: float) -> int:
    """Pixels of what may be characters: joints between boards are narrower."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    sides = stats[1:count, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].min(axis=1, initial=ink.size)
    return int(stats[1:count, cv2.CC_STAT_AREA][sides >= _CHARACTER_MM * px_per_mm].sum())


def rectangles_on_lid(papers: Mask, px_per_mm: float) -> list[Floats]:
    """Papers that lie apart from all others: rectangles that what is not lid fills, each 4 × 2 and clockwise."""
    found = []
    contours, _ = cv2.findContours(papers, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    for contour in contours:
        around = cv2.minAreaRect(contour)
        wide, high = around[1][0] + 1.0, around[1][1] + 1.0
        if min(wide, high) < _PAPER_MM * px_per_mm:
            continue
        if cv2.contourArea(contour) + cv2.arcLength(contour, closed=True) / 2 >= _FILLS * wide * high:
            found.append(np.asarray(cv2.boxPoints((around[0], (wide, high), around[2])), np.float64))
    return found


def holds_several(papers: Mask, px_per_mm: float) -> bool:
    """Whether what lies on the lid is more than one rectangle."""
    contours, _ = cv2.findContours(papers, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    large = sum(min(cv2.minAreaRect(contour)[1]) >= _PAPER_MM * px_per_mm for contour in contours)
    return large > 1 or large > len(rectangles_on_lid(papers, px_per_mm))


def something_beside(picture: Mask, papers: Mask, px_per_mm: float) -> bool:
    """Whether what was taken for lid beside a paper looks otherwise than the lid: a band printed to its very edge.

    Args:
        picture: grey levels or RGB.
        papers: 1 where paper lies.
        px_per_mm: the scale of both.
    """
    return bool(_bands(picture, papers, px_per_mm))


def with_bands(picture: Mask, papers: Mask, px_per_mm: float) -> Mask:
    """The papers, and what lies along them in a colour that is not the lid's: bands are as dark as some lids."""
    bands = _bands(picture, papers, px_per_mm)
    if not bands:
        return papers
    found = np.zeros(papers.shape, np.uint8)
    cv2.drawContours(found, bands, -1, 1, cv2.FILLED)
    # Between a band and its paper some pixels are of neither; nowhere else is anything joined.
    side = 2 * round(_SPECK_MM * px_per_mm / 2) + 1
    joined = np.asarray(cv2.morphologyEx(papers | found, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8)), np.uint8)
    reach = np.asarray(cv2.dilate(found, np.ones((side, side), np.uint8)), np.uint8)
    return np.asarray(papers | found | (joined & reach), np.uint8)


def _bands(picture: Mask, papers: Mask, px_per_mm: float) -> list[MatLike]:
    """Outlines of what lies along a paper and is no lid by its colour."""
    lid = np.asarray(1 - papers, np.uint8)
    far = np.zeros(papers.shape, np.float32)
    for channel in cv2.split(picture):
        expected = _evenly(np.asarray(channel, np.uint8), lid, px_per_mm)
        far += ((channel.astype(np.float32) - expected) / (_OTHER_LEVELS + _OTHER_SHARE * expected)) ** 2
    off = np.asarray(far > 1.0, np.uint8)
    thick, reach = (2 * round(size * px_per_mm / 2) + 1 for size in (_BAND_MM, 2 * _SPECK_MM))
    bands = cv2.morphologyEx(off & lid, cv2.MORPH_OPEN, np.ones((thick, thick), np.uint8))
    near = np.asarray(cv2.dilate(papers, np.ones((reach, reach), np.uint8)), np.uint8)
    contours, _ = cv2.findContours(np.asarray(bands, np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return [
        contour
        for contour in contours
        if max(cv2.minAreaRect(contour)[1]) >= _PAPER_MM * px_per_mm
        and bool(near[contour[:, 0, 1], contour[:, 0, 0]].any())
    ]


def _evenly(ground: Mask, near: Mask, px_per_mm: float) -> npt.NDArray[np.float32]:
    """The lid's tone at every place, as light falls on it."""
    step = max(1, round(px_per_mm))
    size = (max(1, ground.shape[1] // step), max(1, ground.shape[0] // step))
    share = cv2.resize(near.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    level = cv2.resize(ground.astype(np.float32) * near, size, interpolation=cv2.INTER_AREA)
    sigma = _LIGHT_MM * px_per_mm / step
    weight = cv2.GaussianBlur(share, (0, 0), sigma)
    overall = float(level.sum()) / max(float(share.sum()), 1e-6)
    mean = np.where(weight > 1e-3, cv2.GaussianBlur(level, (0, 0), sigma) / np.maximum(weight, 1e-3), overall)
    whole = (ground.shape[1], ground.shape[0])
    return np.asarray(cv2.resize(mean.astype(np.float32), whole, interpolation=cv2.INTER_LINEAR), np.float32)


def _joined_to_rim(dark: Mask) -> Mask:
    """The dark regions that reach the rim of the picture."""
    count, labels = cv2.connectedComponents(dark, connectivity=4)
    rim = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    kept = np.zeros(count, np.uint8)
    kept[rim] = 1
    kept[0] = 0
    return np.asarray(kept[labels], np.uint8)
