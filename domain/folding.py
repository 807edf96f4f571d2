"""NFKC with a map back: patterns look at the folded text, sources quote the characters as printed."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_VOICING_MARKS = {"\uff9e", "\uff9f", "\u3099", "\u309a"}
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－", "-"))  # all of them mean a hyphen or a minus here

_RADICALS = str.maketrans(
    "⺟⺠⻁⻄⻆⻉⻋⻑⻘⻝⻤⻨⻩⻭⻯⻲⻣⻗⻒⺝⻫⻱⿊⾭⼾⿈⿆⿓⿑",
    "母民虎西角貝車長青食鬼麦黄歯竜亀骨雨長月斉亀黒青戸黄麦竜斉",
)
"""Radicals that PDF printers write in the place of the characters they look like: NFKC leaves the first block alone and
turns some of the second into the old shapes that Japanese does not print."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A text after folding, with the place in the original of each of its characters."""

    text: str
    """NFKC, every kind of dash as ``-``."""
    starts: tuple[int, ...]
    """Original index where the character at the same place begins; one more entry for the end."""
    original: str
    """As printed."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open range in the original of a half-open range in the folded text."""
        return self.starts[start], self.starts[end] if end <= start else self._end(end)

    def raw(self, start: int, end: int) -> str:
        """The characters as printed."""
        left, right = self.span(start, end)
        return self.original[left:right]

    def _end(self, end: int) -> int:
        last = self.starts[end - 1]
        return next((s for s in self.starts[end:] if s > last), len(self.original))


def fold(text: str) -> Folded:
    """Fold a text (NFKC, dashes) and remember where each character came from."""
    return _kept(text) if len(text) <= _SHORT else _folded(text)


_SHORT, _MOST = 64, 2048
"""Characters of a text, and how many texts, that are kept: rules ask for the same words of a page again and again."""


def _folded(text: str) -> Folded:
    if text.isascii():
        return Folded(text, tuple(range(len(text) + 1)), text)
    out: list[str] = []
    starts: list[int] = []
    index = 0
    while index < len(text):
        stop = index + 1
        while stop < len(text) and (text[stop] in _VOICING_MARKS or unicodedata.combining(text[stop])):
            stop += 1
        piece = unicodedata.normalize("NFKC", text[index:stop].translate(_RADICALS)).translate(_DASHES)
        out.append(piece)
        starts.extend([index] * len(piece))
        index = stop
    starts.append(len(text))
    return Folded("".join(out), tuple(starts), text)


_kept = lru_cache(maxsize=_MOST)(_folded)
