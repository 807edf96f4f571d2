"""What the books could say about a document: pure, made when asked for, stored nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from classifiers.accounts import account_table, guess_account
from compliance.deduction import NumberState, deduction, not_applicable, tax_of_rate
from compliance.fiscal_years import base_period_sales
from compliance.invoices import small_amount, standing
from compliance.settings import CompanySettings
from domain.codec import to_plain
from domain.evidence import Check, Outcome
from domain.fields import BOOKED, DocumentType, FieldSet, TaxBreakdown, number_to_plain
from domain.ids import ISSUED_BY_US
from domain.labels import DEDUCTIONS, INVOICE_FORMS, INVOICE_ITEMS, SUGGESTION_REASONS, TAX_KINDS, Label
from domain.record import ArchiveRecord, DocumentReading
from domain.registration import check_digit_ok
from domain.suggestion import (
    AccountGuess,
    Deduction,
    DeductionClass,
    InvoiceItems,
    Suggestion,
    SupplierYear,
    TaxGuess,
    TaxKind,
)
from extractors.parties.matching import PartyIndex
from pipeline.steps.issuers import REGISTERED
from pipeline.steps.supplier_year import supplier_year
from storage.archive.reader import ArchiveReader

_UNTAXED = {"exempt": TaxKind.EXEMPT, "outside": TaxKind.OUTSIDE}
_WITHOUT_TAX = frozenset({TaxKind.EXEMPT, TaxKind.OUTSIDE})


def suggest(
    document_type: DocumentType,
    fields: FieldSet,
    checks: Sequence[Check],
    *,
    text: str,
    confirmed: str | None = None,
    issued_by_us: bool = False,
    company: CompanySettings | None = None,
) -> Suggestion | None:
    """Account title, tax class and deduction; None for classes that are not booked.

    Args:
        document_type: its class.
        fields: what was read or set.
        checks: what was found about them; the register's answer is among them.
        text: full text.
        confirmed: the account title that a person last confirmed for this counterparty.
        issued_by_us: it is our sale.
        company: facts about the company; without them no exemption of small businesses is looked for.
    """
    if document_type not in BOOKED:
        return None
    guesses = guess_account(document_type, fields, text=text, confirmed=confirmed, issued_by_us=issued_by_us)
    account = guesses[0] if guesses else None
    dated, first, last = (fields.day(n) for n in ("transaction_date", "supply_from", "supply_to"))
    taxes = _taxes(fields, account, on=last or first or dated)
    share = (
        not_applicable(last or first or dated)
        if issued_by_us or all(tax.kind in _WITHOUT_TAX for tax in taxes)
        else deduction(
            _number_state(fields, checks),
            supply_from=first,
            supply_to=last,
            dated_on=dated,
            small=_small(fields, company, on=last or first or dated),
        )
    )
    on = last or first or dated
    invoice = standing(document_type, fields, supply_date=on) if on is not None else None
    return Suggestion(account=account, alternatives=guesses[1:], taxes=taxes, deduction=share, invoice=invoice)


def suggest_for(
    record: ArchiveRecord,
    index: PartyIndex | None,
    *,
    company: CompanySettings | None = None,
    archive: ArchiveReader | None = None,
) -> Suggestion | None:
    """The suggestion for a filed document, with what was confirmed for its counterparty before.

    With the archive also what was bought from a supplier without a number in that year (law: inv-transition).
    """
    set_by_person = record.fields.text("account_title")
    found = suggest(
        record.classification.label,
        record.fields,
        record.checks,
        text=record.text,
        confirmed=set_by_person or confirmed_title(record.fields, index),
        issued_by_us=record.origin in ISSUED_BY_US,
        company=company,
    )
    share, name = found.deduction if found is not None else None, record.fields.text("counterparty")
    if found is None or share is None or archive is None or company is None or name is None:
        return found
    if share.kind is not DeductionClass.TRANSITIONAL or share.basis_on is None:
        return found
    return replace(found, year=supplier_year(archive, name, on=share.basis_on, company=company))


def suggest_unfiled(reading: DocumentReading) -> Suggestion | None:
    """The suggestion for a document that was read and not filed: nothing is known but what it says itself."""
    fields = reading.fields
    theirs, ours = fields.text("recipient"), fields.text("issuer")
    sold = theirs is not None and fields.text("counterparty") == theirs and theirs != ours
    return suggest(reading.classification.label, fields, reading.checks, text=reading.text, issued_by_us=sold)


def confirmed_title(fields: FieldSet, index: PartyIndex | None) -> str | None:
    """The account title that the master has for a document's counterparty."""
    name = fields.text("counterparty")
    party = index.named(name) if index is not None and name else None
    return party.account_title if party is not None else None


