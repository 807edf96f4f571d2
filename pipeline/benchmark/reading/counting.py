"""How long an engine spends inside its networks: its sessions are exchanged for ones that keep the time.

Nothing in production is touched: the engine is copied with counted sessions, so that an engine which nobody measures
pays nothing. Why a network was called (first reading, another look, another way up) is read from the callers' names.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

from extractors.ocr.sessions import Session

if TYPE_CHECKING:
    from types import CodeType, FrameType

FIRST = "first"
"""Finding and reading the text the first time."""
AGAIN: dict[tuple[str, str], str] = {
    ("extractors.ocr.recognition", "look_again"): "look again",
    ("extractors.ocr.way_up", "*"): "way up",
    ("extractors.upright", "_better"): "another way up",
    ("extractors.ocr.duo", "ask"): "second opinion",
}
"""(module, function or ``*``) → why a network is called once more."""
_FURTHEST = 40
"""Frames looked at from the network outwards."""

_T = TypeVar("_T")
_R = TypeVar("_R")


@dataclass(slots=True)
class Counted:
    """Time and calls, by reason."""

    seconds: dict[str, float] = field(default_factory=dict)
    cpu_seconds: float = 0.0
    calls: Counter[str] = field(default_factory=Counter)

    @property
    def total_seconds(self) -> float:
        """All calls."""
        return sum(self.seconds.values())

    @property
    def again_seconds(self) -> float:
        """Calls beyond the first reading."""
        return self.total_seconds - self.seconds.get(FIRST, 0.0)

    def reset(self) -> None:
        """From zero, for the next page."""
        self.seconds.clear()
        self.cpu_seconds = 0.0
        self.calls.clear()


def counted(engine: _T, counter: Counted) -> _T:
    """A copy of an engine which counts its network calls.

    An engine is a dataclass that holds sessions, or engines that do; one that holds none (Tesseract) is counted whole.
    """
    if isinstance(engine, Session):
        return replace(engine, run=_timed(engine.run, counter, time.process_time))
    if not is_dataclass(engine) or isinstance(engine, type):
        return engine
    changed: dict[str, Any] = {}
    for item in fields(engine):
        value = getattr(engine, item.name)
        other = counted(value, counter)
        if item.init and other is not value:
            changed[item.name] = other
    if changed:
        return replace(engine, **changed)
    return cast("_T", _CountedEngine(engine, counter)) if hasattr(engine, "read_page") else engine


@dataclass(frozen=True, slots=True)
class _CountedEngine:
    """An engine that is a program of its own: all of it counts as engine."""

    inner: Any
    counter: Counted

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.inner, name)
        if name == "within":
            return lambda seconds: _CountedEngine(found(seconds), self.counter)
        return _timed(found, self.counter, processor_seconds) if name.startswith("read_") else found


def _timed(run: Callable[..., _R], counter: Counted, clock: Callable[[], float]) -> Callable[..., _R]:
    def timed(*args: Any, **options: Any) -> _R:
        started, cpu = time.perf_counter(), clock()
        try:
            return run(*args, **options)
        finally:
            spent = time.perf_counter() - started
            counter.cpu_seconds += clock() - cpu
            reason = _reason(sys._getframe(1))  # noqa: SLF001  # the documented way to the caller's frame
            counter.seconds[reason] = counter.seconds.get(reason, 0.0) + spent
            counter.calls[reason] += 1

    return timed


def processor_seconds() -> float:
    """Of this process and of the programs that it has called."""
    spent = os.times()
    return time.process_time() + spent.children_user + spent.children_system


def _reason(frame: FrameType | None) -> str:
    for _ in range(_FURTHEST):
        if frame is None:
            break
        found = _known.get(frame.f_code)
        if found is None:
            module, name = str(frame.f_globals.get("__name__", "")), frame.f_code.co_name
            found = _known[frame.f_code] = AGAIN.get((module, name)) or AGAIN.get((module, "*")) or ""
        if found:
            return found
        frame = frame.f_back
    return FIRST


_known: dict[CodeType, str] = {}
"""Reasons of functions met before, empty for none: asking must cost nothing that counts as work beside the networks."""
