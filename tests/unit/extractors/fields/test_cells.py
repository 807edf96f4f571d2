"""Wrapped cells of ruled tables are one row with what stands beside them; marks and headings keep their places."""

from datetime import date

import pytest

from domain.engines import FieldContext
from domain.fields import DocumentType
from domain.geometry import Box, union
from domain.page import Cell, EngineId, Line, PageText, Table, Word
from extractors.fields import extract_fields
from extractors.fields.cells import gathered

_LEFTS = (10, 70, 160, 420, 500, 620, 760)
HEAD = ("行番", "商品コード", "品名", "数量", "単価", "金額")


def line(y, *cells, height=20):
    words = tuple(
        Word(text=text, box=Box(left=x, top=y, right=x + 10 * len(text), bottom=y + height), confidence=1.0)
        for x, text in cells
    )
    return Line(words=words, box=union(tuple(word.box for word in words)), row=y)


def ruled(*rows):
    """A table: each cell its lines; rows as high as their tallest cell, the others in the middle of it."""
    lines, cells, y = [], [], 100
    for number, row in enumerate(rows):
        high = 12 + 24 * max(text.count("\n") + 1 for text in row)
        for column, text in enumerate(row):
            parts = text.split("\n") if text else []
            top = y + (high - 24 * len(parts)) // 2
            lines += [line(top + 24 * at, (_LEFTS[column], part)) for at, part in enumerate(parts)]
            box = Box(left=_LEFTS[column] - 5, top=y, right=_LEFTS[column + 1] - 5, bottom=y + high)
            cells.append(Cell(row=number, column=column, text=text, box=box))
        y += high
    table = Table(
        row_count=len(rows),
        column_count=len(rows[0]),
        cells=tuple(cells),
        box=union(tuple(cell.box for cell in cells)),
        ruled=True,
    )
    return sorted(lines, key=lambda one: one.box.top), table


def goods(*rows, kind=DocumentType.INVOICE):
    lines, table = ruled(*rows)
    engine = EngineId(name="x", version="1")
    page = PageText(page_index=0, lines=tuple(lines), engine=engine, source="text_layer", tables=(table,))
    fields = extract_fields(kind, (page,), context=FieldContext(today=date(2026, 11, 21)))
    return [(item.description, item.quantity, item.amount, item.tax_rate) for item in fields.value("line_items").rows]


def test_cells_that_wrap_around_the_middle_of_their_row():
    found = goods(
        HEAD,
        ("1", "K988-\n36", "名刺印刷\n両面カラー", "3箱", "1,840", "5,520"),
        ("2", "C196-\n52", "撮影費", "2日", "54,000", "108,000"),
        ("3", "K151-\n55", "※コーヒー豆\n納期2月末", "2袋", "1,000", "2,000"),
        ("4", "K152-\n56", "小麦粉※\n25kg", "1袋", "500", "500"),
    )
    assert found == [
        ("名刺印刷両面カラー", 3, 5520, None),
        ("撮影費", 2, 108000, None),
        ("コーヒー豆納期2月末", 2, 2000, 8),
        ("小麦粉25kg", 1, 500, 8),
    ]


@pytest.mark.parametrize("heading", ["◆3月ご利用分", "【9月分】", "(7)作業費"])
def test_a_heading_between_two_goods_belongs_to_neither(heading):
    lines = [
        line(0, *((x, text) for x, text in zip(_LEFTS, HEAD, strict=False))),
        line(40, (160, "定期清掃"), (420, "1回"), (500, "5,000"), (620, "5,000")),
        line(74, (160, heading)),
        line(108, (160, "蛍光灯交換"), (420, "2本"), (500, "100"), (620, "200")),
    ]
    page = PageText(page_index=0, lines=tuple(lines), engine=EngineId(name="x", version="1"), source="text_layer")
    fields = extract_fields(DocumentType.INVOICE, (page,), context=FieldContext(today=date(2026, 11, 21)))
    assert [item.description for item in fields.value("line_items").rows] == ["定期清掃", "蛍光灯交換"]


