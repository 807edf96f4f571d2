"""White papers on a white lid, told from it by their shadows."""

import cv2
import numpy as np
import pytest

from extractors.pages.lid import holds_several, rectangles_on_lid
from extractors.pages.shadows import edges, papers_within_shadows

PX_PER_MM = 4.0
SHAPE = (900, 700)


def turned(centre, size, degrees):
    return cv2.boxPoints((centre, size, degrees))


def picture(papers, *, tone=249, shadow=22.0, colour=True):
    """Papers of their own tone within faint shadows, on a lid that is lit unevenly."""
    rng = np.random.default_rng(7)
    drawn = np.full(SHAPE, 250, np.float32) * np.linspace(0.975, 1.0, SHAPE[1], dtype=np.float32)
    ink = np.zeros(SHAPE, np.uint8)
    for ring in papers:
        outline = np.zeros(SHAPE, np.float32)
        cv2.fillConvexPoly(outline, np.round(ring).astype(np.int32), 1.0)
        drawn -= shadow * cv2.GaussianBlur(outline, (0, 0), 0.8)
        if tone is not None:
            drawn[outline > 0] = tone
        left, row = (round(float(value)) for value in ring.mean(axis=0))
        for line in range(-80, 81, 40):
            drawn[row + line : row + line + 4, left - 40 : left + 40] = 40
            ink[row + line : row + line + 4, left - 40 : left + 40] = 1
    grain = rng.normal(0, 0.8, (*SHAPE, 3)) if colour else rng.normal(0, 0.5, SHAPE)
    soft = cv2.GaussianBlur(drawn, (0, 0), 0.5)
    return np.clip((soft[:, :, None] if colour else soft) + grain, 0, 255).astype(np.uint8), ink


APART = [turned((200, 250), (260, 330), 8), turned((480, 640), (240, 360), -12)]
TOUCHING = [turned((230, 300), (240, 330), 4), turned((440, 420), (200, 300), -9)]


@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize("tone", [244, 249])
def test_papers_apart_are_found_whether_or_not_they_have_the_tone_of_the_lid(tone, colour):
    papers = papers_within_shadows(*picture(APART, tone=tone, colour=colour), PX_PER_MM)
    assert papers is not None
    found = rectangles_on_lid(papers, PX_PER_MM)
    assert len(found) == len(APART)
    assert holds_several(papers, PX_PER_MM)
    for ring in APART:
        shared = [cv2.intersectConvexConvex(ring, one.astype(np.float32))[0] for one in found]
        best = int(np.argmax(shared))
        both = cv2.contourArea(ring) + cv2.contourArea(found[best].astype(np.float32)) - shared[best]
        assert shared[best] / both > 0.9


def test_papers_that_touch_are_more_than_one_rectangle():
    papers = papers_within_shadows(*picture(TOUCHING), PX_PER_MM)
    assert papers is not None
    assert rectangles_on_lid(papers, PX_PER_MM) == []
    assert holds_several(papers, PX_PER_MM)


def test_one_paper_is_not_several():
    papers = papers_within_shadows(*picture(APART[:1]), PX_PER_MM)
    assert papers is not None
    assert not holds_several(papers, PX_PER_MM)


def test_print_straight_on_the_ground_means_that_it_is_no_lid():
    assert papers_within_shadows(*picture(APART, shadow=0.0, tone=None), PX_PER_MM) is None


def test_nothing_but_an_edge_is_an_edge():
    plain, _ = picture([], colour=False)
    assert edges(plain).mean() < 0.001
    parted = plain.copy()
    parted[:, 350:] -= 5
    columns = np.flatnonzero(edges(parted).mean(axis=0) > 0.9)
    assert columns.min() >= 345
    assert columns.max() <= 354


@pytest.mark.parametrize("shape", [(1, 1), (3, 900), (60, 60, 3)])
def test_pictures_without_anything(shape):
    assert papers_within_shadows(np.full(shape, 255, np.uint8), np.zeros(shape[:2], np.uint8), PX_PER_MM) is None
