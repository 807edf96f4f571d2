"""Which of the readings of a word in katakana is one: ボイント is none, and where ポ was seen as well it is ポイント.

Voicing marks are a few pixels wide, and in small or worn print the network sees both ハ and バ and パ. Only readings
that it really made are chosen from, by how sure it was and how common the word is (words and costs of SudachiDict). A
word that nobody knows is a name as often as not, and stays unless the network itself hesitated.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from hashlib import blake2b
from itertools import product
from math import log
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from extractors.ocr.recognition import Glyph

FILE = Path(__file__).with_name("katakana.npz")
STEP, COSTLIEST = 100, 250
"""Costs of the dictionary are kept in steps of so much, up to so many."""
_SCALE = 700.0
"""Costs of the dictionary that make a word e times rarer."""
_KNOWN, _UNKNOWN, _CHARACTER = 4.0, 3.0, 3.5
"""What a word costs beside its rarity; a word that is not in the dictionary, and each of its characters."""
_SURER = 1.0
"""Another reading must be so much more likely, in powers of e."""
_LONGEST = 16
_MOST = 64
"""Readings of one run that are compared."""
_CHOICES = 4
_KATAKANA = re.compile("[ァ-ヶー]")
_LOOKS = str.maketrans("八力口工夕卜才二一へべぺっ", "ハカロエタトオニーヘベペッ")
"""What the network may call a katakana; beside katakana it is one (``context.settled``)."""


def spelled(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """The same glyphs; in words of katakana that are none as they stand, other readings where those make one."""
    out = list(glyphs)
    for start, end in reversed(list(_runs(glyphs))):
        run = out[start:end]
        if all(len(glyph.alternatives) < 2 for glyph in run):
            continue
        out[start:end] = _settled(run)
    return out


def _runs(glyphs: Sequence[Glyph]) -> Iterator[tuple[int, int]]:
    """Stretches of katakana that may hold a word: what looks like a katakana among them (``_LOOKS``) is one."""
    start = None
    for at, glyph in enumerate([*glyphs, None]):
        inside = glyph is not None and bool(_KATAKANA.fullmatch(_plain(glyph.text)))
        if inside and start is None:
            start = at
        elif not inside and start is not None:
            if 1 < at - start <= _LONGEST:
                yield start, at
            start = None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).translate(_LOOKS)


def _settled(run: list[Glyph]) -> list[Glyph]:
    choices = [_choices(glyph) for glyph in run]
    while np.prod([len(each) for each in choices]) > _MOST:
        most = max(range(len(choices)), key=lambda at: (len(choices[at]), -min(choices[at].values())))
        choices[most] = dict(list(choices[most].items())[:-1])
    as_read = "".join(next(iter(each)) for each in choices)
    read = sum(log(next(iter(each.values()))) for each in choices) - cost(as_read)
    best, found = read + _SURER, None
    for ways in product(*(each.items() for each in choices)):
        text = "".join(character for character, _ in ways)
        if text != as_read and (score := sum(log(share) for _, share in ways) - cost(text)) > best:
            best, found = score, ways
    if found is None:
        return run
    out = []
    for glyph, each, (character, share) in zip(run, choices, found, strict=True):
        if character == next(iter(each)):
            out.append(glyph)
        elif character:
            out.append(replace(glyph, text=character, confidence=min(share, glyph.confidence)))
    return out


def _choices(glyph: Glyph) -> dict[str, float]:
    """Katakana that a glyph could be with their shares, what it was taken for first; empty: no character."""
    first = _plain(glyph.text)
    shares = {first: 0.0}
    for text, share in glyph.alternatives:
        plain = _plain(text)
        if not plain or _KATAKANA.fullmatch(plain):
            shares[plain] = shares.get(plain, 0.0) + share
    shares[first] = shares[first] or glyph.confidence
    others = sorted(((c, s) for c, s in shares.items() if c != first), key=lambda one: -one[1])[: _CHOICES - 1]
    return {first: shares[first], **dict(others)}


def cost(text: str) -> float:
    """How unlikely a run of katakana is, as the likeliest sequence of words and unknown words."""
    best = [0.0]
    for end in range(1, len(text) + 1):
        ways = []
        for start in range(max(0, end - _LONGEST), end):
            word = text[start:end]
            ways.append(best[start] + min(_UNKNOWN + _CHARACTER * len(word), _cost(word)))
        best.append(min(ways))
    return best[-1]


@lru_cache(maxsize=20_000)
def _cost(word: str) -> float:
    if len(word) < 2:
        return float("inf")
    hashes, costs = _words()
    code = hashed(word)
    at = int(np.searchsorted(hashes, np.uint32(code)))
    if at == len(hashes) or int(hashes[at]) != code:
        return float("inf")
    return _KNOWN + STEP * int(costs[at]) / _SCALE


@lru_cache(maxsize=1)
def _words() -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint8]]:
    with np.load(FILE) as kept:
        return kept["hashes"], kept["costs"]


def hashed(word: str) -> int:
    """What a word is kept as: of 60,000 other strings, one is taken for one of the 68,000 words."""
    return int.from_bytes(blake2b(word.encode(), digest_size=4).digest(), "little")
