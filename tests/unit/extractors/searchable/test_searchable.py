"""The derived PDF: the picture stays, any viewer finds the text, and the rules of PDF/A-2 hold."""

import io
from datetime import UTC, datetime

import numpy as np
import pdfplumber
import pikepdf
import pypdfium2
import pytest
from PIL import Image

from domain.errors import DocumentTooLarge, InputError, UnsupportedMedia
from domain.geometry import Box
from domain.ids import Digest
from domain.page import EngineId, Line, Page, PageText, TextReading, Word
from extractors import media
from extractors.ocr import null
from extractors.searchable.build import searchable_pdf
from extractors.settings import ExtractorSettings
from extractors.text import read_text
from tests.support.pdf_pages import Sheet, helvetica
from tests.support.pdfa import broken_rules

SETTINGS = ExtractorSettings()
MADE = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
ENGINE = EngineId(name="ppocr.v1", version="1")


def word(text, left, top, width, height):
    box = Box(left=left, top=top, right=left + width, bottom=top + height)
    return Word(text=text, box=box, confidence=0.95)


def line(*words, vertical=False):
    left, top = min(w.box.left for w in words), min(w.box.top for w in words)
    right, bottom = max(w.box.right for w in words), max(w.box.bottom for w in words)
    return Line(words=words, box=Box(left=left, top=top, right=right, bottom=bottom), vertical=vertical)


LINES = (
    line(word("請", 400, 100, 60, 60), word("求", 540, 100, 60, 60), word("書", 680, 100, 60, 60)),
    line(word("株式会社青空商事", 100, 300, 320, 40), word("御中", 430, 300, 80, 40)),
    line(word("Invoice", 100, 400, 140, 36), word("No.", 260, 400, 60, 36), word("INV-042", 340, 400, 140, 36)),
    line(word("合計", 100, 500, 80, 40), word("¥128,000", 700, 500, 160, 40)),
    line(word("ｶ)ｱｵｿﾞﾗ", 100, 600, 140, 40), word("様", 260, 600, 40, 40)),
    line(word("令和六年十一月三日", 1040, 200, 44, 400), vertical=True),
    line(word("𠮷野", 100, 700, 80, 40)),
)


def pixels(width=1200, height=1600):
    picture = np.full((height, width), 255, np.uint8)
    for each in LINES:
        for w in each.words:
            picture[w.box.top : w.box.bottom, w.box.left : w.box.right] = 90
    return picture


def encoded(kind, picture=None, **options):
    out = io.BytesIO()
    Image.fromarray(pixels() if picture is None else picture).save(out, kind, **options)
    return out.getvalue()


def reading(media_type, *, width=1200, height=1600, dpi=200.0, lines=LINES, rotation=0, source="ocr"):
    page = Page(page_index=0, width_px=width, height_px=height, dpi=dpi, rotation_degrees=rotation)
    text = PageText(page_index=0, lines=lines, engine=ENGINE, source=source)
    return TextReading(media_type=media_type, pages=(page,), texts=(text,), page_count=1)


def make(content, read, **options):
    options = {"title": "a.jpg", "made_at": MADE, "settings": SETTINGS} | options
    return searchable_pdf(content, read, **options)


def page_of(content, index=0):
    return pypdfium2.PdfDocument(content)[index]


def found(content, text):
    """Left, top, right, bottom in points from the top left of where a viewer finds the text, or None."""
    page = page_of(content)
    textpage = page.get_textpage()
    hit = textpage.search(text, match_case=True).get_next()
    if hit is None:
        return None
    boxes = [textpage.get_charbox(i, loose=True) for i in range(hit[0], hit[0] + hit[1])]
    high = page.get_height()
    return (
        min(b[0] for b in boxes),
        high - max(b[3] for b in boxes),
        max(b[2] for b in boxes),
        high - min(b[1] for b in boxes),
    )


@pytest.fixture(scope="module")
def made():
    return make(encoded("JPEG", dpi=(200, 200)), reading(media.JPEG))


def test_the_rules_of_pdf_a_hold(made):
    assert broken_rules(made.content) == set()
    assert (made.level, made.pictured_pages) == ("U", ())


