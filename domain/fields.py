"""What is extracted from a document: tagged values, fields, and which field belongs to which class (DESIGN §6.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import Field as Tag

from domain.geometry import Box
from domain.page import EngineId


class DocumentType(StrEnum):
    """The ten classes (DESIGN §3.6)."""

    RECEIPT = "receipt"
    INVOICE = "invoice"
    CONTRACT = "contract"
    QUOTATION = "quotation"
    PURCHASE_ORDER = "purchase_order"
    DELIVERY_NOTE = "delivery_note"
    INSPECTION = "inspection"
    PAYMENT_STATEMENT = "payment_statement"
    CREDIT_NOTE = "credit_note"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount. Yen have no decimals."""

    kind: Literal["money"] = "money"
    amount: Decimal
    currency: str = "JPY"
    """ISO 4217."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDate:
    """A day (Asia/Tokyo for Japanese documents)."""

    kind: Literal["date"] = "date"
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Text as printed, NFKC; also numbers with leading zeros, times and codes."""

    kind: Literal["text"] = "text"
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A plain number without currency."""

    kind: Literal["number"] = "number"
    number: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """Yes or no."""

    kind: Literal["flag"] = "flag"
    flag: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRow:
    """Consumption tax of one rate as printed (law: inv-items)."""

    rate: Decimal
    """Percent."""
    taxable: Decimal | None
    """Base as printed: before tax where tax is added (外税), tax included where it is inside (内税)."""
    tax: Decimal | None
    """Tax as printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxBreakdown:
    """One row per rate."""

    kind: Literal["tax_breakdown"] = "tax_breakdown"
    rows: tuple[TaxRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAccount:
    """Where to pay."""

    kind: Literal["bank_account"] = "bank_account"
    bank: str | None = None
    branch: str | None = None
    type: str | None = None
    number: str | None = None
    holder: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineItem:
    """A row of the table of goods and services; a discount has a negative amount."""

    description: str
    quantity: Decimal | None = None
    unit: str | None = None
    unit_price: Decimal | None = None
    amount: Decimal | None = None
    tax_rate: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineItems:
    """All rows."""

    kind: Literal["line_items"] = "line_items"
    rows: tuple[LineItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A party to a contract."""

    role: str | None
    """As printed: 甲, 乙, 委託者 …"""
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """All parties."""

    kind: Literal["parties"] = "parties"
    rows: tuple[Party, ...]


Value: TypeAlias = Annotated[
    Money | CalendarDate | Text | Number | Flag | TaxBreakdown | BankAccount | LineItems | Parties,
    Tag(discriminator="kind"),
]
"""Tagged, because an untagged text "0012" would come back from JSON as a number."""


class FieldStatus(StrEnum):
    """What is claimed about a field."""

    FOUND = "found"
    MISSING = "missing"
    AMBIGUOUS = "ambiguous"
    """Several readings stand against each other; ``value`` is the likeliest and the document goes to review."""
    CORRECTED = "corrected"
    """Set by a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where on the document it stands."""

    page_index: int
    """From 0 within the file."""
    boxes: tuple[Box, ...]
    """On the upright page; empty for data without pages."""
    unit_id: str | None = None
    """The unit whose page it is, where the document has pages of several; None where it has pages of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One extracted (or corrected) value."""

    name: str
    """A key of FIELDS."""
    value: Value | None
    """None where the document does not carry it: never a guess."""
    raw_text: str | None = None
    """As printed."""
    status: FieldStatus
    sources: tuple[Source, ...] = ()
    confidence: float
    """0 to 1: how likely the value is right; for missing: how likely it is really absent."""
    engine: EngineId
    """Who made it; ``person`` for corrections."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSet:
    """All fields of one document, each name at most once."""

    fields: tuple[Field, ...]

    def get(self, name: str) -> Field | None:
        """The field of that name, or None."""
        return next((f for f in self.fields if f.name == name), None)

    def value(self, name: str) -> Value | None:
        """Its value, or None where missing."""
        found = self.get(name)
        return found.value if found else None

    def day(self, name: str) -> date | None:
        """Its value as a day, or None."""
        value = self.value(name)
        return value.day if isinstance(value, CalendarDate) else None

    def money(self, name: str) -> Money | None:
        """Its value as money, or None."""
        value = self.value(name)
        return value if isinstance(value, Money) else None

    def text(self, name: str) -> str | None:
        """Its value as text, or None."""
        value = self.value(name)
        return value.text if isinstance(value, Text) else None

    def replaced(self, *new: Field) -> FieldSet:
        """A copy in which the given fields stand instead of those of the same name (added where there was none)."""
        names = {f.name: f for f in new}
        kept = tuple(names.pop(f.name, f) for f in self.fields)
        return FieldSet(fields=kept + tuple(names.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One row of the table of fields."""

    kind: str
    """``kind`` of its value."""
    label_ja: str
    label_en: str
    types: frozenset[DocumentType]
    """Classes it can apply to."""


_T = DocumentType
_ALL = frozenset(_T)
_PRICED = frozenset(_T) - {_T.OTHER}
_TAXED = frozenset({_T.RECEIPT, _T.INVOICE, _T.PAYMENT_STATEMENT, _T.CREDIT_NOTE, _T.QUOTATION, _T.PURCHASE_ORDER})
_NUMBERED = frozenset(_T) - {_T.OTHER, _T.CONTRACT}
_RECEIPT = frozenset({_T.RECEIPT})
_CONTRACT = frozenset({_T.CONTRACT})
_ITEMISED = frozenset(_T) - {_T.OTHER, _T.CONTRACT}
_DUE = frozenset({_T.INVOICE, _T.PURCHASE_ORDER, _T.PAYMENT_STATEMENT, _T.QUOTATION})


def _spec(kind: str, label_ja: str, label_en: str, types: frozenset[DocumentType]) -> FieldSpec:
    return FieldSpec(kind=kind, label_ja=label_ja, label_en=label_en, types=types)


FIELDS: dict[str, FieldSpec] = {
    "transaction_date": _spec("date", "取引年月日", "Transaction date", _ALL),
    "supply_from": _spec("date", "役務提供開始日", "Supply from", _NUMBERED),
    "supply_to": _spec("date", "役務提供終了日", "Supply to", _NUMBERED),
    "total_amount": _spec("money", "取引金額", "Total", _ALL),
    "subtotal": _spec("money", "小計", "Subtotal", _ITEMISED),
    "tax_total": _spec("money", "消費税額", "Tax", _ITEMISED),
    "currency": _spec("text", "通貨", "Currency", _ALL),
    "issuer": _spec("text", "発行者", "Issuer", _ALL),
    "recipient": _spec("text", "宛先", "Recipient", _ALL),
    "counterparty": _spec("text", "取引先", "Counterparty", _ALL),
    "registration_number": _spec("text", "登録番号", "Registration number", _ITEMISED),
    "document_number": _spec("text", "書類番号", "Document number", _NUMBERED),
    "due_date": _spec("date", "支払期限", "Due date", _DUE),
    "tax_breakdown": _spec("tax_breakdown", "税率別内訳", "Tax per rate", _ITEMISED),
    "bank_account": _spec("bank_account", "振込先", "Bank account", frozenset({_T.INVOICE, _T.PAYMENT_STATEMENT})),
    "time": _spec("text", "時刻", "Time", _RECEIPT),
    "issuer_company": _spec("text", "運営会社", "Company", _RECEIPT),
    "issuer_branch": _spec("text", "店舗", "Branch", _RECEIPT),
    "issuer_address": _spec("text", "住所", "Address", _RECEIPT),
    "phone": _spec("text", "電話番号", "Phone", _RECEIPT),
    "payment_method": _spec("text", "支払方法", "Payment method", _RECEIPT),
    "cash_received": _spec("money", "お預り", "Cash received", _RECEIPT),
    "change": _spec("money", "お釣り", "Change", _RECEIPT),
    "discount": _spec("money", "値引", "Discount", _RECEIPT),
    "points_used": _spec("money", "ポイント利用", "Points used", _RECEIPT),
    "line_items": _spec("line_items", "明細", "Line items", _ITEMISED),
    "title": _spec("text", "契約書名", "Title", _CONTRACT),
    "parties": _spec("parties", "当事者", "Parties", _CONTRACT),
    "concluded_on": _spec("date", "契約締結日", "Concluded on", _CONTRACT),
    "effective_from": _spec("date", "契約開始日", "Effective from", _CONTRACT),
    "effective_to": _spec("date", "契約終了日", "Effective to", _CONTRACT),
    "auto_renewal": _spec("flag", "自動更新", "Auto renewal", _CONTRACT),
    "renewal_notice": _spec("text", "更新拒絶期限", "Renewal notice", _CONTRACT),
    "amount": _spec("money", "契約金額", "Amount", _CONTRACT),
    "jurisdiction": _spec("text", "管轄裁判所", "Jurisdiction", _CONTRACT),
    "stamp_duty": _spec("money", "収入印紙", "Stamp duty", _CONTRACT),
    "account_title": _spec("text", "勘定科目", "Account title", frozenset()),
}
"""Every field, in the order in which people read them. The account title stands on no document: only people set it."""


def fields_for(document_type: DocumentType) -> tuple[str, ...]:
    """Names that can apply to a class: each is present in ``read --json``, with null where not printed."""
    return tuple(name for name, spec in FIELDS.items() if document_type in spec.types)


BOOKED = frozenset({_T.RECEIPT, _T.INVOICE, _T.CREDIT_NOTE, _T.PAYMENT_STATEMENT})
"""Classes that are booked; what precedes them is not."""


def settable_fields(document_type: DocumentType) -> tuple[str, ...]:
    """Names that a person can set: those that can stand on the document, and how it is booked."""
    return (*fields_for(document_type), *(("account_title",) if document_type in BOOKED else ()))


def missing(name: str, *, engine: EngineId, confidence: float = 1.0) -> Field:
    """A field that the document does not carry."""
    return Field(name=name, value=None, status=FieldStatus.MISSING, confidence=confidence, engine=engine)


def number_to_plain(number: Decimal) -> int | str:
    """Integer where whole, else a decimal string (never a float)."""
    return int(number) if number == number.to_integral_value() else format(number, "f")


def money_to_plain(money: Money) -> int | str:
    """Integer yen; decimal string for other currencies (DESIGN §6.3)."""
    return int(money.amount) if money.currency == "JPY" else format(money.amount, "f")


def _optional(number: Decimal | None) -> int | str | None:
    return None if number is None else number_to_plain(number)


def value_to_plain(value: Value | None) -> object:
    """The plain JSON form of DESIGN §6.3."""
    match value:
        case None:
            return None
        case Money():
            return money_to_plain(value)
        case CalendarDate():
            return value.day.isoformat()
        case Text():
            return value.text
        case Number():
            return number_to_plain(value.number)
        case Flag():
            return value.flag
        case TaxBreakdown():
            return [
                {"rate": number_to_plain(r.rate), "taxable": _optional(r.taxable), "tax": _optional(r.tax)}
                for r in value.rows
            ]
        case BankAccount():
            return {
                "bank": value.bank,
                "branch": value.branch,
                "type": value.type,
                "number": value.number,
                "holder": value.holder,
            }
        case LineItems():
            return [
                {
                    "description": r.description,
                    "quantity": _optional(r.quantity),
                    "unit": r.unit,
                    "unit_price": _optional(r.unit_price),
                    "amount": _optional(r.amount),
                    "tax_rate": _optional(r.tax_rate),
                }
                for r in value.rows
            ]
        case Parties():
            return [{"role": r.role, "name": r.name} for r in value.rows]
