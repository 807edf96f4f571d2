"""Training of the text categoriser: seeded, one thread, the same weights from the same documents."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from classifiers.network import LABELS, blank, document
from domain.fields import DocumentType

SEED = 7
PASSES = 6
"""Times that every document is learnt from; from five on the papers kept apart gained nothing."""
_BATCH = 32
_RATE = 0.004
_DECAY = 1e-4
"""Pull of weights towards nothing (Adam with decoupled decay)."""
_KEPT = 0.7
"""Share of a document's features that is seen at a time, so that no single phrase decides."""


LEAST_SEEN = 4
"""Documents that must show a feature before it is learnt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """Features of one document and its class."""

    label: DocumentType
    features: tuple[str, ...]


def known_features(lessons: Sequence[Lesson], *, least: int = LEAST_SEEN) -> tuple[str, ...]:
    """Features that so many documents show: what was never learnt must not count by chance."""
    seen = Counter(feature for lesson in lessons for feature in lesson.features)
    return tuple(sorted(feature for feature, times in seen.items() if times >= least))


def fit(lessons: Sequence[Lesson], *, seed: int = SEED, passes: int = PASSES) -> bytes:
    """Learn from documents; gives the weights."""
    from thinc.api import Adam, fix_random_seed  # noqa: PLC0415  # with spaCy

    fix_random_seed(seed)
    rng = random.Random(seed)  # noqa: S311 - seeded on purpose
    pipeline = blank()
    optimiser: Any = Adam(_RATE, L2=_DECAY, L2_is_weight_decay=True, grad_clip=1.0)
    pipeline.initialize(sgd=optimiser)
    model: Any = pipeline.get_pipe("textcat").model  # type: ignore[attr-defined]  # of no common type
    order = list(lessons)
    steps = passes * math.ceil(len(order) / _BATCH)
    done = 0
    for _ in range(passes):
        rng.shuffle(order)
        for start in range(0, len(order), _BATCH):
            optimiser.learn_rate = _RATE * 0.5 * (1 + math.cos(math.pi * done / steps))
            done += 1
            batch = order[start : start + _BATCH]
            shares, learn = model.begin_update([document(pipeline, _thinned(one.features, rng)) for one in batch])
            truth = np.array([[label == one.label.value for label in LABELS] for one in batch], np.float32)
            learn(shares - truth)
            model.finish_update(optimiser)
    weights: bytes = model.to_bytes()
    return weights


def _thinned(features: Sequence[str], rng: random.Random) -> list[str]:
    return [feature for feature in features if rng.random() < _KEPT]
