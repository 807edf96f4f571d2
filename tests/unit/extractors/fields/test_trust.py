"""Curves of confidence: monotone, for known fields, and what is missing claims nothing."""

from datetime import date
from itertools import pairwise

import pytest

from domain.fields import FIELDS, CalendarDate, Field, FieldStatus, missing
from domain.page import EngineId
from extractors.fields.trust import GRID, along, curves, trusted

ENGINE = EngineId(name="x", version="1")


def test_every_curve_is_monotone_and_of_a_known_field():
    assert curves()
    for name, curve in curves().items():
        assert name in FIELDS
        assert len(curve) == len(GRID)
        assert all(0 <= left <= right <= 1 for left, right in pairwise(curve))


@pytest.mark.parametrize(("claim", "expected"), [(0.0, 0.0), (0.05, 0.1), (0.025, 0.05), (1.0, 1.0), (0.5, 1.0)])
def test_straight_lines_between_steps(claim, expected):
    assert along(tuple(min(2 * step, 1.0) for step in GRID), claim) == pytest.approx(expected)


def test_a_field_keeps_its_value_and_one_without_a_curve_its_claim():
    day = Field(
        name="transaction_date",
        value=CalendarDate(day=date(2026, 1, 1)),
        status=FieldStatus.FOUND,
        confidence=0.9,
        engine=ENGINE,
    )
    assert trusted(day).value == day.value
    assert trusted(day).confidence == pytest.approx(along(curves()["transaction_date"], 0.9), abs=1e-4)
    absent = missing("transaction_date", engine=ENGINE)
    assert trusted(absent) == absent
    assert "discount" not in curves()
