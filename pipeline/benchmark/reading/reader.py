"""What the benchmark asks of anything that reads a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.page import TextReading


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRead:
    """What an engine made of one file."""

    text: str
    seconds: float
    engine_seconds: float = 0.0
    again_seconds: float = 0.0
    reading: TextReading | None = None
    """Words with boxes, for our own path."""
    error: str | None = None
    """Code, where it could not be read."""


PageReader = Callable[[bytes, str], PageRead]
"""(content, file name) → what was read."""