@pytest.mark.parametrize(
    "text", ["請求書", "株式会社青空商事御中", "Invoice No. INV-042", "¥128,000", "様", "令和六年十一月三日", "ｶ)ｱｵｿﾞﾗ"]
)
def test_a_viewer_finds_words_as_they_are_written(made, text):
    assert found(made.content, text) is not None


def test_selection_lies_on_the_print(made):
    points = 72 / 200
    for text, at in (("株式会社青空商事", LINES[1]), ("INV-042", LINES[2]), ("令和六年十一月三日", LINES[5])):
        box = found(made.content, text)
        target = next(w.box for w in at.words if w.text == text)
        for got, wanted in zip(box, (target.left, target.top, target.right, target.bottom), strict=True):
            assert abs(got - wanted * points) < 5, (text, box)


def test_copying_gives_japanese_without_spaces_in_reading_order(made):
    text = page_of(made.content).get_textpage().get_text_range()
    lines = [part.strip() for part in text.replace("\r", "").split("\n")]
    assert lines[:4] == ["請求書", "株式会社青空商事御中", "Invoice No. INV-042", "合計 ¥128,000"]
    assert "𠮷野" in text


def test_pdfplumber_reads_the_same(made):
    with pdfplumber.open(io.BytesIO(made.content)) as document:
        words = [w["text"] for w in document.pages[0].extract_words()]
    assert {"請求書", "株式会社青空商事御中", "Invoice", "INV-042", "¥128,000"} <= set(words)


def test_nothing_of_the_layer_is_drawn(made):
    plain = make(encoded("JPEG", dpi=(200, 200)), reading(media.JPEG, lines=()))
    with_layer, without = (page_of(c).render(scale=1).to_numpy() for c in (made.content, plain.content))
    assert (with_layer == without).all()


def test_the_picture_of_a_jpeg_is_the_file_itself():
    content = encoded("JPEG", quality=80)
    with pikepdf.open(io.BytesIO(make(content, reading(media.JPEG)).content)) as document:
        image = document.pages[0].obj.Resources.XObject.Page
        assert image.read_raw_bytes() == content


def test_a_group_4_page_keeps_its_stream_and_every_pixel():
    black = pixels() < 128
    out = io.BytesIO()
    Image.fromarray(black).save(out, "TIFF", compression="group4", tiffinfo={278: 1600})
    content = out.getvalue()
    result = make(content, reading(media.TIFF))
    with pikepdf.open(io.BytesIO(result.content)) as document:
        image = document.pages[0].obj.Resources.XObject.Page
        assert image.Filter == pikepdf.Name.CCITTFaxDecode
        assert image.read_raw_bytes() in content
        shown = np.asarray(pikepdf.PdfImage(image).as_pil_image().convert("L")) > 128
    assert (shown == black).all()
    assert broken_rules(result.content) == set()


@pytest.mark.parametrize(
    ("kind", "media_type", "mode"),
    [
        ("PNG", media.PNG, "L"),
        ("PNG", media.PNG, "RGB"),
        ("PNG", media.PNG, "P"),
        ("TIFF", media.TIFF, "1"),
        ("BMP", media.BMP, "RGB"),
    ],
)
def test_other_pictures_lose_no_pixel(kind, media_type, mode):
    noise = np.random.default_rng(3).integers(0, 255, (1600, 1200), dtype=np.uint8)
    picture = Image.fromarray(noise).convert(mode)
    out = io.BytesIO()
    picture.save(out, kind)
    result = make(out.getvalue(), reading(media_type, lines=()))
    with pikepdf.open(io.BytesIO(result.content)) as document:
        shown = pikepdf.PdfImage(document.pages[0].obj.Resources.XObject.Page).as_pil_image().convert("RGB")
    assert (np.asarray(shown) == np.asarray(picture.convert("RGB"))).all()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("rotation", [0, 90])
