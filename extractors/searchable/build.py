"""From an original and its reading to a searchable PDF/A: the page as it is, with invisible text on it.

Pictures keep their stored stream where PDF can hold it. Pages of a PDF keep their content where PDF/A-2 allows it,
without the invisible text that a scanner laid on them; where it does not, or where their own text is wrong, they become
a picture of themselves, and the metadata says which pages those are.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image

from domain.errors import DamagedDocument, UnsupportedMedia
from domain.ids import Digest
from extractors import media
from extractors.pages import cleanup
from extractors.pages.bombs import check_bombs
from extractors.pages.pdf import open_pdf, render_one
from extractors.searchable import font, keeping
from extractors.searchable.layer import Affine, layer, placed_on
from extractors.searchable.packet import About, describe
from extractors.searchable.pictures import Picture, add_picture, jpeg, pictures

if TYPE_CHECKING:
    from datetime import datetime

    from domain.page import Line, Page, PageText, TextReading
    from extractors.settings import ExtractorSettings

VERSION = "1"
"""Of what this module makes; raise it with anything that changes its output."""
_POINTS = 72.0
_A4_LONG_INCHES = 11.69
"""Pictures without a resolution (photos) become as long as a sheet of A4."""
_PAGE_POINTS = (3.0, 14_400.0)
"""Least and most that PDF/A allows for a side (6.1.13)."""
_FEW_BYTES = 160
"""Visible text of a scan beyond this is more than a page number or the line of a fax: it would be found twice."""
_RENDITION_BYTES = 1_500_000
"""A page picture that deflates to no more than this is kept without loss; a larger one becomes a JPEG."""
_RENDITION_QUALITY = 90
_CATALOG = frozenset({"/Type", "/Pages", "/MarkInfo", "/StructTreeRoot", "/PageLabels", "/PageLayout"})
"""What stays of a document's catalog: no actions, scripts, attachments, forms or destinations."""
_PAGE = frozenset({"/Type", "/Parent", "/Contents", "/Resources", "/MediaBox", "/CropBox", "/Rotate", "/Group", "/Tabs",
                   "/StructParents", "/UserUnit"})  # fmt: skip
_ERRORS = (pikepdf.PdfError, ValueError, RuntimeError, TypeError, AttributeError, KeyError, IndexError, OSError)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchablePdf:
    """What was made."""

    content: bytes
    """PDF/A-2."""
    level: str
    """``U`` or ``B``."""
    pictured_pages: tuple[int, ...]
    """Pages (from 1) that could not be kept and are a picture of themselves."""


@dataclass(slots=True)
class _Work:
    """One PDF being made."""

    content: bytes
    reading: TextReading
    settings: ExtractorSettings
    document: pikepdf.Pdf
    fonts: Any
    """The layer's fonts by name; what they are is filled in when all characters are known."""
    coding: font.Coding = field(default_factory=font.Coding)
    pictured: list[int] = field(default_factory=list)
    unicode: bool = True

    def text(self, index: int) -> PageText | None:
        return next((t for t in self.reading.texts if t.page_index == index), None)

    def page(self, index: int) -> Page | None:
        return next((p for p in self.reading.pages if p.page_index == index), None)


def searchable_pdf(
    content: bytes,
    reading: TextReading,
    *,
    title: str,
    made_at: datetime,
    settings: ExtractorSettings,
    page_indices: Sequence[int] | None = None,
) -> SearchablePdf:
    """A PDF/A of the pages of a file that can be searched.

    Args:
        content: the original; it is not changed.
        reading: what was read of exactly these bytes.
        title: for the metadata.
        made_at: the moment, for the metadata.
        settings: limits and resolution.
        page_indices: pages to take, in this order; all that were read where None.

    Raises:
        UnsupportedMedia: the file has no pages.
        DamagedDocument: none of its pages can be shown.
        DocumentTooLarge: it is over a limit.
        EncryptedDocument: it needs a password.
    """
    wanted = tuple(p.page_index for p in reading.pages) if page_indices is None else tuple(page_indices)
    if reading.media_type not in {media.PDF, *media.IMAGES} or not wanted:
        raise UnsupportedMedia(
            f"no pages in {reading.media_type}",
            message_ja="ページのない形式のため、検索できるPDFは作れません",
        )
    is_pdf = reading.media_type == media.PDF
    if is_pdf:
        check_bombs(content, settings)
    for keep in (True, False) if is_pdf else (False,):
        with (_opened(content) if keep else None) or pikepdf.new() as document:
            fonts = font.reserve(document)
            work = _Work(content=content, reading=reading, settings=settings, document=document, fonts=fonts)
            try:
                (_from_pdf if is_pdf else _from_pictures)(work, wanted)
                font.fill(document, fonts, work.coding)
                made = _finished(work, title=title, made_at=made_at)
                if _holds(made.content, len(wanted)):
                    return made
            except _ERRORS:  # a broken file may hold parts that cannot be written again; its pictures can
                continue
    raise DamagedDocument(
        "no searchable PDF can be made",
        message_ja="検索できるPDFを作れませんでした。原本はそのまま保存されています",
    )


