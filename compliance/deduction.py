"""Input tax of a purchase: how much is deductible, and what a printed rate is (law: inv-transition, ctax-rates)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from compliance.packfile import Certainty
from compliance.rulepack import RulePack, load_rulepack
from domain.suggestion import Deduction, DeductionClass, TaxGuess, TaxKind


class NumberState(StrEnum):
    """What is known of the registration number on a document."""

    VALID = "number_valid"
    """The register has it as valid on the day."""
    NOT_LOOKED_UP = "number_not_looked_up"
    """Printed and well formed; nobody asked the register."""
    INVALID = "number_invalid"
    """The register says that it is not valid on the day, or it is not well formed."""
    MISSING = "number_missing"


_FULL = 100


def deduction(
    number: NumberState,
    *,
    supply_from: date | None,
    supply_to: date | None,
    dated_on: date | None,
    small: bool = False,
    pack: RulePack | None = None,
) -> Deduction | None:
    """The deductible share, by the day of supply, and by the document's own date where no supply is printed.

    A supply over several days counts by its last (the day on which it is complete); where its first day would give
    another share, that is said. None where no day is known. The yearly cap per supplier is ``capped``'s. ``small``: the
    purchase falls under 少額特例 on that day (``compliance.invoices.small_amount``): no number is needed.
    """
    days = (("supply_to", supply_to), ("supply_from", supply_from), ("transaction_date", dated_on))
    basis, day = next(((name, found) for name, found in days if found is not None), ("", None))
    if day is None:
        return None
    rules = pack or load_rulepack()
    kind, percent, rule, sure = _share(number, day, rules)
    if small and kind in {DeductionClass.TRANSITIONAL, DeductionClass.NOT_DEDUCTIBLE}:
        return Deduction(
            kind=DeductionClass.BOOK_ONLY,
            percent=_FULL,
            basis=basis,
            basis_on=day,
            rule="inv.small_amount",
            certain=rules.get("inv.small_amount", supply_date=day).certain,
            reasons=("small_amount", number.value),
        )
    reasons = [number.value] if kind is not DeductionClass.BEFORE_INVOICES else []
    first = _share(number, supply_from, rules) if supply_from is not None else None
    if first is not None and first[1] != percent:
        reasons.append("spans_two_shares")
        sure = False
    if number is NumberState.NOT_LOOKED_UP and kind is DeductionClass.QUALIFIED:
        sure = False
    if (
        kind in {DeductionClass.TRANSITIONAL, DeductionClass.NOT_DEDUCTIBLE}
        and rules.get(rule, supply_date=day).status is not Certainty.CONFIRMED
    ):
        reasons.append("rule_unconfirmed")
        sure = False
    return Deduction(
        kind=kind, percent=percent, basis=basis, basis_on=day, rule=rule, certain=sure, reasons=tuple(reasons)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Capped:
    """A year's purchases from one supplier without a number, against the cap."""

    within_yen: int
    """What takes part in the transitional share."""
    beyond_yen: int
    """The excess, of which nothing is deductible."""
    certain: bool
    """False where the cap is not confirmed law."""
    cap_yen: int | None = None
    """None where there is no cap."""


def capped(purchases_yen: int, *, tax_period_start: date, pack: RulePack | None = None) -> Capped:
    """How much of a tax period's purchases from one supplier the transitional share covers (law: inv-transition)."""
    rule = (pack or load_rulepack()).find("inv.transition_cap", tax_period_start=tax_period_start)
    if rule is None:
        return Capped(within_yen=purchases_yen, beyond_yen=0, certain=True)
    cap = rule.number("yen_per_supplier_and_year")
    within = min(purchases_yen, cap)
    return Capped(within_yen=within, beyond_yen=purchases_yen - within, certain=rule.certain, cap_yen=cap)


def not_applicable(day: date | None) -> Deduction:
    """Nothing to deduct: a sale of our own, or a payment without consumption tax."""
    return Deduction(
        kind=DeductionClass.NOT_APPLICABLE, percent=0, basis="", basis_on=day, rule="", certain=True, reasons=()
    )


def _share(number: NumberState, day: date, pack: RulePack) -> tuple[DeductionClass, int, str, bool]:
    """Class, percent, rule and whether the day decides it alone."""
    if pack.find("inv.qualified", supply_date=day) is None:
        return DeductionClass.BEFORE_INVOICES, _FULL, "inv.kubun_kisai", True
    if number in {NumberState.VALID, NumberState.NOT_LOOKED_UP}:
        return DeductionClass.QUALIFIED, _FULL, "inv.qualified", True
    percent = pack.get("inv.transition_pct", supply_date=day).number("percent")
    kind = DeductionClass.TRANSITIONAL if percent else DeductionClass.NOT_DEDUCTIBLE
    return kind, percent, "inv.transition_pct", True


def tax_of_rate(percent: Decimal, *, on: date, pack: RulePack | None = None) -> TaxGuess:
    """What a printed rate is on a day; a rate that holds for two things (8 % before 2019) is the standard one."""
    rules = pack or load_rulepack()
    for kind, rule_id in (
        (TaxKind.STANDARD, "ctax.rate.standard"),
        (TaxKind.REDUCED, "ctax.rate.reduced"),
        (TaxKind.FOOD, "ctax.rate.food_temp"),
    ):
        rule = rules.find(rule_id, supply_date=on)
        if rule is not None and rule.number("percent") == percent:
            return TaxGuess(kind=kind, percent=percent, certain=rule.status is Certainty.CONFIRMED)
    if percent == 0:
        return TaxGuess(kind=TaxKind.EXEMPT, percent=percent, certain=False)
    return TaxGuess(kind=TaxKind.OTHER_RATE, percent=percent, certain=False)
