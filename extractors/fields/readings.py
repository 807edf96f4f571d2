"""Arithmetic and check digits choose among readings that were really made (law: inv-rounding, inv-checkdigit).

Where the sums of a paper do not come out, each second reading of a word with figures is put in the first one's place,
alone and in pairs; the one by which more of them come out is taken. A value that nobody read is never produced, and
what was chosen against the first reading is marked: it goes to a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from domain.evidence import Check, Outcome
from domain.fields import Field, FieldSet, FieldStatus
from domain.page import Line, PageText, Word

_EQUATIONS = frozenset({"totals_add_up", "items_add_up", "cash_and_change", "tax_per_rate", "registration_check_digit"})
"""Checks that tell a right reading from a wrong one; the others only say what is plausible."""
_MOST = 6
"""Doubtful words that are tried, the least sure first: with pairs that makes 21 readings of the paper at most."""
_TOGETHER = 2
_MARKED = 0.6
"""Most that a value chosen against the first reading may claim."""


@dataclass(frozen=True, slots=True)
class _Other:
    """A second reading of a word: where it stands, and what it says."""

    page: int
    line: int
    word: int
    text: str
    confidence: float


def settled(
    texts: Sequence[PageText],
    fields: FieldSet,
    *,
    extract: Callable[[Sequence[PageText]], FieldSet],
    check: Callable[[FieldSet], Sequence[Check]],
) -> FieldSet:
    """The fields of the reading by which most sums come out; as they are where the first reading is as good.

    Takes: ``extract`` and ``check``, which give fields and checks for any reading of the pages. Two second readings
    that are equally good and disagree leave the first in place.
    """
    others = _others(texts)
    first = _proof(check(fields))
    if not others or first.complete:
        return fields
    best: list[FieldSet] = []
    score = first.score
    for chosen in _ways(others):
        found = extract(_with(texts, chosen))
        made = _proof(check(found)).score
        if made > score:
            best, score = [found], made
        elif made == score and best:
            best.append(found)
    if not best or any(_values(other) != _values(best[0]) for other in best[1:]):
        return fields
    return FieldSet(fields=tuple(_marked(field, fields.get(field.name)) for field in best[0].fields))


@dataclass(frozen=True, slots=True)
class _Proof:
    score: int
    complete: bool
    """No sum is left open."""


def _proof(checks: Sequence[Check]) -> _Proof:
    told = [c.outcome for c in checks if c.name in _EQUATIONS]
    passed = told.count(Outcome.PASSED)
    return _Proof(passed - told.count(Outcome.FAILED), passed == len(told))


def _others(texts: Sequence[PageText]) -> list[_Other]:
    found = [
        _Other(page, number, place, text, word.confidence)
        for page, content in enumerate(texts)
        for number, line in enumerate(content.lines)
        for place, word in enumerate(line.words)
        for text in word.alternatives
        if re.search(r"\d", text) and text != word.text
    ]
    return sorted(found, key=lambda other: other.confidence)[:_MOST]


def _ways(others: Sequence[_Other]) -> Iterator[tuple[_Other, ...]]:
    for count in range(1, _TOGETHER + 1):
        for chosen in combinations(others, count):
            if len({(o.page, o.line, o.word) for o in chosen}) == count:
                yield chosen


def _with(texts: Sequence[PageText], chosen: Sequence[_Other]) -> tuple[PageText, ...]:
    out = list(texts)
    for other in chosen:
        page = out[other.page]
        lines = list(page.lines)
        lines[other.line] = _changed(lines[other.line], other)
        out[other.page] = replace(page, lines=tuple(lines))
    return tuple(out)


def _changed(line: Line, other: _Other) -> Line:
    words: list[Word] = list(line.words)
    words[other.word] = replace(words[other.word], text=other.text, character_confidences=(), alternatives=())
    return replace(line, words=tuple(words))


def _values(fields: FieldSet) -> tuple[object, ...]:
    return tuple(field.value for field in fields.fields)


def _marked(field: Field, first: Field | None) -> Field:
    """A value that the first reading did not give is for a person, however well it fits."""
    if field.value is None or (first is not None and first.value == field.value):
        return field
    return replace(field, status=FieldStatus.AMBIGUOUS, confidence=min(field.confidence, _MARKED))
