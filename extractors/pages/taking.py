"""Whole pages taken out of a file without loss: a document of a stack becomes a file, and a unit, of its own.

Pages of a PDF are copied with everything they draw with, content and pictures as they are stored. Pages of a TIFF are
copied strip by strip, whatever their compression. What comes out must draw the same as before; where it does not, or
where a signature or a document timestamp covers the whole file, nothing is taken out and the file stays whole.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pikepdf
import pypdfium2 as pdfium

from domain.errors import DamagedDocument, InputError
from extractors import media
from extractors.pages.image import DECODE_ERRORS, opened_image, quietly
from extractors.pages.pdf import PDFIUM, open_pdf
from extractors.pages.tiff_pages import tiff_with_pages

if TYPE_CHECKING:
    from domain.page import PixelArray
    from extractors.settings import ExtractorSettings

PDF_PAGES = "pdf-pages"
TIFF_PAGES = "tiff-pages"
_SIGNED = b"/ByteRange"
"""Every signature and document timestamp names the bytes it covers under this key, which is never compressed: its
value is written after the file is (ISO 32000-2, 12.8.1)."""
_COMPARE_DPI = 40
"""Enough to see a missing font, picture or layer; an A4 page takes a few milliseconds."""
_COMPARE_SIDE_PX = 1_500
_SAME = 2.0
"""Mean difference of grey values (0 to 255) up to which two drawings are the same; the same page drawn from the same
content differs by 0."""


def is_signed(content: bytes) -> bool:
    """Whether some bytes of a PDF are covered by a signature or a document timestamp: it is never taken apart."""
    return _SIGNED in content


def take_pages(
    content: bytes, pages: Sequence[int], *, media_type: str, settings: ExtractorSettings
) -> tuple[bytes, str] | None:
    """A file with these pages (from 0) of another, and how it was made; None where that is not possible without loss.

    The same pages of the same bytes always give the same bytes.
    """
    try:
        if media_type == media.PDF and not is_signed(content):
            made = _of_pdf(content, pages)
            return (made, PDF_PAGES) if _draws_alike(content, made, pages, settings) else None
        if media_type == media.TIFF:
            made = tiff_with_pages(content, pages)
            return (made, TIFF_PAGES) if _decodes_alike(content, made, pages) else None
    except (InputError, pikepdf.PdfError, pdfium.PdfiumError, MemoryError, *DECODE_ERRORS):
        return None
    return None


def _of_pdf(content: bytes, pages: Sequence[int]) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as source, pikepdf.new() as taken:
        if any(index >= len(source.pages) for index in pages):
            raise DamagedDocument("a page is not there")
        for index in pages:
            taken.pages.append(source.pages[index])
        # Layers are switched by the document, not by the page that uses them.
        if "/OCProperties" in source.Root:
            taken.Root.OCProperties = taken.copy_foreign(source.make_indirect(source.Root.OCProperties))
        taken.save(
            out,
            deterministic_id=True,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
            object_stream_mode=pikepdf.ObjectStreamMode.preserve,
        )
    return out.getvalue()


def _draws_alike(content: bytes, made: bytes, pages: Sequence[int], settings: ExtractorSettings) -> bool:
    with open_pdf(content, settings) as before, open_pdf(made, settings) as after:
        if len(after) != len(pages):
            return False
        for number, index in enumerate(pages):
            one, other = _drawn(before, index), _drawn(after, number)
            if one.shape != other.shape:
                return False
            if float(np.abs(one.astype(np.int16) - other.astype(np.int16)).mean()) > _SAME:
                return False
    return True


def _drawn(document: Any, index: int) -> PixelArray:
    with PDFIUM:
        page = document[index]
        try:
            width, height = page.get_size()
            scale = min(_COMPARE_DPI / 72, _COMPARE_SIDE_PX / max(width, height, 1.0))
            bitmap = page.render(scale=scale, grayscale=True)
            return np.array(bitmap.to_numpy(), copy=True)
        finally:
            page.close()


def _decodes_alike(content: bytes, made: bytes, pages: Sequence[int]) -> bool:
    with opened_image(content, media.TIFF) as before, opened_image(made, media.TIFF) as after, quietly():
        if int(getattr(after, "n_frames", 1)) != len(pages):
            return False
        for number, index in enumerate(pages):
            before.seek(index)
            after.seek(number)
            same = (before.mode, before.size) == (after.mode, after.size)
            if not same or before.tobytes() != after.tobytes():
                return False
    return True
