"""How far the confidence of fields can be believed: expected calibration error over bins of equal mass. Pure.

Of few values, even a confidence that is exactly right shows an error, for each bin's share of right values is drawn by
chance. How large that error is follows from the confidences alone, and stands beside the one that was measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from domain.fields import FIELDS
from pipeline.benchmark.accuracy import Verdict
from pipeline.benchmark.exact import JudgedField
from pipeline.benchmark.rates import Rate, rate

BINS = 15
"""Equal-mass bins of the calibration error."""
ALL = "all"
"""Name of the curve over every field."""
_DRAWS = 1000
"""How often outcomes are drawn to see what chance alone does."""
_SEED = 15
_RANGE = (0.025, 0.975)
"""Quantiles of what chance does in 95 of 100 cases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """The calibration error that the same confidences would show if every one of them were exactly right."""

    mean: float
    low: float
    """Lower end of the range that holds 95 % of the errors."""
    high: float
    """Upper end: a measured error above it is more than chance."""


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
    by_chance: Chance
    """What that distance would be without any fault in the confidences."""
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
    groups = [ordered[start:stop] for start, stop in pairwise(edges)]
    for inside in groups:
        mean = sum(confidence for confidence, _ in inside) / len(inside)
        hits = sum(right for _, right in inside)
        out.append(Bin(confidence=mean, right=rate(hits, len(inside))))
        error += abs(mean - hits / len(inside)) * len(inside) / count
    chance = _by_chance([[confidence for confidence, _ in inside] for inside in groups])
    return Calibration(field=field, count=count, expected_error=error, by_chance=chance, bins=tuple(out))


def _by_chance(bins: Sequence[Sequence[float]]) -> Chance:
    """Errors of outcomes drawn from the confidences themselves, in the same bins; the same ones every time."""
    draw = np.random.default_rng(_SEED)
    count = sum(map(len, bins))
    errors = np.zeros(_DRAWS)
    for inside in bins:
        claimed = np.array(inside)
        shares = (draw.random((_DRAWS, len(inside))) < claimed).mean(axis=1)
        errors += np.abs(claimed.mean() - shares) * len(inside) / count
    low, high = np.quantile(errors, _RANGE)
    return Chance(mean=float(errors.mean()), low=float(low), high=float(high))


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
