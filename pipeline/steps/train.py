"""``shoko train``: the class model made anew from generated papers and the archive's lessons, and only if not worse."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classifiers.model import FILE_NAME, ModelClassifier, model_path
from classifiers.model_file import ClassModel
from classifiers.training.fitting import SEED, Lesson
from classifiers.training.papers import Paper
from classifiers.training.scoring import ClassScore, evaluation_papers, score
from classifiers.training.train import COUNT, learn, lessons_from, training_words
from domain.errors import StorageError
from pipeline.steps.habits import publish_habits

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.wiring import Shoko

logger = logging.getLogger(__name__)

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainResult:
    """What a training came to."""

    before: ClassScore
    """Of the model in force, on papers in wordings that no model learns."""
    after: ClassScore
    lessons: int
    """Documents of the archive whose class a person settled."""
    lessons_right_before: int
    lessons_right_after: int
    old_model: str
    """Digest of the model in force."""
    new_model: str
    """Digest of the one that was made; the same where nothing was learnt anew."""
    accepted: bool
    """False where it is worse: then nothing was written."""
    habits: int
    """Lessons that are now applied to pages of the same layout."""


def train_models(
    shoko: Shoko, *, papers: int = COUNT, frozen: Sequence[Paper] | None = None, say: Say = lambda _: None
) -> TrainResult:
    """Make the class model anew and put it in force where it is not worse.

    1. The model in force is judged on the frozen set.
    2. Another is made: generated papers by a fixed seed, and every lesson in which a person settled the class.
    3. It is judged on the same set, and on the lessons. It is written only if it is not worse.

    The same lessons give the same model. Reading processes take it when they start.

    Args:
        shoko: the installation.
        papers: how many generated papers are learnt from.
        frozen: what both models are judged on; the frozen set where None.
        say: hears what is being done.

    Raises:
        EngineMissing: spaCy is not installed, or the model in force cannot be used.
        StorageError: the model cannot be written.
    """
    folder = shoko.settings.model_folder
    say("今のモデルを測っています")
    frozen = evaluation_papers() if frozen is None else frozen
    current = ClassModel.load(model_path(folder))
    before = score(ModelClassifier(current), frozen)
    say("書類の例を作っています")
    own = _lessons(shoko)
    generated = lessons_from(training_words(), seed=SEED, count=papers)
    say("学習しています")
    made = learn(generated, current.combination, more=own)
    say("新しいモデルを測っています")
    after = score(ModelClassifier(made), frozen)
    accepted = not after.worse_than(before)
    if accepted and made.digest != current.digest:
        _put(folder, made)
    logger.info("trained: %s -> %s, accepted %s", current.digest, made.digest, accepted)
    return TrainResult(
        before=before,
        after=after,
        lessons=len(own),
        lessons_right_before=_right(current, own),
        lessons_right_after=_right(made, own),
        old_model=current.digest,
        new_model=made.digest,
        accepted=accepted,
        habits=publish_habits(shoko),
    )


def _lessons(shoko: Shoko) -> list[Lesson]:
    """The newest lesson of each document whose class a person settled."""
    found = {one.document_id: one for one in shoko.archive.lessons() if one.type_settled and one.features}
    return [Lesson(label=one.put_type, features=one.features) for _, one in sorted(found.items())]


def _right(model: ClassModel, lessons: list[Lesson]) -> int:
    classifier = ModelClassifier(model)
    return sum(classifier.likeliest(lesson.features) is lesson.label for lesson in lessons)


def _put(folder: Path, model: ClassModel) -> None:
    """The model under its digest, which stays, and under the name that reading looks for."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        content = model.to_bytes()
        (folder / f"class_model.{model.digest}.npz").write_bytes(content)
        half = folder / f"{FILE_NAME}.new"
        half.write_bytes(content)
        half.replace(folder / FILE_NAME)
    except OSError as error:
        raise StorageError(
            f"cannot write the model: {error.strerror}",
            message_ja=f"モデルを書き込めません（{folder}）。フォルダーの権限と空き容量を確かめてください",
        ) from error
