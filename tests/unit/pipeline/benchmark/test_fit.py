"""Fitting of curves: towards what was counted, and only as far as the count allows."""

from itertools import pairwise

import pytest

from extractors.fields.trust import GRID, READ, TYPED, along
from pipeline.benchmark.fit import checked, curves_of, fit


def test_many_right_values_raise_a_modest_claim():
    curve = fit([(0.7, True)] * 300 + [(0.7, False)] * 3)
    assert along(curve, 0.7) == pytest.approx(0.98, abs=0.03)
    assert all(left <= right for left, right in pairwise(curve))


def test_too_bold_a_claim_is_lowered():
    curve = fit([(0.95, index % 2 == 0) for index in range(200)] + [(0.6, index % 4 == 0) for index in range(200)])
    assert along(curve, 0.95) < 0.75
    assert along(curve, 0.6) < along(curve, 0.95)


def test_a_few_values_change_little_and_too_few_nothing():
    few = fit([(0.8, True)] * 3)
    assert 0.8 <= along(few, 0.8) < 0.93
    assert len(few) == len(GRID)
    assert curves_of({(READ, "issuer"): [(0.8, True)] * 5}) == {READ: {}, TYPED: {}}


def test_what_the_file_says_and_what_was_recognised_have_a_curve_each():
    made = curves_of(
        {(READ, "phone"): [(0.89, at % 10 > 0) for at in range(200)], (TYPED, "phone"): [(0.9, True)] * 200}
    )
    assert along(made[READ]["phone"], 0.89) == pytest.approx(0.9, abs=0.02)
    assert along(made[TYPED]["phone"], 0.9) > 0.985


def test_curves_are_judged_on_what_they_were_not_counted_on():
    """A part whose values are wrong where those of the others are right is not believed for its own sake."""
    right, wrong = ({(READ, "phone"): [(0.9, outcome)] * 100} for outcome in (True, False))
    (whole,) = checked([right, right])
    (odd,) = checked([right, right, right, wrong])
    assert whole.startswith("read phone 200: error 0.0")
    assert odd.startswith("read phone 400: error 0.498")
    assert odd.endswith("right 0.750")
