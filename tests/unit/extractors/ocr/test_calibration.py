"""Scores become probabilities that rise with them and are true."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.geometry import Box
from domain.page import Word
from extractors.ocr import calibration
from extractors.ocr.calibration import Calibration, Curve, Worth, log_odds, probability, score_of, weighed
from extractors.ocr.recognition import Glyph
from extractors.ocr.training.calibrate import factors
from extractors.ocr.training.fitting import fit_curve

BOX = Box(left=0, top=0, right=100, bottom=20)
SHARES = st.floats(min_value=0.0, max_value=1.0)


def distance(said, so):
    """Mean distance between what is said and what is so, in ten ranges."""
    ranges = {}
    for p, ok in zip(said, so, strict=True):
        ranges.setdefault(min(int(p * 10), 9), []).append((p, ok))
    return sum(abs(sum(p - ok for p, ok in found)) for found in ranges.values()) / len(said)


@given(SHARES, SHARES)
def test_the_curves_that_come_with_the_code_rise(a, b):
    found = calibration.load()
    low, high = sorted((a, b))
    for curve in (found.japanese.character, found.japanese.word, found.latin.character, found.latin.word):
        assert 0.0 < curve.at(low) <= curve.at(high) < 1.0


def test_the_data_says_how_it_was_made():
    plain = json.loads(calibration.DATA.read_text("utf-8"))
    assert plain["made_by"].startswith("python -m extractors.ocr.training.calibrate --seed")
    assert plain["counted"]["characters"] > 20_000
    found = calibration.load()
    assert found.agreement > 1 > found.disagreement > 0
    assert len(found.digest) == 16


def test_a_curve_is_straight_between_its_points_and_flat_beyond():
    curve = Curve(points=((-2.0, -1.0), (2.0, 3.0)))
    assert curve.at(0.5) == pytest.approx(probability(1.0))
    assert curve.at(0.0) == pytest.approx(probability(-1.0))
    assert curve.at(1.0) == pytest.approx(probability(3.0))


def test_forms_of_one_character_count_together():
    one = Glyph(text="1", at=0.5, confidence=0.55, alternatives=(("1", 0.55), ("１", 0.4), ("|", 0.05)))
    assert score_of(one) == pytest.approx(0.95)
    doubtful = Glyph(text="1", at=0.5, confidence=0.55, alternatives=(("1", 0.55), ("¥", 0.4)))
    assert score_of(doubtful) == pytest.approx(0.55)
    put_back = Glyph(text="ー", at=0.5, confidence=0.6, alternatives=(("一", 0.6), ("ー", 0.3)))
    assert score_of(put_back) == pytest.approx(0.9)
    assert score_of(Glyph(text="あ", at=0.5, confidence=0.7)) == 0.7


def test_words_get_probabilities_for_each_of_their_characters():
    steps = Curve(points=((-12.0, -2.0), (12.0, 2.0)))
    worth = Worth(character=steps, word=steps)
    made = Calibration(japanese=worth, latin=worth, agreement=2.0, disagreement=0.5, digest="x")
    words = [Word(text=t, box=BOX, confidence=0.9) for t in ("合計", "9")]
    glyphs = [Glyph(text=t, at=0.1, confidence=c) for t, c in (("合", 0.99), ("計", 0.5), (" ", 0.2), ("9", 0.01))]
    first, second = made.words(words, glyphs)
    assert [w.text for w in (first, second)] == ["合計", "9"]
    assert first.character_confidences[0] > first.character_confidences[1] == 0.5
    assert len(second.character_confidences) == 1
    assert second.character_confidences[0] < 0.5
    assert first.box == BOX


@given(st.floats(min_value=0.01, max_value=0.99), st.floats(min_value=1.01, max_value=50))
def test_weighing_there_and_back(value, factor):
    assert weighed(value, factor) > value > weighed(value, 1 / factor)
    assert weighed(weighed(value, factor), 1 / factor) == pytest.approx(value)


def test_a_fitted_curve_is_true_where_scores_boast():
    rng = random.Random(5)
    scores = [rng.betavariate(8, 1) for _ in range(20_000)]
    right = [rng.random() < 0.5 + score / 2.5 for score in scores]
    curve = fit_curve(scores[::2], right[::2])
    before = distance(scores[1::2], right[1::2])
    after = distance([curve.at(s) for s in scores[1::2]], right[1::2])
    assert after < 0.02 < before
    assert list(curve.points) == sorted(curve.points)
    assert [y for _, y in curve.points] == sorted(y for _, y in curve.points)


def test_a_fit_never_promises_certainty():
    curve = fit_curve([0.5 + n / 4000 for n in range(2000)], [True] * 2000)
    assert curve.at(1.0) < 0.9999


@given(st.lists(st.tuples(SHARES, st.booleans()), min_size=1, max_size=300))
def test_any_counts_give_a_rising_curve(pairs):
    curve = fit_curve([p for p, _ in pairs], [ok for _, ok in pairs])
    xs, ys = zip(*curve.points, strict=True)
    assert list(xs) == sorted(xs)
    assert list(ys) == sorted(ys)


def test_opinions_are_worth_what_they_were_counted_to_be():
    seen = [(True, True)] * 90 + [(True, False)] * 10 + [(False, True)] * 4 + [(False, False)] * 36
    agreement, disagreement = factors(seen)
    assert agreement == pytest.approx(90 / 100 / (4 / 40), rel=0.2)
    assert disagreement == pytest.approx(10 / 100 / (36 / 40), rel=0.2)


@pytest.mark.parametrize("seen", [[], [(True, True)] * 50, [(False, False)] * 50])
def test_few_or_onesided_counts_promise_nothing_wild(seen):
    agreement, disagreement = factors(seen)
    assert 1.0 <= agreement < 60
    assert 1 / 60 < disagreement <= 1.0


@given(SHARES)
def test_log_odds_there_and_back(share):
    assert probability(log_odds(share)) == pytest.approx(share, abs=1e-5)
