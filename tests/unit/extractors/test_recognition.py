"""Detection maps to rectangles, answers to words with boxes."""

import cv2
import numpy as np
import pytest

from domain.geometry import Box
from domain.page import Word
from extractors.ocr.detection import Quad, quads_from_map
from extractors.ocr.recognition import Glyph, Reading, doubtful, misgroups, recognise
from extractors.ocr.sessions import Session

ALPHABET = ["", "合", "計", "¥", "1", " "]
PAGE = np.full((400, 600, 3), 255, np.uint8)


def session(*steps):
    """A network that gives this answer whatever it sees."""
    answer = np.full((1, len(steps), len(ALPHABET)), 0.01, np.float32)
    for at, index in enumerate(steps):
        answer[0, at, index] = 0.9
    return Session(run=lambda _values: answer)


def level(width=160.0, height=40.0, left=100.0, top=50.0):
    corners = ((left, top), (left + width, top), (left + width, top + height), (left, top + height))
    return Quad(corners=corners, width=width, height=height, straight=True)


def test_repeats_collapse_and_blanks_part_them():
    reading = recognise(PAGE, level(), session(1, 1, 0, 2, 0, 4, 0, 4, 4), ALPHABET)
    assert "".join(w.text for w in reading.words) == "合計11"
    assert reading.confidence == pytest.approx(0.9)


def test_a_space_and_a_wide_gap_part_words():
    wide = level(width=480.0)
    steps = [0] * 54  # 480 pixels of 40 in height, narrowed to 432 of 48, in steps of 8
    for at, index in ((2, 1), (6, 2), (38, 3), (41, 4), (43, 5), (45, 4)):
        steps[at] = index
    reading = recognise(PAGE, wide, session(*steps), ALPHABET)
    assert [w.text for w in reading.words] == ["合計", "¥1", "1"]
    first, second, third = (w.box for w in reading.words)
    assert first.left >= 100
    assert first.right < second.left < second.right <= third.right
    assert abs(second.left - (100 + 480 * 38 / 54)) < 25
    assert third.right <= 581


def test_nothing_read_gives_no_words():
    reading = recognise(PAGE, level(), session(0, 0, 0), ALPHABET)
    assert reading.words == ()
    assert reading.confidence == 0.0


def test_a_tall_stretch_is_vertical_and_its_boxes_run_down():
    steps = [0] * 40
    steps[5], steps[30] = 1, 2
    reading = recognise(PAGE, level(width=30.0, height=200.0), session(*steps), ALPHABET)
    assert reading.vertical
    top, bottom = reading.words[0].box, reading.words[-1].box
    assert top.top < bottom.bottom
    assert top.left == pytest.approx(100, abs=1)
    assert bottom.right == pytest.approx(130, abs=1)


def test_quads_of_a_map_are_scaled_and_grown():
    probability = np.zeros((64, 128), np.float32)
    probability[20:30, 30:90] = 0.95
    (quad,) = quads_from_map(probability, width_px=256, height_px=128)
    assert quad.straight
    (left, top), _, (right, bottom), _ = quad.corners
    assert left < 60
    assert right > 176
    assert top < 40
    assert bottom > 58
    assert quad.width == pytest.approx(right - left, abs=1)


def test_specks_and_weak_spots_are_no_text():
    probability = np.zeros((64, 128), np.float32)
    probability[10:12, 10:12] = 0.9
    probability[40:50, 20:80] = 0.35
    assert quads_from_map(probability, width_px=128, height_px=64) == []


def test_a_turned_stretch_keeps_its_corners():
    probability = np.zeros((200, 200), np.float32)
    cv2.fillPoly(probability, [cv2.boxPoints(((100, 100), (120, 16), 12.0)).astype(np.int32)], 0.9)
    (quad,) = quads_from_map(probability, width_px=200, height_px=200)
    assert not quad.straight
    (_, top_left), (_, top_right), _, _ = quad.corners
    assert top_right > top_left
    assert quad.width > quad.height


def test_every_character_brings_its_own_confidence_and_what_else_it_could_be():
    answer = np.zeros((1, 5, len(ALPHABET)), np.float32)
    answer[0, :, 0] = 1.0
    answer[0, 1] = (0.05, 0.7, 0.25, 0.0, 0.0, 0.0)
    answer[0, 2] = (0.02, 0.8, 0.18, 0.0, 0.0, 0.0)
    answer[0, 4] = (0.0, 0.0, 0.0, 0.0, 0.9996, 0.0004)
    reading = recognise(PAGE, level(), Session(run=lambda _values: answer), ALPHABET)
    assert [w.character_confidences for w in reading.words] == [(0.8, 1.0)]
    first, second = reading.glyphs
    assert [(text, round(share, 2)) for text, share in first.alternatives] == [("合", 0.8), ("計", 0.18), ("", 0.02)]
    assert [text for text, _ in second.alternatives] == ["1"]
    assert (first.text, second.text) == ("合", "1")


def test_confidences_of_characters_fit_the_text_of_their_word():
    reading = recognise(PAGE, level(), session(1, 1, 0, 2, 0, 5, 0, 4, 4), ALPHABET)
    assert all(len(w.character_confidences) == len(w.text) for w in reading.words)
    assert [w.text for w in reading.words] == ["合計", "1"]


@pytest.mark.parametrize(
    ("text", "lost"), [("452,00", True), ("1,00,000円", True), ("1,200,000", False), ("3.5", False)]
)
def test_groups_of_other_than_three_digits_are_looked_at_again(text, lost):
    word = Word(text=text, box=Box(left=0, top=0, right=9, bottom=9), confidence=1.0)
    assert misgroups(Reading(words=(word,), confidence=1.0, vertical=False)) is lost


@pytest.mark.parametrize(
    ("text", "sure", "worth_it"),
    [
        ("生ム※", (0.96, 0.75, 1.0), True),  # of 生ハム a kana fell between two steps
        ("生ム※", (0.96, 0.85, 1.0), False),
        ("¥1,200", (0.7, 1.0, 1.0, 1.0, 1.0, 1.0), False),  # figures have a second opinion of their own
        ("本日はご来店ありがとう", (0.75, *(1.0,) * 10), False),
    ],
)
def test_a_short_word_with_a_character_read_with_hesitation_is_worth_another_look(text, sure, worth_it):
    glyphs = tuple(Glyph(text=c, at=0.5, confidence=share) for c, share in zip(text, sure, strict=True))
    reading = Reading(words=(), confidence=sum(sure) / len(sure), vertical=False, glyphs=glyphs)
    assert doubtful(reading) is worth_it