def test_a_photo_that_lies_another_way_is_shown_upright(orientation, rotation):
    upright = np.full((400, 300), 255, np.uint8)
    upright[20:60, 30:200] = 0
    stored = Image.fromarray(upright)
    if rotation:
        stored = stored.transpose(Image.Transpose.ROTATE_90)
    back = {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
            5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
            8: Image.Transpose.ROTATE_270}.get(orientation)  # fmt: skip
    stored = stored.transpose(back) if back is not None else stored
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = io.BytesIO()
    stored.save(out, "JPEG", exif=exif, quality=95)
    lines = (line(word("合計", 30, 20, 170, 40)),)
    result = make(out.getvalue(), reading(media.JPEG, width=300, height=400, dpi=0, lines=lines, rotation=rotation))
    page = page_of(result.content)
    shown = page.render(scale=400 / page.get_height()).to_numpy()[:, :, 0]
    assert abs(shown.shape[1] - 300) <= 1
    assert (np.abs(shown[:, :300].astype(int) - upright) < 60).mean() > 0.99
    box = found(result.content, "合計")
    scale = page.get_height() / 400
    assert [round(v / scale / 10) for v in box] == [3, 2, 20, 6]


def test_a_fax_is_shown_in_its_true_shape():
    content = encoded("TIFF", pixels(1728, 1100), dpi=(204, 98))
    result = make(content, reading(media.TIFF, width=1728, height=1100, dpi=204))
    width, height = page_of(result.content).get_size()
    assert width == pytest.approx(1728 / 204 * 72, abs=1)
    assert height == pytest.approx(1100 / 98 * 72, abs=1)


def test_metadata_is_escaped_and_names_engine_and_original():
    content = encoded("JPEG")
    result = make(content, reading(media.JPEG), title='請求書 <b>&"\u0007 x')
    assert broken_rules(result.content) == set()
    with pikepdf.open(io.BytesIO(result.content)) as document:
        text = document.Root.Metadata.read_bytes().decode()
        assert str(document.Root.Lang) == "ja-JP"
        assert "/Info" not in document.trailer
    assert "<b>" not in text
    assert Digest.of(content).value in text
    assert "ppocr.v1/1" in text


def test_the_same_input_gives_the_same_bytes():
    content = encoded("PNG")
    assert make(content, reading(media.PNG)).content == make(content, reading(media.PNG)).content


def test_pages_of_a_long_tiff_in_the_order_asked_for():
    first, second = (Image.fromarray(np.full((60, 40), v, np.uint8)) for v in (10, 200))
    out = io.BytesIO()
    first.save(out, "TIFF", save_all=True, append_images=[second])
    pages = tuple(Page(page_index=i, width_px=40, height_px=60, dpi=0) for i in (0, 1))
    read = TextReading(media_type=media.TIFF, pages=pages, texts=(), page_count=2)
    result = make(out.getvalue(), read, page_indices=(1, 0))
    shades = [int(page_of(result.content, i).render(scale=0.1).to_numpy()[20, 20, 0]) for i in (0, 1)]
    assert shades == pytest.approx([200, 10], abs=3)


def scan_pdf(*, hidden="WRONG OLD LAYER", rotate=0):
    sheet = Sheet(width=432, height=576)
    sheet.picture(pixels(), 0, 0, 432, 576)
    name = sheet.font(helvetica())
    sheet.raw(f"BT 3 Tr /{name} 12 Tf 50 500 Td ({hidden}) Tj ET")
    return sheet.save(rotate=rotate)


def test_the_old_layer_of_a_scanner_is_taken_off_and_its_picture_stays():
    content = scan_pdf()
    result = make(content, reading(media.PDF))
    text = page_of(result.content).get_textpage().get_text_range()
    assert "WRONG" not in text
    assert found(result.content, "請求書") is not None
    with pikepdf.open(io.BytesIO(content)) as before, pikepdf.open(io.BytesIO(result.content)) as after:
        streams = [d.pages[0].obj.Resources.XObject.Im0.read_bytes() for d in (before, after)]
    assert streams[0] == streams[1]


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("turn", [0, 90, 270])
def test_the_layer_of_a_turned_pdf_page_lies_on_the_print(rotate, turn):
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(scan_pdf())) as document:
        document.pages[0].obj.Rotate = rotate
        document.pages[0].obj.CropBox = [20, 30, 420, 560]
        document.save(out)
    sideways = (rotate + turn) % 180 != 0
    width, height = (530, 400) if sideways else (400, 530)
    lines = (line(word("合計金額", 50, 60, 160, 40)),)
    read = reading(media.PDF, width=width, height=height, dpi=72.0, lines=lines, rotation=turn)
    result = make(out.getvalue(), read)
    page = page_of(result.content)
    assert page.get_size() == pytest.approx((width, height))
    textpage = page.get_textpage()
    assert textpage.search("合計金額").get_next() is not None
    from extractors.pages.glyphs import read_glyphs

    glyphs = read_glyphs(page, Page(page_index=0, width_px=width, height_px=height, dpi=72)).glyphs
    assert [g.text for g in glyphs] == list("合計金額")
    assert all(g.turn == 0 and g.hidden for g in glyphs)
    assert abs(glyphs[0].left - 50) < 2
    assert abs(glyphs[-1].right - 210) < 2
    assert abs(glyphs[0].bottom - 100) < 8


