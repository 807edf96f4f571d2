"""How good a class model is on papers that are always the same and whose wordings no model has learnt."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from classifiers.model import ModelClassifier
from classifiers.training.papers import Paper, Words, papers

SURE = 0.9
"""Probability from which a class stands without a person, as in reviewing fields."""
APART = 0.15
"""Share of all wordings that no model learns, so that it can be measured on them."""
APART_SEED = 1
EVALUATION_SEED = 990
EVALUATION_COUNT = 1200
_BINS = 15
_LEAST = 1e-6
_BY_CHANCE = 0.0025
"""Share of papers (three of 1,200) that two trainings on different seeds told differently."""
_WORSE_SURPRISE = 0.005
"""A rise of the mean surprise that chance alone gives between two trainings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassScore:
    """Counted over one set of papers."""

    documents: int
    right: int
    sure_and_wrong: int
    """Wrong with a probability that needs no person: the worst error."""
    sure: int
    surprise: float
    """Mean of minus the logarithm of the probability given to what was said, right or wrong."""
    calibration_error: float
    """Mean distance between probability and share that is right, over 15 bins of equally many documents."""

    def worse_than(self, other: ClassScore) -> bool:
        """More errors that nobody would see, fewer right, or a clearly worse sense of its own doubt."""
        return (
            self.sure_and_wrong > other.sure_and_wrong
            or self.right < other.right - _BY_CHANCE * other.documents
            or self.surprise > other.surprise + _WORSE_SURPRISE
        )


def evaluation_papers() -> list[Paper]:
    """The frozen set."""
    words = Words.load().part(kept_apart=True, share=APART, seed=APART_SEED)
    return list(papers(words, seed=EVALUATION_SEED, count=EVALUATION_COUNT))


def score(classifier: ModelClassifier, found: Iterable[Paper]) -> ClassScore:
    """Judge a classifier on papers."""
    said = [(paper.label, classifier.classify(paper.texts)) for paper in found]
    judged = sorted((got.confidence, got.label is label) for label, got in said)
    surprise = sum(-math.log(max(p if right else 1 - p, _LEAST)) for p, right in judged)
    return ClassScore(
        documents=len(judged),
        right=sum(right for _, right in judged),
        sure_and_wrong=sum(not right for p, right in judged if p >= SURE),
        sure=sum(p >= SURE for p, _ in judged),
        surprise=round(surprise / max(len(judged), 1), 4),
        calibration_error=round(_calibration(judged), 4),
    )


def _calibration(judged: list[tuple[float, bool]]) -> float:
    size = max(math.ceil(len(judged) / _BINS), 1)
    bins = [judged[start : start + size] for start in range(0, len(judged), size)]
    gaps = (abs(sum(p for p, _ in part) - sum(right for _, right in part)) for part in bins)
    return sum(gaps) / max(len(judged), 1)
