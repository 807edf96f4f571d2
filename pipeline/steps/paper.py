"""Papers beside their pictures: sameness check, place, disposal, revenue stamp (law: scan-paper-disposal)."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from compliance.paper import paper_answer
from domain.acts import ActKind, FactValue
from domain.calendar import tokyo_day
from domain.compliance import PaperAnswer, PaperState
from domain.errors import CorrectionInvalid, PaperMustStay
from domain.ids import ON_PAPER, Origin, occasion_id_for
from domain.paperwork import PaperOfUnit, is_printout, paper_of
from domain.query import MAX_OFFSET, Query
from domain.record import DocumentState
from pipeline.steps.compliance import facts_of, line_plain, read_together, standing_of
from pipeline.steps.relations import known_document
from storage.search import listed

if TYPE_CHECKING:
    from compliance.facts import StampDuty
    from domain.acts import ActRecord
    from domain.record import ArchiveRecord
    from pipeline.wiring import Shoko

logger = logging.getLogger(__name__)

_SCANS = ON_PAPER | {Origin.UNKNOWN}
"""Origins whose documents may have a paper."""
_AT_ONCE = 500
"""Documents in one act."""
_LISTED = 60
"""Documents that are listed at once: about what a page shows."""
MOST_LOOKED_AT = 1000
"""Documents that are judged for one page, where few of them are of the kind that is asked for: about a second."""
_ENDED = frozenset({DocumentState.TOMBSTONED, DocumentState.DESTROYED})


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRow:
    """One document with its papers."""

    record: ArchiveRecord
    answer: PaperAnswer
    papers: tuple[tuple[str, PaperOfUnit], ...]
    """Unit and its paper, in page order."""

    @property
    def discarded(self) -> bool:
        """True where all its papers are gone."""
        return all(paper.discarded_on is not None for _, paper in self.papers)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperPage:
    """Some of the papers."""

    rows: tuple[PaperRow, ...]
    more_from: int | None
    """Where the list goes on, in documents that were looked at; None at its end."""


def paper_page(shoko: Shoko, *, state: PaperState | None, discarded: bool, start: int = 0, limit: int) -> PaperPage:
    """At most ``limit`` papers, from the ``start``-th document that is looked at on."""
    passed: dict[str, int] = {}

    def looked_at() -> Iterator[str]:
        found = _candidates(shoko, state=state, discarded=discarded, start=start)
        for number, document_id in enumerate(islice(found, MOST_LOOKED_AT + 1), start):
            if number - start == MOST_LOOKED_AT:
                passed[""] = number
                return
            passed[document_id] = number
            yield document_id

    rows: list[PaperRow] = []
    for row in _judged(shoko, looked_at(), state=state, discarded=discarded):
        if len(rows) == limit:
            return PaperPage(rows=tuple(rows), more_from=passed[row.record.document_id])
        rows.append(row)
    return PaperPage(rows=tuple(rows), more_from=passed.get(""))


def papers(shoko: Shoko, *, state: PaperState | None = None, discarded: bool = False) -> Iterator[PaperRow]:
    """Documents that are scans, the longest filed first, with whether their paper may go; computed one by one.

    What may go was checked by a person, and what is gone was recorded as such: only those are looked at then.

    Args:
        shoko: the installation.
        state: only those of this answer.
        discarded: those whose paper is gone already, instead of the others.
    """
    return _judged(shoko, _candidates(shoko, state=state, discarded=discarded), state=state, discarded=discarded)


def _judged(
    shoko: Shoko, document_ids: Iterator[str], *, state: PaperState | None, discarded: bool
) -> Iterator[PaperRow]:
    day, book = tokyo_day(shoko.clock()), shoko.company_book.held_still()
    for record, known in read_together(shoko, document_ids, at_once=_LISTED):
        if record.origin not in _SCANS or record.state in _ENDED:
            continue
        found = tuple((unit_id, paper_of(known.acts[unit_id])) for unit_id in _units(record))
        if all(paper.discarded_on is not None for _, paper in found) is not discarded:
            continue
        company = book.for_received(record.received_on, today=day)
        answer = paper_answer(facts_of(shoko, record, known=known).paper, settings=company, today=day)
        row = PaperRow(record=record, answer=answer, papers=found)
        if state is None or row.answer.state is state:
            yield row


def _candidates(shoko: Shoko, *, state: PaperState | None, discarded: bool, start: int = 0) -> Iterator[str]:
    if discarded or state is PaperState.MAY_GO:
        kind = ActKind.PAPER_DISCARDED if discarded else ActKind.SAMENESS_CHECKED
        acts = shoko.archive.acts_of_kinds(kind)
        named = dict.fromkeys(one for act in acts for one in act.about if one.startswith("doc-"))
        yield from islice(named, start, None)
        return
    query = Query(origins=tuple(sorted(_SCANS)), order="recorded_at", limit=_LISTED, count_limit=1)
    for offset in range(start, MAX_OFFSET, _LISTED):
        ids = listed(shoko.archive, replace(query, offset=offset))
        yield from ids
        if len(ids) < _LISTED:
            return


def paper_row(shoko: Shoko, document_id: str) -> PaperRow:
    """One document.

    Raises:
        ObjectMissing: no such document.
    """
    record = known_document(shoko, document_id)
    return PaperRow(record=record, answer=standing_of(shoko, record).paper, papers=_papers(shoko, record))


def check_sameness(
    shoko: Shoko, document_ids: Sequence[str], *, same: bool, by: str, note: str = ""
) -> tuple[PaperRow, ...]:
    """Record that a person held papers against their pictures; the same again changes nothing.

    Raises:
        ObjectMissing: no such document; nothing is recorded.
        CorrectionInvalid: one is no scan of a paper; nothing is recorded.
    """
    return _on_units(
        shoko,
        document_ids,
        ActKind.SAMENESS_CHECKED,
        by=by,
        facts={"same": same},
        personal={"reason": note} if note else {},
    )


def keep_paper(shoko: Shoko, document_ids: Sequence[str], *, place: str, by: str) -> tuple[PaperRow, ...]:
    """Record where papers are kept.

    Raises:
        ObjectMissing: no such document; nothing is recorded.
        CorrectionInvalid: one is no scan of a paper, or no place is named.
    """
    if not place.strip():
        raise CorrectionInvalid("no place", message_ja="保管場所を入力してください")
    return _on_units(shoko, document_ids, ActKind.PAPER_KEPT, by=by, personal={"place": place.strip()})


def discard_paper(shoko: Shoko, document_ids: Sequence[str], *, by: str) -> tuple[PaperRow, ...]:
    """Record that papers were thrown away; refused for all where one of them must stay.

    Raises:
        ObjectMissing: no such document; nothing is recorded.
        PaperMustStay: one must be kept; nothing is recorded.
    """
    rows = [paper_row(shoko, one) for one in dict.fromkeys(document_ids)]
    for row in rows:
        if row.answer.state is not PaperState.MAY_GO and not row.discarded:
            reason = row.answer.reasons[0].what if row.answer.reasons else ("紙はありません", "there is no paper")
            raise PaperMustStay(
                f"the paper of {row.record.document_id} must stay: {reason[1]}",
                message_ja=f"書類 {row.record.document_id} の紙は廃棄できません（{reason[0]}）",
            )
    today = tokyo_day(shoko.clock()).isoformat()
    ids = [row.record.document_id for row in rows if not row.discarded]
    done = {
        row.record.document_id: row
        for row in _on_units(shoko, ids, ActKind.PAPER_DISCARDED, by=by, facts={"discarded_on": today})
    }
    return tuple(done.get(row.record.document_id, row) for row in rows)


def say_stamp_duty(shoko: Shoko, document_ids: Sequence[str], *, said: StampDuty, by: str) -> tuple[PaperRow, ...]:
    """Record what a person says of the revenue stamp of papers.

    Raises:
        ObjectMissing: no such document; nothing is recorded.
        CorrectionInvalid: one is no scan of a paper; nothing is recorded.
    """
    records = _scans(shoko, document_ids)
    for record in records:
        shoko.archive.record_act(
            ActKind.STAMP_DUTY_SAID,
            record.document_id,
            recorded_by=by,
            facts={"stamp_duty": said.value},
            retain_until=record.retain_until,
        )
    return tuple(paper_row(shoko, record.document_id) for record in records)


def say_printout(shoko: Shoko, document_ids: Sequence[str], *, by: str, ends: bool = False) -> tuple[PaperRow, ...]:
    """Say (or take back) that papers are printouts of data: the data itself is to be kept (law: regime-split).

    Raises:
        ObjectMissing: no such document; nothing is recorded.
        CorrectionInvalid: one is no scan of a paper; nothing is recorded.
    """
    records = _scans(shoko, document_ids)
    for record in records:
        if is_printout(shoko.archive.acts(record.document_id)) is ends:
            shoko.archive.record_act(
                ActKind.PRINTOUT_SAID,
                record.document_id,
                recorded_by=by,
                facts={"stands": not ends},
                retain_until=record.retain_until,
            )
    return tuple(paper_row(shoko, record.document_id) for record in records)


def paper_plain(row: PaperRow) -> dict[str, Any]:
    """The plain JSON form."""
    return {
        "document_id": row.record.document_id,
        "document_type": row.record.classification.label.value,
        "state": row.answer.state.value,
        "reasons": [line_plain(line) for line in row.answer.reasons],
        "papers": [
            {
                "unit_id": unit_id,
                "same": paper.same,
                "checked_on": paper.checked_on.isoformat() if paper.checked_on else None,
                "checked_by": paper.checked_by,
                "place": paper.place,
                "discarded_on": paper.discarded_on.isoformat() if paper.discarded_on else None,
            }
            for unit_id, paper in row.papers
        ],
    }


def _on_units(
    shoko: Shoko,
    document_ids: Sequence[str],
    kind: ActKind,
    *,
    by: str,
    facts: dict[str, FactValue] | None = None,
    personal: dict[str, str] | None = None,
) -> tuple[PaperRow, ...]:
    """Record what a person says of many papers as the one act that it is; what stands already is not said again."""
    records = _scans(shoko, document_ids)
    units = {record.document_id: _units(record) for record in records}
    known = shoko.archive.acts_about([unit_id for found in units.values() for unit_id in found])
    said = (facts or {}, personal or {}, by)
    fresh = [
        record
        for record in records
        if any(_newest(known[unit_id], kind) != said for unit_id in units[record.document_id])
    ]
    for start in range(0, len(fresh), _AT_ONCE):
        some = fresh[start : start + _AT_ONCE]
        about = (*(r.document_id for r in some), *(one for r in some for one in units[r.document_id]))
        before = sum(act.kind is kind for act in known[units[some[0].document_id][0]])
        shoko.archive.record_act(
            kind,
            occasion_id_for(client_id=shoko.settings.client_id, kind=kind.value, subjects=about, ordinal=before),
            recorded_by=by,
            about=about,
            facts=facts,
            personal=personal,
            retain_until=max((r.retain_until for r in some if r.retain_until), default=None),
        )
    logger.info("%s: %d documents", kind.value, len(fresh))
    return tuple(paper_row(shoko, record.document_id) for record in records)


def _newest(acts: Sequence[ActRecord], kind: ActKind) -> tuple[object, ...] | None:
    """What the newest act of a kind says, and who said it."""
    found = [act for act in acts if act.kind is kind]
    return (found[-1].facts, found[-1].personal, found[-1].recorded_by) if found else None


def _units(record: ArchiveRecord) -> tuple[str, ...]:
    return tuple(dict.fromkeys(page.unit_id for page in record.pages))


def _scans(shoko: Shoko, document_ids: Sequence[str]) -> list[ArchiveRecord]:
    records = [known_document(shoko, one) for one in dict.fromkeys(document_ids)]
    for record in records:
        if record.origin not in _SCANS:
            raise CorrectionInvalid(
                f"document {record.document_id} is no scan of a paper",
                message_ja=f"書類 {record.document_id} は紙のスキャンではありません",
            )
    return records


def _papers(shoko: Shoko, record: ArchiveRecord) -> tuple[tuple[str, PaperOfUnit], ...]:
    units = _units(record)
    acts = shoko.archive.acts_about(units)
    return tuple((unit_id, paper_of(acts[unit_id])) for unit_id in units)
