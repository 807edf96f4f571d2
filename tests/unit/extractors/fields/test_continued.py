"""Values that wrap within narrow cells are put together; what can stand by itself is left alone."""

from dataclasses import replace

import pytest

from domain.fields import DocumentType, FieldStatus
from domain.geometry import union
from extractors.fields import extract_fields
from extractors.fields.layout import build_layout


def rows(page):
    return [[s.text for s in row] for row in build_layout((page,)).rows]


@pytest.mark.parametrize(
    ("upper", "lower", "whole"),
    [
        ("請求書発行日 2024年4", "月7日", "請求書発行日 2024年4月7日"),
        ("令和8年1月2", "0日", "令和8年1月20日"),
        ("検収日付:2025-", "01-11", "検収日付:2025-01-11"),
        ("整理番号:INV-2024-", "1269", "整理番号:INV-2024-1269"),
        ("お支払期", "日:2025.11.25", "お支払期日:2025.11.25"),
        ("お支払い期", "限日", "お支払い期限日"),
        ("担当者コー", "ド:985008", "担当者コード:985008"),
        ("株式会社見本製作", "所御中", "株式会社見本製作所御中"),
        ("株式会社プラネットホールデ", "ィングス", "株式会社プラネットホールディングス"),
        ("合同会社富士見台コンサル", "ティング御中", "合同会社富士見台コンサルティング御中"),
        ("株式会社アクシスクリエイ", "ト", "株式会社アクシスクリエイト"),
        ("ミナモホールディ", "ングス株式会社", "ミナモホールディングス株式会社"),
        ("株式会社見本製作所御", "中", "株式会社見本製作所御中"),
        ("作成日:令和7", "年7月16日", "作成日:令和7年7月16日"),
        ("¥1,372,58", "0-", "¥1,372,580-"),
        ("合計 金1,372,5", "80円", "合計 金1,372,580円"),
        ("¥1,477,", "250-", "¥1,477,250-"),
        ("￥１，４７７，", "２５０－", "¥1,477,250-"),
    ],
)
def test_two_lines_of_one_cell(paper, upper, lower, whole):
    found = rows(paper([(100, "件名"), (800, upper)], [(800, lower)], pitch=1.3))
    assert found == [["件名", whole]]


@pytest.mark.parametrize(
    ("upper", "rest", "ends", "joined"),
    [
        ("合同会社見本コンサルティ", "ング", 0, True),
        ("合同会社見本ロジスティク", "ス", 0, True),
        ("合同会社見本コンサルティ", "グ", -60, False),  # of a seal
        ("合同会社見本", "マルシェ", 0, False),  # a shop
    ],
)
def test_a_name_that_is_ranged_right_is_torn_anywhere(paper, upper, rest, ends, joined):
    right = 1500
    lower = (right + ends - 30 * len(rest), rest)
    found = rows(paper([(right - 30 * len(upper), upper)], [lower], pitch=1.2))
    assert found == ([[upper + rest]] if joined else [[upper], [rest]])


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        ("会社名", "発行元:(株)見本"),
        ("株式会社見本", "TEL:03-0000-1111"),
        ("株式会社見本", "営業部 御中"),
        ("2024年4月7日", "2024年5月7日"),
        ("税抜金額", "10,000"),
        ("¥1,372,580", "10"),
        ("¥1,372,", "10"),
        ("¥1,372,58", "12,000"),
    ],
)
def test_what_stands_by_itself_is_left_alone(paper, upper, lower):
    assert rows(paper([(800, upper)], [(800, lower)], pitch=1.3)) == [[upper], [lower]]


def test_a_seal_beside_the_end_of_a_name_is_not_its_next_line(paper):
    page = paper([(100, "株式会社見本サービス")], [(350, "ビサ")], pitch=1.2)
    assert rows(page) == [["株式会社見本サービス"], ["ビサ"]]


def test_a_line_further_down_or_beside_is_another_cell(paper):
    assert rows(paper([(800, "2024年4")], [(800, "月7日")], pitch=3.0)) == [["2024年4"], ["月7日"]]
    assert rows(paper([(800, "2024年4")], [(100, "月7日")], pitch=1.3)) == [["2024年4"], ["月7日"]]


def test_three_wrapped_cells_side_by_side_give_their_values(paper, context):
    page = paper(
        [(700, "請求書", 60)],
        [(100, "発行日:2024年"), (500, "整理番号:"), (900, "お支払期日:2024年")],
        [(100, "9月28日"), (500, "003208"), (900, "10月31日")],
        pitch=1.3,
    )
    fields = extract_fields(DocumentType.INVOICE, (page,), context=context)
    assert str(fields.day("transaction_date")) == "2024-09-28"
    assert str(fields.day("due_date")) == "2024-10-31"
    assert fields.text("document_number") == "003208"


def one_line(page):
    """What stands on the first row of a page, read by the engine as one line."""
    top = page.lines[0].box.top
    first = [line for line in page.lines if line.box.top == top]
    words = tuple(word for line in first for word in line.words)
    whole = replace(first[0], words=words, box=union(tuple(w.box for w in words)))
    return replace(page, lines=(whole, *page.lines[len(first) :]))


def test_wrapped_cells_that_nearly_touch_are_told_apart_by_what_stands_below(paper, context):
    """A day is never made of one cell's month and another cell's end."""
    page = one_line(
        paper(
            [(100, "発注年月日: 2024年9月"), (440, "希望納期 2024年10月")],
            [(100, "23日"), (440, "7日")],
            pitch=1.3,
        )
    )
    assert rows(page) == [["発注年月日: 2024年9月23日", "希望納期 2024年10月7日"]]
    fields = extract_fields(DocumentType.PURCHASE_ORDER, (page,), context=context)
    assert str(fields.day("transaction_date")) == "2024-09-23"


def test_two_cells_in_one_word_go_on_with_the_right_one(paper):
    """Where the upper line cannot be cut, its end goes on with what stands below its end."""
    page = paper([(100, "利用期間 令和7年4月お振込期日 令和7年5月")], [(100, "26日"), (560, "31日")], pitch=1.3)
    assert ["利用期間 令和7年4月お振込期日 令和7年5月31日"] in rows(page)


@pytest.mark.parametrize("name", ["ングス株式会社", "ッサン商事株式会社", "株式会社灯台製作所御"])
def test_a_name_that_is_cut_off_is_never_certain(paper, context, name):
    page = paper([(700, "請求書", 60)], "株式会社青空商事 御中", [(800, name)], [(800, "TEL 03-0000-0000")])
    field = extract_fields(DocumentType.INVOICE, (page,), context=context).get("issuer")
    assert field is None or field.confidence <= 0.7


def test_a_number_with_spaces_between_its_figures_is_one_number(paper):
    cells = [(100 + 35 * i, text) for i, text in enumerate(("¥", "1", "6,", "9", "4", "0-"))]
    page = paper(cells)
    line = page.lines[0]
    words = tuple(word for made in page.lines for word in made.words)
    page = replace(page, lines=(replace(line, words=words, box=union(tuple(w.box for w in words))),))
    assert rows(page) == [["¥16,940-"]]


def test_an_amount_that_ends_in_a_separator_is_never_certain(paper, context):
    whole, cut = (
        extract_fields(
            DocumentType.INVOICE, (paper("請求書", f"ご請求金額 ¥{amount}", "株式会社あおぞら 御中"),), context=context
        ).get("total_amount")
        for amount in ("1,477", "1,477,")
    )
    assert (whole.status, cut.status) == (FieldStatus.FOUND, FieldStatus.AMBIGUOUS)
