"""How a search is shown: its conditions as chips that can be taken away one by one, and the columns of its table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from app.web import format as fmt
from app.web.queries import parse_query, query_string
from app.web.respond import text
from domain import labels
from domain.fields import BOOKED, DocumentType
from domain.query import Query, Totals
from domain.sentence import Part, Piece
from domain.ways import Way, origins_of

COLUMNS = ("thumb", "type", "date", "amount", "counterparty", "state", "stamp", "received", "origin")
"""Of the table, in their order; the counterparty always stands, since it opens the document."""
FIXED = frozenset({"counterparty"})
HIDE = "hide"
"""Parameter that names a column which is not shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """One condition as it is shown."""

    label: str
    value: str
    without: str
    """Address of the same search without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A piece of a sentence that did not become a condition."""

    text: str
    note: str


def hidden_columns(pairs: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Columns that a person does not want to see."""
    wanted = {value for name, value in pairs if name == HIDE}
    return tuple(name for name in COLUMNS if name in wanted and name not in FIXED)


def address(query: Query, hidden: tuple[str, ...], **change: Any) -> str:
    """The page of a search, with the columns as they are."""
    kept = "".join(f"&{HIDE}={name}" for name in hidden)
    return f"/search?{query_string(query, **change)}{kept}".replace("?&", "?")


def search_again(conditions: str, *, page_size: int) -> str:
    """The page of a search whose address came with a form; of all documents where it cannot be understood."""
    pairs = parse_qsl(conditions)
    parsed = parse_query(pairs, page_size=page_size)
    return "/search" if parsed.problems else address(parsed.query, hidden_columns(pairs)).rstrip("?")


def chips_of(query: Query, hidden: tuple[str, ...], *, language: str) -> tuple[Chip, ...]:
    """Every condition, in the order of the form."""
    found: list[Chip] = []

    def add(key: str, value: str, **without: Any) -> None:
        label = text(key, language=language)
        cut = replace(query, offset=0, **without)
        found.append(Chip(label=label, value=value, without=address(cut, hidden)))

    def blank(key: str) -> str:
        return text("blank", language=language) if key else ""

    if query.date_from or query.date_to:
        add("date", _span(query.date_from, query.date_to), date_from=None, date_to=None)
    if query.date_blank:
        add("date", blank("date"), date_blank=False)
    if query.received_from or query.received_to:
        add("received_on", _span(query.received_from, query.received_to), received_from=None, received_to=None)
    if query.received_on_assumed:
        add("received_on", text("assumed_only", language=language), received_on_assumed=False)
    _other_days(query, add)
    if query.amount_min is not None or query.amount_max is not None:
        add("amount", _amounts(query, language=language), amount_min=None, amount_max=None)
    if query.amount_blank:
        add("amount", blank("amount"), amount_blank=False)
    if query.counterparty:
        add("counterparty", query.counterparty, counterparty=None, counterparty_exact=False)
    if query.counterparty_blank:
        add("counterparty", blank("counterparty"), counterparty_blank=False)
    if query.registration_blank:
        add("registration", text("none_printed", language=language), registration_blank=False)
    for word in query.words:
        add("words", word, words=tuple(one for one in query.words if one != word))
    _choices(query, add, language)
    return tuple(found)


def _other_days(query: Query, add: Any) -> None:
    for name, first, last in (("due", query.due_from, query.due_to), ("filed", query.filed_from, query.filed_to)):
        if first or last:
            add(f"{name}_on", _span(first, last), **{f"{name}_from": None, f"{name}_to": None})


def _choices(query: Query, add: Any, language: str) -> None:
    for kind in query.document_types:
        rest = tuple(one for one in query.document_types if one is not kind)
        add("type", labels.label(labels.DOCUMENT_TYPES[kind], language=language), document_types=rest)
    for state in query.states:
        left = tuple(one for one in query.states if one is not state)
        add("state", labels.label(labels.DOCUMENT_STATES[state], language=language), states=left)
    for origin in query.origins:
        kept = tuple(one for one in query.origins if one is not origin)
        add("origin", labels.label(labels.ORIGINS[origin], language=language), origins=kept)
    if query.include_deleted:
        add("state", text("include_deleted", language=language), include_deleted=False)


def _span(first: Any, last: Any) -> str:
    return fmt.day_text(first) if first == last else f"{fmt.day_text(first)}〜{fmt.day_text(last)}"


def _amounts(query: Query, *, language: str) -> str:
    low, high = (None if one is None else fmt.number_text(one) for one in (query.amount_min, query.amount_max))
    unit = f"{' ' * (language == 'en')}{text('yen', language=language)}"
    if low == high:
        return f"{low}{unit}"
    return f"{low}{unit}〜" if high is None else f"{low or ''}〜{high}{unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SumShown:
    """Amounts of one class in one direction, with the search behind them."""

    way: Way
    documents: int
    amounts: tuple[tuple[str, Decimal], ...]
    """Currency and sum, yen first."""
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SumsShown:
    """One class: what of it was received, issued, and neither."""

    document_type: DocumentType
    billed: bool
    """False for what is offered, ordered, delivered or agreed: such amounts are no claims."""
    cells: tuple[SumShown | None, ...]
    """One for each direction that occurs."""


def ways_in(totals: Totals) -> tuple[Way, ...]:
    """Directions that occur."""
    found = {line.way for line in totals.lines}
    return tuple(way for way in Way if way in found)


def sums_of(totals: Totals, query: Query, hidden: tuple[str, ...]) -> tuple[SumsShown, ...]:
    """Totals as the page shows them: never added over directions or classes."""
    return tuple(
        SumsShown(
            document_type=kind,
            billed=kind in BOOKED,
            cells=tuple(_sum_of(totals, kind, way, query, hidden) for way in ways_in(totals)),
        )
        for kind, _ in sorted(totals.classes, key=lambda one: one[0] not in BOOKED)
    )


def _sum_of(totals: Totals, kind: DocumentType, way: Way, query: Query, hidden: tuple[str, ...]) -> SumShown | None:
    lines = [line for line in totals.lines if (line.document_type, line.way) == (kind, way)]
    if not lines:
        return None
    origins = tuple(one for one in origins_of(way) if not query.origins or one in query.origins)
    return SumShown(
        way=way,
        documents=sum(line.documents for line in lines),
        amounts=tuple((line.currency, line.amount) for line in lines if line.currency and line.amount is not None),
        href=address(replace(query, document_types=(kind,), origins=origins, offset=0), hidden),
    )


def doubts_of(pieces: Iterable[Piece], *, language: str) -> tuple[Doubt, ...]:
    """Pieces of a sentence that stayed words, and those that cannot be searched for."""
    notes = {Part.WORD: "said_word", Part.UNSUPPORTED: "said_unsupported"}
    return tuple(
        Doubt(text=piece.text, note=text(notes[piece.part], language=language))
        for piece in pieces
        if piece.part in notes
    )
