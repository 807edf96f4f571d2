"""The base period (law: et-search-exempt; 消費税法 art. 9(2)): one that is short counts as a whole year."""

from __future__ import annotations

from datetime import date

import pytest

from compliance.fiscal_years import base_period, base_period_sales
from compliance.search_duties import SearchDuty, electronic_search_duty_of
from compliance.settings import CompanySettings

DAY = date(2026, 6, 1)
"""In the fiscal year that ends in March 2027; its base period ends in March 2025."""


def company(**more):
    return CompanySettings(fiscal_year_end_month=3, fiscal_year_end_day=31, sales_by_year={2025: 30_000_000}, **more)


@pytest.mark.parametrize(
    ("founded_on", "sales"),
    [
        (None, 30_000_000),
        (date(2010, 1, 1), 30_000_000),
        (date(2024, 4, 1), 30_000_000),
        (date(2024, 4, 2), 30_000_000),  # eleven months and a part
        (date(2024, 10, 1), 60_000_000),
        (date(2024, 10, 15), 60_000_000),  # a begun month counts as one
        (date(2025, 3, 31), 360_000_000),
    ],
)
def test_a_first_year_counts_as_twelve_months(founded_on, sales):
    assert base_period_sales(DAY, settings=company(founded_on=founded_on)) == sales


def test_a_year_cut_short_by_another_closing_day():
    changed = CompanySettings(
        fiscal_year_end_month=3,
        fiscal_year_end_day=31,
        former_year_ends=((date(2024, 12, 31), 12, 31),),
        sales_by_year={2025: 10_000_001},
    )
    assert base_period_sales(DAY, settings=changed) == 40_000_004  # January to March 2025


def changed_to_december(**more):
    """Closed in March until 2024, then in December: two years end in 2024."""
    return CompanySettings(
        fiscal_year_end_month=12,
        fiscal_year_end_day=31,
        former_year_ends=((date(2024, 3, 31), 3, 31),),
        download_ready=True,
        **more,
    )


@pytest.mark.parametrize(
    ("day", "first", "last", "sales"),
    [
        (date(2024, 12, 31), date(2022, 4, 1), date(2023, 3, 31), 60_000_000),
        (date(2025, 6, 1), date(2023, 4, 1), date(2024, 3, 31), None),  # by its name the nine months after it, too
        (date(2026, 6, 1), date(2024, 4, 1), date(2024, 12, 31), None),
        (date(2027, 6, 1), date(2025, 1, 1), date(2025, 12, 31), 30_000_000),
    ],
)
def test_the_year_two_before_after_a_change_of_the_closing_day(day, first, last, sales):
    company = changed_to_december(sales_by_year={2023: 60_000_000, 2024: 40_000_000, 2025: 30_000_000})
    (year,) = base_period(day, settings=company)
    assert (year.first, year.last) == (first, last)
    assert base_period_sales(day, settings=company) == sales
    exempt = sales is not None and sales <= 50_000_000
    assert electronic_search_duty_of(day, settings=company) is (SearchDuty.NONE if exempt else SearchDuty.ITEMS)


def test_a_first_year_is_not_taken_for_one_before_the_founding():
    company = changed_to_december(founded_on=date(2024, 4, 1), sales_by_year={2024: 30_000_000})
    assert base_period_sales(date(2026, 6, 1), settings=company) == 40_000_000  # nine months
    assert base_period(date(2025, 6, 1), settings=company) == ()


@pytest.mark.parametrize(("founded_on", "sales"), [(date(2024, 4, 1), 30_000_000), (date(2024, 6, 1), 36_000_000)])
def test_several_short_years_are_taken_together(founded_on, sales):
    """消費税法 art. 2(1)(xiv): all that began within the year two years before; nine (seven) and three months here."""
    company = CompanySettings(
        fiscal_year_end_month=3,
        fiscal_year_end_day=31,
        former_year_ends=((date(2024, 12, 31), 12, 31),),
        founded_on=founded_on,
        sales_by_year={2024: 20_000_000, 2025: 10_000_000},
    )
    first, second = base_period(DAY, settings=company)
    assert (first.first, first.last) == (founded_on, date(2024, 12, 31))
    assert (second.first, second.last) == (date(2025, 1, 1), date(2025, 3, 31))
    assert base_period_sales(DAY, settings=company) == sales
    less = company.model_copy(update={"sales_by_year": {2025: 10_000_000}})
    assert base_period_sales(DAY, settings=less) is None


def test_two_years_with_the_same_name_say_nothing():
    halves = CompanySettings(
        fiscal_year_end_month=6,
        fiscal_year_end_day=30,
        former_year_ends=((date(2023, 12, 31), 12, 31), (date(2024, 6, 30), 6, 30), (date(2024, 12, 31), 12, 31)),
        sales_by_year={2024: 1, 2025: 20_000_000},
    )
    (year,) = base_period(date(2026, 1, 1), settings=halves)
    assert (year.first, year.last) == (date(2024, 1, 1), date(2024, 6, 30))
    assert base_period_sales(date(2026, 1, 1), settings=halves) is None


@pytest.mark.parametrize(("founded_on", "exempt"), [(date(2025, 3, 31), False), (date(2025, 4, 1), True)])
def test_who_was_not_there_two_years_before_is_exempt(founded_on, exempt):
    young = CompanySettings(fiscal_year_end_month=3, fiscal_year_end_day=31, founded_on=founded_on, download_ready=True)
    assert electronic_search_duty_of(DAY, settings=young) is (SearchDuty.NONE if exempt else SearchDuty.ITEMS)


def test_individuals_count_what_there_was():
    own = CompanySettings(entity="blue_individual", founded_on=date(2024, 12, 1), sales_by_year={2024: 40_000_000})
    assert base_period_sales(DAY, settings=own) == 40_000_000


def test_who_was_small_in_half_a_year_only_has_the_search_duty():
    young, old = (company(founded_on=day, download_ready=True) for day in (date(2024, 10, 1), date(2010, 1, 1)))
    assert electronic_search_duty_of(DAY, settings=old) is SearchDuty.NONE
    assert electronic_search_duty_of(DAY, settings=young) is SearchDuty.ITEMS
