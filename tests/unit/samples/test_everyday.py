"""Platens as people make them: always the same for a seed, and their truth is what is seen."""

import io

import numpy as np
import pytest
from PIL import Image

from samples.generator.everyday import KEPT_SCENES, SCENES, Papers, lay_everyday
from tests.support.platen import sheet, slips, strokes

PAPERS = Papers(slips=tuple(slips()), sheets=(sheet(),), cards=(strokes(91, 55, seed=11), strokes(91, 55, seed=12)))


@pytest.mark.parametrize("scene", [*SCENES, *KEPT_SCENES])
def test_a_scene_shows_print_where_its_truth_says(scene):
    scan = lay_everyday(3, PAPERS, scene=scene, suffix=".png")
    assert scan.way == scene
    with Image.open(io.BytesIO(scan.content)) as image:
        grey = np.asarray(image.convert("L")).astype(int)
    assert (len(scan.slips) == 1) == (scene == "one")
    for slip in scan.receipts:
        left, top, right, bottom = (round(v) for v in slip.ink)
        part = grey[max(0, top) : bottom, max(0, left) : right]
        assert part.max() - part.min() > 60
        corners = np.array(slip.corners)
        assert corners[:, 0].min() <= slip.ink[0] + 2
        assert corners[:, 1].max() >= slip.ink[3] - 2


def test_the_same_seed_gives_the_same_scan_and_another_another():
    first, second, other = (lay_everyday(seed, PAPERS, scene="crumpled", suffix=".png") for seed in (7, 7, 8))
    assert first.content == second.content
    assert first.slips == second.slips
    assert first.content != other.content


@pytest.mark.parametrize("seed", range(6))
def test_what_a_photo_leaves_out_is_no_truth(seed):
    scan = lay_everyday(seed, PAPERS, scene="phone", suffix=".png")
    with Image.open(io.BytesIO(scan.content)) as image:
        width, height = image.size
    for slip in scan.receipts:
        left, top, right, bottom = slip.ink
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
