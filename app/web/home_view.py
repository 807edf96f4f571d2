"""What the start page shows: charts and tables out of the dashboard, and which of them come first for whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from app.web import format as fmt
from app.web.charts import Column, Piece, Stack, stack
from app.web.queries import query_string
from domain.fields import DocumentType
from domain.labels import DOCUMENT_TYPES, Label
from domain.people import Permission
from domain.query import Query
from pipeline.steps.dashboard import Dashboard, DayOf, Due, MonthOf
from storage.archive.figure_sums import SPENDING

SHOWN_CLASSES = (
    DocumentType.INVOICE,
    DocumentType.RECEIPT,
    DocumentType.DELIVERY_NOTE,
    DocumentType.QUOTATION,
    DocumentType.CONTRACT,
)
"""Classes with a colour of their own: the commonest in the offices that the samples are drawn from."""
OTHER_CLASSES = tuple(kind for kind in DocumentType if kind not in SHOWN_CLASSES)
LABEL_EVERY = 5
"""Days between the labels under a chart of thirty."""

_FIRST: tuple[tuple[Permission, tuple[str, ...]], ...] = (
    (Permission.CORRECT, ("waiting", "due", "days", "filing", "spending", "parties", "taxes", "standing")),
    (Permission.DROP, ("waiting", "due", "days", "filing", "spending", "parties", "standing", "taxes")),
    (Permission.DECIDE, ("waiting", "due", "days", "filing", "spending", "parties", "taxes", "standing")),
)
_OTHERWISE = ("standing", "taxes", "waiting", "due", "days", "filing", "spending", "parties")
"""Auditors and administrators: how the evidence stands comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the table under a chart: its name, and numbers with the search behind each."""

    name: str
    cells: tuple[tuple[str, str | None], ...]
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A picture with its legend and its table."""

    stack: Stack
    legend: tuple[tuple[str, str], ...]
    """Tone and words."""
    heads: tuple[str, ...]
    rows: tuple[Row, ...]


def order_for(may: Callable[[Permission], bool]) -> tuple[str, ...]:
    """The cards in the order in which this person needs them."""
    return next((cards for permission, cards in _FIRST if may(permission)), _OTHERWISE)


def address(query: Query) -> str:
    """The search behind a figure."""
    return f"/search?{query_string(query)}"


def days_chart(board: Dashboard, label: Callable[[Label], str], other: str) -> Chart:
    """Documents by day of receipt, stacked by class."""
    groups = [(kind,) for kind in SHOWN_CLASSES] + [OTHER_CLASSES]
    names = [label(DOCUMENT_TYPES[kind]) for kind in SHOWN_CLASSES] + [other]
    columns, rows = [], []
    for number, day in enumerate(board.days):
        of_day = replace(board.days_query, received_from=day.day, received_to=day.day)
        pieces = []
        for place, (kinds, name) in enumerate(zip(groups, names, strict=True), start=1):
            count = _count(day, kinds)
            href = address(replace(of_day, document_types=kinds))
            words = f"{fmt.day_text(day.day)} {name} {count}"
            pieces.append(Piece(value=count, tone=f"series-{place}", label=words, href=href))
        shown = (len(board.days) - 1 - number) % LABEL_EVERY == 0
        text = f"{day.day.month}/{day.day.day}" if shown else ""
        columns.append(Column(label=text, pieces=tuple(pieces), weekend=day.day.weekday() > 4))
        total = sum(piece.value for piece in pieces)
        if total:
            cells = tuple((str(one.value), one.href if one.value else None) for one in pieces)
            rows.append(
                Row(name=fmt.day_text(day.day), cells=(*cells, (str(total), address(of_day))), href=address(of_day))
            )
    legend = tuple((f"series-{place}", name) for place, name in enumerate(names, start=1))
    return Chart(stack=stack(columns), legend=legend, heads=tuple(names), rows=tuple(reversed(rows)))


def _count(day: DayOf, kinds: Iterable[DocumentType]) -> int:
    return sum(day.by_class.get(kind, 0) for kind in kinds)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def spending_chart(board: Dashboard, label: Callable[[Label], str]) -> Chart:
    """Yen by month, invoices and receipts on each other."""
    names = [label(DOCUMENT_TYPES[kind]) for kind in SPENDING]
    columns, rows = [], []
    for month in board.months:
        pieces = tuple(_month_piece(month, kind, place, names[place]) for place, kind in enumerate(SPENDING))
        columns.append(Column(label=label((f"{month.month}月", _MONTHS[month.month - 1])), pieces=pieces))
        documents = sum(one.documents for one in month.by_class.values())
        cells = [(f"{piece.value:,}", piece.href if piece.value else None) for piece in pieces]
        rows.append(
            Row(
                name=f"{month.year}/{month.month:02d}",
                cells=(*cells, (str(documents), address(month.query) if documents else None)),
            )
        )
    legend = tuple((f"series-{place + 1}", name) for place, name in enumerate(names))
    return Chart(
        stack=stack(columns, height=190, left=52), legend=legend, heads=tuple(names), rows=tuple(reversed(rows))
    )


def _month_piece(month: MonthOf, kind: DocumentType, place: int, name: str) -> Piece:
    found = month.by_class.get(kind)
    yen, documents = (found.yen, found.documents) if found else (0, 0)
    return Piece(
        value=yen,
        tone=f"series-{place + 1}",
        label=f"{month.year}/{month.month:02d} {name} ¥{yen:,}（{documents}）",
        href=address(replace(month.query, document_types=(kind,))),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Square:
    """One day of the strip of deadlines."""

    due: Due
    closed: bool
    """Saturday or Sunday."""
    today: bool
    inputs_href: str | None
    payments_href: str | None


def strip(board: Dashboard) -> tuple[tuple[Square | None, ...], ...]:
    """The next days as weeks from Monday on; None before the first day."""
    days = board.due
    squares: list[Square | None] = [None] * days[0].day.weekday()
    squares += [
        Square(
            due=one,
            closed=one.day.weekday() > 4,
            today=one.day == board.today,
            inputs_href=address(one.inputs_query) if one.inputs and one.inputs_query else None,
            payments_href=address(one.payments_query) if one.payments.documents else None,
        )
        for one in days
    ]
    return tuple(tuple(squares[start : start + 7]) for start in range(0, len(squares), 7))


def long_time(seconds: float) -> tuple[str, str]:
    """Key of the texts and the number: seconds, minutes, hours or days."""
    for key, size in (("days_n", 86_400), ("hours_n", 3600), ("minutes_n", 60)):
        if seconds >= 2 * size:
            return key, f"{seconds / size:,.0f}"
    return "seconds_n", f"{seconds:,.0f}"
