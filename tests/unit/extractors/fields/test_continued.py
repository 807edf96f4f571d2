"""Values that wrap within narrow cells are put together; what can stand by itself is left alone."""

from dataclasses import replace

import pytest

from domain.fields import DocumentType
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
        ("担当者コー", "ド:985008", "担当者コード:985008"),
        ("株式会社見本製作", "所御中", "株式会社見本製作所御中"),
        ("株式会社プラネットホールデ", "ィングス", "株式会社プラネットホールディングス"),
        ("合同会社富士見台コンサル", "ティング御中", "合同会社富士見台コンサルティング御中"),
    ],
)
def test_two_lines_of_one_cell(paper, upper, lower, whole):
    found = rows(paper([(100, "件名"), (800, upper)], [(800, lower)], pitch=1.3))
    assert found == [["件名", whole]]


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        ("会社名", "発行元:(株)見本"),
        ("株式会社見本", "TEL:03-0000-1111"),
        ("株式会社見本", "営業部 御中"),
        ("2024年4月7日", "2024年5月7日"),
        ("税抜金額", "10,000"),
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


def test_a_number_with_spaces_between_its_figures_is_one_number(paper):
    cells = [(100 + 35 * i, text) for i, text in enumerate(("¥", "1", "6,", "9", "4", "0-"))]
    page = paper(cells)
    line = page.lines[0]
    words = tuple(word for made in page.lines for word in made.words)
    page = replace(page, lines=(replace(line, words=words, box=union(tuple(w.box for w in words))),))
    assert rows(page) == [["¥16,940-"]]
