"""Accounts in every form in which companies print them."""

from dataclasses import replace

import pytest

from domain.fields import value_to_plain
from domain.geometry import Box
from domain.page import EngineId, Line, PageText, Word
from extractors.fields.bank import read_bank_account
from extractors.fields.layout import build_layout

WHOLE = ("みなも銀行", "中央支店", "普通", "1234567", "カ)アオゾラ")


def read(*rows):
    lines = []
    for number, cells in enumerate(rows):
        words = tuple(
            Word(
                text=text,
                box=Box(
                    left=20 + 400 * i, top=40 * number, right=20 + 400 * i + 20 * len(text), bottom=40 * number + 22
                ),
                confidence=1.0,
            )
            for i, text in enumerate(cells.split("|"))
        )
        box = Box(left=20, top=40 * number, right=words[-1].box.right, bottom=40 * number + 22)
        lines.append(Line(words=words, box=box, row=number))
    page = PageText(page_index=0, lines=tuple(lines), engine=EngineId(name="x", version="1"), source="text_layer")
    field = read_bank_account(build_layout((page,)))
    if field is None:
        return None
    plain = value_to_plain(field.value)
    return tuple(plain[key] for key in ("bank", "branch", "type", "number", "holder"))


@pytest.mark.parametrize(
    "rows",
    [
        ("お振込先:みなも銀行 中央支店 普通 1234567 カ)アオゾラ",),
        ("下記送金先みなも銀行 中央支店 普通 1234567 カ)アオゾラ",),
        ("入金口座みなも銀行 中央支店 普通 1234567 カ)アオゾラ",),
        ("振込先", "みなも銀行 中央支店", "普通預金 1234567", "口座名義 カ)アオゾラ"),
        ("みなも銀行 中央支店(123)", "(普)1234567", "名義:カ)アオゾラ"),
        ("銀行名:みなも銀行", "支店名:中央支店", "口座種別:普通", "口座番号:1234567", "口座名義人:カ)アオゾラ"),
        ("銀行名|支店名|種別|口座番号|口座名", "みなも銀行|中央支店|普通|1234567|カ)アオゾラ"),
        ("振込先 みなも銀行/中央支店/普通口座/1234567/カ)アオゾラ",),
        ("みなも銀行 中央支店 普通No.1234567", "カ)アオゾラ"),
        ("名義人:カ)アオゾラ", "みなも銀行 中央支店", "普通口座 1234567"),
        ("振込先 みなも銀行", "中央支店 普通 口座番号1234567", "口座名義人名 カ)アオゾラ"),
        ("みなも銀行 中央支店", "普通 1234567|小計 12,345", "ご名義 カ)アオゾラ|1,234"),
    ],
)
def test_one_account_in_many_forms(rows):
    assert read(*rows) == WHOLE


@pytest.mark.parametrize("branch", ["営業第一課", "駅前プラザ", "法人営業部", "本所支店", "普天間支店"])
def test_a_branch_is_what_stands_between_bank_and_kind(branch):
    rows = (f"みなも銀行 {branch}", "普通 1234567", "名義 カ)アオゾラ")
    assert read(*rows) == ("みなも銀行", branch, "普通", "1234567", "カ)アオゾラ")


@pytest.mark.parametrize(
    "line",
    [
        "送金先銀行 みなも銀行 中央支店",
        "金融機関みなも銀行 支店中央支店",
        "お取引銀行みなも銀行 中央支店",
        "銀行みなも銀行 中央支店",
    ],
)
def test_a_label_that_was_read_as_one_with_the_name_is_no_part_of_it(line):
    assert read(line, "普通 1234567", "名義 カ)アオゾラ") == WHOLE


def test_a_holder_that_wraps_behind_its_form():
    rows = ("みなも銀行 中央支店 普通 1234567", "口座名義:カ)|消費税", "アオゾラ|¥1,200")
    assert read(*rows) == WHOLE


@pytest.mark.parametrize("bank", ["ひかり農業協同組合", "商工見本金庫", "ゆめ信金", "しおかぜ漁業協同組合"])
def test_a_bank_by_any_of_its_kinds(bank):
    rows = (f"{bank} 本店 / 普通 1234567 / カ)アオゾラ",)
    assert read(*rows) == (bank, "本店", "普通", "1234567", "カ)アオゾラ")


