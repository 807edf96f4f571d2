"""Confidence against truth in bins of equal mass; conditions."""

import random

import pytest

from pipeline.benchmark.accuracy import Verdict
from pipeline.benchmark.calibration import Chance, calibration, calibrations
from pipeline.benchmark.conditions import CONDITIONS, condition_of
from pipeline.benchmark.exact import JudgedField


def test_confidence_that_can_be_believed_has_no_error():
    pairs = [(0.9, index % 10 != 0) for index in range(100)]
    assert calibration("x", pairs, bins=1).expected_error == pytest.approx(0.0)


def test_too_much_confidence_is_an_error_of_its_size():
    found = calibration("x", [(1.0 - index / 1e6, index % 4 != 0) for index in range(60)], bins=3)
    assert found.expected_error == pytest.approx(0.25, abs=0.05)
    assert [found_bin.right.of for found_bin in found.bins] == [20, 20, 20]


def test_values_of_one_confidence_stay_together():
    """Told apart by their outcome alone, they would look as if one bin were all wrong."""
    found = calibration("x", [(0.9, index % 10 != 0) for index in range(100)] + [(0.99, True)] * 50)
    assert [(b.right.hits, b.right.of) for b in found.bins] == [(90, 100), (50, 50)]
    assert found.expected_error == pytest.approx(0.01 / 3)


def test_fewer_values_than_bins():
    found = calibration("x", [(0.5, True), (0.9, False)])
    assert [b.right.of for b in found.bins] == [1, 1]
    assert found.expected_error == pytest.approx(0.7)
    assert calibration("x", []).bins == ()


def test_what_chance_alone_does_is_told_beside_the_error():
    """Every bin holds one value of 0.9: it is off by 0.1 nine times in ten, and by 0.9 else."""
    chance = calibration("x", [(0.9 + index / 1e6, True) for index in range(15)]).by_chance
    assert chance.mean == pytest.approx(0.9 * 0.1 + 0.1 * 0.9, abs=0.01)
    assert chance.low == pytest.approx(0.1, abs=0.001)
    assert chance.low < chance.mean < chance.high


def test_of_many_values_chance_does_little():
    few, many = (
        calibration("x", [(0.5 + index % 40 / 100, index % 10 < 7) for index in range(count)]).by_chance
        for count in (60, 6000)
    )
    assert many.mean < few.mean / 5
    assert many.high < few.low


def test_errors_of_believable_confidence_lie_in_the_range_of_chance_and_boasting_lies_above():
    draw = random.Random(3)
    claims = [draw.uniform(0.6, 0.99) for _ in range(300)]
    fair = [calibration("x", [(claim, draw.random() < claim) for claim in claims]) for _ in range(40)]
    within = [found.by_chance.low <= found.expected_error <= found.by_chance.high for found in fair]
    assert sum(within) >= 35  # 38 are expected
    boastful = calibration("x", [(claim, draw.random() < claim - 0.15) for claim in claims])
    assert boastful.expected_error > boastful.by_chance.high
    assert boastful.by_chance == fair[0].by_chance  # it follows from the confidences alone


def test_where_nothing_is_doubted_chance_does_nothing():
    assert calibration("x", [(1.0, True)] * 20).by_chance == Chance(mean=0.0, low=0.0, high=0.0)


def test_missing_values_claim_nothing():
    rows = (
        JudgedField(field="total_amount", verdict=Verdict.MISSING, confidence=1.0),
        JudgedField(field="issuer", verdict=Verdict.RIGHT, confidence=1.0),
        JudgedField(field="issuer", verdict=Verdict.INVENTED, confidence=0.5),
    )
    assert [(c.field, c.count) for c in calibrations(rows)] == [("issuer", 2), ("all", 2)]
    assert calibrations(rows[:1]) == ()


@pytest.mark.parametrize(
    ("damage", "condition"),
    [
        ("born_digital", "born_digital"),
        ("scan300", "clean300"),
        ("fax", "damaged200"),
        ("photo_desk", "photo"),
        ("xml", "data"),
        (None, "born_digital"),
    ],
)
def test_conditions(damage, condition):
    assert condition_of(damage) == condition
    assert condition in CONDITIONS
