"""What waits for a person, in the order in which it should be looked at: by deadline and by the yen at risk."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING

from compliance.deadlines import input_due
from domain.acts import ActKind, ActRecord
from domain.calendar import tokyo_day
from domain.ids import Origin
from domain.query import MAX_LIMIT, Query
from domain.record import ArchiveRecord, DocumentState
from pipeline.steps.settling import parked_of
from storage.search import search

if TYPE_CHECKING:
    from pipeline.wiring import Shoko

MOST = 5000
"""Documents that are put in order; more wait behind them."""
SOON_DAYS = 3
"""Days before a deadline from which a document comes before every larger amount: a weekend may lie between."""
WEEK_DAYS = 14
_SCANNED = frozenset({Origin.PAPER_RECEIVED, Origin.PAPER_ISSUED_COPY})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem:
    """One document that waits."""

    record: ArchiveRecord
    yen: Decimal | None
    """What stands on it, without sign; None where no amount in yen was read."""
    deadline: date | None
    """The earlier of the law's day for its scan and the day it is to be paid; None where neither is known."""
    deadline_of: str | None
    """``input`` (law: scan-input-early, scan-input-cycle) or ``payment``."""
    days_left: int | None
    """Days to the deadline; negative once it has passed."""
    parked: ActRecord | None = None
    """The act that put it aside, while it is."""


@dataclass(slots=True)
class ReviewBook:
    """What was worked out about waiting documents, kept while revision, day and company are the same; thread-safe."""

    _items: dict[str, ReviewItem] = field(default_factory=dict)
    _of: tuple[date, int] | None = None
    """The day, and how often the company's facts were changed."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def find(self, document_id: str, *, revision: int, of: tuple[date, int]) -> ReviewItem | None:
        """What is known of this revision."""
        with self._lock:
            if self._of != of:
                self._items.clear()
                self._of = of
            item = self._items.get(document_id)
        return item if item is not None and item.record.revision == revision else None

    def keep(self, items: Sequence[ReviewItem]) -> None:
        """What somebody saw waiting, without the texts, which no order hangs on; of too many all are forgotten."""
        kept = {item.record.document_id: replace(item, record=replace(item.record, text="")) for item in items}
        with self._lock:
            if len(self._items) + len(kept) > 2 * MOST:
                self._items.clear()
            self._items |= kept


def review_queue(shoko: Shoko, *, limit: int | None = None, book: ReviewBook | None = None) -> tuple[ReviewItem, ...]:
    """Documents in review: passed and near deadlines first, then the next two weeks, then the rest; each by its yen.

    An amount that was not read may be any: it counts as the middle one of those that wait. What a person put aside
    comes after everything else.
    """
    today = tokyo_day(shoko.clock())
    items = list(_waiting(shoko, today=today, book=book or ReviewBook()))
    if book is not None:
        book.keep(items)
    acts: dict[str, list[ActRecord]] = {}
    for act in shoko.archive.acts_of_kinds(ActKind.PARKED):
        acts.setdefault(act.subject_id, []).append(act)
    items = [
        replace(item, parked=parked_of(acts.get(item.record.document_id, ()), revision=item.record.revision))
        for item in items
    ]
    return tuple(in_order(items)[:limit])


def in_order(items: Sequence[ReviewItem]) -> list[ReviewItem]:
    """The order in which to look at them."""
    known = [item.yen for item in items if item.yen is not None]
    middle = median(known) if known else Decimal(0)

    def key(item: ReviewItem) -> tuple[bool, int, Decimal, date, str]:
        yen = item.yen if item.yen is not None else middle
        return item.parked is not None, _urgency(item), -yen, item.deadline or date.max, item.record.document_id

    return sorted(items, key=key)


def item_of(record: ArchiveRecord, shoko: Shoko, *, today: date) -> ReviewItem:
    """What a document's place in the queue hangs on."""
    total = record.fields.money("total_amount")
    days = {"payment": record.fields.day("due_date")}
    if record.origin in _SCANNED:
        days["input"] = input_due(
            record.classification.label,
            record.importance,
            record.received_on,
            stored_at=today,
            settings=shoko.company_for(record.received_on, today=today),
        )
    known = sorted((day, kind) for kind, day in days.items() if day is not None)
    deadline, kind = known[0] if known else (None, None)
    return ReviewItem(
        record=record,
        yen=abs(total.amount) if total is not None and total.currency == "JPY" else None,
        deadline=deadline,
        deadline_of=kind,
        days_left=(deadline - today).days if deadline is not None else None,
    )


def _urgency(item: ReviewItem) -> int:
    left = item.days_left
    if left is None or left > WEEK_DAYS:
        return 2
    return 0 if left <= SOON_DAYS else 1


def _waiting(shoko: Shoko, *, today: date, book: ReviewBook) -> Iterator[ReviewItem]:
    shoko = shoko.held_still()
    of = today, len(shoko.company_book.changes())
    for offset in range(0, MOST, MAX_LIMIT):
        query = Query(states=(DocumentState.NEEDS_REVIEW,), order="-recorded_at", limit=MAX_LIMIT, offset=offset)
        hits = search(shoko.archive, query).hits
        for hit in hits:
            item = book.find(hit.document_id, revision=hit.revision, of=of)
            record = shoko.archive.get_document(hit.document_id) if item is None else None
            if item is None and record is not None and record.state is DocumentState.NEEDS_REVIEW:
                item = item_of(record, shoko, today=today)
            if item is not None:
                yield item
        if len(hits) < MAX_LIMIT:
            return
