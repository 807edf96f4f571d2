"""Characters of a text layer: none lost, each with a box as high as its type."""

import pypdfium2 as pdfium
import pytest

from domain.page import Page
from extractors.pages.glyphs import read_glyphs
from extractors.pages.grouping import lines_of
from tests.support.pdf_pages import PT, Sheet, helvetica

FLAT = b"1000 0 80 350 920 410 d1 80 350 840 60 re f"


def read(sheet):
    page = Page(page_index=0, width_px=round(sheet.width * PT), height_px=round(sheet.height * PT), dpi=200)
    document = pdfium.PdfDocument(sheet.save())
    try:
        return read_glyphs(document[0], page).glyphs, page
    finally:
        document.close()


def test_no_figure_is_lost_among_others_of_every_size():
    """The same figure in another size, wherever it stands, is another figure."""
    sheet = Sheet(width=600, height=800)
    font = sheet.font(helvetica())
    top = 0.0
    for step in range(40):
        size = (8, 11.4, 19, 14)[step % 4]
        top += 1.5 * size
        sheet.raw(f"BT /{font} {size:.2f} Tf 1 0 0 1 20 {800 - top:.2f} Tm (10,000,100,000.00) Tj ET")
    assert top < 800
    glyphs, _ = read(sheet)
    assert "".join(glyph.text for glyph in glyphs) == "10,000,100,000.00" * 40


def test_bold_made_by_printing_twice_is_one_print():
    sheet = Sheet()
    font = sheet.font(helvetica())
    for shift in (0, 0.4):
        sheet.raw(f"BT /{font} 20 Tf 1 0 0 1 {50 + shift} 200 Tm (100) Tj ET")
    glyphs, _ = read(sheet)
    assert "".join(glyph.text for glyph in glyphs) == "100"


@pytest.mark.parametrize("down", [False, True])
def test_a_character_that_the_file_spells_out_stands_in_its_line(down):
    """Browsers name 一 as the radical U+2F00 and spell it out beside that; PDFium then gives the box of its ink."""
    sheet = Sheet(height=400)
    for at, character in enumerate("第一工設計"):
        left, top = (80, 60 + 12 * at) if down else (80 + 12 * at, 60)
        spelled = character in "一工"
        before = f"/Span <</ActualText <FEFF{ord(character):04X}>>> BDC" if spelled else ""
        says = {"一": "⼀", "工": "⼯"}
        sheet.boxes(character, left, top, says=says, before=before, after="EMC" if spelled else "", glyph=FLAT)
    glyphs, page = read(sheet)
    assert all(glyph.bottom - glyph.top > 0.7 * glyph.size for glyph in glyphs)
    lines = lines_of(glyphs, width_px=page.width_px, height_px=page.height_px)
    assert [line.text for line in lines] == ["第一工設計"]


@pytest.mark.parametrize(
    ("drawn", "words"),
    [
        ("[(2026/) -278 (4/) -278 (9) -278 (9:12)] TJ", ["2026/", "4/", "9", "9:12"]),
        ("[(Bill) -250 (To) -30 (kyo)] TJ", ["Bill", "Tokyo"]),
        ("2.4 Tc (1234567) Tj", ["1234567"]),
    ],
    ids=["a day and a time", "two words with kerning in one", "figures set wide"],
)
def test_a_space_that_the_file_left_out_parts_two_words(drawn, words):
    """Browsers move on where a space is printed: without it 9 and 9:12 would be 99:12."""
    sheet = Sheet()
    font = sheet.font(helvetica())
    sheet.raw(f"BT /{font} 12 Tf 1 0 0 1 50 150 Tm {drawn} ET")
    glyphs, page = read(sheet)
    lines = lines_of(glyphs, width_px=page.width_px, height_px=page.height_px)
    assert [word.text for line in lines for word in line.words] == words


def test_a_hyphen_in_which_a_line_ends_is_a_character_like_others():
    """PDFium has a sign of its own for it, which no font prints: the number was doubted, and its first half lost."""
    sheet = Sheet()
    font = sheet.font(helvetica())
    for text, top in (("Invoice No. MR-", 200), ("04226", 186)):
        sheet.raw(f"BT /{font} 12 Tf 1 0 0 1 50 {top} Tm ({text}) Tj ET")
    glyphs, _ = read(sheet)
    assert "".join(glyph.text for glyph in glyphs) == "InvoiceNo.MR-04226"
    assert not any(glyph.unmapped for glyph in glyphs)
