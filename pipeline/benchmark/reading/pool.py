"""Reading many pages in processes of their own, one core each, as production does."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.benchmark.reading.engines import build, warmed
from pipeline.benchmark.reading.reader import PageRead, PageReader
from pipeline.benchmark.reading.switches import switched_off

Done = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSpec:
    """What reads, in words that another process understands."""

    name: str = "shoko"
    """``shoko`` is the engine of the settings in force."""
    off: tuple[str, ...] = ()
    """Switches (``switches.SWITCHES``) that are turned off before the engine is built."""
    limits: dict[str, str] = field(default_factory=dict)
    """Environment of the process beyond one thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """Pages read, and the time that all of them took together."""

    reads: tuple[PageRead, ...]
    """In the order of the files."""
    seconds: float
    """Wall time from the first page to the last, models loaded."""


_reader: list[PageReader] = []
"""The one reader of a reading process; empty everywhere else."""


def _start(spec: EngineSpec) -> None:
    os.environ.update({"OMP_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1"} | spec.limits)
    switched_off(spec.off)
    _reader.append(warmed(build(spec.name)))


def _ready(seconds: float) -> int:
    time.sleep(seconds)  # so that every process gets one of these
    return os.getpid()


def _read(path: Path) -> PageRead:
    return _reader[0](path.read_bytes(), path.name)


def read_pages(spec: EngineSpec, files: Sequence[Path], *, workers: int, done: Done = lambda _: None) -> Timed:
    """Read files in ``workers`` fresh processes; the clock starts when every one has its models loaded."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start, initargs=(spec,)) as pool:
        while len(set(pool.map(_ready, [0.2] * workers))) < workers:
            pass
        started = time.perf_counter()
        reads = list(_counted(pool.map(_read, files), done))
        seconds = time.perf_counter() - started
    return Timed(reads=tuple(reads), seconds=seconds)


def _counted(reads: Iterable[PageRead], done: Done) -> Iterable[PageRead]:
    for number, read in enumerate(reads, start=1):
        done(number)
        yield read
