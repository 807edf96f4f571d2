"""How alike two papers are by what is printed on them: the same paper scanned twice, or only the same form.

Pure functions. A scan of the same paper reads nearly the same whatever its resolution, skew or tone; another paper of
the same form has other figures.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
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
    lowest = [min((run * (2 * n + 1) * 0x9E3779B1 + n * 0x85EBCA6B) % _PRIME for run in runs) for n in range(32)]
    return tuple((lowest[_ROWS * band] * 0x100000001B3 ^ lowest[_ROWS * band + 1]) & _MASK for band in range(BANDS))


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
