"""Confidence against truth: of what is read with a confidence of 0.9, nine tenths should be right. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.benchmark.rates import Rate, plain, rate
from pipeline.benchmark.reading.matching import MatchedWord, matched

if TYPE_CHECKING:
    from domain.page import TextReading, Word
    from pipeline.benchmark.reading.truth import PageTruth

EDGES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 1.0)
"""Narrow at the top: nearly all characters are there, and 0.98 or 0.998 decides whether a person looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Something that was read, how sure the engine was, and whether it is right."""

    confidence: float
    right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """One step of the curve."""

    low: float
    high: float
    confidence: float
    """Mean of what fell into it."""
    right: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """How far confidence can be believed."""

    of: str
    """``character``, ``word`` or ``line``."""
    bins: tuple[Bin, ...]
    """Without empty ones."""
    count: int
    expected_error: float
    """Expected calibration error: distance between confidence and share of right ones, weighed by count."""


def curve(of: str, judgements: Sequence[Judgement]) -> Curve:
    """Judgements in bins."""
    bins: list[Bin] = []
    error = 0.0
    for low, high in pairwise(EDGES):
        last = high == EDGES[-1]
        inside = [j for j in judgements if low <= j.confidence < high or (last and j.confidence >= high)]
        if not inside:
            continue
        mean = sum(j.confidence for j in inside) / len(inside)
        hits = sum(j.right for j in inside)
        bins.append(Bin(low=low, high=high, confidence=mean, right=rate(hits, len(inside))))
        error += abs(mean - hits / len(inside)) * len(inside) / len(judgements)
    return Curve(of=of, bins=tuple(bins), count=len(judgements), expected_error=error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Everything that was read on some pages."""

    characters: tuple[Judgement, ...] = ()
    words: tuple[Judgement, ...] = ()
    lines: tuple[Judgement, ...] = ()


def judged_page(truth: PageTruth, reading: TextReading) -> Judged:
    """Every character, word and line of a page; seals are left out, a line with a wrong character is wrong."""
    lines = [line for text in reading.texts for line in text.lines]
    words = [word for line in lines for word in line.words]
    matching = matched([w.text for w in words], plain(truth.spoken), optional=truth.drawn)
    characters: list[Judgement] = []
    whole: list[Judgement] = []
    by_line: list[Judgement] = []
    found = iter(matching.words)
    for line in lines:
        parts: list[MatchedWord] = []
        for word in line.words:
            match = next(found)
            characters += [
                Judgement(confidence=confidence, right=right)
                for confidence, right in zip(_confidences(word), match.right, strict=True)
                if right is not None
            ]
            if match.judged:
                whole.append(Judgement(confidence=word.confidence, right=all(match.judged)))
                parts.append(match)
        if parts:
            right = all(all(part.judged) for part in parts)
            by_line.append(Judgement(confidence=line.confidence, right=right))
    return Judged(characters=tuple(characters), words=tuple(whole), lines=tuple(by_line))


def _confidences(word: Word) -> list[float]:
    """Of every character as compared: NFKC can make several of one."""
    given = word.character_confidences or (word.confidence,) * len(word.text)
    return [c for character, c in zip(word.text, given, strict=True) for _ in plain(character)]


def curves(pages: Iterable[Judged]) -> tuple[Curve, ...]:
    """Per character, word and line over all pages."""
    found = list(pages)
    return (
        curve("character", [j for page in found for j in page.characters]),
        curve("word", [j for page in found for j in page.words]),
        curve("line", [j for page in found for j in page.lines]),
    )
