"""Consumption tax per rate (law: inv-items, inv-rounding), as printed: 10%対象 ¥5,930 (内消費税 ¥539)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from domain.fields import TaxRow
from extractors.fields.labelled import LabelledAmount
from extractors.fields.layout import Layout, Segment, Span
from extractors.fields.roles import RATE, AmountRole

JAPANESE_RATES = (Decimal(10), Decimal(8), Decimal(5), Decimal(3), Decimal(1))
"""Rates that Japanese documents can carry (law: ctax-rates, ctax-food-2027)."""
_NEIGHBOURS = 2
"""Rows after a base in which the tax of the same rate is still looked for when its own line names no rate."""


@dataclass(slots=True)
class _Row:
    rate: Decimal
    taxable: LabelledAmount | None = None
    tax: LabelledAmount | None = None
    spans: list[Span] = field(default_factory=list)


def read_tax_rows(layout: Layout, amounts: tuple[LabelledAmount, ...]) -> tuple[tuple[TaxRow, ...], tuple[Span, ...]]:
    """Rows per rate in the order printed, with the places they were read from."""
    rows: dict[Decimal, _Row] = {}
    last: tuple[int, Decimal] | None = None
    for amount in amounts:
        if amount.role not in {AmountRole.TAXABLE, AmountRole.TAX, AmountRole.SUBTOTAL}:
            continue
        rate = _rate(layout, amount)
        if rate is None and amount.role is AmountRole.TAX and last and amount.segment.row - last[0] <= _NEIGHBOURS:
            rate = last[1]
            if rows[rate].tax is not None:
                rate = None
        if rate is None:
            continue
        row = rows.setdefault(rate, _Row(rate))
        if amount.role is AmountRole.TAX:
            if row.tax is None and not _looks_like_base(row, amount):
                row.tax = amount
                row.spans.append(amount.span)
            elif row.taxable is None and row.tax is not None and amount.value > row.tax.value:
                row.taxable = amount
        elif row.taxable is None:
            row.taxable = amount
            row.spans.append(amount.span)
            last = (amount.segment.row, rate)
    kept = [row for row in rows.values() if row.tax is not None or row.taxable is not None]
    return (
        tuple(
            TaxRow(
                rate=row.rate,
                taxable=row.taxable.value if row.taxable else None,
                tax=row.tax.value if row.tax else None,
            )
            for row in kept
        ),
        tuple(span for row in kept for span in row.spans),
    )


def complete_single_rate(
    rows: tuple[TaxRow, ...],
    spans: tuple[Span, ...],
    amounts: tuple[LabelledAmount, ...],
    total: LabelledAmount | None,
) -> tuple[tuple[TaxRow, ...], tuple[Span, ...]]:
    """With one rate only, the base that is not printed beside it is the subtotal, or the total where tax is inside."""
    if len(rows) != 1 or rows[0].taxable is not None or rows[0].tax is None:
        return rows, spans
    row = rows[0]
    tax = rows[0].tax
    bases = [a for a in amounts if a.role is AmountRole.SUBTOTAL] + ([total] if total is not None else [])
    for base in bases:
        if tax_fits(row.rate, base.value, tax):
            return (TaxRow(rate=row.rate, taxable=base.value, tax=tax),), (base.span, *spans)
    return rows, spans


def tax_fits(rate: Decimal, taxable: Decimal, tax: Decimal) -> bool:
    """Tax between floor and ceiling on either basis, net or gross (law: inv-rounding)."""
    if rate == 0:
        return tax == 0
    for exact in (taxable * rate / 100, taxable * rate / (100 + rate)):
        low = exact.to_integral_value(ROUND_FLOOR)
        high = exact.to_integral_value(ROUND_CEILING)
        if min(low, high) <= tax <= max(low, high):
            return True
    return False


def rate_in(text: str) -> Decimal | None:
    """The tax rate named in a text, or None."""
    match = RATE.search(text)
    return Decimal(match[1] or match[2]) if match else None


def _rate(layout: Layout, amount: LabelledAmount) -> Decimal | None:
    rate = rate_in(amount.label.text)
    if rate is None:
        rate = _rate_on_row(layout, amount.segment)
    return rate if rate in JAPANESE_RATES or rate == 0 else None


def _rate_on_row(layout: Layout, segment: Segment) -> Decimal | None:
    rates = {r for s in layout.rows[segment.row] if (r := rate_in(s.compact)) is not None}
    return rates.pop() if len(rates) == 1 else None


def _looks_like_base(row: _Row, amount: LabelledAmount) -> bool:
    """A tax label beside a base (内税対象, 消費税10%対象額 misread) whose value is the base itself."""
    return row.taxable is not None and amount.value == row.taxable.value and bool(re.search("対", amount.label.text))
