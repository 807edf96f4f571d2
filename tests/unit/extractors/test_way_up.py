"""Which way up a page lies, told from a few of its stretches."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from extractors.ocr import ppocr
from extractors.ocr.detection import Quad
from extractors.ocr.looking import LookingEngine
from extractors.ocr.recognition import Glyph
from extractors.ocr.sessions import Session
from extractors.ocr.way_up import way_up
from extractors.pages.cleanup import turn
from samples.generator.seals import FONT

TEXT = (
    "御請求書を送付いたします",
    "株式会社灯台製作所　御中",
    "下記の通りご請求申し上げます",
    "お振込先をご確認ください",
)
DEGREES = (0, 90, 180, 270)


def in_rows(*texts):
    picture = Image.new("RGB", (900, 1200), "white")
    draw = ImageDraw.Draw(picture)
    for number, text in enumerate(texts):
        draw.text((80, 100 + 90 * number), text, font=ImageFont.truetype(str(FONT), 32), fill="black")
    return np.asarray(picture)


def in_columns(*texts):
    picture = Image.new("RGB", (900, 1200), "white")
    draw = ImageDraw.Draw(picture)
    for number, text in enumerate(texts):
        for place, character in enumerate(text):
            at = (780 - 90 * number, 100 + 36 * place)
            draw.text(at, character, font=ImageFont.truetype(str(FONT), 32), fill="black")
    return np.asarray(picture)


@pytest.fixture(scope="module")
def engine():
    return ppocr.create()


@pytest.mark.ocr
@pytest.mark.parametrize("lies", DEGREES)
@pytest.mark.parametrize("page", [in_rows(*TEXT), in_columns(*TEXT), in_rows("領収証"), in_columns("以上、報告します")])
def test_rows_and_columns_lie_any_way(page, lies, engine):
    look = engine.look(turn(page, lies), page_index=0)
    assert look.way_up.degrees == -lies % 360


@pytest.mark.ocr
def test_a_look_saves_looking_again(engine):
    page = in_rows(*TEXT)
    assert isinstance(engine, LookingEngine)
    look = engine.look(page, page_index=3)
    assert look.way_up.sure
    found = engine.read_found(page, look.quads, page_index=3, dpi=200.0)
    assert found == engine.read_page(page, page_index=3, dpi=200.0)
    assert "御請求書" in found.text


@pytest.mark.ocr
@pytest.mark.parametrize("shape", [(500, 400, 3), (1, 1, 3), (3, 900, 3), (64, 64)])
def test_blank_and_odd_pages_stay_as_they_are(shape, engine):
    look = engine.look(np.full(shape, 255, np.uint8), page_index=0)
    assert (look.way_up.degrees, look.way_up.sure, look.quads) == (0, False, ())


def quad(left, top, width, height):
    corners = ((left, top), (left + width, top), (left + width, top + height), (left, top + height))
    return Quad(corners=corners, width=width, height=height, straight=True)


def session_saying(level):
    return Session(run=lambda values: np.tile(np.array([[level, 1 - level]], np.float32), (len(values), 1)))


def glyphs(text, confidence):
    return [Glyph(c, (n + 0.5) / len(text), confidence) for n, c in enumerate(text)]


ROWS = [quad(20, 20 + 60 * n, 300, 30) for n in range(4)]
PAGE = np.full((400, 400, 3), 255, np.uint8)


def test_the_classifier_decides_where_it_is_sure():
    asked = []

    def read(strip):
        asked.append(strip.shape)
        return glyphs("請求書", 0.99) if strip.shape[0] == 30 else glyphs("一ー丁", 0.6)

    for level, degrees in ((0.98, 0), (0.03, 180)):
        asked.clear()
        found = way_up(PAGE, ROWS, classifier=session_saying(level), read=read)
        assert (found.degrees, found.sure) == (degrees, True)
        assert len(asked) <= 4


def test_both_ways_are_read_where_it_is_not():
    page = PAGE.copy()
    page[20:50, 20:40] = 0  # what marks the start of the first row

    def read(strip):
        if strip.shape[0] != 30:
            return glyphs("一ー丁", 0.6)
        starts_right = strip[:, -20:].mean() < 128
        return glyphs("御請求書", 0.95 if starts_right else 0.55)

    found = way_up(page, ROWS[:1], classifier=session_saying(0.55), read=read)
    assert (found.degrees, found.sure) == (180, True)


def test_a_page_that_cannot_be_told_is_not_sure():
    found = way_up(PAGE, ROWS[:1], classifier=session_saying(0.5), read=lambda _: glyphs("〇", 0.9))
    assert (found.degrees, found.sure) == (0, False)
