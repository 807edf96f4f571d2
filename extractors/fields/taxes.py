"""Consumption tax per rate (law: inv-items, inv-rounding), as printed: 10%対象 ¥5,930 (内消費税 ¥539)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise

from domain.fields import TaxRow
from extractors.fields.labelled import LabelledAmount
from extractors.fields.layout import Layout, Segment, Span
from extractors.fields.roles import RATE, AmountRole

JAPANESE_RATES = (Decimal(10), Decimal(8), Decimal(5), Decimal(3), Decimal(1))
"""Rates that Japanese documents can carry (law: ctax-rates, ctax-food-2027)."""
_TAX_WORDS = re.compile(r"税|対象|課税|適用")
_MOST = 12
"""Amounts beside one rate that are tried in pairs."""
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


def fitted_tax_rows(
    layout: Layout, amounts: tuple[LabelledAmount, ...], *, goods: frozenset[int]
) -> tuple[tuple[TaxRow, ...], tuple[Span, ...]]:
    """Rows per rate by arithmetic: of the amounts beside a rate, the pair of which one is the tax of the other.

    Takes: rows of goods, which name rates too and are left out. Gives: only rates with such a pair; it does not matter
    whether a table, labels or a sentence says which is which.
    """
    by_row: dict[int, list[LabelledAmount]] = {}
    for amount in amounts:
        plain = amount.money_like or amount.alone or amount.role in {AmountRole.TAX, AmountRole.TAXABLE}
        if amount.segment.row not in goods and amount.value > 0 and plain:
            by_row.setdefault(amount.segment.row, []).append(amount)
    mentions: dict[Decimal, list[int]] = {}
    for index, row in enumerate(layout.rows):
        if index in goods or not any(
            _TAX_WORDS.search(s.compact) for r in layout.rows[max(index - 1, 0) : index + 1] for s in r
        ):
            continue
        for rate in dict.fromkeys(r for s in row for r in _rates_in(s.compact) if r in JAPANESE_RATES):
            mentions.setdefault(rate, []).append(index)
    found: list[tuple[TaxRow, tuple[Span, ...]]] = []
    for rate, rows in mentions.items():
        pair = _fitting_pair(rate, rows, by_row, {r for other, rs in mentions.items() if other != rate for r in rs})
        if pair is not None:
            base, tax = pair
            found.append((TaxRow(rate=rate, taxable=base.value, tax=tax.value), (base.span, tax.span)))
    return tuple(row for row, _ in found), tuple(span for _, spans in found for span in spans)


def _fitting_pair(
    rate: Decimal, rows: list[int], by_row: dict[int, list[LabelledAmount]], others: set[int]
) -> tuple[LabelledAmount, LabelledAmount] | None:
    """Base and tax: on one row first, then on the rows that name the rate and those right below them."""
    for row in rows:
        pair = _fit(rate, by_row.get(row, []))
        if pair is not None and (row not in others or _beside_rate(rate, pair)):
            return pair
    near = [row for at in rows for row in (at, at + 1) if row not in others]
    return _fit(rate, [amount for row in dict.fromkeys(near) for amount in by_row.get(row, [])])


def _beside_rate(rate: Decimal, pair: tuple[LabelledAmount, LabelledAmount]) -> bool:
    """Two rates stand on one row: the base must stand behind its own."""
    return rate_in(pair[0].label.text) == rate


def _fit(rate: Decimal, amounts: list[LabelledAmount]) -> tuple[LabelledAmount, LabelledAmount] | None:
    best: tuple[float, LabelledAmount, LabelledAmount] | None = None
    for base in amounts[:_MOST]:
        for tax in amounts[:_MOST]:
            if (
                tax is base
                or (base.role is AmountRole.TOTAL and base.label.where != "above")
                or not 0 < tax.value < base.value
                or not tax_fits(rate, base.value, tax.value)
            ):
                continue
            named = (base.role in {AmountRole.TAXABLE, AmountRole.SUBTOTAL}) + (tax.role is AmountRole.TAX)
            named += rate_in(base.label.text) == rate
            if best is None or named > best[0]:
                best = (named, base, tax)
    return (best[1], best[2]) if best is not None else None


_CENT = Decimal("0.02")
"""How far a printed tax may be from its rate, in a currency with cents: each row is rounded, or the sum of them is."""
_HIGHEST_RATE = 30
_RATE_CELL = re.compile(r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,2})?)(?![\d.,])")


def taxed_sums(layout: Layout, amounts: tuple[LabelledAmount, ...]) -> tuple[Decimal, ...]:
    """What base and tax come to in the rows of a summary of taxes with cents (SR @6%  96.23  5.77), and together.

    Two amounts side by side of which one is the other at a rate that stands on their row or is printed with a per cent
    sign: figures that were misread do not multiply.
    """
    printed = set(_rates_in(layout.text))
    by_row: dict[int, list[LabelledAmount]] = {}
    for amount in amounts:
        if amount.found.decimals == 2 and amount.value > 0:
            by_row.setdefault(amount.segment.row, []).append(amount)
    found: dict[tuple[Decimal, Decimal], None] = {}
    for row, beside in by_row.items():
        text = "  ".join(s.text for s in layout.rows[row])
        rates = printed | {Decimal(cell.replace(",", ".")) for cell in _RATE_CELL.findall(text)}
        for base, tax in pairwise(beside):
            if any(0 < r < _HIGHEST_RATE and abs(base.value * r / 100 - tax.value) <= _CENT for r in rates):
                found[base.value, tax.value] = None
    sums = [base + tax for base, tax in found]
    return tuple(dict.fromkeys((*sums, sum(sums, Decimal(0)))))


def merged_rows(
    read: tuple[tuple[TaxRow, ...], tuple[Span, ...]], fitted: tuple[tuple[TaxRow, ...], tuple[Span, ...]]
) -> tuple[tuple[TaxRow, ...], tuple[Span, ...]]:
    """Rows by label; where one is not whole or does not fit, the one that arithmetic settled."""
    settled = {row.rate: row for row in fitted[0]}
    rows = []
    for row in read[0]:
        pair = settled.pop(row.rate, row)
        whole = row.taxable is not None and row.tax is not None and tax_fits(row.rate, row.taxable, row.tax)
        rows.append(row if whole else pair)
    return (*rows, *settled.values()), (*read[1], *fitted[1])


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


def _rates_in(text: str) -> list[Decimal]:
    return [Decimal(match[1] or match[2]) for match in RATE.finditer(text)]


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
