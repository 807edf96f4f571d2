"""Lessons: what an engine had read, what a person put instead, and on what kind of page.

A lesson is written down with every correction and never changed. It holds values and words of the page, so it stands
in payloads only. What it teaches about the next page of the same layout is worked out where pages are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.fields import DocumentType, Value
from domain.page import EngineId


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a value stands on its page, told by the words beside it."""

    label: str
    """The words that announce it, folded; empty where nothing does."""
    side: str
    """``right`` of the label, ``below`` it, ``inside`` the same run of words, or ``alone``."""
    raw: str
    """As printed."""
    x: int
    """Left edge in thousandths of the width of the printed page."""
    y: int
    """Upper edge in thousandths of its height."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldLesson:
    """One field of one correction."""

    name: str
    read: Value | None
    """What the engine had; None where it had found nothing."""
    put: Value | None
    """What the person put; None where the document does not carry it."""
    engine: EngineId | None
    """Who had read it; None where the field was not there."""
    confidence: float
    """Of what was read."""
    read_at: Place | None = None
    put_at: Place | None = None
    """None where the value is not printed as it was put."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One correction of one document."""

    client_id: str
    number: int
    """From 1, without gaps."""
    document_id: str
    revision: int
    """The revision that the person made."""
    read_type: DocumentType
    type_engine: EngineId
    put_type: DocumentType
    type_settled: bool
    """The person set the class, or looked at the whole document."""
    issuer: str | None
    """Whose paper it is, as the corrected document says."""
    registration_number: str | None
    layout: tuple[str, ...]
    """Printed words with their places (``extractors.habits.layout``); empty where no text was recorded."""
    features: tuple[str, ...]
    """What the class model looks at (``classifiers.features``)."""
    fields: tuple[FieldLesson, ...]
    recorded_at: datetime
    """UTC."""
    recorded_by: str
