"""Learning which cuts are right."""

import random

import numpy as np
import pytest

from extractors.cuts import cuts_of
from extractors.region import Region
from extractors.ruling import Ruling
from extractors.training import network, order, pages
from extractors.training.network import Lessons, fitted
from extractors.training.pages import taught
from samples.generator.placed import PlacedPage, PlacedRule, PlacedWord


def word(text, left, top, *, down=False):
    across, along = (12.0, 12.0 * len(text)) if down else (12.0 * len(text), 12.0)
    return PlacedWord(text, left, top, left + across, top + along, 12.0, down)


def page(*words, rules=()):
    return PlacedPage(layout="test", words=words, rules=rules)


@pytest.fixture
def whole(monkeypatch):
    """Pages as they are: no band of them, no stamp."""
    monkeypatch.setattr(pages, "_CROPPED", 0.0)
    monkeypatch.setattr(pages, "_STAMPED", 0.0)


COLUMNS = page(word("左の一", 10, 10), word("左の二", 10, 30), word("右の一", 200, 10), word("右の二", 200, 30))


def told_right(made, seed=1):
    """Of every cut of the whole page, whether it is right."""
    found = taught(made, random.Random(seed))
    region = Region.of(found.segments, Ruling((), ()))
    cuts = cuts_of(region)
    return dict(zip([(c.upright, c.at) for c in cuts], order._right(region, cuts, found.told), strict=True))


@pytest.mark.usefixtures("whole")
def test_the_order_of_the_source_says_which_cut_is_right():
    assert told_right(COLUMNS) == {(True, 2): True, (False, 2): False}
    rows = page(*(COLUMNS.words[i] for i in (0, 2, 1, 3)))
    assert told_right(rows) == {(True, 2): False, (False, 2): True}


def test_a_stamp_makes_no_cut_wrong_and_a_band_leaves_words_out(monkeypatch):
    monkeypatch.setattr(pages, "_CROPPED", 0.0)
    monkeypatch.setattr(pages, "_STAMPED", 1.0)
    for seed in range(20):
        found = taught(COLUMNS, random.Random(seed))
        region = Region.of(found.segments, Ruling((), ()))
        right = order._right(region, cuts_of(region), found.told)
        for cut, fact in zip(cuts_of(region), right, strict=True):
            sides = [[found.told[id(s)] for s in part] for part in region.parts([cut.at], upright=cut.upright)]
            first, second = ([t for t in side if t.characters] for side in sides)
            assert fact == all(a.last <= b.first for a in first for b in second)
        assert sum(len(s.words) for s in found.segments) > len(COLUMNS.words)
    monkeypatch.setattr(pages, "_CROPPED", 1.0)
    monkeypatch.setattr(pages, "_STAMPED", 0.0)
    assert any(len(taught(COLUMNS, random.Random(seed)).segments) < len(COLUMNS.words) for seed in range(20))


def test_vertical_pages_teach_nothing():
    assert taught(page(word("縦に書いた文", 300, 10, down=True), word("横", 10, 10)), random.Random(1)) is None


@pytest.mark.usefixtures("whole")
def test_frames_side_by_side_make_one_rule_unless_it_is_broken():
    sides = tuple(PlacedRule(left, 20, left + 60, 20, broken) for left in (10, 70) for broken in (False,))
    apart = (PlacedRule(300, 20, 380, 20, False), PlacedRule(10, 60, 200, 60, True))
    seen = [taught(page(*COLUMNS.words, rules=sides + apart), random.Random(seed)) for seed in range(40)]
    found = {len(s.ruling.level) for s in seen}
    assert {0, 2, 3} <= found
    assert max(found) == 3


def test_a_network_learns_what_can_be_learned_and_always_the_same():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(600, 3)).astype(np.float32)
    right = (x[:, 0] * x[:, 1] > 0).astype(np.float32)
    lessons = Lessons(x, right, np.ones(600, np.float32))
    made = fitted(lessons, epochs=60, seed=3)
    assert ((made.chances(x) > 0.5) == (right > 0)).mean() > 0.95
    again = fitted(lessons, epochs=60, seed=3)
    assert all(
        (a == b).all()
        for one, other in zip(made.layers, again.layers, strict=True)
        for a, b in zip(one, other, strict=True)
    )


def test_slopes_are_those_of_the_loss(monkeypatch):
    monkeypatch.setattr(network, "_HIDDEN_MEASURES", 0.0)
    monkeypatch.setattr(network, "_IDLE", 0.0)
    rng = np.random.default_rng(2)
    values = [rng.normal(size=s) for s in ((2, 3, 4), (2, 1, 4), (2, 4, 2), (2, 1, 2), (2, 2, 1), (2, 1, 1))]
    x, right, weight = rng.normal(size=(5, 3)), np.array([1.0, 0, 1, 0, 1]), np.array([1.0, 2, 1, 1, 3])

    def loss():
        h = x
        for i in (0, 2):
            h = np.maximum(h @ values[i] + values[i + 1], 0)
        p = 1 / (1 + np.exp(-(h @ values[4] + values[5])[..., 0]))
        return float((-np.log(np.where(right > 0, p, 1 - p)) * weight).sum() / 5)

    slopes = network._slopes(values, x, right, weight, rng)
    for value, slope in zip(values, slopes, strict=True):
        flat, told = value.reshape(-1), np.asarray(slope).reshape(-1)
        for index in range(0, flat.size, 3):
            before = flat[index]
            flat[index] = before + 1e-5
            more = loss()
            flat[index] = before - 1e-5
            less = loss()
            flat[index] = before
            assert told[index] == pytest.approx((more - less) / 2e-5, abs=1e-4)


def test_a_judge_learns_from_pages():
    pages = [COLUMNS, page(*(COLUMNS.words[i] for i in (0, 2, 1, 3)), rules=(PlacedRule(0, 25, 300, 25, False),))] * 12
    judge = order.learned(pages, seed=1, epochs=30)
    shares = order.right_shares([COLUMNS] * 4, judge, seed=5)
    assert shares["test"] > 0.5
    assert order._left_out({"a", "b", "c", "d"}, 0) == {"a", "d"}
    assert order._left_out({"a", "b"}, None) == frozenset()
