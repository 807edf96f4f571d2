"""How true probabilities are: of all that was given 0.9, nine in ten should be right. Pure functions over counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

EDGES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 1.0)
"""Finer where it matters: nearly everything is read with more than 0.99."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityBin:
    """Everything whose probability lies in one range."""

    low: float
    """From here on."""
    high: float
    """To below here (the last one: including)."""
    count: int
    said: float
    """Mean probability; 0 where there is nothing."""
    right: float
    """Share that is right; 0 where there is nothing."""


def reliability(
    probabilities: Sequence[float], right: Sequence[bool], *, edges: Sequence[float] = EDGES
) -> tuple[ReliabilityBin, ...]:
    """The reliability curve: what was said against what was so, range by range."""
    out = []
    for low, high in pairwise(edges):
        last = high == edges[-1]
        inside = [
            (p, ok)
            for p, ok in zip(probabilities, right, strict=True)
            if low <= p and (p < high or (last and p <= high))
        ]
        count = len(inside)
        out.append(
            ReliabilityBin(
                low=low,
                high=high,
                count=count,
                said=sum(p for p, _ in inside) / count if count else 0.0,
                right=sum(ok for _, ok in inside) / count if count else 0.0,
            )
        )
    return tuple(out)


def calibration_error(bins: Sequence[ReliabilityBin]) -> float:
    """Expected calibration error: the mean distance between said and so, each range weighed by its count."""
    total = sum(found.count for found in bins)
    return sum(found.count * abs(found.said - found.right) for found in bins) / total if total else 0.0
