"""Handwriting told from print."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from domain.geometry import Box
from domain.page import Line, Word
from extractors.ocr import handwriting
from extractors.ocr.handwriting import SURELY, is_handwritten, log_odds, measures
from extractors.pages.clean.reduced import grey_of
from samples.generator.handwriting import handwritten_line

FONT = "/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf"
TEXTS = ("株式会社灯台製作所 御中", "¥128,960-", "令和7年10月31日", "但し お品代として", "東京都千代田区見本町3-28-18")


def printed(text, *, size=40, font=FONT):
    letters = ImageFont.truetype(font, size)
    image = Image.new("RGB", (int(letters.getlength(text)) + 20, int(size * 1.5)), (250, 250, 250))
    ImageDraw.Draw(image).text((10, size // 5), text, fill=(20, 20, 20), font=letters)
    return np.asarray(image).copy()


def swung(text, *, seed):
    """As a hand would: every character moved, turned, sized and bent."""
    line = handwritten_line(text, Path(FONT), size=44, rng=np.random.default_rng(seed))
    return np.ascontiguousarray(line[22:110])


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("size", [18, 40])
def test_print_is_not_taken_for_handwriting(text, size):
    assert not is_handwritten(printed(text, size=size), characters=len(text))


def test_what_bounces_and_bends_speaks_for_handwriting():
    written = [(text, swung(text, seed=seed)) for text in TEXTS for seed in range(4)]
    assert all(log_odds(strip) > log_odds(printed(text)) for text, strip in written)
    assert sum(is_handwritten(strip, characters=len(text)) for text, strip in written) >= 4


def test_measuring_ends_early_only_where_the_rest_cannot_matter(monkeypatch):
    asked = []
    measured = handwriting._MEASURES
    counted = tuple(lambda light, at=at: asked.append(at) or measured[at](light) for at in range(len(measured)))
    monkeypatch.setattr(handwriting, "_MEASURES", counted)
    strips = [printed(text, size=size) for text in TEXTS for size in (18, 24, 40)]
    strips += [swung(text, seed=seed) for text in TEXTS for seed in range(4)]
    found = [is_handwritten(strip, characters=9) for strip in strips]
    assert len(asked) < 3 * len(strips)
    assert found == [log_odds(strip) > SURELY and strip.shape[1] >= 3 * strip.shape[0] for strip in strips]


def test_a_grey_strip_says_what_the_same_in_colour_says():
    strips = [printed(text) for text in TEXTS] + [swung(text, seed=1) for text in TEXTS]
    in_colour = [log_odds(strip) for strip in strips]
    assert [log_odds(grey_of(strip)) for strip in strips] == pytest.approx(in_colour, abs=1e-6)


def test_a_measure_whose_square_speaks_for_a_hand_has_no_most():
    assert handwriting._top(2.0, -1.0) == pytest.approx(1.0)
    assert handwriting._top(-2.0, -1.0) == 0.0
    assert handwriting._top(-2.0, 0.1) == float("inf")


def test_too_little_to_tell():
    assert not is_handwritten(swung(TEXTS[1], seed=0), characters=2)
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
