"""Maps of the plane: one after the other, and back."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.geometry import IDENTITY, Box, Transform, quarter_turn
from extractors.pages.cleanup import CleanPage, turn

sizes = st.integers(2, 60)
shares = st.floats(0, 1)
degrees = st.sampled_from((0, 90, 180, 270))


@st.composite
def transforms(draw):
    """What clean-up does to a page: turns, scales, shifts and leans back a little."""
    angle = math.radians(draw(st.floats(-180, 180)))
    scale, tall = draw(st.floats(0.3, 3)), draw(st.floats(0.5, 2))
    x, y = draw(st.floats(-500, 500)), draw(st.floats(-500, 500))
    g, h = draw(st.floats(-1e-4, 1e-4)), draw(st.floats(-1e-4, 1e-4))
    cos, sin = scale * math.cos(angle), scale * math.sin(angle)
    return Transform(matrix=(cos, -sin, x, tall * sin, tall * cos, y, g, h, 1.0))


points = st.tuples(st.floats(0, 2000), st.floats(0, 2000))


@given(transforms(), transforms(), points)
def test_one_map_after_the_other(first, second, point):
    between = first.point(*point)
    w = second.matrix[6] * between[0] + second.matrix[7] * between[1] + 1
    assume(abs(w) > 0.05)
    assert first.then(second).point(*point) == pytest.approx(second.point(*between), rel=1e-6, abs=1e-4)


@given(transforms(), points)
def test_there_and_back(transform, point):
    there = transform.point(*point)
    assert transform.inverse().point(*there) == pytest.approx(point, rel=1e-6, abs=1e-4)
    assert transform.then(transform.inverse()).point(*point) == pytest.approx(point, rel=1e-6, abs=1e-4)


@given(transforms())
def test_doing_nothing_changes_nothing(transform):
    assert IDENTITY.then(transform) == transform
    assert transform.then(IDENTITY) == transform


def test_a_map_that_flattens_the_plane_has_no_way_back():
    with pytest.raises(ValueError, match="flattens"):
        Transform(matrix=(1, 1, 0, 1, 1, 0, 0, 0, 1)).inverse()


@given(sizes, sizes, degrees, degrees)
def test_quarter_turns_add_up(width, height, first, second):
    turned = (height, width) if first % 180 else (width, height)
    one = quarter_turn(first, width_px=width, height_px=height)
    other = quarter_turn(second, width_px=turned[0], height_px=turned[1])
    assert one.then(other) == quarter_turn((first + second) % 360, width_px=width, height_px=height)


@given(sizes, sizes, degrees, shares, shares)
def test_a_turned_page_knows_where_its_pixels_came_from(width, height, turned, across, down):
    x, y = int(across * (width - 1)), int(down * (height - 1))
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[y, x] = 255
    page = CleanPage(pixels=pixels).turned(turned)
    assert np.array_equal(page.pixels, turn(pixels, turned))
    rows, columns = np.nonzero(page.pixels[:, :, 0])
    new = Box(left=int(columns[0]), top=int(rows[0]), right=int(columns[0]) + 1, bottom=int(rows[0]) + 1)
    assert page.to_source.box(new) == Box(left=x, top=y, right=x + 1, bottom=y + 1)
