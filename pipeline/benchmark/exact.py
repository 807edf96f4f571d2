"""Fields beyond the key ones, judged where the whole truth is known: equal or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.companies import company_key
from domain.fields import DocumentType, FieldSet, fields_for, value_to_plain
from pipeline.benchmark.accuracy import same_text

NAMES = frozenset({"issuer", "recipient", "issuer_company", "name", "holder"})
"""Compared as names of companies: form and spacing do not matter."""
JUDGED_ELSEWHERE = frozenset(
    {
        "transaction_date",
        "total_amount",
        "counterparty",
        "registration_number",
        "document_number",
        "due_date",
        "subtotal",
        "tax_total",
    }
)
"""Key fields, which have their own tables."""
NOT_STATED = frozenset({"issuer", "recipient"})
"""Contracts have parties instead."""


def same_value(expected: Any, got: Any, *, name: str = "") -> bool:
    """Whether two values in plain form say the same; lists row by row, mappings key by key."""
    if isinstance(expected, str) and isinstance(got, str):
        if name in NAMES:
            return company_key(expected) == company_key(got)
        return same_text(expected, got)
    if isinstance(expected, list) and isinstance(got, list):
        return len(expected) == len(got) and all(map(same_value, expected, got))
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        return all(same_value(expected[key], got.get(key), name=key) for key in expected)
    return bool(expected == got)


def other_fields(
    document_type: DocumentType, truth: Mapping[str, Any], fields: FieldSet
) -> tuple[tuple[str, bool], ...]:
    """(field, right) for every further field of the class that is printed, or was read although it is not."""
    judged = []
    for name in fields_for(document_type):
        if name in JUDGED_ELSEWHERE or name not in truth:
            continue
        if document_type is DocumentType.CONTRACT and name in NOT_STATED:
            continue
        expected, got = truth[name], value_to_plain(fields.value(name))
        if expected is None and got is None:
            continue
        judged.append((name, same_value(expected, got, name=name)))
    return tuple(judged)
