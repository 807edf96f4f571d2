from datetime import date
from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from app.web.format import attachment, harmless_name
from app.web.queries import find_amount, find_day, parse_query, query_string

NAMES = st.sampled_from(
    [
        *("date_from", "date_to", "amount_min", "amount_max", "counterparty", "words", "type", "state", "order"),
        *(
            "received_from",
            "received_to",
            "due_from",
            "due_to",
            "filed_from",
            "filed_to",
            "assumed",
            "counterparty_exact",
            "page",
            "x",
        ),
    ]
)
VALUES = st.one_of(st.text(max_size=300), st.sampled_from(["2026", "R8.10.31", "11万", "invoice", "filed", "-1", "1"]))


@given(st.lists(st.tuples(NAMES, VALUES), max_size=40))
def test_any_parameters_give_a_query_whose_address_gives_it_again(pairs):
    parsed = parse_query(pairs, page_size=50)
    again = parse_query(parse_qsl(query_string(parsed.query)), page_size=50)
    if not parsed.problems:
        assert again.query == parsed.query


@given(st.dates(min_value=date(1900, 1, 1)))
def test_a_day_is_read_as_it_is_written(day):
    for text in (day.isoformat(), f"{day.year}/{day.month}/{day.day}", f"{day.year}年{day.month}月{day.day}日"):
        assert find_day(text) == day


@given(st.integers(min_value=-(10**14), max_value=10**14))
def test_an_amount_is_read_as_it_is_written(amount):
    assert find_amount(f"{amount:,}") == amount
    assert find_amount(f"¥{amount:,}-") == amount


@given(st.text(max_size=500))
def test_any_name_becomes_one_harmless_path_part(name):
    safe = harmless_name(name)
    assert safe
    assert len(safe.encode()) <= 200
    assert not set(safe) & set('/\\:*?"<>|\0\r\n')
    assert safe not in {".", ".."}
    assert not safe.startswith(".")
    assert harmless_name(safe) == safe
    assert attachment(name).isascii()
    assert attachment(name).isprintable()
