"""Clean-up measures first, and what it did maps back."""

import cv2
import numpy as np
import pytest

from domain.geometry import Box
from extractors.pages.clean.photo import page_corners
from extractors.pages.clean.reduced import percentiles, reduced
from extractors.pages.clean.skew import skew_degrees
from extractors.pages.cleanup import STEPS, clean, turn

MARK = (40, 60, 200)


def page(width=900, height=1200, *, marked=False):
    pixels = np.full((height, width, 3), 250, np.uint8)
    for row in range(14):
        for column in range(9 if row % 3 else 6):
            left, top = 90 + 80 * column, 120 + 70 * row
            cv2.rectangle(pixels, (left, top), (left + 60, top + 18), (20, 20, 20), -1)
    if marked:
        cv2.rectangle(pixels, (600, 300), (680, 340), MARK, -1)
    return pixels


def turned_by(pixels, degrees):
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    return cv2.warpAffine(pixels, matrix, (width, height), borderValue=(250, 250, 250))


def place_of_mark(pixels):
    near = (np.abs(pixels.astype(int) - MARK).sum(axis=2)) < 60
    ys, xs = np.nonzero(near)
    return Box(left=int(xs.min()), top=int(ys.min()), right=int(xs.max()) + 1, bottom=int(ys.max()) + 1)


def photo():
    sheet = page(marked=True)
    desk = np.full((1600, 1400, 3), 90, np.uint8)
    corners = np.array([(210, 190), (1190, 240), (1230, 1430), (170, 1390)], np.float32)
    matrix = cv2.getPerspectiveTransform(np.array([(0, 0), (899, 0), (899, 1199), (0, 1199)], np.float32), corners)
    cv2.warpPerspective(sheet, matrix, (1400, 1600), dst=desk, borderMode=cv2.BORDER_TRANSPARENT)
    return desk, corners


def near(box, other, slack):
    return all(abs(a - b) <= slack for a, b in zip(box.as_list(), other.as_list(), strict=True))


@pytest.mark.parametrize("step", STEPS)
def test_each_step_can_be_left_out(step):
    pixels, _ = photo()
    cv2.circle(pixels, (600, 800), 60, (215, 45, 50), 6)
    shade = np.linspace(0.5, 1.0, 1400, dtype=np.float32)[None, :, None]
    dark = (pixels * shade).astype(np.uint8)
    assert step not in clean(dark, without=frozenset({step})).steps
    assert clean(dark, without=frozenset(STEPS)).pixels is dark


def test_a_straight_clean_page_needs_nothing():
    pixels = page()
    result = clean(pixels)
    assert result.steps == ()
    assert result.pixels is pixels


@pytest.mark.parametrize("degrees", [-13.0, -3.2, -0.8, 0.0, 1.5, 7.0, 14.0])
def test_skew_is_measured(degrees):
    assert skew_degrees(turned_by(page(), degrees)) == pytest.approx(degrees, abs=0.3)


@pytest.mark.parametrize("degrees", [-6.0, 2.5, 11.0])
def test_boxes_of_a_straightened_page_map_back(degrees):
    pixels = turned_by(page(marked=True), degrees)
    result = clean(pixels)
    assert "skew" in result.steps
    assert abs(skew_degrees(result.pixels)) < 0.5
    assert near(result.to_source.box(place_of_mark(result.pixels)), place_of_mark(pixels), 16)
    x, y = result.to_source.point(*place_of_mark(result.pixels).center)
    assert (x, y) == pytest.approx(place_of_mark(pixels).center, abs=2)


def test_a_page_on_a_desk_is_cut_out_and_maps_back():
    pixels, corners = photo()
    small, factor = reduced(pixels)
    assert page_corners(small) * factor == pytest.approx(corners, abs=8)
    result = clean(pixels)
    assert result.steps[0] == "page"
    assert result.pixels.shape[0] < pixels.shape[0]
    x, y = result.to_source.point(*place_of_mark(result.pixels).center)
    assert (x, y) == pytest.approx(place_of_mark(pixels).center, abs=3)


@pytest.mark.parametrize("pixels", [page(), np.full((600, 400, 3), 255, np.uint8), np.zeros((600, 400, 3), np.uint8)])
def test_scans_and_empty_pages_are_no_photos(pixels):
    assert page_corners(reduced(pixels)[0]) is None


def test_seal_ink_is_lifted_and_print_stays():
    pixels = page()
    for shift in (0, 6):
        cv2.circle(pixels, (400, 330), 60 - shift, (215, 45, 50), 4)
    cv2.line(pixels, (360, 330), (440, 330), (215, 45, 50), 5)
    cv2.rectangle(pixels, (100, 60), (400, 75), (215, 45, 50), -1)
    result = clean(pixels)
    assert "seals" in result.steps
    seal = result.pixels[265:395, 335:465].astype(int)
    assert (seal[:, :, 0] - seal[:, :, 1]).max() < 60
    assert result.pixels[336, 420].max() < 90  # black print under the seal
    assert np.array_equal(result.pixels[60:76, 100:401], pixels[60:76, 100:401])  # a red bar is no seal


def test_blue_seal_ink_is_lifted_too():
    pixels = page()
    cv2.line(pixels, (380, 60), (700, 60), (20, 20, 20), 3)
    print_ = pixels.copy()
    for radius in (48, 40, 20):
        cv2.circle(pixels, (450, 60), radius, (70, 90, 190), 4)
    pixels = np.minimum(pixels, print_)
    result = clean(pixels)
    assert "seals" in result.steps
    seal = result.pixels[5:115, 395:505].astype(int)
    assert (seal[:, :, 2] - seal[:, :, 0]).max() < 60
    assert result.pixels[60, 410].max() < 90  # black print under the seal


