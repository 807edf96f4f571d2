"""What was read, and the file it was read from, cannot break out of the derived PDF or make its making endless."""

import io
import zlib
from contextlib import suppress
from datetime import UTC, datetime

import pikepdf
import pypdfium2
import pytest
from pikepdf import Dictionary, Name
from PIL import Image

from domain.errors import DocumentTooLarge, InputError
from domain.geometry import Box
from domain.page import EngineId, Line, Page, PageText, TextReading, Word
from extractors import media
from extractors.searchable.build import searchable_pdf
from extractors.settings import ExtractorSettings
from tests.support.pdf_pages import Sheet
from tests.support.pdfa import broken_rules

SETTINGS = ExtractorSettings()
ENGINE = EngineId(name="x.v1", version="1")


def picture():
    out = io.BytesIO()
    Image.new("L", (400, 300), 250).save(out, "PNG")
    return out.getvalue()


def reading(*words, media_type=media.PNG, page=None):
    lines = tuple(Line(words=(w,), box=w.box) for w in words)
    page = page or Page(page_index=0, width_px=400, height_px=300, dpi=100)
    return TextReading(
        media_type=media_type, pages=(page,), texts=(PageText(page_index=0, lines=lines, engine=ENGINE),), page_count=1
    )


def word(text, left=10, top=10, right=100, bottom=30):
    return Word(text=text, box=Box(left=left, top=top, right=right, bottom=bottom), confidence=0.9)


def make(content, read, title="a"):
    made = searchable_pdf(content, read, title=title, made_at=datetime(2026, 1, 1, tzinfo=UTC), settings=SETTINGS)
    assert broken_rules(made.content) == set()
    return made.content


@pytest.mark.parametrize(
    "text",
    [
        ") Tj ET Q q /Page Do Q BT (",
        "> Tj ET\nendstream endobj",
        "\x00\x01\ufeff\ufffe\ud800請求",
        "\u202e\u200b請求\u2028",
        "\U000e0041\U0010ffff請求",
        "\ue000\uf8ff請求",
        " ",
        "",
    ],
)
def test_text_cannot_become_operators(text):
    content = make(picture(), reading(word(text)))
    with pikepdf.open(io.BytesIO(content)) as document:
        operators = [str(i.operator) for i in pikepdf.parse_content_stream(document.pages[0])]
    assert operators.count("Do") == 1
    assert set(operators) <= {"q", "Q", "cm", "Do", "BT", "ET", "Tr", "Tf", "Tz", "Tm", "Tj"}


@pytest.mark.parametrize("title", ["]]>--></x:xmpmeta>", "&lt;<b>", "\ud800", "x" * 100_000, "\x00", "%s {0} ${x}"])
def test_a_title_cannot_break_the_metadata(title):
    make(picture(), reading(word("請求書")), title=title)


@pytest.mark.parametrize(
    "box",
    [(0, 0, 0, 0), (390, 290, 400, 300), (0, 0, 400, 300), (10, 10, 11, 299), (10, 10, 399, 11)],
)
def test_boxes_of_any_shape(box):
    left, top, right, bottom = box
    content = make(picture(), reading(word("請求書合計", left, top, right, bottom)))
    assert pypdfium2.PdfDocument(content)[0].get_textpage().count_chars() >= 0


def test_ten_thousand_words_and_every_kanji():
    words = [word(chr(0x4E00 + i), i % 300, i % 280, i % 300 + 9, i % 280 + 9) for i in range(10_000)]
    content = make(picture(), reading(*words))
    assert pypdfium2.PdfDocument(content)[0].get_textpage().count_chars() >= 9_000


def test_a_bomb_is_refused_before_it_is_unpacked():
    sheet = Sheet().boxes("株式会社青空商事", 40, 40)
    bomb = sheet.document.make_stream(b"")
    bomb.write(zlib.compress(bytes(400_000_000), 9), filter=Name.FlateDecode)
    sheet.page.obj.PieceInfo = Dictionary(X=bomb)
    page = Page(page_index=0, width_px=1112, height_px=834, dpi=200)
    with pytest.raises(DocumentTooLarge):
        make(sheet.save(), reading(word("請求書"), media_type=media.PDF, page=page))


@pytest.mark.parametrize("cut", [40, 200, 600, 1200])
def test_a_truncated_file_gives_an_outcome(cut):
    page = Page(page_index=0, width_px=1112, height_px=834, dpi=200)
    content = Sheet().boxes("株式会社青空商事", 40, 40).save()[:-cut]
    with suppress(InputError):  # with a message for people; anything else is a crash
        make(content, reading(word("請求書"), media_type=media.PDF, page=page))
