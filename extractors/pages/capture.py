"""What the scanner or camera made: pixels, levels and claimed paper size of the stored pictures, for judging quality.

Only headers and page structure are read, and of photos a picture reduced while it is decoded, to find the paper on it.
Pages that are not scans (text and drawings of a born-digital PDF) are left out, and so is whatever cannot be told: this
never fails a document.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image

from domain.errors import InputError
from domain.page import CapturedPage
from extractors import media
from extractors.pages.bound import is_bound, photos_of
from extractors.pages.clean.photo import page_corners
from extractors.pages.clean.reduced import SIDE_PX, reduced
from extractors.pages.image import quietly  # the one lock around Pillow's warnings
from extractors.pages.pdf import PDFIUM, open_pdf

if TYPE_CHECKING:
    from extractors.settings import ExtractorSettings

_MM_PER_INCH = 25.4
_POINTS_PER_INCH = 72.0
_SCREEN_DPI = 97.0
"""Files that claim 72 or 96 dpi (rounded) say nothing about paper (law: scan-resolution-tone)."""
_HIGHEST_DPI = 2400.0
_SCAN_COVERS = 0.5
"""A picture over at least this part of a page is its scan."""
_EXIF_IFD = 0x8769
_CAMERA_TAGS = frozenset({0x829A, 0x829D, 0x920A, 0xA434})
"""Exposure time, f-number, focal length, lens: scanners write none of them."""
_CHANNELS = {"1": (1, 1), "L": (1, 8), "LA": (1, 8), "P": (3, 8), "PA": (3, 8), "I": (1, 16), "F": (1, 16)}
"""Pillow's mode → channels and bits; every other mode is colour with 8 bits."""
_MAX_OBJECTS = 2000
_MAKE, _MODEL, _SOFTWARE, _CHANGED, _TAKEN = 0x010F, 0x0110, 0x0131, 0x0132, 0x9003
"""Tags of Exif and TIFF."""
_LONGEST_NAME = 80
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DAY = re.compile(r"(?:D:)?([12]\d{3})[:-]?(\d\d)[:-]?(\d\d)")
_LOSSLESS_TIFF = frozenset({"raw", "tiff_lzw", "tiff_adobe_deflate", "tiff_deflate", "packbits", "group3", "group4"})
_FILTERS = {"": "lossless", "DCTDecode": "jpeg", "JPXDecode": "jpeg2000", "CCITTFaxDecode": "lossless"}
"""Last filter of a PDF's picture → compression; JBIG2 may leave marks out and stands for neither."""
_ERRORS = (OSError, ValueError, SyntaxError, TypeError, ArithmeticError, LookupError, EOFError, RuntimeError)


def captured_pages(content: bytes, *, media_type: str, settings: ExtractorSettings) -> tuple[CapturedPage, ...]:
    """One entry per page that is a picture; empty where nothing can be told."""
    try:
        if media_type == media.PDF and is_bound(content):
            return tuple(_bound(content, settings))
        if media_type == media.PDF:
            return tuple(_from_pdf(content, settings))
        if media_type in media.IMAGES:
            return tuple(_from_image(content, media_type, settings))
    except (InputError, pdfium.PdfiumError, pikepdf.PdfError, *_ERRORS):
        return ()
    return ()


def _bound(content: bytes, settings: ExtractorSettings) -> Iterator[CapturedPage]:
    """The photos themselves: the size of a page that was made around one says nothing about paper."""
    for index, photo in enumerate(photos_of(content)):
        for page in _from_image(photo, media.JPEG, settings):
            yield replace(page, page_index=index)


def _from_image(content: bytes, media_type: str, settings: ExtractorSettings) -> Iterator[CapturedPage]:
    with quietly(), Image.open(io.BytesIO(content)) as image:
        frames = getattr(image, "n_frames", 1) if media_type == media.TIFF else 1
        for index in range(min(frames, settings.max_pages)):
            image.seek(index)
            mode = image.mode if not image.mode.startswith("I;16") else "I"
            channels, bits = _CHANNELS.get(mode, (3, 8))
            exif = image.getexif()
            dpi = None if _is_camera(exif) else _claimed_dpi(image)
            size = (image.width, image.height)
            paper_px = _paper_px(image, settings) if dpi is None and media_type == media.JPEG else None
            yield CapturedPage(
                page_index=index,
                width_px=size[0],
                height_px=size[1],
                channels=channels,
                bits_per_channel=bits,
                palette=mode in {"P", "PA"},
                width_mm=size[0] / dpi[0] * _MM_PER_INCH if dpi else None,
                height_mm=size[1] / dpi[1] * _MM_PER_INCH if dpi else None,
                paper_px=paper_px,
                device=device_of(exif.get(_MAKE), exif.get(_MODEL)) or device_of(exif.get(_SOFTWARE)),
                compression=_compression(image, media_type),
                made_on=_day(exif.get_ifd(_EXIF_IFD).get(_TAKEN) or exif.get(_CHANGED)),
            )


