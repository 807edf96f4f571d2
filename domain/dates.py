"""Dates as documents print them (law: extraction conventions): wareki, western, kanji, compact and foreign forms.

A reading never guesses silently: where the same characters can mean another day, that day is among ``alternatives``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.folding import Folded, fold
from domain.kanji_numbers import NUMERAL_CHARACTERS, format_kanji_number, parse_kanji_number


class DateOrder(StrEnum):
    """How a document writes dates whose order the digits do not show."""

    YEAR_FIRST = "year_first"
    """Japanese: 26/11/21 is 2026-11-21."""
    DAY_FIRST = "day_first"
    """European, Malaysian, Indian …: 21/11/26."""
    MONTH_FIRST = "month_first"
    """United States: 11/21/26."""


class DateStyle(StrEnum):
    """Forms that ``format_date`` writes."""

    ISO = "iso"
    SLASHES = "slashes"
    KANJI = "kanji"
    WAREKI = "wareki"
    WAREKI_KANJI = "wareki_kanji"
    WAREKI_SHORT = "wareki_short"
    COMPACT = "compact"
    FULL_WIDTH = "full_width"
    DAY_FIRST = "day_first"
    DOTTED_DAY_FIRST = "dotted_day_first"
    ENGLISH = "english"
    AMERICAN = "american"
    GERMAN = "german"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDate:
    """A date found in a text."""

    day: date
    start: int
    """In the text as given; half-open."""
    end: int
    raw: str
    """As printed."""
    alternatives: tuple[date, ...] = ()
    """Other days that the same characters could mean and that are not absurd."""
    year_assumed: bool = False
    """The century or era is not printed (26.11.21, 8.11.21)."""
    torn: bool = False
    """A mark between its parts was not read (27 032018)."""

    @property
    def ambiguous(self) -> bool:
        """True where another reading stands against this one, or a part of it was not read."""
        return bool(self.alternatives) or self.torn


@dataclass(frozen=True, slots=True)
class _Era:
    name: str
    letter: str
    first: date
    offset: int


ERAS = (
    _Era("令和", "R", date(2019, 5, 1), 2018),
    _Era("平成", "H", date(1989, 1, 8), 1988),
    _Era("昭和", "S", date(1926, 12, 25), 1925),
    _Era("大正", "T", date(1912, 7, 30), 1911),
    _Era("明治", "M", date(1868, 1, 25), 1867),
)
_ERA_BY_NAME = {key: era for era in ERAS for key in (era.name, era.letter)}

CREDIBLE_YEARS = 10
"""A second reading of a two-digit year counts as rival when it lies at most this long before the reference day: the
longest retention period of business papers (law: ret-corp-loss); an older paper hardly arrives."""
_FUTURE = timedelta(days=400)

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january januar januari jan jän janv janvier",
            "february februar februari feb fév février",
            "march märz maart mar mär mrz mars",
            "april apr avr avril",
            "may mai mei",
            "june juni jun juin",
            "july juli jul juil juillet",
            "august aug augustus août",
            "september sept sep septembre",
            "october oktober oct okt octobre",
            "november nov novembre",
            "december dezember dec dez dés décembre",
        ),
        1,
    )
    for name in names.split()
}
_MONTH = "(?P<b>" + "|".join(sorted(map(re.escape, _MONTHS), key=len, reverse=True)) + r")\.?"
_N = rf"(?:\d{{1,2}}|[{NUMERAL_CHARACTERS}元]{{1,3}})"
_ERA = "令和|平成|昭和|大正|明治|[RHSTM]"
_SEP = r"\s*(?P<sep>[./\-・])\s*"
_GLUED = (
    r"\d{2}(?=\d{2}:\d{2})|(?:0\d|\d[3-9])(?=\d:\d{2})|\d2(?=[4-9]:\d{2})|(?<=[./\-]0\d[./\-])\d{2}(?=\d:\d{2})"
    r"|\d{2}(?=\d[0-5]\d:[0-5]\d(?!\d))"
)
"""A day (or a short year) that runs into the time behind it: 2026/10/148:35 is the 14th, since 48:35 is no time of day;
27/06/18502:32 is 5:02:32 with a colon lost."""
_DAY2 = rf"(?P<d>{_GLUED}|\d{{1,2}}(?!\d|\s*[./]\s*\d))"

_MINUTES = re.compile(r":[0-5]\d(?!\d)")
_WAREKI = re.compile(rf"(?<![A-Za-z])(?P<era>{_ERA})\s*(?P<y>{_N})\s*年\s*(?P<m>{_N})\s*月\s*(?P<d>{_N})\s*日")
_WAREKI_SHORT = re.compile(
    rf"(?<![A-Za-z0-9])(?P<era>{_ERA})\.?\s*(?P<y>元|\d{{1,2}}){_SEP}(?P<m>\d{{1,2}})\s*(?P=sep)\s*{_DAY2}"
)
_KANJI = re.compile(
    rf"(?P<y>(?<![\d元{NUMERAL_CHARACTERS}])(?:\d{{4}}|'?\d{{2}}|[〇零一二三四五六七八九]{{4}}"
    rf"|二千[〇零一二三四五六七八九十]{{0,4}})|(?<=\d)20\d{{2}})"  # a number stands right before it
    rf"\s*年\s*(?P<m>{_N})\s*月\s*(?P<d>{_N})\s*日"
)
_YEAR_FIRST = re.compile(rf"(?<![\d./-])(?P<y>(?:19|20)\d{{2}}){_SEP}(?P<m>\d{{1,2}})\s*(?P=sep)\s*{_DAY2}")
_COMPACT = re.compile(r"(?<![\dA-Za-z./-])(?P<y>(?:19|20)\d{2})(?P<m>[01]\d)(?P<d>[0-3]\d)(?![\dA-Za-z./-])")
_DAY_FIRST = re.compile(
    rf"(?<![\d./-])(?P<d>\d{{1,2}}){_SEP}(?P<m>\d{{1,2}})\s*(?P=sep)\s*(?P<y>(?:19|20)\d{{2}})(?![\d]|:\d)"
)
_SHORT = re.compile(
    rf"(?<![\d./\-A-Za-z])(?P<q>'?)(?P<x>\d{{1,2}}){_SEP}(?P<y>\d{{1,2}})\s*(?P=sep)\s*"
    rf"(?P<z>{_GLUED}|\d{{1,2}}(?![\d]|\s*[./-]\s*\d|:\d))"
)
_NAMED_DAY = re.compile(
    rf"(?<![\d./])(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[\s.\-/,]*(?<![A-Za-z]){_MONTH}[\s.\-/,']*(?P<y>(?:19"
    rf"|20)\d{{2}}|\d{{2}})(?![\d:])",
    re.IGNORECASE,
)
_NAMED_MONTH = re.compile(
    rf"(?<![A-Za-z]){_MONTH}\s*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s*[,.]?\s*(?P<y>(?:19|20)\d{{2}})(?!\d)", re.IGNORECASE
)

_TORN = re.compile(
    r"(?<![\d./\-A-Za-z])(?P<d>0[1-9]|[12]\d|3[01])(?P<s>[\s./-]?)(?P<m>0[1-9]|1[0-2])(?P<t>[\s./-]?)"
    r"(?P<y>20\d{2})(?![\d./-])"
)
"""Day, month and year with one of the marks between them lost, or both faded to a space."""


def find_dates(
    text: str, *, order: DateOrder = DateOrder.YEAR_FIRST, near: date | None = None
) -> tuple[FoundDate, ...]:
    """Every date in a text, from left to right, without overlaps.

    ``order`` decides what 04/03/18 means; ``near`` (day of receipt or today) decides what 8.11.21 means.
    """
    folded = fold(text)
    taken: list[FoundDate] = []
    for pattern, read in _READERS:
        for match in pattern.finditer(folded.text):
            if any(_overlaps(folded, match, other) for other in taken):
                continue
            readings = tuple(dict.fromkeys((*read(match, order, near), *_run_into_time(folded.text, match))))
            if not readings:
                continue
            start, end = folded.span(match.start(), match.end())
            taken.append(
                FoundDate(
                    day=readings[0],
                    start=start,
                    end=end,
                    raw=text[start:end],
                    alternatives=readings[1:],
                    year_assumed=pattern is _SHORT
                    or (pattern in {_KANJI, _NAMED_DAY} and len(match["y"].strip("'")) < 4),
                    torn=pattern is _TORN,
                )
            )
    return tuple(sorted(taken, key=lambda found: found.start))


def _run_into_time(text: str, match: re.Match[str]) -> Iterator[date]:
    """2026/9/19:12 can be the 1st at 9:12, as well as the 19th with a colon before what follows."""
    if match.re is _YEAR_FIRST and len(match["d"]) == 2 and _MINUTES.match(text, match.end()):
        yield from _day(int(match["y"]), int(match["m"]), int(match["d"][0]))


def parse_date(
    text: str, *, order: DateOrder = DateOrder.YEAR_FIRST, near: date | None = None, certain: bool = False
) -> date:
    """The one date that a text consists of; ``certain``: only where its characters can mean no other day.

    Raises:
        ValueError: not exactly one date, or other words beside it.
    """
    found = find_dates(text, order=order, near=near)
    guessed = certain and any(one.ambiguous or one.year_assumed for one in found)
    if len(found) != 1 or guessed or text[: found[0].start].strip() or text[found[0].end :].strip():
        msg = f"not a date: {text[:40]!r}"
        raise ValueError(msg)
    return found[0].day


def era_of(day: date) -> tuple[str, int]:
    """Era and year, e.g. ("令和", 8).

    Raises:
        ValueError: before Meiji.
    """
    for era in ERAS:
        if day >= era.first:
            return era.name, day.year - era.offset
    msg = "no era is known for this day"
    raise ValueError(msg)


def format_date(day: date, style: DateStyle = DateStyle.ISO) -> str:
    """Write a day in one of the forms that documents print."""
    writers: dict[DateStyle, Callable[[date], str]] = {
        DateStyle.ISO: date.isoformat,
        DateStyle.SLASHES: lambda d: f"{d.year}/{d.month:02}/{d.day:02}",
        DateStyle.KANJI: lambda d: f"{d.year}年{d.month}月{d.day}日",
        DateStyle.WAREKI: lambda d: _wareki(d, str),
        DateStyle.WAREKI_KANJI: lambda d: _wareki(d, format_kanji_number),
        DateStyle.WAREKI_SHORT: _wareki_short,
        DateStyle.COMPACT: lambda d: f"{d.year}{d.month:02}{d.day:02}",
        DateStyle.FULL_WIDTH: lambda d: f"{d.year}年{d.month}月{d.day}日".translate(_FULL_WIDTH),
        DateStyle.DAY_FIRST: lambda d: f"{d.day:02}/{d.month:02}/{d.year}",
        DateStyle.DOTTED_DAY_FIRST: lambda d: f"{d.day:02}.{d.month:02}.{d.year}",
        DateStyle.ENGLISH: lambda d: f"{d.day} {_ENGLISH[d.month - 1]} {d.year}",
        DateStyle.AMERICAN: lambda d: f"{_ENGLISH[d.month - 1][:3]} {d.day}, {d.year}",
        DateStyle.GERMAN: lambda d: f"{d.day}. {_GERMAN[d.month - 1]} {d.year}",
    }
    return writers[style](day)


_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_ENGLISH = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_GERMAN = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni"),
    *("Juli", "August", "September", "Oktober", "November", "Dezember"),
)


def _wareki(day: date, write: Callable[[int], str]) -> str:
    era, year = era_of(day)
    return f"{era}{'元' if year == 1 else write(year)}年{write(day.month)}月{write(day.day)}日"


def _wareki_short(day: date) -> str:
    era, year = era_of(day)
    letter = next(e.letter for e in ERAS if e.name == era)
    return f"{letter}{year}.{day.month}.{day.day}"


def _overlaps(folded: Folded, match: re.Match[str], other: FoundDate) -> bool:
    start, end = folded.span(match.start(), match.end())
    return start < other.end and other.start < end


def _number(text: str) -> int:
    text = text.strip("'")
    return int(text) if text.isdecimal() else parse_kanji_number(text)


def _day(year: int, month: int, day: int) -> Iterator[date]:
    try:
        yield date(year, month, day)
    except ValueError:
        return


def _read_era(match: re.Match[str], _order: DateOrder, _near: date | None) -> Iterator[date]:
    era = _ERA_BY_NAME[match["era"]]
    try:
        year, month, day = (_number(match[k]) for k in "ymd")
    except ValueError:
        return
    # 平成33年 is still printed on papers made before the change of era: only days before an era are refused.
    yield from (d for d in _day(year + era.offset, month, day) if d >= era.first and year >= 1)


def _read_western(match: re.Match[str], order: DateOrder, near: date | None) -> Iterator[date]:
    try:
        year, month, day = (_number(match[k]) for k in "ymd")
    except ValueError:
        return
    if len(match["y"].strip("'")) == 2 and match["y"].strip("'").isdecimal():
        yield from _short_year(year, month, day, near=near, western=match["y"].startswith("'"))
    else:
        yield from _day(year, month, day)
        if match.re is _DAY_FIRST:
            swapped = tuple(_day(year, day, month))
            if order is DateOrder.MONTH_FIRST or month != day:
                yield from swapped


def _read_day_first(match: re.Match[str], order: DateOrder, near: date | None) -> Iterator[date]:
    readings = tuple(_read_western(match, order, near))
    yield from reversed(readings) if order is DateOrder.MONTH_FIRST else readings


def _read_named(match: re.Match[str], _order: DateOrder, near: date | None) -> Iterator[date]:
    year = int(match["y"])
    month = _MONTHS[match["b"].lower()]
    if len(match["y"]) == 2:
        year += _century(year, near)
    yield from _day(year, month, int(match["d"]))


def _read_short(match: re.Match[str], order: DateOrder, near: date | None) -> Iterator[date]:
    x, y, z = int(match["x"]), int(match["y"]), int(match["z"])
    if match["q"] or order is DateOrder.YEAR_FIRST:
        if match["sep"] == "-" and not match["q"] and not _stands_for_a_day(match):
            return
        yield from _short_year(x, y, z, near=near, western=bool(match["q"]))
        return
    if len(match["z"]) != 2:  # 5.3.8 is a clause number abroad, not a date
        return
    year = z + _century(z, near)
    day_first, month_first = tuple(_day(year, y, x)), tuple(_day(year, x, y))
    yield from (*day_first, *month_first) if order is DateOrder.DAY_FIRST else (*month_first, *day_first)


def _stands_for_a_day(match: re.Match[str]) -> bool:
    """10-11-12 is a house number unless nothing else, or a time, stands beside it."""
    before, after = match.string[: match.start()].strip(), match.string[match.end() :].strip()
    return not before and (not after or re.match(r"(?:\(.\))?\s*\d{1,2}[:時]", after) is not None)


def _century(year: int, near: date | None) -> int:
    return 2000 if near is None or 2000 + year <= near.year + 10 else 1900


def _short_year(year: int, month: int, day: int, *, near: date | None, western: bool) -> Iterator[date]:
    """Readings of a two-digit (or one-digit) year: western and by era; the one nearest to ``near`` first."""
    years = [2000 + year]
    if not western and 1 <= year <= 31:
        years += [2018 + year, 1988 + year]
    elif not western and year <= 64:
        years.append(1925 + year)
    days = [d for y in dict.fromkeys(years) for d in _day(y, month, day)]
    if near is None:
        yield from days
        return
    past = sorted((d for d in days if d <= near + _FUTURE), key=lambda d: abs((near - d).days))
    limit = near - timedelta(days=366 * CREDIBLE_YEARS)
    yield from past[:1]
    yield from (d for d in past[1:] if d >= limit)


def _read_torn(match: re.Match[str], order: DateOrder, _near: date | None) -> Iterator[date]:
    """Only where the paper writes the day first, and something stands between two of the three."""
    if order is DateOrder.DAY_FIRST and (match["s"] or match["t"]):
        yield from _day(int(match["y"]), int(match["m"]), int(match["d"]))


_Reader = Callable[[re.Match[str], DateOrder, "date | None"], Iterator[date]]
_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (_WAREKI, _read_era),
    (_KANJI, _read_western),
    (_WAREKI_SHORT, _read_era),
    (_YEAR_FIRST, _read_western),
    (_DAY_FIRST, _read_day_first),
    (_NAMED_DAY, _read_named),
    (_NAMED_MONTH, _read_named),
    (_SHORT, _read_short),
    (_COMPACT, _read_western),
    (_TORN, _read_torn),
)
