"""Curves of confidence: monotone, for known fields, and what is missing claims nothing."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from domain.fields import FIELDS, CalendarDate, DocumentType, Field, FieldStatus, missing
from domain.page import EngineId
from extractors.fields import extract_fields
from extractors.fields.trust import GRID, READ, TYPED, along, curves, recognised, trusted, way_of

ENGINE = EngineId(name="x", version="1")


def dated(confidence, status=FieldStatus.FOUND):
    value = CalendarDate(day=date(2026, 1, 1))
    return Field(name="transaction_date", value=value, status=status, confidence=confidence, engine=ENGINE)


def test_every_curve_is_monotone_and_of_a_known_field():
    assert set(curves()) == {READ, TYPED}
    for name, curve in ((name, curve) for way in curves().values() for name, curve in way.items()):
        assert name in FIELDS
        assert len(curve) == len(GRID)
        assert all(0 <= left <= right <= 1 for left, right in pairwise(curve))


@pytest.mark.parametrize(("claim", "expected"), [(0.0, 0.0), (0.05, 0.1), (0.025, 0.05), (1.0, 1.0), (0.5, 1.0)])
def test_straight_lines_between_steps(claim, expected):
    assert along(tuple(min(2 * step, 1.0) for step in GRID), claim) == pytest.approx(expected)


def test_a_field_keeps_its_value_and_one_without_a_curve_its_claim():
    day = dated(0.9)
    assert trusted(day).value == day.value
    assert trusted(day).confidence == pytest.approx(along(curves()[READ]["transaction_date"], 0.9), abs=1e-4)
    absent = missing("transaction_date", engine=ENGINE)
    assert trusted(absent) == absent
    unknown = replace(day, name="points_used")
    assert unknown.name not in curves()[READ]
    assert trusted(unknown) == unknown


def test_what_the_rules_doubt_is_not_lifted():
    day = dated(0.6, status=FieldStatus.AMBIGUOUS)
    for way in (READ, TYPED):
        assert trusted(day, way=way).confidence <= 0.6


def test_what_the_file_says_is_told_from_what_was_recognised(paper, context):
    """Of two pages with the same words, and of a typed page on which one word was recognised."""
    rows = ("請求書", "請求番号 AB-00123", "請求日 2026年10月31日")
    typed, read = (paper(*rows, confidence=confidence) for confidence in (1.0, 0.98))
    stamped = replace(typed, lines=(*typed.lines[:2], read.lines[2]))
    for page, number, day in ((typed, TYPED, TYPED), (read, READ, READ), (stamped, TYPED, READ)):
        fields = extract_fields(DocumentType.INVOICE, (page,), context=context)
        ways = [way_of(fields.get(name), recognised((page,))) for name in ("document_number", "transaction_date")]
        assert ways == [number, day]


def test_a_field_without_a_curve_for_what_the_file_says_takes_the_other():
    days = [trusted(dated(0.9), way=way).confidence for way in (TYPED, READ)]
    for way, confidence in zip((TYPED, READ), days, strict=True):
        curve = curves()[way].get("transaction_date") or curves()[READ]["transaction_date"]
        assert confidence == pytest.approx(along(curve, 0.9), abs=1e-4)
