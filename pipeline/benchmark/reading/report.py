"""What the reading benchmark found: plain values that print as tables and dump as JSON."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.benchmark.reading.ablation import Without
from pipeline.benchmark.reading.born_digital import BornDigital
from pipeline.benchmark.reading.memory import Memory
from pipeline.benchmark.reading.orientation import Orientation
from pipeline.benchmark.reading.platens import Platens
from pipeline.benchmark.reading.reliability import Curve
from pipeline.benchmark.reading.score import Interval, OwnCalls, PageScore, Score
from pipeline.benchmark.reading.speed import Machine, Speed
from pipeline.benchmark.reading.worst import WorstPage


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerScore:
    """A plain engine on some of the pages, and ours on the same ones."""

    name: str
    score: Score
    ours: Score
    """On the same pages."""
    unordered_ratio: Interval
    """Our error over theirs; below 1 is better."""
    ordered_ratio: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class SetScore:
    """One condition, or one public set."""

    name: str
    label_ja: str
    label_en: str
    target: float | None
    """Order-free error that is asked for; None where none is."""
    score: Score
    peers: tuple[PeerScore, ...]
    pages: tuple[PageScore, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingReport:
    """The whole reading benchmark; a part that was left out is None or empty."""

    seed: int
    held_back: bool
    machine: Machine
    engine: str
    """Who read, with version and digest of the settings."""
    conditions: tuple[SetScore, ...] = ()
    public: tuple[SetScore, ...] = ()
    own_calls: OwnCalls | None = None
    speed: Speed | None = None
    orientation: Orientation | None = None
    platens: Platens | None = None
    """Receipts laid at random."""
    everyday_platens: Platens | None = None
    """Platens as people make them."""
    born_digital: BornDigital | None = None
    memory: Memory | None = None
    ablation: tuple[Without, ...] = ()
    reliability: tuple[Curve, ...] = ()
    worst: tuple[WorstPage, ...] = ()
    """Drawn where a folder for pictures was given."""
    left_out: tuple[str, ...] = ()
    """Peers and sets that are not on this machine."""
