"""Rates with their uncertainty, and distances between texts. Pure."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from dataclasses import dataclass

import numpy as np

Z_95 = 1.959964
"""Normal quantile of a two-sided 95 % interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How often something happened, with its 95 % interval (Wilson)."""

    hits: int
    of: int
    low: float
    """Lower end, 0 to 1."""
    high: float
    """Upper end, 0 to 1."""

    @property
    def share(self) -> float | None:
        """0 to 1; None where nothing was judged."""
        return self.hits / self.of if self.of else None


def rate(hits: int, of: int) -> Rate:
    """A rate with its Wilson interval; of nothing, anything is possible."""
    if of == 0:
        return Rate(hits=0, of=0, low=0.0, high=1.0)
    share = hits / of
    spread = Z_95 * math.sqrt(share * (1 - share) / of + Z_95**2 / (4 * of**2))
    scale = 1 + Z_95**2 / of
    middle = share + Z_95**2 / (2 * of)
    return Rate(hits=hits, of=of, low=max(0.0, (middle - spread) / scale), high=min(1.0, (middle + spread) / scale))


def plain(text: str) -> str:
    """NFKC without white space: what two texts are compared by."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def edit_distance(first: str, second: str) -> int:
    """Levenshtein distance in characters."""
    if not first or not second:
        return len(first) + len(second)
    codes = np.frombuffer(second.encode("utf-32-le"), dtype=np.uint32)
    steps = np.arange(len(second) + 1, dtype=np.int64)
    row = steps.copy()
    for index, character in enumerate(first, start=1):
        best = np.empty_like(row)
        best[0] = index
        best[1:] = np.minimum(row[1:] + 1, row[:-1] + (codes != ord(character)))
        row = np.minimum.accumulate(best - steps) + steps
    return int(row[-1])


def character_error_rate(truth: str, read: str) -> float:
    """Edit distance over the length of the truth; columns read in another order count as errors."""
    expected = plain(truth)
    return edit_distance(expected, plain(read)) / max(len(expected), 1)


def unordered_error_rate(truth: str, read: str) -> float:
    """Characters missing or too many, whichever is more, over the length of the truth: blind to reading order."""
    expected, got = Counter(plain(truth)), Counter(plain(read))
    missing = sum((expected - got).values())
    extra = sum((got - expected).values())
    return max(missing, extra) / max(sum(expected.values()), 1)
