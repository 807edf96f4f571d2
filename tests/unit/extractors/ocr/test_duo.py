"""A second opinion on doubtful digits: agreement raises, disagreement lowers, the first reading stays."""

from dataclasses import dataclass, field, replace
from math import prod

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import EngineTimeout
from domain.geometry import Box
from domain.page import EngineId, Line, PageText, Word
from extractors.ocr import calibration, duo
from extractors.ocr.doubts import agrees, critical, doubts, settled

FIRST = EngineId(name="ppocr.v1", version="1")
SECOND = EngineId(name="tesseract.v1", version="5")
PAGE = np.full((400, 600, 3), 255, np.uint8)


def word(text, *sure, top=20):
    characters = sure if len(sure) > 1 else (sure or (0.999,)) * len(text)
    box = Box(left=20, top=top, right=20 + 12 * len(text), bottom=top + 24)
    return Word(text=text, box=box, confidence=prod(characters), character_confidences=characters)


def page(*words):
    return PageText(page_index=0, lines=tuple(Line(words=(w,), box=w.box) for w in words), engine=FIRST)


@dataclass
class Says:
    """An engine that gives a prepared text."""

    text: PageText
    engine_id: EngineId = FIRST

    def within(self, seconds):
        return self

    def read_page(self, pixels, *, page_index, dpi):
        return self.text

    def read_found(self, pixels, quads, *, page_index, dpi):
        return self.text


@dataclass
class Rows:
    """A second engine that reads prepared rows of the stack."""

    rows: tuple[str, ...] = ()
    fails: bool = False
    engine_id: EngineId = SECOND
    shapes: list[tuple[int, ...]] = field(default_factory=list)

    def within(self, seconds):
        return self

    def read_block(self, pixels, *, page_index):
        self.shapes.append(pixels.shape)
        if self.fails:
            raise EngineTimeout("late")
        pitch = duo._ROW + duo._GAP
        return tuple(
            Word(
                text=text, box=Box(left=50, top=duo._GAP + n * pitch, right=90, bottom=100 + n * pitch), confidence=0.9
            )
            for n, text in enumerate(self.rows)
            if text
        )


def read(text, second):
    engine = duo.combined(Says(text), second, calibration.load())
    return engine.read_page(PAGE, page_index=0, dpi=200.0)


DOUBTFUL = word("¥1,280", 0.99, 0.7, 0.99, 0.99, 0.99, 0.99)
SURE = word("請求書を送ります", top=80)


def test_agreement_raises():
    found = read(page(DOUBTFUL, SURE), Rows(("\\1, 280",)))
    new = found.lines[0].words[0]
    assert new.confidence > DOUBTFUL.confidence
    assert prod(new.character_confidences) > prod(DOUBTFUL.character_confidences)
    assert (new.text, new.alternatives, found.reread) == ("¥1,280", (), 1)


def test_disagreement_lowers_and_keeps_the_other_reading():
    found = read(page(DOUBTFUL, SURE), Rows(("¥7,280",)))
    new = found.lines[0].words[0]
    assert new.confidence < DOUBTFUL.confidence
    assert new.text == "¥1,280"
    assert new.alternatives == ("¥7,280",)


def test_silence_is_no_opinion():
    found = read(page(DOUBTFUL, SURE), Rows(("",)))
    assert found.lines == page(DOUBTFUL, SURE).lines
    assert found.reread == 1


def test_a_second_engine_that_fails_leaves_the_first_reading():
    found = read(page(DOUBTFUL, SURE), Rows(fails=True))
    assert found.lines == page(DOUBTFUL, SURE).lines
    assert found.reread == 0


def test_sure_pages_cost_nothing():
    second = Rows()
    found = read(page(SURE, word("¥1,280")), second)
    assert second.shapes == []
    assert (found.reread, found.engine.name) == (0, "duo.v1")


def test_pages_that_hardly_read_are_not_asked_about():
    second = Rows()
    read(page(word("¥1,280", 0.4), word("あいうえお", 0.3)), second)
    assert second.shapes == []


