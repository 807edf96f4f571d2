"""How far the confidence of fields can be believed: expected calibration error over bins of equal mass. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from domain.fields import FIELDS
from pipeline.benchmark.accuracy import Verdict
from pipeline.benchmark.exact import JudgedField
from pipeline.benchmark.rates import Rate, rate

BINS = 15
"""Equal-mass bins of the calibration error."""
ALL = "all"
"""Name of the curve over every field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Values of about the same confidence."""

    confidence: float
    """Mean, 0 to 1."""
    right: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """One field: confidence against truth."""

    field: str
    count: int
    expected_error: float
    """Distance between confidence and share of right values, weighed by count."""
    bins: tuple[Bin, ...]
    """The reliability curve, least sure first."""


def calibration(field: str, pairs: Sequence[tuple[float, bool]], *, bins: int = BINS) -> Calibration:
    """The reliability of (confidence, right) pairs; no pairs give no bins.

    Values of the same confidence stay in one bin: nothing but their outcome could tell them apart.
    """
    ordered = sorted(pairs, key=lambda pair: pair[0])
    count = len(ordered)
    edges = sorted({_end_of_ties(ordered, round(i * count / bins)) for i in range(bins + 1)})
    out: list[Bin] = []
    error = 0.0
    for start, stop in pairwise(edges):
        inside = ordered[start:stop]
        mean = sum(confidence for confidence, _ in inside) / len(inside)
        hits = sum(right for _, right in inside)
        out.append(Bin(confidence=mean, right=rate(hits, len(inside))))
        error += abs(mean - hits / len(inside)) * len(inside) / count
    return Calibration(field=field, count=count, expected_error=error, bins=tuple(out))


def _end_of_ties(ordered: Sequence[tuple[float, bool]], edge: int) -> int:
    while 0 < edge < len(ordered) and ordered[edge][0] == ordered[edge - 1][0]:
        edge += 1
    return edge


def calibrations(judged: Iterable[JudgedField]) -> tuple[Calibration, ...]:
    """Every field for which a value was read, then all together; what is missing makes no claim about a value."""
    pairs: dict[str, list[tuple[float, bool]]] = {}
    for row in judged:
        if row.verdict is not Verdict.MISSING:
            pairs.setdefault(row.field, []).append((row.confidence, row.verdict is Verdict.RIGHT))
    everything = [pair for found in pairs.values() for pair in found]
    out = [calibration(name, pairs[name]) for name in FIELDS if name in pairs]
    return (*out, calibration(ALL, everything)) if everything else ()
