"""Columns of a table of goods are found by white gaps, whatever its heads look like."""

from datetime import date
from decimal import Decimal

import pytest

from domain.engines import FieldContext
from domain.fields import DocumentType
from domain.geometry import Box
from domain.page import EngineId, Line, PageText, Word
from extractors.fields import extract_fields
from extractors.fields.grid import find_heads, head_of, make_grid
from extractors.fields.layout import build_layout


def row(y, *cells, height=20):
    """Words at (left, text): a character is half as wide as high where ASCII."""
    words = tuple(
        Word(text=text, box=Box(left=x, top=y, right=x + _width(text, height), bottom=y + height), confidence=1.0)
        for x, text in cells
    )
    return Line(
        words=words, box=Box(left=words[0].box.left, top=y, right=words[-1].box.right, bottom=y + height), row=y
    )


def _width(text, height):
    return sum(height // 2 if c.isascii() else height for c in text)


def layout(*lines):
    return build_layout(
        (PageText(page_index=0, lines=tuple(lines), engine=EngineId(name="x", version="1"), source="text_layer"),)
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("品名", "description"),
        ("品番・品名", "description"),
        ("品番", "code"),
        ("No.", "no"),
        ("単価(税別)", "unit_price"),
        ("税込金額", "amount"),
        ("消費税率", "tax_rate"),
        ("取引日", "date"),
        ("サービス内容", "description"),
        ("@単価", "unit_price"),
        ("員数", "quantity"),
        ("月/日", "date"),
        ("税%", "tax_rate"),
        ("行番", "no"),
        ("管理No.", "code"),
        ("株式会社青空商事", None),
    ],
)
def test_heads(text, name):
    assert head_of(text) == name


def test_goods_ranged_left_under_a_head_in_the_middle():
    page = layout(
        row(0, (10, "月日"), (300, "品名"), (600, "数量"), (700, "金額")),
        row(40, (12, "4/10"), (80, "包装資材"), (610, "2"), (690, "7,040")),
        row(80, (12, "4/11"), (80, "無塩バター"), (200, "450g"), (610, "5"), (690, "1,155")),
    )
    heads, count = find_heads(page.rows, 0)
    assert [h.name for h in heads] == ["date", "description", "quantity", "amount"]
    assert count == 1
    grid = make_grid(heads, page.rows[1:])
    assert grid.cells(page.rows[1]) == {"date": "4/10", "description": "包装資材", "quantity": "2", "amount": "7,040"}
    assert grid.cells(page.rows[2])["description"] == "無塩バター 450g"


def test_heads_spread_over_their_columns_are_one_each():
    page = layout(row(0, (10, "商品名"), (300, "数"), (330, "量"), (500, "金"), (530, "額")))
    heads, _ = find_heads(page.rows, 0)
    assert [(h.name, h.text) for h in heads] == [("description", "商品名"), ("quantity", "数量"), ("amount", "金額")]


def test_heads_that_wrap_into_two_rows():
    page = layout(
        row(0, (10, "品名"), (300, "数量"), (400, "単価(税"), (560, "金額")),
        row(22, (400, "抜)")),
        row(60, (10, "定期清掃"), (300, "4"), (400, "43,000"), (560, "172,000")),
    )
    heads, count = find_heads(page.rows, 0)
    assert [(h.name, h.text) for h in heads][2] == ("unit_price", "単価(税抜)")
    assert count == 2


def test_a_sentence_is_no_head():
    page = layout(row(0, (10, "下記の通りご請求申し上げます。"), (400, "担当")))
    assert find_heads(page.rows, 0) == ((), 0)


def test_goods_under_a_head_are_no_second_line_of_it():
    page = layout(
        row(0, (10, "件名"), (300, "数量"), (450, "単価"), (600, "金額(税抜)")),
        row(22, (10, "システム開発費"), (300, "1人日"), (450, "52,000"), (600, "52,000")),
        row(44, (10, "データ移行作業"), (300, "4式"), (450, "185,000"), (600, "740,000")),
    )
    assert find_heads(page.rows, 0)[1] == 1


