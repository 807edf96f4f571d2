"""How alike two papers are by what is printed on them: the same paper scanned twice, or only the same form.

Pure functions. A scan of the same paper reads nearly the same whatever its resolution, skew or tone; another paper of
the same form has other figures.
"""

from __future__ import annotations

import re
import sys
import unicodedata
import zlib
from array import array
from collections import Counter
from dataclasses import dataclass

BANDS = 16
_ROWS = 2
_SHINGLE = 4
_MOST_CHARACTERS = 4_000
"""Of a text are compared; a longer one is told by its beginning."""
_LEAST_CHARACTERS = 40
"""Below which a text is no fingerprint of a paper."""
_PRIME = (1 << 61) - 1
_MASK = (1 << 62) - 1
_SPREAD = 0x9E3779B1
_STEP = 0x85EBCA6B
_FEW = 16
"""Lanes of which the lowest is found one by one: halving them costs more."""
_FIGURES = re.compile(r"\d[\d,.:/-]*\d")
_LEAST_DIGITS = 3
ALIKE = 0.45
"""Share of common runs of four characters from which two texts are of one form: a run is lost with every character
misread in it, so two readings with 5 % wrong characters each still share half."""
SAME_FIGURES = 0.7
"""Share of common figures from which two papers are one; of papers of one form about a third are common (addresses,
telephones), and a worn scan loses one in ten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Two texts held against each other."""

    words: float
    """Share of their runs of four characters that both have."""
    figures: float
    """Share of their figures that both have."""

    @property
    def same_paper(self) -> bool:
        """They may be two pictures of one paper."""
        return self.words >= ALIKE and self.figures >= SAME_FIGURES


def fingerprint(text: str) -> tuple[int, ...]:
    """Values by which alike texts are found without comparing all: alike texts share one or more at the same place.

    Sixteen bands of two minimum hashes each: of texts that share half of their runs 99 % meet in some band, of texts
    that share a tenth 15 %. Empty where there is too little text.
    """
    runs = {zlib.crc32(run.encode()) for run in _runs(text)}
    if not runs:
        return ()
    lowest = _lowest(tuple(runs))
    return tuple((lowest[_ROWS * band] * 0x100000001B3 ^ lowest[_ROWS * band + 1]) & _MASK for band in range(BANDS))


def _lowest(runs: tuple[int, ...]) -> list[int]:
    """The lowest of ``(run * (2 * n + 1) * _SPREAD + n * _STEP) % _PRIME`` over all runs, for each n.

    All runs are carried in one integer, a lane of 64 bits each: what follows from n to n + 1 is one addition for all,
    reducing by a Mersenne prime is a mask and a shift, and the lower of two halves is found by what they borrow. A
    tenth of the time of asking one by one.
    """
    spare = -len(runs) % (1 << (len(runs) - 1).bit_length())
    spread = array("Q", [run * _SPREAD % _PRIME for run in (*runs, *runs[:1] * spare)])
    now, size = int.from_bytes(spread.tobytes(), sys.byteorder), len(spread)
    ones = int.from_bytes(b"\1\0\0\0\0\0\0\0" * size, "little")
    primes = ones * _PRIME

    def reduced(sums: int) -> int:
        once = (sums & primes) + ((sums >> 61) & ones)  # at most the prime, which stands for 0
        return (once + ((once + ones >> 61) & ones)) & primes

    step = reduced(reduced(2 * now) + ones * _STEP)
    lowest = []
    for _ in range(BANDS * _ROWS):
        found, lanes = now, size
        while lanes > _FEW:
            lanes //= 2
            one, other = found >> 64 * lanes, found & ((1 << 64 * lanes) - 1)
            flags = (ones & ((1 << 64 * lanes) - 1)) << 63
            higher = ((one | flags) - other) & flags
            found = one ^ ((one ^ other) & (higher - (higher >> 63)))
        few = array("Q", found.to_bytes(8 * lanes, sys.byteorder))
        lowest.append(min(few))
        now = reduced(now + step)
    return lowest


def likeness(one: str, other: str) -> Likeness:
    """Hold two texts against each other."""
    mine, theirs = set(_runs(one)), set(_runs(other))
    both = len(mine | theirs)
    first, second = _figures(one), _figures(other)
    total = sum((first | second).values())
    return Likeness(
        words=len(mine & theirs) / both if both else 0.0,
        figures=sum((first & second).values()) / total if total else 0.0,
    )


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text[: 2 * _MOST_CHARACTERS]).casefold().split())[:_MOST_CHARACTERS]


def _runs(text: str) -> list[str]:
    plain = _plain(text)
    if len(plain) < _LEAST_CHARACTERS:
        return []
    return [plain[start : start + _SHINGLE] for start in range(len(plain) - _SHINGLE + 1)]


def _figures(text: str) -> Counter[str]:
    normal = unicodedata.normalize("NFKC", text[: 2 * _MOST_CHARACTERS])
    found = ("".join(c for c in match if c.isdigit()) for match in _FIGURES.findall(normal))
    return Counter(figures for figures in found if len(figures) >= _LEAST_DIGITS)
