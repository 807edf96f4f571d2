"""What the benchmark asks of anything that reads a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.page import TextReading


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRead:
    """What an engine made of one file."""

    text: str
    seconds: float
    cpu_seconds: float = 0.0
    """Of this process: unlike wall time, another load on the machine hardly moves it."""
    engine_seconds: float = 0.0
    """Inside the networks."""
    engine_cpu_seconds: float = 0.0
    reasons: dict[str, float] = field(default_factory=dict)
    """Of those, by reason."""
    reading: TextReading | None = None
    """Words with boxes, for our own path."""
    recorded: bool = False
    """Put in order anew from what was seen before: no time was measured."""
    error: str | None = None
    """Code, where it could not be read."""


PageReader = Callable[[bytes, str], PageRead]
"""(content, file name) → what was read."""
