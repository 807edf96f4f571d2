"""Strips of a table go to heads by place, by what stands in them, and by price times quantity."""

from decimal import Decimal

import pytest

from domain.geometry import Box
from extractors.fields.columns import Place, figure, looks_like, owners, settle


def head(name, left, right, text=""):
    return Place(name, Box(left=left, top=0, right=right, bottom=20), text)


def test_a_column_that_stands_nearer_to_another_head_is_told_by_its_cells():
    heads = (head("description", 100, 200), head("quantity", 600, 650), head("tax_rate", 700, 760))
    strips = ((20, 180), (560, 580), (640, 700))
    cells = [["包装資材", "2", "10%"], ["小麦粉", "5", "8%"]]
    assert owners(heads, strips, cells, 20.0) == (0, 1, 2)


def test_price_times_quantity_decides_between_two_heads_that_fit_alike():
    heads = (
        head("description", 0, 100),
        head("quantity", 400, 440),
        head("unit_price", 500, 540),
        head("code", 560, 600),
        head("amount", 640, 680),
    )
    strips = ((0, 100), (420, 440), (530, 560), (640, 680))
    cells = [["a品", "3", "120", "360"], ["b品", "2", "75", "150"]]
    assert owners(heads, strips, cells, 20.0) == (0, 1, 2, 4)


def test_an_empty_column_is_left_empty():
    heads = (head("description", 0, 100), head("amount", 500, 560), head("note", 700, 760))
    assert owners(heads, ((0, 100), (500, 560)), [["紙", "1,200"]], 20.0) == (0, 1)
    assert owners(heads, (), [], 20.0) == ()


@pytest.mark.parametrize(
    ("name", "text", "like"),
    [
        ("quantity", "4 本", True),
        ("quantity", "¥400", False),
        ("unit", "人日", True),
        ("unit", "m2", True),
        ("unit", "12", False),
        ("tax_rate", "8%", True),
        ("tax_rate", "軽", True),
        ("tax_rate", "1,000", False),
        ("amount", "▲1,200", True),
        ("amount", "10%", False),
        ("date", "4/10", True),
        ("note", "", True),
    ],
)
def test_what_cells_look_like(name, text, like):
    assert looks_like(name, text) is like


def test_a_cell_with_two_numbers_is_no_figure():
    assert figure("1,200 3") is None
    assert figure("") is None
    assert figure("¥1,200") == Decimal(1200)


def test_a_head_that_nobody_knows_is_the_amount_where_price_times_quantity_says_so():
    heads = (
        head("description", 0, 100),
        head("quantity", 300, 340),
        head("unit_price", 400, 440),
        head("unknown", 500, 560),
    )
    strips = ((0, 100), (310, 330), (400, 440), (510, 560))
    named, given = settle(heads, strips, [["a品", "3", "120", "360"], ["b品", "2", "75", "150"]], 20.0)
    assert [h.name for h in named] == ["description", "quantity", "unit_price", "amount"]
    assert given == (0, 1, 2, 3)
    named, _ = settle(heads, strips, [["a品", "3", "120", "7"], ["b品", "2", "75", "8"]], 20.0)
    assert [h.name for h in named][-1] == "unknown"


@pytest.mark.parametrize(
    ("heads", "cells", "names"),
    [
        (("時給", "稼働"), ["5,000", "12"], ["unit_price", "quantity"]),
        (("卸値", "ケース"), ["5,000", "12"], ["unit_price", "quantity"]),
        (("稼働", "時給"), ["12", "5,000"], ["quantity", "unit_price"]),
        (("い", "ろ"), ["¥5,000", "12"], ["unit_price", "quantity"]),
        (("い", "ろ"), ["5,000", "12時間"], ["unit_price", "quantity"]),
        (("い", "ろ"), ["5,000", "12"], ["unknown", "unknown"]),
        (("い", "ろ"), ["12", "5,000"], ["unknown", "unknown"]),
    ],
)
def test_which_of_two_factors_is_the_price_is_said_by_words_or_stays_open(heads, cells, names):
    places = (
        head("description", 0, 100),
        head("unknown", 300, 340, heads[0]),
        head("unknown", 400, 440, heads[1]),
        head("amount", 500, 560),
    )
    strips = ((0, 100), (305, 335), (400, 440), (500, 560))
    named, given = settle(places, strips, [["設計", *cells, "60,000"], ["試験", *cells, "60,000"]], 20.0)
    assert [named[index].name for index in given[1:3]] == names
