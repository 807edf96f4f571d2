"""How often several receipts on one platen are cut apart right, and how often a page is cut that must stay whole.

A receipt is right where one cut, and that cut for it alone, holds all of its print and is about its own upright box:
at least nine tenths of what either covers is common to both. So a cut that takes much of another paper along is
wrong, one that loses a line is wrong, and so is one that divides a receipt. Where papers overlap, the upper one's
print counts whole and the lower one's box reaches under it: what lies covered cannot be read by anyone, but the cut
must hold all that is seen. Generated papers overlap by 3 millimetres at most, which blank margins take. Boxes of
tilted papers reach over their neighbours; that is not held against them. Empty backs need no cut and may have one.
A page on which one receipt is not found is left whole, and then all of its receipts count as wrong. Where cutting is
not certain, a person is asked: ``silent`` are the platens that are wrong and about which nobody is asked (the text of
the papers, which asks too, is not read here).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from extractors.pages.cutting import CutPage, cut_pages
from extractors.settings import ExtractorSettings
from pipeline.benchmark.rates import Rate, rate

if TYPE_CHECKING:
    import numpy.typing as npt

    from samples.generator.everyday import Papers
    from samples.generator.platen import LaidSlip, PlatenScan, Slip

LEAST_OVERLAP = 0.9
"""Intersection over union of the box that was cut and the paper's own box, blocks of a JPEG left out of account."""
_BLOCK_PX = 18
"""A JPEG is cut at the border of a block (16 pixels) after two pixels that decoders blend."""
_PASTED = 6
"""Every so many of them is a sheet with receipts glued on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatenFound:
    """One scan, judged."""

    name: str
    way: str
    """How the papers lie, or which scene it is."""
    receipts: int
    right: int
    """Receipts whose cut holds all of their print and little else than the paper."""
    pieces: int
    papers: int
    """Receipts and empty backs."""
    doubtful: bool
    """A person is asked to look, whether it was cut or left whole."""
    must_stay_whole: bool
    seconds: float
    """Processor time of finding and cutting."""

    @property
    def page_right(self) -> bool:
        """Every receipt right and nothing else cut.

        One receipt beside empty backs may be cut from them: reading leaves the page whole where only one cut says
        something.
        """
        if self.must_stay_whole:
            return self.pieces == 0 or self.papers == self.pieces > self.receipts
        return self.right == self.receipts <= self.pieces <= self.papers


@dataclass(frozen=True, slots=True, kw_only=True)
class Platens:
    """All scans."""

    receipts_right: Rate
    pages_right: Rate
    """Of the platens."""
    false_cuts: Rate
    """Of the pages that must stay whole (single receipts too)."""
    silent: Rate
    """Platens that are wrong, and about which nobody is asked."""
    asked: int
    """Platens that a person is asked about, cut or left whole."""
    seconds_per_platen: float
    seconds_per_single: float
    by_way: tuple[tuple[str, Rate], ...]
    """Of each way to lie, or each scene: scans that are right."""
    wrong: tuple[PlatenFound, ...]


def judge(scan: PlatenScan, *, settings: ExtractorSettings) -> PlatenFound:
    """Cut one scan and hold it against its truth."""
    started = time.process_time()
    pages = cut_pages(scan.content, media_type=scan.media_type, settings=settings)
    seconds = time.process_time() - started
    page = pages[0] if pages else None
    receipts = scan.receipts
    single = scan.way == "single" or len(receipts) < 2
    right = 0
    left = list(page.cuts) if page else []
    for slip in receipts if page else ():
        found = next((cut for cut in left if page and _right(slip, cut.region.as_list(), page)), None)
        if found is not None:
            left.remove(found)
            right += 1
    return PlatenFound(
        name=scan.name,
        way=scan.way,
        receipts=len(receipts),
        right=0 if single else right,
        pieces=len(page.cuts) if page else 0,
        papers=len(scan.slips),
        doubtful=page is not None and page.doubtful,
        must_stay_whole=single,
        seconds=seconds,
    )


def _right(slip: LaidSlip, cut: Sequence[int], page: CutPage) -> bool:
    """All print inside, and about the paper's own box (blocks of a JPEG reach a little further)."""
    corners = np.array(slip.corners)
    sides = (page.page.width_px, page.page.height_px)
    low, high = np.clip(corners.min(axis=0), 0, sides), np.clip(corners.max(axis=0), 0, sides)
    slack = 0.015 * max(page.page.dpi, 100.0)
    ink = slip.ink
    holds = (
        cut[0] <= ink[0] + slack and cut[1] <= ink[1] + slack and cut[2] >= ink[2] - slack and cut[3] >= ink[3] - slack
    )
    own = float(np.prod(high - low))
    cut_area = float((cut[2] - cut[0]) * (cut[3] - cut[1]))
    beyond = cut_area - _shared(cut, low - _BLOCK_PX, high + _BLOCK_PX)
    return bool(holds and _shared(cut, low, high) / (own + beyond) >= LEAST_OVERLAP)


