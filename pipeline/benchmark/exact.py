"""Every field of DESIGN §6.3, judged where the whole truth is known: equal or not, and if not, why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from domain.companies import company_key
from domain.fields import DocumentType, FieldSet, fields_for, value_to_plain
from domain.folding import fold
from pipeline.benchmark.accuracy import FIELD_OF, DocumentScore, Verdict, same_text

NAMES = frozenset({"issuer", "recipient", "counterparty", "issuer_company", "name", "holder"})
"""Compared as names of companies: form and spacing do not matter."""
NOT_STATED = frozenset({"issuer", "recipient"})
"""Contracts have parties instead."""
_UNORDERED = frozenset({"tax_breakdown", "parties"})
"""Lists whose order says nothing: each row once, in any order."""
TYPE = "type"
"""The class, where it is judged like a field."""
_LONGEST = 160
"""Characters of a value in the list of failures."""


class Cause(StrEnum):
    """Where a wrong field went wrong."""

    CLASS = "class"
    """The document was taken for another class."""
    CHARACTERS = "characters"
    """What is printed does not stand in the text that was read."""
    NOT_FOUND = "not_found"
    """It was read, and no rule took it."""
    CHOICE = "choice"
    """It was read, and something else was taken."""
    INVENTED = "invented"
    """Nothing of the kind is printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedField:
    """One field of one document, with its confidence."""

    field: str
    """A key of ``domain.fields.FIELDS``."""
    verdict: Verdict
    confidence: float
    """0 to 1, as extracted; of a missing field: that it is absent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A field that is not right, for the list that development works through."""

    file: str
    field: str
    """A key of ``domain.fields.FIELDS``, or ``type``."""
    cause: Cause
    expected: str
    """JSON, shortened."""
    got: str
    """JSON, shortened."""


def same_value(expected: Any, got: Any, *, name: str = "") -> bool:
    """Whether two values in plain form say the same; lists row by row, mappings key by key."""
    if isinstance(expected, str) and isinstance(got, str):
        if name in NAMES:
            return company_key(expected) == company_key(got)
        return same_text(expected, got)
    if isinstance(expected, list) and isinstance(got, list):
        if name in _UNORDERED:
            expected, got = (sorted(rows, key=_row_order) for rows in (expected, got))
        return len(expected) == len(got) and all(map(same_value, expected, got))
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        return all(same_value(expected[key], got.get(key), name=key) for key in expected)
    return bool(expected == got)


def _row_order(row: Mapping[str, Any]) -> str:
    return str(row.get("rate", row.get("role", "")))


def judged_fields(document_type: DocumentType, truth: Mapping[str, Any], fields: FieldSet) -> tuple[JudgedField, ...]:
    """Every field of the true class that is printed, or was read although it is not."""
    judged = []
    for name in fields_for(document_type):
        if name not in truth or (document_type is DocumentType.CONTRACT and name in NOT_STATED):
            continue
        field = fields.get(name)
        expected, got = truth[name], value_to_plain(field.value if field else None)
        if expected is None and got is None:
            continue
        if expected is None:
            verdict = Verdict.INVENTED
        elif got is None:
            verdict = Verdict.MISSING
        else:
            verdict = Verdict.RIGHT if same_value(expected, got, name=name) else Verdict.WRONG
        judged.append(JudgedField(field=name, verdict=verdict, confidence=field.confidence if field else 0.0))
    return tuple(judged)


def failures(
    file: str,
    judged: tuple[JudgedField, ...],
    truth: Mapping[str, Any],
    fields: FieldSet,
    *,
    type_right: bool,
    text: str,
) -> tuple[Failure, ...]:
    """What is wrong on one document, each with its likely cause; ``text`` is what was read."""
    out = []
    plain = _plain(text)
    for row in judged:
        if row.verdict is Verdict.RIGHT:
            continue
        expected, got = truth[row.field], value_to_plain(fields.value(row.field))
        cause = _cause(expected, got, type_right=type_right, plain=plain)
        out.append(Failure(file=file, field=row.field, cause=cause, expected=_shown(expected), got=_shown(got)))
    return tuple(out)


def silent_failures(
    score: DocumentScore, truth: Mapping[str, Any], fields: FieldSet, *, got_type: str | None, text: str
) -> tuple[Failure, ...]:
    """What nobody was asked about although it is wrong; ``truth`` is a line of ``truth.jsonl``."""
    out = []
    plain = _plain(text)
    for key in score.silent_errors:
        name = FIELD_OF.get(key, TYPE)
        expected = truth[key]
        got = got_type if name == TYPE else value_to_plain(fields.value(name))
        cause = _cause(expected, got, type_right=score.type_right and name != TYPE, plain=plain)
        out.append(Failure(file=score.file, field=name, cause=cause, expected=_shown(expected), got=_shown(got)))
    return tuple(out)


def _cause(expected: Any, got: object, *, type_right: bool, plain: str) -> Cause:
    if not type_right:
        return Cause.CLASS
    if expected is None:
        return Cause.INVENTED
    if not _stands_in(expected, plain):
        return Cause.CHARACTERS
    return Cause.NOT_FOUND if got is None else Cause.CHOICE


def _stands_in(expected: Any, plain: str) -> bool:
    """Whether everything that a value needs was read: its words, its digits."""
    if isinstance(expected, list):
        return all(_stands_in(row, plain) for row in expected)
    if isinstance(expected, Mapping):
        return all(_stands_in(value, plain) for value in expected.values())
    if isinstance(expected, bool) or expected is None:
        return True
    if isinstance(expected, int):
        return str(abs(expected)) in plain.replace(",", "")
    text = str(expected)
    try:
        date.fromisoformat(text)
    except ValueError:
        return _plain(text) in plain
    return True  # days are printed in too many ways to look for them


def _plain(text: str) -> str:
    return "".join(fold(text).text.split()).casefold()


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)[:_LONGEST]
