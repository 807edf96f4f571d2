"""Files to page pictures."""

import io

import cv2
import numpy as np
import pillow_heif
import pytest
from PIL import ExifTags, Image, ImageOps

from domain.errors import DamagedDocument, UnsupportedMedia
from domain.page import EngineId, Line, PageText, Word
from extractors import media
from extractors.ocr import null
from extractors.pages.cleanup import turn
from extractors.pages.render import page_png, render_pages
from extractors.settings import ExtractorSettings
from extractors.text import read_text

SETTINGS = ExtractorSettings()
RED = (220, 20, 20)


def picture(width=300, height=200):
    """White with a red mark at the top left."""
    pixels = np.full((height, width, 3), 255, np.uint8)
    pixels[10:40, 20:80] = RED
    return Image.fromarray(pixels)


def saved(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def render(content, **settings):
    kind = media.sniff(content)
    return list(render_pages(content, media_type=kind, settings=SETTINGS.model_copy(update=settings)))


def red(pixels):
    ys, xs = np.nonzero((pixels[:, :, 0] > 150) & (pixels[:, :, 1] < 120))
    return int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP", "BMP"])
def test_kinds(kind):
    (page,) = render(saved(picture(), kind))
    assert (page.page.width_px, page.page.height_px) == (300, 200)
    assert red(page.pixels) == pytest.approx((20, 10, 80, 40), abs=2)
    assert page.pixels.dtype == np.uint8


def test_heic():
    buffer = io.BytesIO()
    pillow_heif.from_pillow(picture()).save(buffer, quality=90)
    (page,) = render(buffer.getvalue())
    assert red(page.pixels) == pytest.approx((20, 10, 80, 40), abs=3)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK", "I;16", "I", "F"])
def test_modes_become_rgb(mode):
    if mode == "I;16":
        image = Image.fromarray(np.full((50, 60), 65535, np.uint16))
    elif mode in {"I", "F"}:
        image = Image.new(mode, (60, 50), 255)
    else:
        image = Image.new("RGB", (60, 50), "white").convert(mode)
    (page,) = render(saved(image, "TIFF"))
    assert page.pixels.shape == (50, 60, 3)
    assert page.pixels.min() > 250


def test_transparent_paper_is_white():
    (page,) = render(saved(Image.new("RGBA", (60, 50), (0, 0, 0, 0)), "PNG"))
    assert page.pixels.min() == 255


@pytest.mark.parametrize(("orientation", "size"), [(1, (300, 200)), (3, (300, 200)), (6, (300, 200)), (8, (300, 200))])
def test_exif_orientation_is_applied(orientation, size):
    turned = {1: 0, 3: 180, 6: 270, 8: 90}[orientation]
    stored = Image.fromarray(turn(np.asarray(picture()), turned))
    exif = Image.Exif()
    exif[0x0112] = orientation
    (page,) = render(saved(stored, "JPEG", exif=exif))
    assert (page.page.width_px, page.page.height_px) == size
    assert red(page.pixels) == pytest.approx((20, 10, 80, 40), abs=3)


def test_pages_of_a_fax():
    pages = [Image.new("1", (400, 300), 1) for _ in range(3)]
    content = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="group4", dpi=(204, 196))
    rendered = render(content)
    assert [p.page.page_index for p in rendered] == [0, 1, 2]
    assert rendered[0].page.dpi == 204


