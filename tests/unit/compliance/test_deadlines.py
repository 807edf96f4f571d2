from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from compliance.deadlines import BusinessCalendar, PastPaper, deadline_for, input_due, past_paper, rescan_deadline
from compliance.settings import CompanySettings
from domain.calendar import end_of_tokyo_day, tokyo_day
from domain.fields import DocumentType
from domain.record import ImportanceClass

EARLY = CompanySettings()
RULES_FROM = date(2000, 1, 1)


def _cycle(**more):
    return CompanySettings(deadline_method="cycle", cycle_rules_from=RULES_FROM, **more)


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
    assert deadline_for(received_on, settings=EARLY) == deadline


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
    assert deadline_for(received_on, settings=_cycle(cycle_days=cycle_days)) == deadline


def test_no_cycle_is_longer_than_two_months():
    longest = deadline_for(date(2026, 1, 31), settings=_cycle())
    assert deadline_for(date(2026, 1, 31), settings=_cycle(cycle_days=59)) <= longest
    with pytest.raises(ValueError):
        _cycle(cycle_months=3)


def test_a_papers_day_before_the_rules_follows_the_oldest_known():
    assert deadline_for(date(2021, 11, 8), settings=EARLY) == date(2021, 11, 17)
    assert deadline_for(date(2021, 11, 8), settings=_cycle()) == date(2022, 1, 19)


BEGAN = date(2026, 4, 1)


@pytest.mark.parametrize(
    ("received_on", "notice", "past"),
    [
        (date(2026, 3, 31), None, PastPaper.NOTICE_MISSING),
        (date(2026, 3, 31), date(2026, 5, 1), PastPaper.NOTIFIED),
        (date(2026, 3, 31), date(2026, 5, 2), PastPaper.NOTICE_MISSING),  # the notice comes before the scan
        (date(2026, 4, 1), date(2026, 5, 1), PastPaper.NO),
    ],
)
def test_important_papers_of_the_past_want_a_notice_of_their_class(received_on, notice, past):
    """Law: scan-general-anytime (過去分重要書類)."""
    notices = {DocumentType.INVOICE: notice} if notice else {}
    settings = CompanySettings(scan_storage_from=BEGAN, past_important_notices=notices)
    stored_at = date(2026, 5, 1)
    assert past_paper(DocumentType.INVOICE, received_on, stored_at=stored_at, settings=settings) is past
    due = input_due(
        DocumentType.INVOICE, ImportanceClass.IMPORTANT, received_on, stored_at=stored_at, settings=settings
    )
    assert (due is None) is (past is PastPaper.NOTIFIED)
    other = past_paper(DocumentType.RECEIPT, received_on, stored_at=stored_at, settings=settings)
    assert other is not PastPaper.NOTIFIED


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
    assert deadline_for(date.max, settings=EARLY) == date.max


def test_a_week_without_an_open_day_is_refused():
    with pytest.raises(ValueError):
        CompanySettings(closed_weekdays=(0, 1, 2, 3, 4, 5, 6))
    with pytest.raises(ValueError):
        CompanySettings(year_end_from=(13, 1))


HOLIDAYS_2027 = [
    *((1, 1), (1, 11), (2, 11), (2, 23), (3, 21), (3, 22), (4, 29), (5, 3), (5, 4), (5, 5)),
    *((7, 19), (8, 11), (9, 20), (9, 23), (10, 11), (11, 3), (11, 23)),
]
"""By the Act on National Holidays; the equinoxes of 2027 are 03-21, a Sunday that 03-22 stands in for, and 09-23."""


def test_the_holidays_of_2027():
    calendar = BusinessCalendar(closed_weekdays=frozenset(), year_end_from=None)
    days = (date(2027, 1, 1) + timedelta(days=number) for number in range(365))
    assert [(day.month, day.day) for day in days if not calendar.is_business_day(day)] == HOLIDAYS_2027


