"""The worked examples of the facts sheet outside the dated rules, exactly as it gives them (law.md §4, §7, §12).

Those of the dated rules stand in ``tests/unit/compliance/cases/worked_examples.toml``.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from compliance.capture_quality import PAPERS, required_px
from compliance.rulepack import load_rulepack
from domain.amounts import find_amounts, parse_amount
from domain.dates import era_of, parse_date
from domain.kanji_numbers import parse_kanji_number
from domain.registration import check_digit, check_digit_ok
from extractors.fields.taxes import tax_fits
from storage.export.names import law_name


@pytest.mark.parametrize(
    ("number", "passes"),
    [
        ("7010705000725", True),
        ("4011001098993", True),
        ("7370003003519", True),
        ("1000020012131", True),
        ("8040001079502", True),
        ("1234567890123", False),
    ],
)
def test_check_digits(number, passes):
    """Law: inv-checkdigit, with its formula written out: the remainder of the sum, not of each product."""
    assert check_digit_ok(number) is passes
    products = (int(digit) * (1 if place % 2 else 2) for place, digit in enumerate(reversed(number[1:]), start=1))
    assert check_digit(number[1:]) == 9 - sum(products) % 9
    assert (int(number[0]) == check_digit(number[1:])) is passes


ERAS = [("令和", date(2019, 5, 1), 2018), ("平成", date(1989, 1, 8), 1988), ("昭和", date(1926, 12, 25), 1925)]
ERAS += [("大正", date(1912, 7, 30), 1911)]


@pytest.mark.parametrize(("name", "first", "offset"), ERAS)
def test_years_of_the_eras_on_both_sides_of_their_first_day(name, first, offset):
    assert era_of(first) == (name, 1) == (name, first.year - offset)
    before = era_of(first - timedelta(days=1))
    assert before[0] != name
    for year in ("元", "1"):
        assert parse_date(f"{name}{year}年{first.month}月{first.day}日") == first
    last = first - timedelta(days=1)
    assert parse_date(f"{before[0]}{before[1]}年{last.month}月{last.day}日") == last


@pytest.mark.parametrize(
    "text",
    [
        *("令和8年11月21日", "R8.11.21", "R08/11/21", "8.11.21", "'26.11.21", "2026年11月21日", "20261121"),
        *("㋿8年11月21日", "２０２６年１１月２１日"),
    ],
)
def test_forms_of_a_day(text):
    assert parse_date(text, near=date(2026, 11, 21)) == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        *(("¥1,234-", 1234), ("￥1,234※", 1234), ("金1,234円也", 1234), ("1,234円(税込)", 1234)),
        *(("1.2万円", 12_000), ("１２３，４５６円", 123_456), ("金壱百万円也", 1_000_000), ("\\1,234", 1234)),
        *(("▲1,234", -1234), ("△1,234円", -1234)),
    ],
)
def test_forms_of_an_amount(text, amount):
    (found,) = find_amounts(text)
    assert found.value == amount
    if "税込" not in text:
        assert parse_amount(text) == amount


@pytest.mark.parametrize(
    ("digits", "number"),
    [
        *(("壱", 1), ("弐", 2), ("参", 3), ("肆", 4), ("伍", 5), ("陸", 6), ("漆", 7), ("捌", 8), ("玖", 9)),
        *(("拾", 10), ("佰", 100), ("阡", 1000), ("仟", 1000), ("壱萬", 10_000), ("壱億", 100_000_000), ("零", 0)),
    ],
)
def test_daiji(digits, number):
    assert parse_kanji_number(digits) == number


def test_pixels_that_a_paper_needs():
    """Law: scan-resolution-tone: A4 wants 2338 × 1654, a receipt of 58 mm 457 across, of 80 mm 630."""
    rule = load_rulepack().get("scan.resolution", stored_at=date(2026, 11, 21))
    short, long = required_px(PAPERS["A4"], rule=rule)
    assert (long, short, long * short) == (2338, 1654, 3_867_052)
    assert required_px(PAPERS["receipt-58"], rule=rule)[0] == 457
    assert required_px(PAPERS["receipt-80"], rule=rule)[0] == 630


@pytest.mark.parametrize("name", ["㈱霞商店", "株式会社霞商店", "(株)霞商店", "株式会社 霞商店"])
def test_the_regular_file_name(name):
    """Law: search-alternatives."""
    assert law_name(date(2021, 1, 31), name, Decimal(110_000), "JPY") == "20210131_㈱霞商店_110000"


@pytest.mark.parametrize(
    ("taxable", "tax", "fits"),
    [
        *((1005, 100, True), (1005, 101, True), (1005, 99, False), (1005, 102, False)),  # net: 100.5
        *((1105, 100, True), (1105, 101, True)),  # gross: 100.45…
    ],
)
def test_tax_lies_between_floor_and_ceiling(taxable, tax, fits):
    """Law: inv-rounding: rounded once for each rate, by whatever method, on either basis."""
    assert tax_fits(Decimal(10), Decimal(taxable), Decimal(tax)) is fits
