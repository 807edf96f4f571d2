"""The base period (law: et-search-exempt; 消費税法 art. 9(2)): one that is short counts as a whole year."""

from __future__ import annotations

from datetime import date

import pytest

from compliance.fiscal_years import base_period_sales
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


def test_individuals_count_what_there_was():
    own = CompanySettings(entity="blue_individual", founded_on=date(2024, 12, 1), sales_by_year={2024: 40_000_000})
    assert base_period_sales(DAY, settings=own) == 40_000_000


def test_who_was_small_in_half_a_year_only_has_the_search_duty():
    young, old = (company(founded_on=day, download_ready=True) for day in (date(2024, 10, 1), date(2010, 1, 1)))
    assert electronic_search_duty_of(DAY, settings=old) is SearchDuty.NONE
    assert electronic_search_duty_of(DAY, settings=young) is SearchDuty.ITEMS
