"""``model.v1``: rules that give reasons and a trained text categoriser, combined into one calibrated probability.

What neither knows is ``other``: the categoriser has learnt from far more kinds of paper than the nine classes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from classifiers.features import features_of
from classifiers.model_file import SHIPPED, ClassModel, Combination
from classifiers.network import TextNetwork
from classifiers.rules import Cues, cues_of
from domain.fields import DocumentType
from domain.page import EngineId, PageText
from domain.record import Classification

NAME = "model.v1"
VERSION = "1"
FILE_NAME = SHIPPED.name
_LEAST = 1e-6
"""Least probability of the text categoriser that is told apart from none."""
_CAP = 3.0
"""Highest score of rules that is told apart from higher ones."""
_ALMOST = 0.999
"""Nothing is more probable than this: a thousand generated papers cannot prove more."""
_REASONS = 4


class ModelClassifier:
    """Pure but for loading spaCy once, on the first document."""

    def __init__(self, model: ClassModel) -> None:
        """Keep the model; spaCy is loaded on first use."""
        self._model = model
        self._network = TextNetwork(model.weights)
        self._engine = EngineId(name=NAME, version=VERSION, config_digest=model.digest)

    @property
    def engine_id(self) -> EngineId:
        """Name, version of the code, digest of the model."""
        return self._engine

    def classify(self, texts: Sequence[PageText]) -> Classification:
        """Class, probability and what spoke for it; OTHER without confidence where there is no text."""
        cues = cues_of(texts)
        if cues is None:
            return Classification(label=DocumentType.OTHER, confidence=0.0, reasons=("no_text",), engine=self._engine)
        text = self.text_probabilities(texts)
        shares = combined(text, cues, self._model.combination)
        label = max(shares, key=lambda kind: shares[kind])
        said = [*dict.fromkeys(cues.reasons.get(label, ()))][: _REASONS - 1]
        said.append(f"text:{round(100 * text[label])}%")
        confidence = round(min(shares[label], _ALMOST), 3)
        return Classification(label=label, confidence=confidence, reasons=tuple(said), engine=self._engine)

    def text_probabilities(self, texts: Sequence[PageText]) -> dict[DocumentType, float]:
        """What the text categoriser alone says."""
        return self._network.probabilities(self._known(features_of(texts)))

    def likeliest(self, features: Sequence[str]) -> DocumentType:
        """What the text categoriser alone takes a document of these features for."""
        shares = self._network.probabilities(self._known(features))
        return max(shares, key=lambda kind: shares[kind])

    def _known(self, features: Sequence[str]) -> list[str]:
        return [feature for feature in features if feature in self._model.features]


def create(*, model_folder: Path | None = None) -> ModelClassifier:
    """The factory behind the entry point: the model of the folder where there is one, else the one that is shipped.

    Raises:
        EngineMissing: the folder's model cannot be used.
    """
    return ModelClassifier(ClassModel.load(model_path(model_folder)))


def model_path(folder: Path | None) -> Path:
    """The model in force: the folder's own where it has one, else the one that is shipped."""
    own = folder / FILE_NAME if folder is not None else None
    return own if own is not None and own.is_file() else SHIPPED


def combined(text: Mapping[DocumentType, float], cues: Cues, combination: Combination) -> dict[DocumentType, float]:
    """Probabilities of all classes from both halves; they sum to one."""
    scores = {kind: min(cues.scores.get(kind, 0.0), _CAP) for kind in DocumentType}
    strongest = max(scores, key=lambda kind: scores[kind])
    against = max(score for kind, score in scores.items() if kind is not DocumentType.OTHER)
    logits = {}
    for kind in DocumentType:
        logit = combination.text * math.log(max(text[kind], _LEAST)) + combination.cues * scores[kind]
        if kind is strongest and scores[kind]:
            logit += combination.strong
        if kind is DocumentType.OTHER:
            logit += combination.other - combination.doubt * against
        logits[kind] = logit
    highest = max(logits.values())
    powers = {kind: math.exp(logit - highest) for kind, logit in logits.items()}
    total = sum(powers.values())
    return {kind: power / total for kind, power in powers.items()}
