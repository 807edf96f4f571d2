"""Pages are read whichever way up they lie."""

import cv2
import numpy as np
import pytest

from domain.geometry import Box
from domain.page import EngineId, Line, PageText, Word
from extractors.ocr.looking import Look
from extractors.ocr.way_up import WayUp
from extractors.pages.cleanup import turn
from extractors.upright import read_upright

ENGINE = EngineId(name="test.v1", version="1")
ARROW = np.full((600, 400, 3), 255, np.uint8)
ARROW[20:60, 20:120] = (255, 0, 0)


def corner(pixels):
    """Which quarter turn the red corner of ARROW shows; None where it is not seen."""
    red = (pixels[:, :, 0] > 200) & (pixels[:, :, 1] < 80)
    if not red.any():
        return None
    ys, xs = np.nonzero(red)
    height, width = red.shape
    top, left = ys.mean() < height / 2, xs.mean() < width / 2
    return {(True, True): 0, (True, False): 90, (False, False): 180, (False, True): 270}[(top, left)]


class Compass:
    """Reads surely when upright, badly upside down, and in tall boxes when sideways."""

    engine_id = ENGINE

    def __init__(self):
        self.calls = 0

    def read_page(self, pixels, *, page_index, dpi):
        self.calls += 1
        at = corner(pixels)
        if at is None:
            return PageText(page_index=page_index, lines=(), engine=ENGINE)
        red = np.argwhere((pixels[:, :, 0] > 200) & (pixels[:, :, 1] < 80))
        (top, left), (bottom, right) = red.min(axis=0), red.max(axis=0) + 1
        box = Box(left=int(left), top=int(top), right=int(right), bottom=int(bottom))
        confidence = {0: 0.98, 90: 0.97, 180: 0.6, 270: 0.65}[at]
        word = Word(text="読めた文字列です領収書請求書", box=box, confidence=confidence)
        return PageText(page_index=page_index, lines=(Line(words=(word,), box=box),), engine=ENGINE)


@pytest.mark.parametrize(("lies", "calls"), [(0, 1), (90, 2), (180, 2), (270, 2)])
def test_the_right_way_up_is_found(lies, calls):
    engine = Compass()
    found = read_upright(turn(ARROW, lies), engine, page_index=0, dpi=200)
    assert found.turned_degrees == (360 - lies) % 360
    assert found.text.lines[0].box.as_list() == pytest.approx([20, 20, 120, 60], abs=2)
    assert engine.calls <= calls + 1


def test_without_clean_up_it_is_read_as_it_came():
    engine = Compass()
    found = read_upright(turn(ARROW, 180), engine, page_index=0, dpi=200, clean_up=False)
    assert found.turned_degrees == 0
    assert engine.calls == 1


def test_an_empty_page_is_read_once():
    engine = Compass()
    found = read_upright(np.full((500, 500, 3), 255, np.uint8), engine, page_index=3, dpi=200)
    assert (found.turned_degrees, found.text.lines, engine.calls) == (0, (), 1)
    assert found.text.page_index == 3


class Sheets:
    """Reads a page of two rows, and on the sheet of its stamps the one word that they bear."""

    engine_id = ENGINE

    def look(self, pixels, *, page_index):
        return Look(way_up=WayUp(degrees=0, sure=True))

    def read_found(self, pixels, quads, *, page_index, dpi):
        return self._text(page_index, "御請求書番号", "支払期限日")

    def read_page(self, pixels, *, page_index, dpi):
        return self._text(page_index, "受領")

    @staticmethod
    def _text(page_index, *words):
        boxes = [Box(left=40, top=40 + 60 * at, right=140, bottom=70 + 60 * at) for at in range(len(words))]
        lines = tuple(
            Line(words=(Word(text=text, box=box, confidence=0.99),), box=box, row=row)
            for row, (text, box) in enumerate(zip(words, boxes, strict=True))
        )
        return PageText(page_index=page_index, lines=lines, engine=ENGINE)


def test_what_a_stamp_says_stands_on_no_row_of_the_page():
    page = np.full((1200, 900, 3), 255, np.uint8)
    cv2.circle(page, (650, 900), 60, (220, 40, 40), 6)
    cv2.putText(page, "PAID", (612, 910), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (220, 40, 40), 4)
    found = read_upright(page, Sheets(), page_index=0, dpi=200)
    assert [row.text for row in found.text.rows] == ["御請求書番号", "支払期限日", "受領"]
