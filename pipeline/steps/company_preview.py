"""What a change of facts about the company would do to every document, before it is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from domain.calendar import tokyo_day
from domain.compliance import Verdict
from domain.query import Query
from pipeline.steps.compliance import gathered, judge
from pipeline.steps.retention import asked_until
from pipeline.steps.verify import found_ids
from storage.search import search

if TYPE_CHECKING:
    from domain.record import ArchiveRecord
    from pipeline.steps.company import CompanyChange
    from pipeline.wiring import Shoko

MOST_NAMED = 500
"""Documents that are named on the screen; all are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """A document of which the law would say something else."""

    record: ArchiveRecord
    before: Verdict
    after: Verdict
    due: date | None
    """What would be due next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a change would do, by the documents that who asks may see."""

    change: CompanyChange
    base: int
    """Changes that were known when it was computed."""
    as_of: date
    """The day by which both were judged: today, or the first day of the change where that is still to come."""
    documents: int
    turned: Mapping[tuple[Verdict, Verdict], int]
    rows: tuple[Turned, ...]
    longer: int
    """Documents that the law would ask to keep longer: their locks follow in the night after the change holds."""
    shorter: int
    """Documents that it would ask to keep less long: they stay locked as they are."""


def effect_of(shoko: Shoko, change: CompanyChange, *, progress: Callable[[int, int], None]) -> Effect:
    """Judge every document twice: as things are, and with the change."""
    day = max(tokyo_day(shoko.clock()), change.from_on)
    known = shoko.company_book.held_still()
    base = len(known.changes())
    wanted = known.held_still(change)
    total = search(shoko.archive, Query(limit=1)).total
    turned: Counter[tuple[Verdict, Verdict]] = Counter()
    rows: list[Turned] = []
    documents = longer = shorter = 0
    for documents, facts in enumerate(gathered(shoko, found_ids(shoko, Query())), start=1):
        received = facts.record.received_on
        old, new = (book.for_received(received, today=day) for book in (known, wanted))
        before, after = (judge(facts, company=company, today=day).status for company in (old, new))
        if before.verdict is not after.verdict:
            turned[before.verdict, after.verdict] += 1
            if len(rows) < MOST_NAMED:
                rows.append(Turned(record=facts.record, before=before.verdict, after=after.verdict, due=after.next_due))
        was, would_be = asked_until(facts.record, old), asked_until(facts.record, new)
        longer += would_be > was
        shorter += would_be < was
        progress(documents, max(total, documents))
    return Effect(
        change=change,
        base=base,
        as_of=day,
        documents=documents,
        turned=dict(turned),
        rows=tuple(rows),
        longer=longer,
        shorter=shorter,
    )
