"""What people said about a document, as the facts that the law's functions ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from compliance.facts import Defect, LedgerRelation, SamenessCheck, StampDuty, UnitStamps
from domain.acts import ActKind
from domain.circumstances import Channel, Delay, channels_of, delay_of
from domain.paperwork import PaperOfUnit, books_of, defects_of, is_printout, paper_of, stamp_duty_of
from domain.requests import RequestState
from pipeline.steps.requests import requests_about

if TYPE_CHECKING:
    from compliance.legibility import ChartTest
    from domain.acts import ActRecord
    from domain.evidence import TimestampToken
    from domain.record import ArchiveRecord
    from pipeline.wiring import Shoko


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Facts from acts; see ``compliance.facts.DocumentFacts``."""

    first_units: tuple[str, ...]
    """Units of the pages as they were first scanned: their timestamps say whether the input was in time."""
    ledger: LedgerRelation
    sameness: SamenessCheck | None
    defect: Defect | None
    stamp_duty: StampDuty | None
    paper_kept_at: str | None
    open_applications: int
    printed_from_data: bool
    held: bool
    """A legal hold stands on the document itself (law: ret-other)."""
    delay: Delay | None
    channels: frozenset[Channel]
    extended_until: date | None
    """Last day to which its retention was extended since its record was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What was read already, for many documents at once; nothing else is taken from here."""

    acts: Mapping[str, tuple[ActRecord, ...]]
    """By document and unit."""
    tokens: Mapping[str, tuple[TimestampToken, ...]]
    """By unit."""
    chart_tests: tuple[ChartTest, ...]
    """Of the whole company."""


def said_of(shoko: Shoko, record: ArchiveRecord, *, known: Known | None = None) -> Said:
    """Everything that acts say about the newest revision of a document."""
    units = tuple(dict.fromkeys(page.unit_id for page in record.pages))
    found = known.acts if known is not None else shoko.archive.acts_about((record.document_id, *units))
    acts = found[record.document_id]
    books = books_of(acts)
    papers = tuple(paper_of(found[unit_id]) for unit_id in units)
    duty = stamp_duty_of(acts)
    asked = any(act.kind is ActKind.REQUESTED for act in acts)
    return Said(
        first_units=_first_units(shoko, record, acts),
        ledger=(
            LedgerRelation.LINKED if books.refs else LedgerRelation.NONE if books.none_said else LedgerRelation.OPEN
        ),
        sameness=_sameness(papers),
        defect=_defect(shoko, record, acts),
        stamp_duty=StampDuty(duty) if duty else None,
        paper_kept_at="、".join(dict.fromkeys(paper.place for paper in papers if paper.place)) or None,
        open_applications=_open(shoko, record.document_id) if asked else 0,
        printed_from_data=is_printout(acts),
        held=_held(record, acts),
        delay=delay_of(acts),
        channels=channels_of(acts),
        extended_until=_extended(acts),
    )


def stamps_of(shoko: Shoko, unit_ids: Sequence[str], *, known: Known | None = None) -> tuple[UnitStamps, ...]:
    """The timestamps of units."""
    read = known.tokens if known is not None else {}
    return tuple(
        UnitStamps(unit_id=one, tokens=read[one] if one in read else shoko.archive.timestamps(one)) for one in unit_ids
    )


def _sameness(papers: Sequence[PaperOfUnit]) -> SamenessCheck | None:
    """One answer for all papers of a document: the same only where each was found so, on the day of the last check."""
    days = [paper.checked_on for paper in papers if paper.checked_on is not None]
    if not days or len(days) < len(papers):
        return None
    return SamenessCheck(checked_on=max(days), same=all(paper.same for paper in papers))


def _defect(shoko: Shoko, record: ArchiveRecord, acts: Sequence[ActRecord]) -> Defect | None:
    """The newest defect; cured on the day on which all units of its new scan had an accredited timestamp."""
    found = defects_of(acts)
    if not found:
        return None
    cured = found[-1].rescanned_as
    units = _units(shoko, record, cured) if cured else ()
    days = [stamps.first_accredited for stamps in stamps_of(shoko, units)]
    known = [day for day in days if day is not None]
    return Defect(
        found_on=found[-1].found_on, rescan_stamped_on=max(known) if known and len(known) == len(days) else None
    )


def _first_units(shoko: Shoko, record: ArchiveRecord, acts: Sequence[ActRecord]) -> tuple[str, ...]:
    again = [
        int(str(act.facts["revision"]))
        for act in acts
        if act.kind is ActKind.RESCANNED and act.subject_id == record.document_id
    ]
    return _units(shoko, record, min(again) - 1 if again else record.revision)


def _units(shoko: Shoko, record: ArchiveRecord, revision: int) -> tuple[str, ...]:
    shown = record if revision == record.revision else shoko.archive.get_document(record.document_id, revision=revision)
    return tuple(dict.fromkeys(page.unit_id for page in shown.pages)) if shown is not None else ()


def _held(record: ArchiveRecord, acts: Sequence[ActRecord]) -> bool:
    kinds = {ActKind.HELD, ActKind.HOLD_LIFTED}
    own = [act for act in acts if act.kind in kinds and act.subject_id == record.document_id]
    return bool(own) and own[-1].kind is ActKind.HELD


def _extended(acts: Sequence[ActRecord]) -> date | None:
    days = (date.fromisoformat(str(a.facts["until"])) for a in acts if a.kind is ActKind.RETENTION_EXTENDED)
    return max(days, default=None)


def _open(shoko: Shoko, document_id: str) -> int:
    return sum(one.state is RequestState.REQUESTED for one in requests_about(shoko, document_id))
