"""What the scanner or camera made: pixels, levels and claimed paper size of the stored pictures, for judging quality.

Only headers and page structure are read, and of photos a picture reduced while it is decoded, to find the paper on it.
Pages that are not scans (text and drawings of a born-digital PDF) are left out, and so is whatever cannot be told: this
never fails a document.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from dataclasses import replace
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
            dpi = None if _is_camera(image) else _claimed_dpi(image)
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


def _is_camera(image: Image.Image) -> bool:
    exif = image.getexif()
    tags = set(exif) | set(exif.get_ifd(_EXIF_IFD))
    return bool(tags & _CAMERA_TAGS)


def _from_pdf(content: bytes, settings: ExtractorSettings) -> Iterator[CapturedPage]:
    with open_pdf(content, settings) as document:
        for index in range(min(len(document), settings.max_pages)):
            with PDFIUM:
                page = document[index]
                try:
                    found = _scan_of(page, index)
                finally:
                    page.close()
            if found is not None:
                yield found


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
    )
