"""Values of one kind in a run of words, each with what was printed."""

from __future__ import annotations

from collections.abc import Iterator

from domain.amounts import find_amounts
from domain.dates import DateOrder, find_dates
from domain.fields import FIELDS, CalendarDate, Money, Text
from domain.text import nfkc

KINDS = frozenset({"date", "money", "text"})
"""Kinds of value that are learnt; tables are not."""


def parse_as(name: str, text: str) -> Iterator[tuple[str, CalendarDate | Money | Text]]:
    """What a run of words says as a value of a field, as printed and read; in every way in which it can be read."""
    kind = FIELDS[name].kind
    if kind == "date":
        for order in DateOrder:
            for found in find_dates(text, order=order):
                for day in (found.day, *found.alternatives):
                    yield found.raw, CalendarDate(day=day)
    elif kind == "money":
        for amount in find_amounts(text):
            yield amount.raw, Money(amount=amount.value, currency=amount.currency or "JPY")
    elif kind == "text" and text.strip():
        yield text, Text(text=nfkc(text).strip())
