"""Sums over the search index for the dashboard, the same on SQLite and PostgreSQL.

Each is grouped over the conditions of a query, so that the search behind a figure finds exactly what it counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from domain.fields import DocumentType
from domain.query import Query
from domain.record import DocumentState
from storage.archive.figure_rows import MOST_YEN
from storage.archive.rebuildable import AMOUNT_SCALE, figure, search_entry
from storage.search import Asker, conditions

if TYPE_CHECKING:
    from storage.archive import Archive

RATES = ("10", "8")
"""Rates of consumption tax that are summed up, in percent (law: inv-items)."""


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
    entry = search_entry.c
    rows = _grouped(archive, query, entry.received_on, entry.document_type)
    return {(row.received_on, DocumentType(row.document_type)): int(row.documents) for row in rows}


def by_state(archive: Archive, query: Query) -> dict[DocumentState, int]:
    """Documents by state."""
    rows = _grouped(archive, query, search_entry.c.state)
    return {DocumentState(row.state): int(row.documents) for row in rows}


def by_receipt(archive: Archive, query: Query) -> dict[date, int]:
    """Documents by day of receipt."""
    rows = _grouped(archive, query, search_entry.c.received_on)
    return {row.received_on: int(row.documents) for row in rows}


def count(archive: Archive, query: Query) -> int:
    """All documents that the query finds."""
    statement = sa.select(sa.func.count()).select_from(search_entry).where(*_where(archive, query))
    return int(archive.rows(statement)[0][0])


def by_month_and_class(archive: Archive, query: Query) -> dict[tuple[int, int, DocumentType], Sum]:
    """Sums by year, month and class; documents without a transaction date are left out."""
    entry = search_entry.c
    year, month = sa.extract("year", entry.transaction_date), sa.extract("month", entry.transaction_date)
    statement = (
        sa.select(year.label("year"), month.label("month"), entry.document_type, *_sums())
        .where(*_where(archive, query), entry.transaction_date.is_not(None))
        .group_by(year, month, entry.document_type)
    )
    return {
        (int(row.year), int(row.month), DocumentType(row.document_type)): _sum(row) for row in archive.rows(statement)
    }


def largest_parties(archive: Archive, query: Query, *, limit: int) -> tuple[Party, ...]:
    """Counterparties by their largest sum in yen of one class of the query, the largest first."""
    entry = search_entry.c
    shown: list[Any] = []
    largest: sa.ColumnElement[Any] = sa.literal(0)
    for kind in query.document_types:
        is_kind = entry.document_type == kind.value
        yen = _yen(is_kind)
        shown += [sa.func.count(sa.case((is_kind, 1))).label(f"n_{kind.value}"), yen.label(f"yen_{kind.value}")]
        largest = sa.case((yen > largest, yen), else_=largest)
    statement = (
        sa.select(entry.counterparty_key, sa.func.min(entry.counterparty).label("name"), *shown)
        .where(*_where(archive, query), entry.counterparty_key.is_not(None))
        .group_by(entry.counterparty_key)
        .order_by(largest.desc(), entry.counterparty_key)
        .limit(limit)
    )
    rows = (dict(row._mapping) for row in archive.rows(statement))  # noqa: SLF001  # SQLAlchemy's public name
    return tuple(Party(name=row["name"], by_class=_by_class(row, query.document_types)) for row in rows)


def _by_class(row: dict[str, Any], kinds: Sequence[DocumentType]) -> dict[DocumentType, Sum]:
    sums = {kind: Sum(documents=int(row[f"n_{kind.value}"]), yen=int(row[f"yen_{kind.value}"])) for kind in kinds}
    return {kind: found for kind, found in sums.items() if found.documents}


def payments_due(archive: Archive, query: Query) -> dict[date, Sum]:
    """Sums by day of payment, of documents that name one."""
    statement = (
        sa.select(figure.c.due_on, *_sums())
        .join(search_entry, _same_document())
        .where(*_where(archive, query), *_within(figure.c.due_on, query.due_from, query.due_to))
        .group_by(figure.c.due_on)
    )
    return {row.due_on: _sum(row) for row in archive.rows(statement)}


def filing(archive: Archive, query: Query, *, since: datetime) -> Filing:
    """How the documents were filed that were first filed since an instant."""
    seconds = figure.c.filing_seconds
    within = [sa.func.count(sa.case((seconds <= most, 1))) for most in (60, 3600, 86_400)]
    shown: list[Any] = [
        sa.func.count().label("documents"),
        sa.func.count(sa.case((figure.c.straight.is_(True), 1))).label("straight"),
        sa.func.count(seconds).label("timed"),
        *(one.label(name) for one, name in zip(within, ("minute", "hour", "day"), strict=True)),
        sa.func.coalesce(sa.func.sum(seconds), 0).label("seconds"),
    ]
    statement = (
        sa.select(*shown)
        .select_from(figure.join(search_entry, _same_document()))
        .where(*_where(archive, query), figure.c.filed_at >= since)
    )
    (row,) = archive.rows(statement)
    return Filing(
        documents=int(row.documents),
        straight=int(row.straight),
        timed=int(row.timed),
        within_minute=int(row.minute),
        within_hour=int(row.hour),
        within_day=int(row.day),
        seconds=int(row.seconds),
    )


def taxes(archive: Archive, query: Query) -> Taxes:
    """Consumption tax by rate and class."""
    columns, kind = figure.c, search_entry.c.document_type
    sums: list[Any] = []
    for rate in RATES:
        taxable, tax = columns[f"taxable_{rate}"], columns[f"tax_{rate}"]
        sums.append(sa.func.count(sa.case((sa.or_(taxable.is_not(None), tax.is_not(None)), 1))).label(f"n_{rate}"))
        sums.append(sa.func.coalesce(sa.func.sum(tax), 0).label(f"tax_{rate}"))
    statement = (
        sa.select(
            kind,
            *sums,
            sa.func.count().label("documents"),
            sa.func.count(search_entry.c.registration_number).label("registered"),
        )
        .select_from(figure.join(search_entry, _same_document()))
        .where(*_where(archive, query))
        .group_by(kind)
    )
    rows = [row._mapping for row in archive.rows(statement)]  # noqa: SLF001  # SQLAlchemy's public name
    registered = sum(int(row["registered"]) for row in rows)
    return Taxes(
        by_rate=tuple(
            Tax(
                rate=rate,
                by_class={
                    DocumentType(row["document_type"]): Sum(
                        documents=int(row[f"n_{rate}"]), yen=int(row[f"tax_{rate}"])
                    )
                    for row in rows
                    if row[f"n_{rate}"]
                },
            )
            for rate in RATES
        ),
        registered=registered,
        unregistered=sum(int(row["documents"]) for row in rows) - registered,
    )


def _where(archive: Archive, query: Query) -> tuple[sa.ColumnElement[bool], ...]:
    return conditions(query, Asker.of(archive))


def _grouped(archive: Archive, query: Query, *columns: sa.Column[Any]) -> Sequence[sa.Row[Any]]:
    statement = sa.select(*columns, sa.func.count().label("documents")).where(*_where(archive, query))
    return archive.rows(statement.group_by(*columns))


def _sums() -> tuple[sa.Label[int], sa.Label[Any]]:
    return sa.func.count().label("documents"), _yen().label("yen")


def _yen(*where: sa.ColumnElement[bool]) -> sa.ColumnElement[Any]:
    """Whole yen of what fulfils this: never so many that a sum of integers runs over."""
    entry = search_entry.c
    most = MOST_YEN * AMOUNT_SCALE
    counted = sa.and_(*where, entry.currency == "JPY", entry.amount_scaled <= most, entry.amount_scaled >= -most)
    return sa.func.coalesce(sa.func.sum(sa.case((counted, entry.amount_scaled // AMOUNT_SCALE))), 0)


def _sum(row: sa.Row[Any]) -> Sum:
    return Sum(documents=int(row.documents), yen=int(row.yen))


def _same_document() -> sa.ColumnElement[bool]:
    return sa.and_(search_entry.c.client_id == figure.c.client_id, search_entry.c.document_id == figure.c.document_id)


def _within(column: sa.Column[Any], first: date | None, last: date | None) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = [column.is_not(None) if first is None else column >= first]
    return found if last is None else [*found, column <= last]
