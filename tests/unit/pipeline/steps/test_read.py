"""Reasons that a reading gives for a person to look."""

import io
from dataclasses import dataclass
from datetime import date

import pytest
from PIL import Image

from classifiers import rules
from domain.engines import FieldContext
from domain.geometry import Box
from domain.page import EngineId, Line, PageText, Word
from extractors.settings import ExtractorSettings
from pipeline.steps.read import Reader, read_bytes

ENGINE = EngineId(name="test.v1", version="1")
TEXTS = ("領収書", "株式会社灯台製作所 様", "¥12,800-", "但し お品代として", "2026年10月31日")


@dataclass(frozen=True)
class Written:
    """Reads the same five lines from every page, the last ones as written by hand."""

    by_hand: int
    engine_id: EngineId = ENGINE

    def read_page(self, pixels, *, page_index, dpi):
        lines = tuple(
            self._line(text, 60 * number, handwritten=number >= len(TEXTS) - self.by_hand)
            for number, text in enumerate(TEXTS)
        )
        return PageText(page_index=page_index, lines=lines, engine=self.engine_id)

    @staticmethod
    def _line(text, top, *, handwritten):
        box = Box(left=20, top=top, right=20 + 20 * len(text), bottom=top + 24)
        return Line(words=(Word(text=text, box=box, confidence=0.99, handwritten=handwritten),), box=box)


def reasons(by_hand):
    picture = io.BytesIO()
    Image.new("RGB", (600, 400), "white").save(picture, "PNG")
    reader = Reader(engine=Written(by_hand), second=None, classifier=rules.create(), settings=ExtractorSettings())
    context = FieldContext(our_companies=(), today=date(2026, 11, 21))
    reading = read_bytes(picture.getvalue(), file_name="a.png", unit_id="u", reader=reader, context=context)
    return [reason.code for document in reading.documents for reason in document.review_reasons]


@pytest.mark.parametrize(("by_hand", "asked"), [(0, False), (1, False), (2, True), (4, True)])
def test_a_person_looks_at_a_page_with_several_handwritten_lines(by_hand, asked):
    assert ("handwriting" in reasons(by_hand)) is asked
