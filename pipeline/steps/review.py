"""What waits for a person, in the order in which it should be looked at: by deadline and by the yen at risk.

The order hangs on a few columns of the index, which are read for all that wait (``MOST`` at most) in the same few
statements however much it is; records are read for what is shown.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from statistics import median
from typing import TYPE_CHECKING

from compliance.deadlines import input_due
from domain.acts import ActRecord
from domain.calendar import tokyo_day
from domain.fields import DocumentType
from domain.ids import ON_PAPER
from domain.record import ArchiveRecord, DocumentState, ImportanceClass
from domain.visibility import Visibility
from pipeline.steps.due import deadlines
from pipeline.steps.settling import parked_of
from storage.archive.many import newest_records
from storage.waiting import Near, WaitingRow, ever_parked, middle_yen, totals, waiting_rows

if TYPE_CHECKING:
    from pipeline.wiring import Shoko

MOST = 5000
"""Documents that are put in order; more wait behind them. Of more, those come first that are near a deadline, then
those of the largest amounts; papers of before the company scanned count there as if they had a deadline."""
SOON_DAYS = 3
"""Days before a deadline from which a document comes before every larger amount: a weekend may lie between."""
WEEK_DAYS = 14
_KEPT = 16
"""Queues of people, or of groups who see the same, that are kept."""
_DueOf = Callable[[DocumentType, ImportanceClass, date], date | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One document that waits, without what it says."""

    document_id: str
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem:
    """One document that waits."""

    record: ArchiveRecord
    place: Place

    @property
    def yen(self) -> Decimal | None:
        """What stands on it."""
        return self.place.yen

    @property
    def deadline(self) -> date | None:
        """Its day."""
        return self.place.deadline

    @property
    def deadline_of(self) -> str | None:
        """What the day is of."""
        return self.place.deadline_of

    @property
    def days_left(self) -> int | None:
        """Days to it."""
        return self.place.days_left

    @property
    def parked(self) -> ActRecord | None:
        """The act that put it aside."""
        return self.place.parked


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """All that waits, the most urgent first."""

    places: tuple[Place, ...]
    """``MOST`` at most."""
    waiting: int
    """All that wait."""
    yen: Decimal
    """What stands on all of them."""
    overdue: int
    """Places whose day is past."""
    soon: int
    """Places whose day comes within ``SOON_DAYS``."""
    parked: int
    """Places that a person put aside."""


