"""What an engine can tell about a page before it reads it: where text stands, and which way up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from domain.engines import OcrEngine

if TYPE_CHECKING:
    from domain.page import PageText, PixelArray
    from extractors.ocr.detection import Quad
    from extractors.ocr.way_up import WayUp


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A first look at a page."""

    way_up: WayUp
    quads: tuple[Quad, ...]
    """Stretches of text, on the picture as it was shown."""


@runtime_checkable
class LookingEngine(OcrEngine, Protocol):
    """An engine that looks before it reads, and need not look again at a page that lies upright."""

    def look(self, pixels: PixelArray, *, page_index: int) -> Look:
        """Find the text and say which way up it lies.

        Raises:
            EngineCrashed: the engine failed on this page.
        """
        ...

    def read_found(self, pixels: PixelArray, quads: tuple[Quad, ...], *, page_index: int, dpi: float) -> PageText:
        """Text of stretches that a look at an equally large picture found.

        Raises:
            EngineCrashed: the engine failed on this page.
            EngineTimeout: it took longer than its limit.
        """
        ...
