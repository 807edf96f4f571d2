from datetime import date
from decimal import Decimal

import pytest

from domain.fields import CalendarDate, DocumentType, Field, FieldSet, FieldStatus, LineItem, LineItems, Money, Text
from domain.page import EngineId
from pipeline.benchmark.accuracy import SetScore, Verdict, same_name, score_document

ENGINE = EngineId(name="t", version="1")


def fields(**values):
    return FieldSet(
        fields=tuple(
            Field(name=n, value=v, status=FieldStatus.FOUND, confidence=1.0, engine=ENGINE) for n, v in values.items()
        )
    )


READ = fields(
    transaction_date=CalendarDate(day=date(2018, 5, 30)),
    total_amount=Money(amount=Decimal("87.45"), currency="MYR"),
    counterparty=Text(text="ONE ONE THREE SEAFOOD RESTAURANT"),
    registration_number=Text(text="T1234567890123"),
)
TRUTH = {
    "file": "a.jpg",
    "type": "receipt",
    "date": "2018-05-30",
    "total_amount": "87.45",
    "counterparty": "ONE ONE THREE SEAFOOD RESTAURANT SDN BHD",
    "due_date": None,
}


def score(truth, read=READ, *, needs_review=False, **options):
    return score_document(truth, document_type=DocumentType.RECEIPT, fields=read, needs_review=needs_review, **options)


def test_right():
    got = score(TRUTH)
    assert got.type_right
    assert {f.field: f.verdict for f in got.fields} == dict.fromkeys(
        ("date", "total_amount", "counterparty"), Verdict.RIGHT
    )
    assert got.silent_errors == ()


def test_wrong_and_silent():
    wrong = TRUTH | {"total_amount": "87.40", "type": "invoice"}
    assert score(wrong).silent_errors == ("type", "total_amount")
    assert not score(wrong).type_right
    assert score(wrong, needs_review=True).silent_errors == ()


def test_what_is_missing_is_silent_until_somebody_is_asked():
    got = score(TRUTH, fields())
    assert {f.verdict for f in got.fields} == {Verdict.MISSING}
    assert got.silent_errors == ("date", "total_amount", "counterparty")
    assert score(TRUTH, fields(), needs_review=True).silent_errors == ()


def test_invented_where_the_source_says_blank():
    blank = {"file": "form.md", "type": "contract", "filled_in": False, "date": None, "total_amount": None}
    assert score(blank).silent_errors == ("type", "date", "total_amount")
    assert score(blank, fields()).silent_errors == ("type",)


def test_null_elsewhere_means_that_the_source_does_not_say():
    assert "date" not in {f.field for f in score(TRUTH | {"date": None}).fields}


def test_foreign_tax_numbers_are_not_judged():
    assert "registration_number" not in {f.field for f in score(TRUTH | {"registration_number": "DE234567891"}).fields}
    verdicts = {f.field: f.verdict for f in score(TRUTH | {"registration_number": "T1234567890123"}).fields}
    assert verdicts["registration_number"] is Verdict.RIGHT


@pytest.mark.parametrize(
    ("truth", "got", "exact", "tolerant"),
    [
        ("株式会社青空商事", "㈱青空商事", True, True),
        ("クリーンスピン", "クリーンスピン 朝霧台店", False, True),
        ("天満フレッシュマーケット", "天満フレツシユマーケツト", False, False),
        ("GOLDEN SCOOP SDN BHD", "GOLDEN SC0OP SDN BHD", False, True),
        ("青空商事", "海山物産", False, False),
    ],
)
def test_names(truth, got, exact, tolerant):
    assert same_name(truth, got, tolerance=1.0) is exact
    assert same_name(truth, got) is tolerant


def test_a_set():
    whole = SetScore(
        name="s",
        documents=(score(TRUTH), score(TRUTH | {"total_amount": "1"}), score(TRUTH, fields(), needs_review=True)),
    )
    assert whole.accuracy("total_amount") == pytest.approx(1 / 3)
    assert whole.accuracy("number") is None
    assert whole.silent_errors == (("a.jpg", "total_amount"),)
    assert whole.review_share == pytest.approx(1 / 3)
    assert whole.type_accuracy == 1.0


@pytest.mark.parametrize(
    ("read", "verdict"),
    [
        ([("生ハム", 170), ("LED電球 2個入", 1000)], Verdict.RIGHT),
        ([("LED電球2個入", 1000), ("生ハム※", 170)], Verdict.RIGHT),
        ([("生ム", 170), ("LED電球 2個入", 1000)], Verdict.WRONG),
        ([("生ハム", 110), ("LED電球 2個入", 1000)], Verdict.WRONG),
        ([("生ハム", 170)], Verdict.WRONG),
        ([], Verdict.MISSING),
    ],
)
def test_every_name_and_amount_of_goods_is_judged(read, verdict):
    truth = {
        "file": "a",
        "items": [{"name": "生ハム ※", "amount": 170}, {"name": "ＬＥＤ電球 2個入 ×2", "amount": 1000}],
    }
    rows = tuple(LineItem(description=name, amount=Decimal(amount)) for name, amount in read)
    got = score(truth, fields(line_items=LineItems(rows=rows)) if rows else fields())
    assert [(f.field, f.verdict) for f in got.fields] == [("items", verdict)]


def test_a_bare_number_of_goods_is_not_judged():
    assert score({"file": "a", "items": 9}).fields == ()
