"""Characters that look alike are settled by their neighbours: a kanji 一 inside katakana is the long-vowel mark ー."""

from __future__ import annotations

import re
from collections.abc import Sequence

_TO_KATAKANA = dict(zip("一－―八二力口工夕卜才三千", "ーーーハニカロエタトオミチ", strict=True))
_LONG_VOWEL = "ー"
_NEEDS_BOTH = set("三千")
"""Also common as kanji beside katakana: only between two of them."""
_COMPANY = {"株": "㈱", "有": "㈲"}
_NOT_A_COMPANY = set("式主価券数分高安のをがはにもでと")
"""What follows 株 in a word of its own."""
_LARGE = str.maketrans("ァィゥェォッャュョ", "アイウエオツヤユヨ")
_BEFORE_SMALL = {
    **dict.fromkeys("ャュョ", frozenset("キシチニヒミリギジヂビピテデフヴトドツクグスズウイ")),
    "ァ": frozenset("フヴツクグ"),
    "ィ": frozenset("フヴツクグウテデトドスズイ"),
    "ゥ": frozenset("トドヴテデスズホ"),
    "ェ": frozenset("フヴツクグウシジチヂキギニヒミリイスズテデ"),
    "ォ": frozenset("フヴツクグウトド"),
}
"""Kana behind which words of Japanese have a small one: a line brought to one height does not tell the size."""
_AFTER_SMALL_TSU = frozenset(
    "カガキギクグケゲコゴサザシジスズセゼソゾタダチヂッツヅテデトドハバパヒビピフブプヘベペホボポヴ"
)
_SMALL_OR_LONG = frozenset("ァィゥェォッャュョー")
"""Behind these a small kana may be meant to be drawn out, as in speech."""
_MINUS = "−"
_SHORTEST_NAME = 4
_OPEN, _CLOSE = set("(（"), set(")）")
_DATE_THEN_TIME = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{2}(?=\d{2}:\d{2}(?::\d{2})?(?!\d))")


def settled(characters: Sequence[str]) -> list[str]:
    """The same characters, look-alikes replaced where both neighbours (or the only one) are katakana.

    A mark such as ㈱ that was read as 株 or 株) is put back; a character that falls away leaves an empty string.
    """
    out = list(characters)
    _put_back_company_marks(out)
    _join_numbers(out)
    _grow(out)
    for at, character in enumerate(out):
        replacement = _TO_KATAKANA.get(character)
        if replacement is None:
            continue
        before = out[at - 1] if at else ""
        after = out[at + 1] if at + 1 < len(out) else ""
        if replacement == _LONG_VOWEL:
            if _is_katakana(before) and (not after or _is_katakana(after) or after in _TO_KATAKANA):
                out[at] = replacement
        elif _fits(before, after, both=character in _NEEDS_BOTH):
            out[at] = replacement
    return out


def _grow(out: list[str]) -> None:
    """A small kana between katakana where no word has one is the large one: クラゥド, コハクッウ."""
    for at in range(1, len(out)):
        character, before = out[at], out[at - 1]
        if not _is_katakana(before) or before in _SMALL_OR_LONG:
            continue
        after = out[at + 1] if at + 1 < len(out) else ""
        if character == "ッ":
            wrong = _is_katakana(after) and after not in _AFTER_SMALL_TSU
        else:
            wrong = character in _BEFORE_SMALL and before not in _BEFORE_SMALL[character]
        if wrong:
            out[at] = character.translate(_LARGE)


def _join_numbers(out: list[str]) -> None:
    """A minus sign between two ASCII digits is a hyphen: telephones, postal codes, dates."""
    for at in range(1, len(out) - 1):
        if out[at] == _MINUS and all(c.isascii() and c.isdigit() for c in (out[at - 1], out[at + 1])):
            out[at] = "-"


def _put_back_company_marks(out: list[str]) -> None:
    if len(out) < _SHORTEST_NAME:
        return
    first, second = out[0], out[1]
    if first in _COMPANY and second in _CLOSE:
        out[0], out[1] = _COMPANY[first], ""
    elif first == "株" and second not in _NOT_A_COMPANY and _is_name(second):
        out[0] = _COMPANY[first]
    elif out[-1] in _CLOSE and out[-2] in _COMPANY and out[-3] not in _OPEN and _is_name(out[-3]):
        out[-2], out[-1] = _COMPANY[out[-2]], ""
    elif out[-1] in _COMPANY and out[-2] in _OPEN and _is_name(out[-3]):
        out[-2], out[-1] = "", _COMPANY[out[-1]]


def _is_name(character: str) -> bool:
    return len(character) == 1 and (_is_katakana(character) or "\u4e00" <= character <= "\u9fff")


def breaks(text: str) -> set[int]:
    """Where a new word starts although no gap was seen: a time right behind a date."""
    return {match.end() for match in _DATE_THEN_TIME.finditer(text)}


def _fits(before: str, after: str, *, both: bool) -> bool:
    sides = (_is_katakana(before), _is_katakana(after) or after in {"一", "卜"})
    if both:
        return all(sides)
    return any(sides) and all(side or not neighbour for side, neighbour in zip(sides, (before, after), strict=True))


def _is_katakana(character: str) -> bool:
    return len(character) == 1 and ("ァ" <= character <= "ヺ" or character in {"ー", "ヽ", "ヾ"})
