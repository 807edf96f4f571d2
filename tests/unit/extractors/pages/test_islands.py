"""Papers out of wallets on a lid that is seen: no rectangles, and told apart by the lid between them."""

import random
from dataclasses import replace

import cv2
import numpy as np
import pytest

from extractors.pages.islands import parted_by_lid
from extractors.pages.lid import something_beside, with_bands
from extractors.pages.platen import find_pieces
from extractors.pages.scene import Scene
from samples.generator.platen import Place, laid_on
from samples.generator.under_lid import ground
from samples.generator.worn_paper import crumpled, folded, lengthened, torn_off
from tests.support.platen import strokes

DPI = 100
SIZE = (210.0, 297.0)


def scanned(places, lid="dark"):
    noise = np.random.default_rng(4)
    canvas = ground(lid, SIZE, DPI, noise)
    laid = laid_on(canvas, places, DPI, light=(1.0, 0.2), rng=random.Random(4), noise=noise)
    return np.clip(canvas, 0, 255).astype(np.uint8), laid


def found(places, lid="dark"):
    pixels, laid = scanned(places, lid)
    return find_pieces(pixels, dpi=DPI), laid


def best_overlap(slip, pieces):
    shares = []
    for piece in pieces:
        a, b = np.asarray(slip.corners, np.float32), np.asarray(piece.quad, np.float32)
        shared, _ = cv2.intersectConvexConvex(a, b)
        shares.append(shared / (cv2.contourArea(a) + cv2.contourArea(b) - shared))
    return max(shares, default=0.0)


@pytest.mark.parametrize("lid", ["dark", "mat", "white"])
def test_receipts_of_one_width_one_above_the_other_are_two(lid):
    """The lid between them is a few millimetres of the three hundred that both and it are long."""
    above, below = strokes(80, 120, seed=1), strokes(80, 130, seed=2)
    beside = strokes(58, 90, seed=3)
    platen, laid = found(
        [Place(above, 0.2, (50.0, 65.0)), Place(below, -0.4, (53.0, 194.0)), Place(beside, -1.0, (140.0, 70.0))], lid
    )
    assert len(platen.pieces) == 3
    assert all(best_overlap(slip, platen.pieces) > 0.85 for slip in laid)
    assert not platen.doubtful


@pytest.mark.parametrize(("wear", "lid"), [(folded, "dark"), (crumpled, "mat"), (torn_off, "grey"), (folded, "white")])
def test_a_worn_receipt_is_one(wear, lid):
    rng = random.Random(3)
    worn = [wear(lengthened(strokes(80, 150, seed=5), rng), rng), wear(strokes(58, 120, seed=6), rng)]
    platen, laid = found([Place(worn[0], 2.0, (60.0, 148.0)), Place(worn[1], -3.0, (150.0, 90.0))], lid)
    assert len(platen.pieces) == 2
    assert all(best_overlap(slip, platen.pieces) > 0.85 for slip in laid)


def test_a_green_band_on_an_olive_mat_is_no_lid():
    """No channel alone is far from the mat's."""
    picture = np.full((700, 700, 3), (118, 110, 85), np.uint8)
    papers = np.zeros((700, 700), np.uint8)
    picture[200:600, 150:450], papers[200:600, 150:450] = 245, 1
    picture[180:200, 150:450] = (90, 150, 45)
    assert something_beside(picture, papers, 4.0)
    assert with_bands(picture, papers, 4.0)[180:600, 150:450].all()


@pytest.mark.parametrize(("band_mm", "told"), [(0.0, False), (1.5, False), (5.0, True)])
def test_a_band_that_was_taken_for_lid_is_told_and_a_shadow_is_not(band_mm, told):
    picture = np.full((700, 700, 3), 175, np.uint8)
    papers = np.zeros((700, 700), np.uint8)
    picture[200:600, 150:450], papers[200:600, 150:450] = 245, 1
    picture[200 - round(band_mm * 4) : 200, 150:450] = (70, 20, 30)
    assert something_beside(picture, papers, 4.0) == told


def ragged(slip, seed):
    """Both short edges wander as chance has it, by some millimetres."""
    noise = np.random.default_rng(seed)
    height, width = slip.pixels.shape[:2]
    ends = []
    for _ in range(2):
        walk = np.cumsum(np.convolve(noise.normal(0, 1, width), np.ones(15) / 15, "same"))
        walk -= np.linspace(walk[0], walk[-1], width)
        ends.append((walk - walk.min()) * 14 / walk.std())
    rows = np.arange(height)[:, None]
    shape = np.where((rows >= ends[0]) & (rows < height - ends[1]), 255, 0).astype(np.uint8)
    return replace(slip, shape=shape)


def banded(slip):
    """A shop's dark blue along its upper edge: as dark as a dark lid."""
    pixels = slip.pixels.copy()
    pixels[:60] = (30, 20, 120)
    return replace(slip, pixels=pixels)


def test_a_band_printed_to_the_edge_is_cut_with_its_paper():
    slips = [banded(strokes(80, 120, seed=1)), banded(strokes(58, 90, seed=2))]
    platen, laid = found([Place(slips[0], 1.0, (60.0, 80.0)), Place(slips[1], -2.0, (150.0, 90.0))])
    assert len(platen.pieces) == 2
    assert all(best_overlap(slip, platen.pieces) > 0.97 for slip in laid)
    assert not platen.doubtful


