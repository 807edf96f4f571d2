"""Figures that are mapped to others are found by their outlines and settled by OCR."""

import pytest
from pikepdf import Dictionary, Name

from domain.geometry import Box
from domain.page import EngineId, Line, PageText, Word
from extractors.pages.pdf import open_pdf, size_one
from extractors.pages.textlayer import open_layers, read_layer
from extractors.settings import ExtractorSettings
from extractors.text import read_text
from tests.support.pdf_pages import Sheet, helvetica, to_unicode

SETTINGS = ExtractorSettings()
WORDS = ("2026/10/31", "T1234567890123", "110,000", "03-1234-5678")


class Reader:
    """Reads what it is told."""

    engine_id = EngineId(name="told.v1", version="1")

    def __init__(self, text):
        self.text = text
        self.calls = 0

    def read_page(self, pixels, *, page_index, dpi):
        self.calls += 1
        box = Box(left=0, top=0, right=50, bottom=20)
        line = Line(words=(Word(text=self.text, box=box, confidence=0.9),), box=box)
        return PageText(page_index=page_index, lines=(line,), engine=self.engine_id)


def sheet(base="Helvetica", *, swap=False):
    """Figures in a standard font; with ``swap`` its layer says 1 for 7 and 7 for 1."""
    made = Sheet()
    font = helvetica()
    font.BaseFont = Name(f"/{base}")
    if swap:
        said = {c: chr(c) for c in range(0x20, 0x7F)} | {0x31: "7", 0x37: "1"}
        font = Dictionary(**{k[1:]: v for k, v in font.items()}, ToUnicode=to_unicode(made.document, said))
    name = made.font(font)
    for row, text in enumerate(WORDS):
        made.raw(f"BT /{name} 12 Tf 40 {250 - 30 * row} Td ({text}) Tj ET")
    return made.save()


def layer_of(content):
    with open_pdf(content, SETTINGS) as document, open_layers(content) as layers:
        return read_layer(document, layers, size_one(document, 0, SETTINGS), SETTINGS)


@pytest.mark.parametrize("base", ["Helvetica", "Times-Roman", "Courier", "Helvetica-Oblique", "Times-BoldItalic"])
def test_figures_that_are_what_they_say_are_not_in_doubt(base):
    assert not layer_of(sheet(base)).doubtful_figures


@pytest.mark.parametrize("base", ["Helvetica", "Times-Roman", "Courier-Bold"])
def test_swapped_figures_are_in_doubt(base):
    layer = layer_of(sheet(base, swap=True))
    assert "2026/70/37" not in "".join(WORDS)
    assert "2026/70/37" in layer.text.text
    assert layer.doubtful_figures


def test_what_ocr_reads_decides():
    content = sheet(swap=True)
    printed = Reader("".join(WORDS))
    reading = read_text(content, file_name="a.pdf", settings=SETTINGS, engine=printed)
    assert reading.texts[0].source == "ocr"
    confirms = Reader("".join(WORDS).translate(str.maketrans("17", "71")))
    reading = read_text(content, file_name="a.pdf", settings=SETTINGS, engine=confirms)
    assert reading.texts[0].source == "text_layer"
    assert confirms.calls == 1
