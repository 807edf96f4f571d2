"""Deadlines and retention against a slow second way of counting (law: scan-input-early, scan-input-cycle, ret-corp)."""

from __future__ import annotations

from datetime import date, timedelta

import jpholiday
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.deadlines import BusinessCalendar, deadline_for
from compliance.fiscal_years import fiscal_year_of
from compliance.packfile import parse_pack
from compliance.retention import extended, retain_until, retention_periods
from compliance.settings import CompanySettings
from domain.errors import ConfigError
from domain.fields import DocumentType

DAYS = st.dates(min_value=date(2022, 1, 1), max_value=date(2040, 12, 31))
KINDS = st.sampled_from([None, *DocumentType])
COMPANIES = st.builds(
    CompanySettings,
    entity=st.sampled_from(["corporation", "blue_individual", "white_individual"]),
    fiscal_year_end_month=st.integers(1, 12),
    fiscal_year_end_day=st.integers(1, 31),
    return_extension_months=st.integers(0, 4),
    consumption_tax_extension=st.booleans(),
    assume_loss_year=st.booleans(),
    individual_all_seven_years=st.booleans(),
)
CYCLES = st.builds(
    CompanySettings,
    deadline_method=st.just("cycle"),
    cycle_rules_from=st.just(date(2020, 1, 1)),
    cycle_months=st.integers(1, 2),
    cycle_days=st.none() | st.integers(1, 59),
    extra_closed=st.lists(DAYS, max_size=3).map(tuple),
)


def _open(day: date) -> bool:
    at_new_year = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
    return day.weekday() < 5 and not at_new_year and not jpholiday.is_holiday(day)


@given(DAYS)
def test_the_early_deadline_is_the_seventh_open_day_after_the_next(received_on):
    due = deadline_for(received_on, settings=CompanySettings())
    between = [received_on + timedelta(days=n) for n in range(1, (due - received_on).days + 1)]
    assert _open(due)
    assert sum(map(_open, between)) == 7


@given(DAYS, CYCLES)
def test_a_cycle_is_never_shorter_than_early_nor_longer_than_two_months_and_a_bit(received_on, company):
    due = deadline_for(received_on, settings=company)
    early = company.model_copy(update={"deadline_method": "early"})
    calendar = BusinessCalendar.of(company)
    assert calendar.is_business_day(due)
    assert deadline_for(received_on, settings=early) <= due
    assert due <= calendar.business_days_after(received_on + timedelta(days=62), 7)
    assert deadline_for(received_on + timedelta(days=1), settings=company) >= due, "a later paper is never due before"


@given(DAYS, COMPANIES)
def test_a_day_lies_in_its_fiscal_year_and_years_follow_each_other(day, company):
    year = fiscal_year_of(day, settings=company)
    assert year.first <= day <= year.last
    assert fiscal_year_of(year.last + timedelta(days=1), settings=company).first == year.last + timedelta(days=1)


@given(DAYS, COMPANIES, KINDS)
def test_retention_is_the_longest_of_all_and_no_shorter_than_the_shortest_law(day, company, kind):
    periods = retention_periods(day, settings=company, document_type=kind)
    until = retain_until(day, settings=company, document_type=kind)
    assert until == max(period.until for period in periods)
    year = fiscal_year_of(day, settings=company)
    years = 5 if company.individual else 7
    assert until >= year.last.replace(year=year.last.year + years, day=min(year.last.day, 28))


@given(DAYS, COMPANIES, KINDS, DAYS)
def test_more_facts_never_shorten_it(day, company, kind, contract_end):
    plain = retain_until(day, settings=company, document_type=kind)
    loss = company.model_copy(update={"assume_loss_year": True})
    assert retain_until(day, settings=loss, document_type=kind) >= plain
    assert retain_until(day, settings=company, document_type=kind, contract_end=contract_end) >= plain
    assert extended(plain, contract_end) >= plain


@given(st.text(max_size=200))
def test_a_file_of_rules_that_is_none_is_refused(text):
    with pytest.raises(ConfigError):
        parse_pack(text)
