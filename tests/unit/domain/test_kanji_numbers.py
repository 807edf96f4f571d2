import pytest

from domain.kanji_numbers import format_kanji_number, parse_kanji_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("元", 1),
        ("十", 10),
        ("二十一", 21),
        ("二〇二六", 2026),
        ("壱百万", 1_000_000),
        ("三千二百万", 32_000_000),
        ("拾弐億", 1_200_000_000),
    ],
)
def test_read(text, number):
    assert parse_kanji_number(text) == number


@pytest.mark.parametrize("text", ["", "万", "二万億", "abc", "一" * 40])
def test_not_a_number(text):
    with pytest.raises(ValueError, match=r"kanji number|no digits"):
        parse_kanji_number(text)


def test_range():
    assert format_kanji_number(0) == "〇"
    for number in (-1, 10**16):
        with pytest.raises(ValueError, match="from 0"):
            format_kanji_number(number)
