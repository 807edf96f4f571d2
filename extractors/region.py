"""A region of a page, and the white in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from extractors.ruling import Ruling
from extractors.stretches import Segment

_NARROWEST = 0.4
"""White between columns, in letter heights: between words of a sentence it is narrower."""

White = tuple[float, int]
"""How wide it is, and how many stretches come before it."""


@dataclass(slots=True)
class Region:
    """Part of a page, with what is asked about it again and again."""

    segments: list[Segment]
    ruling: Ruling
    down: list[Segment]
    """From top to bottom."""
    across: list[Segment]
    """From left to right."""
    height: float
    """Of its letters."""
    left: float
    right: float
    top: float
    bottom: float
    gutters: list[White]
    """White between columns."""
    bands: list[White]
    """White between rows, from side to side."""
    leading: tuple[float, float]
    """White between lines that follow each other in a column: a third does not reach the first, half the second."""

    @classmethod
    def of(cls, segments: list[Segment], ruling: Ruling) -> Region:
        """A region with the rules that touch it."""
        left, right = min(s.left for s in segments), max(s.right for s in segments)
        top, bottom = min(s.high for s in segments), max(s.low for s in segments)
        down, across = sorted(segments, key=lambda s: s.high), sorted(segments, key=lambda s: s.left)
        height = median(s.height for s in segments)
        return cls(
            segments=segments,
            ruling=ruling.within(left, top, right, bottom),
            down=down,
            across=across,
            height=height,
            left=left,
            right=right,
            top=top,
            bottom=bottom,
            gutters=gutters_of(across, _NARROWEST * height),
            bands=_bands(down),
            leading=_leading(down),
        )

    def parts(self, places: Sequence[int], *, upright: bool) -> list[list[Segment]]:
        """The stretches between cuts."""
        ordered = self.across if upright else self.down
        ends = [0, *sorted(places), len(ordered)]
        return [ordered[a:b] for a, b in pairwise(ends)]


def gutters_of(across: Sequence[Segment], least: float) -> list[White]:
    """White at least so wide between stretches that come from left to right."""
    out: list[White] = []
    reach = across[0].right
    for number, segment in enumerate(across[1:], start=1):
        if segment.left - reach > least:
            out.append((segment.left - reach, number))
        reach = max(reach, segment.right)
    return out


def _bands(down: Sequence[Segment]) -> list[White]:
    out: list[White] = []
    reach = down[0].low
    for number, segment in enumerate(down[1:], start=1):
        if segment.high > reach:
            out.append((segment.high - reach, number))
        reach = max(reach, segment.low)
    return out


def _leading(down: Sequence[Segment]) -> tuple[float, float]:
    gaps = []
    for number, segment in enumerate(down):
        for other in down[number + 1 :]:
            if other.middle > segment.low and other.left < segment.right and other.right > segment.left:
                gaps.append(max(other.high - segment.low, 0.0))
                break
    gaps.sort()
    return (gaps[len(gaps) // 3], gaps[len(gaps) // 2]) if gaps else (0.0, 0.0)
