"""Amounts as people say them: 10万円以上, 1万円から5万円, 3千円未満, 約10万円."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from domain.kanji_numbers import parse_kanji_number
from domain.numbers import MOST
from domain.sentence_words import TO, UNTIL

_AMOUNT = re.compile(
    r"(?:(?:¥|\\)\s*)?"
    r"(?P<n>(?:\d{1,3}(?:,\d{3})+|\d{1,12}|[一二三四五六七八九十百千]{1,8})(?:\.\d{1,4})?)"
    r"(?P<scale>億|千万|百万|十万|万|千|k|K)?(?:(?P<more>\d{1,4})(?P<more_scale>千万|百万|万|千|百)?(?=円|以|未|超|を))?(?P<yen>円)?"
)
_SCALES = {
    "億": 10**8,
    "千万": 10**7,
    "百万": 10**6,
    "十万": 10**5,
    "万": 10**4,
    "千": 1000,
    "百": 100,
    "k": 1000,
    "K": 1000,
}
_BOUNDS = {
    "min": "以上 から",
    "max": "以下 以内 まで",
    "under": "未満 より安い より少ない より小さい を下回る より下",
    "over": "超え 超の 超 を超える を超えた を超す より高い より多い より大きい より上 を上回る",
    "about": "前後 くらい ぐらい 程度 ほど",
    "range": "台",
    "exact": "ちょうど ぴったり 丁度",
}
_OVER = {word: kind for kind, words in _BOUNDS.items() for word in words.split()}
_BOUND = re.compile("|".join(sorted(_OVER, key=len, reverse=True)))
_SURE = frozenset({"以上", "以下", "未満", "超", "を超える", "以内"})
"""Behind a bare number these say that it is an amount."""
_ABOUT_AMOUNT = re.compile(
    r"(?:税込み?(?:で|の|みで)?)?(?:金額が|金額は|金額の|金額|合計が|合計)?(?:税込み?(?:で|の)?)?(?P<about>約|およそ|だいたい)?"
)
_WITH_TAX = re.compile(r"\(?税込み?\)?(?:で)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidAmount:
    """Both ends inclusive, in yen; None is open."""

    low: Decimal | None
    high: Decimal | None
    end: int
    """Where the words end."""


def amount_at(text: str, at: int) -> SaidAmount | None:
    """The amount or range whose words begin at a place of the text (NFKC), or None.

    A bare number is an amount only before a word such as 以上: 5000 alone may be anything.
    """
    about = _ABOUT_AMOUNT.match(text, at)
    first = _AMOUNT.match(text, about.end() if about else at)
    if first is None or (value := _value(first)) is None:
        return None
    number, is_money = value
    several = _range(text, first, number)
    if several is not None:
        return several
    taxed = _WITH_TAX.match(text, first.end())
    bound = _BOUND.match(text, taxed.end() if taxed else first.end())
    if not is_money and (bound is None or bound[0] not in _SURE):
        return None
    kind = "about" if about and about["about"] else _OVER[bound[0]] if bound else "exact"
    low, high = _ends(kind, number)
    return SaidAmount(low=low, high=high, end=(bound or taxed or first).end())


def _value(match: re.Match[str]) -> tuple[Decimal, bool] | None:
    """Yen, and whether the text says that it is money."""
    digits = match["n"].replace(",", "")
    try:
        number = Decimal(digits) if digits[0].isdecimal() else Decimal(parse_kanji_number(digits))
    except (ValueError, ArithmeticError):
        return None
    number *= _SCALES.get(match["scale"] or "", 1)
    if match["more"]:
        if match["scale"] not in {"億", "万"}:
            return None
        number += Decimal(match["more"]) * _SCALES.get(match["more_scale"] or "", 1)
    if number > MOST:
        return None
    whole = number.to_integral_value()
    is_money = bool(match["yen"] or match["scale"] or match[0][0] in "¥\\" or "," in match["n"])
    return (whole if whole == number else number), is_money


def _range(text: str, first: re.Match[str], low: Decimal) -> SaidAmount | None:
    """1万円から5万円, 1~5万円."""
    to = TO.match(text, first.end())
    second = _AMOUNT.match(text, to.end()) if to else None
    other = _value(second) if second else None
    if second is None or other is None or not other[1]:
        return None
    if not first["scale"] and not first["yen"] and second["scale"] and "," not in first["n"]:
        low *= _SCALES[second["scale"]]
    until = UNTIL.match(text, second.end())
    low, high = sorted((low, other[0]))
    return SaidAmount(low=low, high=high, end=until.end() if until else second.end())


def _ends(kind: str, amount: Decimal) -> tuple[Decimal | None, Decimal | None]:
    match kind:
        case "min":
            return amount, None
        case "max":
            return None, amount
        case "under":
            return None, amount - 1
        case "over":
            return amount + 1, None
        case "range":  # 10万円台 reaches to the next round amount
            step = Decimal(10) ** (len(digits := str(int(amount))) - len(digits.rstrip("0")))
            return amount, amount + step - 1
        case "about":
            return amount * 9 // 10, amount * 11 // 10
        case _:
            return amount, amount