@pytest.mark.parametrize("colour", [(40, 60, 180), (205, 40, 45)])
def test_letters_of_a_coloured_title_are_no_seals(colour):
    pixels = page()
    for place in range(3):
        left = 300 + 90 * place
        cv2.rectangle(pixels, (left, 40), (left + 36, 76), colour, 5)
        cv2.line(pixels, (left, 58), (left + 36, 58), colour, 5)
    assert np.array_equal(clean(pixels).pixels, pixels)


@pytest.mark.parametrize("colour", [(40, 60, 200), (205, 40, 45)])
def test_a_box_filled_with_colour_is_no_seal(colour):
    pixels = page()
    cv2.rectangle(pixels, (400, 200), (500, 270), colour, -1)
    cv2.putText(pixels, "No.", (410, 245), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (255, 255, 255), 3)
    assert np.array_equal(clean(pixels).pixels, pixels)


def lettered(ink=20, paper=250):
    pixels = np.full((1200, 900, 3), paper, np.uint8)
    for row in range(24):
        at = (60, 100 + 42 * row)
        cv2.putText(pixels, "Invoice 2024-10-31", at, cv2.FONT_HERSHEY_SIMPLEX, 1.1, (ink,) * 3, 2, cv2.LINE_AA)
    return pixels


def test_print_of_the_other_side_is_taken_off():
    front = lettered()
    back = cv2.GaussianBlur(front[:, ::-1], (0, 0), 1.6).astype(np.float32)
    through = np.minimum(front, 255 - (255 - back) * 0.2).astype(np.uint8)
    result = clean(through)
    assert result.steps == ("faint",)
    only_back = (front > 240) & (through < 225)
    assert only_back.sum() > 5000
    assert result.pixels[only_back].min() > 235
    assert result.pixels[front < 60].max() < 70


@pytest.mark.parametrize("ink", [20, 110, 170])
def test_print_that_is_itself_faint_stays(ink):
    pixels = lettered(ink=ink)
    assert clean(pixels).pixels is pixels


@pytest.mark.parametrize("wide", [1, 3])
def test_light_lines_across_the_page_are_filled_from_both_sides(wide):
    whole = lettered(paper=235)
    torn = whole.copy()
    for column in range(95, 850, 150):
        torn[:, column : column + wide] = np.minimum(torn[:, column : column + wide].astype(int) + 160, 254)
    torn[700:, :][::3] = 250  # rows of a worn print head
    result = clean(torn)
    assert result.steps == ("streaks",)
    lost = np.abs(torn.astype(int) - whole).sum()
    assert np.abs(result.pixels.astype(int) - whole).sum() < 0.35 * lost


def test_white_gaps_that_do_not_run_across_the_page_are_no_streaks():
    pixels = lettered(paper=235)
    pixels[100:500, 300] = 255
    pixels[:, 0:2] = 255  # paper beside the page
    noise = np.random.default_rng(1).integers(225, 245, pixels.shape[:2])
    grained = np.minimum(pixels, noise[:, :, None]).astype(np.uint8)
    for picture in (pixels, grained):
        assert "streaks" not in clean(picture).steps


def test_uneven_light_is_evened_out():
    shade = np.linspace(0.45, 1.0, 900, dtype=np.float32)[None, :, None]
    dark = (page().astype(np.float32) * shade).astype(np.uint8)
    result = clean(dark)
    assert "light" in result.steps
    paper = result.pixels[60:100].mean(axis=(0, 2))
    assert paper.min() > 0.85 * paper.max()


def test_a_small_picture_is_enlarged_and_maps_back():
    result = clean(cv2.resize(page(), (300, 400), interpolation=cv2.INTER_AREA))
    assert "enlarge" in result.steps
    assert result.to_source.box(Box(left=20, top=40, right=60, bottom=80)) == Box(left=10, top=20, right=30, bottom=40)


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 900, 3), (900, 2, 3), (17, 17, 3)])
def test_odd_shapes_are_survived(shape):
    assert clean(np.full(shape, 128, np.uint8)).pixels.size


def test_four_quarter_turns_are_none():
    pixels = page(marked=True)
    assert np.array_equal(turn(turn(turn(turn(pixels, 90), 90), 90), 90), pixels)
    assert turn(pixels, 90).shape[:2] == (900, 1200)
    assert np.array_equal(turn(pixels, 90)[:, -1], pixels[0])


@pytest.mark.parametrize("shape", [(48, 301), (1, 1), (2, 2), (37, 5)])
def test_percentiles_from_counts_are_those_of_the_levels_in_order(shape):
    levels = np.random.default_rng(shape[1]).integers(0, 256, shape, dtype=np.uint8)
    wanted = (0, 2, 50, 90, 100)
    assert np.allclose(percentiles(levels, wanted), np.percentile(levels, wanted), rtol=0, atol=1e-9)


@pytest.mark.parametrize("degrees", [0, 90, 180, 270, 360])
@pytest.mark.parametrize("shape", [(5, 7, 3), (5, 7)])
def test_a_quarter_turn_is_exact(shape, degrees):
    pixels = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    assert np.array_equal(turn(pixels, degrees), np.rot90(pixels, k=-(degrees // 90)))
