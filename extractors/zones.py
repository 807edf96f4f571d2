"""What a level cut would run through: rows that share white from top to bottom, as columns side by side do.

Whether the two columns of such a zone are blocks of their own is asked of the networks that judge upright cuts. Where
they are, a level cut through the zone parts what belongs together, however well it follows white.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from extractors.columns import upright_measures
from extractors.region import Region, White
from extractors.stretches import COLUMN_GAP, Segment

Zone = tuple[float, ...]
"""Measures of the upright cut that would divide it."""
_WIDER = 1.3
"""A band that is wider than the cut's own by this factor ends the nearer zone: it would be cut first."""
_SLACK = 0.2
"""Letter heights that a band may be wider, all the same: boxes are drawn unevenly."""
_FURTHER = 4.0
"""Letter heights from a band within which its neighbours are looked at where white from top to bottom is looked for."""


class Zones:
    """The zones of one region, each measured once."""

    def __init__(self, region: Region) -> None:
        self._region = region
        self._known: dict[tuple[int, ...], Zone] = {}
        self._upwards = sorted(enumerate(region.down), key=lambda item: -item[1].low)

    def around(self, band: White, near: Sequence[Segment]) -> tuple[Zone | None, Zone | None]:
        """The whole zone that a band of white runs through, and the part of it between wider bands.

        Args:
            band: the cut's.
            near: stretches at its edges, from left to right.
        """
        least = COLUMN_GAP * self._region.height
        gutter = _widest(near, least) or _widest(self._further(band), least)
        if gutter is None:
            return None, None
        limit = _WIDER * band[0] + _SLACK * self._region.height
        return self._zone(band, gutter, float("inf")), self._zone(band, gutter, limit)

    def _further(self, band: White) -> list[Segment]:
        """Columns side by side have their rows at different heights: next to a band may be nothing but one of them."""
        down, number, reach = self._region.down, band[1], _FURTHER * self._region.height
        start = down[number].high
        end = start - band[0]
        found = [s for s in down[:number] if s.low > end - reach]
        found += [s for s in down[number:] if s.high < start + reach]
        return sorted(found, key=lambda s: s.left)

    def _zone(self, band: White, gutter: tuple[float, float], limit: float) -> Zone | None:
        down, number = self._region.down, band[1]
        least = COLUMN_GAP * self._region.height
        upwards = (segment for at, segment in self._upwards if at < number)
        above, gutter = _reached(upwards, gutter, least, limit, upwards=True)
        below, gutter = _reached(down[number:], gutter, least, limit, upwards=False)
        found = [*above, *below]
        middle = (gutter[0] + gutter[1]) / 2
        left = sum(s.right <= middle for s in found)
        if not 0 < left < len(found) or not above or not below:
            return None
        name = tuple(sorted(map(id, found)))
        if name not in self._known:
            zone = Region.of(found, self._region.ruling)
            white = next((w for w in zone.gutters if w[1] == left), None)
            if white is None:
                return None
            self._known[name] = upright_measures(zone, white)
        return self._known[name]


def _widest(near: Sequence[Segment], least: float) -> tuple[float, float] | None:
    best: tuple[float, float] | None = None
    reach = near[0].right
    for segment in near[1:]:
        if segment.left - reach > max(least, best[1] - best[0] if best else 0.0):
            best = reach, segment.left
        reach = max(reach, segment.right)
    return best


def _reached(
    stretches: Iterable[Segment], gutter: tuple[float, float], least: float, limit: float, *, upwards: bool
) -> tuple[list[Segment], tuple[float, float]]:
    """Stretches from a band on until one stands in the gutter or white wider than ``limit`` follows."""
    start, end = gutter
    found: list[Segment] = []
    reach: float | None = None
    for segment in stretches:
        near, far = (segment.low, segment.high) if upwards else (segment.high, segment.low)
        if reach is not None and abs(near - reach) > limit and ((near < reach) is upwards):
            break
        if segment.left + segment.right < start + end:
            narrowed = max(start, segment.right), end
        else:
            narrowed = start, min(end, segment.left)
        if narrowed[1] - narrowed[0] < least:
            break
        start, end = narrowed
        found.append(segment)
        reach = far if reach is None else (min(reach, far) if upwards else max(reach, far))
    return found, (start, end)
