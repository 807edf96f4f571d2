"""4-point characters: which chart test covers which capture (law: scan-viewing)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from compliance.legibility import ChartTest, Proof, counts_until, legibility
from compliance.paper import paper_answer
from compliance.settings import CompanySettings
from domain.compliance import PaperState
from domain.evidence import Check, Outcome
from domain.page import Capture, CapturedPage
from tests.support.compliance_facts import GOOD, LACKING, MET, OPEN, RECORD, SETTINGS, TODAY, judge

MADE = date(2026, 11, 9)
JPEG = Capture(
    device="PFU ScanSnap iX1600", folder="paper/keiri", profile="300dpi-color-jpeg", lossless=False, made_on=MADE
)
CHART = ChartTest(
    scanner="経理のスキャナ",
    device="ScanSnap iX1600",
    profile="300dpi-color-jpeg85",
    tested_on=date(2026, 4, 1),
    passed=True,
)
"""Counts for twelve months: until 2027-03-31."""


def _of(capture, *tests, met=True, settings=SETTINGS):
    return legibility(capture, tests, resolution_met=met, settings=settings).proof


@pytest.mark.parametrize(
    ("capture", "tests", "met", "proof"),
    [
        ({}, [], True, Proof.NONE),
        ({}, [{}], True, Proof.TESTED),
        ({}, [{"passed": False}], True, Proof.FAILED),
        ({}, [{"tested_on": MADE}], True, Proof.TESTED),
        ({}, [{"tested_on": date(2026, 11, 10)}], True, Proof.TESTED_LATER),
        ({}, [{"tested_on": date(2026, 11, 10), "passed": False}], True, Proof.FAILED),
        ({"made_on": date(2027, 3, 31)}, [{}], True, Proof.TESTED),
        ({"made_on": date(2027, 4, 1)}, [{}], True, Proof.EXPIRED),
        ({"made_on": date(2027, 4, 1)}, [{}, {"tested_on": date(2027, 5, 1)}], True, Proof.TESTED_LATER),
        ({"made_on": date(2027, 4, 1)}, [{}, {"tested_on": date(2027, 4, 1)}], True, Proof.TESTED),
        # What failed before it was scanned is not cured by a test of a day after: the device was set right in between.
        ({}, [{"passed": False}, {"tested_on": date(2026, 11, 10)}], True, Proof.FAILED),
        ({}, [{"passed": False}, {"tested_on": date(2026, 5, 1)}], True, Proof.TESTED),
        ({}, [{}, {"tested_on": date(2026, 5, 1), "passed": False}], True, Proof.FAILED),
        ({"lossless": True}, [], True, Proof.LOSSLESS),
        ({"lossless": True}, [], False, Proof.UNJUDGED),
        ({"lossless": True, "profile": "300dpi-color-lossless"}, [{}], False, Proof.UNJUDGED),
        ({}, [{}], False, Proof.TESTED),
    ],
)
def test_what_shows_that_a_capture_is_legible(capture, tests, met, proof):
    charts = [replace(CHART, **test) for test in tests]
    assert _of(replace(JPEG, **capture), *charts, met=met) is proof
    assert _of(replace(JPEG, **capture), *reversed(charts), met=met) is proof, "in whatever order they were recorded"


@pytest.mark.parametrize(
    ("chart", "covers"),
    [
        ({}, True),
        ({"device": "ｓｃａｎｓｎａｐ　ix1600"}, True),  # whatever its width, case and spaces
        ({"device": "ScanSnap iX500"}, False),
        ({"device": "", "folder": "paper/keiri"}, True),
        ({"device": "", "folder": "/paper/"}, True),
        ({"device": "", "folder": "paper/kei"}, False),
        ({"folder": "paper/soumu"}, False),  # both are named: both must hold
        ({"device": ""}, False),  # of nothing in particular
        ({"profile": "300dpi-color-jpeg"}, True),
        ({"profile": "600dpi-color-jpeg"}, False),
        ({"profile": "300dpi-grey-jpeg"}, False),
        ({"profile": "300dpi-color-lossless"}, False),
        ({"profile": "COLOR-300DPI-JPEG"}, True),
        ({"profile": "300dpi-color-jpeg100"}, True),
        ({"profile": "300dpi-color-jpeg2000"}, False),  # another way of compressing, not a quality of this one
        ({"profile": "300dpi-color-jpeg101"}, False),
    ],
)
def test_a_test_is_of_one_device_with_its_settings(chart, covers):
    assert replace(CHART, **chart).is_about(JPEG) is covers
    assert (_of(JPEG, replace(CHART, **chart)) is Proof.TESTED) is covers


@pytest.mark.parametrize(("tested", "covers"), [("jpeg2000", True), ("jpeg", False), ("jpeg85", False)])
def test_a_test_of_jpeg_does_not_speak_of_jpeg_2000(tested, covers):
    capture = replace(JPEG, profile="300dpi-color-jpeg2000")
    assert replace(CHART, profile=f"300dpi-color-{tested}").is_about(capture) is covers


def test_a_file_that_names_no_device_is_told_by_its_folder_only():
    silent = replace(JPEG, device=None)
    assert _of(silent, CHART) is Proof.NONE
    assert _of(silent, replace(CHART, device="", folder="paper/keiri")) is Proof.TESTED
    assert _of(replace(silent, folder=None), replace(CHART, device="", folder="paper/keiri")) is Proof.NONE


def test_the_company_says_how_long_a_test_counts():
    """The law names no period."""
    assert counts_until(CHART, settings=SETTINGS) == date(2027, 3, 31)
    short = CompanySettings(chart_test_months=6)
    assert counts_until(CHART, settings=short) == date(2026, 9, 30)
    assert _of(JPEG, CHART, settings=short) is Proof.EXPIRED
    assert _of(replace(JPEG, made_on=date(2026, 9, 30)), CHART, settings=short) is Proof.TESTED


@pytest.mark.parametrize(
    ("captures", "tests", "verdict", "word"),
    [
        ((JPEG,), (CHART,), MET, "2026/04/01 に確認済み"),
        ((JPEG,), (), OPEN, "確認の記録がありません（装置「PFU ScanSnap iX1600」・設定 300dpi-color-jpeg）"),
        ((JPEG,), (replace(CHART, passed=False),), LACKING, "読めない文字がありました"),
        ((JPEG,), (replace(CHART, tested_on=date(2025, 4, 1)),), OPEN, "2026/03/31 で切れた後"),
        ((JPEG,), (replace(CHART, tested_on=date(2026, 11, 20)),), MET, "読み取りの後 2026/11/20"),
        ((replace(JPEG, lossless=True),), (), MET, "試験標板による確認は要りません"),
        ((), (CHART,), OPEN, "記録されていません"),
    ],
)
def test_the_status_and_the_paper_follow_the_chart(captures, tests, verdict, word):
    facts = replace(GOOD, record=replace(RECORD, captures=captures), chart_tests=tests)
    status, lines = judge(facts)
    assert (lines["scan-viewing"], status.verdict) == (verdict, verdict)
    (line,) = [one for one in status.lines if one.rule == "scan-viewing"]
    assert word in line.what[0]
    assert line.row == "scan.viewing"
    paper = paper_answer(facts.paper, settings=SETTINGS, today=TODAY)
    assert paper.state is PaperState.MUST_STAY
    assert ("scan-viewing" in {one.rule for one in paper.reasons}) is (verdict is not MET)


def test_every_capture_of_a_document_counts_and_the_worst_comes_first():
    phone = replace(JPEG, device="Apple iPhone 15", profile="photo-color-jpeg")
    facts = replace(GOOD, record=replace(RECORD, captures=(JPEG, phone)), chart_tests=(CHART,))
    status, _ = judge(facts)
    said = [(one.verdict, "iPhone" in one.what[0]) for one in status.lines if one.rule == "scan-viewing"]
    assert said == [(OPEN, True), (MET, False)]


def test_without_a_judgement_of_its_resolution_a_lossless_scan_stays_open():
    unknown = Check(name="scan-resolution-tone", outcome=Outcome.INDETERMINATE)
    record = replace(RECORD, checks=(unknown,))
    (line,) = [one for one in judge(replace(GOOD, record=record))[0].lines if one.rule == "scan-viewing"]
    assert (line.verdict, line.todo[0]) == (OPEN, "用紙の大きさを確認してください")


@pytest.mark.parametrize(
    ("page", "profile"),
    [
        ({"width_mm": 210.0, "height_mm": 297.0, "compression": "jpeg"}, "300dpi-color-jpeg"),
        ({"width_px": 2478, "width_mm": 210.0, "compression": "jpeg"}, "300dpi-color-jpeg"),  # 299.7
        ({"channels": 1, "width_mm": 210.0, "compression": "lossless"}, "300dpi-grey-lossless"),
        ({"channels": 1, "bits_per_channel": 1, "width_mm": 210.0, "compression": "lossless"}, "300dpi-mono-lossless"),
        ({"compression": "jpeg"}, "photo-color-jpeg"),
        ({}, "photo-color"),
    ],
)
def test_the_code_of_a_captures_settings(page, profile):
    given = {"page_index": 0, "width_px": 2480, "height_px": 3508, "channels": 3, "bits_per_channel": 8} | page
    assert CapturedPage(**given).profile == profile
