from __future__ import annotations

from datetime import date

import pytest

from compliance.fiscal_years import fiscal_year_of
from compliance.periods import fiscal_year_end, period_end
from compliance.retention import (
    extended,
    held_by_company,
    retain_until,
    retention_over,
    retention_periods,
    retention_start,
)
from compliance.settings import CompanySettings
from domain.fields import DocumentType


@pytest.mark.parametrize(
    ("year_end", "extension", "start"),
    [
        (date(2026, 3, 31), 0, date(2026, 6, 1)),
        (date(2026, 3, 31), 1, date(2026, 7, 1)),
        (date(2026, 1, 20), 0, date(2026, 3, 21)),
        (date(2025, 12, 31), 0, date(2026, 3, 1)),
        (date(2026, 12, 30), 0, date(2027, 3, 1)),  # 02-31 does not exist: the two months end with February
        (date(2027, 12, 30), 0, date(2028, 3, 1)),  # the same in a leap year
        (date(2028, 2, 29), 0, date(2028, 5, 1)),
    ],
)
def test_the_start_day(year_end, extension, start):
    assert retention_start(year_end, extension_months=extension) == start


@pytest.mark.parametrize(
    ("day", "facts", "last"),
    [
        (date(2026, 3, 31), {}, date(2033, 5, 31)),
        (date(2025, 4, 1), {}, date(2033, 5, 31)),
        (date(2026, 4, 1), {}, date(2034, 5, 31)),
        (date(2026, 3, 31), {"return_extension_months": 1}, date(2033, 6, 30)),
        (date(2026, 3, 31), {"consumption_tax_extension": True}, date(2033, 6, 30)),
        (date(2026, 3, 31), {"loss_years": (2026,)}, date(2036, 5, 31)),
        (date(2018, 3, 31), {"loss_years": (2018,)}, date(2027, 5, 31)),  # the year began 2017-04-01: nine years
        (date(2018, 4, 1), {"loss_years": (2019,)}, date(2029, 5, 31)),  # the year began 2018-04-01: ten
        (date(2008, 3, 31), {"loss_years": (2008,)}, date(2015, 5, 31)),  # ended before 2008-04-01: no longer than 7
        (date(2008, 4, 1), {"loss_years": (2009,)}, date(2018, 5, 31)),
        (date(2026, 1, 20), {"fiscal_year_end_month": 1, "fiscal_year_end_day": 20}, date(2033, 3, 20)),
        (date(2026, 1, 21), {"fiscal_year_end_month": 1, "fiscal_year_end_day": 20}, date(2034, 3, 20)),
    ],
)
def test_the_last_day(day, facts, last):
    assert retain_until(day, settings=CompanySettings(assume_loss_year=False, **facts)) == last


CHANGED = {"fiscal_year_end_month": 12, "former_year_ends": ((date(2026, 3, 31), 3, 31),)}


