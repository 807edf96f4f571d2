"""Photos of the pages of one document bound into a PDF, and taken out again: their bytes stay what the camera made.

A binding says of itself that its pages belong together: nothing is split or cut in it. The same photos give the same
bytes, so that sending them twice is seen.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image

from domain.errors import UnsupportedMedia
from extractors.pages.image import quietly

if TYPE_CHECKING:
    from extractors.settings import ExtractorSettings

MOST_PHOTOS = 40
MARK = "/ShokoBound"
"""Stands in the document's catalogue."""
_ORIENTATION = 0x0112
_TURNS = {1: 0, 3: 180, 6: 90, 8: 270}
"""EXIF orientation → clockwise degrees; mirrored pictures do not come out of cameras."""
_COLOURS = {"L": Name.DeviceGray, "RGB": Name.DeviceRGB}
_POINTS_PER_PIXEL = 72 / 200
"""For reading only: what a photo's paper measures is judged on the photo (``extractors.pages.capture``)."""


def bind(photos: Sequence[bytes], *, settings: ExtractorSettings) -> bytes:
    """A PDF with one page for each photo, in their order.

    Raises:
        UnsupportedMedia: one is no JPEG, is too large, or there are too many.
    """
    if not 1 <= len(photos) <= MOST_PHOTOS:
        raise _refused(f"{len(photos)} photos", f"1つの書類にまとめられる写真は {MOST_PHOTOS} 枚までです")
    with pikepdf.new() as document:
        document.Root[MARK] = Dictionary(Pages=len(photos))
        for photo in photos:
            _add(document, photo, settings)
        made = io.BytesIO()
        plain = pikepdf.ObjectStreamMode.disable  # the mark is found without opening what has none
        document.save(made, deterministic_id=True, compress_streams=False, object_stream_mode=plain)
        return made.getvalue()


def is_bound(content: bytes) -> bool:
    """True for what ``bind`` made."""
    if MARK.encode() not in content or not content.startswith(b"%PDF-"):
        return False
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            return MARK in document.Root
    except pikepdf.PdfError:
        return False


def photos_of(content: bytes) -> tuple[bytes, ...]:
    """The photos of a binding, byte for byte; pages that hold no JPEG are left out.

    Raises:
        pikepdf.PdfError: it cannot be opened.
    """
    with pikepdf.open(io.BytesIO(content)) as document:
        pictures = (image for page in document.pages[:MOST_PHOTOS] for image in page.get_images().values())
        return tuple(one.read_raw_bytes() for one in pictures if one.get(Name.Filter) == Name.DCTDecode)


def _add(document: pikepdf.Pdf, photo: bytes, settings: ExtractorSettings) -> None:
    try:
        with quietly(), Image.open(io.BytesIO(photo), formats=("JPEG",)) as image:
            width, height, mode = image.width, image.height, image.mode
            turn = _TURNS.get(image.getexif().get(_ORIENTATION, 1), 0)
    except (OSError, ValueError, SyntaxError) as error:
        words = "複数ページを1つの書類にできるのは JPEG の写真だけです。1枚ずつ送ってください"
        raise _refused("no JPEG", words) from error
    if mode not in _COLOURS or width * height > settings.max_page_pixels:
        raise _refused(f"{mode} {width}x{height}", "この写真は大きすぎるか、色の形式に対応していません")
    picture = pikepdf.Stream(
        document,
        photo,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=width,
        Height=height,
        ColorSpace=_COLOURS[mode],
        BitsPerComponent=8,
        Filter=Name.DCTDecode,
    )
    wide, tall = round(width * _POINTS_PER_PIXEL, 2), round(height * _POINTS_PER_PIXEL, 2)
    page = document.add_blank_page(page_size=(wide, tall))
    page.obj[Name.Resources] = Dictionary(XObject=Dictionary(Photo=document.make_indirect(picture)))
    page.obj[Name.Contents] = document.make_stream(f"q {wide} 0 0 {tall} 0 0 cm /Photo Do Q".encode())
    page.obj[Name.MediaBox] = Array([0, 0, wide, tall])
    page.obj[Name.Rotate] = turn


def _refused(message: str, message_ja: str) -> UnsupportedMedia:
    return UnsupportedMedia(message, message_ja=message_ja)
