from datetime import date

import pytest

from domain.dates import DateOrder, era_of, find_dates, format_date, parse_date

NEAR = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("令和6年10月31日", date(2024, 10, 31)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("令和 8 年 11 月 21 日", date(2026, 11, 21)),
        ("平成31年4月30日", date(2019, 4, 30)),
        ("平成33年3月31日", date(2021, 3, 31)),
        ("昭和63年1月7日", date(1988, 1, 7)),
        ("㋿8年11月21日", date(2026, 11, 21)),
        ("令和八年十一月二十一日", date(2026, 11, 21)),
        ("二〇二六年十一月二十一日", date(2026, 11, 21)),
        ("R8.11.21", date(2026, 11, 21)),
        ("R08/11/21", date(2026, 11, 21)),
        ("H30.4.1", date(2018, 4, 1)),
        ("8.11.21", date(2026, 11, 21)),
        ("'26.11.21", date(2026, 11, 21)),
        ("26.11.21", date(2026, 11, 21)),
        ("2026/11/21", date(2026, 11, 21)),
        ("2026-11-21", date(2026, 11, 21)),
        ("2026. 11. 21", date(2026, 11, 21)),
        ("２０２６年１１月２１日", date(2026, 11, 21)),
        ("20261121", date(2026, 11, 21)),
        ("2026年 1月 5日", date(2026, 1, 5)),
        ("26年11月21日", date(2026, 11, 21)),
    ],
)
def test_japanese_forms(text, day):
    assert parse_date(text, near=NEAR) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("30-05-2018", date(2018, 5, 30)),
        ("26/06/18", date(2018, 6, 26)),
        ("21.04.2020", date(2020, 4, 21)),
        ("Apr 12 2019", date(2019, 4, 12)),
        ("12 Apr 2019", date(2019, 4, 12)),
        ("April 12th, 2019", date(2019, 4, 12)),
        ("7. Mai 2014", date(2014, 5, 7)),
        ("24. Januar 2014", date(2014, 1, 24)),
        ("19 april 2014", date(2014, 4, 19)),
        ("28 MAR 18", date(2018, 3, 28)),
        ("05-AUG-2017", date(2017, 8, 5)),
        ("2018-03-23", date(2018, 3, 23)),
        ("8-9-2022", date(2022, 9, 8)),
    ],
)
def test_foreign_forms(text, day):
    assert parse_date(text, order=DateOrder.DAY_FIRST, near=NEAR) == day


@pytest.mark.parametrize(
    "text",
    [
        "令和元年4月30日",
        "2026/13/01",
        "2026年2月30日",
        "03-1234-5678",
        "〒100-0001",
        "10:30",
        "20XX年XX月XX日",
        "第2.1条",
    ],
)
def test_what_is_no_date(text):
    assert find_dates(text, near=NEAR) == ()


def test_a_time_glued_to_the_date():
    assert [f.day for f in find_dates("2026/08/0412:43:06")] == [date(2026, 8, 4)]
    found = find_dates("07.04.2014:38", order=DateOrder.DAY_FIRST, near=NEAR)
    assert [(f.day, f.raw) for f in found] == [(date(2020, 4, 7), "07.04.20")]


def test_day_and_month_that_can_be_swapped_are_reported():
    (found,) = find_dates("04/03/18", order=DateOrder.DAY_FIRST, near=NEAR)
    assert (found.day, found.alternatives) == (date(2018, 3, 4), (date(2018, 4, 3),))
    assert not find_dates("26/06/18", order=DateOrder.DAY_FIRST, near=NEAR)[0].ambiguous
    (american,) = find_dates("04/03/2018", order=DateOrder.MONTH_FIRST, near=NEAR)
    assert american.day == date(2018, 4, 3)


def test_a_year_without_era_is_read_by_the_day_of_receipt():
    (found,) = find_dates("8.11.21", near=date(2026, 12, 1))
    assert (found.day, found.year_assumed, found.ambiguous) == (date(2026, 11, 21), True, False)
    (older,) = find_dates("30.4.1", near=date(2018, 6, 1))
    assert older.day == date(2018, 4, 1)
    assert find_dates("2026.11.21")[0].year_assumed is False


