"""A page told by its printed words and their places, and where on it a value stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from domain.fields import CalendarDate, Money, Text, Value
from domain.geometry import Box, union
from domain.lessons import Place
from domain.page import Line, PageText, Word
from domain.text import search_key
from extractors.habits.values import parse_as

COLUMNS = 6
"""Parts of the page's width that words are told apart by: a scan's shift moves few of them."""
_LABEL = 24
"""Longest run of words that announces a value, and that tells a layout."""
_GAP = 1.2
"""Heights of print between two words from which they are different runs."""
_REACH = 3.0
"""Heights of print from a label down to the value that it announces."""
_DIGITS = re.compile(r"\d")
_MARKS = re.compile(r"[\s:：・.。、,|｜\-─ー()（）\[\]【】<>＜＞*#＊■□●○▼]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Words of one row without a column's gap between them."""

    text: str
    box: Box
    page_index: int
    words: tuple[Word, ...]

    @property
    def key(self) -> str:
        """As compared: folded, without marks."""
        return _MARKS.sub("", search_key(self.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A value on a page."""

    place: Place
    run: Run


def runs_of(texts: Sequence[PageText]) -> tuple[Run, ...]:
    """Every run of words, row by row."""
    return tuple(run for page in texts for line in page.rows for run in _runs(line, page.page_index))


def layout_of(texts: Sequence[PageText]) -> tuple[str, ...]:
    """What is printed where on the first page, figures left out: the same on every paper of a layout."""
    runs = runs_of(texts[:1])
    if not runs:
        return ()
    around = union(tuple(run.box for run in runs))
    out = set()
    for run in runs:
        if run.key and len(run.key) <= _LABEL and not _DIGITS.search(run.key):
            column = (run.box.left - around.left) * COLUMNS // max(around.width, 1)
            out.add(f"{run.key}@{column}")
    return tuple(sorted(out))


def similarity(one: Sequence[str], other: Sequence[str]) -> float:
    """Share of words that two layouts have in common, 0 to 1, of the smaller one; a word next column counts half."""
    if not one or not other:
        return 0.0
    few, many = sorted((set(one), set(other)), key=len)
    words = {item.rpartition("@")[0] for item in many}
    same = sum(1.0 if item in many else 0.5 if item.rpartition("@")[0] in words else 0.0 for item in few)
    return same / (len(few) + 0.5 * (len(many) - len(few)))


def find_value(texts: Sequence[PageText], name: str, value: Value | None) -> Found | None:
    """Where a value is printed: beside a label if it is printed several times; None where it is not printed."""
    if value is None:
        return None
    runs = runs_of(texts)
    found = [Found(place=_place(run, raw, runs), run=run) for run in runs for raw in _printed(run, name, value)]
    return max(found, key=lambda one: (bool(one.place.label), one.place.side != "alone"), default=None)


def _printed(run: Run, name: str, value: Value) -> Iterator[str]:
    """Parts of a run that say this value."""
    if isinstance(value, Text):
        wanted = _MARKS.sub("", search_key(value.text))
        if wanted and wanted in run.key:
            yield value.text if value.text in run.text else run.text
    elif isinstance(value, CalendarDate | Money):
        for raw, parsed in parse_as(name, run.text):
            if parsed == value or (isinstance(value, Money) and parsed.amount == value.amount):  # type: ignore[union-attr]
                yield raw


def _place(run: Run, raw: str, runs: Sequence[Run]) -> Place:
    around = union(tuple(one.box for one in runs if one.page_index == run.page_index))
    x = (run.box.left - around.left) * 1000 // max(around.width, 1)
    y = (run.box.top - around.top) * 1000 // max(around.height, 1)
    label, side = label_of(run, raw, runs)
    return Place(label=label, side=side, raw=raw, x=x, y=y)


def label_of(run: Run, raw: str, runs: Sequence[Run]) -> tuple[str, str]:
    """The words that announce a part of a run: in front of it, left of it, or above it."""
    before, found, _ = run.text.partition(raw)
    inside = _MARKS.sub("", search_key(before)) if found else ""
    if inside and not _DIGITS.search(inside):
        return inside[-_LABEL:], "inside"
    same = [one for one in runs if one.page_index == run.page_index and one is not run and _announces(one)]
    left = [one for one in same if one.box.right <= run.box.left + 2 and _level(one.box, run.box)]
    if left:
        return max(left, key=lambda one: one.box.right).key, "right"
    above = [one for one in same if _above(one.box, run.box)]
    if above:
        return max(above, key=lambda one: one.box.bottom).key, "below"
    return "", "alone"


def _announces(run: Run) -> bool:
    return bool(run.key) and len(run.key) <= _LABEL and not _DIGITS.search(run.key)


def _level(a: Box, b: Box) -> bool:
    overlap = min(a.bottom, b.bottom) - max(a.top, b.top)
    return overlap >= 0.4 * min(a.height, b.height)


def _above(a: Box, b: Box) -> bool:
    distance = b.top - a.bottom
    across = min(a.right, b.right) - max(a.left, b.left)
    return -0.3 * b.height <= distance <= _REACH * b.height and across > 0


def _runs(line: Line, page_index: int) -> Iterator[Run]:
    groups: list[list[Word]] = [[line.words[0]]]
    for before, word in pairwise(line.words):
        if word.box.left - before.box.right > _GAP * max(word.box.height, before.box.height, 1):
            groups.append([word])
        else:
            groups[-1].append(word)
    for group in groups:
        box = union(tuple(word.box for word in group))
        text = Line(words=tuple(group), box=box).text
        if text.strip():
            yield Run(text=text, box=box, page_index=page_index, words=tuple(group))
