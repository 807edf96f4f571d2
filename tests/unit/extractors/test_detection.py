"""Rectangles from a probability map."""

import cv2
import numpy as np
import pytest

from extractors.ocr.detection import _normalised, detect, quads_from_map
from extractors.ocr.sessions import Session


def quads(mask):
    """In pixels of the map itself."""
    return quads_from_map(mask.astype(np.float32), width_px=mask.shape[1], height_px=mask.shape[0])


def sizes(mask):
    return sorted((round(q.width), round(q.height)) for q in quads(mask))


def row(mask, top, *, left=100, right=400, height=10):
    mask[top : top + height, left:right] = 0.95
    return mask


def test_a_row_is_one_rectangle_grown_beyond_its_letters():
    ((width, height),) = sizes(row(np.zeros((300, 600)), 100))
    assert 300 < width < 330
    assert 18 < height < 32


def test_a_stroke_of_a_seal_does_not_swallow_the_row_it_touches():
    mask = row(np.zeros((300, 600)), 100)
    cv2.ellipse(mask, (390, 90), (22, 30), 0, 0, 300, 0.9, 3)
    alone = sizes(row(np.zeros((300, 600)), 100))
    (long,) = [size for size in sizes(mask) if size[0] > 200]
    assert abs(long[0] - alone[0][0]) < 30
    assert abs(long[1] - alone[0][1]) < 8


def test_two_rows_that_touch_are_two():
    mask = row(row(np.zeros((300, 600)), 100), 124)
    mask[110:124, 200:212] = 0.9
    assert [size for size in sizes(mask) if size[0] > 200] == sizes(row(row(np.zeros((300, 600)), 100), 124))


def test_a_column_of_vertical_writing_stays_whole():
    mask = np.zeros((600, 300))
    mask[100:400, 100:110] = 0.95
    mask[180:190, 110:130] = 0.9
    (found,) = [q for q in quads(mask) if q.height > 200]
    assert found.width < 40


def test_faint_spots_are_nothing():
    assert quads(row(np.zeros((300, 600)), 100) * 0.4) == []


def page_with_row(*, top, height=1400, letters=(20, 60), paper=250):
    picture = np.full((height, 1000, 3), paper, np.uint8)
    picture[top : top + letters[0], 100 : 100 + letters[1] * 8] = 30
    return picture


def looking(seen):
    """A network that answers where its picture is dark, and remembers what it was shown."""

    def run(values):
        seen.append(values.shape[2:])
        dark = (values[:, :1] < -0.2).astype(np.float32)
        return cv2.erode(dark[0, 0], np.ones((3, 3), np.uint8))[None, None] * 0.95

    return Session(run=run)


@pytest.mark.parametrize("top", [2, 300, 1370])
def test_white_above_and_below_is_not_looked_at(top):
    seen = []
    (quad,) = detect(page_with_row(top=top), looking(seen), limit_pixels=2_000_000)
    assert seen[0][0] <= 256
    assert abs((quad.corners[0][1] + quad.corners[3][1]) / 2 - (top + 10)) < 4


def test_a_page_without_ink_is_looked_at_whole():
    seen = []
    assert detect(np.full((1400, 1000, 3), 255, np.uint8), looking(seen), limit_pixels=2_000_000) == []
    assert seen == [(1408, 992)]


def test_small_print_is_looked_at_once_more_and_larger():
    small, large = [], []
    detect(page_with_row(top=300, letters=(12, 60)), looking(small), limit_pixels=350_000)
    detect(page_with_row(top=300, letters=(60, 60)), looking(large), limit_pixels=350_000)
    assert len(small) == 2
    assert small[1][1] > 1.3 * small[0][1]
    assert len(large) == 1


@pytest.mark.parametrize(("height", "width"), [(3508, 2480), (2339, 1654), (2001, 1415), (1754, 1240), (640, 480)])
def test_the_network_is_shown_the_whole_page_at_its_place_whatever_its_resolution(height, width):
    seen = []

    def run(values):
        seen.append(values)
        return np.zeros((1, 1, *values.shape[2:]), np.float32)

    page = np.full((height, width, 3), 250, np.uint8)
    for y, x in ((0.05, 0.1), (0.5, 0.5), (0.95, 0.85)):
        cv2.circle(page, (round(x * width), round(y * height)), width // 40, (10, 10, 10), cv2.FILLED)
    assert detect(page, Session(run=run), limit_pixels=900_000) == []
    shown = (seen[0][0, 0] < 0).astype(np.uint8)
    count, _, _, middles = cv2.connectedComponentsWithStats(shown)
    assert count == 4
    places = sorted((y / shown.shape[0], x / shown.shape[1]) for x, y in middles[1:] + 0.5)
    assert np.allclose(places, [(0.05, 0.1), (0.5, 0.5), (0.95, 0.85)], atol=0.004)
    assert shown.mean() == pytest.approx((page[:, :, 0] < 130).mean(), rel=0.06)


def test_levels_are_what_the_networks_own_preparation_makes_of_them():
    picture = np.random.default_rng(1).integers(0, 256, (64, 96, 3), dtype=np.uint8)
    expected = cv2.dnn.blobFromImage(picture, scalefactor=1 / 127.5, mean=(127.5, 127.5, 127.5), swapRB=True)
    assert np.array_equal(_normalised(picture), expected)
