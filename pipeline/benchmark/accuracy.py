"""Scoring of extracted fields against the truth of a sample set: pure, so that every benchmark counts alike.

A *silent error* is the worst outcome: class, date, total or counterparty is not right and nobody is asked to look.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from domain.companies import company_key, similarity
from domain.fields import DocumentType, FieldSet, LineItems

NAME_TOLERANCE = 0.8
"""Similarity of names (domain.companies.similarity) that counts as right on sets read by OCR whose truth names the shop
or the company loosely; containment counts as right too. Exact sets use 1.0."""

CORE_FIELDS = ("date", "total_amount", "counterparty")
"""Fields whose silent errors are counted."""

FIELD_OF = {
    "date": "transaction_date",
    "total_amount": "total_amount",
    "counterparty": "counterparty",
    "registration_number": "registration_number",
    "number": "document_number",
    "due_date": "due_date",
    "currency": "currency",
    "buyer": "recipient",
    "net_amount": "subtotal",
    "tax_amount": "tax_total",
    "items": "line_items",
}
"""Keys of ``truth.jsonl`` → our field names."""


class Verdict(StrEnum):
    """What became of one field of one document."""

    RIGHT = "right"
    WRONG = "wrong"
    MISSING = "missing"
    """The truth has a value and none was read."""
    INVENTED = "invented"
    """The truth says that there is no value, and one was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldScore:
    """One field of one document."""

    field: str
    """Key of the truth."""
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentScore:
    """One document."""

    file: str
    type_right: bool
    needs_review: bool
    fields: tuple[FieldScore, ...]

    @property
    def silent_errors(self) -> tuple[str, ...]:
        """Class (``type``) and core fields that are not right on a document that nobody is asked to look at."""
        if self.needs_review:
            return ()
        wrong = [f.field for f in self.fields if f.field in CORE_FIELDS and f.verdict is not Verdict.RIGHT]
        return tuple(wrong if self.type_right else ["type", *wrong])


@dataclass(frozen=True, slots=True, kw_only=True)
class SetScore:
    """All documents of one set."""

    name: str
    documents: tuple[DocumentScore, ...]

    def counts(self, field: str) -> dict[Verdict, int]:
        """How often each verdict fell on a field."""
        out = dict.fromkeys(Verdict, 0)
        for document in self.documents:
            for score in document.fields:
                if score.field == field:
                    out[score.verdict] += 1
        return out

    def accuracy(self, field: str) -> float | None:
        """Share of right readings where the truth knows the field; None where it never does."""
        counts = self.counts(field)
        known = counts[Verdict.RIGHT] + counts[Verdict.WRONG] + counts[Verdict.MISSING]
        return counts[Verdict.RIGHT] / known if known else None

    @property
    def silent_errors(self) -> tuple[tuple[str, str], ...]:
        """(file, field) of every silent error."""
        return tuple((d.file, f) for d in self.documents for f in d.silent_errors)

    @property
    def review_share(self) -> float:
        """Share of documents sent to a person."""
        return sum(d.needs_review for d in self.documents) / len(self.documents) if self.documents else 0.0

    @property
    def type_accuracy(self) -> float:
        """Share of documents whose class is right."""
        return sum(d.type_right for d in self.documents) / len(self.documents) if self.documents else 0.0


def score_document(
    truth: Mapping[str, Any],
    *,
    document_type: DocumentType,
    fields: FieldSet,
    needs_review: bool,
    name_tolerance: float = NAME_TOLERANCE,
    keys: Iterable[str] = tuple(FIELD_OF),
) -> DocumentScore:
    """Compare one line of ``truth.jsonl`` with what was extracted.

    A key that the line does not have is not judged; one that is null there is judged only where the source states
    absence (``filled_in`` false), because elsewhere null means that the source does not say.
    """
    scores: list[FieldScore] = []
    stated_absent = truth.get("filled_in") is False
    for key in keys:
        if key not in truth:
            continue
        expected = truth[key]
        if expected is None and not stated_absent:
            continue
        if key == "registration_number" and not re.fullmatch(r"T\d{13}", str(expected)):
            continue  # foreign VAT numbers are not registration numbers (DESIGN §6.3)
        if key == "items" and not isinstance(expected, list):
            continue  # only how many there are
        scores.append(FieldScore(field=key, verdict=_verdict(key, expected, fields, name_tolerance)))
    return DocumentScore(
        file=str(truth.get("file", "")),
        type_right=truth.get("type") == document_type.value,
        needs_review=needs_review,
        fields=tuple(scores),
    )


def same_text(expected: str, got: str) -> bool:
    """Equal after NFKC, without spaces and marks, without case."""
    return _plain(expected) == _plain(got)


def _verdict(key: str, expected: object, fields: FieldSet, tolerance: float) -> Verdict:
    name = FIELD_OF[key]
    got = fields.value(name)
    if expected is None:
        return Verdict.RIGHT if got is None else Verdict.INVENTED
    if got is None:
        return Verdict.MISSING
    day, money, text = fields.day(name), fields.money(name), fields.text(name)
    if isinstance(got, LineItems):
        right = isinstance(expected, list) and _same_items(expected, got)
    elif day is not None:
        right = day == date.fromisoformat(str(expected))
    elif money is not None:
        right = _same_amount(expected, money.amount)
    elif text is not None and key in {"counterparty", "buyer"}:
        right = same_name(str(expected), text, tolerance=tolerance)
    else:
        right = text is not None and same_text(str(expected), text)
    return Verdict.RIGHT if right else Verdict.WRONG


def same_name(expected: str, got: str, *, tolerance: float = NAME_TOLERANCE) -> bool:
    """Names alike after NFKC, spaces and company forms; with a tolerance below 1 also nearly alike or contained."""
    if company_key(expected) == company_key(got):
        return True
    if tolerance >= 1.0:
        return False
    a, b = company_key(expected), company_key(got)
    contained = bool(a and b) and min(len(a), len(b)) >= 3 and (a in b or b in a)
    return contained or similarity(expected, got) >= tolerance


_BEHIND = re.compile(r"[※*＊]|[×x✕]\s*\d{1,3}$")
"""Marks of a rate and counts behind a name, which are fields of their own."""


def _same_items(expected: list[Mapping[str, Any]], got: LineItems) -> bool:
    """Every name and amount, in any order; names without spaces, marks of rates and counts behind them."""
    wanted = sorted((_goods_key(str(item["name"])), Decimal(str(item["amount"]))) for item in expected)
    read = sorted((_goods_key(row.description), row.amount or Decimal(0)) for row in got.rows)
    return wanted == read


def _goods_key(name: str) -> str:
    plain = _BEHIND.sub("", unicodedata.normalize("NFKC", name).strip())
    return "".join(plain.split()).casefold()


def _same_amount(expected: object, got: Decimal) -> bool:
    try:
        return Decimal(re.sub(r"[^\d.\-]", "", str(expected))) == got
    except InvalidOperation:
        return False


def _plain(text: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).casefold()
