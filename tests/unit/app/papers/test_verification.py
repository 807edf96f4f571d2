"""The report of a verification as values and as PDF."""

import io
from datetime import UTC, datetime

import pdfplumber
import pytest

from app.papers.glyphs import japanese_characters
from app.papers.typeset import MARGIN, WIDTH, Typesetter
from app.papers.verification import Verification, counted, objections, verification_pdf, verification_plain
from domain.evidence import Check, More, Outcome, Report

NOW = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)


def done(report, **values):
    return Verification(
        report=report,
        scope="保存日 2026/10/01〜2026/10/31",
        company="株式会社灯台製作所",
        began_at=NOW,
        ended_at=NOW,
        by="監査 花子",
        missing=("roots", "log_key"),
        given_key=None,
        head="12:" + "ab" * 32,
        log_key="cd" * 32,
        **values,
    )


@pytest.fixture
def report():
    return Report(
        checks=(
            Check(name="imprint_matches", outcome=Outcome.FAILED, detail="HASH_FAILURE: sha256", subject="unit-1"),
            Check(name="imprint_matches", outcome=Outcome.FAILED, detail="HASH_FAILURE", subject="unit-2"),
            Check(name="head_signature", outcome=Outcome.INDETERMINATE, detail="trust anchor not supplied"),
        ),
        more=(
            More(name="imprint_matches", outcome=Outcome.PASSED, count=1200),
            More(name="imprint_matches", outcome=Outcome.FAILED, count=3, detail="HASH_FAILURE"),
        ),
    )


def test_objections_are_gathered_by_reason_and_counted_with_those_that_are_not_listed(report):
    first, second = objections(report)
    assert (first.outcome, first.count, first.subjects) == (Outcome.FAILED, 5, ["unit-1", "unit-2"])
    assert first.todo is not None
    assert (second.reason, second.count) == ("trust anchor not supplied", 1)
    assert [(one.name, one.passed, one.failed, one.indeterminate) for one in counted(report)] == [
        ("imprint_matches", 1200, 5, 0),
        ("head_signature", 0, 0, 1),
    ]
    plain = verification_plain(done(report))
    assert (plain["outcome"], plain["anchors_missing"]) == ("failed", ["roots", "log_key"])


def test_the_paper_says_it_in_japanese_that_can_be_copied_and_carries_its_font(report):
    content = verification_pdf(done(report))
    assert content == verification_pdf(done(report))
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        text = "".join(page.extract_text() for page in pdf.pages)
        assert all(char["x1"] <= WIDTH - MARGIN + 1 for page in pdf.pages for char in page.chars)
    for words in (
        "検証報告書",
        "総合判定: 不合格",
        "株式会社灯台製作所",
        "1,200",
        "監査 花子",
        "unit-1",
        "外部から指定なし",
    ):
        assert words.replace(" ", "") in text.replace(" ", ""), words
    assert b"/Type3" in content or b"ObjStm" in content


def test_a_long_report_goes_on_the_next_page():
    checks = tuple(
        Check(name=f"check_{number}", outcome=Outcome.FAILED, detail="HASH_FAILURE", subject=f"unit-{number}")
        for number in range(60)
    )
    with pdfplumber.open(io.BytesIO(verification_pdf(done(Report(checks=checks))))) as pdf:
        assert len(pdf.pages) > 3
        assert all("書庫" in page.extract_text() for page in pdf.pages)
        foot = [page.extract_text().splitlines()[-1] for page in pdf.pages]
        assert foot[0].endswith(f"1 / {len(pdf.pages)}")


def test_lines_break_where_they_are_full_and_not_before_closing_marks():
    page = Typesetter(japanese_characters(), title="t", foot="f")
    lines = page.lines("あいうえお、かきくけこ。さしすせそ", 10, 50)
    assert lines[0] == "あいうえお、"
    assert all(not line.startswith(("、", "。")) for line in lines)
    assert "".join(lines) == "あいうえお、かきくけこ。さしすせそ"
