"""Intervals and text distances."""

import pytest

from pipeline.benchmark.rates import character_error_rate, edit_distance, plain, rate, unordered_error_rate


def test_wilson_interval_of_a_known_case():
    found = rate(8, 10)
    assert found.share == pytest.approx(0.8)
    assert (found.low, found.high) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))


@pytest.mark.parametrize(("hits", "of"), [(0, 5), (5, 5), (3, 3000), (0, 1)])
def test_the_interval_holds_the_share(hits, of):
    found = rate(hits, of)
    assert 0.0 <= found.low <= found.share <= found.high <= 1.0


def test_nothing_says_nothing():
    assert rate(0, 0).share is None
    assert (rate(0, 0).low, rate(0, 0).high) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("first", "second", "steps"),
    [
        ("", "", 0),
        ("請求書", "", 3),
        ("", "abc", 3),
        ("kitten", "sitting", 3),
        ("領収書", "領収証", 1),
        ("abcd", "abd", 1),
    ],
)
def test_edit_distance(first, second, steps):
    assert edit_distance(first, second) == steps
    assert edit_distance(second, first) == steps


def test_error_rates_ignore_width_and_space():
    assert plain("\uff34\uff11 2") == "T12"
    assert character_error_rate("合 計 \uffe51,000", "合計\u00a51,000") == 0.0
    assert unordered_error_rate("abcd", "dcba") == 0.0
    assert character_error_rate("abcd", "dcba") > 0.5
    assert unordered_error_rate("abcd", "ab") == 0.5
    assert unordered_error_rate("", "ab") == 2.0
