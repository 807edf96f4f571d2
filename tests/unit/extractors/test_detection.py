"""Rectangles from a probability map."""

import cv2
import numpy as np

from extractors.ocr.detection import quads_from_map


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
