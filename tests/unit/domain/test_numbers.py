"""Numbers from outside have a size that somebody means, or they are refused before anything is done with them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli.options import parse_amount
from app.web.queries import find_amount
from domain.amounts import find_amounts
from domain.corrections import parse_value
from domain.errors import ConfigError, CorrectionInvalid
from domain.fields import number_to_plain
from domain.numbers import MOST, MOST_COUNT, bounded, decimal_in, whole_in
from domain.spoken_amounts import amount_at

EXPLODING = ("1e5000", "1e1000000", "-1E+999999", "0e1000000", "1e-1000000", "nan", "-inf", "9" * 16, "9" * 5000)


@pytest.mark.parametrize("text", EXPLODING)
def test_a_short_text_never_stands_for_a_number_that_takes_minutes(text):
    with pytest.raises(ValueError, match="number"):
        decimal_in(text)
    assert whole_in(text) is None
    tables = (
        ("tax_breakdown", '[{"rate": "%s", "taxable": 1, "tax": 1}]'),
        ("line_items", '[{"description": "x", "amount": "%s"}]'),
        ("line_items", '[{"description": "x", "quantity": "%s"}]'),
    )
    for name, form in (("total_amount", "%s"), ("total_amount", "¥%s円"), *tables):
        with pytest.raises(CorrectionInvalid):
            parse_value(name, form % text)
    with pytest.raises(ConfigError):
        parse_amount(text, "--min")
    assert find_amount(text) is None


def test_what_lies_too_deep_is_no_table():
    with pytest.raises(CorrectionInvalid):
        parse_value("line_items", "[" * 20_000)
    with pytest.raises(CorrectionInvalid):
        parse_value("line_items", '[{"description": "x", "amount": 1e400}]')


@pytest.mark.parametrize("text", ["¥100,000,000億円", "100,000,000,000,000,000円以上"])
def test_an_amount_in_a_sentence_has_the_limit_of_one_in_a_box(text):
    assert amount_at(text, 0) is None


def test_kanji_on_a_paper_have_it_too():
    assert find_amounts("金" + "九" * 23 + "兆円也") == ()
    assert [one.value for one in find_amounts("金九百九十九兆円也")] == [999 * 10**12]


@given(st.text(max_size=30) | st.decimals().map(str) | st.integers().map(str))
def test_what_is_taken_can_be_written_out(text):
    try:
        number = decimal_in(text)
    except ValueError:
        return
    assert len(str(number_to_plain(number))) <= 28
    assert abs(number) <= MOST + 1


@given(st.integers(-10, 2 * MOST_COUNT))
def test_whole_numbers_are_ascii_digits_within_their_limits(number):
    assert whole_in(str(number)) == (number if 0 <= number <= MOST_COUNT else None)
    assert whole_in(f"{number}", least=3, most=5) == (number if 3 <= number <= 5 else None)


def test_other_digits_and_signs_are_no_whole_number():
    assert [whole_in(text) for text in ("", "٣", "+1", "1_0", " 1", "1.0", "²")] == [None] * 7
    assert (whole_in("007"), bounded(Decimal(MOST)), bounded(Decimal("0.00"))) == (7, MOST, 0)
