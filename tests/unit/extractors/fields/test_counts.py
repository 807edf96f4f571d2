"""How many at what price: two figures whose product is the amount, in whatever words."""

from decimal import Decimal

import pytest

from extractors.fields.counts import counted, each_in_its_cell, in_one_cell, one_figure, only_counts


@pytest.mark.parametrize(
    ("text", "amount", "quantity", "price", "name"),
    [
        ("茶 3個 @99", 297, 3, 99, "茶"),
        ("単価 99 数量 3", 297, 3, 99, ""),
        ("レジ袋  3点×単4", 12, 3, 4, "レジ袋"),
        ("99円×3", 297, 3, 99, ""),
        ("サンド  1  457", 457, 1, 457, "サンド"),
        ("値引 2 x 10", -20, 2, 10, "値引"),
        ("1,070x3", 3210, 3, 1070, ""),
    ],
)
def test_two_figures_that_multiply_to_the_amount(text, amount, quantity, price, name):
    found = counted(text, Decimal(amount))
    assert found is not None
    assert (found.quantity, found.price, text[: found.start].strip()) == (quantity, price, name)


@pytest.mark.parametrize(("text", "amount"), [("単3電池 4本", 12), ("茶 3個 @99", 300), ("茶 3", 3), ("0 x 5", 0)])
def test_what_is_no_count(text, amount):
    assert counted(text, Decimal(amount)) is None


def test_lines_that_only_count():
    assert only_counts("(2個 × ¥120)")
    assert not only_counts("緑茶 2個")
    assert not only_counts("点")
    assert one_figure("3個") == 3
    assert one_figure("3個 99円") is None


@pytest.mark.parametrize(
    ("text", "amount", "found"),
    [
        ("¥1,480×2本", 2960, (2, "本", 1480)),
        ("3人日 × 52,000円", 156000, (3, "人日", 52000)),
        ("1,200 4", 4800, (4, None, 1200)),
        ("1,200 4", 4801, None),
        ("1,200", 1200, None),
        ("770円×1式", -770, (1, "式", -770)),
    ],
)
def test_count_and_price_in_one_cell(text, amount, found):
    assert in_one_cell(text, Decimal(amount)) == found


@pytest.mark.parametrize(
    ("count", "price", "amount", "found"),
    [
        ("×480", "12", 5760, (480, None, 12)),
        ("(480)", "12", 5760, (480, None, 12)),
        ("約500個", "@8", 4000, (500, "個", 8)),
        ("×480", "12", 5761, None),
        ("2.5", "100", 250, None),
        ("", "100", 100, None),
        ("0", "100", 0, None),
    ],
)
def test_count_and_price_stay_in_the_columns_they_were_read_in(count, price, amount, found):
    assert each_in_its_cell(count, price, Decimal(amount)) == found
