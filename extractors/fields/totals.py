"""The amount that counts, by label, place, size and arithmetic: choosing among readings, never inventing one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from domain.fields import TaxRow
from extractors.fields.labelled import LabelledAmount
from extractors.fields.layout import Layout
from extractors.fields.roles import AmountRole

_ZERO = Decimal(0)
_SIZE_BONUS = 0.25
_CONFIRMED = 0.3
_REPEATED = 0.15
_LAST_PAGE_TOTALS = 0.05
_ROUND = " ※*＊★☆=-"
"""What is put around an amount so that nobody adds figures to it."""
_LARGER = 1.15
"""Heights of ordinary text from which an amount that nothing names is taken for the one that counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalChoice:
    """The amount chosen as total and what speaks for it."""

    amount: LabelledAmount
    score: float
    confirmations: tuple[str, ...]
    """Sums that come out at it: subtotal_tax, taxables, cash_change, items, repeated …"""
    rivals: tuple[LabelledAmount, ...]
    """Other values with a score close by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What the arithmetic works with."""

    subtotals: tuple[Decimal, ...]
    taxes: tuple[Decimal, ...]
    tax_rows: tuple[TaxRow, ...]
    discounts: tuple[Decimal, ...]
    cash: tuple[Decimal, ...]
    change: tuple[Decimal, ...]
    payments: tuple[Decimal, ...]
    roundings: tuple[Decimal, ...]
    points: tuple[Decimal, ...]
    withholdings: tuple[Decimal, ...]
    """Withholding tax and other deductions after tax."""
    balances: tuple[Decimal, ...]
    """Brought forward."""
    item_sums: tuple[Decimal, ...]
    taxed: tuple[Decimal, ...] = ()
    """What a base and its tax come to at a rate that the paper prints, in a currency with cents."""


def gather_sums(
    amounts: Iterable[LabelledAmount],
    *,
    tax_rows: tuple[TaxRow, ...],
    item_sums: tuple[Decimal, ...],
    taxed: tuple[Decimal, ...] = (),
) -> Sums:
    """Sort the amounts by role."""
    roles: dict[AmountRole, list[Decimal]] = {}
    for amount in amounts:
        roles.setdefault(amount.role, []).append(amount.value)

    def of(role: AmountRole) -> tuple[Decimal, ...]:
        return tuple(dict.fromkeys(roles.get(role, ())))[:8]

    return Sums(
        subtotals=of(AmountRole.SUBTOTAL),
        taxes=of(AmountRole.TAX),
        tax_rows=tax_rows,
        discounts=of(AmountRole.DISCOUNT),
        cash=of(AmountRole.CASH),
        change=of(AmountRole.CHANGE),
        payments=of(AmountRole.PAYMENT),
        roundings=of(AmountRole.ROUNDING),
        points=of(AmountRole.POINTS_USED),
        withholdings=of(AmountRole.WITHHOLDING) + of(AmountRole.DEDUCTION),
        balances=of(AmountRole.BALANCE),
        item_sums=item_sums,
        taxed=taxed,
    )


def confirmations(value: Decimal, sums: Sums) -> tuple[str, ...]:
    """Names of the sums that come out at a value."""
    out: list[str] = []
    roundings = (_ZERO, *sums.roundings, *(-r for r in sums.roundings))

    def equal(other: Decimal) -> bool:
        return any(abs(other + r - value) <= (_ZERO if r == 0 else Decimal("0.001")) for r in roundings)

    tax_options = {sum(pick, _ZERO) for pick in _subsets(sums.taxes)} if sums.taxes else set()
    if any(equal(s + t) for s, t in product(sums.subtotals, tax_options) if t):
        out.append("subtotal_tax")
    gross = _sum(r.taxable for r in sums.tax_rows)
    net_tax = _sum(r.tax for r in sums.tax_rows)
    if (gross and (equal(gross) or (net_tax and equal(gross + net_tax)))) or any(equal(pair) for pair in sums.taxed):
        out.append("taxables")
    if value > 0 and any(equal(abs(c) - abs(g)) for c, g in product(sums.cash, sums.change) if g and abs(c) >= value):
        out.append("cash_change")
    less = [d for d in (*(abs(d) for d in sums.discounts), *(abs(p) for p in sums.points)) if d]
    if any(equal(s - sum(pick, _ZERO)) for s in sums.subtotals for pick in _subsets(tuple(less)) if pick):
        out.append("subtotal_discount")
    if any(equal(s + t - abs(w)) for s, t, w in product(sums.subtotals, tax_options or {_ZERO}, sums.withholdings)):
        out.append("withheld")
    if any(equal(s + t + b) for s, t, b in product(sums.subtotals, tax_options or {_ZERO}, sums.balances) if b):
        out.append("carried")
    if any(equal(s) for s in sums.item_sums):
        out.append("items")
    if any(equal(p) for p in (*sums.payments, *(sums.cash if not sums.change else ()))):
        out.append("paid")
    return tuple(out)