def _number_state(fields: FieldSet, checks: Sequence[Check]) -> NumberState:
    number = fields.text("registration_number")
    if number is None:
        return NumberState.MISSING
    asked = next((check.outcome for check in checks if check.name == REGISTERED), None)
    if asked is Outcome.FAILED:
        return NumberState.INVALID
    if asked is Outcome.PASSED:
        return NumberState.VALID
    # Numbers of persons may not follow the formula, but what was not looked up and fails it is not relied upon.
    return NumberState.NOT_LOOKED_UP if check_digit_ok(number) else NumberState.INVALID


def _small(fields: FieldSet, company: CompanySettings | None, *, on: date | None) -> bool:
    """Whether the purchase needs no invoice (law: inv-small)."""
    total = fields.money("total_amount")
    if company is None or on is None or total is None or total.currency != "JPY":
        return False
    sales = base_period_sales(on, settings=company)
    return small_amount(int(total.amount), supply_date=on, base_period_sales_yen=sales)


def _taxes(fields: FieldSet, account: AccountGuess | None, *, on: date | None) -> tuple[TaxGuess, ...]:
    """One per printed rate; without any, what the account title says of it."""
    breakdown = fields.value("tax_breakdown")
    if isinstance(breakdown, TaxBreakdown) and breakdown.rows and on is not None:
        return tuple(tax_of_rate(row.rate, on=on) for row in breakdown.rows)
    untaxed = _UNTAXED.get(account_table().tax_of(account.title) or "") if account is not None else None
    return (TaxGuess(kind=untaxed or TaxKind.UNKNOWN, percent=None, certain=False),)


def suggestion_plain(found: Suggestion | None) -> dict[str, Any] | None:
    """As ``read --json`` and ``show --json`` print it."""
    if found is None:
        return None
    return {
        "account": _account_plain(found.account) if found.account else None,
        "alternatives": [_account_plain(one) for one in found.alternatives],
        "taxes": [
            {
                "kind": tax.kind.value,
                "rate": number_to_plain(tax.percent) if tax.percent is not None else None,
                "certain": tax.certain,
            }
            for tax in found.taxes
        ],
        "deduction": _deduction_plain(found.deduction) if found.deduction else None,
        "invoice": to_plain(found.invoice) if found.invoice else None,
        **({"year": to_plain(found.year) | {"beyond": found.year.beyond}} if found.year else {}),
    }


def _account_plain(guess: AccountGuess) -> dict[str, Any]:
    return {
        "title": guess.title,
        "confidence": guess.confidence,
        "reason": guess.reason,
        "words": list(guess.words),
    }


def _deduction_plain(share: Deduction) -> dict[str, Any]:
    return {
        "class": share.kind.value,
        "percent": share.percent,
        "basis": share.basis,
        "basis_on": share.basis_on.isoformat() if share.basis_on else None,
        "rule": share.rule,
        "certain": share.certain,
        "reasons": list(share.reasons),
    }


