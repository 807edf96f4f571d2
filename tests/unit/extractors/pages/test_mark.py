"""The same paper scanned twice has nearly the same mark and shows the same picture; other papers do not."""

import numpy as np
import pytest

from domain.picture_mark import NEAR, apart, turned
from extractors.pages.mark import picture_mark
from extractors.pages.same_picture import same_picture
from tests.support.drawings import drawing, full_page, scanned

PAPER = drawing(1)
WEAR = {
    "grain": {"noise": 12.0},
    "small": {"scale": 0.6},
    "askew": {"degrees": 1.5},
    "shade": {"shade": 0.6, "noise": 6.0},
}


@pytest.mark.parametrize("wear", WEAR)
def test_another_scan_of_the_paper(wear):
    again = scanned(PAPER, 3, **WEAR[wear])
    assert apart(picture_mark(PAPER), picture_mark(again)) <= NEAR / 2
    assert same_picture(PAPER, again)


def test_other_papers_are_far_and_others_on_the_same_form_show_something_else():
    marks = [picture_mark(drawing(seed)) for seed in range(1, 13)]
    assert sum(apart(marks[0], mark) > NEAR for mark in marks[1:]) >= 10
    one, other = drawing(1, form="f"), scanned(drawing(2, form="f"), 5)
    assert not same_picture(one, other)
    assert not same_picture(PAPER, drawing(2))


FIRST = scanned(full_page(), 1, scale=2 / 3)


@pytest.mark.parametrize(
    ("page", "wear", "same"),
    [
        ({}, {"scale": 2 / 3, "noise": 8.0}, True),
        ({}, {"degrees": -0.9}, True),
        ({"day": "2026-12-30"}, {"scale": 2 / 3}, False),
        ({"number": "A-1002"}, {"scale": 2 / 3, "degrees": 0.6, "noise": 8.0}, False),
        ({"total": "280,000"}, {"scale": 2 / 3}, False),
    ],
)
def test_one_figure_tells_full_pages_of_one_form_apart(page, wear, same):
    """At 200 dpi; without ``scale`` the second is a scan of 300 dpi."""
    assert same_picture(FIRST, scanned(full_page(**page), 2, **wear)) is same


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_mark_is_found_whichever_way_up_the_paper_lay(turns):
    lying = np.ascontiguousarray(np.rot90(PAPER, k=-turns))
    assert apart(picture_mark(lying), turned(picture_mark(PAPER))[turns]) <= NEAR / 2


def test_what_shows_nothing_has_no_mark():
    blank = scanned(np.full((900, 640, 3), 255, np.uint8), 1)
    for empty in (blank, np.zeros((3, 4000, 3), np.uint8), np.zeros((900, 640), np.uint8), PAPER[:20, :20]):
        assert picture_mark(empty) == ""
        assert not same_picture(empty, PAPER)
        assert not same_picture(PAPER, empty)
