"""What people said about papers and books, folded from their acts: checks, places, marks, numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from domain.acts import ActKind, ActRecord
from domain.calendar import tokyo_day


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperOfUnit:
    """The paper that a unit is the picture of."""

    same: bool | None = None
    """Whether the newest sameness check found picture and paper the same; None where nobody looked."""
    checked_on: date | None = None
    """Asia/Tokyo."""
    checked_by: str | None = None
    place: str | None = None
    """Where it is kept."""
    discarded_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectFound:
    """A bad picture, and the revision that cured it."""

    found_on: date
    rescanned_as: int | None = None
    """None while there is no new scan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRef:
    """A number under which a document stands in a book (law: scan-book-link)."""

    book: str
    """Journal, ledger, job list …; may be empty."""
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """Where a document stands towards the books."""

    refs: tuple[LedgerRef, ...] = ()
    none_said: bool = False
    """A person said that no book has an entry for it."""


def paper_of(acts: Sequence[ActRecord]) -> PaperOfUnit:
    """The paper of a unit after the acts on it, in order."""
    said: dict[str, object] = {}
    for act in acts:
        match act.kind:
            case ActKind.SAMENESS_CHECKED:
                said |= {
                    "same": act.facts["same"] is True,
                    "checked_on": tokyo_day(act.recorded_at),
                    "checked_by": act.recorded_by,
                }
            case ActKind.PAPER_KEPT:
                said["place"] = act.personal.get("place")
            case ActKind.PAPER_DISCARDED:
                said["discarded_on"] = date.fromisoformat(str(act.facts["discarded_on"]))
            case _:
                pass
    return PaperOfUnit(**said)  # type: ignore[arg-type]  # each name with its own kind, above


def defects_of(acts: Sequence[ActRecord]) -> tuple[DefectFound, ...]:
    """The defects of a document's pictures; a new scan cures the ones found up to then."""
    found: list[DefectFound] = []
    for act in acts:
        if act.kind is ActKind.DEFECT_FOUND:
            found.append(DefectFound(found_on=date.fromisoformat(str(act.facts["found_on"]))))
        elif act.kind is ActKind.RESCANNED:
            revision = int(str(act.facts["revision"]))
            found = [
                one if one.rescanned_as else DefectFound(found_on=one.found_on, rescanned_as=revision) for one in found
            ]
    return tuple(found)


def stamp_duty_of(acts: Sequence[ActRecord]) -> str | None:
    """What a person last said of the revenue stamp; None where nobody did."""
    said = [act for act in acts if act.kind is ActKind.STAMP_DUTY_SAID]
    return str(said[-1].facts["stamp_duty"]) if said else None


def is_printout(acts: Sequence[ActRecord]) -> bool:
    """Whether a person last said that the paper is a printout of data."""
    said = [act for act in acts if act.kind is ActKind.PRINTOUT_SAID]
    return bool(said) and said[-1].facts["stands"] is True


def books_of(acts: Sequence[ActRecord]) -> Books:
    """Numbers and marks that stand after these acts."""
    refs: dict[LedgerRef, bool] = {}
    none_said = False
    for act in acts:
        stands = act.facts.get("stands") is True
        if act.kind is ActKind.NO_LEDGER_SAID:
            none_said = stands
        elif act.kind is ActKind.LEDGER_LINKED and "number" in act.personal:
            refs[LedgerRef(book=act.personal.get("book", ""), number=act.personal["number"])] = stands
            none_said = none_said and not stands
    return Books(refs=tuple(ref for ref, stands in refs.items() if stands), none_said=none_said)
