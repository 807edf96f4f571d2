"""Checks of the fields against each other: they judge readings that were made and never change one."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from domain.engines import FieldContext
from domain.evidence import Check, Outcome
from domain.fields import DocumentType, FieldSet, LineItems, TaxBreakdown
from domain.registration import check_digit_ok
from extractors.fields.taxes import tax_fits

_OLDEST = date(1989, 1, 8)
"""Business papers before Heisei are not plausible in a system that files new ones."""
_TOLERANCE = Decimal("0.02")
"""Rounding of foreign cents; yen must match exactly."""


def run_checks(document_type: DocumentType, fields: FieldSet, *, context: FieldContext) -> tuple[Check, ...]:
    """Every check that the fields allow; a check that lacks a value is left out, not failed."""
    out = [
        _totals(fields),
        _tax_per_rate(fields),
        _check_digit(fields),
        _cash(fields),
        _items(fields),
        *_dates(fields, context),
    ]
    if document_type is DocumentType.CONTRACT:
        out.append(_contract_term(fields))
    return tuple(c for c in out if c is not None)


def _passed(name: str, good: bool, detail: str | None = None) -> Check:  # noqa: FBT001  # the outcome itself
    return Check(name=name, outcome=Outcome.PASSED if good else Outcome.FAILED, detail=None if good else detail)


def _amount(fields: FieldSet, name: str) -> Decimal | None:
    money = fields.money(name)
    return money.amount if money else None


def _near(a: Decimal, b: Decimal, fields: FieldSet) -> bool:
    money = fields.money("total_amount")
    return abs(a - b) <= (_TOLERANCE if money and money.currency != "JPY" else 0)


def _totals(fields: FieldSet) -> Check | None:
    """Subtotal, tax, rates and total add up in one of the ways in which documents add up."""
    total = _amount(fields, "total_amount")
    subtotal, tax = _amount(fields, "subtotal"), _amount(fields, "tax_total")
    breakdown = fields.value("tax_breakdown")
    rows = breakdown.rows if isinstance(breakdown, TaxBreakdown) else ()
    if total is None or (subtotal is None and not rows):
        return None
    base = sum((r.taxable for r in rows if r.taxable is not None), Decimal(0))
    added = sum((r.tax for r in rows if r.tax is not None), Decimal(0))
    less = sum((abs(v) for n in ("discount", "points_used") if (v := _amount(fields, n)) is not None), Decimal(0))
    ways = []
    if subtotal is not None:
        ways += [subtotal, subtotal - less]
        ways += [subtotal + t for t in (tax, added) if t is not None]
        ways += [subtotal + t - less for t in (tax, added) if t is not None]
    if rows and base:
        ways += [base, base + added, base - less, base + added - less]
    good = any(_near(way, total, fields) for way in ways)
    return Check(
        name="totals_add_up",
        outcome=Outcome.PASSED if good else Outcome.INDETERMINATE,
        detail=None if good else "no sum of the amounts read gives the total",
    )


def _tax_per_rate(fields: FieldSet) -> Check | None:
    breakdown = fields.value("tax_breakdown")
    if not isinstance(breakdown, TaxBreakdown):
        return None
    rows = [r for r in breakdown.rows if r.taxable is not None and r.tax is not None]
    if not rows:
        return None
    money = fields.money("total_amount")
    if money is not None and money.currency != "JPY":
        return None
    wrong = [r for r in rows if r.taxable is not None and r.tax is not None and not tax_fits(r.rate, r.taxable, r.tax)]
    detail = ", ".join(f"{r.rate}%" for r in wrong)
    return _passed("tax_per_rate", not wrong, f"tax outside floor and ceiling at {detail}")


def _check_digit(fields: FieldSet) -> Check | None:
    number = fields.text("registration_number")
    if number is None or not number.startswith("T"):
        return None
    return _passed("registration_check_digit", check_digit_ok(number), "check digit does not match")


def _cash(fields: FieldSet) -> Check | None:
    total, cash, change = (_amount(fields, n) for n in ("total_amount", "cash_received", "change"))
    if total is None or cash is None or change is None:
        return None
    good = _near(cash - change, total, fields)
    return Check(name="cash_and_change", outcome=Outcome.PASSED if good else Outcome.INDETERMINATE)


def _items(fields: FieldSet) -> Check | None:
    items, total, subtotal = fields.value("line_items"), _amount(fields, "total_amount"), _amount(fields, "subtotal")
    if not isinstance(items, LineItems) or total is None:
        return None
    amounts = [r.amount for r in items.rows if r.amount is not None]
    if len(amounts) != len(items.rows):
        return None
    added = sum(amounts, Decimal(0))
    good = any(_near(added, v, fields) for v in (total, subtotal) if v is not None)
    return Check(name="items_add_up", outcome=Outcome.PASSED if good else Outcome.INDETERMINATE)


def _dates(fields: FieldSet, context: FieldContext) -> list[Check]:
    out: list[Check] = []
    day = fields.day("transaction_date")
    if day is not None:
        out.append(_passed("date_plausible", day >= _OLDEST, "older than 1989"))
        limit = max(context.today, context.received_on or context.today) + timedelta(days=1)
        out.append(_passed("date_not_future", day <= limit, "later than today"))
        due = fields.day("due_date")
        if due is not None:
            out.append(_passed("due_after_issue", due >= day, "due before the issue date"))
    first, last = fields.day("supply_from"), fields.day("supply_to")
    if first is not None and last is not None:
        out.append(_passed("supply_in_order", first <= last, "supply ends before it begins"))
    return out


def _contract_term(fields: FieldSet) -> Check | None:
    first, last = fields.day("effective_from"), fields.day("effective_to")
    if first is None or last is None:
        return None
    return _passed("term_in_order", first <= last, "the term ends before it begins")
