"""Fields of every class but contracts: receipts, invoices, quotations, orders, notes, statements."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from domain.companies import has_company_form, same_company, similarity
from domain.engines import FieldContext
from domain.fields import DocumentType, Field, Money, TaxBreakdown, TaxRow, Text
from extractors.fields.bank import read_bank_account
from extractors.fields.days import choose_due_date, choose_transaction_date, supply_dates
from extractors.fields.evidence import found, renamed
from extractors.fields.items import item_sums, read_items, with_rates
from extractors.fields.labelled import (
    LabelledAmount,
    LabelledDate,
    Locale,
    labelled_amounts,
    labelled_dates,
    read_locale,
)
from extractors.fields.layout import Layout
from extractors.fields.names import ends_in_seal, is_cut_off
from extractors.fields.numbers import read_document_number, read_registration_number
from extractors.fields.parties import GUESSED, find_issuer
from extractors.fields.receipt import receipt_fields
from extractors.fields.recipients import PartyReading, find_ours, find_recipient
from extractors.fields.roles import AmountRole
from extractors.fields.taxes import complete_single_rate, fitted_tax_rows, merged_rows, read_tax_rows, taxed_sums
from extractors.fields.totals import TotalChoice, choose_total, gather_sums

_STRONG_LABEL = 1.0
_SUBTOTAL_ITSELF = 0.9
"""Weight of a label that says subtotal; others only name what can be one."""
_NO_SUMS = frozenset({"repeated", "paid", "acknowledged"})
"""What speaks for a total without adding anything up."""
_US = 0.75
"""Likeness to our own name from which a party is taken for us, when the other party looks less like us."""
_IN_PART = 0.4
"""Claim of a breakdown that lacks the tax of a rate or what it is taken of: mostly a figure that was not read."""
NO_CURRENCY = "XXX"
"""ISO 4217 for an amount whose currency the document does not show: never goes straight through."""
_CLEAR_PARTY = 1.0
"""Score of an issuer from which its name was right on the development sets in all but a few cases."""


def business_fields(layout: Layout, *, document_type: DocumentType, context: FieldContext) -> tuple[Field, ...]:
    """Everything that could be read; what is missing is left to the caller."""
    near = context.received_on or context.today
    locale = read_locale(layout, near=near)
    dates = labelled_dates(layout, document_type=document_type, locale=locale, near=near)
    amounts = labelled_amounts(layout, document_type=document_type, locale=locale, near=near)
    items = read_items(layout, amounts, document_type=document_type, locale=locale)
    goods = _rows_of(layout, items)
    beside = tuple(a for a in amounts if a.segment.row not in goods) if _adds_up(items, amounts) else amounts
    tax_rows, tax_spans = merged_rows(read_tax_rows(layout, beside), fitted_tax_rows(layout, amounts, goods=goods))
    taxed = () if locale.currency == "JPY" else taxed_sums(layout, amounts)
    sums = gather_sums(amounts, tax_rows=tax_rows, item_sums=item_sums(items), taxed=taxed)
    choice = choose_total(layout, amounts, sums, receipt=document_type is DocumentType.RECEIPT)
    tax_rows, tax_spans = complete_single_rate(tax_rows, tax_spans, amounts, choice.amount if choice else None)
    currency = _currency(choice, locale)
    receipt = document_type is DocumentType.RECEIPT
    day = choose_transaction_date(layout, dates, document_type=document_type, locale=locale, today=context.today)
    out: list[Field | None] = [
        day,
        *supply_dates(dates, document_type=document_type),
        _total(choice, currency, amounts),
        *_parts(beside, choice, currency, tax_rows=tax_rows),
        *_parties(layout, locale=locale, receipt=receipt, context=context),
        read_registration_number(layout),
        read_document_number(layout, document_type=document_type),
        choose_due_date(dates, document_type=document_type, locale=locale),
        read_bank_account(layout),
        with_rates(items, tax_rows),
    ]
    if choice is not None and currency != NO_CURRENCY:
        out.append(
            found("currency", Text(text=currency), choice.amount.span, confidence=0.95 if locale.currency else 0.6)
        )
    if not any(f is not None and f.name == "tax_total" for f in out) and len(tax_rows) == 1 and tax_rows[0].tax:
        # The tax of the only rate is the tax of the document, under whatever label it stands.
        tax = Money(amount=_whole(tax_rows[0].tax, currency), currency=currency)
        out.append(found("tax_total", tax, tax_spans[-1], confidence=0.9 * tax_spans[-1].confidence))
    before = _before_tax(tax_rows, choice) if items is None else None
    if before is not None and not any(f is not None and f.name == "subtotal" for f in out):
        money = Money(amount=_whole(before, currency), currency=currency)
        out.append(found("subtotal", money, tax_spans[0], confidence=0.9 * tax_spans[0].confidence))
    if tax_rows:
        whole = all(row.taxable is not None and row.tax is not None for row in tax_rows)
        confidence = (0.9 if whole else _IN_PART) * min(s.confidence for s in tax_spans)
        out.append(found("tax_breakdown", TaxBreakdown(rows=tax_rows), tax_spans, confidence=confidence))
    if receipt:
        _, issuer = read_parties(layout, locale=locale, receipt=True, context=context)
        out += receipt_fields(
            layout,
            amounts=amounts,
            date=_reading_of(day, dates),
            issuer=issuer,
            currency=currency,
            our_companies=context.our_companies,
            total=choice.amount.value if choice is not None else None,
        )
    return tuple(f for f in out if f is not None)


def _before_tax(rows: tuple[TaxRow, ...], choice: TotalChoice | None) -> Decimal | None:
    """What the only rate is taken of, under whatever label, where the two make the total; None where they do not.

    For papers without goods: where goods are listed, a subtotal stands under them or is not printed.
    """
    if len(rows) != 1 or choice is None or not rows[0].tax or rows[0].taxable is None:
        return None
    return rows[0].taxable if rows[0].taxable + rows[0].tax == choice.amount.value else None


def _rows_of(layout: Layout, items: Field | None) -> frozenset[int]:
    """Rows that goods were read from."""
    if items is None:
        return frozenset()
    boxes = {(source.page_index, box) for source in items.sources for box in source.boxes}
    return frozenset(s.row for s in layout.segments if (s.page_index, s.box) in boxes)


def _reading_of(day: Field | None, dates: tuple[LabelledDate, ...]) -> LabelledDate | None:
    if day is None:
        return None
    boxes = {(s.page_index, b) for s in day.sources for b in s.boxes}
    return next((d for d in dates if (d.span.page_index, d.span.box) in boxes), None)


def _currency(choice: TotalChoice | None, locale: Locale) -> str:
    if choice is not None and choice.amount.currency is not None:
        return choice.amount.currency
    return locale.currency or NO_CURRENCY


_SAME = frozenset({AmountRole.TOTAL, AmountRole.SUBTOTAL, AmountRole.PAYMENT, AmountRole.CASH, AmountRole.TAXABLE})
"""Labels under which a paper repeats its total."""


def _best_read(choice: TotalChoice, amounts: tuple[LabelledAmount, ...]) -> float:
    """How surely the total was read where it is printed most clearly: under its own label or another one of sums."""
    again = [a.span.confidence for a in amounts if a.value == choice.amount.value and a.role in _SAME]
    return max(choice.amount.span.confidence, *again) if again else choice.amount.span.confidence


def _total(choice: TotalChoice | None, currency: str, amounts: tuple[LabelledAmount, ...]) -> Field | None:
    if choice is None:
        return None
    amount = choice.amount
    proofs = set(choice.confirmations)
    sums = proofs - _NO_SUMS
    if sums:
        confidence = 0.99
    elif {"repeated", "paid"} <= proofs:
        confidence = 0.97
    elif "acknowledged" in proofs or (proofs and amount.role is AmountRole.TOTAL):
        confidence = 0.94
    elif amount.role is AmountRole.TOTAL and amount.weight >= _STRONG_LABEL and amount.money_like:
        confidence = 0.92
    else:
        confidence = 0.75
    read = _best_read(choice, amounts)
    # A sum that comes out right speaks for the digits more than the engine's own doubt speaks against them.
    confidence *= max(read, 0.97) if sums else read
    if currency == NO_CURRENCY:
        confidence = min(confidence, 0.7)
    unnamed = amount.role is AmountRole.CASH or (amount.role is not AmountRole.TOTAL and not proofs)
    ambiguous = currency == NO_CURRENCY or unnamed or any(_contradicts(r, choice) for r in choice.rivals)
    ambiguous = ambiguous or amount.goes_on
    return found(
        "total_amount",
        Money(amount=_whole(amount.value, currency), currency=currency),
        amount.span,
        confidence=min(confidence, 0.6) if ambiguous else confidence,
        ambiguous=ambiguous,
    )


def _contradicts(rival: LabelledAmount, choice: TotalChoice) -> bool:
    return (
        rival.role is AmountRole.TOTAL
        and rival.value != choice.amount.value
        and not set(choice.confirmations) - _NO_SUMS
    )


def _whole(value: Decimal, currency: str) -> Decimal:
    return value.to_integral_value() if currency == "JPY" else value


def _adds_up(items: Field | None, amounts: tuple[LabelledAmount, ...]) -> bool:
    """Goods whose amounts make a sum on the paper are goods: a rate beside them is no row of the tax."""
    sums = {a.value for a in amounts if a.role in {AmountRole.SUBTOTAL, AmountRole.TOTAL}}
    return any(total in sums for total in item_sums(items))


def _parts(
    amounts: tuple[LabelledAmount, ...], choice: TotalChoice | None, currency: str, *, tax_rows: tuple[TaxRow, ...]
) -> tuple[Field, ...]:
    out: list[Field] = []
    subtotals = [
        a
        for a in amounts
        if a.role is AmountRole.SUBTOTAL and (a.money_like or a.alone) and not _bought_with_tax(a, amounts, choice)
    ]
    bases = {row.taxable for row in tax_rows} if len(tax_rows) > 1 else set()
    if subtotals:
        best = max(subtotals, key=lambda a: (a.value not in bases, a.weight, a.segment.row))
        out.append(_money("subtotal", best, currency, 0.9))
    taxes = [a for a in amounts if a.role is AmountRole.TAX and (a.money_like or a.alone)]
    if taxes:
        whole = _tax_total(taxes, subtotals, choice, tax_rows)
        if whole is not None and not _of_one_rate(whole.value, tax_rows, taxes):
            out.append(_money("tax_total", whole, currency, 0.9))
    return tuple(out)


def _bought_with_tax(amount: LabelledAmount, amounts: tuple[LabelledAmount, ...], choice: TotalChoice | None) -> bool:
    """What was bought in a month (今回御買上額), with its tax inside: with the balance it makes the total by itself."""
    if amount.weight >= _SUBTOTAL_ITSELF or choice is None:
        return False
    taxed = any(a.role is AmountRole.TAX and a.value for a in amounts)
    balances = {Decimal(0), *(a.value for a in amounts if a.role is AmountRole.BALANCE)}
    return taxed and choice.amount.value - amount.value in balances


def _of_one_rate(value: Decimal, rows: tuple[TaxRow, ...], taxes: list[LabelledAmount]) -> bool:
    """The tax of one of several rates, and not of all; where the others come to nothing, that of all is printed too."""
    each = [row.tax or Decimal(0) for row in rows]
    if len(each) < 2 or value not in each:
        return False
    return sum(map(bool, each)) > 1 or sum(tax.value == value for tax in taxes) == 1


def _tax_total(
    taxes: list[LabelledAmount],
    subtotals: list[LabelledAmount],
    choice: TotalChoice | None,
    rows: tuple[TaxRow, ...],
) -> LabelledAmount | None:
    """The tax of the whole document: the one that closes the sum, the only one, or the sum of all rates or others."""
    if choice is not None:
        for tax in taxes:
            if tax.value and any(s.value + tax.value == choice.amount.value for s in subtotals):
                return tax
    values = {t.value for t in taxes}
    if len(values) == 1:
        return taxes[0]
    of_rates = sum((row.tax or Decimal(0) for row in rows), Decimal(0)) if len(rows) > 1 else None
    for tax in taxes:
        others = [t.value for t in taxes if t is not tax]
        if tax.value == of_rates or (others and sum(others, Decimal(0)) == tax.value):
            return tax
    return None


def _money(name: str, amount: LabelledAmount, currency: str, confidence: float) -> Field:
    value = Money(amount=_whole(amount.value, currency), currency=amount.currency or currency)
    return found(name, value, amount.span, confidence=confidence * amount.span.confidence)


def _parties(layout: Layout, *, locale: Locale, receipt: bool, context: FieldContext) -> tuple[Field, ...]:
    recipient, issuer = read_parties(layout, locale=locale, receipt=receipt, context=context)
    out: list[Field] = []
    issuer_field = _party_field("issuer", issuer)
    recipient_field = _party_field("recipient", recipient)
    out += [f for f in (issuer_field, recipient_field) if f is not None]
    other = _counterparty(issuer_field, recipient_field, context)
    if other is not None:
        out.append(renamed(other, "counterparty"))
    return tuple(out)


def read_parties(
    layout: Layout, *, locale: Locale, receipt: bool, context: FieldContext
) -> tuple[PartyReading | None, PartyReading | None]:
    """Recipient and issuer together: who is named as one is not the other, and our own name settles a side.

    Where no honorific says to whom, our name on a receipt is that of the payer; on other papers it is the recipient's
    if somebody else looks like the issuer at least as much as we do.
    """
    recipient = find_recipient(layout)
    japanese, ours = locale.japanese, context.our_companies

    def issuer(but: tuple[str, ...], known: PartyReading | None) -> PartyReading | None:
        return find_issuer(layout, recipient=known, receipt=receipt, japanese=japanese, but=but)

    if context.issued_by_us or not ours:
        return recipient, issuer((), recipient)
    if recipient is not None:
        us = any(same_company(recipient.name, own) for own in ours)
        return recipient, issuer(ours if us or receipt else (), recipient)
    named = find_ours(layout, ours)
    made = issuer((), None)
    if named is None or made is None:
        return recipient, made
    other = issuer(ours, named)
    if not any(same_company(made.name, own) for own in ours):
        return named, made
    if other is not None and (receipt or other.score >= made.score):
        return named, other
    # We made it, and nobody is addressed by an honorific: the other company that is named, for a person to confirm.
    addressed = other if other is not None and has_company_form(other.name) else None
    return replace(addressed, score=GUESSED) if addressed is not None else None, made


def _party_field(name: str, reading: PartyReading | None) -> Field | None:
    if reading is None or not reading.name:
        return None
    confidence = 0.97 if reading.score >= _CLEAR_PARTY + 0.4 else 0.93 if reading.score >= _CLEAR_PARTY else 0.8
    if name == "recipient":
        confidence = 0.95 if reading.score > 0.4 else 0.8
    # What was put back, or only guessed, is for a person however well it was read.
    doubted = reading.altered or reading.score <= GUESSED or is_cut_off(reading.name)
    doubted = doubted or (ends_in_seal(reading.name) and not reading.span.typed)  # seals are pictures
    ambiguous = doubted or (bool(reading.rivals) and reading.score < _CLEAR_PARTY + 0.4)
    if ambiguous:
        confidence = min(confidence, 0.7)
    return found(
        name,
        Text(text=reading.name),
        reading.span,
        confidence=confidence * reading.span.confidence,
        ambiguous=ambiguous,
    )


def _counterparty(issuer: Field | None, recipient: Field | None, context: FieldContext) -> Field | None:
    """The party that is not us: the recipient of what we issued, else the issuer (DESIGN §6.3)."""
    made, got = _like_us(issuer, context), _like_us(recipient, context)
    issuer_is_us = made >= _US and made > got
    if issuer_is_us or (context.issued_by_us and got < _US):
        return recipient
    return issuer


def _like_us(field: Field | None, context: FieldContext) -> float:
    """How much a party looks like one of our companies, 0 to 1."""
    if field is None or not isinstance(field.value, Text):
        return 0.0
    name = field.value.text
    return max(
        (1.0 if same_company(name, o) else 0.99 * similarity(name, o) for o in context.our_companies), default=0.0
    )
