"""The judge of cuts."""

import numpy as np
import pytest

from extractors import judge as module
from extractors.cuts import Cut
from extractors.judge import Judge, Network, load_judge


def network(*, turn=1.0):
    """Likely where the first measure is larger than the second."""
    return Network(
        mean=np.zeros(2, np.float32),
        deviation=np.ones(2, np.float32),
        layers=(
            (np.array([[[turn, -turn], [-turn, turn]]] * 2, np.float32), np.zeros((2, 1, 2), np.float32)),
            (np.array([[[1.0], [-1.0]]] * 2, np.float32), np.zeros((2, 1, 1), np.float32)),
        ),
    )


def test_each_way_has_a_network_of_its_own():
    judge = Judge(level=network(), upright=network(turn=-1.0))
    cuts = [Cut(False, 1, (2.0, 1.0)), Cut(True, 1, (2.0, 1.0)), Cut(False, 2, (1.0, 2.0))]
    level, upright, other = judge.chances(cuts)
    assert level == pytest.approx(1 / (1 + np.exp(-1)))
    assert upright == pytest.approx(1 - level)
    assert other == pytest.approx(1 - level)
    assert judge.chances([]) == []


def test_a_level_cut_hears_what_is_said_of_its_zones():
    """For each zone: whether there is one, how likely its columns are blocks of their own, and what was measured."""
    hears_zones = Network(
        mean=np.zeros(6, np.float32),
        deviation=np.ones(6, np.float32),
        layers=(
            (np.array([[[0.0], [0.0], [0.0], [8.0], [0.0], [0.0]]], np.float32), np.full((1, 1, 1), -4.0, np.float32)),
        ),
    )
    judge = Judge(level=hears_zones, upright=network())
    columns, rows = (9.0, 0.0), (0.0, 9.0)
    cuts = [Cut(False, 1, (0.0, 0.0), (zone,)) for zone in (columns, rows, None)]
    parted, whole, none = judge.chances(cuts)
    assert parted > 0.9
    assert none < whole < parted
    assert none < 0.1
    told = module.zone_measures(judge.upright, [(columns, None), (None, columns)])
    assert told[0, 0] == told[1, 4] == 1.0
    assert told[0, 1] == told[1, 5] > 0.9
    assert told[0, 2:4].tolist() == told[1, 6:].tolist() == list(columns)
    assert not told[0, 4:].any()
    assert not told[1, :4].any()


def test_measures_far_from_everything_seen_are_held_back():
    judge = Judge(level=network(), upright=network())
    near, far = judge.chances([Cut(False, 1, (8.0, 0.0)), Cut(False, 1, (8000.0, 0.0))])
    assert near == far


def test_what_is_saved_is_what_is_loaded(tmp_path, monkeypatch):
    kept = Judge(level=network(), upright=network(turn=3.0))
    kept.save(tmp_path / "order.npz")
    monkeypatch.setattr(module, "WEIGHTS", tmp_path / "order.npz")
    load_judge.cache_clear()
    try:
        cuts = [Cut(False, 1, (0.3, 0.1)), Cut(True, 1, (0.2, 0.7))]
        assert load_judge().chances(cuts) == kept.chances(cuts)
    finally:
        load_judge.cache_clear()