def choose_total(
    layout: Layout, amounts: tuple[LabelledAmount, ...], sums: Sums, *, receipt: bool
) -> TotalChoice | None:
    """The best-supported total among the amounts that were read; None where nothing claims to be one."""
    candidates = _candidates(layout, amounts, sums, receipt=receipt)
    said = {a.value for a in _acknowledged(layout, amounts)} if receipt else set()
    if not candidates:
        return None
    scored: dict[Decimal, tuple[float, LabelledAmount, tuple[str, ...]]] = {}
    by_value: dict[Decimal, list[LabelledAmount]] = {}
    for amount in candidates:
        by_value.setdefault(amount.value, []).append(amount)
    for value, group in by_value.items():
        best = max(group, key=lambda a: _base(layout, a))
        speaks = confirmations(value, sums)
        if len({(a.span.page_index, a.span.box.top // 4) for a in group}) > 1:
            speaks += ("repeated",)
        speaks += ("acknowledged",) if value in said else ()
        score = _base(layout, best)
        score += sum(_REPEATED if s in {"repeated", "paid"} else _CONFIRMED for s in speaks[:3])
        if value == 0:
            score -= 0.5
        if any(value + r in by_value for r in sums.roundings if r):
            score -= 0.5  # the amount before cash rounding
        if any(
            a.role is AmountRole.TOTAL
            for a in by_value.get(value + _sum(r.tax for r in sums.tax_rows), ())
            if a.value != value
        ):
            score -= 0.5  # the sum before tax, beside the one with it
        if any(value - r in by_value for r in sums.roundings if r):
            speaks += ("rounded",)
            score += _CONFIRMED
        scored[value] = (score, best, speaks)
    ranked = sorted(scored.values(), key=lambda s: -s[0])
    score, amount, speaks = ranked[0]
    rivals = tuple(a for s, a, _ in ranked[1:] if s > score - 0.2)
    return TotalChoice(amount=amount, score=score, confirmations=speaks, rivals=rivals)


def _candidates(
    layout: Layout, amounts: tuple[LabelledAmount, ...], sums: Sums, *, receipt: bool
) -> list[LabelledAmount]:
    """Amounts that can be the one that counts, by the best claim that is made at all."""
    candidates = [a for a in amounts if a.role is AmountRole.TOTAL or _stands_out(layout, a)]
    if not any(a.role is AmountRole.TOTAL for a in candidates):
        # A slip that ends with its subtotal: what was paid proves that nothing came on top.
        candidates += [a for a in amounts if a.role is AmountRole.SUBTOTAL and _is_paid(a, sums)]
    if not candidates and receipt:  # a form whose amount stands alone: what its tax is taken of proves it
        candidates = [a for a in amounts if _alone_on_form(a) and "taxables" in confirmations(a.value, sums)]
    if not candidates and receipt:  # or, for a person to confirm, its largest figures, where they stand out
        candidates = [a for a in amounts if _alone_on_form(a) and _largest(layout, a, amounts)]
    if not candidates and receipt:  # a ticket that says only how it was paid: taken, and sent to a person
        candidates = [a for a in amounts if a.role is AmountRole.PAYMENT and a.money_like]
    if not candidates and receipt and not sums.change:  # or only how much was handed over, with nothing given back
        candidates = [a for a in amounts if a.role is AmountRole.CASH and a.money_like]
    return candidates


_ABOVE = re.compile(r"上記(?:の)?(?:金額|通り|とおり)?.{0,4}(?:領収|受領)")


_SURE = 0.95
"""Each of 391 totals of development scans that were read so surely was right."""


def _acknowledged(layout: Layout, amounts: tuple[LabelledAmount, ...]) -> tuple[LabelledAmount, ...]:
    """The only amount above 上記正に領収いたしました: said by the file itself, or surely read and the largest."""
    said = next((s for s in layout.segments if _ABOVE.search(s.compact)), None)
    if said is None:
        return ()
    over = [a for a in amounts if a.segment.row < said.row and a.money_like and a.role is not AmountRole.STAMP]
    sure = [a for a in over if a.span.typed or (a.span.confidence >= _SURE and _largest(layout, a, amounts))]
    whole = [a for a in sure if a.found.marked and not a.goes_on]
    return tuple(whole) if over == whole and len({a.value for a in over}) == 1 else ()


def _alone_on_form(amount: LabelledAmount) -> bool:
    alone = amount.segment.folded.original.strip(_ROUND) == amount.span.raw.strip(_ROUND)
    return amount.role in {AmountRole.NONE, AmountRole.OTHER} and amount.money_like and alone


def _largest(layout: Layout, amount: LabelledAmount, amounts: tuple[LabelledAmount, ...]) -> bool:
    tall = amount.segment.height > _LARGER * layout.body_height
    return tall and all(amount.value >= other.value for other in amounts if other.money_like)


def _is_paid(amount: LabelledAmount, sums: Sums) -> bool:
    return bool({"cash_change", "paid"} & set(confirmations(amount.value, sums)))


def _base(layout: Layout, amount: LabelledAmount) -> float:
    weight = amount.weight if amount.role is AmountRole.TOTAL else 0.5
    if amount.label.where == "above":
        weight -= 0.05
    if not amount.money_like and not amount.alone:
        weight -= 0.25
    if amount.value < 0:
        weight -= 0.1
    size = min(max(amount.segment.height / layout.body_height - 1.0, 0.0), 1.0)
    _, y = layout.relative(amount.segment)
    return weight + _SIZE_BONUS * size + (_LAST_PAGE_TOTALS if y > 0.4 else 0.0) + (0.1 if amount.found.closed else 0.0)


def _stands_out(layout: Layout, amount: LabelledAmount) -> bool:
    """An unlabelled amount that is written as the one that counts: large, or closed by 也 or a dash."""
    if amount.role not in {AmountRole.NONE, AmountRole.OTHER} or not amount.money_like:
        return False
    return (amount.found.marked and amount.found.closed) or (
        amount.found.marked and amount.segment.height > 1.6 * layout.body_height
    )


def _sum(values: Iterable[Decimal | None]) -> Decimal:
    return sum((v for v in values if v is not None), _ZERO)


def _subsets(values: tuple[Decimal, ...]) -> Iterable[tuple[Decimal, ...]]:
    """Single values, pairs and the whole (at most a few values)."""
    limited = values[:5]
    yield from ((v,) for v in limited)
    yield from ((a, b) for i, a in enumerate(limited) for b in limited[i + 1 :])
    if len(limited) > 2:
        yield limited
