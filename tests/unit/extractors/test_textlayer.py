"""Text layers: their boxes lie on the print, and bad ones are not trusted."""

import io

import numpy as np
import pikepdf
import pytest
from PIL import Image

from domain.page import EngineId, Line, PageText, Word
from extractors import media
from extractors.ocr import null
from extractors.pages.render import render_pages
from extractors.settings import ExtractorSettings
from extractors.text import read_text

SETTINGS = ExtractorSettings()
TEXT = b"BT /F1 18 Tf 60 240 Td (INVOICE No. 42) Tj 0 -60 Td (TOTAL) Tj 180 0 Td (12,800 JPY) Tj ET"


def pdf(content=TEXT, *, size=(400, 300), crop=None, rotate=0, font=None, images=()):
    buffer = io.BytesIO()
    with pikepdf.new() as document:
        page = document.add_blank_page(page_size=size)
        page.obj.Contents = document.make_stream(content)
        plain = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font or plain), XObject=pikepdf.Dictionary())
        for number, picture in enumerate(images):
            stream = document.make_stream(picture.tobytes())
            stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
            stream.Width, stream.Height = picture.shape[1], picture.shape[0]
            stream.ColorSpace, stream.BitsPerComponent = pikepdf.Name.DeviceGray, 8
            resources.XObject[f"/Im{number}"] = stream
        page.obj.Resources = resources
        if crop:
            page.obj.CropBox = crop
        if rotate:
            page.obj.Rotate = rotate
        document.save(buffer)
    return buffer.getvalue()


def drawn_for(rotate, width=400, height=300):
    """The same page drawn so that its own rotation shows it upright."""
    turns = {
        90: (f"0 1 -1 0 {height} 0 cm", (height, width)),
        180: (f"-1 0 0 -1 {width} {height} cm", (width, height)),
        270: (f"0 -1 1 0 0 {width} cm", (height, width)),
    }
    matrix, size = turns[rotate]
    return b"q " + matrix.encode() + b" " + TEXT + b" Q", size


def read(content, engine=None):
    return read_text(content, file_name="a.pdf", settings=SETTINGS, engine=engine or null.create())


def ink_in_boxes(content, reading):
    (page,) = render_pages(content, media_type=media.PDF, settings=SETTINGS)
    for line in reading.texts[0].lines:
        for word in line.words:
            part = page.pixels[word.box.top : word.box.bottom, word.box.left : word.box.right]
            assert part.size
            assert part.min() < 100, word.text
            rim = page.pixels[word.box.top : word.box.bottom, max(word.box.left - 4, 0) : max(word.box.left - 1, 1)]
            assert rim.min() > 150, word.text


def test_words_have_boxes_and_rows_are_lines():
    content = pdf()
    reading = read(content)
    (text,) = reading.texts
    assert text.source == "text_layer"
    assert [line.text for line in text.lines] == ["INVOICE No. 42", "TOTAL 12,800 JPY"]
    assert {w.confidence for line in text.lines for w in line.words} == {1.0}
    ink_in_boxes(content, reading)


@pytest.mark.parametrize("rotate", [90, 180, 270])
@pytest.mark.parametrize("cropped", [False, True])
def test_a_page_with_its_own_rotation(rotate, cropped):
    drawn, size = drawn_for(rotate)
    content = pdf(drawn, size=size, rotate=rotate, crop=[20, 10, size[0] - 15, size[1] - 12] if cropped else None)
    reading = read(content)
    assert [line.text for line in reading.texts[0].lines] == ["INVOICE No. 42", "TOTAL 12,800 JPY"]
    assert reading.pages[0].width_px > reading.pages[0].height_px
    ink_in_boxes(content, reading)


def test_a_cropped_page_and_a_sheet_that_does_not_begin_at_zero():
    content = pdf(crop=[30, 40, 390, 290])
    ink_in_boxes(content, read(content))
    with pikepdf.open(io.BytesIO(content)) as document:
        document.pages[0].MediaBox = [-50, -80, 400, 300]
        buffer = io.BytesIO()
        document.save(buffer)
    ink_in_boxes(buffer.getvalue(), read(buffer.getvalue()))