def test_the_steps_of_a_coarse_fax_are_softened_and_those_of_a_fine_one_stay():
    slanted = Image.new("1", (300, 200), 1)
    for y in range(200):
        slanted.paste(0, (100 + y // 2, y, 108 + y // 2, y + 1))
    levels = {}
    for down in (98, 196):
        out = io.BytesIO()
        slanted.save(out, format="TIFF", compression="group4", dpi=(204, down))
        (page,) = render_pages(out.getvalue(), media_type=media.TIFF, settings=SETTINGS)
        levels[down] = page.pixels[100, :, 0]
    assert set(np.unique(levels[196])) == {0, 255}
    row = levels[98]
    assert row.min() < 40
    assert row[:60].min() == 255
    assert len(np.unique(row)) > 4
    assert np.abs(np.diff(row.astype(int))).max() < 150


def test_a_coarse_fax_is_stretched_for_reading_only():
    (page,) = render(saved(Image.new("1", (400, 300), 1), "TIFF", compression="group4", dpi=(204, 98)))
    assert (page.page.width_px, page.page.height_px) == (400, 300)
    assert page.pixels.shape[0] == pytest.approx(300 * 204 / 98, abs=1)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_large_page_is_read_reduced_and_keeps_its_size(kind):
    (page,) = render(saved(picture(3000, 2000), kind), reading_side_px=500)
    assert (page.page.width_px, page.page.height_px) == (3000, 2000)
    assert max(page.pixels.shape) <= 1000


class Finder:
    """Reads the red mark."""

    engine_id = EngineId(name="finder.v1", version="1")

    def read_page(self, pixels, *, page_index, dpi):
        from domain.geometry import Box

        left, top, right, bottom = red(pixels)
        box = Box(left=left, top=top, right=right, bottom=bottom)
        word = Word(text="赤い印のある書類です領収書", box=box, confidence=0.95)
        return PageText(page_index=page_index, lines=(Line(words=(word,), box=box),), engine=self.engine_id)


@pytest.mark.parametrize(("size", "scale"), [((300, 200), 1), ((3000, 2000), 10), ((1500, 1000), 5)])
def test_boxes_are_at_the_size_of_the_original(size, scale):
    image = picture().resize(size, Image.Resampling.NEAREST)
    settings = SETTINGS.model_copy(update={"reading_side_px": 900})
    reading = read_text(saved(image, "PNG"), file_name="a.png", settings=settings, engine=Finder())
    assert reading.pages[0].width_px == size[0]
    expected = [v * scale for v in (20, 10, 80, 40)]
    assert reading.texts[0].lines[0].box.as_list() == pytest.approx(expected, abs=2 * scale)


def noisy(mode):
    levels = np.random.default_rng(7).integers(0, 256, (301, 211, 3), dtype=np.uint8)
    return Image.fromarray(cv2.GaussianBlur(levels, (0, 0), 2)).convert(mode)


@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("tail", [b"", bytes(20), bytes(500)])
def test_a_whole_jpeg_is_decoded_as_pillow_does(mode, subsampling, tail):
    options = {"subsampling": subsampling} if mode == "RGB" else {"progressive": subsampling == 1}
    content = saved(noisy(mode), "JPEG", quality=80, **options)
    (page,) = render(content + tail)
    assert page.fault is None
    with Image.open(io.BytesIO(content)) as image:
        assert np.array_equal(page.pixels, np.asarray(image.convert("RGB")))


@pytest.mark.parametrize("orientation", range(10))
def test_a_jpeg_is_turned_as_its_camera_says(orientation):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    content = saved(noisy("RGB"), "JPEG", quality=80, exif=exif)
    (page,) = render(content)
    with Image.open(io.BytesIO(content)) as image:
        expected = np.asarray(ImageOps.exif_transpose(image))
    assert np.array_equal(page.pixels, expected)
    assert (page.page.height_px, page.page.width_px) == expected.shape[:2]


@pytest.mark.parametrize("left", [0.5, 0.9, 0.999])
def test_a_jpeg_cut_short_says_so_wherever_it_ends(left):
    content = saved(noisy("RGB"), "JPEG", quality=80)
    (page,) = render(content[: int(left * len(content))])
    assert page.fault is not None


def test_a_large_picture_of_another_kind_keeps_every_pixel():
    image = noisy("RGB")
    (page,) = render(saved(image, "PNG"))
    assert np.array_equal(page.pixels, np.asarray(image))


def test_a_truncated_jpeg_is_read_as_far_as_it_goes():
    rng = np.random.default_rng(1)
    pixels = rng.integers(200, 256, (400, 600, 3), dtype=np.uint8)
    whole = saved(Image.fromarray(pixels), "JPEG", quality=90)
    (page,) = render(whole[: len(whole) * 3 // 4])
    assert page.fault.code == "damaged"
    assert "途中で切れています" in page.fault.message_ja
    assert page.pixels.shape == (400, 600, 3)


def decoded(png):
    return cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1]


def test_page_png_turns_and_scales():
    content = saved(picture(), "PNG")
    plain = decoded(page_png(content, media_type=media.PNG, page_index=0, settings=SETTINGS, width_px=150))
    assert plain.shape == (100, 150, 3)
    assert red(plain) == pytest.approx((10, 5, 40, 20), abs=1)
    turned = decoded(
        page_png(content, media_type=media.PNG, page_index=0, settings=SETTINGS, width_px=200, rotation_degrees=90)
    )
    assert turned.shape == (300, 200, 3)
    assert red(turned) == pytest.approx((160, 20, 190, 80), abs=1)


@pytest.mark.parametrize("page_index", [1, -1, 99])
def test_there_is_no_such_page(page_index):
    for kind in ("PNG", "PDF"):
        content = saved(picture(), kind)
        with pytest.raises(DamagedDocument):
            page_png(content, media_type=media.sniff(content), page_index=page_index, settings=SETTINGS)


def test_other_kinds_have_no_pages():
    with pytest.raises(UnsupportedMedia):
        page_png(b"a,b", media_type=media.CSV, page_index=0, settings=SETTINGS)
    with pytest.raises(UnsupportedMedia):
        read_text(b"a,b", file_name="a.csv", settings=SETTINGS, engine=null.create())
