"""Query strings into ``Query`` and back: lenient about how people write days and amounts, strict about the rest."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode

from domain.fields import DocumentType
from domain.ids import Origin
from domain.numbers import MOST, whole_in
from domain.query import MAX_OFFSET, MAX_WORDS, ORDERS, Query
from domain.record import DocumentState

E = TypeVar("E", bound=StrEnum)

MAX_TEXT = 200
"""Longest text in one search box, in characters."""
MOST_CONDITIONS = 6000
"""Characters of the conditions of a search that come along in a form or an address: two boxes full of Japanese take
nine for each."""
DEFAULT_ORDER = "-transaction_date"
_ERAS = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988, "昭和": 1925, "S": 1925}
_DAY = re.compile(
    r"(?:(?P<era>令和|平成|昭和|[RHS])\.?(?P<eyear>元|\d{1,2})|(?P<year>\d{4}))"
    r"(?:[-/.年](?P<month>\d{1,2})(?:[-/.月](?P<day>\d{1,2})日?)?)?[年月]?"
)
_COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")
_AMOUNT = re.compile(r"(?P<sign>-?)(?:(?P<oku>\d+(?:\.\d+)?)億)?(?:(?P<man>\d+(?:\.\d+)?)万)?(?P<rest>\d+(?:\.\d+)?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A query with what was wrong in it, by parameter name."""

    query: Query
    problems: Mapping[str, str] = field(default_factory=dict)
    """Parameter → code of ``app.web.texts`` (``bad_date``, ``bad_amount``, ``from_after_to`` …)."""


def find_day(text: str, *, end: bool = False) -> date | None:
    """A day as people type it: 2026-10-31, 2026/10/31, 20261031, 令和8年10月31日, R8.10.31, and 2026/10 or 2026.

    A month or year stands for its first day, or its last with ``end``.
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper()
    match = _COMPACT.fullmatch(plain) or _DAY.fullmatch(plain)
    if match is None:
        return None
    parts = match.groupdict()
    if parts.get("era"):
        year = _ERAS[parts["era"]] + (1 if parts["eyear"] == "元" else int(parts["eyear"]))
    else:
        year = int(parts["year"])
    try:
        month = int(parts["month"] or (12 if end else 1))
        day = int(parts["day"]) if parts["day"] else calendar.monthrange(year, month)[1] if end else 1
        return date(year, month, day)
    except (ValueError, calendar.IllegalMonthError):
        return None


def find_amount(text: str) -> Decimal | None:
    """An amount as people type it: 110000, 110,000, ¥110,000-, １１万, 1.5億, 110000円."""
    plain = re.sub(r"[\s,¥\\円]", "", unicodedata.normalize("NFKC", text)).removesuffix("-")
    match = _AMOUNT.fullmatch(plain)
    if match is None or not any(match[name] for name in ("oku", "man", "rest")):
        return None
    try:
        total = sum(
            (
                Decimal(match[name]) * scale
                for name, scale in (("oku", 10**8), ("man", 10**4), ("rest", 1))
                if match[name]
            ),
            start=Decimal(0),
        )
    except InvalidOperation:
        return None
    if total > MOST:
        return None
    return -total if match["sign"] else total


def parse_conditions(conditions: str, *, page_size: int) -> Parsed:
    """Read the conditions of a search that come along as one parameter; never a part of them."""
    if len(conditions) > MOST_CONDITIONS:
        return Parsed(query=Query(limit=page_size), problems={"q": "too_long"})
    return parse_query(parse_qsl(conditions), page_size=page_size)


def parse_query(pairs: Iterable[tuple[str, str]], *, page_size: int) -> Parsed:
    """Read the parameters of the search page; what cannot be read is left out of the query and named."""
    problems: dict[str, str] = {}
    values = _values(pairs, problems)

    def one(name: str) -> str:
        return values.get(name, [""])[-1]

    def flag(name: str) -> bool:
        return one(name) in {"1", "on", "true"}

    def day(name: str, *, end: bool) -> date | None:
        text = one(name)
        found = find_day(text, end=end) if text else None
        if text and found is None:
            problems[name] = "bad_date"
        return found

    def amount(name: str) -> Decimal | None:
        text = one(name)
        found = find_amount(text) if text else None
        if text and found is None:
            problems[name] = "bad_amount"
        return found

    def span(name: str) -> tuple[date | None, date | None]:
        first, last = day(f"{name}_from", end=False), day(f"{name}_to", end=True)
        if first and last and first > last:
            problems[f"{name}_to"] = "from_after_to"
        return first, last

    date_from, date_to = span("date")
    received_from, received_to = span("received")
    due_from, due_to = span("due")
    filed_from, filed_to = span("filed")
    amount_min, amount_max = amount("amount_min"), amount("amount_max")
    if amount_min is not None and amount_max is not None and amount_min > amount_max:
        problems["amount_max"] = "min_over_max"
    order = one("order") or DEFAULT_ORDER
    if order.removeprefix("-") not in ORDERS:
        problems["order"] = "bad_choice"
        order = DEFAULT_ORDER
    words = _clean(" ".join(values.get("words", []))).split()
    if len(words) > MAX_WORDS:
        problems["words"] = "too_many_words"
    query = Query(
        date_from=date_from,
        date_to=date_to,
        date_blank=flag("date_blank"),
        amount_min=amount_min,
        amount_max=amount_max,
        amount_blank=flag("amount_blank"),
        counterparty=_clean(one("counterparty")) or None,
        counterparty_exact=flag("counterparty_exact"),
        counterparty_blank=flag("counterparty_blank"),
        registration_blank=flag("registration_blank"),
        words=tuple(words[:MAX_WORDS]),
        document_types=_choices("type", DocumentType, values, problems),
        states=_choices("state", DocumentState, values, problems),
        origins=_choices("origin", Origin, values, problems),
        received_from=received_from,
        received_to=received_to,
        due_from=due_from,
        due_to=due_to,
        filed_from=filed_from,
        filed_to=filed_to,
        received_on_assumed=flag("assumed"),
        include_deleted=flag("deleted"),
        order=order,
        limit=page_size,
        offset=(_page_number(one("page"), page_size, problems) - 1) * page_size,
    )
    return Parsed(query=query, problems=problems)


def _values(pairs: Iterable[tuple[str, str]], problems: dict[str, str]) -> dict[str, list[str]]:
    """By name; what is too long is left out and named, since a part of it would find other documents."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        # several words may stand in one parameter
        if max(map(len, value.split() if name == "words" else (value.strip(),)), default=0) > MAX_TEXT:
            problems[name] = "too_long"
        else:
            values.setdefault(name, []).append(value.strip())
    return values


