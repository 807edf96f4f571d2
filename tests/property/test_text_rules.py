"""What is written by the formatters is read back; hostile text never raises."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.amounts import NumberStyle, find_amounts, format_decimal, format_yen, parse_amount
from domain.companies import company_key, split_company
from domain.dates import DateOrder, DateStyle, find_dates, format_date, parse_date
from domain.folding import fold
from domain.kanji_numbers import format_kanji_number, parse_kanji_number
from domain.registration import check_digit_ok, find_registration_numbers, with_check_digit

DAYS = st.dates(min_value=date(1930, 1, 1), max_value=date(2060, 12, 31))
FOREIGN = {DateStyle.DAY_FIRST, DateStyle.DOTTED_DAY_FIRST, DateStyle.ENGLISH, DateStyle.AMERICAN, DateStyle.GERMAN}
HOSTILE = st.text(
    alphabet=st.one_of(st.sampled_from("0123456789,.¥円年月日/-R令和元一二十百千万億T:％ｶﾞ㈱ー～() "), st.characters()),
    max_size=80,
)


@pytest.mark.parametrize("style", list(DateStyle))
@given(day=DAYS)
def test_dates(style, day):
    order = DateOrder.DAY_FIRST if style in FOREIGN else DateOrder.YEAR_FIRST
    assert parse_date(format_date(day, style), order=order) == day


@given(number=st.integers(min_value=0, max_value=10**16 - 1))
def test_kanji_numbers(number):
    assert parse_kanji_number(format_kanji_number(number)) == number


@given(amount=st.integers(min_value=-(10**11), max_value=10**11))
def test_yen(amount):
    assert parse_amount(format_yen(amount)) == amount


@given(amount=st.integers(min_value=1, max_value=10**11))
def test_yen_in_kanji(amount):
    assert parse_amount(format_yen(amount, kanji=True)) == amount


@given(cents=st.integers(min_value=0, max_value=10**12), style=st.sampled_from(NumberStyle))
def test_decimals(cents, style):
    amount = Decimal(cents) / 100
    assert parse_amount(format_decimal(amount, style), style=style) == amount


@given(base=st.from_regex(r"\A[0-9]{12}\Z"))
def test_registration_numbers(base):
    number = with_check_digit(base)
    assert check_digit_ok(number)
    assert [f.number for f in find_registration_numbers(f"登録番号 {number}")] == [number]


@given(text=HOSTILE)
def test_any_text_can_be_looked_through(text):
    near = date(2026, 11, 21)
    for order in DateOrder:
        for found in find_dates(text, order=order, near=near):
            assert text[found.start : found.end] == found.raw
    for amount in find_amounts(text):
        assert 0 <= amount.start < amount.end <= len(text)
    for number in find_registration_numbers(text):
        assert text[number.start : number.end] == number.raw
    assert isinstance(company_key(text), str)
    assert isinstance(split_company(text).core, str)


@given(text=HOSTILE)
def test_folding_keeps_places(text):
    folded = fold(text)
    assert len(folded.starts) == len(folded.text) + 1
    assert list(folded.starts) == sorted(folded.starts)
    if folded.text:
        assert folded.raw(0, len(folded.text)) == text
