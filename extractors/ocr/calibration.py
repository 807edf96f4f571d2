"""Confidence that means something: the network's own scores become probabilities of being right.

What a network says of itself is a score. How often characters with such a score were right has been counted on
generated pages whose print is known (``extractors.ocr.training.calibrate``), and ``calibration.json`` holds what came
out: a few points of rising curves, for characters and for whole words, and what a second opinion is worth. Words in
Latin letters have curves of their own: other layers read them (``extractors.ocr.latin``).
"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.folding import fold
from domain.ids import Digest
from extractors.ocr.latin import in_latin

if TYPE_CHECKING:
    from domain.page import Word
    from extractors.ocr.recognition import Glyph

DATA = Path(__file__).with_name("calibration.json")
_DIGITS = 4
"""Decimals of a probability: no count behind it is larger than some ten thousand."""
_DIGITS_OF_SCORES = 6
_FAR = 12.0
"""Log odds beyond this are taken for this: a score of 0.999994."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A rising map from a score to a probability, straight between points on a scale of log odds."""

    points: tuple[tuple[float, float], ...]
    """(log odds of the score, log odds of being right), rising in both."""

    def at(self, score: float) -> float:
        """The probability for a score of 0 to 1."""
        x = log_odds(score)
        after = bisect_right(self.points, (x, math.inf))
        if after in (0, len(self.points)):
            return probability(self.points[max(after - 1, 0)][1])
        (x0, y0), (x1, y1) = self.points[after - 1], self.points[after]
        return probability(y0 + (y1 - y0) * (x - x0) / (x1 - x0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What scores of one kind of word are worth."""

    character: Curve
    """From a character's score to the probability that it is right."""
    word: Curve
    """From the product of a word's characters to the probability that all of it is right: errors come together, so that
    long words are right more often than the product says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What scores are worth."""

    japanese: Worth
    """Of all words but those in Latin letters."""
    latin: Worth
    """Of words in Latin letters (``in_latin``)."""
    agreement: float
    """By how much the odds of a span rise where a second opinion reads the same."""
    disagreement: float
    """By how much they fall where it reads something else; below 1."""
    digest: str = ""
    """Of the file it came from; empty where scores are left as they are."""

    def words(self, words: Sequence[Word], glyphs: Sequence[Glyph]) -> tuple[Word, ...]:
        """The same words with probabilities for their characters and for themselves.

        ``glyphs`` are those of all words in order; such as only part words are passed over.
        """
        seen = iter([glyph for glyph in glyphs if not glyph.text.isspace()])
        found = []
        for word in words:
            curve = self.of(word.text).character
            found.append(self.word_of(word, [curve.at(score_of(next(seen))) for _ in word.text]))
        return tuple(found)

    def of(self, text: str) -> Worth:
        """What the scores of a word that reads so are worth."""
        return self.latin if in_latin(text) else self.japanese

    def word_of(self, word: Word, characters: Sequence[float]) -> Word:
        """A word with these probabilities of its characters."""
        kept = tuple(round(p, _DIGITS if self.digest else _DIGITS_OF_SCORES) for p in characters)
        whole = self.of(word.text).word.at(math.prod(kept)) if kept else 0.0
        return replace(word, confidence=round(whole, _DIGITS), character_confidences=kept)


_SAME = Curve(points=((-_FAR, -_FAR), (_FAR, _FAR)))
_AS_IT_IS = Worth(character=_SAME, word=_SAME)
NONE = Calibration(japanese=_AS_IT_IS, latin=_AS_IT_IS, agreement=1.0, disagreement=1.0)
"""Leaves scores as they are."""


def score_of(glyph: Glyph) -> float:
    """What the network gives a character, in whichever form: ``1`` and ``１``, ``-`` and ``－`` mean the same here."""
    if len(glyph.alternatives) <= 1:
        return glyph.confidence
    top, others = glyph.alternatives[0][0], glyph.alternatives[1:]
    forms = {fold(glyph.text).text, fold(top).text}
    more = sum(share for text, share in others if text and fold(text).text in forms)
    return min(1.0, glyph.confidence + more)


def weighed(value: float, factor: float) -> float:
    """A probability whose odds are multiplied."""
    return probability(log_odds(value) + math.log(factor))


def log_odds(share: float) -> float:
    """Within ±12."""
    if share <= 0.0:
        return -_FAR
    if share >= 1.0:
        return _FAR
    return max(-_FAR, min(math.log(share / (1.0 - share)), _FAR))


def probability(odds: float) -> float:
    """From log odds."""
    return 1.0 / (1.0 + math.exp(-odds))


@lru_cache(maxsize=2)
def load(path: Path = DATA) -> Calibration:
    """The calibration that comes with the code."""
    content = path.read_bytes()
    plain: dict[str, Any] = json.loads(content)
    return Calibration(
        japanese=_worth(plain["japanese"]),
        latin=_worth(plain["latin"]),
        agreement=float(plain["second_opinion"]["agreement"]),
        disagreement=float(plain["second_opinion"]["disagreement"]),
        digest=Digest.of(content).value[:16],
    )


def _worth(plain: dict[str, Any]) -> Worth:
    return Worth(character=_curve(plain["character"]), word=_curve(plain["word"]))


def _curve(points: Sequence[Sequence[float]]) -> Curve:
    return Curve(points=tuple((float(x), float(y)) for x, y in points))
