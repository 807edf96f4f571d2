"""Tables with their cells."""

import random

import pytest

from domain.geometry import Box
from domain.page import Word
from extractors.ocr.layout import piece_of, visual_rows
from extractors.order import in_reading_order
from extractors.tables import find_tables


def word(text, left, top, *, height=20):
    box = Box(left=left, top=top, right=left + height * len(text), bottom=top + height)
    return Word(text=text, box=box, confidence=0.9)


def level(left, right, top):
    return Box(left=left, top=top, right=right, bottom=top + 2)


def upright(left, top, bottom):
    return Box(left=left, top=top, right=left + 2, bottom=bottom)


def tables(words, rules=()):
    lines = in_reading_order(visual_rows([piece_of([w]) for w in words]), rules=rules)
    return find_tables(lines, rules=rules)


def texts(table):
    return [[c.text for c in table.cells if c.row == row] for row in range(table.row_count)]


WIDTHS = (90, 400, 500, 700)
ITEMS = [("品名", "数量", "金額"), ("名刺印刷", "3", "5,700"), ("来客用緑茶", "2", "1,106"), ("", "", "")]
WORDS = [
    word(text, x + 20, 110 + 40 * n)
    for n, row in enumerate(ITEMS)
    for text, x in zip(row, WIDTHS, strict=False)
    if text
]
LEVEL = [level(90, 700, 100 + 40 * n) for n in range(5)]
UPRIGHT = [upright(x, 100, 260) for x in WIDTHS]
PRINTED = [["品名", "数量", "金額"], ["名刺印刷", "3", "5,700"], ["来客用緑茶", "2", "1,106"]]


def test_a_ruled_table_has_its_cells_with_their_boxes_the_empty_ones_too():
    (table,) = tables(WORDS, [*LEVEL, *UPRIGHT])
    assert (table.row_count, table.column_count, table.ruled) == (4, 3, True)
    assert texts(table) == [*PRINTED, ["", "", ""]]
    first = table.cells[0].box
    assert (first.left, first.top, first.right, first.bottom) == (90, 101, 401, 141)


def test_text_around_a_table_is_not_in_it():
    around = [word("請求書", 300, 20, height=40), word("備考", 100, 320)]
    (table,) = tables([*around, *WORDS], [*LEVEL, *UPRIGHT])
    assert texts(table)[:3] == PRINTED


def test_a_table_without_upright_rules_has_columns_by_its_white():
    (table,) = tables(WORDS, LEVEL[:4])
    assert texts(table) == PRINTED
    assert table.ruled


def test_rows_that_no_rule_separates_are_rows():
    rules = [LEVEL[0], LEVEL[1], LEVEL[3], *(upright(x, 100, 220) for x in WIDTHS)]
    (table,) = tables(WORDS, rules)
    assert texts(table) == PRINTED


def test_the_first_row_of_an_open_table_may_stand_above_its_first_rule():
    (table,) = tables(WORDS, LEVEL[1:4])
    assert texts(table) == PRINTED


def test_a_cell_over_two_columns_and_one_over_two_rows():
    words = [word("契約日", 100, 110), word("2025/04/01", 320, 110), word("件名", 100, 170), word("保守", 320, 150)]
    words += [word("点検", 320, 190), word("甲", 520, 150)]
    rules = [level(90, 700, 100), level(90, 700, 140), level(300, 700, 180), level(90, 700, 220)]
    rules += [upright(90, 100, 220), upright(300, 100, 220), upright(500, 140, 220), upright(700, 100, 220)]
    (table,) = tables(words, rules)
    spans = {c.text: (c.row, c.column, c.row_span, c.column_span) for c in table.cells if c.text}
    assert spans == {
        "契約日": (0, 0, 1, 1),
        "2025/04/01": (0, 1, 1, 2),
        "件名": (1, 0, 2, 1),
        "保守": (1, 1, 1, 1),
        "点検": (2, 1, 1, 1),
        "甲": (1, 2, 1, 1),
    }


def test_lines_of_one_cell_stay_together():
    words = [word("甲", 110, 110), word("東京都千代田区", 320, 110), word("灯台製作所", 320, 140)]
    rules = [level(90, 700, 100), level(90, 700, 170), *(upright(x, 100, 170) for x in (90, 300, 700))]
    (table,) = tables(words, rules)
    assert texts(table) == [["甲", "東京都千代田区\n灯台製作所"]]


def test_labels_and_sums_are_a_table_without_rules():
    rows = [("小計", "501,700円"), ("消費税10%", "50,170円"), ("合計", "551,870円")]
    words = [word(text, x, 100 + 40 * n) for n, row in enumerate(rows) for text, x in zip(row, (500, 760), strict=True)]
    (table,) = tables(words)
    assert texts(table) == [list(row) for row in rows]
    assert not table.ruled


def test_prose_in_columns_and_a_framed_text_are_no_tables():
    columns = [word("本文がここに続いている行", x, 100 + 30 * n) for n in range(6) for x in (50, 450)]
    assert tables(columns) == ()
    frame = [level(90, 700, 90), level(90, 700, 150), upright(90, 90, 150), upright(700, 90, 150)]
    assert tables([word("ご請求金額", 100, 110)], frame) == ()


def test_an_underline_is_no_table():
    words = [word("御請求金額", 100, 110), word("1,194円", 400, 110)]
    assert tables(words, [level(90, 700, 140), level(90, 700, 146)]) == ()


@pytest.mark.parametrize("seed", range(4))
def test_any_rules_and_words_give_cells_inside_their_grid(seed):
    rng = random.Random(seed)
    words = [word(str(rng.randrange(10**5)), rng.randrange(900), rng.randrange(1200)) for _ in range(60)]
    rules = [level(a := rng.randrange(600), a + rng.randrange(40, 500), rng.randrange(1200)) for _ in range(30)]
    rules += [upright(rng.randrange(900), a := rng.randrange(900), a + rng.randrange(40, 400)) for _ in range(20)]
    for table in tables(words, rules):
        taken = set()
        for cell in table.cells:
            places = {(cell.row + r, cell.column + c) for r in range(cell.row_span) for c in range(cell.column_span)}
            assert cell.row + cell.row_span <= table.row_count
            assert cell.column + cell.column_span <= table.column_count
            assert not taken & places
            taken |= places
