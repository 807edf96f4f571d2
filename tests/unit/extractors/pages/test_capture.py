from __future__ import annotations

import io
from datetime import date

import pikepdf
import pytest
from PIL import Image

from extractors import media
from extractors.pages.capture import captured_pages
from extractors.settings import ExtractorSettings

SETTINGS = ExtractorSettings()


def _saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _one(content, media_type):
    (page,) = captured_pages(content, media_type=media_type, settings=SETTINGS)
    return page


def test_a_scanners_claim_gives_the_paper():
    page = _one(_saved(Image.new("RGB", (1654, 2339)), "JPEG", dpi=(200, 200)), media.JPEG)
    assert (page.width_px, page.height_px, page.channels, page.bits_per_channel) == (1654, 2339, 3, 8)
    assert page.width_mm == pytest.approx(210, abs=0.5)
    assert page.height_mm == pytest.approx(297, abs=0.5)


@pytest.mark.parametrize("dpi", [(72, 72), (96, 96), (9000, 9000)])
def test_a_screens_claim_says_nothing(dpi):
    assert _one(_saved(Image.new("RGB", (600, 800)), "PNG", dpi=dpi), media.PNG).width_mm is None


def test_a_cameras_claim_says_nothing():
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x829A] = 0.01
    content = _saved(Image.new("RGB", (600, 800)), "JPEG", dpi=(300, 300), exif=exif.tobytes())
    assert _one(content, media.JPEG).width_mm is None


def _photo(box, *, size=(3000, 4000)):
    """A white sheet on a dark desk, as a camera stores it."""
    picture = Image.new("RGB", size, (60, 55, 50))
    picture.paste((245, 245, 240), box)
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x829A] = 0.01
    return _saved(picture, "JPEG", exif=exif.tobytes())


def test_of_a_photo_only_the_paper_counts():
    """Law: scan-resolution-tone, after cropping. Found on an eighth of the picture: right to some pixels."""
    page = _one(_photo((600, 700, 2200, 3000)), media.JPEG)
    assert (page.width_px, page.height_px) == (3000, 4000)
    assert page.paper_px == (pytest.approx(1600, abs=16), pytest.approx(2300, abs=16))


def test_a_picture_without_an_edge_of_paper_is_the_paper():
    assert _one(_photo((0, 0, 3000, 4000)), media.JPEG).paper_px is None
    scan = _saved(Image.new("RGB", (1654, 2339), "white"), "JPEG", dpi=(200, 200))
    assert _one(scan, media.JPEG).paper_px is None


@pytest.mark.parametrize(
    ("mode", "channels", "bits", "palette"),
    [("1", 1, 1, False), ("L", 1, 8, False), ("P", 3, 8, True), ("RGBA", 3, 8, False), ("I;16", 1, 16, False)],
)
def test_levels(mode, channels, bits, palette):
    page = _one(_saved(Image.new(mode, (60, 80)), "PNG"), media.PNG)
    assert (page.channels, page.bits_per_channel, page.palette) == (channels, bits, palette)


def test_every_page_of_a_tiff():
    frames = [Image.new("1", (1728, 2200)) for _ in range(3)]
    content = _saved(frames[0], "TIFF", save_all=True, append_images=frames[1:], compression="group4", dpi=(204, 196))
    pages = captured_pages(content, media_type=media.TIFF, settings=SETTINGS)
    assert [p.page_index for p in pages] == [0, 1, 2]
    assert pages[0].bits_per_channel == 1


def _pdf(image, *, text=b""):
    size = (595, 842)
    out = io.BytesIO()
    with pikepdf.new() as document:
        page = document.add_blank_page(page_size=size)
        picture = document.make_stream(_saved(image, "JPEG"))
        picture.Type, picture.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        picture.Width, picture.Height = image.size
        picture.ColorSpace = pikepdf.Name.DeviceRGB if image.mode == "RGB" else pikepdf.Name.DeviceGray
        picture.BitsPerComponent, picture.Filter = 8, pikepdf.Name.DCTDecode
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.Resources = pikepdf.Dictionary(XObject={"/I": picture}, Font={"/F": font})
        page.Contents = document.make_stream(b"q 595 0 0 842 0 0 cm /I Do Q " + text)
        document.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("mode", "channels"), [("RGB", 3), ("L", 1)])
def test_a_scan_inside_a_pdf(mode, channels):
    page = _one(_pdf(Image.new(mode, (1654, 2338))), media.PDF)
    assert (page.width_px, page.height_px, page.channels, page.bits_per_channel) == (1654, 2338, channels, 8)
    assert (round(page.width_mm), round(page.height_mm)) == (210, 297)


