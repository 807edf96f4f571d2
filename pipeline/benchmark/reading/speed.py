"""Pages per second on all cores, the whole path from bytes to text, against ocrmypdf on the same pages in one run."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.benchmark.peer import PeerRun, pages_as_pdf, run_peer
from pipeline.benchmark.reading.pool import EngineSpec, read_pages
from pipeline.benchmark.reading.truth import PageSet

OURS = (("shoko", ()), ("shoko f32", ("bf16",)))
"""(name, switches off): as production runs, and without bf16."""
_CPUINFO = Path("/proc/cpuinfo")
_FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What the numbers were measured on."""

    processor: str
    flags: tuple[str, ...]
    """Those that matter to networks."""
    cores: int
    """Reading processes, and jobs of the peer."""

    @property
    def bf16(self) -> bool:
        """Whether the processor has bf16; without it both of our runs are the same."""
        return any("bf16" in flag for flag in self.flags)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedRun:
    """One reader on all pages."""

    name: str
    seconds: float
    """Wall time for all pages."""
    start_seconds: float
    """Starting the processes and loading models, before the clock starts; the peer's is inside its time."""
    ratio: float | None
    """The peer's time over this one: how many times as fast; None where there is no peer."""
    cpu_seconds: float
    """Processor time of all pages: another load on the machine hardly moves it."""
    cpu_ratio: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """All of them in one run."""

    machine: Machine
    pages: int
    runs: tuple[SpeedRun, ...]
    peer: str
    """Name and version; empty where it is not installed."""
    command: str
    peer_seconds: float
    peer_cpu_seconds: float
    """Of all its programs."""


def machine(cores: int) -> Machine:
    """This machine, as the kernel describes it."""
    try:
        lines = _CPUINFO.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        lines = []
    facts = dict(line.split(":", 1) for line in reversed(lines) if ":" in line)
    found = {key.strip(): value.strip() for key, value in facts.items()}
    flags = set(found.get("flags", "").split())
    return Machine(
        processor=found.get("model name", "unknown"),
        flags=tuple(flag for flag in _FLAGS if flag in flags),
        cores=cores,
    )


def speed(pages: PageSet, *, workers: int, timeout_seconds: float, done: Callable[[int], None]) -> Speed:
    """Read all pages by every reader, one after the other."""
    files = [pages.folder / page.file for page in pages.pages]
    peer: PeerRun | None = None
    if timeout_seconds > 0:
        pdf = pages_as_pdf([(path.name, path.read_bytes()) for path in files])
        peer = run_peer(pdf, timeout_seconds=timeout_seconds, jobs=workers, deskew=True)
    done(len(files))
    runs = []
    for number, (name, off) in enumerate(OURS, start=2):
        started = time.perf_counter()
        timed = read_pages(EngineSpec(off=off), files, workers=workers)
        start = time.perf_counter() - started - timed.seconds
        cpu = sum(read.cpu_seconds for read in timed.reads)
        runs.append(
            SpeedRun(
                name=name,
                seconds=timed.seconds,
                start_seconds=start,
                ratio=peer.seconds / timed.seconds if peer else None,
                cpu_seconds=cpu,
                cpu_ratio=peer.cpu_seconds / cpu if peer else None,
            )
        )
        done(number * len(files))
    return Speed(
        machine=machine(workers),
        pages=len(files),
        runs=tuple(runs),
        peer=f"ocrmypdf {peer.version}" if peer else "",
        command=peer.command if peer else "",
        peer_seconds=peer.seconds if peer else 0.0,
        peer_cpu_seconds=peer.cpu_seconds if peer else 0.0,
    )
