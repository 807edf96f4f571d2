"""Ruled lines found in pictures."""

import numpy as np
import pytest

from extractors.ocr.rules import find_rules


def page(height=1700, width=1200):
    return np.full((height, width, 3), 255, np.uint8)


def split(rules):
    return [r for r in rules if r.width > r.height], [r for r in rules if r.width <= r.height]


@pytest.mark.parametrize("scale", [1, 2])
def test_a_grid_has_its_rules(scale):
    picture = page(1700 * scale, 1200 * scale)
    for y in (300, 360, 420):
        picture[y * scale : y * scale + scale, 100 * scale : 900 * scale] = 60
    for x in (100, 500, 900):
        picture[300 * scale : 420 * scale, x * scale : x * scale + scale] = 60
    level, upright = split(find_rules(picture))
    assert sorted(round(r.center[1] / scale / 10) * 10 for r in level) == [300, 360, 420]
    assert sorted(round(r.center[0] / scale / 10) * 10 for r in upright) == [100, 500, 900]
    assert all(abs(r.width - 800 * scale) < 30 * scale for r in level)
    assert all(abs(r.height - 120 * scale) < 30 * scale for r in upright)


def test_short_strokes_and_areas_are_no_rules():
    picture = page()
    for x in range(100, 900, 50):
        picture[400:403, x : x + 30] = 0
        picture[420:440, x : x + 3] = 0
    picture[600:680, 100:900] = (120, 30, 30)
    assert find_rules(picture) == ()


def test_a_pale_hairline_on_a_grey_scan_is_found():
    picture = np.full((1700, 1200), 238, np.uint8)
    picture[800, 100:1000] = 205
    (rule,) = find_rules(picture)
    assert abs(rule.center[1] - 800) < 4


@pytest.mark.parametrize("height", [1754, 2339, 2900, 3508, 4677])
@pytest.mark.parametrize("off", range(4))
def test_a_grey_hairline_is_found_at_every_resolution_wherever_it_lies(height, off):
    width = round(height / 1.414)
    picture = np.full((height, width), 250, np.uint8)
    at = height // 3 + off
    picture[at, width // 8 : -width // 8] = 150
    picture[height // 2 : -height // 8, at] = 150
    level, upright = split(find_rules(picture))
    assert [round(abs(r.center[1] - at) / height, 2) for r in level] == [0]
    assert [round(abs(r.center[0] - at) / height, 2) for r in upright] == [0]


def test_a_tiny_picture_has_none():
    assert find_rules(np.zeros((40, 40), np.uint8)) == ()