def test_a_born_digital_page_keeps_its_text_and_gets_no_second_one():
    content = Sheet().boxes("株式会社青空商事", 40, 40).save()
    read = read_text(content, file_name="a.pdf", settings=SETTINGS, engine=null.create())
    result = make(content, read)
    assert result.pictured_pages == ()
    assert page_of(result.content).get_textpage().get_text_range().count("青空商事") == 1
    assert broken_rules(result.content) == set()


def test_a_page_that_pdf_a_cannot_hold_becomes_a_picture_and_says_so():
    sheet = Sheet()
    name = sheet.font(helvetica())
    content = sheet.raw(f"BT /{name} 20 Tf 40 200 Td (TOTAL 12,800 JPY) Tj ET").save()
    read = read_text(content, file_name="a.pdf", settings=SETTINGS, engine=null.create())
    result = make(content, read)
    assert result.pictured_pages == (1,)
    assert broken_rules(result.content) == set()
    assert found(result.content, "TOTAL 12,800 JPY") is not None
    before, after = (page_of(c).render(scale=1, grayscale=True).to_numpy() for c in (content, result.content))
    assert (np.abs(before.astype(int) - after[: before.shape[0], : before.shape[1]]) < 100).mean() > 0.99
    with pikepdf.open(io.BytesIO(result.content)) as document:
        assert b"<shoko:picturedPages>1<" in document.Root.Metadata.read_bytes()


def test_scripts_forms_and_attachments_stay_behind():
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(Sheet().boxes("株式会社青空商事", 40, 40).save())) as document:
        document.attachments["x.xml"] = b"<x/>"
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        document.Root.OpenAction = script
        document.Root.AA = pikepdf.Dictionary(WC=script)
        document.pages[0].obj.AA = pikepdf.Dictionary(O=script)
        document.save(out)
    read = read_text(out.getvalue(), file_name="a.pdf", settings=SETTINGS, engine=null.create())
    result = make(out.getvalue(), read)
    assert broken_rules(result.content) == set()
    assert b"app.alert" not in result.content


def test_a_file_without_pages_gives_no_pdf():
    with pytest.raises(UnsupportedMedia):
        make(b"<x/>", TextReading(media_type=media.XML, pages=(), texts=()))


def test_limits_hold():
    small = ExtractorSettings(max_page_pixels=10_000)
    with pytest.raises(DocumentTooLarge):
        make(encoded("PNG"), reading(media.PNG), settings=small)


@pytest.mark.sample_data
def test_conforming_pages_of_the_public_corpus_are_kept_and_levels_are_honest(sample_data):
    """veraPDF's files break one rule each, or none: what we make of them breaks none of those that we check."""
    for path in sorted((sample_data / "verapdf/files").iterdir()):
        content = path.read_bytes()
        read = read_text(content, file_name=path.name, settings=SETTINGS, engine=null.create())
        result = make(content, read)
        assert broken_rules(result.content) == set(), path.name
        assert result.pictured_pages == (), path.name
        no_unicode = "6-2-11-7-2-t01-fail" in path.name  # a font without Unicode values
        assert result.level == ("B" if no_unicode else "U"), path.name


@pytest.mark.sample_data
def test_every_public_pdf_gives_a_searchable_pdf_that_keeps_the_rules(sample_data):
    made = 0
    for path in sorted(sample_data.glob("*/*/*.pdf")):
        content = path.read_bytes()
        if len(content) > 500_000:
            continue
        try:
            read = read_text(content, file_name=path.name, settings=SETTINGS, engine=null.create())
        except InputError:
            continue
        assert broken_rules(make(content, read).content) == set(), path.name
        made += 1
    assert made > 15