def suggestion_lines(found: Suggestion | None, *, language: str = "ja") -> tuple[tuple[str, str], ...]:
    """For people: (what, text with the reason); empty where nothing is suggested. Titles of accounts stay Japanese."""
    if found is None:
        return ()
    at = 0 if language == "ja" else 1

    def bracketed(text: str, inside: str) -> str:
        return (f"{text}（{inside}）" if at == 0 else f"{text} ({inside})") if inside else text

    lines = []
    if found.account is not None:
        other = ("、", ", ")[at].join(one.title for one in found.alternatives)
        reason = SUGGESTION_REASONS[found.account.reason][at]
        words = f"「{'・'.join(found.account.words)}」" if found.account.words else ""
        share_of = ("、", ", ")[at].join((f"{found.account.confidence:.0%}", f"{reason}{words}"))
        also = f" {('ほかに', 'or')[at]} {other}" if other else ""
        lines.append((("勘定科目", "Account title")[at], bracketed(found.account.title, share_of) + also))
    rates = (f"{TAX_KINDS[t.kind][at]}{f' {number_to_plain(t.percent)}%' if t.percent else ''}" for t in found.taxes)
    lines.append((("税区分", "Tax class")[at], ("、", ", ")[at].join(rates)))
    share = found.deduction
    if share is not None:
        percent = f" {share.percent}%" if share.kind is DeductionClass.TRANSITIONAL else ""
        basis = f"{SUGGESTION_REASONS[share.basis][at]} {_day(share.basis_on)}" if share.basis else ""
        reasons = (basis, *(SUGGESTION_REASONS[code][at] for code in share.reasons))
        why = ("、", ", ")[at].join(part for part in reasons if part)
        deducted = bracketed(f"{DEDUCTIONS[share.kind][at]}{percent}", why)
        lines.append((("仕入税額控除", "Input tax deduction")[at], deducted))
    if found.year is not None:
        what = ("免税事業者等からの仕入れ", "Purchases without a number")[at]
        lines.append((what, _year_words(found.year)[at]))
    if found.invoice is not None:
        lines.append((("記載事項", "Items of the invoice")[at], _invoice_words(found.invoice, at=at)))
    return tuple(lines)


def _day(day: date | None) -> str:
    return f"{day:%Y/%m/%d}" if day is not None else ""


def _year_words(year: SupplierYear) -> Label:
    """The year's purchases from this supplier against the cap (law: inv-transition)."""
    least, most = f"{year.least_yen:,}", f"{year.most_yen:,}"
    span = least if least == most else f"{least}〜{most}"
    over = {
        True: ("上限を超えた分は控除できません", "what exceeds the cap is not deductible"),
        None: (
            "請求書と領収書が同じ取引かにより、上限を超えるおそれがあります",
            "whether the cap is exceeded depends on invoices and receipts being of the same deals",
        ),
        False: ("上限の範囲内です", "within the cap"),
    }[year.beyond]
    period = f"{_day(year.first)}〜{_day(year.last)}"
    unsure = (
        ("", "") if year.certain else ("、上限は未確認の改正によります", "; the cap is of an unconfirmed amendment")
    )
    japanese = f"登録番号のない書類、上限 {year.cap_yen:,} 円。{over[0]}{unsure[0]}"
    return (
        f"{period} にこの取引先から {span} 円（{japanese}）",
        f"{period}: {span} yen from this supplier (cap {year.cap_yen:,} yen; {over[1]}{unsure[1]})",
    )


def _invoice_words(invoice: InvoiceItems, *, at: int) -> str:
    """Which items the paper lacks as the invoice it should be (law: inv-items)."""
    form = INVOICE_FORMS[invoice.form][at]
    if not invoice.needed:
        return (f"{form}は不要（税込1万円未満）", f"No {form.lower()} needed (below 10,000 yen)")[at]
    between = ("・", ", ")[at]
    missing = between.join(INVOICE_ITEMS[code][at] for code in invoice.missing)
    unknown = between.join(INVOICE_ITEMS[code][at] for code in invoice.unknown)
    parts = (
        f"{('記載なし', 'missing')[at]}: {missing}" if missing else "",
        f"{('読み取れていません', 'not read')[at]}: {unknown}" if unknown else "",
    )
    told = ("、", "; ")[at].join(part for part in parts if part) or ("そろっています", "complete")[at]
    return (f"{form}（{told}）", f"{form} ({told})")[at]