@pytest.mark.parametrize(
    "line",
    ["(名義: カ)アオゾラ)", "名義 カ)アオゾラ 振込手数料はご負担ください。", "・名義人 カ)アオゾラ", "シヤ)アオゾラ"],
)
def test_a_holder_ends_where_its_name_does(line):
    found = read("みなも銀行 中央支店 普通 1234567", line)
    assert found is not None
    assert found[-1] == ("シヤ)アオゾラ" if "シヤ" in line else "カ)アオゾラ")


def test_a_branch_that_is_a_department_alone():
    assert read("■振込先みなも銀行／営業部／普通／1234567／カ)アオゾラ") == (
        "みなも銀行",
        "営業部",
        "普通",
        "1234567",
        "カ)アオゾラ",
    )


def test_a_post_office_account_by_its_symbol():
    assert read("ゆうちょ銀行 記号 12345 番号 12345671", "口座名義 カ)アオゾラ") == (
        "ゆうちょ銀行",
        None,
        None,
        "12345-12345671",
        "カ)アオゾラ",
    )


def test_a_bank_without_an_account_and_no_bank_at_all():
    assert read("登録番号 T1234567890123", "電話 03-0000-0000") is None


@pytest.mark.parametrize(
    "rows",
    [
        ("みなも銀行 中央支店 普通 1234567 カ)アオ", "ゾラ"),
        ("みなも銀行 中央支店 普通 1234567 口座名義:カ)アオ", "ゾラ"),
        ("みなも銀行 中央支店 普通|1234567|カ)アオ", "||ゾラ"),
    ],
)
def test_a_holder_in_katakana_goes_on_in_the_next_line_of_its_cell(rows):
    assert read(*rows) == WHOLE


def test_katakana_elsewhere_is_no_end_of_a_holder():
    assert (
        read("みなも銀行 中央支店 普通 1234567 カ)アオゾラ", "|サービス", "手数料はご負担ください")[-1] == "カ)アオゾラ"
    )


def test_the_label_of_a_holder_may_be_polite_and_stand_above_the_bank():
    assert read("ご名義:カ)アオゾラ", "みなも銀行中央支店", "普通口座1234567") == WHOLE


def test_an_account_within_a_line_of_remarks_is_read_as_one():
    line = (
        "※印は軽減税率対象お振込先銀行みなも銀行中央支店普通1234567 カ)アオゾラ恐れ入りますが、手数料はご負担ください"
    )
    assert read(line) == WHOLE


@pytest.mark.parametrize(
    ("read_as", "holder"), [("力)アオゾラ", "カ)アオゾラ"), ("アオゾラ(力恐れ入りますが", "アオゾラ(カ")]
)
def test_the_form_beside_katakana_is_katakana(read_as, holder):
    assert read(f"みなも銀行 中央支店 普通1234567 {read_as}")[-1] == holder


def test_a_kana_that_begins_a_holder_is_a_large_one():
    """A line brought to one height does not tell the size."""
    assert read("みなも銀行 中央支店 普通 1234567", "口座名義 ュウヒウンュ(カ")[-1] == "ユウヒウンュ(カ"
    assert read("みなも銀行 中央支店 普通 1234567", "口座名義 カ)ォアシス")[-1] == "カ)オアシス"


def test_an_account_is_as_sure_as_its_parts(paper):
    """Words beside them do not count, and it stands where they stand."""
    sure, unsure = (
        paper("振込先 みなも銀行 中央支店", "普通 1234567", "口座名義 カ)アオゾラ 手数料はご負担ください。")
        for _ in "ab"
    )
    words = [line.words[0] for line in unsure.lines]
    beside = (1.0,) * 13 + (0.5,) * (len(words[2].text) - 13)
    worse = replace(words[2], confidence=0.01, character_confidences=beside)
    lines = (*unsure.lines[:2], replace(unsure.lines[2], words=(worse,)))
    first, second = (read_bank_account(build_layout((page,))) for page in (sure, replace(unsure, lines=lines)))
    assert second.confidence == first.confidence
    assert second.raw_text == "みなも銀行 中央支店 1234567 カ)アオゾラ"


def test_a_holder_that_begins_with_a_kanji_that_looks_like_its_kana():
    assert read("振込先:みなも銀行 中央支店普通1234567ユ)二ホンカイ")[-1] == "ユ)ニホンカイ"


def test_the_head_of_a_table_is_no_end_of_a_holder():
    assert read("みなも銀行 中央支店 普通 1234567", "カ)アオゾラ", "コード|品名|金額")[-1] == "カ)アオゾラ"
