from __future__ import annotations

from datetime import date

import pytest

from compliance.deadlines import BusinessCalendar, deadline_for, input_deadline, rescan_deadline
from compliance.settings import CompanySettings

CALENDAR = BusinessCalendar()


@pytest.mark.parametrize(
    ("received_on", "deadline"),
    [
        (date(2026, 11, 9), date(2026, 11, 18)),  # Monday; seven business days from Tuesday on
        (date(2026, 11, 13), date(2026, 11, 25)),  # over 勤労感謝の日 (Monday 23rd)
        (date(2026, 9, 17), date(2026, 10, 1)),  # 敬老の日, 国民の休日 and 秋分の日 in a row
        (date(2026, 12, 24), date(2027, 1, 8)),  # 12-29 to 01-03 closed
        (date(2026, 4, 28), date(2026, 5, 13)),  # the holidays of May, with the substitute holiday of the 6th
        (date(2026, 11, 21), date(2026, 12, 2)),  # received on a Saturday
    ],
)
def test_early_is_seven_business_days_from_the_next_day(received_on, deadline):
    assert input_deadline(received_on, calendar=CALENDAR) == deadline


@pytest.mark.parametrize(
    ("received_on", "cycle_days", "deadline"),
    [
        (date(2026, 4, 21), None, date(2026, 6, 30)),  # the circular's example: the cycle ends on 06-20, a Saturday
        (date(2026, 12, 31), None, date(2027, 3, 9)),  # no 02-31: the cycle ends with February
        (date(2026, 4, 21), 20, date(2026, 5, 19)),  # an own cycle of 20 days ends on 05-10
        (date(2026, 7, 1), 59, date(2026, 9, 8)),  # 08-28
    ],
)
def test_the_cycle_ends_by_the_calendar_and_then_seven_business_days(received_on, cycle_days, deadline):
    assert input_deadline(received_on, method="cycle", calendar=CALENDAR, cycle_days=cycle_days) == deadline


def test_no_cycle_is_longer_than_two_months():
    longest = input_deadline(date(2026, 1, 31), method="cycle", calendar=CALENDAR)
    assert input_deadline(date(2026, 1, 31), method="cycle", calendar=CALENDAR, cycle_days=59) <= longest
    assert input_deadline(date(2026, 2, 1), method="cycle", calendar=CALENDAR, cycle_months=12) == input_deadline(
        date(2026, 2, 1), method="cycle", calendar=CALENDAR
    )


def test_a_papers_day_before_the_rules_follows_todays_rules():
    assert input_deadline(date(2021, 11, 8), calendar=CALENDAR) == date(2021, 11, 17)
    assert input_deadline(date(2021, 11, 8), method="cycle", calendar=CALENDAR) == date(2022, 1, 19)


@pytest.mark.parametrize(
    ("settings", "day", "open_"),
    [
        ({}, date(2026, 11, 21), False),
        ({"closed_weekdays": (6,)}, date(2026, 11, 21), True),
        ({"extra_open": (date(2026, 11, 21),)}, date(2026, 11, 21), True),
        ({"extra_closed": (date(2026, 8, 13),)}, date(2026, 8, 13), False),
        ({}, date(2026, 12, 28), True),
        ({}, date(2026, 12, 29), False),
        ({}, date(2027, 1, 4), True),
        ({"year_end_from": None}, date(2026, 12, 29), True),
        ({"year_end_from": None}, date(2027, 1, 1), False),  # still a national holiday
        ({"year_end_from": None, "closed_on_holidays": False}, date(2027, 1, 1), True),
        ({"year_end_from": (1, 1), "year_end_to": (1, 5)}, date(2027, 1, 5), False),
        ({"year_end_from": (1, 1), "year_end_to": (1, 5)}, date(2027, 12, 30), True),
    ],
)
def test_the_companys_calendar(settings, day, open_):
    assert BusinessCalendar.of(CompanySettings(**settings)).is_business_day(day) is open_


def test_the_cycle_needs_rules_in_force():
    cycle = CompanySettings(deadline_method="cycle", cycle_rules_from=date(2026, 4, 1))
    assert deadline_for(date(2026, 4, 21), settings=cycle) == date(2026, 6, 30)
    early = deadline_for(date(2026, 3, 31), settings=cycle)
    assert early == deadline_for(date(2026, 3, 31), settings=CompanySettings()) == date(2026, 4, 9)
    without = CompanySettings(deadline_method="cycle")
    assert deadline_for(date(2026, 4, 21), settings=without) == deadline_for(
        date(2026, 4, 21), settings=CompanySettings()
    )
    assert rescan_deadline(date(2026, 4, 21), settings=cycle) == date(2026, 6, 30)


def test_the_end_of_the_calendar_is_survived():
    assert input_deadline(date.max, calendar=CALENDAR) == date.max


def test_a_week_without_an_open_day_is_refused():
    with pytest.raises(ValueError):
        CompanySettings(closed_weekdays=(0, 1, 2, 3, 4, 5, 6))
    with pytest.raises(ValueError):
        CompanySettings(year_end_from=(13, 1))
