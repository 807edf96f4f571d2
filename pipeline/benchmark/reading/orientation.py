"""How often the way up of a page is decided right: the decision that reading really takes, over thousands of pages.

Each printed page is worn by several scanners and cameras, each wear is laid all four ways, and ``read_upright`` says
how to turn it. Where the engine's first look is sure, the text is not read: the decision no longer depends on it.
"""

from __future__ import annotations

import multiprocessing
import os
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from domain.page import EngineId, PageText
from extractors.ocr.looking import Look, LookingEngine
from extractors.upright import read_upright
from pipeline.benchmark.rates import Rate, rate
from pipeline.benchmark.reading.conditions import first_page_pixels, turned
from pipeline.settings import load_settings
from pipeline.wiring import build_reader

if TYPE_CHECKING:
    from domain.engines import OcrEngine
    from domain.page import PixelArray
    from extractors.ocr.detection import Quad

TURNS = (0, 90, 180, 270)
WEARS = ("scan200", "skew", "noise", "blur", "light", "fade", "bleed", "fold", "photo", "fax")
"""Every kind that changes how a page looks; the file format does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrientationTask:
    """One printed page in one wear, laid all four ways."""

    name: str
    pdf: bytes
    damage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrientationFound:
    """One page laid one way."""

    name: str
    damage: str
    laid_degrees: int
    """Clockwise turn that makes it upright."""
    found_degrees: int
    seconds: float
    """Processor time of the decision."""

    @property
    def right(self) -> bool:
        """Turned upright."""
        return self.laid_degrees == self.found_degrees


@dataclass(frozen=True, slots=True, kw_only=True)
class Orientation:
    """All of them."""

    right: Rate
    by_damage: tuple[tuple[str, Rate], ...]
    wrong: tuple[OrientationFound, ...]
    seconds_per_page: float
    """Processor time of the decision."""


class _SureError(Exception):
    """The first look was sure: reading goes no further, because the decision stands."""

    def __init__(self, degrees: int) -> None:
        super().__init__(f"{degrees} degrees")
        self.degrees = degrees


@dataclass(frozen=True, slots=True)
class _Deciding:
    """An engine that looks as the real one does, stops where the look is sure, and reads where it is not."""

    inner: LookingEngine

    @property
    def engine_id(self) -> EngineId:
        return self.inner.engine_id

    def look(self, pixels: PixelArray, *, page_index: int) -> Look:
        found = self.inner.look(pixels, page_index=page_index)
        if found.way_up.sure:
            raise _SureError(found.way_up.degrees)
        return found

    def read_found(self, pixels: PixelArray, quads: tuple[Quad, ...], *, page_index: int, dpi: float) -> PageText:
        return self.inner.read_found(pixels, quads, page_index=page_index, dpi=dpi)

    def read_page(self, pixels: PixelArray, *, page_index: int, dpi: float) -> PageText:
        return self.inner.read_page(pixels, page_index=page_index, dpi=dpi)


def decide(pixels: PixelArray, engine: OcrEngine, *, dpi: float) -> int:
    """The clockwise turn that reading gives a page, without the reading that follows a sure look."""
    asked: OcrEngine = _Deciding(engine) if isinstance(engine, LookingEngine) else engine
    try:
        return read_upright(pixels, asked, page_index=0, dpi=dpi).turned_degrees % 360
    except _SureError as sure:
        return sure.degrees % 360


def decided(engine: OcrEngine, task: OrientationTask) -> list[OrientationFound]:
    """Lay one page all four ways and ask."""
    from samples.generator.damage import BY_NAME  # noqa: PLC0415 - the generator only where pages are made

    damage = BY_NAME[task.damage]
    rng = np.random.default_rng(zlib.crc32(f"{task.name} {task.damage}".encode()))
    pixels = first_page_pixels(task.pdf, dpi=damage.dpi)
    if damage.apply is not None:
        pixels = damage.apply(pixels, rng)
    found = []
    for degrees in TURNS:
        laid = turned(pixels, -degrees)
        started = time.process_time()
        degrees_found = decide(laid, engine, dpi=float(damage.dpi))
        found.append(
            OrientationFound(
                name=task.name,
                damage=task.damage,
                laid_degrees=degrees,
                found_degrees=degrees_found,
                seconds=time.process_time() - started,
            )
        )
    return found


def orientation(
    tasks: Sequence[OrientationTask], *, workers: int, done: Callable[[int], None] = lambda _: None
) -> Orientation:
    """Decide all of them in ``workers`` processes."""
    context = multiprocessing.get_context("spawn")
    found: list[OrientationFound] = []
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start) as pool:
        for four in pool.map(_decide, tasks):
            found += four
            done(len(found))
    return summed(found)


def summed(found: Sequence[OrientationFound]) -> Orientation:
    """Rates over everything that was decided."""
    kinds = tuple(dict.fromkeys(f.damage for f in found))
    return Orientation(
        right=rate(sum(f.right for f in found), len(found)),
        by_damage=tuple((kind, _rate([f for f in found if f.damage == kind])) for kind in kinds),
        wrong=tuple(f for f in found if not f.right),
        seconds_per_page=sum(f.seconds for f in found) / max(len(found), 1),
    )


def _rate(found: Sequence[OrientationFound]) -> Rate:
    return rate(sum(f.right for f in found), len(found))


def tasks_of(printed: Sequence[tuple[str, bytes]], *, pages: int) -> Iterator[OrientationTask]:
    """As many as are needed for so many pages: every printed page in one wear after the other."""
    wanted = -(-pages // len(TURNS))
    for number in range(wanted):
        name, pdf = printed[number % len(printed)]
        round_number, index = divmod(number, len(printed))
        wear = WEARS[(index + round_number) % len(WEARS)]
        yield OrientationTask(name=f"{name}-{round_number}", pdf=pdf, damage=wear)


_engine: list[OcrEngine] = []
"""The one engine of a deciding process; empty everywhere else."""


def _start() -> None:
    os.environ.update({"OMP_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1"})
    _engine.append(build_reader(load_settings()).engine)


def _decide(task: OrientationTask) -> list[OrientationFound]:
    return decided(_engine[0], task)
