"""Where a region of a page can be cut in two, and what speaks for reading one part wholly before the other.

A cut is level (what is above is read first) or upright (what is left is read first). Whether it is right is judged by
measures of the white it runs through, of the rules along it and across it, and of how the two parts are aligned.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median

from extractors.columns import beside, upright_measures
from extractors.measures import ALIGNED, LABEL, log, share, short
from extractors.region import Region, White, gutters_of
from extractors.ruling import covered
from extractors.stretches import COLUMN_GAP, Segment
from extractors.zones import Zone, Zones

_FAR = 8.0
"""Letter heights beyond which white is white."""
_EDGE = 0.7
"""Stretches that end (or begin) within this many letter heights of a band stand at it."""


@dataclass(frozen=True, slots=True)
class Cut:
    """One way to divide a region."""

    upright: bool
    at: int
    """How many of the region's stretches, from the top or from the left, come first."""
    measures: tuple[float, ...]
    zones: tuple[Zone | None, ...] = ()
    """What a level cut runs through: ways to divide it upright instead."""


def cuts_of(region: Region) -> list[Cut]:
    """Every way to divide a region along white that runs from side to side."""
    found = [Cut(True, white[1], upright_measures(region, white)) for white in region.gutters]
    if region.bands:
        gutter = max(region.gutters, default=None)
        columns = beside(region, gutter)
        zones = Zones(region)
        for band in region.bands:
            measures = _level_measures(region, band, gutter) + columns
            found.append(Cut(False, band[1], measures, zones.around(band, _near(region, band))))
    return found


def _edges(region: Region, band: White) -> tuple[list[Segment], list[Segment]]:
    """Stretches that end, and those that begin, at a band."""
    above, below = region.down[: band[1]], region.down[band[1] :]
    end, start = max(s.low for s in above), below[0].high
    last = [s for s in above if s.low > end - _EDGE * region.height]
    return last, [s for s in below if s.high < start + _EDGE * region.height]


def _near(region: Region, band: White) -> list[Segment]:
    last, first = _edges(region, band)
    return sorted((*last, *first), key=lambda s: s.left)


def _level_measures(region: Region, band: White, gutter: White | None) -> tuple[float, ...]:
    """What speaks for and against reading all that is above a band of white before what is below it."""
    white, number = band
    h, leading = region.height, region.leading
    above, below = region.down[:number], region.down[number:]
    end, start = max(s.low for s in above), below[0].high
    last, first = _edges(region, band)
    near = sorted((*last, *first), key=lambda s: s.left)
    width = max(region.right - region.left, 1.0)
    lows, highs = max(s.middle for s in last), min(s.middle for s in first)
    rules = [r for r in region.ruling.level if min(lows, end) < r.at < max(highs, start)]
    crossing = [r for r in region.ruling.upright if r.start < end and r.end > start]
    inner = [r for r in crossing if region.left + h < r.at < region.right - h]
    edges = [
        any(
            min(abs(a.left - b.left), abs(a.right - b.right), abs(a.left + a.right - b.left - b.right) / 2)
            < ALIGNED * h
            for a in last
        )
        for b in first
    ]
    own = _own_gaps(region, number, region.across[gutter[1]].left) if gutter else (white, white, 0.0)
    above_gap = max((g for g, _ in gutters_of(sorted(last, key=lambda s: s.left), COLUMN_GAP * h)), default=0.0)
    below_gap = max((g for g, _ in gutters_of(sorted(first, key=lambda s: s.left), COLUMN_GAP * h)), default=0.0)
    shared_gap, edge = max(((g, near[i].left) for g, i in gutters_of(near, COLUMN_GAP * h)), default=(0.0, 0.0))
    side = _own_gaps(region, number, edge) if shared_gap else (white, white, 0.0)
    return (
        short(white / h),
        short((white - leading[0]) / h),
        short((white - leading[1]) / h),
        white / max(w for w, _ in region.bands),
        log(len(region.bands)),
        short(own[0] / h),
        short((own[0] - leading[0]) / h),
        short(own[1] / h),
        own[2],
        float(gutter is not None),
        log(gutter[0] / h) if gutter else 0.0,
        log(above_gap / h),
        log(below_gap / h),
        log(shared_gap / h),
        log(len(last)),
        log(len(first)),
        share(edges),
        covered(rules, region.left, region.right),
        log(len(inner)),
        float(len(crossing) > len(inner)),
        log(len(above)),
        log(len(below)),
        log(end - region.top) - log(region.bottom - start),
        short(math.log(median(s.height for s in last) / median(s.height for s in first))),
        share([s.value for s in last]),
        share([s.value for s in first]),
        (max(s.right for s in last) - min(s.left for s in last)) / width,
        (max(s.right for s in first) - min(s.left for s in first)) / width,
        log(width / h) - 3,
        share([len(s.text) <= LABEL for s in last]),
        share([len(s.text) <= LABEL for s in first]),
        float(len(last) == len(first)),
        short((min(s.left for s in first) - min(s.left for s in last)) / h),
        short(side[0] / h),
        short((side[0] - leading[0]) / h),
        short(side[1] / h),
        side[2],
        *_steps(region, last, first, above, below),
        share([s.figures for s in last]),
        share([s.figures for s in first]),
        share([s.address for s in last]),
        share([s.address for s in first]),
        share([s.labelled for s in last]),
        share([s.labelled for s in first]),
    )


def _steps(
    region: Region, last: list[Segment], first: list[Segment], above: list[Segment], below: list[Segment]
) -> tuple[float, ...]:
    """How the rows beside a level cut stand to each other, and how far each is from what follows in its own column."""
    h, width = region.height, max(region.right - region.left, 1.0)
    start, end = min(s.left for s in last), max(s.right for s in last)
    begin, stop = min(s.left for s in first), max(s.right for s in first)
    under = [s.high for s in below if s.left < end and s.right > start]
    over = [s.low for s in above if s.left < stop and s.right > begin]
    down = (min(under) - max(s.low for s in last)) / h if under else _FAR
    up = (min(s.high for s in first) - max(over)) / h if over else _FAR
    return (
        (min(end, stop) - max(start, begin)) / width,
        (begin + stop - start - end) / 2 / width,
        short(down, _FAR),
        short(up, _FAR),
        float(not under),
        float(not over),
        float(region.right - end < ALIGNED * h),
        float(region.right - stop < ALIGNED * h),
        float(start - region.left < ALIGNED * h),
        float(begin - region.left < ALIGNED * h),
    )


def _own_gaps(region: Region, number: int, edge: float) -> tuple[float, float, float]:
    """The white of a band within the columns beside a gutter: least, most; and whether both have a part in it."""
    gaps = []
    for side in (True, False):
        ends = [s.low for s in region.down[:number] if (s.left < edge) is side]
        starts = [s.high for s in region.down[number:] if (s.left < edge) is side]
        if ends and starts:
            gaps.append(min(starts) - max(ends))
    if not gaps:
        return 6 * region.height, 6 * region.height, 0.0
    return min(gaps), max(gaps), float(len(gaps) - 1)
