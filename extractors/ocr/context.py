"""Characters that look alike are settled by their neighbours: a kanji 一 inside katakana is the long-vowel mark ー."""

from __future__ import annotations

import re
from collections.abc import Sequence

_TO_KATAKANA = dict(zip("一－―八二力口工夕卜才三千", "ーーーハニカロエタトオミチ", strict=True))
_LONG_VOWEL = "ー"
_NEEDS_BOTH = set("三千")
"""Also common as kanji beside katakana: only between two of them."""
_DATE_THEN_TIME = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{2}(?=\d{2}:\d{2}(?::\d{2})?(?!\d))")


def settled(characters: Sequence[str]) -> list[str]:
    """The same characters, look-alikes replaced where both neighbours (or the only one) are katakana."""
    out = list(characters)
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
