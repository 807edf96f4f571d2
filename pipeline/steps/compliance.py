"""What the law says of filed documents: the facts gathered from the archive, the verdict computed from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from compliance.facts import DocumentFacts
from compliance.paper import paper_answer
from compliance.status import compliance_status
from domain.calendar import tokyo_day
from domain.circumstances import Channel
from domain.compliance import ComplianceStatus, Line, PaperAnswer, Verdict
from domain.query import MAX_LIMIT, Hit, Query
from domain.record import ArchiveRecord
from pipeline.steps.said import Known, said_of, stamps_of
from pipeline.steps.scanners import chart_tests
from pipeline.steps.verify import found_ids
from storage.archive.many import newest_records, tokens_of
from storage.search import search

if TYPE_CHECKING:
    from compliance.settings import CompanySettings
    from pipeline.wiring import Shoko

_AT_ONCE = 256
"""Documents that are read together: some megabytes with their texts."""
_MOST_NAMED = 200_000
"""Documents of one survey that are named (some 40 MB); all are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One document before the law."""

    status: ComplianceStatus
    paper: PaperAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """The newest documents before the law."""

    judged: tuple[Judged, ...]
    """Every one that was looked at, the newest first."""
    total: int
    """Documents of the archive: more than were looked at where it is large."""

    def of(self, verdict: Verdict) -> tuple[Judged, ...]:
        """Those of one verdict; what is due first comes first."""
        found = (one for one in self.judged if one.standing.status.verdict is verdict)
        return tuple(sorted(found, key=lambda one: one.standing.status.next_due or date.max))

    def due(self, *, days: int) -> tuple[Judged, ...]:
        """Those of which something is due within so many days, what is due first coming first."""
        found = [(due, one) for one in self.judged if (due := _due_by(one.standing.status, days)) is not None]
        return tuple(one for _, one in sorted(found, key=lambda pair: (pair[0], pair[1].hit.document_id)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A document that is not as it should be."""

    document_id: str
    verdict: Verdict
    due: date | None
    """First day on which something is due."""
    rules: tuple[str, ...]
    """Rules of the lines that are open or not met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The whole archive (as who asks may see it) before the law."""

    as_of: date
    counts: Mapping[Verdict, int]
    by_rule: Mapping[str, int]
    """Documents by rule that is open or not met, the commonest first."""
    rows: tuple[Finding, ...]
    """What is due first comes first; at most some hundred thousand."""

    @property
    def total(self) -> int:
        """Documents that were judged."""
        return sum(self.counts.values())

    def chosen(self, *, verdict: Verdict | None = None, rule: str = "", days: int | None = None) -> tuple[Finding, ...]:
        """Those of one verdict, of one rule, of which something is due within so many days; all conditions together."""
        until = self.as_of + timedelta(days=days) if days is not None else None
        return tuple(
            one
            for one in self.rows
            if (verdict is None or one.verdict is verdict)
            and (not rule or rule in one.rules)
            and (until is None or (one.due is not None and one.due <= until))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A hit of a search with its standing."""

    hit: Hit
    standing: Standing


def facts_of(shoko: Shoko, record: ArchiveRecord, *, known: Known | None = None) -> DocumentFacts:
    """What the archive knows about a document that the law asks for; ``known`` was read already."""
    said = said_of(shoko, record, known=known)
    return DocumentFacts(
        record=record,
        units=stamps_of(shoko, said.first_units, known=known),
        ledger=said.ledger,
        sameness=said.sameness,
        defect=said.defect,
        stamp_duty=said.stamp_duty,
        paper_kept_at=said.paper_kept_at,
        accredited_service=shoko.authority.authority.accredited,
        chart_tests=known.chart_tests if known is not None else chart_tests(shoko) if record.captures else (),
        open_applications=said.open_applications,
        printed_from_data=said.printed_from_data,
        held=said.held,
        received_stamped=Channel.RECEIVED_STAMPED in said.channels,
        exchanged_inside=Channel.EXCHANGED_INSIDE in said.channels,
        delay=said.delay,
        extended_until=said.extended_until,
    )


def standing_of(
    shoko: Shoko, record: ArchiveRecord, *, today: date | None = None, known: Known | None = None
) -> Standing:
    """Its status, and whether its paper may go, as of today or another day (Asia/Tokyo)."""
    day = today or tokyo_day(shoko.clock())
    facts = facts_of(shoko, record, known=known)
    return judge(facts, company=shoko.company_for(record.received_on, today=day), today=day)


def judge(facts: DocumentFacts, *, company: CompanySettings, today: date) -> Standing:
    """The same of facts that are known, for a company as it may be."""
    return Standing(
        status=compliance_status(facts, settings=company, today=today),
        paper=paper_answer(facts.paper, settings=company, today=today),
    )


def judged(shoko: Shoko, query: Query, *, verdict: Verdict | None = None) -> Iterator[Judged]:
    """Every document that a query finds, whatever its page, of one verdict or all; computed one by one."""
    for offset in range(0, 10_000_000, MAX_LIMIT):
        hits = search(shoko.archive, replace(query, limit=MAX_LIMIT, offset=offset)).hits
        for one in _judge(shoko, hits):
            if verdict is None or one.standing.status.verdict is verdict:
                yield one
        if len(hits) < MAX_LIMIT:
            return


def survey(shoko: Shoko, *, most: int, query: Query | None = None) -> Survey:
    """The newest documents (at most so many, of a query) with their verdicts; ``judged`` goes through all."""
    newest = replace(query or Query(), order="-recorded_at", limit=min(most, MAX_LIMIT))
    found = search(shoko.archive, newest)
    return Survey(judged=tuple(_judge(shoko, found.hits)), total=found.total)


def at_risk(shoko: Shoko, query: Query, *, days: int) -> tuple[Judged, ...]:
    """Documents of which something is due within so many days from today, what is due first coming first."""
    every = tuple(judged(shoko, query))
    return Survey(judged=every, total=len(every)).due(days=days)


def standings(shoko: Shoko, ids: Iterable[str]) -> Iterator[tuple[ArchiveRecord, Standing]]:
    """Documents (that who asks may see) with their standing of today, read some hundred at a time."""
    day, book = tokyo_day(shoko.clock()), shoko.company_book.held_still()
    for record, known in read_together(shoko, ids):
        facts = facts_of(shoko, record, known=known)
        company = book.for_received(record.received_on, today=day)
        yield record, judge(facts, company=company, today=day)


def gathered(shoko: Shoko, ids: Iterable[str]) -> Iterator[DocumentFacts]:
    """What the archive knows about documents (that who asks may see), read some hundred at a time."""
    for record, known in read_together(shoko, ids):
        yield facts_of(shoko, record, known=known)


def read_together(
    shoko: Shoko, ids: Iterable[str], *, at_once: int = _AT_ONCE
) -> Iterator[tuple[ArchiveRecord, Known]]:
    """Documents (that who asks may see) with what was said and proved of them, read some hundred at a time."""
    archive, rest = shoko.archive, iter(ids)
    while some := tuple(islice(rest, at_once)):
        with archive.at_once():
            records = newest_records(archive, some)
            units = tuple(dict.fromkeys(page.unit_id for record in records.values() for page in record.pages))
            acts, tokens = archive.acts_about((*records, *units)), tokens_of(archive, units)
            known = Known(acts=acts, tokens=tokens, chart_tests=chart_tests(shoko))
        for record in records.values():
            yield record, known


def survey_all(shoko: Shoko, *, progress: Callable[[int, int], None] | None = None) -> Findings:
    """Every document before the law, counted; those that are not as they should be are named, what is due first.

    ``progress`` is told (documents judged, of how many); what it raises ends the survey.
    """
    total = search(shoko.archive, Query(limit=1)).total
    counts: Counter[Verdict] = Counter()
    by_rule: Counter[str] = Counter()
    rows: list[Finding] = []
    rules: dict[tuple[str, ...], tuple[str, ...]] = {}
    for number, (record, standing) in enumerate(standings(shoko, found_ids(shoko, Query())), start=1):
        status = standing.status
        counts[status.verdict] += 1
        named = tuple(dict.fromkeys(line.rule for line in status.lines if line.verdict is not Verdict.COMPLIANT))
        by_rule.update(named)
        if status.verdict is not Verdict.COMPLIANT and len(rows) < _MOST_NAMED:
            rows.append(
                Finding(
                    document_id=record.document_id,
                    verdict=status.verdict,
                    due=status.next_due,
                    rules=rules.setdefault(named, named),
                )
            )
        if progress is not None:
            progress(number, max(total, number))
    rows.sort(key=lambda one: (one.due or date.max, one.document_id))
    return Findings(
        as_of=tokyo_day(shoko.clock()),
        counts={verdict: counts[verdict] for verdict in Verdict},
        by_rule=dict(by_rule.most_common()),
        rows=tuple(rows),
    )


def _judge(shoko: Shoko, hits: Iterable[Hit]) -> Iterator[Judged]:
    by_id = {hit.document_id: hit for hit in hits}
    for record, standing in standings(shoko, by_id):
        yield Judged(hit=by_id[record.document_id], standing=standing)


def _due_by(status: ComplianceStatus, days: int) -> date | None:
    """Its next day, where that comes within so many days of the day of judging."""
    due = status.next_due
    return due if due is not None and due <= status.as_of + timedelta(days=days) else None


def line_plain(line: Line) -> dict[str, Any]:
    """The plain JSON form."""
    return {
        "rule": line.rule,
        "row": line.row,
        "verdict": line.verdict.value,
        "what": {"ja": line.what[0], "en": line.what[1]},
        "todo": {"ja": line.todo[0], "en": line.todo[1]} if line.todo else None,
        "due": line.due.isoformat() if line.due else None,
        "in_doubt": line.in_doubt,
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
