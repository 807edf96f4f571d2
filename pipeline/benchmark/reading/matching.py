"""Where on the page's true text each read word belongs, whatever the reading order: word by word. Pure.

Words that stand in the truth as they were read come first, the longest before the others; what is left is fitted where
it costs least. A position of the truth is given away once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from pipeline.benchmark.rates import plain
from pipeline.benchmark.reading.alignment import codes_of, nearest

_FITS = 0.6
"""A word of which more than this share must be changed is not on the page at all: two unrelated Japanese words of four
characters share none, a name read off a worn stretch keeps half."""
_USED = 0xFFFFFFFF
Far: TypeAlias = Callable[[int, range], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedWord:
    """One read word against the truth."""

    text: str
    """As compared: NFKC, without white space."""
    right: tuple[bool | None, ...]
    """Per character of ``text``; None where it is of a seal, which nobody judges."""
    places: tuple[int | None, ...]
    """Per character of ``text``: its index into the truth, where it is right."""

    @property
    def judged(self) -> tuple[bool, ...]:
        """Without the characters of seals."""
        return tuple(right for right in self.right if right is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """A page."""

    words: tuple[MatchedWord, ...]
    """As they were given."""
    missed: tuple[int, ...]
    """Indices of the truth that no word covers."""
    misread: tuple[int, ...]
    """Indices of the truth where a word says something else."""


def matched(words: Sequence[str], truth: str, *, optional: str = "", far: Far | None = None) -> Matching:
    """Lay read words on the page's plain text.

    Args:
        words: as read, in any order.
        truth: the plain text (``rates.plain``).
        optional: characters of seals.
        far: how far the word with this number lies from this stretch of the truth; of several places that say the
            same, the nearest is taken, without it the first.
    """
    texts = [plain(word) for word in words]
    codes = codes_of(truth)
    free = list(truth)
    seals = Counter(plain(optional))
    found: dict[int, MatchedWord] = {}
    misread: set[int] = set()
    order = sorted(range(len(texts)), key=lambda number: -len(texts[number]))
    for number in order:
        text = texts[number]
        at = _place(text, "".join(free), number, far)
        if at >= 0:
            places = range(at, at + len(text))
            _take(codes, free, places)
            found[number] = MatchedWord(text=text, right=(True,) * len(text), places=tuple(places))
    for number in order:
        if number not in found:
            found[number] = _fitted(texts[number], codes, free, seals, misread)
    missed = tuple(i for i, code in enumerate(codes) if code != _USED and i not in misread)
    return Matching(
        words=tuple(found[number] for number in range(len(texts))), missed=missed, misread=tuple(sorted(misread))
    )


def _place(text: str, free: str, number: int, far: Far | None) -> int:
    at = free.find(text) if text else -1
    best, nearest_so_far = at, -1.0
    while far is not None and at >= 0:
        distance = far(number, range(at, at + len(text)))
        if nearest_so_far < 0 or distance < nearest_so_far:
            best, nearest_so_far = at, distance
        at = free.find(text, at + 1)
    return best


def _take(codes: npt.NDArray[np.uint32], free: list[str], places: Sequence[int]) -> None:
    for place in places:
        codes[place] = _USED
        free[place] = "\0"


def _fitted(
    text: str, codes: npt.NDArray[np.uint32], free: list[str], seals: Counter[str], misread: set[int]
) -> MatchedWord:
    steps, distance = nearest(text, codes)
    places: list[int | None] = [None] * len(text)
    right: list[bool | None] = [False] * len(text)
    if distance <= _FITS * len(text):
        for place, index in steps:
            if place is None or index is None:
                continue
            if codes[place] == ord(text[index]):
                places[index], right[index] = place, True
                misread.discard(place)
                _take(codes, free, (place,))
            elif codes[place] != _USED:
                misread.add(place)
    for index, character in enumerate(text):
        if not right[index] and seals[character] > 0:
            seals[character] -= 1
            right[index] = None
    return MatchedWord(text=text, right=tuple(right), places=tuple(places))
