"""Law: scan-paper-disposal, scan-late, scan-rescan-defect, stamp-duty: when the paper may go."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from compliance.facts import Defect, PaperFacts, SamenessCheck, StampDuty
from compliance.paper import paper_answer
from compliance.settings import CompanySettings
from domain.compliance import PaperState, Verdict
from domain.fields import DocumentType
from domain.ids import Origin
from domain.page import Capture
from domain.record import ImportanceClass

RECEIVED, DEADLINE, TODAY = date(2026, 11, 9), date(2026, 11, 18), date(2026, 11, 30)
GOOD = PaperFacts(
    document_type=DocumentType.INVOICE,
    origin=Origin.PAPER_RECEIVED,
    importance=ImportanceClass.IMPORTANT,
    received_on=RECEIVED,
    received_on_confirmed=True,
    stamped_on=DEADLINE,
    capture_good=True,
    sameness=SamenessCheck(checked_on=DEADLINE, same=True),
    captures=(Capture(device=None, profile="200dpi-color-lossless", lossless=True, made_on=RECEIVED),),
)


def _answer(today=TODAY, settings=None, **changes):
    found = paper_answer(replace(GOOD, **changes), settings=settings or CompanySettings(), today=today)
    assert all(text for line in found.reasons for pair in (line.what, line.todo) if pair for text in pair)
    return found.state, [line.rule for line in found.reasons]


def test_in_time_checked_and_good_it_may_go():
    assert _answer() == (PaperState.MAY_GO, [])


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"sameness": None}, ["scan-paper-disposal"]),
        ({"sameness": SamenessCheck(checked_on=DEADLINE, same=False)}, ["scan-paper-disposal"]),
        ({"stamped_on": date(2026, 11, 19)}, ["scan-late"]),
        ({"stamped_on": None}, ["scan-timestamp", "scan-late"]),
        ({"received_on_confirmed": False}, ["regime-basis-date"]),
        ({"capture_good": False}, ["scan-resolution-tone"]),
        ({"capture_good": None}, ["scan-resolution-tone"]),
        ({"stamp_duty": StampDuty.REFUND}, ["scan-paper-disposal"]),
        ({"stamp_duty": StampDuty.NOT_AFFIXED}, ["stamp-duty"]),
        ({"held": True}, ["ret-other"]),
        ({"headings": ("第10期", "貸借対照表")}, ["scan-out-of-scope"]),
        ({"printed_from_data": True}, ["regime-split"]),
        ({"origin": Origin.UNKNOWN}, ["regime-split"]),
        ({"defect": Defect(found_on=date(2026, 11, 20))}, ["scan-rescan-defect"]),
    ],
)
def test_what_keeps_the_paper(changes, rules):
    assert _answer(**changes) == (PaperState.MUST_STAY, rules)


def test_a_late_paper_stays_for_good_and_an_unstamped_one_waits_until_its_day():
    late = paper_answer(replace(GOOD, stamped_on=date(2026, 11, 19)), settings=CompanySettings(), today=TODAY)
    assert [line.verdict for line in late.reasons] == [Verdict.NOT]
    waits = paper_answer(replace(GOOD, stamped_on=None), settings=CompanySettings(), today=DEADLINE)
    assert [(line.rule, line.due) for line in waits.reasons] == [("scan-timestamp", DEADLINE)]
    assert "待って" in waits.reasons[0].todo[0]
    local = replace(GOOD, stamped_on=None, accredited_service=False)
    vain = paper_answer(local, settings=CompanySettings(), today=DEADLINE)
    assert "設定してください" in vain.reasons[0].todo[0]


def test_a_hold_of_the_company_keeps_papers_of_its_days():
    held = CompanySettings(holds=((RECEIVED, RECEIVED),))
    assert _answer(settings=held) == (PaperState.MUST_STAY, ["ret-other"])


def test_a_general_document_is_never_late():
    assert _answer(importance=ImportanceClass.GENERAL, stamped_on=TODAY) == (PaperState.MAY_GO, [])


def test_a_stamp_that_is_on_the_paper_is_minded():
    assert _answer(stamp_duty=StampDuty.AFFIXED) == (PaperState.MAY_GO, ["scan-paper-disposal"])


def test_a_stamp_that_was_not_seen_is_looked_for_before_the_paper_goes():
    assert _answer(stamp_unseen=True) == (PaperState.MAY_GO, ["stamp-duty"])


@pytest.mark.parametrize(
    ("stamped_on", "today", "verdict"),
    [
        (date(2026, 12, 2), TODAY, None),  # found on 11-20: seven business days over 勤労感謝の日
        (date(2026, 12, 3), TODAY, Verdict.NOT),
        (None, date(2026, 12, 2), Verdict.NOT_YET),
        (None, date(2026, 12, 3), Verdict.NOT),
    ],
)
def test_a_defect_is_cured_in_its_own_time(stamped_on, today, verdict):
    defect = Defect(found_on=date(2026, 11, 20), rescan_stamped_on=stamped_on)
    found = paper_answer(replace(GOOD, defect=defect), settings=CompanySettings(), today=today)
    assert [line.verdict for line in found.reasons] == ([] if verdict is None else [verdict])


@pytest.mark.parametrize(
    ("stamped_on", "state"), [(date(2021, 12, 31), PaperState.MUST_STAY), (date(2022, 1, 1), PaperState.MAY_GO)]
)
def test_the_paper_may_go_at_once_since_2022(stamped_on, state):
    assert _answer(received_on=date(2021, 12, 27), stamped_on=stamped_on)[0] is state


@pytest.mark.parametrize("origin", [Origin.ELECTRONIC_RECEIVED, Origin.ELECTRONIC_SENT, Origin.SELF_GENERATED])
def test_what_never_was_paper(origin):
    assert _answer(origin=origin) == (PaperState.NO_PAPER, [])
