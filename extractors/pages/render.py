"""Document bytes to page pictures.

A page is shown as a viewer shows it: EXIF orientation and the PDF's own rotation are already applied. What clean-up
turns beyond that is the page's ``rotation_degrees``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import cv2
import numpy as np

from domain.errors import DamagedDocument, UnsupportedMedia
from extractors import media
from extractors.pages.image import decode_frame, render_image
from extractors.pages.pdf import open_pdf, render_one, render_pdf
from extractors.pages.rendition import RenderedPage

if TYPE_CHECKING:
    from domain.page import Fault, PixelArray
    from extractors.settings import ExtractorSettings

__all__ = ["RenderedPage", "page_pixels", "page_png", "render_pages"]

_MAX_WIDTH_PX = 6000


def render_pages(content: bytes, *, media_type: str, settings: ExtractorSettings) -> Iterator[RenderedPage | Fault]:
    """Pages in order; a page that cannot be rendered gives a fault in its place.

    Raises:
        InputError: the whole file is at fault (encrypted, damaged, too large, or a kind without pages).
    """
    if media_type == media.PDF:
        return render_pdf(content, settings=settings)
    if media_type in media.IMAGES:
        return render_image(content, media_type=media_type, settings=settings)
    raise UnsupportedMedia(f"no pages in {media_type}")


def page_png(
    content: bytes,
    *,
    media_type: str,
    page_index: int,
    settings: ExtractorSettings,
    width_px: int = 1200,
    rotation_degrees: int = 0,
) -> bytes:
    """One page as a PNG for a viewer, turned upright by ``rotation_degrees`` (of its ``Page``) and ``width_px`` wide.

    Raises:
        InputError: the file or the page cannot be rendered.
    """
    width = min(max(width_px, 16), _MAX_WIDTH_PX)
    pixels = page_pixels(
        content, media_type=media_type, page_index=page_index, settings=settings, rotation_degrees=rotation_degrees
    )
    height = max(1, round(pixels.shape[0] * width / pixels.shape[1]))
    if width < pixels.shape[1]:
        pixels = np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA))
    done, encoded = cv2.imencode(".png", np.ascontiguousarray(pixels[:, :, ::-1]))
    if not done:
        raise DamagedDocument("the page picture cannot be encoded", page_number=page_index + 1)
    return bytes(encoded.tobytes())


def page_pixels(
    content: bytes, *, media_type: str, page_index: int, settings: ExtractorSettings, rotation_degrees: int = 0
) -> PixelArray:
    """One page as it is rendered for reading, turned upright by ``rotation_degrees`` (of its ``Page``).

    Raises:
        InputError: the file or the page cannot be rendered.
    """
    pixels = _one(content, media_type, page_index, settings).pixels
    turns = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
    if rotation_degrees in turns:
        return np.asarray(cv2.rotate(pixels, turns[rotation_degrees]), np.uint8)
    return pixels


def _one(content: bytes, media_type: str, page_index: int, settings: ExtractorSettings) -> RenderedPage:
    if media_type == media.PDF:
        with open_pdf(content, settings) as document:
            if not 0 <= page_index < len(document):
                raise DamagedDocument(f"there is no page {page_index + 1}", page_number=page_index + 1)
            return render_one(document, page_index, settings)
    if media_type in media.IMAGES:
        return decode_frame(content, media_type=media_type, page_index=page_index, settings=settings)
    raise UnsupportedMedia(f"no pages in {media_type}")
