"""What a sentence of a search is taken apart into, and how far it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from domain.fields import DocumentType
from domain.folding import Folded
from domain.ids import Origin
from domain.query import MAX_WORDS
from domain.record import DocumentState
from domain.spoken_periods import Said, Years


class Part(StrEnum):
    """What a piece of the sentence became."""

    DATE = "date"
    RECEIVED = "received"
    FILED = "filed"
    """The day on which it was filed first."""
    DUE = "due"
    """The day of payment."""
    AMOUNT = "amount"
    COUNTERPARTY = "counterparty"
    TYPE = "type"
    STATE = "state"
    ORIGIN = "origin"
    BLANK = "blank"
    ORDER = "order"
    QUOTED = "quoted"
    """Said to be looked for as it stands: 「消費税」を含む."""
    WORD = "word"
    """Not understood: looked for as it stands."""
    UNSUPPORTED = "unsupported"
    """Understood, and nothing that can be searched for beside the rest: left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One piece of the sentence."""

    text: str
    """As it was written."""
    part: Part


@dataclass
class Reading:
    """How far the sentence is read, and what came of it."""

    folded: Folded
    years: Years
    known_party: Callable[[str], bool]
    is_us: Callable[[str], bool] = lambda _: False
    departments: tuple[str, ...] = ()
    at: int = 0
    taken: dict[str, Any] = field(default_factory=dict)
    types: list[DocumentType] = field(default_factory=list)
    states: list[DocumentState] = field(default_factory=list)
    origins: list[Origin] = field(default_factory=list)
    way: tuple[Origin, ...] = ()
    """From or to the counterparty: counts where no origin is said."""
    words: list[str] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    period: Said | None = None
    """The last period that was said whole."""

    def take(self, end: int, part: Part, **conditions: Any) -> bool:
        """The text up to ``end`` became this; what would replace a condition that was said before is left out."""
        if any(self.taken.get(name, value) != value for name, value in conditions.items()):
            return self.leave_out(end)
        self.taken.update(conditions)
        return self._passed(end, part)

    def leave_out(self, end: int) -> bool:
        """The text up to ``end`` is understood and not used."""
        return self._passed(end, Part.UNSUPPORTED)

    def look_for(self, end: int, part: Part, *words: str) -> bool:
        """The text up to ``end`` is looked for; words beyond what one query holds are left out."""
        if len(set(self.words) | set(words)) > MAX_WORDS:
            return self.leave_out(end)
        self.words.extend(words)
        return self._passed(end, part)

    def follows(self, *joints: str) -> bool:
        """Whether one of these words joins what comes next to what was read."""
        return self.folded.text[: self.at].rstrip().endswith(joints)

    def _passed(self, end: int, part: Part) -> bool:
        raw = self.folded.raw(self.at, end).strip()
        self.pieces.append(Piece(text=raw, part=part))
        self.at = end
        return True


def past_no(text: str, end: int) -> int:
    """Behind a の or な that ties what was read to what follows."""
    return end + 1 if text[end : end + 1] in {"の", "な"} else end
