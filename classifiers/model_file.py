"""The class model as one file: what the text categoriser learnt, the features it knows, and how it is combined."""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from domain.errors import EngineMissing
from domain.ids import Digest

FORMAT = 1
"""Raised when older code could not read the file."""
SHIPPED = Path(__file__).with_name("class_model.npz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Combination:
    """How rules and text are weighed; the same numbers for every class, counted on wordings that neither had seen."""

    text: float
    """Weight of the logarithm of the text categoriser's probability."""
    cues: float
    """Weight of the rules' score."""
    strong: float
    """Weight of being the class with the highest rules' score."""
    other: float
    """In favour of ``other``, whatever the page says."""
    doubt: float
    """Against ``other`` for each point of the highest rules' score of another class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassModel:
    """Everything that was learnt."""

    weights: bytes
    """Of spaCy's text categoriser."""
    features: frozenset[str]
    """Features that it has learnt; others are not looked at."""
    combination: Combination

    @property
    def digest(self) -> str:
        """Sixteen hexadecimal digits that name the model."""
        return Digest.of(self.to_bytes()).value[:16]

    def to_bytes(self) -> bytes:
        """The file's content: the same model gives the same bytes."""
        about = {"format": FORMAT, "combination": asdict(self.combination)}
        out = io.BytesIO()
        np.savez_compressed(
            out,
            about=np.frombuffer(json.dumps(about, sort_keys=True).encode(), np.uint8),
            features=np.frombuffer("\n".join(sorted(self.features)).encode(), np.uint8),
            weights=np.frombuffer(self.weights, np.uint8),
        )
        return out.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> ClassModel:
        """The model of a file.

        Raises:
            EngineMissing: it is no class model, or that of another version.
        """
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as stored:
                about = json.loads(stored["about"].tobytes())
                if about["format"] != FORMAT:
                    raise _unusable(f"format {about['format']}")
                return cls(
                    weights=stored["weights"].tobytes(),
                    features=frozenset(stored["features"].tobytes().decode().split("\n")),
                    combination=Combination(**about["combination"]),
                )
        except (OSError, EOFError, ValueError, KeyError, TypeError, BadZipFile) as error:
            raise _unusable(type(error).__name__) from error

    @classmethod
    def load(cls, path: Path = SHIPPED) -> ClassModel:
        """Read a file.

        Raises:
            EngineMissing: it is not there, or not usable.
        """
        try:
            return cls.from_bytes(path.read_bytes())
        except OSError as error:
            raise EngineMissing(f"no class model: {path}", message_ja=f"分類モデルがありません: {path}") from error


def _unusable(why: str) -> EngineMissing:
    return EngineMissing(
        f"the class model cannot be used: {why}",
        message_ja="分類モデルを読めません。shoko train で作り直すか、付属のモデルに戻してください",
    )