def test_two_readings_of_a_short_year_stand_against_each_other():
    (found,) = find_dates("20.5.1", near=date(2021, 1, 1))
    assert found.day == date(2020, 5, 1)
    (rival,) = find_dates("25.5.1", near=date(2026, 1, 1))
    assert not rival.ambiguous
    (close,) = find_dates("10.5.1", near=date(2014, 1, 1))
    assert close.day == date(2010, 5, 1)


def test_places_count_in_the_text_as_printed():
    text = "発行日：２０２６年１１月２１日（土）"
    (found,) = find_dates(text)
    assert text[found.start : found.end] == found.raw == "２０２６年１１月２１日"


def test_one_date_only():
    with pytest.raises(ValueError, match="not a date"):
        parse_date("2026/01/01から2026/02/01")
    with pytest.raises(ValueError, match="not a date"):
        parse_date("発行日 2026/01/01")


def test_eras():
    assert era_of(date(2019, 5, 1)) == ("令和", 1)
    assert era_of(date(2019, 4, 30)) == ("平成", 31)
    assert format_date(date(2019, 5, 1).replace(day=2)) == "2019-05-02"
    with pytest.raises(ValueError, match="era"):
        era_of(date(1700, 1, 1))


@pytest.mark.parametrize("text", ["令和万年1月1日", "二〇二六年万月一日", "20.5.3.1", "5.3.8 条"])
def test_numerals_that_are_no_number(text):
    assert find_dates(text, order=DateOrder.DAY_FIRST) == ()


def test_short_years_without_a_reference_day():
    (found,) = find_dates("8.11.21")
    assert found.day == date(2008, 11, 21)
    assert date(2026, 11, 21) in found.alternatives
    (showa,) = find_dates("63.1.7", near=date(1988, 2, 1))
    assert showa.day == date(1988, 1, 7)
    assert find_dates("99.12.31", near=date(2026, 1, 1)) == ()


def test_month_first():
    (found,) = find_dates("11/12/17", order=DateOrder.MONTH_FIRST, near=NEAR)
    assert (found.day, found.alternatives) == (date(2017, 11, 12), (date(2017, 12, 11),))
    (equal,) = find_dates("05/05/2018", order=DateOrder.DAY_FIRST, near=NEAR)
    assert not equal.ambiguous


def test_a_house_number_is_no_date_but_a_short_date_with_its_time_is():
    assert find_dates("大阪市北区10-11-12", near=NEAR) == ()
    assert [f.day for f in find_dates("26-11-21 14:32", near=NEAR)] == [date(2026, 11, 21)]
    assert [f.day for f in find_dates("26-11-21", near=NEAR)] == [date(2026, 11, 21)]


def test_a_century_of_a_named_month():
    assert [f.day for f in find_dates("28 MAR 18", order=DateOrder.DAY_FIRST, near=NEAR)] == [date(2018, 3, 28)]
    assert [f.day for f in find_dates("28 MAR 85", order=DateOrder.DAY_FIRST, near=NEAR)] == [date(1985, 3, 28)]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("'25/12/098:19", [date(2025, 12, 9)]),
        ("2026.05.249:15", [date(2026, 5, 24)]),
        ("2026/10/148:35", [date(2026, 10, 14)]),  # 48:35 is no time of day
        ("2024/10/112:43", []),  # the 1st at 12:43, or the 11th at 2:43
    ],
)
def test_a_day_that_runs_into_the_hour_behind_it(text, days):
    assert [f.day for f in find_dates(text)] == days


@pytest.mark.parametrize(
    ("text", "torn"), [("27 032018", True), ("27/032018", True), ("2703/2018", True), ("27/03/18502:32 PM", False)]
)
def test_a_day_of_which_a_mark_was_not_read(text, torn):
    (found,) = find_dates(text, order=DateOrder.DAY_FIRST, near=date(2020, 1, 1))
    assert (found.day, found.torn) == (date(2018, 3, 27), torn)
    assert found.ambiguous >= torn


@pytest.mark.parametrize("text", ["27032018", "32 032018", "27 132018", "A27 032018"])
def test_digits_without_any_mark_are_no_day(text):
    assert find_dates(text, order=DateOrder.DAY_FIRST, near=date(2020, 1, 1)) == ()
