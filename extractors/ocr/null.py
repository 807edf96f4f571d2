"""``null.v1``: reads nothing. For tests, and for archives that file without reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.page import EngineId, PageText

if TYPE_CHECKING:
    from domain.engines import OcrEngine
    from domain.page import PixelArray


class _NullEngine:
    @property
    def engine_id(self) -> EngineId:
        """Nothing to configure."""
        return EngineId(name="null.v1", version="1")

    def read_page(self, pixels: PixelArray, *, page_index: int, dpi: float) -> PageText:  # noqa: ARG002  # protocol
        """A page without text."""
        return PageText(page_index=page_index, lines=(), engine=self.engine_id)


def create(*, threads: int = 1, seconds_per_page: float = 60.0) -> OcrEngine:  # noqa: ARG001  # every factory's form
    """An engine that finds no text on any page."""
    return _NullEngine()