def _shared(cut: Sequence[int], low: npt.NDArray[np.float64], high: npt.NDArray[np.float64]) -> float:
    wide = min(cut[2], high[0]) - max(cut[0], low[0])
    tall = min(cut[3], high[1]) - max(cut[1], low[1])
    return float(max(0.0, wide) * max(0.0, tall))


def scans(*, seed: int, count: int, slips: Sequence[Slip], sheets: Sequence[Slip]) -> Iterator[PlatenScan]:
    """Platens, and for every second one a page that must stay whole.

    Args:
        seed: which scans are made.
        count: platens; half as many single pages come on top. 300 hold about 1,100 receipts.
        slips: from ``samples.generator.platen.make_slips``.
        sheets: from ``samples.generator.platen.make_sheets``.
    """
    from samples.generator.platen import lay, lay_single  # noqa: PLC0415 - the generator is the benchmark's alone

    for number in range(count):
        yield lay(seed * 100_000 + number, slips)
        if number % 2 == 0:
            single = number // 2
            pasted = [slips[(3 * single + k) % len(slips)] for k in range(2)] if single % _PASTED == _PASTED - 1 else ()
            yield lay_single(seed * 100_000 + number, sheets[single % len(sheets)], pasted=pasted)


def everyday_scans(*, seed: int, count: int, papers: Papers, held_back: bool) -> Iterator[PlatenScan]:
    """Platens as people make them, one scene after the other; those kept for measuring only where held back."""
    from samples.generator.everyday import KEPT_SCENES, SCENES, lay_everyday  # noqa: PLC0415 - as above

    scenes = (*SCENES, *KEPT_SCENES) if held_back else SCENES
    for number in range(count):
        yield lay_everyday(seed * 100_000 + number, papers, scene=scenes[number % len(scenes)])


def measure_platens(
    made: Iterable[PlatenScan],
    *,
    settings: ExtractorSettings | None = None,
    heard: Callable[[PlatenFound], None] = lambda _: None,
) -> Platens:
    """Cut scans and judge.

    Args:
        made: ``scans`` or ``everyday_scans``.
        settings: limits of reading.
        heard: told of every scan.
    """
    chosen = settings or ExtractorSettings()
    cv2.setNumThreads(1)
    found = []
    for scan in made:
        one = judge(scan, settings=chosen)
        heard(one)
        found.append(one)
    return summed(found)


def summed(found: Sequence[PlatenFound]) -> Platens:
    """Rates over judged scans."""
    platens = [one for one in found if not one.must_stay_whole]
    singles = [one for one in found if one.must_stay_whole]
    ways = dict.fromkeys(one.way for one in found)
    return Platens(
        receipts_right=rate(sum(one.right for one in platens), sum(one.receipts for one in platens)),
        pages_right=_pages_right(platens),
        false_cuts=rate(sum(not one.page_right for one in singles), len(singles)),
        silent=rate(sum(not one.page_right and not one.doubtful for one in platens), len(platens)),
        asked=sum(one.doubtful for one in platens),
        seconds_per_platen=sum(one.seconds for one in platens) / max(1, len(platens)),
        seconds_per_single=sum(one.seconds for one in singles) / max(1, len(singles)),
        by_way=tuple((way, _pages_right([one for one in found if one.way == way])) for way in ways),
        wrong=tuple(one for one in found if not one.page_right),
    )


def _pages_right(found: Sequence[PlatenFound]) -> Rate:
    return rate(sum(one.page_right for one in found), len(found))
