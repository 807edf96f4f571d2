"""Born-digital text of PDF pages by pdfplumber, with a judgement on whether it can be trusted."""

from __future__ import annotations

import io
import logging
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pdfplumber
import pypdfium2 as pdfium

from domain.geometry import Box
from domain.page import EngineId, Line, PageText, Word
from extractors.ocr.layout import lines_from_pieces, piece_of
from extractors.pages.pdf import PDFIUM

if TYPE_CHECKING:
    from domain.page import Page
    from extractors.settings import ExtractorSettings

ENGINE = EngineId(name="pdf-text.v1", version=f"pdfplumber-{version('pdfplumber')}")
_POINTS_PER_INCH = 72
_FULL_PAGE = 0.75
"""A picture that covers this share of a page is a scan of it."""
_LARGE_PICTURE = 0.05
"""A picture that covers this share of a page may hold text of its own."""
_BROKEN_SHARE = 0.04
"""More unmapped characters than this, and the text layer is broken."""
_FEW_CHARACTERS = 8
_MAX_OBJECTS = 20_000
_INVISIBLE = 3
_TURNED = 0.2
"""Text that rises or falls more than this is not level."""
_WORD_GAP = 0.35
"""Characters further apart than this share of their size are separate words."""

logging.getLogger("pdfminer").setLevel(logging.CRITICAL)  # its warnings quote the document


class LayerKind(StrEnum):
    """What the text of a page is worth."""

    GOOD = "good"
    MIXED = "mixed"
    """Good, with pictures beside it that may hold more text."""
    BROKEN = "broken"
    """Characters without a mapping, or rubbish."""
    NONE = "none"
    """No text: a picture, drawings or an empty page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLayer:
    """The text layer of one page."""

    kind: LayerKind
    text: PageText | None
    """Set where it is good or mixed."""
    pictures: tuple[Box, ...] = ()
    """Where large pictures are."""
    blank: bool = False
    """Nothing at all is drawn on the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Survey:
    characters: int
    broken: int
    invisible: bool
    pictures: tuple[tuple[float, float, float, float], ...]
    """Left, bottom, right, top in points."""
    objects: int
    offset: tuple[float, float]
    """Where the shown part of the page begins, in points from the left and the top of the whole sheet as shown."""


@contextmanager
def open_layers(content: bytes) -> Iterator[Any]:
    """A pdfplumber document, or None where it cannot read the file (the pages are then read by OCR)."""
    document = None
    try:
        document = pdfplumber.open(io.BytesIO(content))
    except Exception:  # noqa: BLE001  # pdfminer raises anything on broken files; OCR takes over
        document = None
    try:
        yield document
    finally:
        if document is not None:
            with suppress(Exception):  # closing walks the page tree, which may be broken
                document.close()


def read_layer(document: Any, layers: Any, page: Page, settings: ExtractorSettings) -> TextLayer:
    """Text of one page and what it is worth; boxes in pixels of ``page``."""
    with PDFIUM:
        survey, size = _survey(document, page.page_index)
    if survey is None:
        return TextLayer(kind=LayerKind.BROKEN, text=None)
    scale_x, scale_y = page.width_px / size[0], page.height_px / size[1]
    pictures = tuple(
        Box(
            left=round(left * scale_x),
            top=round((size[1] - top) * scale_y),
            right=round(right * scale_x),
            bottom=round((size[1] - bottom) * scale_y),
        ).clipped(width_px=page.width_px, height_px=page.height_px)
        for left, bottom, right, top in survey.pictures
    )
    area = page.width_px * page.height_px
    large = tuple(b for b in pictures if b.width * b.height > _LARGE_PICTURE * area)
    scanned = any(b.width * b.height > _FULL_PAGE * area for b in pictures)
    if survey.characters == 0:
        return TextLayer(kind=LayerKind.NONE, text=None, pictures=large, blank=survey.objects == 0)
    too_many = survey.characters > settings.max_page_characters
    if layers is None or too_many or survey.invisible or survey.broken > _BROKEN_SHARE * survey.characters:
        return TextLayer(kind=LayerKind.BROKEN, text=None, pictures=large)
    if scanned and survey.characters < _FEW_CHARACTERS * 10:
        return TextLayer(kind=LayerKind.NONE, text=None, pictures=large)
    lines = _lines(layers, page, size, survey.offset)
    if lines is None or not _plausible(lines):
        return TextLayer(kind=LayerKind.BROKEN, text=None, pictures=large)
    text = PageText(page_index=page.page_index, lines=lines, engine=ENGINE, source="text_layer")
    return TextLayer(kind=LayerKind.MIXED if large else LayerKind.GOOD, text=text, pictures=large)


