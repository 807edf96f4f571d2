"""How dates, amounts and numbers are printed: many ways for the same value."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date

DayPrinter = Callable[[date], str]
YenPrinter = Callable[[int], str]

_WIDE = {ord(c): ord(c) + 0xFEE0 for c in "0123456789,-/.T"} | {ord("\u00a5"): 0xFFE5}
_KANJI = "〇一二三四五六七八九"
REIWA_OFFSET = 2018


def wide(text: str) -> str:
    """Digits and signs in full width."""
    return text.translate(_WIDE)


def kanji_number(number: int) -> str:
    """1 to 99 in kanji numerals."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _KANJI[tens] + "十"
    return head + (_KANJI[ones] if ones else "")


def _era_year(day: date) -> int:
    return day.year - REIWA_OFFSET


DAY_PRINTERS: dict[str, DayPrinter] = {
    "western_kanji": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "western_kanji_padded": lambda d: f"{d.year}年{d.month:02d}月{d.day:02d}日",
    "slashes": lambda d: f"{d.year}/{d.month:02d}/{d.day:02d}",
    "hyphens": lambda d: d.isoformat(),
    "dots": lambda d: f"{d.year}.{d.month}.{d.day}",
    "era": lambda d: f"令和{_era_year(d)}年{d.month}月{d.day}日",
    "era_spaced": lambda d: f"令和 {_era_year(d)} 年 {d.month} 月 {d.day} 日",
    "era_short": lambda d: f"R{_era_year(d)}.{d.month}.{d.day}",
    "wide": lambda d: wide(f"{d.year}年{d.month}月{d.day}日"),
    "era_wide": lambda d: wide(f"令和{_era_year(d)}年{d.month}月{d.day}日"),
    "era_kanji": lambda d: f"令和{kanji_number(_era_year(d))}年{kanji_number(d.month)}月{kanji_number(d.day)}日",
}

BUSINESS_DAYS = ("western_kanji", "western_kanji", "western_kanji_padded", "slashes", "slashes", "hyphens", "dots")
ERA_DAYS = ("era", "era", "era_spaced", "era_short", "era_wide", "wide")
CONTRACT_DAYS = ("era", "era", "western_kanji", "era_kanji", "era_wide", "era_spaced")

_WEEK = "月火水木金土日"

RECEIPT_DAYS: tuple[DayPrinter, ...] = (
    lambda d: f"{d.year}年{d.month:02d}月{d.day:02d}日({_WEEK[d.weekday()]})",
    lambda d: f"{d.year}/{d.month:02d}/{d.day:02d}({_WEEK[d.weekday()]})",
    lambda d: f"{d.year}/{d.month:2d}/{d.day:2d}",
    lambda d: f"{d.year}-{d.month:02d}-{d.day:02d}",
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f"'{d.year % 100:02d}/{d.month:02d}/{d.day:02d}",
    lambda d: f"{d.year}.{d.month:02d}.{d.day:02d}",
)

YEN_PRINTERS: tuple[YenPrinter, ...] = (
    lambda n: f"¥{n:,}",
    lambda n: f"¥{n:,}-",
    lambda n: f"{n:,}円",
    lambda n: f"\uffe5{n:,}",
    lambda n: f"金{n:,}円",
    lambda n: f"{n:,} 円",
    lambda n: wide(f"¥{n:,}") + "−",
)

ITEM_YEN: tuple[YenPrinter, ...] = (lambda n: f"{n:,}", lambda n: f"¥{n:,}", lambda n: f"{n:,}", lambda n: f"{n:,}円")


def minus(printer: YenPrinter, rng: random.Random) -> YenPrinter:
    """The same printer with negative amounts written as ▲ or -."""
    sign = rng.choice(("▲", "-", "△", "▲"))
    return lambda n: printer(n) if n >= 0 else sign + printer(-n)


def number_printed(number: str, rng: random.Random) -> str:
    """A registration number as companies print it."""
    plain = number
    grouped = f"{number[:2]}-{number[2:6]}-{number[6:10]}-{number[10:]}"
    return rng.choice((plain, plain, plain, grouped, wide(plain)))


def spaced(title: str, rng: random.Random) -> str:
    """A heading, sometimes with spaces between its characters."""
    gap = rng.choice(("", "", " ", "  "))
    return gap.join(title)
