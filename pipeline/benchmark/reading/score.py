"""Character errors of pages and of whole sets, with intervals. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.benchmark.rates import plain
from pipeline.benchmark.reading.alignment import missing_of, ordered_errors, unordered_errors
from pipeline.benchmark.reading.reader import PageRead
from pipeline.benchmark.reading.truth import PageTruth

_LEADER = re.compile(r"[・.·‥]{4,}")
RESAMPLES = 2_000
"""Of the bootstrap: its 95 % interval then moves by less than a tenth of its width from seed to seed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageScore:
    """What one engine made of one page."""

    file: str
    characters: int
    """Printed ones, without white space."""
    unordered: int
    """Errors as a bag of characters."""
    ordered: int
    """Errors in reading order (edit distance)."""
    either: int | None = None
    """The same where blocks side by side may come in either order; None where nothing is known about blocks."""
    seconds: float = 0.0
    """Wall time of the whole page."""
    error: str | None = None
    """Code, where it could not be read."""

    @property
    def unordered_rate(self) -> float:
        """Errors over characters."""
        return self.unordered / max(self.characters, 1)

    @property
    def ordered_rate(self) -> float:
        """Errors over characters."""
        return self.ordered / max(self.characters, 1)

    @property
    def either_rate(self) -> float:
        """Errors over characters."""
        return (self.ordered if self.either is None else self.either) / max(self.characters, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A mean over pages with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One engine on one set. Every page counts the same, however much is printed on it."""

    pages: int
    unordered: Interval
    ordered: Interval
    either: Interval
    """With order, but blocks side by side may come in either one."""
    unordered_pooled: float
    """All errors over all characters: long pages count more."""
    ordered_pooled: float
    seconds_per_page: float


def score_page(truth: PageTruth, read: PageRead) -> PageScore:
    """Compare the text of a page, NFKC and without white space."""
    got = comparable(read.text)
    if truth.values:
        values = [_without_commas(plain(value)) for value in truth.values]
        missing = missing_of(values, _without_commas(got))
        return PageScore(
            file=truth.file,
            characters=sum(map(len, values)),
            unordered=missing,
            ordered=missing,
            seconds=read.seconds,
            error=read.error,
        )
    spoken = comparable(truth.spoken)
    ordered = ordered_errors(spoken, got, optional=truth.drawn)
    return PageScore(
        file=truth.file,
        characters=len(spoken),
        unordered=unordered_errors(spoken, got, optional=truth.drawn),
        ordered=ordered,
        either=_either(truth, got, ordered),
        seconds=read.seconds,
        error=read.error,
    )


def _either(truth: PageTruth, got: str, ordered: int) -> int:
    """Errors against the better order of blocks side by side: a pair is turned where that helps, the largest first."""
    characters = list(enumerate("".join(truth.spoken.split())))
    for first, middle, end in truth.beside:
        if not ordered:
            break
        places = [place for place, (number, _) in enumerate(characters) if first <= number < end]
        one = [c for c in characters if first <= c[0] < middle]
        other = [c for c in characters if middle <= c[0] < end]
        turned = characters.copy()
        for place, character in zip(places, (*other, *one), strict=True):
            turned[place] = character
        errors = ordered_errors(comparable("".join(c for _, c in turned)), got, optional=truth.drawn)
        if errors < ordered:
            characters, ordered = turned, errors
    return ordered


def comparable(text: str) -> str:
    """NFKC without white space; a leader (dots from a heading to its page number) is one sign, however long.

    A backslash is a yen sign: they share a code in JIS X 0201, tills print the one for the other, and which of them is
    seen depends on the font.
    """
    return _LEADER.sub("・", plain(text).replace("\\", "¥"))


def _without_commas(text: str) -> str:
    """Amounts are known as numbers and printed with commas."""
    return text.replace(",", "")


def summarised(pages: Sequence[PageScore]) -> Score:
    """A whole set."""
    characters = max(sum(p.characters for p in pages), 1)
    count = max(len(pages), 1)
    return Score(
        pages=len(pages),
        unordered=interval([p.unordered_rate for p in pages]),
        ordered=interval([p.ordered_rate for p in pages]),
        either=interval([p.either_rate for p in pages]),
        unordered_pooled=sum(p.unordered for p in pages) / characters,
        ordered_pooled=sum(p.ordered for p in pages) / characters,
        seconds_per_page=sum(p.seconds for p in pages) / count,
    )


def interval(values: Sequence[float], *, seed: int = 1) -> Interval:
    """Mean and bootstrap interval; of nothing, zero."""
    if not values:
        return Interval(mean=0.0, low=0.0, high=0.0)
    drawn = np.asarray(values, np.float64)
    chosen = np.random.default_rng(seed).integers(0, len(drawn), (RESAMPLES, len(drawn)))
    low, high = np.percentile(drawn[chosen].mean(axis=1), (2.5, 97.5))
    return Interval(mean=float(drawn.mean()), low=float(low), high=float(high))


def ratio_interval(ours: Sequence[float], theirs: Sequence[float], *, seed: int = 1) -> Interval:
    """Ratio of two means over the same pages, resampled together."""
    a, b = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
    if not len(a) or not b.sum():
        return Interval(mean=0.0, low=0.0, high=0.0)
    chosen = np.random.default_rng(seed).integers(0, len(a), (RESAMPLES, len(a)))
    ratios = a[chosen].mean(axis=1) / np.maximum(b[chosen].mean(axis=1), 1e-12)
    low, high = np.percentile(ratios, (2.5, 97.5))
    return Interval(mean=float(a.mean() / b.mean()), low=float(low), high=float(high))


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCalls:
    """Whole reading path against the summed time of its own engine calls, on the same pages in the same run."""

    pages: int
    seconds: float
    engine_seconds: float
    cpu_seconds: float
    engine_cpu_seconds: float
    reasons: dict[str, float]
    """Engine seconds by why the networks were called."""

    @property
    def ratio(self) -> float:
        """Wall time."""
        return self.seconds / self.engine_seconds if self.engine_seconds else 0.0

    @property
    def cpu_ratio(self) -> float:
        """Processor time: holds where the machine has other work, too."""
        return self.cpu_seconds / self.engine_cpu_seconds if self.engine_cpu_seconds else 0.0

    def share(self, reason: str) -> float:
        """Of the engine's time."""
        return self.reasons.get(reason, 0.0) / self.engine_seconds if self.engine_seconds else 0.0


def own_calls(reads: Sequence[PageRead]) -> OwnCalls:
    """Sum over pages."""
    reasons: dict[str, float] = {}
    for read in reads:
        for reason, spent in read.reasons.items():
            reasons[reason] = reasons.get(reason, 0.0) + spent
    return OwnCalls(
        pages=len(reads),
        seconds=sum(r.seconds for r in reads),
        engine_seconds=sum(r.engine_seconds for r in reads),
        cpu_seconds=sum(r.cpu_seconds for r in reads),
        engine_cpu_seconds=sum(r.engine_cpu_seconds for r in reads),
        reasons=reasons,
    )
