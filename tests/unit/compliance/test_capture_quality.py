from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from compliance.capture_quality import PAPERS, Paper, judge, required_px
from compliance.rulepack import load_rulepack
from domain.evidence import Outcome
from domain.fields import DocumentType
from domain.labels import PAPER_SIZES
from domain.page import CapturedPage
from domain.record import ImportanceClass

TODAY = date(2026, 11, 20)
IMPORTANT, GENERAL = ImportanceClass.IMPORTANT, ImportanceClass.GENERAL
PASSED, FAILED, INDETERMINATE = Outcome.PASSED, Outcome.FAILED, Outcome.INDETERMINATE


def _page(width_px, height_px, *, mm=None, channels=3, bits=8, palette=False, index=0):
    return CapturedPage(
        page_index=index,
        width_px=width_px,
        height_px=height_px,
        channels=channels,
        bits_per_channel=bits,
        palette=palette,
        width_mm=mm[0] if mm else None,
        height_mm=mm[1] if mm else None,
    )


def _outcome(page, importance=IMPORTANT, paper=None):
    (check,) = judge([page], importance=importance, stored_on=TODAY, paper=paper)
    assert check.name == "scan-resolution-tone"
    return check.outcome


@pytest.mark.parametrize(
    ("paper", "pixels"),
    [
        (PAPERS["A4"], (1654, 2338)),
        (PAPERS["A5"], (1166, 1654)),
        (PAPERS["B5"], (1434, 2024)),
        (Paper(short_mm=58, long_mm=150), (457, 1182)),
        (Paper(short_mm=80, long_mm=150), (630, 1182)),
        (Paper(short_mm=208, long_mm=295), (1638, 2323)),  # cut a little by the scanner
    ],
)
def test_pixels_that_a_paper_needs(paper, pixels):
    assert required_px(paper, rule=load_rulepack().get("scan.resolution", stored_at=TODAY)) == pixels


@pytest.mark.parametrize(
    ("width_px", "height_px", "paper", "outcome"),
    [
        (1654, 2338, "A4", PASSED),
        (2338, 1654, "A4", PASSED),  # lying on its side
        (1653, 2338, "A4", FAILED),  # each side counts, not their product
        (1654, 2337, "A4", FAILED),
        (4000, 1600, "A4", FAILED),
        (1654, 2338, "A3", FAILED),
        (1166, 1654, "A5", PASSED),
    ],
)
def test_a_named_paper(width_px, height_px, paper, outcome):
    assert _outcome(_page(width_px, height_px), paper=PAPERS[paper]) is outcome


@pytest.mark.parametrize(
    ("width_px", "height_px", "outcome"),
    [
        (1654, 2338, PASSED),  # enough for any paper up to A4
        (3024, 4032, PASSED),
        (1653, 5000, INDETERMINATE),  # a long receipt? nobody can tell
        (600, 800, INDETERMINATE),
    ],
)
def test_an_unknown_paper(width_px, height_px, outcome):
    assert _outcome(_page(width_px, height_px)) is outcome


@pytest.mark.parametrize(
    ("width_px", "height_px", "mm", "outcome"),
    [
        (1654, 2339, (209.9, 297.0), PASSED),
        (1653, 2338, (210.0, 297.0), PASSED),  # a page's size in a PDF is rounded
        (1240, 1754, (210.0, 297.0), FAILED),  # 150 dpi
        (827, 1169, (210.0, 297.0), FAILED),
        (640, 1600, (80.0, 200.0), PASSED),
        (1240, 1754, (0.0, 297.0), INDETERMINATE),
    ],
)
def test_a_paper_that_the_file_claims(width_px, height_px, mm, outcome):
    assert _outcome(_page(width_px, height_px, mm=mm)) is outcome


@pytest.mark.parametrize(
    ("tone", "importance", "outcome"),
    [
        ({}, IMPORTANT, PASSED),
        ({"channels": 1}, IMPORTANT, FAILED),
        ({"channels": 1}, GENERAL, PASSED),
        ({"bits": 1, "channels": 1}, GENERAL, FAILED),
        ({"bits": 4}, IMPORTANT, FAILED),
        ({"bits": 16}, IMPORTANT, PASSED),
        ({"palette": True}, IMPORTANT, FAILED),
        ({"palette": True}, GENERAL, FAILED),
    ],
)
def test_tone(tone, importance, outcome):
    assert _outcome(_page(3000, 4000, **tone), importance) is outcome


@pytest.mark.parametrize(
    ("paper_px", "outcome"),
    [((1654, 2338), PASSED), ((1653, 2338), INDETERMINATE), ((2338, 1654), PASSED), (None, PASSED)],
)
def test_of_a_photo_the_paper_counts_and_not_the_desk(paper_px, outcome):
    assert _outcome(replace(_page(3024, 4032), paper_px=paper_px)) is outcome


@pytest.mark.parametrize(
    ("width_px", "height_px", "kind", "outcome"),
    [
        (630, 1260, DocumentType.RECEIPT, PASSED),
        (629, 1260, DocumentType.RECEIPT, INDETERMINATE),
        (630, 1259, DocumentType.RECEIPT, INDETERMINATE),  # not long enough for a strip
        (630, 1260, DocumentType.INVOICE, INDETERMINATE),
    ],
)
def test_a_long_receipt_is_one_from_a_roll(width_px, height_px, kind, outcome):
    (check,) = judge([_page(width_px, height_px)], importance=IMPORTANT, stored_on=TODAY, document_type=kind)
    assert check.outcome is outcome


def test_only_pages_that_are_not_good_enough_are_named():
    good, bad, unknown = _page(1654, 2338), _page(827, 1169, mm=(210, 297), index=1), _page(600, 800, index=2)
    checks = judge([good, bad, unknown], importance=IMPORTANT, stored_on=TODAY)
    assert [c.outcome for c in checks] == [FAILED, INDETERMINATE]
    assert "2ページ目" in checks[0].detail
    assert "約100dpi" in checks[0].detail
    assert judge([good, good], importance=IMPORTANT, stored_on=TODAY)[0].detail == "2ページ"
    assert judge([], importance=IMPORTANT, stored_on=TODAY) == ()


def test_the_worst_of_both_is_said():
    (check,) = judge([_page(600, 800, bits=1)], importance=IMPORTANT, stored_on=TODAY)
    assert check.outcome is FAILED
    assert "階調" in check.detail


def test_every_size_that_a_person_may_name_has_words():
    assert set(PAPERS) == set(PAPER_SIZES)
