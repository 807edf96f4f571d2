"""``python -m classifiers.training.train``: makes the shipped class model anew, and says how good it is.

Nothing but ``words.json`` and seeds goes in; no browser, no pictures, a few minutes on one core. The same words give
the same file. ``shoko train`` learns from the archive's lessons too, by the same functions.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from classifiers.features import features_of
from classifiers.model import ModelClassifier
from classifiers.model_file import SHIPPED, ClassModel, Combination
from classifiers.rules import cues_of
from classifiers.training.combining import START, Judged, fit_combination
from classifiers.training.fitting import SEED, Lesson, fit, known_features
from classifiers.training.papers import Words, papers
from classifiers.training.scoring import APART, APART_SEED, evaluation_papers, score

COUNT = 6000
"""Papers that the text categoriser learns from."""
_FOLDS = 3
_FOLD_COUNT = 1800
_FOLD_SHARE = 0.35
"""Share of wordings that is unknown where the two halves are weighed."""
LESSON_TIMES = 6
"""How often a corrected document counts: seldom seen, and true."""


def training_words() -> Words:
    """All wordings but those that are kept for measuring."""
    return Words.load().part(kept_apart=False, share=APART, seed=APART_SEED)


def lessons_from(words: Words, *, seed: int, count: int) -> list[Lesson]:
    """Features and classes of generated papers."""
    return [Lesson(label=p.label, features=features_of(p.texts)) for p in papers(words, seed=seed, count=count)]


def learn(lessons: Sequence[Lesson], combination: Combination, *, more: Sequence[Lesson] = ()) -> ClassModel:
    """A model from generated lessons and those of the archive."""
    known = frozenset(known_features(lessons)) | {feature for lesson in more for feature in lesson.features}
    seen = [
        Lesson(label=lesson.label, features=tuple(f for f in lesson.features if f in known))
        for lesson in (*lessons, *(one for one in more for _ in range(LESSON_TIMES)))
    ]
    return ClassModel(weights=fit(seen), features=known, combination=combination)


def weigh(words: Words, *, count: int = _FOLD_COUNT, folds: int = _FOLDS) -> Combination:
    """Weigh rules and text on wordings that the text categoriser has not learnt."""
    judged: list[Judged] = []
    for fold in range(folds):
        part = words.part(kept_apart=False, share=_FOLD_SHARE, seed=100 + fold)
        apart = words.part(kept_apart=True, share=_FOLD_SHARE, seed=100 + fold)
        model = ModelClassifier(learn(lessons_from(part, seed=SEED + fold, count=count), START))
        for paper in papers(apart, seed=200 + fold, count=count // 4):
            cues = cues_of(paper.texts)
            if cues is not None:
                text = model.text_probabilities(paper.texts)
                judged.append(Judged(label=paper.label, text=text, cues=cues))
    return fit_combination(judged)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--measure", action="store_true", help="measure the model in force, write nothing")
    asked = parser.parse_args(arguments)
    frozen = evaluation_papers()
    if asked.out.is_file():
        _say({"before": asdict(score(ModelClassifier(ClassModel.load(asked.out)), frozen))})
    if asked.measure:
        return 0
    words = training_words()
    combination = weigh(words)
    model = learn(lessons_from(words, seed=SEED, count=asked.count), combination)
    asked.out.write_bytes(model.to_bytes())
    _say({"after": asdict(score(ModelClassifier(model), frozen)), "combination": asdict(combination)})
    return 0


def _say(plain: object) -> None:
    sys.stdout.write(json.dumps(plain, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())