def test_text_on_the_page_makes_it_no_scan_but_an_ocr_layer_does_not():
    image = Image.new("RGB", (1654, 2338))
    visible = b"BT /F 12 Tf 0 Tr 50 50 Td (Total) Tj ET"
    assert captured_pages(_pdf(image, text=visible), media_type=media.PDF, settings=SETTINGS) == ()
    hidden = visible.replace(b"0 Tr", b"3 Tr")
    assert len(captured_pages(_pdf(image, text=hidden), media_type=media.PDF, settings=SETTINGS)) == 1


def _named(make=None, model=None, software=None, taken=None):
    exif = Image.Exif()
    for tag, value in ((0x010F, make), (0x0110, model), (0x0131, software)):
        if value is not None:
            exif[tag] = value
    if taken is not None:
        exif.get_ifd(0x8769)[0x9003] = taken
    return _one(_saved(Image.new("RGB", (60, 80)), "JPEG", exif=exif.tobytes(), dpi=(300, 300)), media.JPEG)


@pytest.mark.parametrize(
    ("names", "device"),
    [
        ({"make": "PFU", "model": "ScanSnap iX1600"}, "PFU ScanSnap iX1600"),
        ({"make": "Canon", "model": "Canon MF642C/643C"}, "Canon MF642C/643C"),
        ({"make": "Apple"}, "Apple"),
        ({"software": "EPSON Scan 2"}, "EPSON Scan 2"),
        ({"make": "A\x00\n\x07B  C"}, "A B C"),
        ({"make": "x" * 500}, "x" * 80),
        ({}, None),
    ],
)
def test_what_made_a_picture_is_named_by_its_file(names, device):
    """Law: scan-viewing, so that a chart test is held against the right device."""
    page = _named(**names)
    assert (page.device, page.compression, page.profile) == (device, "jpeg", "300dpi-color-jpeg")


@pytest.mark.parametrize(
    ("taken", "day"),
    [("2026:11:20 10:11:12", date(2026, 11, 20)), ("2026:13:40 00:00:00", None), ("    :  :  ", None), (None, None)],
)
def test_the_day_on_which_it_was_made(taken, day):
    assert _named(taken=taken).made_on == day


@pytest.mark.parametrize(
    ("kind", "options", "media_type", "compression"),
    [
        ("PNG", {}, media.PNG, "lossless"),
        ("BMP", {}, media.BMP, "lossless"),
        ("TIFF", {"compression": "tiff_lzw"}, media.TIFF, "lossless"),
        ("TIFF", {}, media.TIFF, "lossless"),
        ("TIFF", {"compression": "jpeg"}, media.TIFF, "jpeg"),
        ("WEBP", {}, media.WEBP, ""),
    ],
)
def test_whether_something_went_in_compressing(kind, options, media_type, compression):
    assert _one(_saved(Image.new("RGB", (60, 80)), kind, **options), media_type).compression == compression


def test_what_a_pdf_says_of_the_scanner_that_made_it():
    with pikepdf.open(io.BytesIO(_pdf(Image.new("RGB", (1654, 2338))))) as document:
        document.docinfo["/Creator"] = "RICOH IM C2500"
        document.docinfo["/Producer"] = "RICOH"
        document.docinfo["/CreationDate"] = "D:20261120101112+09'00'"
        out = io.BytesIO()
        document.save(out)
    page = _one(out.getvalue(), media.PDF)
    assert (page.device, page.made_on) == ("RICOH IM C2500 RICOH", date(2026, 11, 20))
    assert page.profile == "200dpi-color-jpeg"
    page = _one(_pdf(Image.new("RGB", (1654, 2338))), media.PDF)
    assert (page.device, page.made_on) == (None, None)


def test_a_pdf_of_plain_pixels_lost_nothing():
    with pikepdf.open(io.BytesIO(_pdf(Image.new("RGB", (165, 233))))) as document:
        picture = document.pages[0].Resources.XObject["/I"]
        picture.write(b"\xff" * (165 * 233 * 3))
        out = io.BytesIO()
        document.save(out, compress_streams=True)
    assert _one(out.getvalue(), media.PDF).compression == "lossless"


def test_a_file_that_makes_the_library_warn():
    content = bytearray(_saved(Image.new("L", (60, 80)), "TIFF"))
    content[-40:] = b"\xff" * 40  # tags that point beyond the file
    assert len(captured_pages(bytes(content), media_type=media.TIFF, settings=SETTINGS)) <= 1


@pytest.mark.parametrize("media_type", [media.PDF, media.JPEG, media.TIFF, media.XML])
def test_what_cannot_be_opened_gives_nothing(media_type):
    assert captured_pages(b"garbage", media_type=media_type, settings=SETTINGS) == ()
