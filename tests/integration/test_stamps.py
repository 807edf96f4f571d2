"""Stamps that say something are read, though their ink is taken off the print; seals of names are not."""

import base64
import io
import random

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from extractors.ocr import ppocr
from extractors.pages.cleanup import turn
from extractors.settings import ExtractorSettings
from extractors.text import read_text
from samples.generator.seals import FONT, draw_day_stamp, draw_seal

pytestmark = pytest.mark.ocr
ROWS = (
    "御請求書",
    "株式会社灯台製作所　御中",
    "下記の通りご請求申し上げます",
    "ご請求額 128,960円",
    "お支払期限 翌月末日",
)


@pytest.fixture(scope="module")
def engine():
    return ppocr.create()


def stamped(uri, at, side=150):
    picture = Image.new("RGB", (1000, 1300), (252, 252, 250))
    draw = ImageDraw.Draw(picture)
    for number, text in enumerate(ROWS):
        draw.text((90, 120 + 110 * number), text, font=ImageFont.truetype(str(FONT), 34), fill=(20, 20, 20))
    mark = Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))).convert("RGBA").resize((side, side))
    picture.paste(mark, at, mark)
    return np.asarray(picture)


def read(pixels, engine):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return read_text(out.getvalue(), file_name="a.png", settings=ExtractorSettings(), engine=engine)


@pytest.mark.parametrize("lies", [0, 90, 180, 270])
@pytest.mark.parametrize("seed", [1, 2, 5])
def test_a_day_stamp_is_read_where_it_stands(seed, lies, engine):
    pixels = stamped(draw_day_stamp(random.Random(seed), "24.10.31"), (700, 900))
    (text,) = read(turn(pixels, lies), engine).texts
    (day,) = [w for line in text.lines for w in line.words if "24.10.31" in w.text]
    x, y = day.box.center
    assert (x, y) == (pytest.approx(775, abs=20), pytest.approx(976, abs=20))
    assert 60 < day.box.width < 160
    assert "御請求書" in text.text


def test_a_stamp_over_print_leaves_the_print_and_is_read(engine):
    pixels = stamped(draw_day_stamp(random.Random(1), "24.10.31"), (240, 400))
    (text,) = read(pixels, engine).texts
    flat = "".join(text.text.split())
    assert "ご請求額128,960円" in flat
    assert "24.10.31" in flat


def test_the_seal_of_a_name_is_not_read(engine):
    pixels = stamped(draw_seal(random.Random(3), "株式会社灯台製作所"), (640, 860))
    (text,) = read(pixels, engine).texts
    assert "印" not in text.text
    assert "ご請求額" in text.text
