"""Kanji numerals and daiji (law: Money of the extraction conventions): 二〇二六, 二十一, 金壱百万円."""

from __future__ import annotations

_DIGITS = {
    c: i
    for i, row in enumerate(("〇零０", "一壱壹", "二弐貳", "三参參", "四肆", "五伍", "六陸", "七漆", "八捌", "九玖"))
    for c in row
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "陌": 100, "千": 1000, "阡": 1000, "仟": 1000}
_MYRIADS = {"万": 10**4, "萬": 10**4, "億": 10**8, "兆": 10**12}

DIGIT_CHARACTERS = "".join(_DIGITS)
NUMERAL_CHARACTERS = "".join((*_DIGITS, *_UNITS, *_MYRIADS))
"""Every character that a kanji number may hold."""

_PLAIN = "〇一二三四五六七八九"
_LIMIT = 32


def parse_kanji_number(text: str) -> int:
    """Read 二十一, 二〇二六, 壱百万, 三千二百万 or 元 (1).

    Raises:
        ValueError: not a kanji number, or an absurdly long one.
    """
    if text == "元":
        return 1
    if not text or len(text) > _LIMIT or any(c not in NUMERAL_CHARACTERS for c in text):
        msg = f"not a kanji number: {text[:_LIMIT]!r}"
        raise ValueError(msg)
    if all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total = section = 0
    digit: int | None = None
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character] if digit is None else digit * 10 + _DIGITS[character]
        elif character in _UNITS:
            section += (1 if digit is None else digit) * _UNITS[character]
            digit = None
        else:
            section += digit or 0
            if not section:
                msg = f"no digits before {character}"
                raise ValueError(msg)
            total += section * _MYRIADS[character]
            section, digit = 0, None
    return total + section + (digit or 0)


def format_kanji_number(number: int) -> str:
    """二十一 for 21; 〇 for 0. For 0 ≤ number < 10^16.

    Raises:
        ValueError: out of range.
    """
    if not 0 <= number < 10**16:
        msg = "kanji numbers are written from 0 up to below 10^16"
        raise ValueError(msg)
    if number == 0:
        return "〇"
    out: list[str] = []
    for power, name in ((10**12, "兆"), (10**8, "億"), (10**4, "万"), (1, "")):
        section = number // power % 10**4
        if section:
            out.append(_section(section) + name)
    return "".join(out)


def _section(number: int) -> str:
    out: list[str] = []
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit:
            out.append((_PLAIN[digit] if digit > 1 or not name else "") + name)
    return "".join(out)