@dataclass(slots=True)
class ReviewBook:
    """Queues as they were put in order, each kept while log, day and company are the same; thread-safe."""

    _queues: dict[Visibility, tuple[tuple[int, date, int], Queue]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def find(self, visibility: Visibility, *, of: tuple[int, date, int]) -> Queue | None:
        """The queue of who sees this, if nothing has come since."""
        with self._lock:
            kept = self._queues.get(visibility)
        return kept[1] if kept is not None and kept[0] == of else None

    def keep(self, visibility: Visibility, queue: Queue, *, of: tuple[int, date, int]) -> None:
        """Keep a queue; of too many all are forgotten."""
        with self._lock:
            if len(self._queues) >= _KEPT:
                self._queues.clear()
            self._queues[visibility] = of, queue


def review_queue(shoko: Shoko, *, limit: int | None = None, soon: int | None = None) -> tuple[ReviewItem, ...]:
    """Documents in review with their records.

    Args:
        shoko: the installation, as who asks may see it.
        limit: of so many.
        soon: only those whose deadline is at most so many days away.
    """
    places = queue_of(shoko).places
    if soon is not None:
        places = tuple(one for one in places if one.days_left is not None and one.days_left <= soon)
    return items_of(shoko, places[:limit])


def queue_of(shoko: Shoko, *, book: ReviewBook | None = None) -> Queue:
    """Documents in review: passed and near deadlines first, then the next two weeks, then the rest; each by its yen.

    An amount that was not read may be any: it counts as the middle one of those that wait. What a person put aside
    comes after everything else.
    """
    archive, today = shoko.archive, tokyo_day(shoko.clock())
    of = archive.log_size(), today, len(shoko.company_book.changes())
    found = book.find(archive.visibility, of=of) if book is not None else None
    if found is None:
        with archive.at_once():
            found = _queue(shoko.held_still(), today=today)
        if book is not None:
            book.keep(archive.visibility, found, of=of)
    return found


def items_of(shoko: Shoko, places: Sequence[Place]) -> tuple[ReviewItem, ...]:
    """The same with their records, without what somebody settled meanwhile."""
    records = newest_records(shoko.archive, (one.document_id for one in places))
    found = ((records.get(one.document_id), one) for one in places)
    return tuple(
        ReviewItem(record=record, place=place)
        for record, place in found
        if record is not None and record.state is DocumentState.NEEDS_REVIEW
    )


def in_order(places: Sequence[Place], *, middle: Decimal | None = None) -> list[Place]:
    """The order in which to look at them; ``middle`` stands for an amount that was not read."""
    known = [place.yen for place in places if place.yen is not None]
    between = middle if middle is not None else median(known) if known else Decimal(0)

    def key(place: Place) -> tuple[bool, int, Decimal, date, str]:
        yen = place.yen if place.yen is not None else between
        return place.parked is not None, _urgency(place), -yen, place.deadline or date.max, place.document_id

    return sorted(places, key=key)


def _queue(shoko: Shoko, *, today: date) -> Queue:
    archive = shoko.archive
    of_all = totals(archive)
    middle, near = None, tuple[Near, ...]()
    if of_all.documents > MOST:
        middle, near = middle_yen(archive, priced=of_all.priced), _near(shoko, today)
    rows = waiting_rows(archive, most=MOST, near=near, middle=middle or Decimal(0))
    due = _due_by(shoko, today)
    acts = archive.acts_about(ever_parked(archive))
    places = [
        _place(row, due, today=today, parked=parked_of(acts.get(row.document_id, ()), revision=row.revision))
        for row in rows
    ]
    yen = Decimal(of_all.yen) if near else sum((one.yen for one in places if one.yen is not None), Decimal(0))
    left = [place.days_left for place in places if place.days_left is not None]
    return Queue(
        places=tuple(in_order(places, middle=middle)),
        waiting=of_all.documents,
        yen=yen,
        overdue=sum(days < 0 for days in left),
        soon=sum(0 <= days <= SOON_DAYS for days in left),
        parked=sum(place.parked is not None for place in places),
    )


def _near(shoko: Shoko, today: date) -> tuple[Near, ...]:
    """Until which day something was received, or is to be paid, that is urgent, and what is to be done in two weeks."""
    due, found = deadlines(shoko, today=today), []
    for days in (SOON_DAYS, WEEK_DAYS):
        latest = today + timedelta(days=days)
        found.append(
            Near(received_to=max((day for day, one in due.items() if one <= latest), default=None), due_to=latest)
        )
    return tuple(found)


def _due_by(shoko: Shoko, today: date) -> _DueOf:
    """The law's day for a scan, worked out once for all of a class and a day."""

    @cache
    def due(kind: DocumentType, importance: ImportanceClass, received_on: date) -> date | None:
        settings = shoko.company_for(received_on, today=today)
        return input_due(kind, importance, received_on, stored_at=today, settings=settings)

    return due


def _place(row: WaitingRow, due: _DueOf, *, today: date, parked: ActRecord | None = None) -> Place:
    days = {"payment": row.due_on}
    if row.origin in ON_PAPER:
        days["input"] = due(row.document_type, row.importance, row.received_on)
    known = sorted((day, kind) for kind, day in days.items() if day is not None)
    deadline, kind = known[0] if known else (None, None)
    return Place(
        document_id=row.document_id,
        yen=row.yen,
        deadline=deadline,
        deadline_of=kind,
        days_left=(deadline - today).days if deadline is not None else None,
        parked=parked,
    )


def _urgency(place: Place) -> int:
    left = place.days_left
    if left is None or left > WEEK_DAYS:
        return 2
    return 0 if left <= SOON_DAYS else 1
