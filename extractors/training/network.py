"""A small network fitted by numpy alone: the same numbers and seed give the same weights on the same machine."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from extractors.judge import Network

Array = npt.NDArray[np.float32]

HIDDEN = (96, 48)
"""Units of the two inner layers."""
MEMBERS = 4
"""Networks that begin differently and are asked together: where one alone would guess, they mostly disagree."""
_BATCH = 256
_RATE = 3e-3
"""Of learning, at first; it falls to a twentieth."""
_DECAY = 1e-4
_HIDDEN_MEASURES = 0.1
"""Share of measures that a network does without, drawn anew for every batch: none may decide alone."""
_IDLE = 0.1
"""Share of inner units that are left out, drawn anew for every cut."""
_FIRST, _SECOND, _TINY = 0.9, 0.999, 1e-8
"""Adam's."""
_FLOOR = 0.05
"""Added to every deviation, so that a measure that hardly varies is not blown up."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """Cuts with the truth about them."""

    measures: Array
    right: Array
    """1 or 0."""
    weight: Array

    def __add__(self, other: Lessons) -> Lessons:
        """Both."""
        return Lessons(
            np.concatenate([self.measures, other.measures]),
            np.concatenate([self.right, other.right]),
            np.concatenate([self.weight, other.weight]),
        )


def fitted(lessons: Lessons, *, epochs: int, seed: int) -> Network:
    """A network that tells right cuts from wrong ones."""
    rng = np.random.default_rng(seed)
    mean, deviation = lessons.measures.mean(0), lessons.measures.std(0) + np.float32(_FLOOR)
    x = (lessons.measures - mean) / deviation
    weight = lessons.weight / lessons.weight.mean()
    sizes = (x.shape[1], *HIDDEN, 1)
    values: list[Array] = []
    for before, after in pairwise(sizes):
        values.append(rng.normal(0, before**-0.5, (MEMBERS, before, after)).astype(np.float32))
        values.append(np.zeros((MEMBERS, 1, after), np.float32))
    first, second = [np.zeros_like(v) for v in values], [np.zeros_like(v) for v in values]
    steps = epochs * (len(x) // _BATCH + 1)
    step = 0
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), _BATCH):
            chosen = order[start : start + _BATCH]
            slopes = _slopes(values, x[chosen], lessons.right[chosen], weight[chosen], rng)
            step += 1
            rate = np.float32(_RATE * (1 - 0.95 * step / steps))
            for number, slope in enumerate(slopes):
                first[number] += (1 - _FIRST) * (slope - first[number])
                second[number] += (1 - _SECOND) * (slope * slope - second[number])
                move = first[number] / (1 - _FIRST**step) / (np.sqrt(second[number] / (1 - _SECOND**step)) + _TINY)
                values[number] -= rate * (move + (0 if number % 2 else _DECAY * values[number]))
    layers = tuple((values[i], values[i + 1]) for i in range(0, len(values), 2))
    return Network(mean=mean, deviation=deviation, layers=layers)


def _slopes(values: list[Array], x: Array, right: Array, weight: Array, rng: np.random.Generator) -> list[Array]:
    """How the weighted logarithmic loss changes with each value."""
    inputs: list[Array] = [x * (rng.random((len(values[0]), 1, x.shape[1]), np.float32) >= _HIDDEN_MEASURES)]
    for number in range(0, len(values) - 2, 2):
        inner = np.maximum(inputs[-1] @ values[number] + values[number + 1], 0)
        inputs.append(inner * (rng.random(inner.shape, np.float32) >= _IDLE) / np.float32(1 - _IDLE))
    out = inputs[-1] @ values[-2] + values[-1]
    back = (1 / (1 + np.exp(-np.clip(out, -30, 30))) - right[:, None]) * weight[:, None] / np.float32(len(x))
    slopes: list[Array] = []
    for number in range(len(values) - 2, -1, -2):
        below = inputs[number // 2]
        slopes[:0] = [below.swapaxes(-1, -2) @ back, back.sum(-2, keepdims=True)]
        if number:
            back = (back @ values[number].swapaxes(-1, -2)) * (below > 0) / np.float32(1 - _IDLE)
    return slopes
