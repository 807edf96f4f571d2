"""Papers found on a platen, and pages that stay whole."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from extractors.pages.platen import find_pieces
from samples.generator.platen import lay, lay_single
from tests.support.platen import sheet, slips


def pixels(scan):
    with Image.open(io.BytesIO(scan.content)) as image:
        return np.asarray(image.convert("RGB"))


def overlap(first, second):
    a, b = np.asarray(first, np.float32), np.asarray(second, np.float32)
    shared, _ = cv2.intersectConvexConvex(a, b)
    return shared / (cv2.contourArea(a) + cv2.contourArea(b) - shared)


@pytest.mark.parametrize(
    ("lid", "way"), [("white", "touching"), ("dark", "touching"), ("mat", "apart"), ("grey", "border")]
)
def test_every_paper_is_found_and_nothing_else(lid, way):
    scan = lay(5, slips()[:4], lid=lid, way=way, suffix=".png", dpi=150)
    assert len(scan.receipts) == len(scan.slips) >= 2
    found = find_pieces(pixels(scan), dpi=scan.dpi)
    assert len(found.pieces) == len(scan.slips)
    for slip in scan.slips:
        assert max(overlap(slip.corners, piece.quad) for piece in found.pieces) > 0.9


def test_boxes_lie_inside_the_picture_and_around_the_outlines():
    scan = lay(5, slips()[:4], lid="dark", way="border", suffix=".png", dpi=150)
    picture = pixels(scan)
    height, width = picture.shape[:2]
    for piece in find_pieces(picture, dpi=scan.dpi).pieces:
        box = piece.box
        assert 0 <= box.left < box.right <= width
        assert 0 <= box.top < box.bottom <= height
        for x, y in piece.quad:
            assert box.left <= min(max(x, 0), width) <= box.right
            assert box.top <= min(max(y, 0), height) <= box.bottom


@pytest.mark.parametrize("seed", range(2))
def test_a_page_with_tables_stays_whole(seed):
    scan = lay_single(seed, sheet(seed), suffix=".png")
    assert find_pieces(pixels(scan), dpi=scan.dpi).pieces == ()


def test_receipts_pasted_on_a_sheet_stay_one_unit():
    scan = lay_single(3, sheet(), pasted=slips()[:2], suffix=".png")
    assert find_pieces(pixels(scan), dpi=scan.dpi).pieces == ()


def test_one_slip_is_no_platen():
    scan = lay(1, slips()[:1], lid="dark", way="apart", suffix=".png")
    assert find_pieces(pixels(scan), dpi=scan.dpi).pieces == ()


@pytest.mark.parametrize("shape", [(1, 1), (3, 900), (60, 60, 3), (500, 400), (500, 400, 3)])
def test_pictures_without_papers(shape):
    assert find_pieces(np.full(shape, 255, np.uint8)).pieces == ()


def test_the_same_seed_gives_the_same_scan():
    first, second = (lay(7, slips()[:2], suffix=".png", dpi=150) for _ in range(2))
    assert first.content == second.content
    assert first.slips == second.slips