def _finished(work: _Work, *, title: str, made_at: datetime) -> SearchablePdf:
    level = "U" if work.unicode else "B"
    engines = dict.fromkeys(str(t.engine) for t in work.reading.texts)
    about = About(
        title=title,
        original_sha256=Digest.of(work.content).value,
        engines=tuple(engines),
        made_at=made_at,
        level=level,
        pictured=tuple(work.pictured),
    )
    describe(work.document, about)
    out = io.BytesIO()
    work.document.remove_unreferenced_resources()
    work.document.save(
        out, deterministic_id=True, force_version="1.7", object_stream_mode=pikepdf.ObjectStreamMode.generate
    )
    return SearchablePdf(content=out.getvalue(), level=level, pictured_pages=tuple(work.pictured))


def _from_pictures(work: _Work, wanted: Sequence[int]) -> None:
    made = pictures(
        work.content, media_type=work.reading.media_type, page_indices=frozenset(wanted), settings=work.settings
    )
    order = {index: place for place, index in enumerate(wanted)}
    added: list[tuple[int, Any]] = []
    for index, picture in made:
        page = work.page(index)
        turn = (picture.turn_degrees + (page.rotation_degrees if page else 0)) % 360
        wide, high = _points(picture, page, turn)
        stream = add_picture(work.document, picture)
        added.append((order[index], _picture_page(work, stream, size=(wide, high), turn=turn, page=page, index=index)))
    for _, sheet in sorted(added, key=lambda item: item[0]):
        work.document.pages.append(pikepdf.Page(sheet))


def _points(picture: Picture, page: Page | None, turn: int) -> tuple[float, float]:
    """Size of the upright page in points, inside what PDF/A allows."""
    wide, high = picture.width_px, picture.height_px
    known = page.dpi if page else 0.0
    along, across = picture.dpi if picture.dpi and known else (known, known)
    if not known:
        along = across = max(wide, high) / _A4_LONG_INCHES
    size = (wide * _POINTS / along, high * _POINTS / across)
    if turn % 180:
        size = (size[1], size[0])
    low, most = _PAGE_POINTS
    scale = min(1.0, most / max(size)) * max(1.0, low / min(size))
    return size[0] * scale, size[1] * scale


def _picture_page(
    work: _Work, stream: Any, *, size: tuple[float, float], turn: int, page: Page | None, index: int
) -> Dictionary:
    wide, high = size
    placed = {
        0: (wide, 0.0, 0.0, high, 0.0, 0.0),
        90: (0.0, -high, wide, 0.0, 0.0, high),
        180: (-wide, 0.0, 0.0, -high, wide, high),
        270: (0.0, high, -wide, 0.0, wide, 0.0),
    }[turn]
    shown = f"q {' '.join(f'{v:.4f}' for v in placed)} cm /Page Do Q\n".encode("ascii")
    text = b""
    lines = _lines(work.text(index))
    if page is not None and lines:
        to_page: Affine = (wide / page.width_px, 0.0, 0.0, -high / page.height_px, 0.0, high)
        text = layer(lines, to_page=to_page, coding=work.coding)
    return work.document.make_indirect(
        Dictionary(
            Type=Name.Page,
            MediaBox=Array([0, 0, round(wide, 4), round(high, 4)]),
            Resources=Dictionary(XObject=Dictionary(Page=stream), Font=work.fonts),
            Contents=work.document.make_stream(shown + text),
        )
    )


def _opened(content: bytes) -> pikepdf.Pdf | None:
    """The PDF as qpdf reads it, or None: its pages then all become pictures."""
    try:
        document = pikepdf.open(io.BytesIO(content))
    except _ERRORS:
        return None
    if "/Pages" in document.trailer.get("/Root", Dictionary()):
        return document
    document.close()
    return None


def _holds(content: bytes, pages: int) -> bool:
    """Whether what was written can be read again, without a complaint."""
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            return len(document.pages) == pages and not document.get_warnings()
    except _ERRORS:
        return False


def _from_pdf(work: _Work, wanted: Sequence[int]) -> None:
    """Pages of a PDF, each kept or pictured; everything else that the file holds is left behind."""
    document = work.document
    with open_pdf(work.content, work.settings) as rendered:
        sheets = _sheets(document)
        for place, index in enumerate(wanted):
            kept = _kept_page(work, document.pages[index], index) if sheets and index < sheets else None
            document.pages.append(pikepdf.Page(kept if kept is not None else _pictured(work, rendered, index)))
            if kept is None:
                work.pictured.append(place + 1)
    for _ in range(sheets):
        del document.pages[0]
    root = document.Root
    for key in [k for k in root.keys() if k not in _CATALOG]:  # noqa: SIM118  # a pikepdf dictionary is no mapping
        del root[key]


