"""``null.v1``: calls everything OTHER, so that everything goes to a person."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from domain.fields import DocumentType
from domain.page import EngineId, PageText
from domain.record import Classification

_ENGINE = EngineId(name="null.v1", version="1")


class NullClassifier:
    """Knows nothing."""

    @property
    def engine_id(self) -> EngineId:
        """Its name."""
        return _ENGINE

    def classify(self, texts: Sequence[PageText]) -> Classification:
        """OTHER, with no confidence, whatever the pages say."""
        return Classification(
            label=DocumentType.OTHER, confidence=0.0, reasons=(f"pages:{len(texts)}",), engine=_ENGINE
        )


def create(*, model_folder: Path | None = None) -> NullClassifier:
    """The factory behind the entry point."""
    del model_folder
    return NullClassifier()
