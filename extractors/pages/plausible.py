"""Whether characters of a text layer can be what is printed, or are bytes read in the wrong encoding."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import pairwise

_ODD_SHARE = 0.15
"""More characters than this that neither Japanese business paper nor European text has, and the layer is rubbish."""
_FOREIGN_SHARE = 0.4
"""Of letters. Vietnamese, the densest user of accents, has about 0.25; Japanese decoded as Latin-1 has 0.6 and more."""
_KANA_SHARE = 0.5
_FEW = 8
"""Fewer characters than this say nothing."""


def is_text(text: str) -> bool:
    """False for what no one prints: mojibake, symbols at random, control characters."""
    printed = [c for c in text if not c.isspace()]
    if not printed:
        return False
    if len(printed) < _FEW:
        return True
    odd = sum(_kind(c) == "odd" for c in printed)
    letters = sum(c.isalpha() for c in printed)
    foreign = sum(_kind(c) == "accented" for c in printed)
    narrow = sum("\uff61" <= c <= "\uff9f" for c in printed)
    breaks = sum(_kind(a) != _kind(b) for a, b in pairwise(printed) if "narrow" in {_kind(a), _kind(b)})
    return (
        odd <= _ODD_SHARE * len(printed)
        and foreign <= _FOREIGN_SHARE * max(letters, 1)
        # Half-width kana run in words; where they alternate with other characters, bytes were read as kana.
        and not (narrow > _FEW and breaks > _KANA_SHARE * 2 * narrow)
    )


@lru_cache(maxsize=8192)
def _kind(character: str) -> str:
    if character.isascii():
        return "ascii"
    if "\uff61" <= character <= "\uff9f":
        return "narrow"
    category = unicodedata.category(character)
    if "\u0080" <= character <= "\u024f" or "\u1e00" <= character <= "\u1eff":
        return "accented" if category.startswith("L") else "sign"
    try:
        character.encode("euc_jis_2004")
    except UnicodeEncodeError:
        return "odd" if category[0] in "CLM" else "sign"
    return "odd" if "\u0370" <= character <= "\u04ff" else "japanese"
