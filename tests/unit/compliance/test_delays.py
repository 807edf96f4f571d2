"""Causes of delay (law: scan-input-early, scan-consequence): nothing is met by somebody's word alone."""

from dataclasses import replace
from datetime import date

import pytest

from compliance.settings import CompanySettings
from domain.circumstances import Delay, DelayCause
from domain.ids import Origin
from tests.support.compliance_facts import DEADLINE, LACKING, MET, OPEN, RECORD, TODAY, judge_record, make_token

ENDED = date(2026, 11, 27)
"""A Friday after the deadline of 2026-11-18; seven business days later is 2026-12-08."""
LATE, TOO_LATE = date(2026, 12, 8), date(2026, 12, 9)
DISASTER, SPECIAL = DelayCause.DISASTER, DelayCause.SPECIAL


def judged(delay, *, stamped=None, today=TODAY, origin=Origin.PAPER_RECEIVED):
    tokens = [make_token(stamped)] if stamped else []
    record = replace(RECORD, origin=origin, checks=RECORD.checks if origin is Origin.PAPER_RECEIVED else ())
    return judge_record(record, tokens, settings=CompanySettings(), today=today, delay=delay)


@pytest.mark.parametrize(
    ("delay", "stamped", "today", "rule", "verdict"),
    [
        (None, None, TODAY, "scan-input-early", LACKING),
        (Delay(cause=SPECIAL, until=None), None, DEADLINE, "scan-input-early", OPEN),  # not late yet
        (Delay(cause=SPECIAL, until=None), None, TODAY, "scan-input-early", OPEN),
        (Delay(cause=SPECIAL, until=None), None, date(2027, 11, 30), "scan-input-early", OPEN),
        (Delay(cause=SPECIAL, until=ENDED), None, LATE, "scan-input-early", OPEN),
        (Delay(cause=SPECIAL, until=ENDED), None, TOO_LATE, "scan-input-early", LACKING),
        (Delay(cause=SPECIAL, until=ENDED), LATE, TOO_LATE, "scan-input-early", OPEN),
        (Delay(cause=SPECIAL, until=ENDED), TOO_LATE, TOO_LATE, "scan-input-early", LACKING),
        (Delay(cause=SPECIAL, until=date(2026, 11, 1)), TODAY, TODAY, "scan-input-early", LACKING),  # over before
        (Delay(cause=DISASTER, until=ENDED), LATE, TOO_LATE, "scan-consequence", OPEN),
        (Delay(cause=DISASTER, until=ENDED), DEADLINE, TOO_LATE, "scan-input-early", MET),  # in time after all
    ],
)
def test_a_scan_that_could_not_be_in_time(delay, stamped, today, rule, verdict):
    status, lines = judged(delay, stamped=stamped, today=today)
    assert lines[rule] is verdict
    assert (status.verdict is LACKING) is (verdict is LACKING)
    assert ("scan-late" in lines) is (verdict is LACKING)


def test_the_status_says_until_when_and_who_decides():
    status, _ = judged(Delay(cause=SPECIAL, until=ENDED), today=TODAY)
    (early,) = [line for line in status.lines if line.rule == "scan-input-early"]
    assert (early.due, early.todo[0]) == (LATE, "直ちに認定タイムスタンプを付与してください")
    assert status.next_due == LATE
    status, _ = judged(Delay(cause=SPECIAL, until=ENDED), stamped=LATE, today=TOO_LATE)
    (early,) = [line for line in status.lines if line.rule == "scan-input-early"]
    assert "税務署の判断" in early.what[0]
    assert "紙" in early.todo[0]


@pytest.mark.parametrize(
    ("delay", "today", "verdict"),
    [
        (None, TODAY, LACKING),
        (Delay(cause=DISASTER, until=None), TODAY, OPEN),
        (Delay(cause=DISASTER, until=ENDED), LATE, OPEN),
        (Delay(cause=DISASTER, until=ENDED), TOO_LATE, LACKING),
    ],
)
def test_an_electronic_transaction_that_could_not_be_stamped_in_time(delay, today, verdict):
    _, lines = judged(delay, today=today, origin=Origin.ELECTRONIC_RECEIVED)
    assert lines["et-authenticity-choice"] is verdict