def _sheets(document: pikepdf.Pdf) -> int:
    """How many pages may be kept: none where layers are switched off or filled-in values cannot be drawn."""
    try:
        layers = document.Root.get("/OCProperties")
        if layers is not None and (_is_hiding(layers.get("/D")) or len(layers.get("/Configs", [])) > 0):
            return _drop(document)
        document.flatten_annotations("print")
        return len(document.pages)
    except _ERRORS:
        return _drop(document)


def _drop(document: pikepdf.Pdf) -> int:
    with suppress(*_ERRORS):
        while len(document.pages):
            del document.pages[0]
    return 0


def _is_hiding(configuration: Any) -> bool:
    if configuration is None:
        return False
    return len(configuration.get("/OFF", [])) > 0 or configuration.get("/BaseState", Name.ON) != Name.ON


def _kept_page(work: _Work, original: pikepdf.Page, index: int) -> Any:
    """The page with the layer on it, or None where it cannot stay as it is."""
    page, text = work.page(index), work.text(index)
    if page is None:
        return None
    document = work.document
    try:
        sheet = document.make_indirect(_plain_page(original))
        kept = pikepdf.Page(sheet)
        if text is not None and text.source == "ocr" and keeping.take_off_invisible(kept, document) > _FEW_BYTES:
            return None
        if not keeping.can_stay(kept):
            return None
        # Text of the page itself is found already; what OCR read in pictures on it is not.
        lines = _lines(text) if text is not None and text.source == "ocr" else _read_by_ocr(_lines(text))
        turn = (int(sheet.get("/Rotate", 0)) + page.rotation_degrees) % 360
        box = _shown_box(kept)
        to_page = placed_on(width_px=page.width_px, height_px=page.height_px, box=box, rotate=turn)
        unicode = keeping.all_text_is_unicode(kept)
        written = layer(lines, to_page=to_page, coding=work.coding)
        sheet.Rotate = turn
        if written:
            _add_layer(work, sheet, kept, written)
    except _ERRORS:
        return None
    work.unicode = work.unicode and unicode
    return sheet


def _plain_page(original: pikepdf.Page) -> Dictionary:
    """A copy with what it inherits, and without actions, annotations and private data."""
    found = {}
    for key in _PAGE - {"/Parent"}:
        value = keeping.inherited(original.obj, key) if key != "/Contents" else original.obj.get(key)
        if value is not None:
            found[key] = value
    return Dictionary(found)


def _shown_box(page: pikepdf.Page) -> tuple[float, float, float, float]:
    """What a viewer shows of the sheet."""
    media_box, crop = (sorted_box(b) for b in (page.mediabox, page.cropbox))
    left, bottom = max(media_box[0], crop[0]), max(media_box[1], crop[1])
    right, top = min(media_box[2], crop[2]), min(media_box[3], crop[3])
    return (left, bottom, right, top) if left < right and bottom < top else media_box


def sorted_box(box: Any) -> tuple[float, float, float, float]:
    """Left, bottom, right, top, however the file names the corners."""
    x0, y0, x1, y1 = (float(v) for v in box)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _read_by_ocr(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Lines of a text layer are sure; those that OCR added are not."""
    return tuple(line for line in lines if any(w.confidence < 1 or w.character_confidences for w in line.words))


def _add_layer(work: _Work, sheet: Any, kept: pikepdf.Page, written: bytes) -> None:
    resources = Dictionary(dict((sheet.get("/Resources") or Dictionary()).items()))
    fonts = Dictionary(dict((resources.get("/Font") or Dictionary()).items()))
    for name, description in work.fonts.items():
        fonts[name] = description
    resources.Font = fonts
    sheet.Resources = resources
    kept.contents_add(b"q\n", prepend=True)
    kept.contents_add(b"\nQ\n" + written)


def _pictured(work: _Work, rendered: Any, index: int) -> Dictionary:
    """The page as a picture of itself, with everything that was read on it."""
    shown = render_one(rendered, index, work.settings)
    page = work.page(index)
    pixels = cleanup.turn(shown.pixels, page.rotation_degrees) if page and page.rotation_degrees else shown.pixels
    image = Image.fromarray(pixels)
    packed = zlib.compress(image.tobytes(), 6)
    entries: dict[str, Any] = {
        "Filter": Name.FlateDecode,
        "ColorSpace": Name.DeviceRGB,
        "BitsPerComponent": 8,
    }
    if len(packed) > _RENDITION_BYTES:
        packed, entries = jpeg(image, quality=_RENDITION_QUALITY)
    picture = Picture(
        data=packed,
        entries=entries,
        width_px=image.width,
        height_px=image.height,
        turn_degrees=0,
        dpi=None,
        unchanged=False,
    )
    size = _points(picture, shown.page, 0)
    stream = add_picture(work.document, picture)
    return _picture_page(work, stream, size=size, turn=0, page=page, index=index)


def _lines(text: PageText | None) -> tuple[Line, ...]:
    return text.lines if text is not None else ()