def test_a_subject_above_a_head_is_no_first_line_of_it():
    page = layout(
        row(0, (10, "件名:備品一式")),
        row(22, (10, "行"), (120, "名称"), (300, "数量"), (450, "金額")),
        row(44, (10, "1"), (120, "机"), (300, "2脚"), (450, "52,000")),
    )
    assert find_heads(page.rows, 0) == ((), 0)
    assert [h.name for h in find_heads(page.rows, 1)[0]] == ["no", "description", "quantity", "amount"]


def test_words_join_into_the_heads_that_say_most():
    page = layout(row(0, (10, "商品名"), (200, "Qty"), (260, "単"), (310, "価"), (360, "Amount"), (560, "消費税率")))
    names = [(h.name, h.text) for h in find_heads(page.rows, 0)[0]]
    assert names == [
        ("description", "商品名"),
        ("quantity", "Qty"),
        ("unit_price", "単価"),
        ("amount", "Amount"),
        ("tax_rate", "消費税率"),
    ]


def test_beside_quantity_price_and_amount_an_unknown_head_is_that_of_the_goods():
    page = layout(row(0, (10, "ご用命"), (200, "納期回答"), (300, "数量"), (450, "単価"), (600, "金額")))
    assert [h.name for h in find_heads(page.rows, 0)[0]] == [
        "description",
        "unknown",
        "quantity",
        "unit_price",
        "amount",
    ]


def test_the_title_of_the_paper_at_the_height_of_goods_is_none_of_them(paper, context):
    page = paper(
        [(100, "品名"), (500, "数量"), (700, "単価"), (900, "金額")],
        [(100, "事務用チェア"), (500, "4脚"), (700, "38,000"), (900, "152,000")],
        [(300, "合計請求書", 60)],
        [(100, "特別値引"), (500, "1式"), (700, "-7,600"), (900, "-7,600")],
        [(700, "小計"), (900, "144,400")],
    )
    items = extract_fields(DocumentType.INVOICE, (page,), context=context).value("line_items")
    assert [(i.description, i.quantity, i.amount) for i in items.rows] == [
        ("事務用チェア", Decimal(4), Decimal(152000)),
        ("特別値引", Decimal(1), Decimal(-7600)),
    ]


def test_numbers_of_rows_whose_head_was_not_read_are_no_part_of_the_goods(paper, context):
    page = paper(
        [(200, "品名"), (500, "数量"), (900, "金額")],
        [(100, "1 治具製作"), (500, "3"), (900, "300")],
        [(100, "2 六角ナット"), (500, "4"), (900, "400")],
    )
    items = extract_fields(DocumentType.INVOICE, (page,), context=context).value("line_items")
    assert [i.description for i in items.rows] == ["治具製作", "六角ナット"]


def test_a_box_with_the_amount_asked_for_is_no_table_of_goods(paper, context):
    page = paper(
        [(100, "合計金額"), (900, "摘要")],
        [(100, "¥1,100-"), (900, "全国配送")],
        [(100, "品名"), (500, "数量"), (700, "単価"), (900, "金額")],
        [(100, "紙"), (500, "2"), (700, "250"), (900, "500")],
        [(100, "封筒"), (500, "5"), (700, "100"), (900, "500")],
        [(700, "小計"), (900, "1,000")],
        [(700, "合計"), (900, "1,100")],
    )
    items = extract_fields(DocumentType.INVOICE, (page,), context=context).value("line_items")
    assert [i.description for i in items.rows] == ["紙", "封筒"]


def test_heads_of_one_two_and_three_lines_side_by_side():
    page = layout(
        row(0, (100, "伝票番"), (600, "Unit"), (800, "消費税")),
        row(22, (10, "日付"), (300, "取引内容"), (500, "Qty"), (900, "小計")),
        row(44, (100, "号"), (600, "Price"), (800, "率")),
        row(
            80,
            (10, "3/25"),
            (100, "C361"),
            (300, "事務用チェア"),
            (500, "1脚"),
            (600, "15,260"),
            (800, "10%"),
            (900, "15,260"),
        ),
    )
    heads, count = find_heads(page.rows, 0)
    assert count == 3
    assert {h.name for h in heads} == {"date", "code", "description", "quantity", "unit_price", "tax_rate", "amount"}


