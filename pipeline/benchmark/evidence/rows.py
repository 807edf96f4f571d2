"""What a measurement of evidence says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pipeline.benchmark.evidence.settings import EvidenceBenchSettings
from pipeline.benchmark.reading.speed import Machine

Progress = Callable[[str, int, int], None]
"""(what, done, of how many)"""


class Bound(StrEnum):
    """On which side of its target a number should be."""

    AT_MOST = "at most"
    AT_LEAST = "at least"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a row should reach."""

    value: float
    bound: Bound
    of_ratio: bool = False
    """The ratio to the peer is what counts, not the number itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measured number."""

    name: str
    """Stable code, e.g. ``verify_archive``."""
    what: str
    """Japanese: what was done, with sizes."""
    measured: float
    unit: str
    """Of ``measured`` and ``peer``: ``s``, ``/s``, ``ms`` …; empty for plain counts."""
    peer: float | None = None
    """The peer's number in the same run, in the same unit; None where there is none."""
    peer_name: str | None = None
    target: Target | None = None
    note: str | None = None
    """Japanese: what else to know, such as parts of the time."""

    @property
    def ratio(self) -> float | None:
        """Ours over the peer's; None without a peer."""
        return self.measured / self.peer if self.peer else None

    @property
    def reached(self) -> bool | None:
        """Whether the target holds; None where there is none, or no peer to hold against."""
        if self.target is None:
            return None
        value = self.ratio if self.target.of_ratio else self.measured
        if value is None:
            return None
        return value <= self.target.value if self.target.bound is Bound.AT_MOST else value >= self.target.value


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceReport:
    """All rows of one run."""

    machine: Machine
    rows: tuple[Row, ...]
    left_out: tuple[str, ...]
    """Measurements that could not be made here (something is not installed)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a measurement is given."""

    settings: EvidenceBenchSettings
    folder: Path
    """Empty, on the disk that is measured; removed afterwards."""
    progress: Progress
    archives: Path | None = None
    """Where made archives lie that several measurements use, in this run or later ones; None: in ``folder``."""


Measure = Callable[[Setting], tuple[Row, ...]]
"""One measurement. No rows where it cannot be made here."""
