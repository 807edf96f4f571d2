"""Handwriting told from print."""

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from domain.geometry import Box
from domain.page import Line, Word
from extractors.ocr.handwriting import is_handwritten, log_odds, measures

FONT = "/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf"
TEXTS = ("株式会社灯台製作所 御中", "¥128,960-", "令和7年10月31日", "但し お品代として", "東京都千代田区見本町3-28-18")


def printed(text, *, size=40, font=FONT):
    letters = ImageFont.truetype(font, size)
    image = Image.new("RGB", (int(letters.getlength(text)) + 20, int(size * 1.5)), (250, 250, 250))
    ImageDraw.Draw(image).text((10, size // 5), text, fill=(20, 20, 20), font=letters)
    return np.asarray(image).copy()


def swung(strip, *, seed):
    """As a hand would: characters up and down, slanted, bent."""
    rng = np.random.default_rng(seed)
    height, width = strip.shape[:2]
    wide = cv2.copyMakeBorder(strip, 20, 20, 0, 0, cv2.BORDER_REPLICATE)
    across, down = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height + 40, dtype=np.float32))
    bend = [cv2.resize(rng.normal(0, 7, (4, width // 24)).astype(np.float32), (width, height + 40)) for _ in range(2)]
    slant = 0.25 * (down - height / 2)
    return cv2.remap(wide, across + bend[0] + slant, down + bend[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("size", [18, 40])
def test_print_is_not_taken_for_handwriting(text, size):
    assert not is_handwritten(printed(text, size=size), characters=len(text))


def test_what_swings_and_slants_speaks_for_handwriting():
    for text in TEXTS:
        strip = printed(text)
        assert log_odds(swung(strip, seed=1)) > log_odds(strip)
    assert sum(is_handwritten(swung(printed(t), seed=2), characters=len(t)) for t in TEXTS) >= len(TEXTS) - 1


def test_too_little_to_tell():
    assert not is_handwritten(swung(printed("上様"), seed=1), characters=2)
    assert not is_handwritten(printed("領"), characters=3)
    assert measures(np.full((40, 400, 3), 240, np.uint8)) is None
    assert not is_handwritten(np.full((40, 400, 3), 240, np.uint8), characters=9)


def test_measures_do_not_depend_on_size_or_paper():
    large, small = measures(printed(TEXTS[0], size=80)), measures(printed(TEXTS[0], size=40))
    assert large is not None
    assert small is not None
    assert np.abs(large - small).max() < 0.15


def test_a_line_is_handwritten_where_a_word_of_it_is():
    box = Box(left=0, top=0, right=10, bottom=10)
    words = (Word(text="金額", box=box, confidence=0.9), Word(text="¥1,000", box=box, confidence=0.9, handwritten=True))
    assert Line(words=words, box=box).handwritten
    assert not Line(words=words[:1], box=box).handwritten
