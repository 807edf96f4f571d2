"""PDF files through PDFium: pages as pixels. PDFium is not thread-safe, so one lock guards it."""

from __future__ import annotations

import io
import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pikepdf
import pypdfium2 as pdfium

from domain.errors import DamagedDocument, DocumentTooLarge, EncryptedDocument, InputError
from domain.page import Fault, Page
from extractors.pages.bombs import check_bombs
from extractors.pages.rendition import RenderedPage, damaged_page, fault_of, too_many_pages, too_many_pixels

if TYPE_CHECKING:
    from extractors.settings import ExtractorSettings

PDFIUM = threading.RLock()
"""Held around every call into PDFium, and never while a page is being read."""
_POINTS_PER_INCH = 72
_MIN_POINTS = 3.0
"""A page smaller than this (about a millimetre) is broken."""
_LOWEST_DPI = 20.0


@contextmanager
def open_pdf(
    content: bytes, settings: ExtractorSettings, *, on_repair: Callable[[], None] | None = None
) -> Iterator[Any]:
    """A PDFium document with at least one page, repaired by qpdf where PDFium cannot open it.

    ``on_repair`` is called where it was: parts of it may be lost.

    Raises:
        EncryptedDocument: it needs a password.
        DamagedDocument: it cannot be opened, or has no page.
        DocumentTooLarge: it unpacks beyond the limits.
    """
    check_bombs(content, settings)
    with PDFIUM:
        document = _opened(content)
        if document is None:
            document = _opened(_repaired(content))
            if document is not None and on_repair is not None:
                on_repair()
        if document is None:
            raise DamagedDocument("the PDF cannot be opened, not even after repair")
        if document.get_formtype():
            document.init_forms()
    try:
        yield document
    finally:
        with PDFIUM:
            document.close()


def render_pdf(content: bytes, *, settings: ExtractorSettings) -> Iterator[RenderedPage | Fault]:
    """Pages of a PDF at ``settings.render_dpi`` (less where a page is huge); a page that fails gives a fault.

    Raises:
        InputError: the whole file is at fault.
    """
    with open_pdf(content, settings) as document:
        count = len(document)
        total = 0
        for index in range(min(count, settings.max_pages)):
            try:
                rendered = render_one(document, index, settings)
            except InputError as error:
                yield fault_of(error, page_index=index)
                continue
            total += rendered.page.width_px * rendered.page.height_px
            if total > settings.max_total_pixels and index > 0:
                yield too_many_pixels(index, settings)
                return
            yield rendered
        if count > settings.max_pages:
            yield too_many_pages(count, settings)


def render_one(document: Any, index: int, settings: ExtractorSettings) -> RenderedPage:
    """One page.

    Raises:
        DamagedDocument: it cannot be rendered.
    """
    try:
        with PDFIUM:
            return _rendered(document, index, settings)
    except (pdfium.PdfiumError, ValueError, OverflowError, MemoryError) as error:
        raise damaged_page(index, type(error).__name__) from error


def size_one(document: Any, index: int, settings: ExtractorSettings) -> Page:
    """The page that ``render_one`` would give, without drawing it.

    Raises:
        DamagedDocument: it cannot be opened.
        DocumentTooLarge: its sheet is too large.
    """
    try:
        with PDFIUM:
            page = document[index]
            try:
                width_pt, height_pt = page.get_size()
            finally:
                page.close()
        dpi = _dpi_for(width_pt, height_pt, index, settings)
    except (pdfium.PdfiumError, ValueError, OverflowError, MemoryError) as error:
        raise damaged_page(index, type(error).__name__) from error
    scale = dpi / _POINTS_PER_INCH
    width_px, height_px = math.ceil(width_pt * scale), math.ceil(height_pt * scale)
    return Page(page_index=index, width_px=width_px, height_px=height_px, dpi=round(dpi, 2))


def _rendered(document: Any, index: int, settings: ExtractorSettings) -> RenderedPage:
    page = document[index]
    try:
        width_pt, height_pt = page.get_size()
        dpi = _dpi_for(width_pt, height_pt, index, settings)
        bitmap = page.render(scale=dpi / _POINTS_PER_INCH, rev_byteorder=True, prefer_bgrx=False)
        try:
            pixels = np.array(bitmap.to_numpy()[:, :, :3], dtype=np.uint8, copy=True)
        finally:
            bitmap.close()
    finally:
        page.close()
    height_px, width_px = pixels.shape[:2]
    meant = Page(page_index=index, width_px=width_px, height_px=height_px, dpi=round(dpi, 2))
    return RenderedPage(page=meant, pixels=pixels)


def _dpi_for(width_pt: float, height_pt: float, index: int, settings: ExtractorSettings) -> float:
    """The wanted resolution, or as much as the limits on a page picture leave."""
    if not (min(width_pt, height_pt) >= _MIN_POINTS):
        raise damaged_page(index, "no area")
    width_in, height_in = width_pt / _POINTS_PER_INCH, height_pt / _POINTS_PER_INCH
    by_side = settings.reading_side_px / max(width_in, height_in)
    by_area = math.sqrt(settings.max_page_pixels / (width_in * height_in))
    dpi = min(float(settings.render_dpi), by_side, by_area)
    if dpi < _LOWEST_DPI:
        number = index + 1
        raise DocumentTooLarge(
            f"page {number} is {width_in:.0f} x {height_in:.0f} inches",
            message_ja=f"{number}ページ目の用紙が大きすぎて読み取れません",
            page_number=number,
        )
    return dpi


def _opened(content: bytes | None) -> Any:
    """A document with pages, or None where PDFium cannot make one of it."""
    if content is None:
        return None
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise EncryptedDocument("the PDF needs a password") from error
        return None
    if len(document) == 0:
        document.close()
        return None
    return document


def _repaired(content: bytes) -> bytes | None:
    """The file as qpdf can rebuild it, or None."""
    out = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            document.save(out, static_id=True)
    except pikepdf.PasswordError as error:
        raise EncryptedDocument("the PDF needs a password") from error
    except (pikepdf.PdfError, ValueError, RuntimeError, OSError, TypeError):
        return None
    return out.getvalue()
