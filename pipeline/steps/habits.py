"""Lessons on their way to the reading processes, which have the store and no database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.codec import dump, load
from domain.ids import Digest
from domain.lessons import Lesson
from extractors.habits.apply import MOST_LESSONS
from pipeline.steps.company import names_said
from pipeline.steps.filing import DERIVED

if TYPE_CHECKING:
    from pipeline.wiring import Shoko


def habits_key(client_id: str) -> str:
    """Where they lie in ``derived``: they can be published anew from the archive at any time."""
    return f"{client_id}/habits.json"


def publish_habits(shoko: Shoko) -> int:
    """Leave the newest lessons for the reading processes; returns how many."""
    lessons = shoko.archive.lessons(after=max(shoko.archive.newest_lesson() - MOST_LESSONS, 0))
    shoko.store.put_named(
        DERIVED, habits_key(shoko.settings.client_id), dump(lessons), media_type="application/json", if_absent=False
    )
    return len(lessons)


def load_habits(content: bytes) -> tuple[Lesson, ...]:
    """Published lessons.

    Raises:
        ValueError: they are damaged.
    """
    return load(tuple[Lesson, ...], content)


def digest_with_lessons(shoko: Shoko, config_digest: str) -> str:
    """Names a reading by these engines with these lessons and names of ours: after a change, it is read anew."""
    newest, names = shoko.archive.newest_lesson(), names_said(shoko)
    said = "" if names is None else f" names {'/'.join(names)}"
    return Digest.of(f"{config_digest} lessons {newest}{said}".encode()).value[:32] if newest or said else config_digest
