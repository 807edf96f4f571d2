"""Figures of the dashboard, the same on SQLite and PostgreSQL: what the search behind each finds, added up.

They are added up from sums that are kept (``storage.archive.figure_sums``), however many documents there are. Where a
query asks for what those do not tell apart, or who asks sees the archive through a frame, the documents themselves are
added up under the conditions of the query.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from domain.fields import DocumentType
from domain.query import Query
from domain.record import DocumentState
from storage.archive.figure_rows import MOST_YEN
from storage.archive.figure_sums import ALWAYS, RECEIVED, SPENDING, Kind
from storage.archive.rebuildable import AMOUNT_SCALE, figure, figure_sum, search_entry
from storage.archive.seeing import shown_sums
from storage.search import DELETED, Asker, conditions

if TYPE_CHECKING:
    from storage.archive import Archive

RATES = ("10", "8")
"""Rates of consumption tax that are summed up, in percent (law: inv-items)."""
_RANGES: dict[Kind, tuple[str, str] | None] = {
    Kind.STANDING: None,
    Kind.RECEIVED: ("received_from", "received_to"),
    Kind.FILED: ("filed_from", "filed_to"),
    Kind.DUE: ("due_from", "due_to"),
    Kind.DATED: ("date_from", "date_to"),
    Kind.PARTY: ("date_from", "date_to"),
}
"""By which conditions of a query the days of a kind are bounded."""
_MONTHLY = frozenset({Kind.DATED, Kind.PARTY})
_APART: dict[Kind, frozenset[str]] = {
    Kind.STANDING: frozenset({"received_on_assumed", "states"}),
    Kind.RECEIVED: frozenset({"document_types"}),
    Kind.FILED: frozenset(),
    **dict.fromkeys((Kind.DUE, Kind.DATED, Kind.PARTY), frozenset({"document_types", "origins"})),
}
"""Other conditions by which the sums of a kind are told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """Documents and what stands on them."""

    documents: int
    yen: int
    """Of those in yen; what is beyond a trillion is a misreading and left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Documents of one counterparty."""

    name: str
    """As on one of them."""
    by_class: dict[DocumentType, Sum]
    """One deal may stand on an invoice and on a receipt: nothing is added across classes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """How documents of a time were filed."""

    documents: int
    straight: int
    """Filed without a doubt and without a person."""
    timed: int
    """Those of which it is known when they were preserved."""
    within_minute: int
    within_hour: int
    within_day: int
    seconds: int
    """Of all that were timed, together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tax:
    """Consumption tax of one rate as printed; bases are not summed, since some are printed before tax and some with."""

    rate: str
    by_class: dict[DocumentType, Sum]
    """Documents that show this rate, and their tax."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxes:
    """Taxes of documents, and how many of them bear a registration number (law: inv-items)."""

    by_rate: tuple[Tax, ...]
    registered: int
    unregistered: int


def by_day_and_class(archive: Archive, query: Query) -> dict[tuple[date, DocumentType], int]:
    """Documents by day of receipt and class."""
    sums = _sums(archive, query, Kind.RECEIVED)
    rows = _added(archive, sums, ("day", "document_type"), ("documents",))
    return {(row.day, DocumentType(row.document_type)): int(row.documents) for row in rows}


def by_state(archive: Archive, query: Query) -> dict[DocumentState, int]:
    """Documents by state."""
    rows = _added(archive, _sums(archive, query, Kind.STANDING), ("state",), ("documents",))
    return {DocumentState(row.state): int(row.documents) for row in rows}


def by_receipt(archive: Archive, query: Query) -> dict[date, int]:
    """Documents by day of receipt."""
    rows = _added(archive, _sums(archive, query, Kind.RECEIVED), ("day",), ("documents",))
    return {row.day: int(row.documents) for row in rows}


def count(archive: Archive, query: Query) -> int:
    """All documents that the query finds."""
    rows = _added(archive, _sums(archive, query, Kind.STANDING), (), ("documents",))
    return int(rows[0].documents or 0) if rows else 0


def by_month_and_class(archive: Archive, query: Query) -> dict[tuple[int, int, DocumentType], Sum]:
    """Sums by year, month and class; documents without a transaction date are left out."""
    rows = _added(archive, _sums(archive, query, Kind.DATED), ("day", "document_type"), ("documents", "yen"))
    found: dict[tuple[int, int, DocumentType], Sum] = {}
    for row in rows:
        month = row.day.year, row.day.month, DocumentType(row.document_type)
        found[month] = added((found.get(month, Sum(documents=0, yen=0)), _sum(row)))
    return found


def added(sums: Iterable[Sum]) -> Sum:
    """All of these together."""
    every = tuple(sums)
    return Sum(documents=sum(one.documents for one in every), yen=sum(one.yen for one in every))


def largest_parties(archive: Archive, query: Query, *, limit: int) -> tuple[Party, ...]:
    """Counterparties by their largest sum in yen of one class of the query, the largest first."""
    sums = _sums(archive, query, Kind.PARTY)
    shown: list[Any] = []
    largest: sa.ColumnElement[Any] = sa.literal(0)
    for kind in query.document_types:
        documents, yen = (
            _total(sa.case((sums.c.document_type == kind.value, sums.c[n]))) for n in ("documents", "yen")
        )
        shown += [documents.label(f"n_{kind.value}"), yen.label(f"yen_{kind.value}")]
        largest = sa.case((yen > largest, yen), else_=largest)
    statement = (
        sa.select(sums.c.party, *shown)
        .where(sums.c.party.is_not(None))
        .group_by(sums.c.party)
        .having(_total(sums.c.documents) > 0)
        .order_by(largest.desc(), sums.c.party)
        .limit(limit)
    )
    rows = [dict(row._mapping) for row in archive.rows(statement)]  # noqa: SLF001  # SQLAlchemy's public name
    names = _names(archive, query, [row["party"] for row in rows])
    return tuple(
        Party(name=name, by_class=_by_class(row, query.document_types)) for row, name in zip(rows, names, strict=True)
    )


def _names(archive: Archive, query: Query, parties: Sequence[str]) -> Sequence[str]:
    """How each of these is written on one of its documents."""
    if not parties:
        return ()
    entry, where = search_entry.c, _where(archive, replace(query, document_types=(), date_from=None, date_to=None))
    one_of = (
        sa.select(entry.counterparty)
        .where(*where, entry.counterparty_key == party)
        .order_by(entry.document_id)
        .limit(1)
        for party in parties
    )
    (row,) = archive.rows(sa.select(*(one.scalar_subquery() for one in one_of)))
    return tuple(row)


def _by_class(row: dict[str, Any], kinds: Sequence[DocumentType]) -> dict[DocumentType, Sum]:
    sums = {kind: Sum(documents=int(row[f"n_{kind.value}"]), yen=int(row[f"yen_{kind.value}"])) for kind in kinds}
    return {kind: found for kind, found in sums.items() if found.documents}


def payments_due(archive: Archive, query: Query) -> dict[date, Sum]:
    """Sums by day of payment, of documents that name one."""
    rows = _added(archive, _sums(archive, query, Kind.DUE), ("day",), ("documents", "yen"))
    return {row.day: _sum(row) for row in rows}


def filed(archive: Archive, query: Query) -> dict[DocumentState, int]:
    """Documents that were first filed on the days of a query, by the state they are in."""
    rows = _added(archive, _sums(archive, query, Kind.FILED), ("state",), ("documents",))
    return {DocumentState(row.state): int(row.documents) for row in rows}


def filing(archive: Archive, query: Query) -> Filing:
    """How the documents of a query were filed."""
    shown = ("documents", "straight", "timed", "within_minute", "within_hour", "within_day", "seconds")
    rows = _added(archive, _sums(archive, query, Kind.FILED), (), shown)
    return Filing(**{name: int(getattr(rows[0], name) or 0) if rows else 0 for name in shown})


def taxes(archive: Archive, query: Query) -> Taxes:
    """Consumption tax by rate and class."""
    shown = [f"{what}_{rate}" for rate in RATES for what in ("shown", "tax")]
    sums = _sums(archive, query, Kind.DATED)
    rows = _added(archive, sums, ("document_type",), ("documents", "registered", *shown))
    by_class = {DocumentType(row.document_type): row._mapping for row in rows}  # noqa: SLF001  # a public name
    registered = sum(int(row["registered"]) for row in by_class.values())
    return Taxes(
        by_rate=tuple(
            Tax(
                rate=rate,
                by_class={
                    kind: Sum(documents=int(row[f"shown_{rate}"]), yen=int(row[f"tax_{rate}"]))
                    for kind, row in by_class.items()
                    if row[f"shown_{rate}"]
                },
            )
            for rate in RATES
        ),
        registered=registered,
        unregistered=sum(int(row["documents"]) for row in by_class.values()) - registered,
    )


def _sums(archive: Archive, query: Query, kind: Kind) -> sa.Subquery:
    """What the documents of a query add up to: rows to be added up further."""
    shown = shown_sums(figure_sum.c, archive.visibility)
    if shown is None or not _is_told_apart(query, kind):
        return _documents(archive, query, kind)
    sums, ends = figure_sum.c, _RANGES[kind]
    first, last = (ALWAYS, ALWAYS) if ends is None else (getattr(query, name) for name in ends)
    where = [sums.client_id == archive.client_id, sums.kind == kind.value, *shown]
    where += [sums.day >= first] if first is not None else []
    where += [sums.day <= last] if last is not None else []
    if query.document_types:
        where.append(sums.document_type.in_([one.value for one in query.document_types]))
    if query.origins:
        where.append(sums.origin.in_([one.value for one in query.origins]))
    if query.received_on_assumed:
        where.append(sums.assumed.is_(True))
    if query.states:
        where.append(sums.state.in_([one.value for one in query.states]))
    return sa.select(figure_sum).where(*where).subquery("sums")


def _is_told_apart(query: Query, kind: Kind) -> bool:
    """Whether the sums of a kind tell apart what a query asks for."""
    ends = _RANGES[kind]
    asked = {name: getattr(Query(), name) for name in (*_APART[kind], *(ends or ()))}
    if replace(query, **asked, order=Query().order, limit=Query().limit) != Query():
        return False
    if kind not in _MONTHLY:
        return not any(state.value in DELETED for state in query.states)  # what is deleted is in no sum
    if kind is Kind.PARTY and not (
        query.document_types
        and query.origins
        and set(query.document_types) <= set(SPENDING)
        and set(query.origins) <= set(RECEIVED)
    ):
        return False
    whole = query.date_from is None or query.date_from.day == 1
    return whole and (query.date_to is None or (query.date_to + timedelta(days=1)).day == 1)


def _documents(archive: Archive, query: Query, kind: Kind) -> sa.Subquery:
    """The same of every document by itself."""
    entry = search_entry.c
    days = {Kind.RECEIVED: entry.received_on, Kind.FILED: figure.c.filed_at, Kind.DUE: figure.c.due_on}
    day = days.get(kind, entry.transaction_date)
    most = MOST_YEN * AMOUNT_SCALE
    in_yen = sa.and_(entry.currency == "JPY", entry.amount_scaled.between(-most, most))
    common = sa.select(
        day.label("day"),
        *(entry.document_type, entry.state, entry.origin),
        entry.counterparty_key.label("party"),
        sa.literal(1).label("documents"),
        sa.case((in_yen, entry.amount_scaled // AMOUNT_SCALE), else_=0).label("yen"),
    ).where(*_where(archive, query))
    found = common if kind is Kind.STANDING else common.where(day.is_not(None))
    if kind in {Kind.FILED, Kind.DUE, Kind.DATED}:
        found = found.add_columns(*_of_figure()).select_from(figure.join(search_entry, _same_document()))
    return found.subquery("sums")


def _of_figure() -> list[sa.ColumnElement[Any]]:
    seconds = figure.c.filing_seconds
    within = (("minute", 60), ("hour", 3600), ("day", 86_400))
    shown: list[sa.ColumnElement[Any]] = [
        _one_if(figure.c.straight.is_(True)).label("straight"),
        _one_if(seconds.is_not(None)).label("timed"),
        *(_one_if(seconds <= most).label(f"within_{name}") for name, most in within),
        seconds.label("seconds"),
        _one_if(search_entry.c.registration_number.is_not(None)).label("registered"),
    ]
    for rate in RATES:
        taxable, tax = figure.c[f"taxable_{rate}"], figure.c[f"tax_{rate}"]
        shown += [
            _one_if(sa.or_(taxable.is_not(None), tax.is_not(None))).label(f"shown_{rate}"),
            tax.label(f"tax_{rate}"),
        ]
    return shown


def _one_if(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.case((condition, 1), else_=0)


def _added(archive: Archive, sums: sa.Subquery, by: Sequence[str], shown: Sequence[str]) -> Sequence[sa.Row[Any]]:
    """Sums added up by what is told apart; what comes to no document is left out."""
    columns = [sums.c[name] for name in by]
    statement = sa.select(*columns, *(_total(sums.c[name]).label(name) for name in shown)).group_by(*columns)
    return archive.rows(statement.having(_total(sums.c.documents) > 0))


def _total(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.func.coalesce(sa.func.sum(column), 0)


def _where(archive: Archive, query: Query) -> tuple[sa.ColumnElement[bool], ...]:
    return conditions(query, Asker.of(archive))


def _sum(row: sa.Row[Any]) -> Sum:
    return Sum(documents=int(row.documents), yen=int(row.yen))


def _same_document() -> sa.ColumnElement[bool]:
    return sa.and_(search_entry.c.client_id == figure.c.client_id, search_entry.c.document_id == figure.c.document_id)
