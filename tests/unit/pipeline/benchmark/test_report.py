"""Counting: groups, silent errors, times."""

import io

import pytest
from rich.console import Console

from domain.codec import dump, load
from pipeline.benchmark.accuracy import DocumentScore, FieldScore, Verdict
from pipeline.benchmark.exact import Cause, Failure, JudgedField
from pipeline.benchmark.report import BenchReport, PeerResult, ReadDocument, group, summarise
from pipeline.benchmark.tables import tables


def document(file, verdict, *, review, damage="skew", seconds=None, error=None):
    score = DocumentScore(
        file=file, type_right=True, needs_review=review, fields=(FieldScore(field="date", verdict=verdict),)
    )
    return ReadDocument(
        score=score,
        type="invoice",
        damage=damage,
        layout="held_window",
        pages=2,
        seconds=seconds or {"pages": 0.5, "text": 1.0},
        split_right=error is None,
        judged=(JudgedField(field="bank_account", verdict=verdict, confidence=0.9),),
        failures=()
        if verdict is Verdict.RIGHT
        else (Failure(file=file, field="bank_account", cause=Cause.CHARACTERS, expected='"1"', got="null"),),
        silent=(
            (Failure(file=file, field="transaction_date", cause=Cause.CHOICE, expected='"2024-01-01"', got="null"),)
            if score.silent_errors
            else ()
        ),
        error=error,
    )


DOCUMENTS = (
    document("a", Verdict.RIGHT, review=False),
    document("b", Verdict.WRONG, review=False),
    document("c", Verdict.WRONG, review=True, damage="fax"),
    document("d", Verdict.MISSING, review=True, damage="fax", error="damaged"),
)


def test_a_group_counts_verdicts_and_silent_errors():
    found = group("all", DOCUMENTS)
    (date,) = found.fields
    assert (date.right.hits, date.right.of, date.wrong, date.missing) == (1, 4, 2, 1)
    assert found.silent_errors.hits == 1
    assert found.review.hits == 2


def test_a_set_names_its_silent_errors_and_times():
    found = summarise("held-back", "", DOCUMENTS, grouped=True)
    assert [(one.file, one.field) for one in found.silent] == [("b", "transaction_date")]
    assert found.unreadable == (("d", "damaged"),)
    assert found.split_wrong == 1
    assert found.seconds_per_page == {"pages": pytest.approx(0.25), "text": pytest.approx(0.5)}
    assert found.seconds_per_document["text"] == pytest.approx(1.0)
    assert [g.name for g in found.by_damage] == ["fax", "skew"]
    assert [(c.name, c.documents, c.straight.hits, c.silent_errors.of) for c in found.by_condition] == [
        ("damaged200", 4, 2, 2),
        ("all", 4, 2, 2),
    ]
    (account,) = found.by_condition[0].fields
    assert (account.field, account.right.hits, account.wrong, account.missing) == ("bank_account", 1, 2, 1)
    assert [(c.field, c.count) for c in found.calibration] == [("bank_account", 3), ("all", 3)]
    assert len(found.failures) == 3
    assert summarise("sroie", "x", DOCUMENTS, grouped=False).by_class == ()


def report():
    peer = PeerResult(
        peer="ocrmypdf 1",
        command="ocrmypdf",
        pages=2,
        shoko_seconds=1.0,
        peer_seconds=4.0,
        ratio=0.25,
        shoko_character_errors=0.01,
        peer_character_errors=0.1,
        shoko_unordered_errors=0.01,
        peer_unordered_errors=0.1,
    )
    return BenchReport(
        seed=1,
        count=4,
        engines=("ppocr.v1/1",),
        machine="x",
        held_back_digest="0",
        sets=(summarise("held-back", "", DOCUMENTS, grouped=True),),
        peer=peer,
    )


def test_the_report_survives_json():
    assert load(BenchReport, dump(report())) == report()


def test_the_tables_are_in_japanese_and_complete():
    console = Console(width=220, file=io.StringIO())
    for table in tables(report()):
        console.print(table)
    text = console.file.getvalue()
    for words in (
        "読み取り時間",
        "請求書",
        "skew",
        "held_window",
        "見逃し",
        "ocrmypdf",
        "振込先",
        "200dpi 傷み",
        "較正誤差",
        "偶然だけの較正誤差",
    ):
        assert words in text