def _paper_px(image: Image.Image, settings: ExtractorSettings) -> tuple[int, int] | None:
    """Width and height of the paper in a photo, in pixels of the whole picture: what lies around it does not count.

    JPEG is reduced in decoding, at most to an eighth. Of a paper seen at a slant the shorter of two opposite sides
    counts, because that end has the fewer pixels (law: scan-resolution-tone).
    """
    width, height = image.size
    if width * height > settings.max_page_pixels:
        return None
    image.draft("RGB", (SIDE_PX, SIDE_PX))
    small, factor = reduced(np.asarray(image.convert("RGB"), np.uint8))
    corners = page_corners(small)
    if corners is None:
        return None
    scale = np.array([width / image.width, height / image.height], np.float32) * np.float32(factor)
    top_left, top_right, bottom_right, bottom_left = (tuple(corner) for corner in (corners * scale).tolist())
    across = min(math.dist(top_left, top_right), math.dist(bottom_left, bottom_right))
    down = min(math.dist(top_left, bottom_left), math.dist(top_right, bottom_right))
    return round(across), round(down)


def _claimed_dpi(image: Image.Image) -> tuple[float, float] | None:
    claimed = image.info.get("dpi")
    if not isinstance(claimed, tuple) or len(claimed) != 2:
        return None
    x, y = float(claimed[0]), float(claimed[1])
    return (x, y) if min(x, y) > _SCREEN_DPI and max(x, y) <= _HIGHEST_DPI else None


def _is_camera(exif: Image.Exif) -> bool:
    tags = set(exif) | set(exif.get_ifd(_EXIF_IFD))
    return bool(tags & _CAMERA_TAGS)


def device_of(*names: object) -> str | None:
    """Names of maker, model or program as one line; None where none is a word.

    A name that begins with the one before it stands alone (``Canon``, ``Canon MF642C``).
    """
    found = ""
    for name in names:
        words = " ".join(_CONTROL.sub(" ", name if isinstance(name, str) else "").split())[:_LONGEST_NAME]
        again = words.casefold().startswith(found.casefold())
        found = words if again and words else " ".join(filter(None, (found, words)))
    return found or None


def _compression(image: Image.Image, media_type: str) -> str:
    if media_type == media.TIFF:
        kind = str(image.info.get("compression", "raw"))
        return "jpeg" if "jpeg" in kind else "lossless" if kind in _LOSSLESS_TIFF else ""
    return {media.PNG: "lossless", media.BMP: "lossless", media.JPEG: "jpeg"}.get(media_type, "")


def _day(said: object) -> date | None:
    """A day out of ``2026:11:20 10:11:12`` (Exif) or ``D:20261120101112+09'00'`` (PDF)."""
    found = _DAY.match(said) if isinstance(said, str) else None
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


def _from_pdf(content: bytes, settings: ExtractorSettings) -> Iterator[CapturedPage]:
    with open_pdf(content, settings) as document:
        told = _told(document)
        device, made_on = device_of(told.get("Creator"), told.get("Producer")), _day(told.get("CreationDate"))
        for index in range(min(len(document), settings.max_pages)):
            with PDFIUM:
                page = document[index]
                try:
                    found = _scan_of(page, index)
                finally:
                    page.close()
            if found is not None:
                yield replace(found, device=device, made_on=made_on)


def _told(document: pdfium.PdfDocument) -> dict[str, str]:
    """What a PDF says of itself; nothing where that is no text."""
    try:
        with PDFIUM:
            found: dict[str, str] = document.get_metadata_dict(skip_empty=True)
    except ValueError:
        return {}
    return found


def _scan_of(page: Any, index: int) -> CapturedPage | None:
    """The picture that fills the page; None where text is drawn on it (the invisible text of an OCR layer is not)."""
    width_pt, height_pt = page.get_size()
    area = width_pt * height_pt
    pictures: list[tuple[float, Any, tuple[float, float]]] = []
    wanted = (pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_TEXT)
    for count, item in enumerate(page.get_objects(filter=wanted, max_depth=3)):
        if count >= _MAX_OBJECTS:
            return None
        if item.type == pdfium_c.FPDF_PAGEOBJ_TEXT:
            if pdfium_c.FPDFTextObj_GetTextRenderMode(item) != pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE:
                return None
            continue
        left, bottom, right, top = item.get_bounds()
        width, height = right - left, top - bottom
        pictures.append((width * height, item, (width, height)))
    if not pictures or sum(p[0] for p in pictures) < _SCAN_COVERS * area:
        return None
    _, largest, (width, height) = max(pictures, key=lambda p: p[0])
    return _picture(largest, index, width, height)


def _picture(item: Any, index: int, width_pt: float, height_pt: float) -> CapturedPage | None:
    told = item.get_metadata()
    if not told.width or not told.height or not told.bits_per_pixel:
        return None
    channels = 3 if told.bits_per_pixel >= 24 else 1
    return CapturedPage(
        page_index=index,
        width_px=told.width,
        height_px=told.height,
        channels=channels,
        bits_per_channel=8 if told.bits_per_pixel in {24, 32} else told.bits_per_pixel // channels,
        palette=told.colorspace == pdfium_c.FPDF_COLORSPACE_INDEXED,
        width_mm=width_pt / _POINTS_PER_INCH * _MM_PER_INCH,
        height_mm=height_pt / _POINTS_PER_INCH * _MM_PER_INCH,
        compression=_FILTERS.get(next(iter(item.get_filters(skip_simple=True)), ""), ""),
    )
