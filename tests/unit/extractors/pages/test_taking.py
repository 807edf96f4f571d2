"""Pages taken out of PDFs and TIFFs: nothing is encoded anew, and the same pages give the same bytes."""

import io
from contextlib import suppress

import numpy as np
import pikepdf
import pytest
from PIL import Image

from domain.errors import DamagedDocument
from extractors.pages.taking import PDF_PAGES, TIFF_PAGES, take_pages
from extractors.pages.tiff_pages import tiff_with_pages
from extractors.settings import ExtractorSettings
from tests.support.stacks import CONTRACT, INVOICE, sample, stacked

SETTINGS = ExtractorSettings()


def tiff(compression, *, mode="1"):
    pages = [Image.fromarray(np.random.default_rng(n).random((120, 90)) > 0.5).convert(mode) for n in range(4)]
    out = io.BytesIO()
    kind = {"compression": compression} if compression else {}
    pages[0].save(out, format="TIFF", save_all=True, append_images=pages[1:], dpi=(200, 200), **kind)
    return out.getvalue()


def frames(content):
    with Image.open(io.BytesIO(content)) as image:
        out = []
        for number in range(image.n_frames):
            image.seek(number)
            out.append((image.mode, image.info.get("dpi"), image.tobytes()))
        return out


def test_pages_of_a_pdf_keep_their_streams():
    content = stacked(sample(INVOICE), sample(CONTRACT))
    made, method = take_pages(content, (1, 2), media_type="application/pdf", settings=SETTINGS)
    assert method == PDF_PAGES
    assert take_pages(content, (1, 2), media_type="application/pdf", settings=SETTINGS) == (made, method)
    with pikepdf.open(io.BytesIO(content)) as before, pikepdf.open(io.BytesIO(made)) as after:
        assert len(after.pages) == 2
        for number, index in enumerate((1, 2)):
            assert after.pages[number].Contents.read_raw_bytes() == before.pages[index].Contents.read_raw_bytes()


@pytest.mark.parametrize("compression", ["group4", "tiff_lzw", "tiff_adobe_deflate", "packbits", None])
def test_pages_of_a_tiff_are_copied_strip_by_strip(compression):
    content = tiff(compression)
    made, method = take_pages(content, (1, 3), media_type="image/tiff", settings=SETTINGS)
    assert method == TIFF_PAGES
    before = frames(content)
    assert frames(made) == [before[1], before[3]]


def test_jpeg_inside_a_tiff_is_not_encoded_anew():
    content = tiff("jpeg", mode="L")
    made, _ = take_pages(content, (2,), media_type="image/tiff", settings=SETTINGS)
    assert frames(made) == [frames(content)[2]]


def test_what_cannot_be_taken_out_stays():
    assert take_pages(b"%PDF-1.7 /ByteRange", (0,), media_type="application/pdf", settings=SETTINGS) is None
    assert take_pages(sample(INVOICE), (7,), media_type="application/pdf", settings=SETTINGS) is None
    assert take_pages(tiff("group4"), (9,), media_type="image/tiff", settings=SETTINGS) is None
    assert take_pages(b"\xff\xd8\xff", (0,), media_type="image/jpeg", settings=SETTINGS) is None


@pytest.mark.parametrize("at", range(0, 400, 7))
def test_a_broken_tiff_is_refused_and_never_loops(at):
    content = bytearray(tiff("group4"))
    place = len(content) - 1 - at
    content[place] ^= 0xFF
    content[4 + at % 4] ^= 0x5A
    with suppress(DamagedDocument):
        assert len(tiff_with_pages(bytes(content), (0, 1))) <= 2 * len(content)


def test_directories_in_a_circle():
    content = b"II*\x00\x08\x00\x00\x00" + b"\x00\x00" + b"\x08\x00\x00\x00"
    with pytest.raises(DamagedDocument):
        tiff_with_pages(content, (0,))
