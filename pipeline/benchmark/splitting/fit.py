"""Coefficients of the model of borders, fitted on generated stacks of development layouts.

Every document of the stacks is read as often as it is given (its text layer, and scans of it); stacks are then put
together from texts, so that many orders cost nothing. The fit is Newton's method on the penalised likelihood: the same
texts give the same coefficients.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from classifiers.page_signs import ARTICLE, PageSigns, page_number
from classifiers.rules import compact
from classifiers.split import SplitModel, features
from domain.geometry import Box
from domain.page import Line, PageText

_PENALTY = 2.0
"""Weight of the squared differences of coefficients from what they are known to be (most: nothing). Without one the
coefficients of rare signs grow without end."""
_KNOWN = {
    "number_follows": -3.0,
    "headed_in_order": -2.0,
    "articles_follow": -3.0,
    "unfinished_before": -2.0,
    "number_fits": -1.5,
    "of_the_same_total": -1.0,
    "pages_to_come": -1.0,
    "clauses_and_no_heading": -1.0,
    "dated_alone": -1.0,
    "first_page_again": 6.0,
    "signed_articles": 3.0,
    "nothing_joins": 1.0,
    "another_receipt": 2.0,
    "begins_in_table": -4.5,
    "closes": -3.5,
    "counts_on": -3.0,
    "counted_after": -3.0,
    "second_after": 2.0,
    "labels_repeated": -2.5,
    "nobody_named": -1.5,
    "headed_with_the_same_number": -3.5,
    "headed_with_all_the_same": -1.0,
    "same_number_and_no_heading": -2.0,
    "another_total": 3.0,
    "contract_opens": 3.0,
    "greets": 1.5,
    "less_said": -1.0,
    "listed_the_same_day": -3.0,
    "lines_repeated": -1.5,
    "brought": -5.0,
    "onward": -1.5,
    "number_stands": -2.0,
    "signs_articles": -3.0,
    "nothing_new": -2.0,
}
"""What some signs are known to mean: made stacks carry them beside others that suffice, and a fit alone gives them
little weight; on a page that says nothing else they decide."""
_STEPS = 40
_PARTS_FROM = 0.5
_DOUBT = (0.08, 0.95)
"""Probabilities between which a person is asked."""
_MOST_DOCUMENTS = 7
_TWICE = 0.05
"""Of documents that lie in a stack in two copies."""
_HEAD = 0.3
"""Share of a page that is its head."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Border:
    """A place between two pages of a made stack."""

    values: Mapping[str, float]
    real: bool
    weight: float


def borders(parties: Sequence[Sequence[Sequence[PageSigns]]], *, seed: int, count: int) -> Iterator[Border]:
    """Places between pages of stacks; ``parties`` are documents (as pages) that come one after the other."""
    rng = random.Random(f"borders {seed}")  # noqa: S311 - orders of made documents
    for _ in range(count):
        wanted = rng.randint(2, _MOST_DOCUMENTS)
        order: list[Sequence[PageSigns]] = []
        while len(order) < wanted:
            for document in rng.choice(parties):
                order += (document, document) if rng.random() < _TWICE else (document,)
        following = [*(page for document in order for page in document)][1:]
        before: Sequence[PageSigns] = ()
        for document in order:
            for number, page in enumerate(document):
                after = following.pop(0) if following else None
                known = document[:number] or before
                if known:
                    yield Border(values=features(known, page, after), real=number == 0, weight=1.0)
            before = document or before


def repeated_heads(texts: Sequence[PageText]) -> tuple[PageText, ...]:
    """The same document with the head of its first page on every page, as much business software prints it."""
    first = texts[0].rows
    bottom = _HEAD * max((line.box.bottom for line in first), default=0)
    bottom = min(bottom, *(line.box.top for line in first if ARTICLE.match(compact(line.text))), math.inf)
    head = tuple(line for line in first if line.box.bottom <= bottom and page_number((line,)) == (None, None))
    if not head:
        return tuple(texts)
    down = max(line.box.bottom for line in head)
    later = (replace(text, lines=(*head, *(_lower(line, down) for line in text.rows)), tables=()) for text in texts[1:])
    return (texts[0], *later)


def _lower(line: Line, by: int) -> Line:
    words = tuple(replace(word, box=_moved(word.box, by)) for word in line.words)
    return replace(line, words=words, box=_moved(line.box, by), row=None)


def _moved(box: Box, by: int) -> Box:
    return replace(box, top=box.top + by, bottom=box.bottom + by)


def fit(found: Sequence[Border]) -> SplitModel:
    """The model of these borders."""
    names = sorted({name for border in found for name in border.values})
    x = np.array([[border.values.get(name, 0.0) for name in names] + [1.0] for border in found])
    y = np.array([float(border.real) for border in found])
    weight = np.array([border.weight for border in found])
    coefficients = np.zeros(x.shape[1])
    penalty = np.full(x.shape[1], _PENALTY)
    penalty[-1] = 0.0
    known = np.array([_KNOWN.get(name, 0.0) for name in names] + [0.0])
    for _ in range(_STEPS):
        share = 1.0 / (1.0 + np.exp(-np.clip(x @ coefficients, -30.0, 30.0)))
        slope = x.T @ (weight * (share - y)) + penalty * (coefficients - known)
        curve = (x * (weight * share * (1.0 - share))[:, None]).T @ x + np.diag(penalty + 1e-9)
        step = np.linalg.solve(curve, slope)
        coefficients -= step
        if float(np.abs(step).max()) < 1e-8:
            break
    return SplitModel(
        weights={name: round(float(value), 4) for name, value in zip(names, coefficients, strict=False)},
        bias=round(float(coefficients[-1]), 4),
        parts_from=_PARTS_FROM,
        joins_below=_DOUBT[0],
        parts_surely_from=_DOUBT[1],
    )


def right_share(model: SplitModel, found: Sequence[Border]) -> float:
    """Share of places that a model calls rightly; 0 where there are none."""
    right = sum((model.border(border.values) >= model.parts_from) is border.real for border in found)
    return right / len(found) if found else 0.0


def as_json(model: SplitModel) -> str:
    """What is kept beside ``classifiers.split``."""
    plain = {
        "bias": model.bias,
        "joins_below": model.joins_below,
        "parts_from": model.parts_from,
        "parts_surely_from": model.parts_surely_from,
        "weights": dict(sorted(model.weights.items())),
    }
    return json.dumps(plain, indent=1) + "\n"
