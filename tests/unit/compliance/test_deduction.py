from datetime import date
from decimal import Decimal

import pytest

from compliance.deduction import NumberState, deduction, tax_of_rate
from domain.suggestion import DeductionClass, TaxKind

MISSING, VALID = NumberState.MISSING, NumberState.VALID


def share(number, day, *, first=None, last=None):
    return deduction(number, supply_from=first, supply_to=last, dated_on=day)


@pytest.mark.parametrize(
    ("day", "kind", "percent"),
    [
        (date(2023, 9, 30), DeductionClass.BEFORE_INVOICES, 100),
        (date(2023, 10, 1), DeductionClass.TRANSITIONAL, 80),
        (date(2026, 9, 30), DeductionClass.TRANSITIONAL, 80),
        (date(2026, 10, 1), DeductionClass.TRANSITIONAL, 70),
        (date(2028, 9, 30), DeductionClass.TRANSITIONAL, 70),
        (date(2028, 10, 1), DeductionClass.TRANSITIONAL, 50),
        (date(2030, 10, 1), DeductionClass.TRANSITIONAL, 30),
        (date(2031, 10, 1), DeductionClass.NOT_DEDUCTIBLE, 0),
    ],
)
def test_the_share_without_a_number_follows_the_day(day, kind, percent):
    found = share(MISSING, day)
    assert (found.kind, found.percent, found.basis, found.basis_on) == (kind, percent, "transaction_date", day)


def test_the_day_of_supply_goes_before_the_day_of_the_invoice():
    late = share(MISSING, date(2026, 10, 5), last=date(2026, 9, 30), first=date(2026, 9, 1))
    assert (late.percent, late.basis, late.basis_on, late.certain) == (80, "supply_to", date(2026, 9, 30), True)
    begun = share(MISSING, date(2026, 10, 5), first=date(2026, 9, 30))
    assert (begun.percent, begun.basis) == (80, "supply_from")


def test_a_supply_across_the_change_is_said_and_not_certain():
    found = share(MISSING, date(2026, 10, 31), first=date(2026, 9, 16), last=date(2026, 10, 15))
    assert (found.percent, found.certain) == (70, False)
    assert "spans_two_shares" in found.reasons
    assert share(VALID, date(2026, 10, 31), first=date(2026, 9, 16), last=date(2026, 10, 15)).certain


def test_a_number_deducts_in_full_and_says_whether_it_was_looked_up():
    assert share(VALID, date(2026, 11, 1)).certain
    found = share(NumberState.NOT_LOOKED_UP, date(2026, 11, 1))
    assert (found.kind, found.percent, found.certain) == (DeductionClass.QUALIFIED, 100, False)
    bad = share(NumberState.INVALID, date(2026, 9, 1))
    assert (bad.kind, bad.percent, bad.reasons) == (DeductionClass.TRANSITIONAL, 80, ("number_invalid",))


def test_a_share_whose_text_was_not_read_is_not_certain():
    assert share(MISSING, date(2026, 9, 30)).certain
    found = share(MISSING, date(2026, 10, 1))
    assert (found.certain, found.rule) == (False, "inv.transition_pct")
    assert "rule_unconfirmed" in found.reasons


def test_nothing_is_said_without_a_day():
    assert share(MISSING, None) is None


@pytest.mark.parametrize(
    ("percent", "day", "kind", "certain"),
    [
        (10, date(2026, 11, 1), TaxKind.STANDARD, True),
        (8, date(2026, 11, 1), TaxKind.REDUCED, True),
        (8, date(2019, 9, 30), TaxKind.STANDARD, True),
        (5, date(2010, 1, 1), TaxKind.STANDARD, True),
        (1, date(2027, 4, 1), TaxKind.FOOD, False),
        (1, date(2026, 4, 1), TaxKind.OTHER_RATE, False),
        (0, date(2026, 4, 1), TaxKind.EXEMPT, False),
        (10, date(2019, 9, 30), TaxKind.OTHER_RATE, False),
    ],
)
def test_rates_are_data(percent, day, kind, certain):
    found = tax_of_rate(Decimal(percent), on=day)
    assert (found.kind, found.certain) == (kind, certain)
