"""The figures at a glance, each with the search behind it; taken once a minute for all who see the same."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from domain.calendar import tokyo_day
from domain.fields import DocumentType
from domain.query import Query
from domain.record import DocumentState
from pipeline.steps.due import deadlines, scans_in_review
from storage import figures
from storage.archive.figure_sums import RECEIVED, SPENDING

if TYPE_CHECKING:
    from domain.visibility import Visibility
    from pipeline.wiring import Shoko

DAYS = 30
"""Days that are looked back on by day, and ahead on deadlines."""
MONTHS = 12
PARTIES = 10
FRESH = timedelta(minutes=1)
STAMPS_COUNTED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """How many documents a search finds."""

    documents: int
    query: Query


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOf:
    """What reached the company on a day."""

    day: date
    by_class: dict[DocumentType, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What ends on a day."""

    day: date
    inputs: int
    """Scans in review whose day for storing it is (law: scan-input-early, scan-input-cycle)."""
    inputs_query: Query | None
    payments: figures.Sum
    payments_query: Query


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthOf:
    """What stands on the papers of a month."""

    year: int
    month: int
    by_class: dict[DocumentType, figures.Sum]
    query: Query


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyOf:
    """What stands on the papers of one counterparty."""

    name: str
    by_class: dict[DocumentType, figures.Sum]
    query: Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """Everything at a glance."""

    taken_at: datetime
    """UTC; figures are at most a minute old."""
    today: date
    total: Figure
    review: Figure
    assumed: Figure
    overdue: Figure | None
    """Scans in review whose deadline is past."""
    stamps_pending: int
    """Units without a timestamp, up to ``STAMPS_COUNTED``."""
    days: tuple[DayOf, ...]
    """Oldest first."""
    days_query: Query
    filing: figures.Filing
    """Of the last ``DAYS`` days."""
    due: tuple[Due, ...]
    """Today and ``DAYS`` days ahead."""
    months: tuple[MonthOf, ...]
    """Oldest first; the last is this month."""
    spending: dict[DocumentType, figures.Sum]
    """Of the same months; never added across classes, since one deal may stand on both."""
    spending_query: Query
    parties: tuple[PartyOf, ...]
    """By the largest sum of one class, largest first, of the same months."""
    taxes: figures.Taxes
    """Of the same months."""


class Dashboards:
    """Dashboards that were taken within the last minute, by who sees what. Thread-safe."""

    MOST = 64

    def __init__(self) -> None:
        """Nothing is kept yet."""
        self._lock = threading.Lock()
        self._kept: OrderedDict[Visibility, tuple[int, Dashboard]] = OrderedDict()

    def look(self, shoko: Shoko) -> Dashboard:
        """The figures as ``shoko`` is seen: one and the same for all who see the same."""
        now, seen_as = shoko.clock(), shoko.archive.visibility
        with self._lock:  # who comes meanwhile waits for these figures instead of taking them again
            size, kept = self._kept.get(seen_as, (0, None))
            if kept is not None and kept.today == tokyo_day(now):
                if timedelta(0) <= now - kept.taken_at < FRESH:
                    return kept
                if shoko.archive.log_size() == size:  # nothing came: they are the figures of now
                    self._kept[seen_as] = size, replace(kept, taken_at=now)
                    return self._kept[seen_as][1]
            size = shoko.archive.log_size()
            with shoko.archive.at_once():
                taken = take_dashboard(shoko)
            self._kept[seen_as] = size, taken
            self._kept.move_to_end(seen_as)
            while len(self._kept) > self.MOST:
                self._kept.popitem(last=False)
            return taken


