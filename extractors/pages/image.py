"""Picture files through Pillow: frames as pages, the header checked before anything is decoded."""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

import cv2
import numpy as np
import pillow_heif
from PIL import ExifTags, Image, ImageFile, ImageOps, UnidentifiedImageError

from domain.errors import DamagedDocument, DocumentTooLarge, InputError
from domain.page import Fault, Page
from extractors import media
from extractors.pages.cleanup import turn
from extractors.pages.rendition import RenderedPage, check_size, damaged_page, fault_of, too_many_pages, too_many_pixels

if TYPE_CHECKING:
    from domain.page import PixelArray
    from extractors.settings import ExtractorSettings

_FORMATS = {
    media.JPEG: ["JPEG", "MPO"],
    media.PNG: ["PNG"],
    media.TIFF: ["TIFF"],
    media.HEIC: ["HEIF", "AVIF"],
    media.WEBP: ["WEBP"],
    media.GIF: ["GIF"],
    media.BMP: ["BMP"],
}
"""Only the decoder of the sniffed kind is ever tried."""
_PAGED = frozenset({media.TIFF})
"""Kinds whose frames are pages; the others show their first frame."""
_CLASSIC_TIFF = 42
_JPEG_END = b"\xff\xd9"
_JPEG_TAIL = 64
"""Bytes in which the end of a JPEG stands: some devices fill up the file behind it."""
_STRIP_ROWS = 128
"""Rows copied at once: as many as the processor keeps near."""
_FAX_RATIO = (1.3, 4.0)
_FAX_SOFT = (0.9, 0.45)
"""Standard deviations, across and down, by which such a fax is softened before it is stretched: its steps are read as
strokes. On six development pages of coarse faxes 6.5 instead of 12.8 % of the characters were wrong, fewer on each."""
_MAX_TIFF_TAGS = 200
"""Real TIFF directories have some dozens of entries; broken ones make libtiff write thousands of messages."""
_TURNS = {1: 0, 3: 180, 6: 90, 8: 270}
"""EXIF's orientation → degrees clockwise to upright; the others are mirrored, which no camera does."""
_DPI_RANGE = (50.0, 2400.0)
DECODE_ERRORS = (OSError, ValueError, SyntaxError, TypeError, ArithmeticError, LookupError, EOFError, RuntimeError)
"""What Pillow's decoders raise on broken files."""
_DECODING = threading.RLock()
"""Muting warnings is not thread-safe; and one decoded page at a time bounds memory."""

Image.MAX_IMAGE_PIXELS = None  # the limits of the settings are checked instead, before decoding
pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


def render_image(content: bytes, *, media_type: str, settings: ExtractorSettings) -> Iterator[RenderedPage | Fault]:
    """Pages of a picture file, turned as its EXIF data says; a page that fails gives a fault.

    Raises:
        DamagedDocument: the file cannot be opened at all.
    """
    total = 0
    with opened_image(content, media_type) as image:
        for index in range(settings.max_pages + 1):
            with quietly():
                try:
                    image.seek(index)
                except EOFError:
                    return
                except DECODE_ERRORS as error:
                    yield fault_of(damaged_page(index, type(error).__name__), page_index=index)
                    return
            if index == settings.max_pages:
                yield too_many_pages(None, settings)
                return
            total += image.width * image.height
            if total > settings.max_total_pixels and index > 0:
                yield too_many_pixels(index, settings)
                return
            yield _page(image, content, media_type, index, settings)
            if media_type not in _PAGED:
                return


def decode_frame(content: bytes, *, media_type: str, page_index: int, settings: ExtractorSettings) -> RenderedPage:
    """One page.

    Raises:
        DamagedDocument: no such page, or it cannot be decoded.
        DocumentTooLarge: over the limits.
    """
    with opened_image(content, media_type) as image:
        with quietly():
            try:
                image.seek(page_index)
            except DECODE_ERRORS as error:
                raise damaged_page(page_index, type(error).__name__) from error
        result = _page(image, content, media_type, page_index, settings)
    if isinstance(result, Fault):
        kind = DocumentTooLarge if result.code == DocumentTooLarge.code else DamagedDocument
        raise kind(result.message, message_ja=result.message_ja, page_number=page_index + 1)
    return result


@contextmanager
def quietly() -> Iterator[None]:
    """Without Pillow's warnings; the one lock around its decoders."""
    with _DECODING, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def opened_image(content: bytes, media_type: str) -> Iterator[Image.Image]:
    """A picture file by the decoder of its sniffed kind.

    Raises:
        DamagedDocument: it cannot be opened.
    """
    if media_type == media.TIFF and _tiff_tags(content) > _MAX_TIFF_TAGS:
        raise DamagedDocument("the TIFF directory is broken")
    with quietly():
        try:
            image = Image.open(io.BytesIO(content), formats=_FORMATS[media_type])
        except (UnidentifiedImageError, *DECODE_ERRORS) as error:
            raise DamagedDocument(f"the picture cannot be opened: {type(error).__name__}") from error
    with image:
        yield image


def _tiff_tags(content: bytes) -> int:
    """Entries of the first directory."""
    order: Literal["little", "big"] = "little" if content[:2] == b"II" else "big"
    if int.from_bytes(content[2:4], order) != _CLASSIC_TIFF:
        return 0
    start = int.from_bytes(content[4:8], order)
    return int.from_bytes(content[start : start + 2], order)


