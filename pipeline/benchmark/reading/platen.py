"""How often receipts that were scanned together are cut apart right, and single pages are left whole."""

from __future__ import annotations

import io
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from PIL import Image

from extractors.pages.platen import find_pieces
from pipeline.benchmark.rates import Rate, rate

if TYPE_CHECKING:
    from samples.generator.platen import PlatenScan
    from samples.generator.printer import Printer

Quad = tuple[tuple[float, float], ...]
"""Corners in pixels, clockwise."""
SLIPS = 24
SHEETS = 16
"""Printed papers that are laid out again and again."""
_SHEET_SHARE = 5
"""Every fifth scan is one page that must stay whole."""
_SAME = 0.85
"""Least overlap (intersection over union) of a piece with the outline of its receipt: at 80 by 150 mm, 6 mm too much or
too little all around."""
_INSIDE = 0.97
_OUTSIDE = 0.03
"""Share of the printable part of the receipt that the piece must hold, and most of any other's that it may hold."""
_EDGE_MM = 3.0
"""Edge of a paper on which nothing is printed."""
_MM_PER_INCH = 25.4


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFound:
    """One scan."""

    name: str
    way: str
    lid: str
    receipts: int
    right: int
    """Receipts cut out alone and whole; on a page that must stay whole, the page."""
    extra: int
    """Pieces that are no receipt."""
    doubtful: bool
    """A person is asked."""
    seconds: float
    """Processor time."""

    @property
    def silent(self) -> bool:
        """Something is wrong and nobody is asked."""
        return self.right < self.receipts and not self.doubtful


@dataclass(frozen=True, slots=True, kw_only=True)
class Platens:
    """All scans."""

    receipts: Rate
    """Receipts of scans with several, cut apart right."""
    whole: Rate
    """Scans of one paper that stayed whole."""
    by_way: tuple[tuple[str, Rate], ...]
    by_lid: tuple[tuple[str, Rate], ...]
    extra: int
    silent: tuple[str, ...]
    """Names of scans where something is wrong and nobody is asked."""
    seconds_per_scan: float


def scans(*, seed: int, count: int, held_back: bool, printer: Printer) -> Iterator[PlatenScan]:
    """So many scans; the papers on them are drawn once."""
    from samples.generator.platen import lay, lay_single, make_sheets, make_slips  # noqa: PLC0415 - only here

    slips = make_slips(seed=seed, count=SLIPS, held_back=held_back, printer=printer)
    sheets = make_sheets(seed=seed + 1, count=SHEETS, held_back=held_back, printer=printer)
    for number in range(count):
        if number % _SHEET_SHARE == _SHEET_SHARE - 1:
            yield lay_single(seed * 100_000 + number, sheets[number // _SHEET_SHARE % len(sheets)], suffix=".jpg")
        else:
            yield lay(seed * 100_000 + number, slips, suffix=".jpg")


def judged(scan: PlatenScan) -> ScanFound:
    """Cut one scan and compare with where its papers lie."""
    pixels = np.asarray(Image.open(io.BytesIO(scan.content)).convert("RGB"))
    started = time.process_time()
    found = find_pieces(pixels, dpi=float(scan.dpi))
    spent = time.process_time() - started
    pieces = [piece.quad for piece in found.pieces]
    receipts = [slip.corners for slip in scan.receipts]
    if len(receipts) == 1:
        right, extra, count = int(not pieces), len(pieces), 1
    else:
        edge = _EDGE_MM / _MM_PER_INCH * scan.dpi
        right = right_ones(pieces, receipts, edge_px=edge)
        extra, count = max(0, len(pieces) - len(receipts)), len(receipts)
    return ScanFound(
        name=scan.name,
        way=scan.way,
        lid=scan.lid,
        receipts=count,
        right=right,
        extra=extra,
        doubtful=found.doubtful,
        seconds=spent,
    )


def right_ones(pieces: Sequence[Quad], receipts: Sequence[Quad], *, edge_px: float) -> int:
    """How many receipts lie alone and whole in exactly one piece."""
    printable = [_shrunk(receipt, edge_px) for receipt in receipts]
    right = 0
    for number, receipt in enumerate(receipts):
        own = [piece for piece in pieces if _overlap(piece, receipt) >= _SAME]
        if len(own) == 1:
            inside = [_share(part, own[0]) for part in printable]
            others = [share for other, share in enumerate(inside) if other != number]
            right += inside[number] >= _INSIDE and all(share <= _OUTSIDE for share in others)
    return right


def _shrunk(quad: Quad, edge_px: float) -> Quad:
    points = np.asarray(quad, np.float64)
    middle = points.mean(axis=0)
    sides = np.linalg.norm(np.roll(points, -1, axis=0) - points, axis=1)
    share = 1 - 2 * edge_px / max(float(sides.min()), 2 * edge_px + 1)
    return tuple((float(x), float(y)) for x, y in middle + (points - middle) * share)


def _area(quad: Quad) -> float:
    return float(cv2.contourArea(np.asarray(quad, np.float32)))


def _common(first: Quad, second: Quad) -> float:
    area: Any = cv2.intersectConvexConvex(np.asarray(first, np.float32), np.asarray(second, np.float32))[0]
    return float(area)


def _overlap(first: Quad, second: Quad) -> float:
    common = _common(first, second)
    return common / max(_area(first) + _area(second) - common, 1.0)


def _share(part: Quad, whole: Quad) -> float:
    return _common(part, whole) / max(_area(part), 1.0)


def platens(made: Iterator[PlatenScan], *, workers: int, done: Callable[[int], None] = lambda _: None) -> Platens:
    """Judge all scans in ``workers`` processes, a few at a time."""
    context = multiprocessing.get_context("spawn")
    found: list[ScanFound] = []
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start) as pool:
        batch: list[PlatenScan] = []
        for scan in made:
            batch.append(scan)
            if len(batch) == 2 * workers:
                found += pool.map(judged, batch)
                batch.clear()
                done(len(found))
        found += pool.map(judged, batch)
        done(len(found))
    return summed(found)


def summed(found: Sequence[ScanFound]) -> Platens:
    """Rates over everything that was cut."""
    several = [f for f in found if f.receipts > 1]
    single = [f for f in found if f.receipts == 1]
    return Platens(
        receipts=_rate(several),
        whole=_rate(single),
        by_way=tuple(
            (way, _rate([f for f in several if f.way == way])) for way in dict.fromkeys(f.way for f in several)
        ),
        by_lid=tuple(
            (lid, _rate([f for f in several if f.lid == lid])) for lid in dict.fromkeys(f.lid for f in several)
        ),
        extra=sum(f.extra for f in found),
        silent=tuple(f.name for f in found if f.silent),
        seconds_per_scan=sum(f.seconds for f in found) / max(len(found), 1),
    )


def _rate(found: Sequence[ScanFound]) -> Rate:
    return rate(sum(f.right for f in found), sum(f.receipts for f in found))


def _start() -> None:
    os.environ.update({"OMP_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1"})
    cv2.setNumThreads(1)
