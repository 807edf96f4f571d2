"""An e-invoice inside a PDF says things twice: as data and in print. The data counts; a difference is for a person.

What is printed gives the data its places on the page; a value that is nowhere in print, where the print says something
else, may be another invoice's data, or a forged picture of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from domain.dates import DateOrder, find_dates
from domain.engines import FieldContext
from domain.evidence import Check, Outcome
from domain.fields import CalendarDate, DocumentType, Field, FieldSet, Money, Text, value_to_plain
from domain.page import PageText
from extractors.fields import extract_fields

_COMPARED = ("transaction_date", "total_amount", "document_number", "registration_number", "due_date")
"""Fields that identify and bind an invoice; names are written in too many ways to compare."""
_SURE = 0.85
"""Confidence of a printed value from which its difference from the data is told to a person."""


def compare_with_print(
    fields: FieldSet, texts: Sequence[PageText], *, document_type: DocumentType, context: FieldContext
) -> tuple[FieldSet, tuple[Check, ...]]:
    """The data with the places where it is printed, and a check of what both tell.

    Passed: every value that is found in print is that of the data. Failed: for the fields in its detail, the data's
    value stands nowhere in print and the print surely says something else. No check where nothing could be compared.
    """
    if not texts:
        return fields, ()
    printed = extract_fields(document_type, texts, context=context)
    everything = "\n".join(text.text for text in texts)
    out: list[Field] = []
    compared, differing = 0, list[str]()
    for name in _COMPARED:
        data, other = fields.get(name), printed.get(name)
        if data is None or data.value is None:
            continue
        same = other is not None and value_to_plain(other.value) == value_to_plain(data.value)
        if same and other is not None:
            out.append(replace(data, sources=other.sources, raw_text=other.raw_text))
        if same or _stands_in(data, everything):
            compared += 1
        elif other is not None and other.value is not None and other.confidence >= _SURE:
            differing.append(name)
    if not compared and not differing:
        return fields, ()
    check = Check(
        name="data_matches_print",
        outcome=Outcome.FAILED if differing else Outcome.PASSED,
        detail=", ".join(differing) or None,
    )
    return fields.replaced(*out), (check,)


def _stands_in(field: Field, text: str) -> bool:
    """Whether a value is printed anywhere, in any of its forms."""
    value = field.value
    plain = unicodedata.normalize("NFKC", text)
    if isinstance(value, CalendarDate):
        return any(
            day.day == value.day
            for order in (DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST)
            for day in find_dates(plain, order=order)
        )
    if isinstance(value, Money):
        digits = re.sub(r"(?<=\d)[,. '](?=\d{3}(?!\d))", "", plain).replace(",", ".")
        amount = abs(value.amount)
        forms = {
            f"{amount:f}",
            f"{amount:.2f}",
            f"{amount:.0f}" if amount == amount.to_integral_value() else f"{amount:f}",
        }
        return any(re.search(rf"(?<!\d){re.escape(form)}(?!\d)", digits) for form in forms)
    return isinstance(value, Text) and "".join(value.text.split()) in "".join(plain.split())
