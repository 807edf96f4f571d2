"""Engines by name, through entry points: built-ins and outsiders alike; only the chosen one is imported."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from domain.errors import EngineMissing

OUR_DISTRIBUTION = "shoko"
OCR_ENGINES = "shoko.ocr_engines"
CLASSIFIERS = "shoko.classifiers"
GROUPS = (OCR_ENGINES, CLASSIFIERS)


@dataclass(frozen=True, slots=True)
class Registry:
    """The entry points of one group."""

    group: str
    allow_external: bool = False
    """Engines of other distributions are off unless allowed."""

    def names(self) -> tuple[str, ...]:
        """Every name that may be chosen."""
        return tuple(sorted(point.name for point in self._points()))

    def load(self, name: str) -> Any:
        """Import the engine's factory.

        Raises:
            EngineMissing: unknown name (the known ones are listed), or its import failed.
        """
        for point in self._points():
            if point.name == name:
                try:
                    return point.load()
                except ImportError as error:
                    msg = f"engine {name} cannot be imported: {error}"
                    raise EngineMissing(msg, message_ja=f"エンジン {name} を読み込めません: {error}") from error
        msg = f"unknown engine {name!r} in {self.group}; known: {', '.join(self.names())}"
        raise EngineMissing(msg, message_ja=f"エンジン {name} はありません。使えるもの: {', '.join(self.names())}")

    def _points(self) -> tuple[EntryPoint, ...]:
        found = {p.name: p for p in entry_points(group=self.group) if self.allow_external or _ours(p)}
        return tuple(found.values())


def _ours(point: EntryPoint) -> bool:
    return point.dist is not None and point.dist.name == OUR_DISTRIBUTION
