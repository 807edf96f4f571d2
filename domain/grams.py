"""By what a text is found without reading it: single characters and pairs of characters that stand side by side.

A word is in a text only if all grams of the word are among the grams of the text; the other way round is nearly
always true, and is looked at in the text itself. Pairs rather than threes, because most words that people look for in
Japanese have two characters.
"""

from __future__ import annotations

_BITS = 0x7FFFFFFF
_SPREAD = 0x9E3779B1
_PAIRS_FROM = 0x110000
"""Below this a gram is the code of a single character."""


def grams(key: str, *, separator: str = "\n") -> tuple[int, ...]:
    """Grams of a normalised text, ascending, each once; none goes across a separator. Each fits 31 bits."""
    found: set[int] = set()
    for piece in key.split(separator):
        found.update(map(ord, piece))
        found.update(map(_pair, piece, piece[1:]))
    return tuple(sorted(found))


def grams_of_word(word: str) -> tuple[int, ...]:
    """Grams that every text with this word has: its pairs, or the character that it is."""
    return (ord(word),) if len(word) == 1 else tuple(sorted(set(map(_pair, word, word[1:]))))


def _pair(one: str, other: str) -> int:
    spread = ((ord(one) << 21 | ord(other)) * _SPREAD >> 7) & _BITS
    return spread if spread >= _PAIRS_FROM else spread + _PAIRS_FROM
