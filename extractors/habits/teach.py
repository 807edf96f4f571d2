"""From a field as it was read and as a person put it to what that teaches."""

from __future__ import annotations

from collections.abc import Sequence

from domain.fields import Field
from domain.lessons import FieldLesson
from domain.page import PageText
from extractors.habits.layout import find_value


def field_lesson(before: Field | None, after: Field, texts: Sequence[PageText]) -> FieldLesson:
    """What was read, what was put, and where either stands on the page."""
    read_at = find_value(texts, after.name, before.value if before is not None else None)
    put_at = find_value(texts, after.name, after.value)
    return FieldLesson(
        name=after.name,
        read=before.value if before is not None else None,
        put=after.value,
        engine=before.engine if before is not None else None,
        confidence=before.confidence if before is not None else 0.0,
        read_at=read_at.place if read_at else None,
        put_at=put_at.place if put_at else None,
    )
