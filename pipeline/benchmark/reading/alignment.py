"""Two texts laid side by side: which characters are the same, which were misread, left out or too many. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.benchmark.rates import plain

MAX_CHARACTERS = 6_000
"""Longer texts are not aligned: the table of distances would take more than 150 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One step of an alignment; at least one side is set."""

    expected: int | None
    """Index into the true text; None where a character is too many."""
    got: int | None
    """Index into the read text; None where a character is missing."""
    same: bool


def aligned(expected: str, got: str) -> tuple[Pair, ...]:
    """The cheapest way (Levenshtein) to make one text of the other, from the beginning."""
    table = _distances(expected, got)
    pairs: list[Pair] = []
    i, j = len(expected), len(got)
    while i or j:
        same = bool(i and j and expected[i - 1] == got[j - 1])
        if i and j and table[i, j] == table[i - 1, j - 1] + (not same):
            i, j = i - 1, j - 1
            pairs.append(Pair(expected=i, got=j, same=same))
        elif i and table[i, j] == table[i - 1, j] + 1:
            i -= 1
            pairs.append(Pair(expected=i, got=None, same=False))
        else:
            j -= 1
            pairs.append(Pair(expected=None, got=j, same=False))
    return tuple(reversed(pairs))


def _distances(expected: str, got: str) -> npt.NDArray[np.int32]:
    codes = np.frombuffer(got.encode("utf-32-le"), dtype=np.uint32)
    steps = np.arange(len(got) + 1, dtype=np.int32)
    table = np.empty((len(expected) + 1, len(got) + 1), np.int32)
    table[0] = steps
    for index, character in enumerate(expected, start=1):
        row = table[index - 1]
        best = np.empty_like(row)
        best[0] = index
        best[1:] = np.minimum(row[1:] + 1, row[:-1] + (codes != ord(character)))
        table[index] = np.minimum.accumulate(best - steps) + steps
    return table


def ordered_errors(expected: str, got: str, *, optional: str = "") -> int:
    """Edit distance of two plain texts; characters too many that are ``optional`` cost nothing, each once."""
    if max(len(expected), len(got)) > MAX_CHARACTERS:
        return max(len(expected), len(got))
    free = Counter(plain(optional))
    errors = 0
    for pair in aligned(expected, got):
        if pair.expected is None and pair.got is not None and free[got[pair.got]] > 0:
            free[got[pair.got]] -= 1
        else:
            errors += not pair.same
    return errors


def unordered_errors(expected: str, got: str, *, optional: str = "") -> int:
    """Characters missing or too many, whichever is more, as bags; ``optional`` ones too many cost nothing."""
    wanted, found = Counter(expected), Counter(got)
    missing = sum((wanted - found).values())
    extra = sum((found - wanted - Counter(plain(optional))).values())
    return max(missing, extra)


def nearest(text: str, codes: npt.NDArray[np.uint32]) -> tuple[list[tuple[int | None, int | None]], int]:
    """The stretch of a longer text nearest to a word: pairs (index there, index of the word), and the distance."""
    width = len(codes)
    steps = np.arange(width + 1, dtype=np.int32)
    table = np.zeros((len(text) + 1, width + 1), np.int32)
    for index, character in enumerate(text, start=1):
        row = table[index - 1]
        best = np.empty_like(row)
        best[0] = index
        best[1:] = np.minimum(row[1:] + 1, row[:-1] + (codes != ord(character)))
        table[index] = np.minimum.accumulate(best - steps) + steps
    j = int(table[-1].argmin())
    distance = int(table[-1, j])
    j += j < width and int(table[-1, j + 1]) == distance  # a character misread rather than one left out
    i = len(text)
    pairs: list[tuple[int | None, int | None]] = []
    while i:
        if j and table[i, j] == table[i - 1, j - 1] + (int(codes[j - 1]) != ord(text[i - 1])):
            i, j = i - 1, j - 1
            pairs.append((j, i))
        elif table[i, j] == table[i - 1, j] + 1:
            i -= 1
            pairs.append((None, i))
        else:
            j -= 1
            pairs.append((j, None))
    return pairs[::-1], distance


def codes_of(text: str) -> npt.NDArray[np.uint32]:
    """Code points, writable."""
    return np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).copy()


def missing_of(values: Sequence[str], got: str) -> int:
    """Characters to change until every value stands somewhere in the read text (both plain)."""
    codes = codes_of(got)
    return sum(0 if value in got else nearest(value, codes)[1] for value in values)
