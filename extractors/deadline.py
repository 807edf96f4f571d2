"""One limit of time for a page, whatever is done with it: clean-up, ways up, re-reads and pictures share it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from domain.engines import TimedEngine
from domain.errors import EngineTimeout

if TYPE_CHECKING:
    from domain.engines import OcrEngine


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """When a page must be done."""

    seconds: float
    """The limit as the settings give it."""
    ends_at: float
    """On ``clock``."""
    clock: Callable[[], float]
    """Seconds, only ever growing."""

    @classmethod
    def after(cls, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> Self:
        """So many seconds from now."""
        return cls(seconds=seconds, ends_at=clock() + seconds, clock=clock)

    def hold(self, engine: OcrEngine, *, page_index: int) -> OcrEngine:
        """The engine, held to the time that is left where it can be.

        Raises:
            EngineTimeout: no time is left.
        """
        left = self.ends_at - self.clock()
        if left <= 0:
            raise EngineTimeout(
                f"the page took longer than {self.seconds:g} s",
                message_ja=f"{page_index + 1}ページ目の読み取りが{self.seconds:g}秒を超えました。確認待ちにします",
                page_number=page_index + 1,
            )
        return engine.within(left) if isinstance(engine, TimedEngine) else engine
