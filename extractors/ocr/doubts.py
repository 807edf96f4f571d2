"""Which of the words read matter so much, and are so unsure, that a second opinion is asked; and what it says.

Critical are runs of digits: dates, amounts, registration, telephone and account numbers. One digit wrong there is a
wrong record, and no context gives it away; a doubtful character in a sentence harms a search at most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log, prod

from domain.folding import fold
from domain.page import Line, Word

_RUN = re.compile(r"[¥￥\\|]?[0-9０-９](?:[0-9０-９,，.．:：/／\-－年月日|OoIlSB]*[0-9０-９日])?")
"""Digits with what stands between them in dates and amounts, and letters that digits are misread as."""
_HOUSE = re.compile(r"\d{1,3}(?:-\d{1,3}){1,2}")
"""Block and house of an address: short groups with hyphens. Dates have a year of four digits or an era, telephone
numbers longer groups."""
_FEWEST_DIGITS = 2
_SURE = 0.98
"""Runs whose characters are all at least so sure are left alone: on development pages 9 of 3,700 were wrong, and
of the one in fifty below every fifth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A critical run of characters that was not read surely."""

    line: int
    """Index on the page."""
    word: int
    """Index in the line."""
    start: int
    """Of the run, in the word's text."""
    end: int
    sure: float
    """Probability that all of it is right."""


def doubts(lines: Sequence[Line], *, most: int) -> tuple[Doubt, ...]:
    """The ``most`` doubtful critical spans of a page, the most doubtful first."""
    found = [doubt for number, line in enumerate(lines) if not line.vertical for doubt in _of_line(number, line)]
    return tuple(sorted(found, key=lambda d: (d.sure, d.line, d.word, d.start))[:most])


def critical(text: str) -> Iterator[tuple[int, int]]:
    """Where in a word critical runs begin and end."""
    for match in _RUN.finditer(text):
        run = fold(match[0]).text
        if sum(c.isdigit() for c in run) >= _FEWEST_DIGITS and not _HOUSE.fullmatch(run):
            yield match.span()


def _of_line(number: int, line: Line) -> Iterator[Doubt]:
    for index, word in enumerate(line.words):
        if not word.character_confidences:
            continue
        for start, end in critical(word.text):
            characters = word.character_confidences[start:end]
            if min(characters) < _SURE:
                yield Doubt(line=number, word=index, start=start, end=end, sure=prod(characters))


def agrees(span: str, other: str) -> bool:
    """True where every number of ``span`` stands in ``other``, whole and in the same order."""
    wanted = numbers(span)
    return bool(wanted) and any(_within(wanted, numbers(form)) for form in (other, other.replace(" ", "")))


def numbers(text: str) -> list[str]:
    """Numbers in a text, thousands and decimal marks taken out."""
    joined = re.sub(r"(?<=[0-9])[,.]\s*(?=[0-9])", "", fold(text).text)
    return re.findall(r"[0-9]+", joined)


def _within(wanted: list[str], there: list[str]) -> bool:
    size = len(wanted)
    return any(there[at : at + size] == wanted for at in range(len(there) - size + 1))


def settled(word: Word, doubt: Doubt, *, sure: float) -> list[float]:
    """Probabilities of a word's characters after those of the doubtful run were brought to ``sure`` together."""
    characters = list(word.character_confidences)
    before = min(max(prod(characters[doubt.start : doubt.end]), 1e-300), 1 - 1e-6)
    after = min(max(sure, 1e-6), 1 - 1e-6)

    power = log(after) / log(before)
    for at in range(doubt.start, doubt.end):
        characters[at] = characters[at] ** power
    return characters