def _survey(document: Any, index: int) -> tuple[_Survey | None, tuple[float, float]]:
    """What PDFium sees on the page: quick, and bounded before pdfplumber starts."""
    try:
        page = document[index]
    except pdfium.PdfiumError:
        return None, (1.0, 1.0)
    try:
        size, offset = page.get_size(), _offset(page)
        textpage = page.get_textpage()
        try:
            count = textpage.count_chars()
            sample = textpage.get_text_range(0, min(count, 5000)) if count else ""
        finally:
            textpage.close()
        invisible = visible = objects = 0
        pictures = []
        for found in page.get_objects(max_depth=3):
            objects += 1
            if objects > _MAX_OBJECTS:
                break
            if found.type == pdfium.raw.FPDF_PAGEOBJ_IMAGE and page.get_rotation() == 0:
                pictures.append(tuple(found.get_bounds()))
            elif found.type == pdfium.raw.FPDF_PAGEOBJ_TEXT:
                mode = pdfium.raw.FPDFTextObj_GetTextRenderMode(found.raw)
                invisible, visible = invisible + (mode == _INVISIBLE), visible + (mode != _INVISIBLE)
    except (pdfium.PdfiumError, ValueError):
        return None, (1.0, 1.0)
    finally:
        page.close()
    printed = [c for c in sample if not c.isspace()]
    survey = _Survey(
        characters=count,
        broken=sum(_unmapped(c) for c in printed) * max(1, count // max(1, len(sample))),
        invisible=invisible > visible,
        pictures=tuple(pictures),
        objects=objects,
        offset=offset,
    )
    return survey, size


def _offset(page: Any) -> tuple[float, float]:
    """From the media box to the crop box, in the direction in which the page is shown."""
    left, bottom, right, top = page.get_mediabox()
    crop_left, crop_bottom, crop_right, crop_top = page.get_cropbox()
    gaps = {
        0: (crop_left - left, top - crop_top),
        90: (crop_bottom - bottom, crop_left - left),
        180: (right - crop_right, crop_bottom - bottom),
        270: (top - crop_top, right - crop_right),
    }
    x, y = gaps.get(page.get_rotation(), (0.0, 0.0))
    return max(x, 0.0), max(y, 0.0)


def _unmapped(character: str) -> bool:
    category = unicodedata.category(character)
    return character == "\ufffd" or category in {"Co", "Cn", "Cs"} or (category == "Cc" and not character.isspace())


def _lines(layers: Any, page: Page, size: tuple[float, float], offset: tuple[float, float]) -> tuple[Line, ...] | None:
    """Lines of the page; None where pdfplumber fails or most of the text does not run level from left to right."""
    try:
        source = layers.pages[page.page_index]
        try:
            words = source.extract_words(
                x_tolerance_ratio=_WORD_GAP, keep_blank_chars=False, use_text_flow=False, expand_ligatures=True
            )
            level = sum(_runs_level(char["matrix"]) for char in source.chars)
            if 2 * level < len(source.chars):
                return None
            x0, y0 = source.mediabox[0] + offset[0], source.mediabox[1] + offset[1]
        finally:
            source.close()
    except Exception:  # noqa: BLE001  # pdfminer raises anything on broken fonts and streams; OCR takes over
        return None
    scale_x, scale_y = page.width_px / size[0], page.height_px / size[1]
    pieces = []
    for word in words:
        text = "".join(c for c in str(word["text"]) if c.isprintable()).strip()
        box = Box(
            left=round((word["x0"] - x0) * scale_x),
            top=round((word["top"] - y0) * scale_y),
            right=round((word["x1"] - x0) * scale_x),
            bottom=round((word["bottom"] - y0) * scale_y),
        )
        inside = box.clipped(width_px=page.width_px, height_px=page.height_px)
        if text and inside.width and inside.height:
            pieces.append(piece_of([Word(text=text, box=inside, confidence=1.0)]))
    return lines_from_pieces(pieces)


def _runs_level(matrix: tuple[float, ...]) -> bool:
    a, b = matrix[0], matrix[1]
    return bool(a > 0 and abs(b) < _TURNED * a)


def _plausible(lines: tuple[Line, ...]) -> bool:
    text = "".join(line.text for line in lines)
    printed = [c for c in text if not c.isspace()]
    if not printed:
        return False
    odd = sum(_unmapped(c) for c in printed) + 5 * text.count("(cid:")
    return odd <= _BROKEN_SHARE * len(printed)
