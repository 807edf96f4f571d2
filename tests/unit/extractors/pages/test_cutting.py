"""Papers cut out of scans: the same pixels, the same resolution, nothing of the rest."""

import io

import numpy as np
import pytest
from PIL import Image

from domain.geometry import Box
from extractors import media
from extractors.media import sniff
from extractors.pages.cutting import BLOCKS, PIXELS, cut_out, cut_pages
from extractors.settings import ExtractorSettings

BOX = Box(left=101, top=57, right=403, bottom=311)


def picture(width=700, height=500):
    rng = np.random.default_rng(3)
    coarse = rng.integers(0, 255, (height // 10, width // 10, 3), np.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)


def encoded(image, kind, **options):
    out = io.BytesIO()
    image.save(out, format=kind, **options)
    return out.getvalue()


def pixels(content):
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image)


def within(array, outer, inner):
    return array[inner.top - outer.top : inner.bottom - outer.top, inner.left - outer.left : inner.right - outer.left]


@pytest.mark.parametrize("subsampling", [0, 1, 2], ids=["444", "422", "420"])
def test_a_jpeg_is_cut_by_copying_its_blocks(subsampling):
    whole = encoded(picture(), "JPEG", quality=83, subsampling=subsampling, dpi=(200, 200))
    cut = cut_out(whole, BOX, media_type=media.JPEG)
    assert (cut.method, cut.media_type) == (BLOCKS, media.JPEG)
    assert cut.region.left <= BOX.left < BOX.right <= cut.region.right
    assert cut.region.top <= BOX.top < BOX.bottom <= cut.region.bottom
    after = pixels(cut.content)
    assert after.shape[:2] == (cut.region.height, cut.region.width)
    assert (within(after, cut.region, BOX) == pixels(whole)[BOX.top : BOX.bottom, BOX.left : BOX.right]).all()
    with Image.open(io.BytesIO(cut.content)) as image:
        assert image.info["dpi"] == (200, 200)


def test_a_cut_at_the_border_of_a_jpeg_ends_there():
    whole = encoded(picture(701, 503), "JPEG", quality=83, dpi=(200, 200))
    box = Box(left=0, top=300, right=701, bottom=503)
    cut = cut_out(whole, box, media_type=media.JPEG)
    assert (cut.region.left, cut.region.right, cut.region.bottom) == (0, 701, 503)
    assert (within(pixels(cut.content), cut.region, box) == pixels(whole)[300:503]).all()


def test_without_the_program_a_jpeg_is_cut_by_its_pixels(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    whole = encoded(picture(), "JPEG", quality=83, dpi=(240, 240))
    cut = cut_out(whole, BOX, media_type=media.JPEG)
    assert (cut.method, cut.media_type, cut.region) == (PIXELS, media.PNG, BOX)
    assert (pixels(cut.content) == pixels(whole)[BOX.top : BOX.bottom, BOX.left : BOX.right]).all()


@pytest.mark.parametrize(
    ("mode", "kind", "options"),
    [
        ("RGB", "PNG", {}),
        ("L", "PNG", {}),
        ("P", "PNG", {}),
        ("RGB", "TIFF", {"compression": "tiff_lzw"}),
        ("1", "TIFF", {"compression": "group4"}),
        ("CMYK", "TIFF", {}),
        ("RGB", "BMP", {}),
        ("RGB", "WEBP", {"lossless": True}),
    ],
)
def test_other_pictures_are_cut_pixel_for_pixel(mode, kind, options):
    if kind in {"PNG", "TIFF"}:
        options = options | {"dpi": (300, 300)}
    whole = encoded(picture().convert(mode), kind, **options)
    cut = cut_out(whole, BOX, media_type=sniff(whole, "a"))
    assert (cut.method, cut.region) == (PIXELS, BOX)
    with Image.open(io.BytesIO(whole)) as before, Image.open(io.BytesIO(cut.content)) as after:
        assert after.mode == mode
        assert (np.asarray(after) == np.asarray(before.crop((101, 57, 403, 311)))).all()
        if "dpi" in options:
            assert [round(float(value)) for value in after.info["dpi"]] == [300, 300]


def test_the_right_frame_of_a_tiff_is_cut():
    frames = [picture().convert("L"), picture().transpose(Image.Transpose.FLIP_LEFT_RIGHT).convert("L")]
    whole = encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    cut = cut_out(whole, BOX, media_type=media.TIFF, frame=1)
    assert (pixels(cut.content) == np.asarray(frames[1])[57:311, 101:403]).all()


def test_the_colour_profile_stays():
    profile = b"profile" * 30
    cut = cut_out(encoded(picture(), "PNG", icc_profile=profile), BOX, media_type=media.PNG)
    with Image.open(io.BytesIO(cut.content)) as image:
        assert image.info["icc_profile"] == profile


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff\xe0nothing", b"%PDF-1.4 broken"])
def test_broken_files_are_left_to_reading(content):
    for media_type in (media.JPEG, media.PNG, media.PDF, media.TIFF, media.XML):
        assert cut_pages(content, media_type=media_type, settings=ExtractorSettings()) == ()


@pytest.mark.parametrize("size", [(9000, 1), (3, 9000), (3000, 2)])
def test_pictures_thinner_than_any_paper_are_left_to_reading(size):
    thin = encoded(Image.new("L", size, 255), "PNG")
    assert cut_pages(thin, media_type=media.PNG, settings=ExtractorSettings()) == ()
