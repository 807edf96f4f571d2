"""Photos of one document: bound without touching their bytes, judged as photos, never split."""

import io
from datetime import UTC, datetime

import pytest
from PIL import Image

from domain.errors import UnsupportedMedia
from extractors import media
from extractors.pages.bound import MOST_PHOTOS, bind, is_bound, photos_of
from extractors.pages.capture import captured_pages
from extractors.pages.pdf import open_pdf
from extractors.settings import ExtractorSettings
from pipeline.steps.capture import document_of
from tests.support.documents import text_pdf

SETTINGS = ExtractorSettings()
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def photo(width=1200, height=1600, *, colour="white", orientation=1, kind="JPEG", mode="RGB"):
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif.get_ifd(0x8769)[0x829A] = 0.01
    Image.new(mode, (width, height), colour).save(out, kind, exif=exif)
    return out.getvalue()


def test_photos_come_out_as_they_went_in():
    photos = (photo(), photo(colour="grey", orientation=6), photo(800, 600, mode="L"))
    made = bind(photos, settings=SETTINGS)
    assert is_bound(made)
    assert photos_of(made) == photos
    assert bind(photos, settings=SETTINGS) == made
    assert bind(photos[::-1], settings=SETTINGS) != made
    with open_pdf(made, SETTINGS) as document:
        assert [document[index].get_rotation() for index in range(3)] == [0, 90, 0]


def test_photos_are_judged_as_photos():
    made = bind((photo(), photo(2000, 3000)), settings=SETTINGS)
    pages = captured_pages(made, media_type=media.PDF, settings=SETTINGS)
    assert [(page.page_index, page.width_px, page.width_mm) for page in pages] == [(0, 1200, None), (1, 2000, None)]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 /ShokoBound", b"x /ShokoBound"])
def test_what_only_names_the_mark_is_no_binding(content):
    assert not is_bound(content)
    assert not is_bound(text_pdf("INVOICE"))


@pytest.mark.parametrize(
    "photos", [(), (photo(kind="PNG"), photo()), (b"\xff\xd8\xff", photo()), (photo(),) * (MOST_PHOTOS + 1)]
)
def test_what_cannot_be_bound_is_refused_with_what_to_do(photos):
    with pytest.raises(UnsupportedMedia) as refused:
        bind(photos, settings=SETTINGS)
    assert refused.value.message_ja


def test_a_single_photo_stays_what_it_is():
    content = photo(kind="PNG")
    assert document_of((content,), taken_at=NOW, settings=SETTINGS) == ("撮影_20261120-120000.png", content)
    name, made = document_of((photo(), photo()), taken_at=NOW, settings=SETTINGS)
    assert (name, is_bound(made)) == ("撮影_20261120-120000_2枚.pdf", True)
