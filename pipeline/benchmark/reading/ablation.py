"""What each clean-up step and each engine choice brings: turned off one at a time, on the same pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.benchmark.reading.pool import EngineSpec, read_pages
from pipeline.benchmark.reading.score import Interval, PageScore, interval, score_page
from pipeline.benchmark.reading.switches import SWITCHES
from pipeline.benchmark.reading.truth import PageSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """Reading with one choice turned off; the first row has everything on."""

    name: str
    """Of the switch; empty for everything on."""
    unordered: tuple[tuple[str, float], ...]
    """(condition, mean error) in the order of the sets."""
    change: Interval
    """Error without it minus error with it, over all pages: above zero, it pays."""
    ordered_change: Interval
    cpu_seconds_per_page: float
    seconds_change: float
    """Share of processor time by which reading is slower (above zero) or quicker without it."""


def ablation(sets: Sequence[PageSet], *, workers: int, done: Callable[[int, int], None]) -> tuple[Without, ...]:
    """Everything on, and every switch off once; the same pages in the same order."""
    files = [pages.folder / page.file for pages in sets for page in pages.pages]
    rows = []
    whole: list[PageScore] = []
    whole_cpu = 0.0
    names = ("", *(switch.name for switch in SWITCHES))
    for number, name in enumerate(names, start=1):
        scores, cpu = _read(sets, files, EngineSpec(off=(name,) if name else ()), workers=workers)
        if not name:
            whole, whole_cpu = scores, cpu
        rows.append(
            Without(
                name=name,
                unordered=_by_set(sets, scores),
                change=_change([s.unordered_rate for s in scores], [s.unordered_rate for s in whole]),
                ordered_change=_change([s.ordered_rate for s in scores], [s.ordered_rate for s in whole]),
                cpu_seconds_per_page=cpu / max(len(files), 1),
                seconds_change=cpu / whole_cpu - 1 if whole_cpu else 0.0,
            )
        )
        done(number, len(names))
    return tuple(rows)


def _read(
    sets: Sequence[PageSet], files: Sequence[Path], spec: EngineSpec, *, workers: int
) -> tuple[list[PageScore], float]:
    reads = read_pages(spec, files, workers=workers).reads
    truths = [page for pages in sets for page in pages.pages]
    scores = [score_page(truth, read) for truth, read in zip(truths, reads, strict=True)]
    return scores, sum(read.cpu_seconds for read in reads)


def _by_set(sets: Sequence[PageSet], scores: Sequence[PageScore]) -> tuple[tuple[str, float], ...]:
    rest = iter(scores)
    rows = []
    for pages in sets:
        rates = [next(rest).unordered_rate for _ in pages.pages]
        rows.append((pages.name, sum(rates) / max(len(rates), 1)))
    return tuple(rows)


def _change(without: Sequence[float], everything: Sequence[float]) -> Interval:
    return interval(list(np.subtract(without, everything)))
