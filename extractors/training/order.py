"""Learn which cuts are right from generated pages, and write ``extractors/order.npz``.

Run as ``python -m extractors.training.order`` (Chromium lays the pages out; some minutes on one core). The same seed
gives the same pages, and on the same machine the same file. ``--leave-out 0`` (1, 2) leaves every third family of
composed and varied pages out of the lessons and says how often the cuts made on those are right.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from extractors.cuts import Cut, cuts_of
from extractors.judge import WEIGHTS, Judge, Network, zone_measures
from extractors.order import CERTAIN
from extractors.region import Region
from extractors.training.network import Array, Lessons, fitted
from extractors.training.pages import TaughtPage, Told, taught
from extractors.zones import Zone

if TYPE_CHECKING:
    from extractors.stretches import Segment
    from samples.generator.layouts import Layout
    from samples.generator.placed import PlacedPage

SEED = 4
COMPOSED = 2_100
"""Pages put together from blocks."""
VARIED = 720
"""Pages of the varied layouts, each arranged anew."""
FORMS = 450
"""Pages of the development layouts."""
EPOCHS = 14
_ALL = 0.5
"""Share of regions that are divided at every right cut of one way at once, while nothing is learned yet."""
_PUT_RIGHT = 0.5
"""Share of wrong cuts that are exchanged for a right one, so that what lies behind them is seen, too."""
_PASSES = 1
"""Times that each page is gone through as the young judge goes, each time drawn otherwise."""
_FOLDS = 3


@dataclass(frozen=True, slots=True)
class _Lesson:
    """A cut with the truth about it."""

    upright: bool
    measures: Array
    zones: tuple[Array | None, ...]
    right: bool
    weight: float


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--composed", type=int, default=COMPOSED)
    parser.add_argument("--varied", type=int, default=VARIED)
    parser.add_argument("--forms", type=int, default=FORMS)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--leave-out", type=int, choices=range(_FOLDS))
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    asked = parser.parse_args(arguments)
    pages = list(_pages(seed=asked.seed, composed=asked.composed, varied=asked.varied, forms=asked.forms))
    left_out = _left_out({p.layout for p in pages[: asked.composed + asked.varied]}, asked.leave_out)
    judge = learned([p for p in pages if p.layout not in left_out], seed=asked.seed, epochs=asked.epochs)
    if left_out:
        shares = right_shares((p for p in pages if p.layout in left_out), judge, seed=asked.seed)
        sys.stdout.write(json.dumps(shares, indent=1) + "\n")
    else:
        judge.save(asked.out)
    return 0


def _left_out(names: set[str], fold: int | None) -> frozenset[str]:
    return frozenset() if fold is None else frozenset(sorted(names)[fold::_FOLDS])


def _pages(*, seed: int, composed: int, varied: int, forms: int) -> Iterator[PlacedPage]:
    """Layouts in turn."""
    from samples.generator import layouts  # noqa: PLC0415 - the generator only where pages are made
    from samples.generator.composed.layouts import COMPOSED as FAMILIES  # noqa: PLC0415
    from samples.generator.printer import Printer  # noqa: PLC0415
    from samples.generator.varied.layouts import VARIED_LAYOUTS  # noqa: PLC0415
    from samples.generator.vocabulary import DEVELOPMENT  # noqa: PLC0415

    with ExitStack() as stack:
        printer = stack.enter_context(Printer())

        def drawn(pool: Sequence[Layout], count: int) -> Iterator[PlacedPage]:
            for index in range(count):
                layout = pool[index % len(pool)]
                rng = random.Random(f"order {seed} {layout.name} {index}")  # noqa: S311 - repeatable, not secret
                facts = layout.make_facts(rng, DEVELOPMENT, rng.choice(layout.types))
                html = printer.html(facts, layout, fonts=layouts.GOTHIC + layouts.MINCHO, rng=rng)
                yield printer.placed(html, layout)

        yield from drawn(FAMILIES, composed)
        yield from drawn(VARIED_LAYOUTS, varied)
        yield from drawn(layouts.DEVELOPMENT, forms)


def learned(pages: Sequence[PlacedPage], *, seed: int, epochs: int) -> Judge:
    """A judge taught first on right ways through the pages, then also on the ways that it goes itself."""
    rng = random.Random(seed)  # noqa: S311 - repeatable, not secret
    lessons = [lesson for page in pages for lesson in _lessons(taught(page, rng), rng, None)]
    young = _judge(lessons, epochs=max(epochs // 2, 1), seed=seed)
    again = (page for _ in range(_PASSES) for page in pages)
    lessons += [lesson for page in again for lesson in _lessons(taught(page, rng), rng, young.chances)]
    return _judge(lessons, epochs=epochs, seed=seed)


def _judge(lessons: Sequence[_Lesson], *, epochs: int, seed: int) -> Judge:
    """Upright cuts are learned first: judges of level cuts ask about them."""
    upright = fitted(_measured([one for one in lessons if one.upright], None), epochs=epochs, seed=seed)
    level = fitted(_measured([one for one in lessons if not one.upright], upright), epochs=epochs, seed=seed)
    return Judge(level=level, upright=upright)


def _measured(lessons: Sequence[_Lesson], upright: Network | None) -> Lessons:
    measures = np.stack([one.measures for one in lessons])
    if upright is not None:
        measures = np.hstack([measures, zone_measures(upright, [one.zones for one in lessons])])
    return Lessons(
        measures,
        np.array([one.right for one in lessons], np.float32),
        np.array([one.weight for one in lessons], np.float32),
    )


def _lessons(
    page: TaughtPage | None, rng: random.Random, chances: Callable[[Sequence[Cut]], list[float]] | None
) -> Iterator[_Lesson]:
    """Every cut of the regions met on one way through a page."""
    waiting = [page.segments] if page else []
    while page and waiting:
        stretches = waiting.pop()
        if len(stretches) < 2:
            continue
        region = Region.of(stretches, page.ruling)
        cuts = cuts_of(region)
        right = _right(region, cuts, page.told)
        kept: dict[Zone, Array] = {}
        for cut, fact in zip(cuts, right, strict=True):
            yield _lesson(cut, kept, right=fact, weight=_weight(region, cut, page.told))
        if cuts:
            waiting += _next(region, cuts, right, rng, chances)


def _lesson(cut: Cut, kept: dict[Zone, Array], *, right: bool, weight: float) -> _Lesson:
    """In arrays: there are many, and several cuts of a region run through one zone."""
    zones = tuple(None if zone is None else kept.setdefault(zone, np.array(zone, np.float32)) for zone in cut.zones)
    return _Lesson(cut.upright, np.array(cut.measures, np.float32), zones, right, weight)


def _next(
    region: Region,
    cuts: list[Cut],
    right: list[bool],
    rng: random.Random,
    chances: Callable[[Sequence[Cut]], list[float]] | None,
) -> list[list[Segment]]:
    good = [cut for cut, fact in zip(cuts, right, strict=True) if fact]
    if chances is None:
        if not good:
            return []
        chosen = rng.choice(good)
        places = [chosen.at]
        if rng.random() < _ALL:
            places = [c.at for c in good if c.upright is chosen.upright]
        return region.parts(places, upright=chosen.upright)
    likely = dict(zip(map(id, cuts), chances(cuts), strict=True))
    chosen = max(cuts, key=lambda c: likely[id(c)])
    if good and chosen not in good and rng.random() < _PUT_RIGHT:
        chosen = max(good, key=lambda c: likely[id(c)])
    places = [c.at for c in cuts if c.upright is chosen.upright and (c is chosen or likely[id(c)] >= CERTAIN)]
    return region.parts(places, upright=chosen.upright)


def _right(region: Region, cuts: Sequence[Cut], told: dict[int, Told]) -> list[bool]:
    """Of every cut: all of the first part is spoken before any of the second."""
    ends: dict[bool, list[int]] = {}
    starts: dict[bool, list[int]] = {}
    for upright, ordered in ((True, region.across), (False, region.down)):
        ends[upright] = list(accumulate((told[id(s)].last for s in ordered), max))
        starts[upright] = list(accumulate((told[id(s)].first for s in reversed(ordered)), min))[::-1]
    return [ends[c.upright][c.at - 1] <= starts[c.upright][c.at] for c in cuts]


def _weight(region: Region, cut: Cut, told: dict[int, Told]) -> float:
    """What is read out of place where it is wrong: the root of the characters on the smaller side, and one for each."""
    first, second = (sum(told[id(s)].characters for s in part) for part in region.parts([cut.at], upright=cut.upright))
    return 1 + math.sqrt(min(first, second))


def right_shares(pages: Iterable[PlacedPage], judge: Judge, *, seed: int) -> dict[str, float]:
    """By layout: of the cuts that the judge likes best, the share that is right."""
    rng = random.Random(seed)  # noqa: S311 - repeatable, not secret
    counts: dict[str, list[bool]] = defaultdict(list)
    for page in pages:
        found = taught(page, rng)
        waiting = [found.segments] if found else []
        while found and waiting:
            stretches = waiting.pop()
            region = Region.of(stretches, found.ruling)
            cuts = cuts_of(region) if len(stretches) > 1 else []
            if not cuts:
                continue
            likely = judge.chances(cuts)
            best = likely.index(max(likely))
            counts[page.layout].append(_right(region, cuts, found.told)[best])
            waiting += region.parts([cuts[best].at], upright=cuts[best].upright)
    return {name: round(sum(facts) / len(facts), 4) for name, facts in sorted(counts.items())}


if __name__ == "__main__":
    sys.exit(main())
