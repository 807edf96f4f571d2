"""How values are typed into forms: one way of writing for each kind, and what the input of a kind is."""

from __future__ import annotations

from typing import Any

from app.web import codes
from app.web.format import amount_text, day_text, foreign_text, number_text
from domain.corrections import parse_value, value_to_text
from domain.errors import CorrectionInvalid
from domain.fields import FIELDS, CalendarDate, Money, Number, Value
from domain.record import ArchiveRecord

PREFIX = "field."
"""Before the name of a field in the form for corrections."""
TABLES = frozenset({"tax_breakdown", "line_items", "parties", "bank_account"})
"""Kinds of values that are typed as JSON."""


def entered_text(value: Value | None) -> str:
    """A value as it stands in an input: 2026/10/31, 128,960; ``parse_value`` reads it back as it was."""
    match value:
        case CalendarDate():
            return day_text(value.day)
        case Money(currency="JPY"):
            return amount_text(value.amount, "JPY")
        case Money():
            return foreign_text(value.amount)
        case Number():
            return number_text(value.number)
        case _:
            return value_to_text(value)


def entered(name: str, text: str, record: ArchiveRecord) -> str:
    """A possible value of a field, as ``entered_text`` writes it; what is no value of the field stays as it is."""
    try:
        value = parse_value(name, text, currency=record.fields.text("currency") or "JPY", near=record.received_on)
    except CorrectionInvalid:
        return text
    return entered_text(value)


def is_as_before(name: str, typed: str, record: ArchiveRecord) -> bool:
    """True where what was typed says what the record says, in whatever way of writing."""
    before = record.fields.value(name)
    typed = typed.replace("\r\n", "\n").strip()
    if typed in {value_to_text(before).strip(), entered_text(before).strip()}:
        return True
    return before is not None and entered(name, typed, record) == entered_text(before)


def row_of(record: ArchiveRecord, name: str) -> dict[str, Any]:
    """One field of a form."""
    spec = FIELDS[name]
    return {
        "field": name,
        "name": PREFIX + name,
        "label": (spec.label_ja, spec.label_en),
        "kind": spec.kind,
        "text": entered_text(record.fields.value(name)),
        "table": spec.kind in TABLES,
        "known": codes.PAYMENT_METHODS if name == "payment_method" else None,
        "unit": record.fields.text("currency") or "JPY" if spec.kind == "money" else "",
    }
