"""Days in the blanks of a form, and days in sentences."""

import pytest

from domain.fields import DocumentType, FieldStatus
from extractors.fields import extract_fields

T = DocumentType


def day_of(paper, context, name, *rows):
    value = extract_fields(T.INVOICE, (paper(*rows),), context=context).value(name)
    return value.day.isoformat() if value is not None else None


@pytest.mark.parametrize(
    "cells",
    [
        [(100, "請求日 2026"), (320, "年"), (400, "4"), (460, "月"), (540, "15"), (620, "日")],
        [(100, "令和"), (220, "8"), (300, "年"), (400, "4"), (460, "月"), (540, "15"), (620, "日")],
        [(100, "請求日"), (300, "令和 8"), (420, "年 4"), (540, "月 15"), (660, "日"), (1000, "担当 森下")],
    ],
)
def test_a_day_in_the_blanks_of_a_form(paper, context, cells):
    assert day_of(paper, context, "transaction_date", "請求書", cells) == "2026-04-15"


def test_figures_far_apart_are_no_day(paper, context):
    cells = [(100, "2026"), (600, "年"), (900, "4"), (1300, "月"), (1500, "15"), (1900, "日")]
    assert day_of(paper, context, "transaction_date", "請求書", cells) is None


@pytest.mark.parametrize(
    "sentence",
    [
        "お支払いは2026年5月31日までにお願いいたします。",
        "2026年5月31日までに下記口座へお振込みくださいますようお願い申し上げます。",
        "※2026年5月31日までに下記の口座にお支払いください。",
    ],
)
def test_a_sentence_that_says_until_when_to_pay(paper, context, sentence):
    assert day_of(paper, context, "due_date", "請求書", "請求日 2026年4月15日", sentence) == "2026-05-31"


@pytest.mark.parametrize("label", ["ご入金締切日", "お支払〆切", "口座振替日", "お支払予定", "払込期日"])
def test_other_words_for_the_day_of_payment(paper, context, label):
    rows = ("請求書", "請求日 2026年4月15日", f"{label} 2026年5月31日")
    assert day_of(paper, context, "due_date", *rows) == "2026-05-31"


def test_a_sentence_about_something_else_is_no_due_date(paper, context):
    rows = ("請求書", "請求日 2026年4月15日", "ご質問は2026年5月31日までにご連絡ください。")
    assert day_of(paper, context, "due_date", *rows) is None


def test_a_day_whose_era_stands_in_the_line_above(paper, context):
    rows = ("請求書", [(100, "請求日:令和")], [(100, "8年4月15日")])
    value = extract_fields(T.INVOICE, (paper(*rows, pitch=1.2),), context=context).value("transaction_date")
    assert value.day.isoformat() == "2026-04-15"


def test_the_only_day_of_a_slip_is_proposed_though_it_is_that_of_coming_in(paper, context):
    rows = (
        "領収書",
        "みどりパーキング",
        [(100, "入庫"), (400, "2026/04/01 9:00")],
        [(100, "精算"), (400, "11:20")],
        "駐車料金 800円",
    )
    fields = extract_fields(T.RECEIPT, (paper(*rows),), context=context)
    assert fields.value("transaction_date").day.isoformat() == "2026-04-01"
    assert fields.get("transaction_date").status is FieldStatus.AMBIGUOUS
    assert fields.text("time") == "11:20"


def test_the_hours_of_a_shop_are_no_time_of_a_slip(paper, context):
    rows = ("領収証", "みどり商店", "2026年4月1日", [(100, "営業時間"), (400, "9:00")], "10:00~20:00", "合計 ¥1,200")
    assert extract_fields(T.RECEIPT, (paper(*rows),), context=context).value("time") is None
    more = (*rows[:3], "16:12", *rows[3:])
    assert extract_fields(T.RECEIPT, (paper(*more),), context=context).text("time") == "16:12"