@pytest.mark.parametrize(
    ("received_on", "deadline"),
    [
        # 振替休日: 2027-03-22 after 春分の日 on a Sunday
        (date(2027, 3, 10), date(2027, 3, 19)),
        (date(2027, 3, 11), date(2027, 3, 23)),
        # 国民の休日: 2026-09-22 between 敬老の日 and 秋分の日
        (date(2026, 9, 9), date(2026, 9, 18)),
        (date(2026, 9, 10), date(2026, 9, 24)),
        # the year's end: the last day worked is 12-28, the first 01-04
        (date(2026, 12, 17), date(2026, 12, 28)),
        (date(2026, 12, 18), date(2027, 1, 4)),
        (date(2026, 12, 31), date(2027, 1, 13)),  # over 成人の日 of 2027-01-11
        (date(2027, 1, 3), date(2027, 1, 13)),
        # the holidays of May 2027: 05-03 to 05-05, Monday to Wednesday
        (date(2027, 4, 21), date(2027, 5, 6)),  # and 昭和の日 on Thursday 04-29
        (date(2027, 4, 20), date(2027, 4, 30)),
    ],
)
def test_both_sides_of_the_days_off(received_on, deadline):
    assert deadline_for(received_on, settings=EARLY) == deadline


def test_holidays_of_the_company_move_the_deadline_and_days_that_it_works_bring_it_back():
    summer = tuple(date(2026, 8, day) for day in range(12, 17))
    assert deadline_for(date(2026, 8, 5), settings=EARLY) == date(2026, 8, 17)
    assert deadline_for(date(2026, 8, 5), settings=CompanySettings(extra_closed=summer)) == date(2026, 8, 20)
    saturday = CompanySettings(extra_open=(date(2026, 8, 8),))
    assert deadline_for(date(2026, 8, 5), settings=saturday) == date(2026, 8, 14)
    worked = CompanySettings(extra_open=(date(2026, 12, 29), date(2026, 12, 30)))
    assert deadline_for(date(2026, 12, 21), settings=EARLY) == date(2027, 1, 5)
    assert deadline_for(date(2026, 12, 21), settings=worked) == date(2026, 12, 30)


@pytest.mark.parametrize(
    ("cycle", "received_on", "deadline"),
    [
        # a cycle of two months that ends on the days between the years
        ({"cycle_months": 2}, date(2026, 10, 31), date(2027, 1, 13)),  # ends 2026-12-30
        ({"cycle_months": 1}, date(2026, 12, 4), date(2027, 1, 13)),  # ends 2027-01-03
        ({"cycle_months": 1}, date(2026, 11, 29), date(2027, 1, 13)),  # ends 2026-12-28, the last day worked
        ({"cycle_months": 1}, date(2026, 11, 28), date(2027, 1, 12)),  # ends on Sunday 2026-12-27: the 28th counts
        ({"cycle_days": 7}, date(2026, 12, 25), date(2027, 1, 13)),  # ends 2026-12-31
    ],
)
def test_a_cycle_over_the_years_end(cycle, received_on, deadline):
    assert deadline_for(received_on, settings=_cycle(**cycle)) == deadline


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 12, 31, 14, 59, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 15, 0, 0, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2027, 3, 31, 14, 59, 59, 999999, tzinfo=UTC), date(2027, 3, 31)),  # the last moment of a fiscal year
        (datetime(2027, 3, 31, 15, tzinfo=UTC), date(2027, 4, 1)),
        (datetime(2028, 2, 28, 15, tzinfo=UTC), date(2028, 2, 29)),
        (datetime(2026, 11, 18, 10, tzinfo=timezone(timedelta(hours=-5))), date(2026, 11, 19)),
    ],
)
def test_days_are_those_of_tokyo(instant, day):
    """Law: regime-basis-date. A stamp of the last evening of the year belongs to that year, wherever it was made."""
    assert tokyo_day(instant) == day


def test_a_lock_holds_through_its_last_day_in_tokyo():
    until = end_of_tokyo_day(date(2033, 5, 31))
    assert (until, tokyo_day(until)) == (datetime(2033, 5, 31, 14, 59, 59, tzinfo=UTC), date(2033, 5, 31))
    assert tokyo_day(until + timedelta(seconds=1)) == date(2033, 6, 1)
