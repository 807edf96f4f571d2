"""What an engine can tell about a page before it reads it: where text stands, and which way up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from domain.engines import OcrEngine
from extractors.ocr.detection import moved

if TYPE_CHECKING:
    from domain.geometry import Transform
    from domain.page import PageText, PixelArray
    from extractors.ocr.detection import Quad
    from extractors.ocr.way_up import WayUp


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A first look at a page."""

    way_up: WayUp
    tilt_degrees: float = 0.0
    """By how much rows fall to the right, or columns lean to the left."""
    quads: tuple[Quad, ...] = ()
    """Stretches of text, on the picture as it was shown."""

    def moved(self, transform: Transform) -> tuple[Quad, ...]:
        """The stretches on a picture that was turned or straightened since."""
        return tuple(moved(quad, transform) for quad in self.quads)


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
        """Text of stretches that a look found, at their places on this picture.

        Raises:
            EngineCrashed: the engine failed on this page.
            EngineTimeout: it took longer than its limit.
        """
        ...