def take_dashboard(shoko: Shoko) -> Dashboard:
    """Count and sum up everything now."""
    shoko = shoko.held_still()
    archive, now = shoko.archive, shoko.clock()
    today = tokyo_day(now)
    first = today - timedelta(days=DAYS - 1)
    days_query = Query(received_from=first, received_to=today, order="-received_on")
    months = _months(today)
    spending_query = Query(
        date_from=date(*months[0], 1),
        date_to=_last_of(*months[-1]),
        document_types=SPENDING,
        origins=RECEIVED,
        order="-total_amount",
    )
    by_month = figures.by_month_and_class(archive, spending_query)
    unstamped = archive.pending_seen(limit=STAMPS_COUNTED)
    by_state = figures.by_state(archive, Query())
    review = Query(states=(DocumentState.NEEDS_REVIEW,), order="received_on")
    assumed = Query(received_on_assumed=True, order="received_on")
    return Dashboard(
        taken_at=now,
        today=today,
        total=Figure(documents=sum(by_state.values()), query=Query()),
        review=Figure(documents=by_state.get(DocumentState.NEEDS_REVIEW, 0), query=review),
        assumed=Figure(documents=figures.count(archive, assumed), query=assumed),
        overdue=_overdue(shoko, today),
        stamps_pending=len(unstamped),
        days=_days(figures.by_day_and_class(archive, days_query), first),
        days_query=days_query,
        filing=figures.filing(archive, Query(filed_from=first)),
        due=_due(shoko, today),
        months=tuple(_month(by_month, spending_query, year, month) for year, month in months),
        spending={kind: figures.added(one for (_, _, of), one in by_month.items() if of is kind) for kind in SPENDING},
        spending_query=spending_query,
        parties=tuple(
            PartyOf(
                name=party.name,
                by_class=party.by_class,
                query=replace(spending_query, counterparty=party.name, counterparty_exact=True),
            )
            for party in figures.largest_parties(archive, spending_query, limit=PARTIES)
        ),
        taxes=figures.taxes(archive, spending_query),
    )


def _days(counts: dict[tuple[date, DocumentType], int], first: date) -> tuple[DayOf, ...]:
    days = (first + timedelta(days=number) for number in range(DAYS))
    return tuple(
        DayOf(day=day, by_class={kind: counts[day, kind] for kind in DocumentType if (day, kind) in counts})
        for day in days
    )


def _months(today: date) -> tuple[tuple[int, int], ...]:
    """Year and month, oldest first, this one last."""
    last = today.year * 12 + today.month - 1
    return tuple((number // 12, number % 12 + 1) for number in range(last - MONTHS + 1, last + 1))


def _last_of(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _month(sums: dict[tuple[int, int, DocumentType], figures.Sum], query: Query, year: int, month: int) -> MonthOf:
    return MonthOf(
        year=year,
        month=month,
        by_class={kind: sums[year, month, kind] for kind in SPENDING if (year, month, kind) in sums},
        query=replace(query, date_from=date(year, month, 1), date_to=_last_of(year, month)),
    )


def _overdue(shoko: Shoko, today: date) -> Figure | None:
    past = [day for day, due in deadlines(shoko, today=today).items() if due < today]
    if not past:
        return None
    query = replace(scans_in_review(shoko, today=today), received_to=max(past))
    return Figure(documents=figures.count(shoko.archive, query), query=query)


def _due(shoko: Shoko, today: date) -> tuple[Due, ...]:
    last = today + timedelta(days=DAYS)
    ends: dict[date, list[date]] = {}
    for received_on, day in deadlines(shoko, today=today).items():
        if today <= day <= last:
            ends.setdefault(day, []).append(received_on)
    in_review = scans_in_review(shoko, today=today)
    received = [one for days in ends.values() for one in days]
    found: dict[date, int] = {}
    if received:
        query = replace(in_review, received_from=min(received), received_to=max(received))
        found = figures.by_receipt(shoko.archive, query)
    payments = Query(document_types=(DocumentType.INVOICE,), origins=RECEIVED, order="-total_amount")
    sums = figures.payments_due(shoko.archive, replace(payments, due_from=today, due_to=last))
    due = []
    for number in range(DAYS + 1):
        day = today + timedelta(days=number)
        of_day = ends.get(day, [])
        due.append(
            Due(
                day=day,
                inputs=sum(found.get(one, 0) for one in of_day),
                inputs_query=replace(in_review, received_from=min(of_day), received_to=max(of_day)) if of_day else None,
                payments=sums.get(day, figures.Sum(documents=0, yen=0)),
                payments_query=replace(payments, due_from=day, due_to=day),
            )
        )
    return tuple(due)
