"""What the law says of filed documents: the facts gathered from the archive, the verdict computed from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from compliance.facts import DocumentFacts
from compliance.paper import paper_answer
from compliance.status import compliance_status
from domain.calendar import tokyo_day
from domain.compliance import ComplianceStatus, Line, PaperAnswer, Verdict
from domain.query import MAX_LIMIT, Hit, Query
from domain.record import ArchiveRecord
from pipeline.steps.said import said_of, stamps_of
from storage.search import search

if TYPE_CHECKING:
    from pipeline.wiring import Shoko


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One document before the law."""

    status: ComplianceStatus
    paper: PaperAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A hit of a search with its standing."""

    hit: Hit
    standing: Standing


def facts_of(shoko: Shoko, record: ArchiveRecord) -> DocumentFacts:
    """What the archive knows about a document that the law asks for."""
    said = said_of(shoko, record)
    return DocumentFacts(
        record=record,
        units=stamps_of(shoko, said.first_units),
        ledger=said.ledger,
        sameness=said.sameness,
        defect=said.defect,
        stamp_duty=said.stamp_duty,
        paper_kept_at=said.paper_kept_at,
        accredited_service=shoko.authority.authority.accredited,
        open_applications=said.open_applications,
    )


def standing_of(shoko: Shoko, record: ArchiveRecord, *, today: date | None = None) -> Standing:
    """Its status, and whether its paper may go, as of today or another day (Asia/Tokyo)."""
    facts = facts_of(shoko, record)
    company, day = shoko.settings.company, today or tokyo_day(shoko.clock())
    return Standing(
        status=compliance_status(facts, settings=company, today=day),
        paper=paper_answer(facts.paper, settings=company, today=day),
    )


def judged(shoko: Shoko, query: Query, *, verdict: Verdict | None = None) -> Iterator[Judged]:
    """Every document that a query finds, whatever its page, of one verdict or all; computed one by one."""
    for offset in range(0, 10_000_000, MAX_LIMIT):
        hits = search(shoko.archive, replace(query, limit=MAX_LIMIT, offset=offset)).hits
        for hit in hits:
            record = shoko.archive.get_document(hit.document_id)
            if record is None:
                continue
            standing = standing_of(shoko, record)
            if verdict is None or standing.status.verdict is verdict:
                yield Judged(hit=hit, standing=standing)
        if len(hits) < MAX_LIMIT:
            return


def at_risk(shoko: Shoko, query: Query, *, days: int) -> tuple[Judged, ...]:
    """Documents of which something is due within so many days from today, what is due first coming first."""
    last = tokyo_day(shoko.clock()) + timedelta(days=days)
    found = [
        (due, one) for one in judged(shoko, query) if (due := one.standing.status.next_due) is not None and due <= last
    ]
    return tuple(one for _, one in sorted(found, key=lambda pair: (pair[0], pair[1].hit.document_id)))


def line_plain(line: Line) -> dict[str, Any]:
    """The plain JSON form."""
    return {
        "rule": line.rule,
        "row": line.row,
        "verdict": line.verdict.value,
        "what": {"ja": line.what[0], "en": line.what[1]},
        "todo": {"ja": line.todo[0], "en": line.todo[1]} if line.todo else None,
        "due": line.due.isoformat() if line.due else None,
    }


def standing_plain(standing: Standing) -> dict[str, Any]:
    """The plain JSON form."""
    status = standing.status
    return {
        "verdict": status.verdict.value,
        "as_of": status.as_of.isoformat(),
        "next_due": status.next_due.isoformat() if status.next_due else None,
        "lines": [line_plain(line) for line in status.lines],
        "paper": {
            "state": standing.paper.state.value,
            "reasons": [line_plain(line) for line in standing.paper.reasons],
        },
    }