def test_columns_of_prices_may_be_empty(paper, context):
    page = paper(
        [(100, "品名"), (500, "数量"), (600, "単位"), (700, "単価"), (900, "金額")],
        [(100, "定期清掃"), (500, "5"), (600, "回")],
        [(100, "産業廃棄物収集運搬"), (500, "4"), (600, "kg")],
    )
    items = extract_fields(DocumentType.INSPECTION, (page,), context=context).value("line_items")
    assert [(i.description, i.quantity, i.unit, i.amount) for i in items.rows] == [
        ("定期清掃", Decimal(5), "回", None),
        ("産業廃棄物収集運搬", Decimal(4), "kg", None),
    ]


def test_a_column_of_results_is_none_of_the_quantities(paper, context):
    page = paper(
        [(100, "品名"), (500, "検収数"), (700, "判定")],
        [(100, "定期清掃"), (500, "5回"), (700, "合格")],
        [(100, "空調設備点検"), (500, "4台"), (700, "合格")],
    )
    items = extract_fields(DocumentType.INSPECTION, (page,), context=context).value("line_items")
    assert [(i.description, i.quantity, i.unit) for i in items.rows] == [
        ("定期清掃", Decimal(5), "回"),
        ("空調設備点検", Decimal(4), "台"),
    ]


def goods(*lines):
    page = PageText(page_index=0, lines=tuple(lines), engine=EngineId(name="x", version="1"), source="text_layer")
    fields = extract_fields(DocumentType.QUOTATION, (page,), context=FieldContext(today=date(2026, 11, 21)))
    return [(item.description, item.unit_price, item.amount) for item in fields.value("line_items").rows]


HEAD = ((10, "業務名"), (400, "数量"), (500, "価格"), (600, "金額"))


def test_a_side_heading_is_no_part_of_the_goods_below_it():
    """Rows of a table stand further apart than the lines of one cell, which a remark under a name is."""
    found = goods(
        row(0, *HEAD),
        row(34, (10, "第4工区")),
        row(68, (10, "空調設備点検"), (410, "4"), (500, "12,660"), (600, "50,640")),
        row(92, (10, "3階会議室")),
        row(126, (10, "定期清掃"), (410, "1"), (500, "5,000"), (600, "5,000")),
        row(160, (10, "蛍光灯交換"), (410, "2"), (500, "100"), (600, "200")),
        row(220, (500, "合計"), (600, "55,840")),
    )
    assert found == [("空調設備点検3階会議室", 12660, 50640), ("定期清掃", 5000, 5000), ("蛍光灯交換", 100, 200)]


def test_a_heading_in_brackets_is_none_however_close_it_stands():
    found = goods(
        row(0, *HEAD),
        row(26, (10, "【4月分】")),
        row(52, (10, "空調設備点検"), (410, "4"), (500, "12,660"), (600, "50,640")),
        row(120, (500, "合計"), (600, "50,640")),
    )
    assert found == [("空調設備点検", 12660, 50640)]


@pytest.mark.parametrize("heading", ["第1工区", "8.機器費"])
def test_a_heading_with_a_number_is_no_part_of_the_goods_below_it(heading):
    found = goods(
        row(0, *HEAD),
        row(60, (10, heading)),
        row(84, (10, "配管工事"), (410, "2"), (500, "3,000"), (600, "6,000")),
        row(134, (10, "電気工事"), (410, "1"), (500, "500"), (600, "500")),
    )
    assert found == [("配管工事", 3000, 6000), ("電気工事", 500, 500)]


def test_cells_beside_the_first_and_beside_the_second_line_of_goods_are_one_row():
    found = goods(
        row(0, *HEAD),
        row(60, (10, "開発費"), (600, "6,000")),
        row(73, (10, "担当森下"), (410, "2"), (500, "3,000")),
        row(134, (10, "保守料"), (410, "1"), (500, "500"), (600, "500")),
    )
    assert found == [("開発費担当森下", 3000, 6000), ("保守料", 500, 500)]


