"""Papers told from a lid that is seen."""

import cv2
import numpy as np
import pytest

from extractors.pages.lid import papers_on_lid, rectangles_on_lid

PX_PER_MM = 100 / 25.4


def turned(centre, size, degrees):
    return cv2.boxPoints((centre, size, degrees))


def picture(tone, papers, *, banded=False):
    rng = np.random.default_rng(3)
    drawn = np.full((900, 700), tone, np.float32)
    drawn *= np.linspace(0.97, 1.0, 700, dtype=np.float32)
    for number, ring in enumerate(papers):
        cv2.fillConvexPoly(drawn, np.round(ring).astype(np.int32), 246 - 3 * number)
        if banded:
            band = np.stack([ring[0], ring[1], ring[1] * 0.7 + ring[2] * 0.3, ring[0] * 0.7 + ring[3] * 0.3])
            cv2.fillConvexPoly(drawn, np.round(band).astype(np.int32), 214)
        left, row = (round(float(value)) for value in ring.mean(axis=0))
        drawn[row : row + 4, left - 40 : left + 40] = 40
    soft = cv2.GaussianBlur(drawn, (0, 0), 0.7)
    grey = np.clip(soft + rng.normal(0, 1.2, drawn.shape), 0, 255).astype(np.uint8)
    ink = np.asarray(drawn == 40, np.uint8)
    return grey, ink


APART = [turned((200, 250), (260, 330), 8), turned((480, 640), (240, 360), -12)]


@pytest.mark.parametrize("tone", [30, 110, 200])
@pytest.mark.parametrize("banded", [False, True])
def test_papers_apart_are_rectangles_whatever_is_printed_on_them(tone, banded):
    grey, ink = picture(tone, APART, banded=banded and tone < 200)
    papers = papers_on_lid(grey, ink, PX_PER_MM)
    assert papers is not None
    found = rectangles_on_lid(papers, PX_PER_MM)
    assert len(found) == len(APART)
    for ring in APART:
        best = max(
            cv2.intersectConvexConvex(ring.astype(np.float32), one.astype(np.float32))[0] / cv2.contourArea(ring)
            for one in found
        )
        assert best > 0.97


def test_papers_that_touch_are_no_rectangle():
    grey, ink = picture(60, [turned((230, 300), (240, 330), 4), turned((440, 420), (200, 300), -9)])
    papers = papers_on_lid(grey, ink, PX_PER_MM)
    assert papers is not None
    assert rectangles_on_lid(papers, PX_PER_MM) == []


def test_a_lid_as_white_as_paper_is_not_seen():
    grey, ink = picture(246, APART)
    assert papers_on_lid(grey, ink, PX_PER_MM) is None


def test_a_dark_ground_with_print_on_it_is_no_lid():
    grey, ink = picture(120, APART)
    ink[30:60, 400:600] = 1
    assert papers_on_lid(grey, ink, PX_PER_MM) is None


@pytest.mark.parametrize("shape", [(1, 1), (2, 900), (60, 60)])
def test_pictures_without_anything(shape):
    for tone in (0, 128, 255):
        assert papers_on_lid(np.full(shape, tone, np.uint8), np.zeros(shape, np.uint8), PX_PER_MM) is None