def test_the_first_goods_close_under_the_heads_are_no_second_line_of_them():
    lines = [
        line(0, *((x, text) for x, text in zip(_LEFTS, HEAD, strict=False))),
        line(26, (160, "撮影費")),
        line(44, (420, "2日"), (500, "91,000"), (620, "182,000")),
        line(62, (160, "納入先:第9倉庫")),
        line(106, (160, "原稿料"), (420, "4頁"), (500, "100"), (620, "400")),
    ]
    page = PageText(page_index=0, lines=tuple(lines), engine=EngineId(name="x", version="1"), source="text_layer")
    fields = extract_fields(DocumentType.INVOICE, (page,), context=FieldContext(today=date(2026, 11, 21)))
    assert [item.description for item in fields.value("line_items").rows] == ["撮影費納入先:第9倉庫", "原稿料"]


def test_what_is_no_row_of_goods_is_read_line_by_line():
    address, table = ruled(("〒100-0001\n東京都千代田区1-2-3", "請求日", "2026-11-01"), ("東京ビル", "番号", "12"))
    assert gathered(address, (table,)) == address
    two, table = ruled(("机\n椅子", "2", "3,000"), ("棚", "1", "500"))
    missed = [*two, line(100, (420, "1")), line(140, (420, "2"))]
    assert gathered(missed, (table,))[0] == gathered(two, (table,))[0]
    far = [one for one in two if one.words[0].text != "椅子"] + [line(190, (10, "椅子"))]
    assert gathered(far, (table,)) == far
    assert gathered(two, ()) == two


@pytest.mark.parametrize(
    ("heads", "rows", "certain"),
    [
        (("品名", "用量", "円あたり", "金額"), (("机", "2", "3,000", "6,000"), ("椅子", "4", "1,500", "6,000")), True),
        (("品名", "数量", "単価", "金額"), (("机", "2", "3,000", "6,000"), ("椅子", "4", "1,500", "6,000")), True),
        (("品名", "い", "ろ", "金額"), (("机", "2", "3,000", "6,000"), ("椅子", "4", "1,500", "6,000")), False),
        (("品名", "数量", "単価", "金額"), (("机", "×2", "3,000", "6,000"), ("椅子", "×4", "1,500", "6,000")), True),
        (("品名", "金額"), (("机", "6,000"), ("椅子", "6,000")), False),
    ],
)
def test_columns_that_multiply_are_known_without_their_heads_and_believed(heads, rows, certain):
    lefts = (10, 300, 450, 620)
    lines = [line(0, *zip(lefts, heads, strict=False))]
    lines += [line(40 + 36 * at, *zip(lefts, row, strict=False)) for at, row in enumerate(rows)]
    lines += [line(150, (450, "小計"), (620, "12,000")), line(190, (450, "合計"), (620, "13,200"))]
    page = PageText(page_index=0, lines=tuple(lines), engine=EngineId(name="x", version="1"), source="text_layer")
    found = extract_fields(DocumentType.INVOICE, (page,), context=FieldContext(today=date(2026, 11, 21)))
    items = found.get("line_items")
    assert [item.amount for item in items.value.rows] == [6000, 6000]
    assert [item.quantity for item in items.value.rows] == ([2, 4] if certain else [None, None])
    assert (items.confidence > 0.95) is certain


def test_days_over_days_are_two_rows_whose_rule_was_not_seen():
    head = [line(100, *zip(_LEFTS, HEAD, strict=False))]
    first = line(140, *zip(_LEFTS, ("8/3", "A610-20", "サーバー利用料", "4月", "45,000", "180,000"), strict=False))
    second = line(168, *zip(_LEFTS, ("8/3", "K339-24", "お値引き", "1式", "-21,050", "-21,050"), strict=False))
    whole = [
        Cell(row=0, column=at, text=f"{a.text}\n{b.text}", box=Box(left=x - 5, top=130, right=x + 90, bottom=200))
        for at, x, a, b in zip(range(4), _LEFTS, first.words, second.words, strict=False)
    ]
    single = [
        Cell(row=0, column=at, text=first.words[at].text, box=Box(left=x - 5, top=130, right=x + 90, bottom=164))
        for at, x in list(enumerate(_LEFTS))[4:6]
    ]
    cells = (*whole, *single)
    table = Table(row_count=1, column_count=6, cells=cells, box=union(tuple(c.box for c in cells)), ruled=True)
    assert gathered([*head, first, second], (table,)) == [*head, first, second]
