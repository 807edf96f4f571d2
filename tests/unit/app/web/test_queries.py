from datetime import date
from decimal import Decimal
from urllib.parse import parse_qsl

import pytest

from app.web.queries import (
    MAX_TEXT,
    find_amount,
    find_day,
    has_conditions,
    parse_conditions,
    parse_query,
    query_string,
)
from domain.fields import DocumentType
from domain.ids import Origin
from domain.query import Query
from domain.record import DocumentState


@pytest.mark.parametrize(
    ("text", "end", "day"),
    [
        ("2026-10-31", False, date(2026, 10, 31)),
        ("2026/10/1", False, date(2026, 10, 1)),
        ("2026.10.31", False, date(2026, 10, 31)),
        ("20261031", False, date(2026, 10, 31)),
        ("２０２６／１０／３１", False, date(2026, 10, 31)),
        ("令和8年10月31日", False, date(2026, 10, 31)),
        ("R8.10.31", False, date(2026, 10, 31)),
        ("r8/10/31", False, date(2026, 10, 31)),
        ("令和元年5月1日", False, date(2019, 5, 1)),
        ("平成31年4月30日", False, date(2019, 4, 30)),
        ("2026/10", False, date(2026, 10, 1)),
        ("2026/10", True, date(2026, 10, 31)),
        ("2026年2月", True, date(2026, 2, 28)),
        ("2026", False, date(2026, 1, 1)),
        ("2026", True, date(2026, 12, 31)),
        ("令和8年", True, date(2026, 12, 31)),
        ("2026/02/30", False, None),
        ("2026/13/01", False, None),
        ("2026/13", True, None),
        ("0000/01/01", False, None),
        ("きのう", False, None),
        ("1/2/3", False, None),
        ("2026-10-31T00:00", False, None),
    ],
)
def test_days_as_people_type_them(text, end, day):
    assert find_day(text, end=end) == day


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("110000", 110000),
        ("110,000", 110000),
        ("¥110,000-", 110000),
        ("￥１１０，０００", 110000),
        ("11万", 110000),
        ("1.5億", 150_000_000),
        ("1億2000万", 120_000_000),
        ("3万5千", None),
        ("110000円", 110000),
        ("-500", -500),
        ("12.50", Decimal("12.50")),
        ("", None),
        ("万", None),
        ("1e9", None),
        ("NaN", None),
        ("Infinity", None),
        ("9" * 40, None),
        ("十万", None),
    ],
)
def test_amounts_as_people_type_them(text, amount):
    assert find_amount(text) == amount


@pytest.mark.parametrize(
    ("query_text", "expected"),
    [
        ("", Query()),
        (
            "date_from=2026/10&date_to=2026/10",
            Query(date_from=date(2026, 10, 1), date_to=date(2026, 10, 31)),
        ),
        ("amount_min=10万&amount_max=", Query(amount_min=Decimal(100000))),
        ("counterparty=+青空+", Query(counterparty="青空")),
        ("words=コピー用紙　トナー", Query(words=("コピー用紙", "トナー"))),
        ("words=a%00b", Query(words=("ab",))),
        (
            "type=invoice&type=receipt&type=invoice",
            Query(document_types=(DocumentType.INVOICE, DocumentType.RECEIPT)),
        ),
        ("state=needs_review", Query(states=(DocumentState.NEEDS_REVIEW,))),
        ("origin=paper_received", Query(origins=(Origin.PAPER_RECEIVED,))),
        (
            "date_blank=1&amount_blank=on&counterparty_blank=true",
            Query(date_blank=True, amount_blank=True, counterparty_blank=True),
        ),
        ("deleted=1", Query(include_deleted=True)),
        ("order=total_amount&page=3", Query(order="total_amount", offset=100)),
        ("utm=1&x=y", Query()),
    ],
)
def test_query_strings_become_queries(query_text, expected):
    parsed = parse_query(parse_qsl(query_text, keep_blank_values=True), page_size=50)
    assert parsed.query == expected
    assert not parsed.problems


@pytest.mark.parametrize(
    ("query_text", "problems"),
    [
        ("date_from=x", {"date_from": "bad_date"}),
        ("date_from=2026/2&date_to=2026/1", {"date_to": "from_after_to"}),
        ("amount_min=abc", {"amount_min": "bad_amount"}),
        ("amount_min=2&amount_max=1", {"amount_max": "min_over_max"}),
        ("type=novel", {"type": "bad_choice"}),
        ("state=lost&origin=mars", {"state": "bad_choice", "origin": "bad_choice"}),
        ("order=password", {"order": "bad_choice"}),
        ("order=--total_amount", {"order": "bad_choice"}),
        ("page=0", {"page": "bad_choice"}),
        ("page=-1", {"page": "bad_choice"}),
        ("page=99999999999999999999", {"page": "bad_choice"}),
        ("page=٣", {"page": "bad_choice"}),
    ],
)
def test_what_cannot_be_read_is_named_and_left_out(query_text, problems):
    parsed = parse_query(parse_qsl(query_text), page_size=50)
    assert dict(parsed.problems) == problems


@pytest.mark.parametrize(
    "query",
    [
        Query(),
        Query(date_from=date(2026, 1, 1), date_blank=True, order="-total_amount", offset=150),
        Query(
            amount_min=Decimal("10.5"), counterparty="A&B=C+D %", words=("x", "=1"), states=(DocumentState.TOMBSTONED,)
        ),
        Query(document_types=tuple(DocumentType), origins=tuple(Origin), include_deleted=True),
    ],
)
def test_a_query_survives_its_address(query):
    assert parse_query(parse_qsl(query_string(query)), page_size=50).query == query


def test_words_are_counted():
    parsed = parse_query([("words", " ".join("abcdefghijklmnopqrstuvwxyz" * 2))], page_size=50)
    assert len(parsed.query.words) == 32
    assert parsed.problems == {"words": "too_many_words"}


def test_sorting_and_paging_are_no_conditions():
    assert not has_conditions(Query(order="total_amount", offset=50, include_deleted=True))
    assert has_conditions(Query(amount_blank=True))


@pytest.mark.parametrize("name", ["words", "counterparty", "date_from", "type"])
def test_a_condition_that_is_too_long_is_named_and_never_cut(name):
    parsed = parse_query([(name, "a" * (MAX_TEXT + 1)), ("date_to", "2026-10-31")], page_size=50)
    assert parsed.problems[name] == "too_long"
    assert (parsed.query.words, parsed.query.counterparty) == ((), None)
    assert parse_query([("counterparty", "a" * MAX_TEXT)], page_size=50).problems == {}


def test_conditions_come_along_whole_or_not_at_all():
    full = Query(counterparty="青" * MAX_TEXT, words=("空" * MAX_TEXT,), date_from=date(2026, 1, 1))
    assert parse_conditions(query_string(full), page_size=50).query == full
    many = Query(words=tuple(f"{number}{'空' * 100}" for number in range(8)))
    assert parse_conditions(query_string(many), page_size=50).problems == {"q": "too_long"}
    few = Query(words=tuple(f"{number}{'x' * 100}" for number in range(8)))  # more than one box, in one parameter
    assert parse_conditions(query_string(few), page_size=50).query == few
