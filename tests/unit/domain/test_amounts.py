from decimal import Decimal

import pytest

from domain.amounts import NumberStyle, detect_currency, detect_style, find_amounts, parse_amount


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("¥1,234-", 1234),
        ("￥１２３，４５６", 123456),
        ("\\5,930", 5930),
        ("金1,234円也", 1234),
        ("金壱百万円也", 1_000_000),
        ("金弐拾参万四千五百円也", 234_500),
        ("三百円", 300),
        ("1.2万円", 12_000),
        ("12万3,400円", 123_400),
        ("3億5,000万円", 350_000_000),
        ("1,200千円", 1_200_000),
        ("2百万円", 2_000_000),
        ("▲500", -500),
        ("△1,000円", -1000),
        ("-¥300", -300),
        ("¥-300", -300),
        ("¥1.300", 1300),
        ("¥1,234※", 1234),
        ("¥ 1, 234", 1234),
    ],
)
def test_yen(text, value):
    assert parse_amount(text) == value


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("EUR 17,06", "17.06", "EUR"),
        ("17,06 €", "17.06", "EUR"),
        ("RM51.30", "51.30", "MYR"),
        ("Rs 1939", "1939", "INR"),
        ("$1,234.50", "1234.50", "USD"),
        ("1.163,40", "1163.40", None),
        ("1,007.50", "1007.50", None),
        ("1163,40", "1163.40", None),
        ("-8,79", "-8.79", None),
    ],
)
def test_foreign(text, value, currency):
    (found,) = find_amounts(text)
    assert (found.value, found.currency) == (Decimal(value), currency)


@pytest.mark.parametrize(
    "text",
    [
        "10%対象",
        "消費税等 8%",
        "TEL 03-1234-5678",
        "T1234567890123",
        "2026/11/21",
        "12:30",
        "No.123",
        "A4",
        "x1234567890123456789012",
    ],
)
def test_what_is_no_amount(text):
    assert find_amounts(text) == ()


def test_style_decides_three_digits_after_one_mark():
    assert find_amounts("1.234")[0].value == 1234
    assert find_amounts("1.234", style=NumberStyle.POINT)[0].value == Decimal("1.234")
    assert find_amounts("1,234", style=NumberStyle.COMMA)[0].value == Decimal("1.234")


def test_marks_of_the_amount_that_counts():
    assert find_amounts("¥1,234-")[0].closed
    assert find_amounts("金1,234円也")[0].closed
    assert not find_amounts("¥1,234")[0].closed


def test_places_count_in_the_text_as_printed():
    text = "合計　￥１，２３４－（税込）"
    (found,) = find_amounts(text)
    assert text[found.start : found.end].startswith("￥１，２３４")
    assert found.raw.startswith("￥１，２３４")


def test_style_and_currency_of_a_document():
    assert detect_style("Summe 17,06 Netto 15,36") is NumberStyle.COMMA
    assert detect_style("Total 1,007.50 cash 50.00") is NumberStyle.POINT
    assert detect_style("合計 1,234") is None
    assert detect_currency("合計 ¥1,234 (内消費税 112円)") == "JPY"
    assert detect_currency("OGN GROUP SDN BHD total 52.40") == "MYR"
    assert detect_currency("Rechnung Total EUR 34,73") == "EUR"
    assert detect_currency("no money here") is None


def test_one_amount_only():
    with pytest.raises(ValueError, match="not an amount"):
        parse_amount("100円と200円")


def test_a_sign_makes_it_money():
    assert find_amounts("¥5")[0].marked
    assert not find_amounts("5")[0].marked


def test_what_cannot_be_an_amount_of_anything():
    assert find_amounts("1234567890123456789") == ()
    assert find_amounts("万円") == ()
    assert find_amounts("2.5%") == ()
    assert find_amounts("ab12,50") == ()


@pytest.mark.parametrize(
    ("text", "value"), [("R51.30", "51.30"), ("M 51.30", "51.30"), ("V4,321", "4321"), ("¥1,234.567", "1234567")]
)
def test_half_read_signs_and_commas(text, value):
    assert find_amounts(text)[-1].value == Decimal(value)


def test_currency_signs_tell_the_style():
    assert detect_style("8.00-20.00 Uhr, 14.00-17.00 Uhr, 50,00 €") is NumberStyle.COMMA