def test_papers_torn_at_both_ends_are_cut_though_their_ends_are_no_edges():
    worn = [ragged(strokes(80, 110, seed=seed), seed) for seed in (1, 2, 3)]
    centres = [(50.0, 70.0), (150.0, 80.0), (60.0, 210.0)]
    platen, laid = found([Place(slip, tilt, at) for slip, tilt, at in zip(worn, (1, -2, 3), centres, strict=True)])
    assert len(platen.pieces) == 3
    assert all(best_overlap(slip, platen.pieces) > 0.9 for slip in laid)


def test_papers_on_boards_of_different_tone_are_found():
    places = [Place(strokes(80, 120, seed=1), 1.0, (60.0, 80.0)), Place(strokes(58, 90, seed=2), -2.0, (150.0, 90.0))]
    platen, laid = found(places, "boards")
    assert len(platen.pieces) == 2
    assert all(best_overlap(slip, platen.pieces) > 0.95 for slip in laid)


def test_a_page_of_tables_and_text_is_no_platen_and_nobody_is_asked():
    """White shows around its print from rim to rim, as a white lid does around papers."""
    noise = np.random.default_rng(2)
    page = np.full((1169, 827, 3), 248.0)
    for top in range(80, 320, 60):
        cv2.rectangle(page, (80, top), (740, top + 60), (40, 40, 40), 2)
    for top in range(360, 900, 28):
        for left in range(90, int(noise.integers(300, 740)), 13):
            cv2.rectangle(page, (left, top), (left + 8, top + 9), (40, 40, 40), -1)
    grain = noise.normal(0, 1.0, page.shape)
    pixels = np.clip(cv2.GaussianBlur(page, (0, 0), 0.6) + grain, 0, 255).astype(np.uint8)
    platen = find_pieces(pixels, dpi=DPI)
    assert platen.pieces == ()
    assert not platen.doubtful


def test_a_paper_with_lid_across_it_may_be_two():
    grey = np.full((900, 700), 245, np.uint8)
    papers = np.zeros((900, 700), np.uint8)
    papers[100:800, 100:400] = 1
    corners = np.array([[100.0, 100.0], [400.0, 100.0], [400.0, 800.0], [100.0, 800.0]])
    scene = Scene(grey=grey, ink=papers * 0, paper=grey, points=np.zeros((0, 2)), px_per_mm=4.0, on_lid=papers)
    assert not parted_by_lid(scene, corners)
    papers[780:800, 100:400] = 0  # torn off
    assert not parted_by_lid(scene, corners)
    papers[450:455, 100:340] = 0
    assert parted_by_lid(scene, corners)


def test_a_frame_that_is_taken_for_a_paper_whose_edges_are_not_seen_is_asked_about():
    noise = np.random.default_rng(5)
    lid = np.full((1169, 827, 3), 250.0)
    for left, top, right, bottom, seen in ((60, 60, 380, 560, 1), (450, 80, 770, 540, 1), (100, 700, 640, 1050, 0)):
        if seen:
            cv2.rectangle(lid, (left, top), (right, bottom), (225, 225, 225), 3)
        else:
            cv2.rectangle(lid, (left, top), (right, bottom), (40, 40, 40), 3)
        for row in range(top + 50, bottom - 50, 28):
            for at in range(left + 40, right - 40, 13):
                cv2.rectangle(lid, (at, row), (at + 8, row + 9), (40, 40, 40), -1)
    soft = cv2.GaussianBlur(lid, (0, 0), 0.6) + noise.normal(0, 1.0, lid.shape)
    assert find_pieces(np.clip(soft, 0, 255).astype(np.uint8), dpi=DPI).doubtful


def test_one_paper_seen_from_aside_stays_whole_and_nobody_is_asked():
    pixels = np.full((1100, 800, 3), (120, 110, 130), np.uint8)
    page = cv2.resize(strokes(150, 200, seed=3).pixels, (600, 800), interpolation=cv2.INTER_AREA)
    start = np.array([[0, 0], [600, 0], [600, 800], [0, 800]], np.float32)
    target = np.array([[90, 120], [700, 150], [675, 960], [110, 940]], np.float32)
    matrix = cv2.getPerspectiveTransform(start, target)
    cv2.warpPerspective(page, matrix, (800, 1100), pixels, borderMode=cv2.BORDER_TRANSPARENT)
    platen = find_pieces(pixels, dpi=DPI)
    assert platen.pieces == ()
    assert not platen.doubtful


def test_one_worn_paper_stays_whole():
    worn = crumpled(strokes(180, 250, seed=7), random.Random(2))
    platen, _ = found([Place(worn, 1.0, (104.0, 148.0))])
    assert platen.pieces == ()
    assert not platen.doubtful


def test_where_the_lid_shows_several_and_edges_show_no_paper_a_person_is_asked():
    pixels = np.full((1100, 800, 3), 40, np.uint8)
    for number, centre in enumerate([(200, 250), (600, 300), (300, 800)]):
        spokes = [
            (centre[0] + r * np.cos(a), centre[1] + r * np.sin(a))
            for a, r in zip(np.arange(10) * np.pi / 5, (180, 70) * 5, strict=True)
        ]
        cv2.fillPoly(pixels, [np.array(spokes, np.int32)], (245, 245, 240))
        cv2.putText(pixels, f"No. {number}", (centre[0] - 40, centre[1]), 0, 1, (20, 20, 20), 2)
    platen = find_pieces(pixels, dpi=DPI)
    assert platen.pieces == ()
    assert platen.doubtful
