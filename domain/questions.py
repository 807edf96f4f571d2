"""What a person is asked about a document that waits: only what is unsure, with what could be the answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.geometry import Box
from domain.record import ReviewReason


class Asked(StrEnum):
    """What a question is about."""

    FIELD = "field"
    TYPE = "type"
    ORIGIN = "origin"
    RECEIVED_ON = "received_on"
    PAPER = "paper"
    """The size of the scanned paper, on which the resolution hangs (law: scan-resolution-tone)."""
    NOTE = "note"
    """Something to look at that has no value of its own."""


class ChoiceSource(StrEnum):
    """Where a possible answer comes from."""

    READ = "read"
    """What the engines propose."""
    SECOND = "second"
    """What the second engine read where the two differ."""
    EARLIER = "earlier"
    """What an earlier reading had."""
    PERSON = "person"
    """What a person had put."""
    PAGE = "page"
    """Another value of its kind that stands on the page."""
    MASTER = "master"
    """The counterparty master."""
    REGISTER = "register"
    """The public register of qualified issuers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place on the document."""

    page: int
    """From 0 within the document."""
    box: Box
    """In pixels of the upright page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A possible answer."""

    text: str
    """As a person may type it (``domain.corrections.parse_value`` reads it), or a code."""
    source: ChoiceSource
    beside: str = ""
    """The words that stand beside it on the page."""
    spots: tuple[Spot, ...] = ()
    """Where it stands."""
    confidence: float | None = None
    """Of what was read, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing that a person is asked."""

    asked: Asked
    field: str | None = None
    """A key of ``domain.fields.FIELDS`` where it is about a field."""
    reasons: tuple[ReviewReason, ...]
    """Why it is asked."""
    proposal: str
    """What stands now, as it may be typed; empty where nothing was found."""
    choices: tuple[Choice, ...] = ()
    """Possible answers, the proposal first, without repeats."""

    @property
    def spots(self) -> tuple[Spot, ...]:
        """Where to look: where the proposal stands, else where the first possible answer does."""
        return next((choice.spots for choice in self.choices if choice.spots), ())