def test_a_page_printed_sideways_is_turned_upright():
    content = pdf(rotate=90)
    reading = read(content)
    (page,), (text,) = reading.pages, reading.texts
    assert [line.text for line in text.lines] == ["INVOICE No. 42", "TOTAL 12,800 JPY"]
    assert (page.rotation_degrees, page.width_px > page.height_px) == (270, True)
    (shown,) = render_pages(content, media_type=media.PDF, settings=SETTINGS)
    pixels = np.rot90(shown.pixels, 1)
    for line in text.lines:
        assert pixels[line.box.top : line.box.bottom, line.box.left : line.box.right].min() < 100


def test_unmapped_characters_are_left_to_ocr():
    unknown = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type0,
        BaseFont=pikepdf.Name("/Unknown"),
        Encoding=pikepdf.Name("/Identity-H"),
        DescendantFonts=[
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font,
                Subtype=pikepdf.Name.CIDFontType2,
                BaseFont=pikepdf.Name("/Unknown"),
                CIDSystemInfo=pikepdf.Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
                FontDescriptor=pikepdf.Dictionary(
                    Type=pikepdf.Name.FontDescriptor,
                    FontName=pikepdf.Name("/Unknown"),
                    Flags=4,
                    FontBBox=[0, 0, 1000, 1000],
                    ItalicAngle=0,
                    Ascent=800,
                    Descent=-200,
                    CapHeight=700,
                    StemV=80,
                ),
            )
        ],
    )
    content = pdf(b"BT /F1 18 Tf 60 200 Td <0123012401250126012701280129> Tj ET", font=unknown)
    assert read(content).texts[0].source == "ocr"


def test_an_invisible_layer_over_a_scan_is_left_to_ocr():
    scan = np.full((300, 400), 250, np.uint8)
    content = pdf(b"q 400 0 0 300 0 0 cm /Im0 Do Q BT 3 Tr /F1 18 Tf 60 240 Td (WRONG LAYER) Tj ET", images=[scan])
    assert read(content).texts[0].source == "ocr"


class Stamp:
    """Finds one word in the middle of every picture."""

    engine_id = EngineId(name="stamp.v1", version="1")

    def read_page(self, pixels, *, page_index, dpi):
        from domain.geometry import Box

        height, width = pixels.shape[:2]
        box = Box(left=width // 4, top=height // 4, right=width // 2, bottom=height // 2)
        word = Word(text="STAMP", box=box, confidence=0.9)
        return PageText(page_index=page_index, lines=(Line(words=(word,), box=box),), engine=self.engine_id)


def test_a_large_picture_beside_text_is_read_too():
    logo = np.zeros((100, 150), np.uint8)
    content = pdf(TEXT + b" q 150 0 0 100 220 30 cm /Im0 Do Q", images=[logo])
    (text,) = read(content, Stamp()).texts
    assert text.source == "text_layer"
    assert [line.text for line in text.lines] == ["INVOICE No. 42", "TOTAL 12,800 JPY", "STAMP"]
    box = text.lines[-1].box
    scale = 200 / 72
    assert 220 * scale < box.left < box.right < 370 * scale
    assert 170 * scale < box.top < box.bottom < 270 * scale


def test_a_picture_alone_is_read_by_the_engine():
    buffer = io.BytesIO()
    Image.new("L", (600, 400), 200).save(buffer, "PDF")
    (text,) = read(buffer.getvalue(), Stamp()).texts
    assert (text.source, text.text) == ("ocr", "STAMP")


def test_an_empty_page_has_an_empty_text():
    (text,) = read(pdf(b"")).texts
    assert text.lines == ()


def test_the_invoice_inside_a_pdf_is_found():
    xml = b"<?xml version='1.0'?><rsm:CrossIndustryInvoice xmlns:rsm='urn:x'/>"
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as document:
        document.attachments["notes.xml"] = b"<notes/>"
        document.attachments["factur-x.xml"] = xml
        document.save(buffer)
    reading = read(buffer.getvalue())
    assert reading.data_xml == xml
    assert len(reading.texts) == 1
    assert read(pdf()).data_xml is None