@pytest.mark.parametrize(
    ("day", "settings", "first", "last"),
    [
        (date(2026, 3, 31), CHANGED, date(2025, 4, 1), date(2026, 3, 31)),
        (date(2026, 4, 1), CHANGED, date(2026, 4, 1), date(2026, 12, 31)),  # nine months
        (date(2026, 12, 31), CHANGED, date(2026, 4, 1), date(2026, 12, 31)),
        (date(2027, 1, 1), CHANGED, date(2027, 1, 1), date(2027, 12, 31)),
        (
            date(2026, 1, 20),
            {"fiscal_year_end_month": 1, "fiscal_year_end_day": 20},
            date(2025, 1, 21),
            date(2026, 1, 20),
        ),
        (date(2026, 3, 31), {"entity": "blue_individual"}, date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_fiscal_years_with_a_change_of_the_closing_day(day, settings, first, last):
    year = fiscal_year_of(day, settings=CompanySettings(**settings))
    assert (year.first, year.last) == (first, last)


def test_a_former_closing_day_must_be_one():
    with pytest.raises(ValueError):
        CompanySettings(former_year_ends=((date(2026, 3, 30), 3, 31),))


@pytest.mark.parametrize(
    ("contract_end", "last"),
    [
        (date(2025, 9, 30), date(2035, 9, 30)),
        (date(2020, 9, 30), date(2033, 5, 31)),
        (date(2028, 2, 29), date(2038, 2, 28)),
    ],
)
def test_contracts_count_from_their_end(contract_end, last):
    settings = CompanySettings(assume_loss_year=False)
    assert retain_until(date(2026, 3, 31), settings=settings, contract_end=contract_end) == last


@pytest.mark.parametrize(
    ("kind", "settings", "last", "law"),
    [
        (DocumentType.CONTRACT, {}, date(2036, 3, 31), "ret-other"),  # Companies Act: ten years from closing
        (DocumentType.INVOICE, {}, date(2033, 5, 31), "ret-corp"),
        (DocumentType.INVOICE, {"companies_act_types": (DocumentType.INVOICE,)}, date(2036, 3, 31), "ret-other"),
        (DocumentType.QUOTATION, {"entity": "blue_individual"}, date(2034, 3, 15), "ret-individual"),
        (DocumentType.CONTRACT, {"entity": "white_individual"}, date(2034, 3, 15), "ret-individual"),
    ],
)
def test_each_class_by_whom_it_belongs_to(kind, settings, last, law):
    facts = CompanySettings(assume_loss_year=False, **settings)
    periods = retention_periods(date(2026, 3, 31), settings=facts, document_type=kind)
    longest = max(periods, key=lambda period: period.until)
    assert (longest.until, longest.law) == (last, law)


@pytest.mark.parametrize(
    ("kind", "entity", "last"),
    [
        (DocumentType.RECEIPT, "blue_individual", date(2034, 3, 15)),  # cash papers: seven
        (DocumentType.QUOTATION, "blue_individual", date(2032, 3, 15)),
        (DocumentType.QUOTATION, "white_individual", date(2032, 3, 15)),
        (DocumentType.INVOICE, "white_individual", date(2034, 2, 28)),  # consumption tax: seven
    ],
)
def test_individuals_who_keep_no_longer_than_they_must(kind, entity, last):
    settings = CompanySettings(entity=entity, individual_all_seven_years=False)
    assert retain_until(date(2026, 3, 31), settings=settings, document_type=kind) == last


@pytest.mark.parametrize(
    ("until", "held", "over"),
    [
        (None, False, False),
        (date(2026, 11, 20), False, True),
        (date(2026, 11, 21), False, False),  # the last day is kept
        (date(2026, 11, 20), True, False),
    ],
)
def test_retention_is_over_after_its_last_day_and_without_a_hold(until, held, over):
    assert retention_over(until, held=held, today=date(2026, 11, 21)) is over


@pytest.mark.parametrize(
    ("day", "held"), [("2026-03-31", False), ("2026-04-01", True), ("2026-05-31", True), ("2026-06-01", False)]
)
def test_a_hold_of_the_company_covers_days_of_receipt(day, held):
    settings = CompanySettings(holds=((date(2026, 4, 1), date(2026, 5, 31)),))
    assert held_by_company(date.fromisoformat(day), settings=settings) is held
    with pytest.raises(ValueError):
        CompanySettings(holds=((date(2026, 5, 31), date(2026, 4, 1)),))


def test_by_the_companys_facts():
    day = date(2026, 3, 31)
    seven = CompanySettings(assume_loss_year=False)
    assert retain_until(day, settings=seven) == date(2033, 5, 31)
    assert retain_until(day, settings=CompanySettings()) == date(2036, 5, 31)
    assert retain_until(day, settings=CompanySettings(assume_loss_year=False, loss_years=(2026,))) == date(2036, 5, 31)
    december = CompanySettings(assume_loss_year=False, fiscal_year_end_month=12)
    assert retain_until(day, settings=december) == date(2034, 2, 28)


def test_a_contracts_misread_end_does_not_lock_for_centuries():
    day, settings = date(2026, 3, 31), CompanySettings()
    assert retain_until(day, settings=settings, contract_end=date(2029, 3, 31)) == date(2039, 3, 31)
    assert retain_until(day, settings=settings, contract_end=date(2926, 3, 31)) == retain_until(day, settings=settings)


def test_retention_is_never_shortened():
    assert extended(None, date(2033, 5, 31)) == date(2033, 5, 31)
    assert extended(date(2036, 5, 31), date(2033, 5, 31)) == date(2036, 5, 31)
    assert extended(date(2033, 5, 31), date(2036, 5, 31)) == date(2036, 5, 31)


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        (date(2026, 4, 21), 2, date(2026, 6, 20)),
        (date(2026, 4, 1), 2, date(2026, 5, 31)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2027, 12, 30), 2, date(2028, 2, 29)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(9999, 6, 1), 12, date.max),
    ],
)
def test_periods_by_the_calendar(start, months, last):
    assert period_end(start, months=months) == last


@pytest.mark.parametrize(
    ("day", "month", "last_day", "end"),
    [
        (date(2026, 3, 31), 3, 31, date(2026, 3, 31)),
        (date(2026, 4, 1), 3, 31, date(2027, 3, 31)),
        (date(2028, 2, 29), 2, 31, date(2028, 2, 29)),
        (date(2027, 2, 28), 2, 29, date(2027, 2, 28)),
        (date(2026, 1, 21), 1, 20, date(2027, 1, 20)),
        (date.max, 3, 31, date.max),
    ],
)
def test_the_fiscal_year_of_a_day(day, month, last_day, end):
    assert fiscal_year_end(day, month=month, last_day=last_day) == end