def query_pairs(query: Query, *, page: int | None = None, order: str | None = None) -> list[tuple[str, str]]:
    """The parameters that give this query again, in a fixed order and without the empty ones."""
    pairs: list[tuple[str, str]] = []

    def add(name: str, value: object) -> None:
        if value is not None and value != "" and value is not False:
            pairs.append((name, "1" if value is True else str(value)))

    add("date_from", query.date_from)
    add("date_to", query.date_to)
    add("date_blank", query.date_blank)
    add("amount_min", _plain(query.amount_min))
    add("amount_max", _plain(query.amount_max))
    add("amount_blank", query.amount_blank)
    add("counterparty", query.counterparty)
    add("counterparty_exact", query.counterparty_exact)
    add("counterparty_blank", query.counterparty_blank)
    add("registration_blank", query.registration_blank)
    add("words", " ".join(query.words))
    pairs.extend(("type", t.value) for t in query.document_types)
    pairs.extend(("state", s.value) for s in query.states)
    pairs.extend(("origin", o.value) for o in query.origins)
    add("received_from", query.received_from)
    add("received_to", query.received_to)
    add("due_from", query.due_from)
    add("due_to", query.due_to)
    add("filed_from", query.filed_from)
    add("filed_to", query.filed_to)
    add("assumed", query.received_on_assumed)
    add("deleted", query.include_deleted)
    chosen = order or query.order
    add("order", chosen if chosen != DEFAULT_ORDER else None)
    number = page if page is not None else query.offset // query.limit + 1
    add("page", number if number > 1 else None)
    return pairs


@lru_cache(maxsize=4096)  # one page of figures has some hundred of them, and most stay as they are for a day
def query_string(query: Query, *, page: int | None = None, order: str | None = None) -> str:
    """``query_pairs`` as a query string without the question mark."""
    return urlencode(query_pairs(query, page=page, order=order))


def has_conditions(query: Query) -> bool:
    """True where anything narrows the result."""
    ignored = {"order", "page", "deleted"}
    return any(name not in ignored for name, _ in query_pairs(query))


def _clean(text: str) -> str:
    """Without control and format characters; every kind of space is one."""
    kept = (" " if unicodedata.category(c)[0] == "Z" or c == "\t" else c for c in text)
    return "".join(c for c in kept if unicodedata.category(c)[0] != "C").strip()


def _plain(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount, "f")


def _choices(name: str, kind: type[E], values: Mapping[str, list[str]], problems: dict[str, str]) -> tuple[E, ...]:
    chosen: list[E] = []
    for text in values.get(name, []):
        if not text:
            continue
        try:
            member = kind(text)
        except ValueError:
            problems[name] = "bad_choice"
            continue
        if member not in chosen:
            chosen.append(member)
    return tuple(chosen)


def _page_number(text: str, page_size: int, problems: dict[str, str]) -> int:
    if not text:
        return 1
    number = whole_in(text, least=1, most=MAX_OFFSET // page_size)
    if number is None:
        problems["page"] = "bad_choice"
    return number or 1
