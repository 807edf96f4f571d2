"""Papers chosen among the rectangles that edges support."""

import cv2
import numpy as np
import pytest

from extractors.pages.choosing import Paper, best_set, choose_papers, left_out, like_one, uncovered
from extractors.pages.outlines import find_outlines
from extractors.pages.scene import scene_of, unexplained

PX_PER_MM = 100 / 25.4


def lid(width_mm, height_mm, *, tone):
    return np.full((round(height_mm * PX_PER_MM), round(width_mm * PX_PER_MM)), tone, np.uint8)


def scanned(picture):
    rng = np.random.default_rng(5)
    soft = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), 0.7)
    return np.clip(soft + rng.normal(0, 1.2, picture.shape), 0, 255).astype(np.uint8)


def put(picture, box, *, tone, rules=()):
    """A paper (left, top, right, bottom in millimetres) with rows of print, and rules so far below its top."""
    left, top, right, bottom = (round(value * PX_PER_MM) for value in box)
    picture[top:bottom, left:right] = tone
    rng = np.random.default_rng(left + top)
    for row in range(top + 24, bottom - 24, 16):
        column = left + 24
        while column < right - 36:
            cv2.line(picture, (column, row), (column + 6, row + 8), 30, 2)
            column += 10 if rng.random() < 0.8 else 30
    for below in rules:
        row = top + round(below * PX_PER_MM)
        picture[row - 6 : row + 7, left + 4 : right - 4] = tone
        picture[row, left + 12 : right - 12] = 60


def papers_of(drawn):
    picture = scanned(drawn)
    scene = scene_of(picture, PX_PER_MM)
    found = choose_papers(scene, find_outlines(picture, px_per_mm=PX_PER_MM, least_side=0.3, least_mean=0.66))
    boxes = [tuple((np.concatenate([p.corners.min(axis=0), p.corners.max(axis=0)]) / PX_PER_MM).round()) for p in found]
    return sorted(boxes), left_out(scene, found)


def near(found, wanted):
    return len(found) == len(wanted) and all(
        abs(a - b) <= 1.5 for one, other in zip(found, wanted, strict=True) for a, b in zip(one, other, strict=True)
    )


def test_rules_across_a_paper_do_not_divide_it():
    picture = lid(200, 160, tone=60)
    put(picture, (20, 15, 85, 145), tone=240, rules=(30, 70, 100))
    put(picture, (110, 30, 175, 120), tone=240, rules=(40,))
    found, left = papers_of(picture)
    assert near(found, [(20, 15, 85, 145), (110, 30, 175, 120)])
    assert left < 0.01


@pytest.mark.parametrize("shadow", [0, 12])
def test_two_papers_of_different_white_under_one_another_stay_two_where_one_casts_a_shadow(shadow):
    picture = lid(120, 180, tone=244)
    put(picture, (25, 10, 90, 85), tone=238)
    put(picture, (25, 85, 90, 165), tone=232)
    edge = round(85 * PX_PER_MM)
    picture[edge : edge + 2, round(25 * PX_PER_MM) : round(90 * PX_PER_MM)] -= shadow
    found, _ = papers_of(picture)
    assert near(found, [(25, 10, 90, 85), (25, 85, 90, 165)] if shadow else [(25, 10, 90, 165)])


def test_print_on_none_of_the_papers_is_left_out():
    picture = lid(200, 160, tone=60)
    put(picture, (20, 15, 85, 145), tone=240)
    scene = scene_of(scanned(picture), PX_PER_MM)
    assert left_out(scene, []) == 1.0
    assert papers_of(picture)[1] < 0.01


def test_several_candidates_before_one_that_is_worth_less_than_they_are_together():
    clash = np.eye(4, dtype=bool)
    clash[0, 1:] = clash[1:, 0] = True
    worth = np.array([5.0, 3.0, 2.5, 1.0])
    assert sorted(best_set(worth, np.zeros((4, 4)), clash)) == [1, 2, 3]
    assert best_set(np.array([8.0, 3.0, 2.5, 1.0]), np.zeros((4, 4)), clash) == [0]


def test_what_two_candidates_count_twice_is_taken_off():
    common = np.array([[0.0, 4.0], [4.0, 0.0]])
    assert best_set(np.array([5.0, 3.0]), common, np.eye(2, dtype=bool)) == [0]


def ring(left, top, right, bottom):
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]]) * PX_PER_MM


def test_a_paper_of_which_a_part_is_left_over_on_the_lid_is_noticed_and_an_empty_back_is_none():
    picture = lid(200, 160, tone=60)
    put(picture, (20, 15, 85, 145), tone=240)
    put(picture, (110, 30, 175, 80), tone=240)
    picture[round(90 * PX_PER_MM) : round(140 * PX_PER_MM), round(110 * PX_PER_MM) : round(175 * PX_PER_MM)] = 235
    scene = scene_of(scanned(picture), PX_PER_MM)
    assert scene.on_lid is not None
    both = [ring(20, 15, 85, 145), ring(110, 30, 175, 80)]
    assert not unexplained(scene, both)
    assert unexplained(scene, both[:1])
    assert unexplained(scene, [ring(20, 15, 85, 137), both[1]])


def test_two_rectangles_that_make_up_one_are_doubted():
    scene = scene_of(lid(200, 160, tone=60), PX_PER_MM)
    first = Paper(corners=ring(20, 20, 80, 70), whole=True)
    assert like_one(scene, [first, Paper(corners=ring(20, 70, 80, 130), whole=True)])
    assert not like_one(scene, [first, Paper(corners=ring(26, 70, 86, 130), whole=True)])
    assert not like_one(scene, [first])


def test_a_part_that_a_paper_has_grown_over_is_no_paper_beside_it():
    grown, part, beside = ring(20, 20, 90, 130), ring(25, 90, 85, 132), ring(88, 20, 150, 130)
    papers = [Paper(corners=corners, whole=True) for corners in (part, grown, beside)]
    assert uncovered(papers) == papers[1:]
    assert uncovered([papers[1], Paper(corners=grown, whole=True)]) == [papers[1]]
    assert uncovered([]) == []
