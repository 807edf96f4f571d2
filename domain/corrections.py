"""What a person puts right on a document: values as typed, parsed into those of the fields, and the class."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter, ValidationError

from domain.amounts import parse_amount
from domain.dates import parse_date
from domain.errors import CorrectionInvalid
from domain.fields import (
    FIELDS,
    CalendarDate,
    DocumentType,
    Flag,
    LineItems,
    Money,
    Number,
    TaxBreakdown,
    Text,
    Value,
    value_to_plain,
)
from domain.ids import Origin
from domain.numbers import bounded, decimal_in
from domain.text import nfkc, printable

MAX_CHARACTERS = 20_000
"""Longest value that a person may type: a table of items of several pages."""
_YES = frozenset({"yes", "true", "1", "はい", "あり", "有", "する", "○"})
_NO = frozenset({"no", "false", "0", "いいえ", "なし", "無", "しない", "×"})
_VALUE: TypeAdapter[Value] = TypeAdapter(Value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One act of one person on one revision of a document."""

    base_revision: int
    """The revision that the person looked at; if it is no longer the newest, nothing is changed."""
    values: Mapping[str, Value | None]
    """Field → its value; None: the document does not carry it. Fields not named stay as they are."""
    confirmed: frozenset[str] = frozenset()
    """Fields that the person found right as they are."""
    document_type: DocumentType | None = None
    """The class; None: not touched."""
    origin: Origin | None = None
    """How it reached the company; None: not touched."""
    received_on: date | None = None
    """The day on which it did, as a person says; with it the day is no longer assumed. None: not touched."""
    paper: str | None = None
    """Size of the scanned paper, a key of ``domain.labels.PAPER_SIZES``; None: not said."""
    reviewed: bool = False
    """The person has looked at the whole document: nothing of it needs review any more."""
    recorded_by: str
    """Login of the person."""
    reason: str
    """In the person's words."""

    @property
    def of_content(self) -> bool:
        """True where it says something about what stands on the pages: from that, engines learn."""
        return bool(self.values or self.confirmed or self.document_type or self.reviewed)


def parse_value(name: str, text: str, *, currency: str = "JPY", near: date | None = None) -> Value | None:
    """What a person typed for a field; empty text means that the document does not carry it.

    Dates in every form that documents use, amounts with or without signs, tables as the JSON of ``read --json``.

    Args:
        name: a key of ``FIELDS``.
        text: as typed.
        currency: of amounts.
        near: resolves years of two digits.

    Raises:
        CorrectionInvalid: no such field, or the text is not a value of its kind.
    """
    spec = FIELDS.get(name)
    if spec is None:
        raise CorrectionInvalid(f"no field {name!r}", message_ja=f"項目 {name[:40]} はありません")
    text = printable(text).strip()
    if not text:
        return None
    if len(text) > MAX_CHARACTERS:
        raise CorrectionInvalid(f"{name}: too long", message_ja=f"{spec.label_ja}が長すぎます")
    try:
        return _parsed(spec.kind, text, currency, near)
    except (ValueError, RecursionError, ValidationError) as error:
        raise CorrectionInvalid(
            f"{name}: not a {spec.kind}",
            message_ja=f"{spec.label_ja}を読み取れません（{_EXAMPLES.get(spec.kind, 'JSON')} の形で入力してください）",
        ) from error


_EXAMPLES = {
    "date": "2026-10-31 または 令和8年10月31日",
    "money": "128,960",
    "number": "12.5",
    "flag": "はい・いいえ",
    "text": "文字",
}


def _parsed(kind: str, text: str, currency: str, near: date | None) -> Value:
    match kind:
        case "date":
            return CalendarDate(day=parse_date(text, near=near))
        case "money":
            return Money(amount=_amount(text), currency=currency)
        case "number":
            return Number(number=decimal_in(nfkc(text).replace(",", "")))
        case "flag":
            return Flag(flag=_flag(nfkc(text).casefold()))
        case "text":
            return Text(text=nfkc(text))
        case _:
            return _with_bounded(_VALUE.validate_python(_tagged(kind, json.loads(text))))


def _amount(text: str) -> Decimal:
    plain = nfkc(text).replace(",", "").replace(" ", "")
    try:
        return decimal_in(plain)
    except ValueError:
        return bounded(parse_amount(text))


def _with_bounded(value: Value) -> Value:
    """A table whose numbers are such as anybody means."""
    for row in astuple(value)[-1] if isinstance(value, TaxBreakdown | LineItems) else ():
        for cell in row:
            if isinstance(cell, Decimal):
                bounded(cell)
    return value


def _flag(text: str) -> bool:
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise ValueError(text)


def _tagged(kind: str, plain: Any) -> Any:
    if kind == "bank_account" and isinstance(plain, dict):
        return plain | {"kind": kind}
    if kind != "bank_account" and isinstance(plain, list):
        return {"kind": kind, "rows": plain}
    raise ValueError(kind)


def value_to_text(value: Value | None) -> str:
    """A value as a person may type it: ``parse_value`` reads it back as it was."""
    plain = value_to_plain(value)
    match value:
        case None:
            return ""
        case Flag():
            return "はい" if value.flag else "いいえ"
        case Money() | Number() | CalendarDate() | Text():
            return str(plain)
        case _:
            return json.dumps(plain, ensure_ascii=False)
