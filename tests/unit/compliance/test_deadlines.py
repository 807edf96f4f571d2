from __future__ import annotations

from datetime import date

import pytest

from compliance.deadlines import BusinessCalendar, PastPaper, deadline_for, input_due, past_paper, rescan_deadline
from compliance.settings import CompanySettings
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
