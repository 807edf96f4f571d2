"""How long an engine spends inside its networks: its sessions are exchanged for ones that keep the time.

Nothing in production is touched: the engine is copied with counted sessions, so that an engine which nobody measures
pays nothing. Why a network was called (first reading, another look, another way up) is read from the callers' names.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from extractors.ocr.sessions import Session

if TYPE_CHECKING:
    from types import FrameType

    import numpy as np
    import numpy.typing as npt

FIRST = "first"
"""Finding and reading the text the first time."""
AGAIN: dict[tuple[str, str], str] = {
    ("extractors.ocr.recognition", "look_again"): "look again",
    ("extractors.ocr.way_up", "*"): "way up",
    ("extractors.upright", "_better"): "another way up",
}
"""(module, function or ``*``) → why a network is called once more."""
_FURTHEST = 40
"""Frames looked at from the network outwards."""

_T = TypeVar("_T")


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
    """A copy of an engine (a dataclass that holds sessions, or engines that do) which counts its network calls."""
    if isinstance(engine, Session):
        return replace(engine, run=_timed(engine.run, counter))
    if not is_dataclass(engine) or isinstance(engine, type):
        return engine
    changed: dict[str, Any] = {}
    for item in fields(engine):
        value = getattr(engine, item.name)
        other = counted(value, counter)
        if item.init and other is not value:
            changed[item.name] = other
    return replace(engine, **changed) if changed else engine


def _timed(
    run: Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]], counter: Counted
) -> Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]]:
    def timed(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        started, cpu = time.perf_counter(), time.process_time()
        try:
            return run(values)
        finally:
            spent = time.perf_counter() - started
            counter.cpu_seconds += time.process_time() - cpu
            reason = _reason(sys._getframe(1))  # noqa: SLF001  # the documented way to the caller's frame
            counter.seconds[reason] = counter.seconds.get(reason, 0.0) + spent
            counter.calls[reason] += 1

    return timed


def _reason(frame: FrameType | None) -> str:
    for _ in range(_FURTHEST):
        if frame is None:
            break
        module, name = str(frame.f_globals.get("__name__", "")), frame.f_code.co_name
        found = AGAIN.get((module, name)) or AGAIN.get((module, "*"))
        if found:
            return found
        frame = frame.f_back
    return FIRST