def _page(
    image: Image.Image, content: bytes, media_type: str, index: int, settings: ExtractorSettings
) -> RenderedPage | Fault:
    fault = None
    try:
        check_size(image.width, image.height, page_index=index, settings=settings)
        dpi = _dpi(image)
        try:
            pixels, size = _decoded(image, content, settings.reading_side_px)
        except DECODE_ERRORS as error:
            salvaged = _salvaged(content, media_type, settings.reading_side_px) if index == 0 else None
            if salvaged is None:
                raise damaged_page(index, type(error).__name__) from error
            (pixels, size), fault = salvaged, _partly(index)
        pixels = _squared(pixels, image)
    except InputError as error:
        return fault_of(error, page_index=index)
    width_px, height_px = size
    page = Page(page_index=index, width_px=width_px, height_px=height_px, dpi=dpi)
    return RenderedPage(page=page, pixels=pixels, fault=fault)


def _decoded(image: Image.Image, content: bytes, side_px: int) -> tuple[PixelArray, tuple[int, int]]:
    """Pixels as RGB, upright as EXIF says and not much larger than ``side_px``; and the full size, upright."""
    with quietly():
        full = image.size
        if image.format in {"JPEG", "MPO"} and max(full) >= 2 * side_px:
            scale = side_px / max(full)
            image.draft("RGB", (round(full[0] * scale), round(full[1] * scale)))
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
        degrees = _TURNS.get(orientation)
        whole = _whole_jpeg(image, content) if degrees is not None and image.size == full else None
        if whole is not None:
            return turn(_reduced(whole, side_px), degrees or 0), (full[1], full[0]) if degrees in {90, 270} else full
        image.load()
        picture = image if orientation == 1 else ImageOps.exif_transpose(image)  # not even copied where it is upright
        turned = (picture.width > picture.height) != (image.width > image.height)
        pixels = _reduced(_rgb(picture), side_px)
    return pixels, (full[1], full[0]) if turned else full


def _whole_jpeg(image: Image.Image, content: bytes) -> PixelArray | None:
    """The pixels of a plain JPEG that has its end, by OpenCV; None where Pillow has to look.

    Both use the same library with the same result, OpenCV in a third of the time; but it is silent about files that
    are cut short.
    """
    if image.format != "JPEG" or image.mode not in {"RGB", "L"} or _JPEG_END not in content[-_JPEG_TAIL:]:
        return None
    try:
        pixels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error:
        return None
    return pixels if pixels is not None and pixels.shape == (image.height, image.width, 3) else None  # type: ignore[return-value]


def _copied(picture: Image.Image) -> PixelArray:
    """The pixels of an RGB picture, strip by strip: Pillow copies a large picture in one go four times as slowly."""
    out = np.empty((picture.height, picture.width, 3), np.uint8)
    for top in range(0, picture.height, _STRIP_ROWS):
        bottom = min(top + _STRIP_ROWS, picture.height)
        out[top:bottom] = np.asarray(picture.crop((0, top, picture.width, bottom)))
    return out


def _rgb(picture: Image.Image) -> PixelArray:
    if picture.mode.startswith("I") or picture.mode == "F":
        values = np.asarray(picture, dtype=np.float32)
        top = 65535.0 if values.max(initial=0) > 255 else 255.0  # 8 or 16 bit
        grey = np.clip(values * (255.0 / top), 0, 255).astype(np.uint8)
        return np.ascontiguousarray(np.repeat(grey[:, :, None], 3, axis=2))
    if picture.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        picture = Image.alpha_composite(white, layer)
    if picture.mode in {"1", "L"}:
        return np.asarray(cv2.cvtColor(np.asarray(picture.convert("L")), cv2.COLOR_GRAY2RGB), np.uint8)
    return _copied(picture if picture.mode == "RGB" else picture.convert("RGB"))


def _reduced(pixels: PixelArray, side_px: int) -> PixelArray:
    height, width = pixels.shape[:2]
    if max(height, width) <= side_px:
        return pixels
    scale = side_px / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))


def _salvaged(content: bytes, media_type: str, side_px: int) -> tuple[PixelArray, tuple[int, int]] | None:
    """The part of a truncated first page that can be shown; its size is known to be within limits."""
    with quietly():
        ImageFile.LOAD_TRUNCATED_IMAGES = True  # under the lock, and only here
        try:
            with Image.open(io.BytesIO(content), formats=_FORMATS[media_type]) as image:
                return _decoded(image, content, side_px)
        except DECODE_ERRORS:
            return None
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = False


def _partly(index: int) -> Fault:
    return Fault(
        code=DamagedDocument.code,
        message=f"page {index + 1} is truncated; only a part of it could be decoded",
        message_ja=(
            f"{index + 1}ページ目の画像が途中で切れています。読めた部分だけを処理しました。もう一度スキャンしてください"
        ),
        page_index=index,
    )


def _squared(pixels: PixelArray, image: Image.Image) -> PixelArray:
    """Faxes have half as many rows as columns per inch: softened and stretched for reading.

    Boxes stay in the file's own pixels.
    """
    claimed = image.info.get("dpi")
    try:
        ratio = float(claimed[0]) / float(claimed[1]) if claimed else 1.0
    except (TypeError, ValueError, IndexError, ArithmeticError):
        return pixels
    low, high = _FAX_RATIO
    if not low <= ratio <= high:
        return pixels
    height, width = pixels.shape[:2]
    soft = cv2.GaussianBlur(pixels, (0, 0), sigmaX=_FAX_SOFT[0], sigmaY=_FAX_SOFT[1])
    return np.asarray(cv2.resize(soft, (width, round(height * ratio)), interpolation=cv2.INTER_CUBIC), np.uint8)


def _dpi(image: Image.Image) -> float:
    claimed = image.info.get("dpi")
    try:
        dpi = float(claimed[0]) if claimed else 0.0
    except (TypeError, ValueError, IndexError, ArithmeticError):
        return 0.0
    low, high = _DPI_RANGE
    return round(dpi, 2) if low <= dpi <= high else 0.0
