from __future__ import annotations

from datetime import date

import pytest

from compliance.periods import fiscal_year_end, period_end
from compliance.retention import extended, retain_until, retention_end, retention_start
from compliance.settings import CompanySettings

MARCH = (3, 31)


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
        (date(2026, 3, 31), {"extension_months": 1}, date(2033, 6, 30)),
        (date(2026, 3, 31), {"consumption_tax_extension": True}, date(2033, 6, 30)),
        (date(2026, 3, 31), {"loss_year": True}, date(2036, 5, 31)),
        (date(2018, 3, 31), {"loss_year": True}, date(2027, 5, 31)),  # the year began 2017-04-01: nine years
        (date(2018, 4, 1), {"loss_year": True}, date(2029, 5, 31)),  # the year began 2018-04-01: ten
        (date(2026, 3, 31), {"contract_end": date(2025, 9, 30)}, date(2035, 9, 30)),
        (date(2026, 3, 31), {"contract_end": date(2020, 9, 30)}, date(2033, 5, 31)),
        (date(2026, 3, 31), {"contract_end": date(2028, 2, 29)}, date(2038, 2, 28)),
    ],
)
def test_the_last_day(day, facts, last):
    assert retention_end(day, fiscal_year_end_on=MARCH, **facts) == last


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
