"""Names in Japanese text by GiNZA (spaCy, ``ja_ginza``): four seconds to load, so once per process and on first use."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from domain.engines import NamedEntity
from domain.errors import EngineCrashed, EngineMissing

if TYPE_CHECKING:
    from spacy.language import Language as SpacyLanguage

MODEL = "ja_ginza"
_MAX_CHARACTERS = 2_000
"""Sudachi refuses inputs above 49,149 bytes; names stand in short lines, so longer text is cut."""


class GinzaLanguage:
    """The ``Language`` protocol; safe to share between the threads of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._model: SpacyLanguage | None = None

    def entities(self, text: str) -> tuple[NamedEntity, ...]:
        """Entities in order of appearance.

        Raises:
            EngineMissing: spaCy or the model is not installed.
            EngineCrashed: the model failed on this text.
        """
        with self._lock:
            model = self._model or self._load()
            self._model = model
            try:
                document = model(text[:_MAX_CHARACTERS])
            except Exception as error:
                raise EngineCrashed(f"{MODEL} failed: {type(error).__name__}") from error
        return tuple(
            NamedEntity(text=e.text, label=e.label_, start=e.start_char, end=e.end_char) for e in document.ents
        )

    @staticmethod
    def _load() -> SpacyLanguage:
        try:
            import spacy  # noqa: PLC0415  # four seconds: only when it is needed

            return spacy.load(MODEL, exclude=["parser", "bunsetu_recognizer", "compound_splitter"])
        except (ImportError, OSError) as error:
            raise EngineMissing(
                f"{MODEL} cannot be loaded: {error}", message_ja=f"言語モデル {MODEL} を読み込めません: {error}"
            ) from error


class NoLanguage:
    """The null implementation: sees no names."""

    def entities(self, text: str) -> tuple[NamedEntity, ...]:
        """Nothing, whatever the text."""
        del text
        return ()
