"""How much rules and text weigh: counted where both meet wordings that they have not seen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass

import numpy as np
import numpy.typing as npt

from classifiers.model import combined
from classifiers.model_file import Combination
from classifiers.rules import Cues
from domain.fields import DocumentType

START = Combination(text=0.5, cues=2.0, strong=0.5, other=0.0, doubt=0.5)
_ROUNDS = 60
_STEP = 0.4
_SHRINK = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What both halves say of a document whose class is known."""

    label: DocumentType
    text: Mapping[DocumentType, float]
    cues: Cues


def fit_combination(judged: Sequence[Judged]) -> Combination:
    """The weights under which the true classes are likeliest: a walk along one weight after the other."""
    values = np.array(astuple(START))
    step = _STEP
    best = loss(judged, START)
    for _ in range(_ROUNDS):
        moved = False
        for at in range(len(values)):
            for sign in (1, -1):
                trial = values.copy()
                trial[at] += sign * step
                now = loss(judged, _of(trial))
                if now < best - 1e-7:
                    values, best, moved = trial, now, True
                    break
        if not moved:
            step *= _SHRINK
            if step < 0.01:
                break
    return _of(values)


def loss(judged: Sequence[Judged], combination: Combination) -> float:
    """Mean surprise at the true classes."""
    return sum(-math.log(max(combined(j.text, j.cues, combination)[j.label], 1e-9)) for j in judged) / len(judged)


def _of(values: npt.NDArray[np.float64]) -> Combination:
    text, cues, strong, other, doubt = (round(float(v), 4) for v in values)
    return Combination(text=text, cues=cues, strong=strong, other=other, doubt=doubt)
