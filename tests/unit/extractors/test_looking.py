"""What a look at a page keeps when the page is turned and straightened."""

import math

import cv2
import numpy as np
import pytest

from domain.geometry import Transform, quarter_turn
from extractors.ocr.detection import moved, quads_from_map, tilt_degrees
from extractors.ocr.looking import Look
from extractors.ocr.way_up import WayUp

ROWS = [((200, 60 + 50 * n), (300, 14)) for n in range(4)]


def seen(degrees, *, tall=False):
    """Quads of a probability map with four rows (columns), turned by an angle."""
    probability = np.zeros((400, 400), np.float32)
    for center, size in ROWS:
        box = cv2.boxPoints((center, size, 0.0))
        cv2.fillPoly(probability, [box.astype(np.int32)], 1.0)
    if tall:
        probability = np.ascontiguousarray(np.rot90(probability))
    matrix = cv2.getRotationMatrix2D((200, 200), -degrees, 1.0)
    turned = cv2.warpAffine(probability, matrix, (400, 400), flags=cv2.INTER_NEAREST)
    return quads_from_map(turned, width_px=400, height_px=400)


@pytest.mark.parametrize("tall", [False, True])
@pytest.mark.parametrize("degrees", [-12.0, -5.0, -1.5, 0.0, 2.0, 7.0, 15.0])
def test_tilt_is_told_from_rows_and_from_columns(degrees, tall):
    quads = seen(degrees, tall=tall)
    assert len(quads) == 4
    assert all((q.height > q.width) == tall for q in quads)
    assert tilt_degrees(quads) == pytest.approx(degrees, abs=0.6)


def test_no_text_has_no_tilt():
    assert tilt_degrees(()) == 0.0


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_stretches_move_with_the_page(degrees):
    quads = seen(0.0)
    transform = quarter_turn(degrees, width_px=400, height_px=400)
    look = Look(way_up=WayUp(degrees=degrees, sure=True), quads=tuple(quads))
    for before, after in zip(quads, look.moved(transform), strict=True):
        want = sorted(transform.point(x, y) for x, y in before.corners)
        assert sorted(after.corners) == [pytest.approx(point, abs=1e-3) for point in want]
        (ax, ay), (bx, by), (cx, cy), _ = after.corners
        assert (bx > ax, by == pytest.approx(ay)) == (True, True)
        assert (cy > by, cx == pytest.approx(bx)) == (True, True)
        assert (after.width > after.height) == (degrees % 180 == 0)


def test_a_straightened_stretch_is_straight():
    (quad, *_) = seen(8.0)
    assert not quad.straight
    back = math.radians(-8.0)
    cos, sin = math.cos(back), math.sin(back)
    assert moved(quad, Transform(matrix=(cos, -sin, 0, sin, cos, 0, 0, 0, 1))).straight
