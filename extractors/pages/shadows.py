"""Where edges run, however faint: steps and lines that go on for some millimetres.

A white paper on a white lid differs from it by a shadow of a few levels. Along five millimetres it stands out of the
grain all the same, and around a paper it leaves no gap: so the lid is the ground that can be reached from the rim of
the picture without crossing an edge.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from cv2.typing import MatLike

    Mask: TypeAlias = npt.NDArray[np.uint8]
    Levels: TypeAlias = npt.NDArray[np.float32]

_PX_PER_MM = 2.0
_DIRECTIONS = 12
_LENGTH_PX = 10.0
_STEP_PX, _LINE_PX = 1.0, 0.7
_REACH_PX = 8
_LEAST_GRAIN = (0.25, 0.6)
"""Of brightness, and of colour: JPEG stores colour in larger blocks."""
_EDGE = 3.0
"""Times the middle response: grain stays under it."""
_LEAST_EDGE = 6.0
_MEDIAN_TO_SIGMA = 0.6745
_GAP_PX = 5
"""The lid reaches through no gap between edges that is narrower: two and a half millimetres."""
_RIM = 0.6
"""Of the picture's rim, what is lid: at least 0.78 on generated platens; of pages that fill the picture 0.58."""
_LARGE_MM, _RIM_BESIDE_SHEET = 330.0, 0.4
"""On glass larger than A4 a sheet that fills it from top to bottom leaves half of the rim."""
_PART, _SAME_TONE = 0.1, 2.0
"""Papers may part the lid: so large is another part of it beside the largest, and so little its tone differs."""
_SHORT_MM = 20.0
_LEFT_OUT = 0.01
"""Share of the print that may stand on what is smaller than a paper."""
_MARGIN_MM, _FOLLOWS_PRINT = 2.5, 0.6
"""Share of an outline with print so near to it: at most 0.01 of papers, at least 0.87 of tables and text."""


@cache
def _kernels() -> tuple[tuple[Levels, Levels], ...]:
    """For each direction what answers to a step in brightness, and what answers to a thin line."""
    y, x = np.mgrid[-_REACH_PX : _REACH_PX + 1, -_REACH_PX : _REACH_PX + 1].astype(np.float32)
    out = []
    for number in range(_DIRECTIONS):
        angle = np.pi * number / _DIRECTIONS
        along = x * np.cos(angle) + y * np.sin(angle)
        across = y * np.cos(angle) - x * np.sin(angle)
        window = np.exp(-((along / (_LENGTH_PX / 2.2)) ** 4))
        step = window * across * np.exp(-(across**2) / (2 * _STEP_PX**2))
        line = window * (1 - across**2 / _LINE_PX**2) * np.exp(-(across**2) / (2 * _LINE_PX**2))
        pair = [kernel - kernel.mean() for kernel in (step, line)]
        out.append(tuple(np.asarray(one / np.sqrt((one**2).sum()), np.float32) for one in pair))
    return tuple((step, line) for step, line in out)


def papers_within_shadows(picture: Mask, ink: Mask, px_per_mm: float) -> Mask | None:
    """1 where paper lies, half a millimetre more on all sides; None where no lid is seen around papers.

    Args:
        picture: grey levels or RGB.
        ink: 1 where print is, as large as the picture.
        px_per_mm: its scale.
    """
    scale = _PX_PER_MM / px_per_mm
    if min(picture.shape[:2]) * scale < 2 * _SHORT_MM:
        return None
    small = np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    lid = _lid(small)
    if lid is None:
        return None
    wide = cv2.dilate(lid, np.ones((_GAP_PX, _GAP_PX), np.uint8))
    papers = cv2.morphologyEx(1 - wide, cv2.MORPH_OPEN, np.ones((_GAP_PX, _GAP_PX), np.uint8))
    size = (picture.shape[1], picture.shape[0])
    whole = np.asarray(cv2.resize(papers * 255, size, interpolation=cv2.INTER_LINEAR) > 127, np.uint8)
    outlines = _large(whole, px_per_mm)
    if _printed_elsewhere(outlines, ink) > _LEFT_OUT or all(follows_print(one, ink, px_per_mm) for one in outlines):
        return None
    return whole


def _lid(small: Mask) -> Mask | None:
    """1 where ground can be reached from the rim without crossing an edge."""
    free = cv2.morphologyEx(
        1 - edges(small), cv2.MORPH_OPEN, np.ones((_GAP_PX, _GAP_PX), np.uint8), borderType=cv2.BORDER_REPLICATE
    )
    count, labels, stats, _ = cv2.connectedComponentsWithStats(np.asarray(free, np.uint8), connectivity=4)
    rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    area = np.where(np.bincount(rim, minlength=count) > 0, stats[:, cv2.CC_STAT_AREA], 0)
    area[0] = 0
    if not area.any():
        return None
    most = int(np.argmax(area))
    levels = small.reshape(*small.shape[:2], -1)
    tone = np.median(levels[labels == most], axis=0)
    chosen = np.zeros(count, np.uint8)
    for number in np.flatnonzero(area >= _PART * area[most]):
        chosen[number] = np.abs(np.median(levels[labels == number], axis=0) - tone).max() <= _SAME_TONE
    least = _RIM if max(small.shape[:2]) < _LARGE_MM * _PX_PER_MM else _RIM_BESIDE_SHEET
    return np.asarray(chosen[labels], np.uint8) if chosen[rim].mean() >= least else None


def _large(papers: Mask, px_per_mm: float) -> list[MatLike]:
    """Outlines of what is as large as a paper."""
    contours, _ = cv2.findContours(papers, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return [one for one in contours if min(cv2.minAreaRect(one)[1]) >= _SHORT_MM * px_per_mm]


def _printed_elsewhere(outlines: Sequence[MatLike], ink: Mask) -> float:
    """Share of the print that stands within none of these outlines."""
    large = np.zeros(ink.shape, np.uint8)
    cv2.drawContours(large, outlines, -1, 1, cv2.FILLED)
    total = int(ink.sum())
    return 1.0 - int((ink & large).sum()) / total if total else 1.0


def follows_print(outline: MatLike, ink: Mask, px_per_mm: float) -> bool:
    """Whether an outline follows print: it is that of a table or of lines of text, and the paper goes on around."""
    left, top, width, height = cv2.boundingRect(outline)
    part = ink[top : top + height, left : left + width]
    if not part.any():
        return False
    far = cv2.distanceTransform(np.asarray(1 - part, np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    beside = far[outline[:, 0, 1] - top, outline[:, 0, 0] - left] < _MARGIN_MM * px_per_mm
    return float(beside.mean()) > _FOLLOWS_PRINT


def edges(picture: Mask) -> Mask:
    """1 where an edge runs, on a picture of about two pixels per millimetre, grey or RGB."""
    level = picture.astype(np.float32)
    channels = [(level, True)]
    if level.ndim == 3:
        grey = level.mean(axis=2)
        channels = [(grey, True), (level[:, :, 2] - grey, False)]
    response = np.zeros(level.shape[:2], np.float32)
    for (channel, lines_too), least in zip(channels, _LEAST_GRAIN, strict=False):
        for step, line in _kernels():
            for kernel in (step, line) if lines_too else (step,):
                found = np.abs(cv2.filter2D(channel, cv2.CV_32F, kernel))
                grain = float(np.median(found[::4, ::4])) / _MEDIAN_TO_SIGMA
                np.maximum(response, found / max(grain, least), out=response)
    limit = max(_LEAST_EDGE, _EDGE * float(np.median(response)))
    return np.asarray(response > limit, np.uint8)
