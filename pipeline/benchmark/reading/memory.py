"""Memory of one reading process over many pages: its peak, and whether it grows."""

from __future__ import annotations

import multiprocessing
import resource
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

_KIB = 1024
POINTS = 40
"""Of the curve."""
CHUNK = 5
"""Pages between two measurements: one page in flight would hide in none of them."""
_WARM = 0.2
"""Share of the pages after which caches and compiled shapes are there; growth is judged from then on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Resident memory of one reading process."""

    pages: int
    peak_bytes: int
    """Most at any moment, inside a page too."""
    curve: tuple[tuple[int, int], ...]
    """(pages read, bytes resident after them), thinned out."""
    growth_bytes_per_1000_pages: float
    """Slope of a straight line through the points after warming up."""


def memory_of_worker(
    files: Sequence[Path], *, pages: int, today: date, done: Callable[[int], None] = lambda _: None
) -> Memory:
    """Read so many pages, the files in turn, in one process built as production builds it."""
    context = multiprocessing.get_context("spawn")
    points: list[tuple[int, int]] = []
    peak = 0
    with ProcessPoolExecutor(1, mp_context=context, initializer=_start, initargs=(today,)) as pool:
        for first in range(0, pages, CHUNK):
            chunk = [files[n % len(files)] for n in range(first, min(first + CHUNK, pages))]
            resident, peak = pool.submit(_read, chunk).result()
            points.append((first + len(chunk), resident))
            done(first + len(chunk))
    step = max(1, len(points) // POINTS)
    return Memory(
        pages=pages,
        peak_bytes=peak,
        curve=tuple(points[::step]),
        growth_bytes_per_1000_pages=growth(points),
    )


def growth(points: Sequence[tuple[int, int]]) -> float:
    """Bytes per 1,000 pages, by least squares, without the first fifth; 0 for too few points."""
    late = points[int(len(points) * _WARM) :]
    if len(late) < 3:
        return 0.0
    slope, _ = np.polyfit([pages for pages, _ in late], [size for _, size in late], 1)
    return float(slope) * 1000


_worker: list[Callable[[Path], None]] = []


def _start(today: date) -> None:
    from domain.engines import FieldContext  # noqa: PLC0415 - in the measured process only
    from pipeline.settings import load_settings  # noqa: PLC0415
    from pipeline.steps.read import read_bytes  # noqa: PLC0415
    from pipeline.wiring import build_reader  # noqa: PLC0415

    reader = build_reader(load_settings())
    context = FieldContext(our_companies=(), today=today)

    def read(path: Path) -> None:
        read_bytes(path.read_bytes(), file_name=path.name, unit_id="bench", reader=reader, context=context)

    _worker.append(read)


def _read(files: Sequence[Path]) -> tuple[int, int]:
    for path in files:
        _worker[0](path)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIB
    return pages * resource.getpagesize(), peak
