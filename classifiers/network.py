"""The trained half of the classifier: a spaCy pipeline with one text categoriser over a document's features.

spaCy takes about a second to load, so it is imported on first use, once per process. What it learnt is one file.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.errors import EngineMissing
from domain.fields import DocumentType

if TYPE_CHECKING:
    from spacy.language import Language as SpacyLanguage

LABELS = tuple(kind.value for kind in DocumentType)
TABLE_LENGTH = 1 << 15
"""Rows of the table of weights, into which features are hashed: 1.3 MB. Twice as many were no better."""
_CONFIG: dict[str, Any] = {
    "model": {
        "@architectures": "spacy.TextCatBOW.v3",
        "exclusive_classes": True,
        "ngram_size": 1,
        "no_output_layer": False,
        "length": TABLE_LENGTH,
    }
}


class TextNetwork:
    """Probabilities of the ten classes from features. Safe to share between the threads of a process."""

    def __init__(self, weights: bytes) -> None:
        """Keep the weights; nothing is loaded yet."""
        self._weights = weights
        self._lock = threading.Lock()
        self._pipeline: SpacyLanguage | None = None

    def probabilities(self, features: Sequence[str]) -> dict[DocumentType, float]:
        """One number per class, one in all.

        Raises:
            EngineMissing: spaCy is not installed, or the weights are not those of this version.
        """
        with self._lock:
            pipeline = self._pipeline or load(self._weights)
            self._pipeline = pipeline
            with pipeline.memory_zone():  # or every new feature would stay in spaCy's store of strings
                cats = pipeline(document(pipeline, features)).cats
                return {kind: float(cats[kind.value]) for kind in DocumentType}


def blank() -> SpacyLanguage:
    """A pipeline that has learnt nothing.

    Raises:
        EngineMissing: spaCy is not installed.
    """
    try:
        import spacy  # noqa: PLC0415  # a second: only when it is needed
    except ImportError as error:
        raise EngineMissing(f"spaCy: {error}", message_ja=f"spaCy を読み込めません: {error}") from error
    pipeline = spacy.blank("xx")
    # Shape, likeness to a URL and so on of every feature: ten times slower, and unused.
    pipeline.vocab.lex_attr_getters = {}  # type: ignore[attr-defined]  # spaCy's stub leaves it out
    categoriser = pipeline.add_pipe("textcat", config=_CONFIG)
    for label in LABELS:
        categoriser.add_label(label)  # type: ignore[attr-defined]  # spaCy's pipes have no common type for it
    return pipeline


def load(weights: bytes) -> SpacyLanguage:
    """The pipeline with what it learnt.

    Raises:
        EngineMissing: spaCy is not installed, or the weights are not those of this version.
    """
    pipeline = blank()
    try:
        pipeline.initialize()
        pipeline.get_pipe("textcat").model.from_bytes(weights)  # type: ignore[attr-defined]
    except (ValueError, TypeError, KeyError) as error:
        raise EngineMissing(
            f"the class model does not fit this version of spaCy: {type(error).__name__}",
            message_ja="分類モデルがこの版の spaCy と合いません。shoko train で作り直してください",
        ) from error
    return pipeline


def document(pipeline: SpacyLanguage, features: Iterable[str]) -> Any:
    """A spaCy document whose words are the features."""
    from spacy.tokens import Doc  # noqa: PLC0415  # with spaCy

    return Doc(pipeline.vocab, words=list(features) or ["#nothing"])


def read_weights(path: Path) -> bytes:
    """The file.

    Raises:
        EngineMissing: it is not there.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise EngineMissing(f"no class model at {path}", message_ja=f"分類モデルがありません: {path}") from error
