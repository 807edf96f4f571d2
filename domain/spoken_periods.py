"""Days and periods as people say them: 先月, 昨年度, 令和6年4月, 過去3か月, 10月1日から5日."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from domain.kanji_numbers import parse_kanji_number

_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "R": 2018, "H": 1988, "S": 1925}
_N = r"(?:\d{1,4}|[〇一二三四五六七八九十百元]{1,6})"
_ERA_YEAR = rf"(?:(?P<era>令和|平成|昭和)(?P<ey>{_N})年|(?<![A-Za-z])(?P<era_letter>[RHS])\.?(?P<eyl>\d{{1,2}})年)"
_RELATIVE_YEARS = {
    **dict.fromkeys(("今年", "本年", "当年"), 0),
    **dict.fromkeys(("昨年", "去年", "前年"), -1),
    **dict.fromkeys(("一昨年", "おととし"), -2),
    "来年": 1,
}
_RELATIVE_FISCAL = {
    **dict.fromkeys(("今年度", "本年度", "当年度", "今期", "当期"), 0),
    **dict.fromkeys(("昨年度", "前年度", "去年度", "前期", "先期"), -1),
    **dict.fromkeys(("一昨年度", "前々年度", "前々期"), -2),
    **dict.fromkeys(("来年度", "翌年度", "来期", "翌期"), 1),
}
_RELATIVE_MONTHS = {"今月": 0, "当月": 0, "先月": -1, "前月": -1, "先々月": -2, "前々月": -2, "来月": 1, "翌月": 1}
_RELATIVE_DAYS = {
    **dict.fromkeys(("今日", "本日", "きょう", "今朝"), 0),
    **dict.fromkeys(("昨日", "きのう"), -1),
    **dict.fromkeys(("一昨日", "おととい"), -2),
    "明日": 1,
}
_RELATIVE_WEEKS = {"今週": 0, "先週": -1, "前週": -1, "先々週": -2, "来週": 1}
_NEARLY_A_YEAR = timedelta(days=360)


def _words(table: dict[str, int]) -> str:
    return "|".join(sorted(table, key=len, reverse=True))


def _part(name: str) -> str:
    return _PART.replace("{n}", name)


_YEAR_SAID = rf"(?:{_ERA_YEAR}|(?P<year>\d{{4}})年|(?P<ry>{_words(_RELATIVE_YEARS)})(?!度)の?)"
_PART = r"(?P<half{n}>上半期|下半期|上期|下期)|第?(?P<quarter{n}>[1-4一二三四])四半期|(?P<q{n}>[1-4])Q|Q(?P<p{n}>[1-4])"
_FISCAL = re.compile(
    rf"(?:(?P<rf>{_words(_RELATIVE_FISCAL)})|(?:(?P<era>令和|平成|昭和)(?P<ey>{_N})|(?P<year>\d{{4}}))年度)"
    rf"(?:の?(?:{_part('a')})|の?(?P<fend>末))?|{_part('b')}"
)
_ENDS_IN = re.compile(
    rf"(?:(?P<era>令和|平成|昭和)(?P<ey>{_N})|(?<![A-Za-z])(?P<letter>[RHS])\.?(?P<eyl>\d{{1,2}})|(?P<year>\d{{4}}))"
    r"(?:年|[./])(?P<month>1[0-2]|0?[1-9])月?期(?![間限日])"
)
_AGO = re.compile(
    rf"(?P<n>{_N})(?P<unit>日|週間|か月|ヶ月|カ月|ヵ月|ケ月|箇月|年)(?:ほど)?前(?!から|後)|(?P<same>(?:前年|昨年|去年)の?同月)"
)
_DATE = re.compile(
    rf"(?:{_YEAR_SAID}(?:(?P<month>{_N})月(?:(?P<day>{_N})日|(?P<part>上旬|中旬|下旬|末日?|初め))?|(?P<yend>末))?(?!\d*月?期)"
    r"|(?P<sy>\d{4})[-/.](?P<sm>\d{1,2})(?:[-/.](?P<sd>\d{1,2}))?(?![\d/])"
    r"|(?P<cy>(?:19|20)\d{2})(?P<cm>0[1-9]|1[0-2])(?P<cd>[0-2]\d|3[01])(?!\d)"
    r"|(?<![A-Za-z])(?P<le>[RHS])\.?(?P<ley>\d{1,2})[-/.](?P<lem>\d{1,2})(?:[-/.](?P<led>\d{1,2}))?(?![\d/])"
    rf"|(?P<rm>{_words(_RELATIVE_MONTHS)})(?:の?(?P<rd>{_N})日|の?(?P<rpart>上旬|中旬|下旬|末日?|初め))?"
    rf"|(?P<om>{_N})月(?:(?P<od>{_N})日|(?P<opart>上旬|中旬|下旬|末日?|初め))?(?!間|額|期)"
    r"|(?<![\d/])(?P<sdm>1[0-2]|0?[1-9])/(?P<sdd>[12]\d|3[01]|0?[1-9])(?![\d/])"
    rf"|(?P<rdays>{_words(_RELATIVE_DAYS)})|(?P<rw>{_words(_RELATIVE_WEEKS)}))"
)
_SINCE = re.compile(
    rf"(?:過去|直近|ここ|最近|この)の?(?P<n>{_N}|半)(?P<unit>日|週間|週|か月|ヶ月|カ月|ヵ月|ケ月|箇月|月|年)間?"
    rf"|(?P<n2>{_N})(?P<unit2>日|週間|か月|ヶ月|カ月|ヵ月|ケ月|箇月|年)(?:以内|前から)|(?P<half_year>半年)(?:以内|前から|間)|(?P<lately>最近|直近|近頃)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A period and how far it reaches in the text."""

    first: date
    last: date
    end: int
    """Where the words end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Years:
    """What periods hang on."""

    today: date
    """In Tokyo."""
    fiscal_end: Callable[[date], date]
    """Last day of the fiscal year that a day lies in."""
    ahead: timedelta = timedelta(0)
    """How far a month or a day without its year may lie ahead: nothing for days of papers, which are past."""


def period_at(text: str, at: int, years: Years, *, near: Said | None = None) -> Said | None:
    """The period whose words begin at a place of the text (NFKC), or None.

    ``near`` is the first of two: of "10月1日から5日" or "令和6年4月から6月" the second takes its year and month.
    """
    for pattern, read in (
        (_FISCAL, _fiscal),
        (_ENDS_IN, _ending_in),
        (_SINCE, _since),
        (_AGO, _ago),
        (_DATE, _date),
    ):
        match = pattern.match(text, at)
        if match is not None and match.end() > at:
            found = _guarded(read, match, years, near)
            if found is not None:
                return Said(first=found[0], last=found[1], end=match.end())
    alone = re.compile(rf"(?P<day>{_N})日").match(text, at) if near is not None else None
    if alone is not None and near is not None and (day := _number(alone["day"])) is not None:
        same = _day_of(near.first.year, near.first.month, day)
        return Said(first=same, last=same, end=alone.end()) if same else None
    return None


def _guarded(
    read: Callable[[re.Match[str], Years, Said | None], tuple[date, date] | None],
    match: re.Match[str],
    years: Years,
    near: Said | None,
) -> tuple[date, date] | None:
    try:
        return read(match, years, near)
    except (ValueError, OverflowError):
        return None  # a 31 February, a year 0: no period


def _number(text: str | None) -> int | None:
    if not text:
        return None
    return int(text) if text.isdecimal() else parse_kanji_number(text)


def _month(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _moved(day: date, months: int) -> tuple[int, int]:
    at = day.year * 12 + day.month - 1 + months
    return at // 12, at % 12 + 1


def _day_of(year: int, month: int, day: int) -> date | None:
    last = calendar.monthrange(year, month)[1]
    return date(year, month, day) if 1 <= day <= last else None


def _within(year: int, month: int, day: int | None, part: str | None) -> tuple[date, date] | None:
    first, last = _month(year, month)
    if day is not None:
        found = _day_of(year, month, day)
        return (found, found) if found else None
    match part:
        case "上旬" | "初め":
            return first, first.replace(day=10)
        case "中旬":
            return first.replace(day=11), first.replace(day=20)
        case "下旬":
            return first.replace(day=21), last
        case "末" | "末日":
            return last, last
        case _:
            return first, last


def _fiscal(match: re.Match[str], years: Years, _near: Said | None) -> tuple[date, date] | None:
    said = match.groupdict()
    this_end = years.fiscal_end(years.today)
    if said["rf"] is not None:
        ends_in = this_end.year + _RELATIVE_FISCAL[said["rf"]]
    elif said["ey"] is not None or said["year"] is not None:
        begins_in = _ERAS[said["era"]] + (_number(said["ey"]) or 0) if said["ey"] else int(said["year"])
        ends_in = begins_in if this_end.month == 12 else begins_in + 1
    else:
        ends_in = this_end.year
    last = years.fiscal_end(date(ends_in, this_end.month, 1))
    first = years.fiscal_end(date(ends_in - 1, this_end.month, 1)) + timedelta(days=1)
    if said["fend"]:
        return _month(last.year, last.month)
    half = said["halfa"] or said["halfb"]
    quarter = next((said[kind + n] for kind in ("quarter", "q", "p") for n in "ab" if said[kind + n]), None)
    if half:
        return _slice(first, last, 6, 0 if half.startswith("上") else 1)
    if quarter:
        return _slice(first, last, 3, (_number(quarter) or 1) - 1)
    return first, last


def _ending_in(match: re.Match[str], years: Years, _near: Said | None) -> tuple[date, date] | None:
    """2026年3月期: the fiscal year that ends in that month, where one does."""
    said, month = match.groupdict(), int(match["month"])
    era = said["era"] or said["letter"]
    year = _ERAS[era] + _counted(_number(said["ey"] or said["eyl"])) if era else int(said["year"])
    last = years.fiscal_end(date(year, month, 1))
    if (last.year, last.month) != (year, month):
        return None
    return years.fiscal_end(date(year - 1, month, 1)) + timedelta(days=1), last


def _ago(match: re.Match[str], years: Years, _near: Said | None) -> tuple[date, date] | None:
    """3日前 is a day, 3か月前 a month, 3年前 a year."""
    today = years.today
    if match["same"]:
        return _month(today.year - 1, today.month)
    number = _number(match["n"]) or 0
    if match["unit"] == "日":
        day = today - timedelta(days=number)
        return day, day
    if match["unit"] == "週間":
        monday = today - timedelta(days=today.weekday(), weeks=number)
        return monday, monday + timedelta(days=6)
    if match["unit"] == "年":
        return date(today.year - number, 1, 1), date(today.year - number, 12, 31)
    return _month(*_moved(today, -number))


def _slice(first: date, last: date, months: int, number: int) -> tuple[date, date]:
    def begin(of: int) -> date:
        year, month = _moved(first, of * months)
        return date(year, month, min(first.day, calendar.monthrange(year, month)[1]))

    end = begin(number + 1) - timedelta(days=1)
    return begin(number), last if (number + 1) * months == 12 else end


def _since(match: re.Match[str], years: Years, _near: Said | None) -> tuple[date, date] | None:
    today = years.today
    if match["lately"]:
        return today - timedelta(days=30), today
    count, unit = ("半", "年") if match["half_year"] else (match["n"] or match["n2"], match["unit"] or match["unit2"])
    if count == "半":
        if unit != "年":
            return None
        months = 6
    else:
        number = _number(count) or 0
        if unit in {"日", "週", "週間"}:
            return today - timedelta(days=number * (1 if unit == "日" else 7)), today
        months = number * 12 if unit == "年" else number
    year, month = _moved(today, -months)
    return date(year, month, min(today.day, calendar.monthrange(year, month)[1])), today


def _date(match: re.Match[str], years: Years, near: Said | None) -> tuple[date, date] | None:
    said, today = match.groupdict(), years.today
    if said["rdays"]:
        day = today + timedelta(days=_RELATIVE_DAYS[said["rdays"]])
        return day, day
    if said["rw"]:
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=_RELATIVE_WEEKS[said["rw"]])
        return monday, monday + timedelta(days=6)
    if said["rm"]:
        year, month = _moved(today, _RELATIVE_MONTHS[said["rm"]])
        if near is not None and near.last - near.first >= _NEARLY_A_YEAR:  # 去年の今月
            year = near.first.year + (month < near.first.month)
        return _within(year, month, _number(said["rd"]), said["rpart"])
    if said["cy"]:
        return _within(int(said["cy"]), int(said["cm"]), int(said["cd"]), None)
    if said["sy"]:
        return _within(int(said["sy"]), int(said["sm"]), _number(said["sd"]), None)
    if said["le"]:
        return _within(_ERAS[said["le"]] + int(said["ley"]), int(said["lem"]), _number(said["led"]), None)
    if said["om"] or said["sdm"]:
        return _without_year(said, today + years.ahead, near)
    year = _year(said, today)
    if said["yend"]:
        return _month(year, 12)
    if said["month"]:
        return _within(year, _number(said["month"]) or 0, _number(said["day"]), said["part"])
    return date(year, 1, 1), date(year, 12, 31)


def _year(said: dict[str, str | None], today: date) -> int:
    if said["era"]:
        return _ERAS[said["era"]] + _counted(_number(said["ey"]))
    if said["era_letter"]:
        return _ERAS[said["era_letter"]] + _counted(int(said["eyl"] or 0))
    if said["ry"]:
        return today.year + _RELATIVE_YEARS[said["ry"]]
    return int(said["year"] or 0)


def _counted(year: int | None) -> int:
    if not year:
        msg = "years of an era count from 1"
        raise ValueError(msg)
    return year


def _without_year(said: dict[str, str | None], today: date, near: Said | None) -> tuple[date, date] | None:
    """The newest such month or day that has begun; after another period, the first that does not lie before it."""
    month = _number(said["om"] or said["sdm"]) or 0
    day = _number(said["od"] or said["sdd"])
    if not 1 <= month <= 12:
        return None
    if near is not None:
        year = near.first.year + (month < near.first.month)
    else:
        year = today.year - (date(today.year, month, 1) > today)
    found = _within(year, month, day, said["opart"])
    if near is None and found is not None and found[0] > today:
        found = _within(year - 1, month, day, said["opart"])
    return found
