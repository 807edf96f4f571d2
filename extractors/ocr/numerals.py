"""Figures are read by two sets of last layers over the same features: our own ones and the published ones.

Our own layers read Japanese print better and lose a zero now and then where several follow each other in narrow print;
the published ones lose none. Where both do not say the same figures the longer reading holds, and it is in doubt. Where
they differ in separators alone, groups of other than three figures are no groups: 13.90 holds against 13,90.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from extractors.ocr.recognition import Glyph

_FIGURES = frozenset("0123456789")
_SEPARATORS = frozenset(",.")
"""Belong to a number between two figures."""
_AROUND = frozenset("円年月日時分秒個件号番丁目計枚本台式箱袋回点〒ー−–％※第万千百￥¥，．：／（）－〜～・税込様㎡№")
"""What stands beside figures: read as well, so that it is not taken for one."""
DOUBT = 0.6
"""Score of figures that the two do not agree on: below what is looked at again, above what is taken for a picture."""
_MISGROUPED = re.compile(r"\d,(?:\d{1,2}|\d{4,})(?![\d])")
_CLOSE = 1.9
"""Steps from one figure to the next: closer, two equal ones cannot be told from one (CTC wants a step between them). Of
numbers set closer than 1.75 steps a quarter and more lost figures, of wider ones none."""
_FEW = 3


def is_numeral(character: str) -> bool:
    """True for characters that the second set of layers is asked about."""
    return len(character) == 1 and (character.isascii() or character in _AROUND or _plain(character) in _FIGURES)


def agreed(
    glyphs: Sequence[Glyph], answer: npt.NDArray[np.float32], alphabet: Sequence[str], *, steps: float
) -> list[Glyph]:
    """The same characters; figures that the other layers read otherwise are in doubt, and the longer reading holds.

    Args:
        glyphs: what was read.
        answer: of the other layers, steps × their alphabet.
        alphabet: what each output of theirs stands for; the first means no character.
        steps: how many steps the stretch is long.
    """
    out: list[Glyph] = []
    done = 0
    for start, end in _numbers(glyphs):
        out.extend(glyphs[done:start])
        first = math.ceil(glyphs[start - 1].at * steps + 0.5) if start else 0
        last = math.floor(glyphs[end].at * steps - 0.5) if end < len(glyphs) else len(answer)
        out.extend(_settled(list(glyphs[start:end]), answer, alphabet, first=first, last=last, steps=steps))
        done = end
    return [*out, *glyphs[done:]]


def mostly_numerals(glyphs: Sequence[Glyph]) -> bool:
    """True where more than half of the characters are figures or stand beside them."""
    return 2 * sum(is_numeral(glyph.text) for glyph in glyphs) > len(glyphs)


def crowded(glyphs: Sequence[Glyph], *, steps: float) -> bool:
    """True for a stretch of mostly figures that are closer together than they can be told apart, or in doubt."""
    figures = [number for number, glyph in enumerate(glyphs) if _plain(glyph.text) in _FIGURES]
    if not mostly_numerals(glyphs):
        return False
    if any(glyphs[number].confidence <= DOUBT for number in figures):
        return True
    nearest = (glyphs[b].at - glyphs[a].at for a, b in pairwise(figures) if b == a + 1)
    return len(figures) >= _FEW and min(nearest, default=1.0) * steps < _CLOSE


def _numbers(glyphs: Sequence[Glyph]) -> Iterator[tuple[int, int]]:
    """Where numbers start and end: figures with separators between them."""
    at = 0
    while at < len(glyphs):
        if _plain(glyphs[at].text) not in _FIGURES:
            at += 1
            continue
        end = at + 1
        while end < len(glyphs) and _goes_on(glyphs, end):
            end += 1
        yield at, end
        at = end


def _goes_on(glyphs: Sequence[Glyph], at: int) -> bool:
    text = _plain(glyphs[at].text)
    following = _plain(glyphs[at + 1].text) if at + 1 < len(glyphs) else ""
    return text in _FIGURES or (text in _SEPARATORS and following in _FIGURES)


def _settled(
    number: list[Glyph],
    answer: npt.NDArray[np.float32],
    alphabet: Sequence[str],
    *,
    first: int,
    last: int,
    steps: float,
) -> list[Glyph]:
    other = _read(answer[first:last], alphabet)
    while other and _plain(other[0][1]) not in _FIGURES:
        other.pop(0)
    while other and _plain(other[-1][1]) not in _FIGURES:
        other.pop()
    ours, theirs = _figures(g.text for g in number), _figures(text for _, text in other)
    same = ours == theirs
    if same and not (misgrouped(_text(number)) and not misgrouped("".join(text for _, text in other))):
        return number
    doubt = min(glyph.confidence for glyph in number) if same else DOUBT
    if same or len(theirs) > len(ours):
        number = [replace(number[0], text=text, at=min((first + middle) / steps, 1.0)) for middle, text in other]
    return [replace(glyph, confidence=min(glyph.confidence, doubt), alternatives=()) for glyph in number]


def misgrouped(text: str) -> bool:
    """True where an amount's groups are not of three digits: a zero was lost, or a point taken for a comma."""
    return _MISGROUPED.search(text) is not None


def _text(glyphs: Iterable[Glyph]) -> str:
    return "".join(glyph.text for glyph in glyphs)


def _read(answer: npt.NDArray[np.float32], alphabet: Sequence[str]) -> list[tuple[float, str]]:
    """Middle (in steps) and text of each character."""
    best = answer.argmax(axis=1).tolist() if len(answer) else []
    found: list[tuple[float, str]] = []
    start = 0
    for step in range(1, len(best) + 1):
        if step == len(best) or best[step] != best[start]:
            if best[start] != 0:
                found.append(((start + step) / 2, alphabet[best[start]]))
            start = step
    return found


def _figures(texts: Iterable[str]) -> str:
    return "".join(plain for plain in map(_plain, texts) if plain in _FIGURES)


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
