"""Measures of an upright cut: are these two columns blocks of their own, or cells of the same rows?"""

from __future__ import annotations

import math
from bisect import bisect, bisect_left
from collections.abc import Sequence
from statistics import median

from extractors.measures import ALIGNED, LABEL, log, share, short
from extractors.region import Region, White
from extractors.ruling import covered
from extractors.stretches import Segment

_SAME_ROW = 0.35
"""Middles that differ by less than this share of the letter height stand on one row."""
_PROSE = 12
"""Characters of a line of prose, at least."""
_FULL_LINE = 0.9
"""Most lines of prose reach from side to side of their column."""


def _spread(values: Sequence[float], height: float) -> float:
    """Share of values that lie near the most frequent place."""
    ordered = sorted(values)
    best = max(bisect(ordered, v + ALIGNED * height) - i for i, v in enumerate(ordered))
    return best / len(ordered)


def upright_measures(region: Region, white: White) -> tuple[float, ...]:
    """What speaks for and against reading all that is left of a gutter before what is right of it."""
    wide, number = white
    h = region.height
    left, right = region.across[:number], region.across[number:]
    rows_left, rows_right = _rows(left), _rows(right)
    fewer, more = sorted((len(rows_left), len(rows_right)))
    pairs, apart = _pairs(rows_left, rows_right, h)
    edge_left, edge_right = max(s.right for s in left), min(s.left for s in right)
    middle = (edge_left + edge_right) / 2
    reach = (min(s.middle for s in region.segments), max(s.middle for s in region.segments))
    walls = [r for r in region.ruling.upright if edge_left - h / 2 < r.at < edge_right + h / 2]
    inside = [r for r in region.ruling.level if reach[0] < r.at < reach[1]]
    crossing = [r for r in inside if r.start < middle < r.end]
    beside = [r for r in inside if not r.start < middle < r.end]
    beginnings = [b[0] for _, b in pairs]
    left_edge, right_edge = [s.left for s in left], [s.left for s in right]
    widest_band = max((w for w, _ in region.bands), default=0.0)
    return (
        log(wide / h),
        wide / max(g for g, _ in region.gutters),
        log(len(region.gutters)),
        log(len(rows_left)),
        log(len(rows_right)),
        len(pairs) / fewer,
        len(pairs) / more,
        apart,
        share([s.value for s in beginnings]),
        log(sum(s.money for s in beginnings)),
        share([s.figures for s in right]),
        share([s.value for s in right]),
        share([s.value for s in left]),
        share([len(a[-1].text) <= LABEL and not a[-1].value for a, _ in pairs]),
        share([len(s.text) <= LABEL for s in left]),
        share([len(s.text) <= LABEL for s in right]),
        share([len(s.text) >= _PROSE for s in left]),
        share([len(s.text) >= _PROSE for s in right]),
        share([s.text.endswith((":", "：")) for s in left]),
        len(left) / len(rows_left) - 1,
        len(right) / len(rows_right) - 1,
        log(sum(len(b) > 1 and any(s.value for s in b) for _, b in pairs)),
        _spread(left_edge, h),
        _spread([s.right for s in left], h),
        _spread(right_edge, h),
        _spread([s.right for s in right], h),
        _full(left),
        _full(right),
        covered(walls, reach[0], reach[1]) if reach[1] > reach[0] else float(bool(walls)),
        log(len(crossing)),
        len(crossing) / max(more - 1, 1),
        log(len(beside)),
        short((min(s.high for s in right) - min(s.high for s in left)) / h),
        short((max(s.low for s in right) - max(s.low for s in left)) / h),
        short(math.log(median(s.height for s in left) / median(s.height for s in right))),
        log((edge_left - region.left) / h),
        log((region.right - edge_right) / h),
        short((widest_band - region.leading[0]) / h),
        log(len(region.bands)),
        float(any(s.lines for s in region.segments)),
        float(fewer == 1),
        float(more == 1),
        log(_before(right, left)),
        log(_before(left, right)),
        share([s.address for s in left]),
        share([s.address for s in right]),
        share([s.figures for s in left]),
        _level_with(left, right),
        _level_with(right, left),
        share([s.labelled for s in left]),
        share([s.labelled for s in right]),
        *_below(left, right, h),
        *_below(right, left, h),
    )


def beside(region: Region, gutter: White | None) -> tuple[float, ...]:
    """Shares of two columns that have something of the other beside them, and of their rows that stand level."""
    if gutter is None:
        return 0.0, 0.0, 0.0
    left, right, height = region.across[: gutter[1]], region.across[gutter[1] :], region.height
    rows_left, rows_right = _rows(left), _rows(right)
    pairs, _ = _pairs(rows_left, rows_right, height)
    return _level_with(left, right), _level_with(right, left), len(pairs) / min(len(rows_left), len(rows_right))


def _level_with(some: Sequence[Segment], others: Sequence[Segment]) -> float:
    starts: list[float] = []
    ends: list[float] = []
    for other in sorted(others, key=lambda o: o.high):
        if ends and other.high <= ends[-1]:
            ends[-1] = max(ends[-1], other.low)
        else:
            starts.append(other.high)
            ends.append(other.low)
    return share([(at := bisect_left(starts, s.low)) > 0 and ends[at - 1] > s.high for s in some])


def _before(some: Sequence[Segment], others: Sequence[Segment]) -> int:
    """How many stretches stand wholly above the first of the others."""
    top = min(s.high for s in others)
    return sum(s.low <= top for s in some)


def _below(some: Sequence[Segment], others: Sequence[Segment], height: float) -> tuple[float, ...]:
    """Of what stands wholly below the others: how much, most on one row, how much is labelled, the white above it."""
    foot = max(s.low for s in others)
    under = [s for s in some if s.high >= foot]
    if not under:
        return 0.0, 0.0, 0.0, 0.0
    rest = [s.low for s in some if s.high < foot]
    white = (min(s.high for s in under) - max(rest)) / height if rest else 0.0
    most = max(len(row) for row in _rows(under))
    return log(len(under)), log(most), share([s.labelled for s in under]), short(white)


def _full(column: Sequence[Segment]) -> float:
    """Share of lines that reach from side to side, as prose does."""
    width = max(s.right for s in column) - min(s.left for s in column)
    return share([s.right - s.left > _FULL_LINE * width for s in column])


def _rows(column: Sequence[Segment]) -> list[list[Segment]]:
    rows: dict[int, list[Segment]] = {}
    for segment in column:  # comes from left to right
        rows.setdefault(segment.row, []).append(segment)
    return list(rows.values())


def _pairs(
    left: Sequence[list[Segment]], right: Sequence[list[Segment]], height: float
) -> tuple[list[tuple[list[Segment], list[Segment]]], float]:
    """Rows of both columns that stand level; and how far, on average, a row stands from the nearest one beside it."""
    ordered = sorted(right, key=lambda other: other[0].middle)
    middles = [other[0].middle for other in ordered]
    pairs, total = [], 0.0
    for row in left:
        at = bisect(middles, row[-1].middle)
        near = min(ordered[max(at - 1, 0) : at + 1], key=lambda other: abs(other[0].middle - row[-1].middle))
        apart = abs(near[0].middle - row[-1].middle) / height
        total += min(apart, 1.0)
        if apart < _SAME_ROW:
            pairs.append((row, near))
    return pairs, total / len(left)