def test_a_page_full_of_doubts_costs_a_bounded_stack():
    second = Rows()
    many = [word(f"{n + 10000}", 0.9, top=1 + n % 300) for n in range(5000)]
    found = read(page(*many), second)
    assert found.reread == duo.MOST_SPANS
    ((height, width, _),) = second.shapes
    assert height <= duo.MOST_SPANS * (duo._ROW + duo._GAP) + duo._GAP
    assert width <= duo._WIDEST * duo._ROW + 2 * duo._GAP


def test_everything_that_changes_the_answer_changes_the_name():
    text = page(SURE)
    ids = {
        duo.combined(Says(text, engine_id=replace(FIRST, config_digest=d)), Rows(), calibration.load()).engine_id
        for d in ("a", "b")
    }
    ids |= {duo.combined(Says(text), Rows(engine_id=replace(SECOND, version="6")), calibration.load()).engine_id}
    ids |= {duo.combined(Says(text), Rows(), replace(calibration.load(), digest="other")).engine_id}
    assert len(ids) == 4
    assert {i.name for i in ids} == {"duo.v1"}


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("¥1,280", ["¥1,280"]),
        ("合計1,280円(税込)", ["1,280"]),
        ("登録番号:T1234567890123", ["1234567890123"]),
        ("２０２６年１１月３日", ["２０２６年１１月３日"]),
        ("TEL:03-1234-5678", ["03-1234-5678"]),
        ("令和7年9月1日から", ["7年9月1日"]),
        ("1|4,200円", ["1|4,200"]),
        ("見本町5-14-6第4ビル", []),
        ("第1ビル", []),
        ("お品書き", []),
    ],
)
def test_what_is_critical(text, runs):
    assert [text[a:b] for a, b in critical(text)] == runs


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("1,280", "合計 1, 280円", True),
        ("2026年11月3日", "2026 年 11 月 3 日", True),
        ("T9-9999", "T9-9999", True),
        ("158", "\\58", False),
        ("58", "158", False),
        ("052-000-0804", "TEL: 052-000-6698 / FAX: 052-000-0804", True),
        ("1280", "", False),
        ("１，２８０", "1,280", True),
        ("1,280", "128", False),
        ("9,999", "9 999", True),
        ("9,999", "9 99 9 1", False),
    ],
)
def test_agreement_is_about_numbers(first, second, same):
    assert agrees(first, second) is same


@given(st.lists(st.floats(min_value=0.05, max_value=0.999), min_size=2, max_size=8), st.floats(0.01, 0.99))
def test_a_settled_run_is_as_sure_as_it_was_made(sure, wanted):
    text = "9" * len(sure)
    found = word(text, *sure)
    (doubt,) = doubts(page(found).lines, most=1) or (None,)
    if doubt is None:
        assert min(sure) >= 0.98
        return
    assert prod(settled(found, doubt, sure=wanted)) == pytest.approx(wanted, rel=1e-3)


def test_the_most_doubtful_come_first():
    text = page(word("1111", 0.9), word("2222", 0.5, top=60), word("3333", 0.7, top=100))
    assert [d.line for d in doubts(text.lines, most=2)] == [1, 2]


@pytest.mark.ocr
def test_tesseract_reads_a_stack():
    from extractors.ocr import tesseract

    pixels = np.full((300, 700, 3), 235, np.uint8)
    boxes = []
    for row, text in enumerate(("TOTAL 128,960", "2026-11-21", "T1234567890123")):
        y = 60 + 90 * row
        cv2.putText(pixels, text, (40, y), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (40, 40, 40), 2, cv2.LINE_AA)
        boxes.append(Box(left=36, top=y - 32, right=40 + 24 * len(text), bottom=y + 8))
    words = tesseract.create().read_block(duo.stacked(pixels, boxes), page_index=0)
    rows = duo.rows_of(words, 3)
    assert [agrees(a, b) for a, b in zip(("128,960", "2026-11-21", "1234567890123"), rows, strict=True)] == [True] * 3
