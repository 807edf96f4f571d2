"""Is an invoice complete, and when is none needed (law: inv-items, inv-simplified, inv-return, inv-small)?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from compliance.rulepack import RulePack, load_rulepack
from domain.fields import DocumentType, FieldSet, LineItems, TaxBreakdown
from domain.suggestion import InvoiceItems


class InvoiceForm(StrEnum):
    """What kind of paper the consumption tax asks for."""

    QUALIFIED = "qualified"
    """適格請求書: six items (law: inv-items)."""
    SIMPLIFIED = "simplified"
    """適格簡易請求書: retail, restaurants, taxis and the like (law: inv-simplified)."""
    RETURN = "return"
    """適格返還請求書 (law: inv-return)."""
    KUBUN_KISAI = "kubun_kisai"
    """区分記載請求書: before qualified invoices (law: inv-transition)."""


class Item(StrEnum):
    """What stands on it."""

    ISSUER = "issuer"
    NUMBER = "number"
    DATE = "date"
    ORIGINAL_DATE = "original_date"
    """Of the supply that is returned or reduced."""
    CONTENT = "content"
    """What was supplied, with the mark of reduced rates."""
    TOTALS_PER_RATE = "totals_per_rate"
    RATE = "rate"
    TAX_PER_RATE = "tax_per_rate"
    TAX_OR_RATE = "tax_or_rate"
    RECIPIENT = "recipient"


_WANTED: dict[InvoiceForm, tuple[Item, ...]] = {
    InvoiceForm.QUALIFIED: (
        Item.ISSUER,
        Item.NUMBER,
        Item.DATE,
        Item.CONTENT,
        Item.TOTALS_PER_RATE,
        Item.RATE,
        Item.TAX_PER_RATE,
        Item.RECIPIENT,
    ),
    InvoiceForm.SIMPLIFIED: (
        Item.ISSUER,
        Item.NUMBER,
        Item.DATE,
        Item.CONTENT,
        Item.TOTALS_PER_RATE,
        Item.TAX_OR_RATE,
    ),
    InvoiceForm.RETURN: (
        Item.ISSUER,
        Item.NUMBER,
        Item.DATE,
        Item.ORIGINAL_DATE,
        Item.CONTENT,
        Item.TOTALS_PER_RATE,
        Item.TAX_OR_RATE,
    ),
    InvoiceForm.KUBUN_KISAI: (Item.ISSUER, Item.DATE, Item.CONTENT, Item.TOTALS_PER_RATE, Item.RECIPIENT),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceContents:
    """Which items a document, or several that belong together, carries."""

    has: frozenset[Item]
    unknown: frozenset[Item] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """What is missing of an invoice."""

    form: InvoiceForm
    missing: tuple[Item, ...]
    unknown: tuple[Item, ...]
    """Items of which reading could not tell."""

    @property
    def complete(self) -> bool:
        """Nothing is missing, and nothing in doubt."""
        return not self.missing and not self.unknown


def wanted_form(
    supply_date: date,
    *,
    simplified_trade: bool = False,
    returns: bool = False,
    pack: RulePack | None = None,
) -> InvoiceForm | None:
    """What kind of invoice a supply of that day asks for; None before rates were told apart (2019-10-01).

    ``simplified_trade``: the issuer sells to whoever comes (retail, restaurants, travel, taxis, public parking).
    """
    rules = pack or load_rulepack()
    if rules.holds("inv.kubun_kisai", supply_date=supply_date):
        return InvoiceForm.KUBUN_KISAI
    if not rules.holds("inv.qualified", supply_date=supply_date):
        return None
    if returns:
        return InvoiceForm.RETURN
    return InvoiceForm.SIMPLIFIED if simplified_trade else InvoiceForm.QUALIFIED


def completeness(contents: InvoiceContents, form: InvoiceForm, *, simplified_trade: bool = False) -> Completeness:
    """Which of the items that a form asks for are missing (law: inv-items, inv-simplified, inv-return).

    Before 2023-10-01 too no recipient was needed from those who sell to whoever comes (``simplified_trade``).
    """
    wanted = list(_WANTED[form])
    if simplified_trade and Item.RECIPIENT in wanted:
        wanted.remove(Item.RECIPIENT)
    has = contents.has | ({Item.TAX_OR_RATE} if contents.has & {Item.RATE, Item.TAX_PER_RATE} else frozenset())
    return Completeness(
        form=form,
        missing=tuple(item for item in wanted if item not in has and item not in contents.unknown),
        unknown=tuple(item for item in wanted if item in contents.unknown and item not in has),
    )


def contents_of(fields: FieldSet) -> InvoiceContents:
    """What reading found of the items.

    Papers that carry what was supplied elsewhere than in a table leave the content open.
    """
    rows = breakdown.rows if isinstance(breakdown := fields.value("tax_breakdown"), TaxBreakdown) else ()
    items = fields.value("line_items")
    found = {
        Item.ISSUER: fields.text("issuer") is not None,
        Item.NUMBER: fields.text("registration_number") is not None,
        Item.DATE: any(fields.day(name) for name in ("transaction_date", "supply_from", "supply_to")),
        Item.ORIGINAL_DATE: fields.day("supply_to") is not None or fields.day("supply_from") is not None,
        Item.TOTALS_PER_RATE: bool(rows) and all(row.taxable is not None for row in rows),
        Item.RATE: bool(rows),
        Item.TAX_PER_RATE: bool(rows) and all(row.tax is not None for row in rows),
        Item.RECIPIENT: fields.text("recipient") is not None,
        Item.CONTENT: isinstance(items, LineItems) and bool(items.rows),
    }
    return InvoiceContents(
        has=frozenset(item for item, there in found.items() if there),
        unknown=frozenset() if found[Item.CONTENT] else frozenset({Item.CONTENT}),
    )


def standing(
    document_type: DocumentType, fields: FieldSet, *, supply_date: date, pack: RulePack | None = None
) -> InvoiceItems | None:
    """What a document lacks as the invoice it should be; None where the day asks for none.

    A receipt counts as a simplified invoice (those who write receipts sell to whoever comes), a credit note as a
    return invoice.
    """
    simplified = document_type is DocumentType.RECEIPT
    returns = document_type is DocumentType.CREDIT_NOTE
    form = wanted_form(supply_date, simplified_trade=simplified, returns=returns, pack=pack)
    if form is None:
        return None
    found = completeness(contents_of(fields), form, simplified_trade=simplified)
    total = fields.money("total_amount")
    needed = True
    if form is InvoiceForm.RETURN and total is not None and total.currency == "JPY":
        needed = return_invoice_needed(int(total.amount), supply_date=supply_date, pack=pack)
    return InvoiceItems(
        form=form.value,
        missing=tuple(item.value for item in found.missing),
        unknown=tuple(item.value for item in found.unknown),
        needed=needed,
    )


class BookOnly(StrEnum):
    """Purchases that need no invoice, only the books (law: inv-small)."""

    SMALL_AMOUNT = "small_amount"
    """少額特例, for businesses with small sales."""
    PUBLIC_TRANSPORT = "public_transport"
    VENDING_MACHINE = "vending_machine"
    POSTED_MAIL = "posted_mail"


_PERMANENT = {
    BookOnly.PUBLIC_TRANSPORT: "inv.book_only.public_transport",
    BookOnly.VENDING_MACHINE: "inv.book_only.vending_machine",
    BookOnly.POSTED_MAIL: "inv.book_only.posted_mail",
}


def book_only(kind: BookOnly, gross_yen: int, *, supply_date: date, pack: RulePack | None = None) -> bool:
    """Whether such a purchase, tax included and per transaction, needs no invoice for good (law: inv-small)."""
    rule = (pack or load_rulepack()).find(_PERMANENT[kind], supply_date=supply_date)
    if rule is None:
        return False
    return "below_yen" not in rule.parameters or gross_yen < rule.number("below_yen")


def small_amount(
    gross_yen: int,
    *,
    supply_date: date,
    base_period_sales_yen: int | None,
    specified_period_sales_yen: int | None = None,
    pack: RulePack | None = None,
) -> bool:
    """少額特例: whether a purchase of a business with small sales needs no invoice (law: inv-small).

    Sales of the base period, or of the specified period (first half of the year before); None: nobody said them.
    """
    rule = (pack or load_rulepack()).find("inv.small_amount", supply_date=supply_date)
    if rule is None or gross_yen >= rule.number("below_yen"):
        return False
    base, specified = base_period_sales_yen, specified_period_sales_yen
    return (base is not None and base <= rule.number("base_period_sales_yen")) or (
        specified is not None and specified <= rule.number("specified_period_sales_yen")
    )


def return_invoice_needed(gross_yen: int, *, supply_date: date, pack: RulePack | None = None) -> bool:
    """Whether a return or discount of that amount, tax included, asks for a return invoice (law: inv-return)."""
    rules = pack or load_rulepack()
    if not rules.holds("inv.qualified", supply_date=supply_date):
        return False
    rule = rules.find("inv.return_exempt", supply_date=supply_date)
    return rule is None or abs(gross_yen) >= rule.number("below_yen")


def jp_pint_version(document_date: date, *, pack: RulePack | None = None) -> str | None:
    """Version of JP PINT in force on the invoice's day (law: pint-rules); None before the first."""
    rule = (pack or load_rulepack()).find("pint.version", document_date=document_date)
    return rule.text("version") if rule is not None else None