def test_of_a_spread_head_of_goods_one_character_is_enough():
    heads = ((10, "項"), (300, "数量"), (400, "単位"), (500, "単価"), (600, "金額"))
    found = goods(row(0, *heads), row(60, (10, "撮影費"), (310, "5"), (400, "日"), (500, "100"), (600, "500")))
    assert found == [("撮影費", 100, 500)]


@pytest.mark.parametrize("half", ["項", "名"])
def test_one_character_of_a_spread_head_of_goods_is_enough_beside_a_column_of_remarks(half):
    heads = ((10, half), (300, "数量"), (400, "単位"), (500, "単価"), (600, "金額"), (700, "摘要"))
    found = goods(
        row(0, *heads),
        row(60, (10, "撮影費"), (310, "5"), (400, "日"), (500, "100"), (600, "500")),
        row(120, (10, "編集費"), (310, "2"), (400, "日"), (500, "300"), (600, "600")),
    )
    assert found == [("撮影費", 100, 500), ("編集費", 300, 600)]


def test_a_column_of_numbers_stays_one_beside_remarks():
    heads = ((10, "項"), (280, "摘要"), (400, "数量"), (500, "単価"), (600, "金額"))
    found = goods(
        row(0, *heads),
        row(60, (10, "1"), (100, "撮影費"), (410, "5"), (500, "100"), (600, "500")),
        row(120, (10, "2"), (100, "編集費"), (410, "2"), (500, "300"), (600, "600")),
    )
    assert found == [("撮影費", 100, 500), ("編集費", 300, 600)]


def test_a_numbered_part_of_the_table_is_no_second_line_of_the_goods_above_it():
    found = goods(
        row(0, *HEAD),
        row(60, (10, "配管工事"), (410, "2"), (500, "3,000"), (600, "6,000")),
        row(84, (10, "第4工区")),
        row(134, (10, "電気工事"), (410, "1"), (500, "500"), (600, "500")),
    )
    assert found == [("配管工事", 3000, 6000), ("電気工事", 500, 500)]


def test_sums_beside_the_account_end_the_goods_although_they_were_read_as_one():
    found = goods(
        row(0, *HEAD),
        row(60, (10, "配管工事"), (410, "2"), (500, "3,000"), (600, "6,000")),
        row(120, (10, "お振込は下記口座へお願いいたします"), (400, "小計(税抜) (内消費税(10%)) 合計(税込)")),
        row(150, (10, "名義:アオゾラ"), (400, "6,000"), (500, "545"), (600, "6,000")),
    )
    assert found == [("配管工事", 3000, 6000)]


def test_a_remark_beside_the_tax_of_a_rate_is_none_of_the_goods(paper, context):
    page = paper(
        [(600, "御見積書", 60)],
        [(100, "品名"), (600, "単価"), (900, "数量"), (1200, "金額")],
        [(100, "精密歯車 M1.5"), (600, "915円"), (900, "5個"), (1200, "4,575円")],
        [(100, "三次元測定"), (600, "51,000円"), (900, "2式"), (1200, "102,000円")],
        [(100, "お支払条件:月末締翌月末払"), (800, "税率10% 106,575円(うち消費税9,688円)")],
    )
    items = extract_fields(DocumentType.QUOTATION, (page,), context=context).value("line_items")
    assert items is not None
    assert [item.amount for item in items.rows] == [4575, 102000]


def test_goods_of_which_one_count_lost_its_unit_are_doubted(paper, context):
    def confidence(*counts):
        page = paper(
            [(600, "御見積書", 60)],
            [(100, "品名"), (600, "単価"), (900, "数量"), (1200, "金額")],
            [(100, "宛名ラベル"), (600, "915"), (900, counts[0]), (1200, "4,575")],
            [(100, "緩衝材 50m巻"), (600, "2,000"), (900, counts[1]), (1200, "4,000")],
            [(1000, "小計"), (1200, "8,575")],
        )
        field = extract_fields(DocumentType.QUOTATION, (page,), context=context).get("line_items")
        assert [row.quantity for row in field.value.rows] == [5, 2]
        return field.confidence

    assert confidence("5冊", "2") < 0.8 < confidence("5冊", "2巻")
    assert confidence("5", "2") == confidence("5冊", "2巻")
