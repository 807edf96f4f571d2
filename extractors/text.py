"""From a file's bytes to its text with boxes: sniff, limit, render, and read each page by its text layer or by OCR."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from domain.errors import (
    AppError,
    DamagedDocument,
    DocumentTooLarge,
    EncryptedDocument,
    EngineError,
    InputError,
    UnsupportedMedia,
)
from domain.file_kinds import why_unread
from domain.geometry import Transform, quarter_turn
from domain.page import Fault, Page, PageText, TextReading
from extractors import media
from extractors.deadline import Deadline
from extractors.layer_check import agrees
from extractors.mail import mail_text
from extractors.order import in_reading_order
from extractors.pages import cleanup
from extractors.pages.codes import FEW_LINES, read_codes
from extractors.pages.einvoice_xml import check_xml, embedded_xml
from extractors.pages.pdf import open_pdf, render_one, size_one
from extractors.pages.render import render_pages
from extractors.pages.rendition import RenderedPage, fault_of, repaired_file, scaling, too_many_pages, too_many_pixels
from extractors.pages.textlayer import ENGINE as TEXT_LAYER
from extractors.pages.textlayer import Layers, TextLayer, open_layers, read_layer
from extractors.upright import mapped, read_upright

if TYPE_CHECKING:
    from domain.engines import OcrEngine
    from domain.page import Line
    from extractors.settings import ExtractorSettings

_MIN_PICTURE_PX = 20
"""A part of a page lower or narrower than this (2.5 mm at 200 dpi) holds no line of text."""


@dataclass(slots=True)
class _Work:
    """One file being read: what reads it, and what has been read so far."""

    settings: ExtractorSettings
    engine: OcrEngine
    second: OcrEngine | None
    clock: Callable[[], float] = time.monotonic
    pages: list[Page] = field(default_factory=list)
    texts: list[PageText] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=lambda: {"pages": 0.0, "text": 0.0})
    page_count: int = 0
    stack: bool = False
    """It may have several pages, and separator sheets among them."""

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] += time.perf_counter() - started


def read_text(
    content: bytes,
    *,
    file_name: str,
    settings: ExtractorSettings,
    engine: OcrEngine,
    second: OcrEngine | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> TextReading:
    """Read a whole file.

    Takes the bytes as they came, the name only for the kinds that content cannot tell. Gives pages, text in reading
    order with boxes on the upright page, and faults for what could not be read.

    Args:
        content: the file.
        file_name: its last path part.
        settings: limits and resolution.
        engine: reads scans.
        second: reads a page once more where ``engine`` failed on it.
        clock: seconds, for the limit on each page.

    Raises:
        DamagedDocument: empty, or nothing in it can be decoded.
        EncryptedDocument: it needs a password.
        DocumentTooLarge: over a limit.
        UnsupportedMedia: a kind that is not read.
    """
    try:
        return _read(content, file_name, _Work(settings=settings, engine=engine, second=second, clock=clock))
    except InputError as error:
        error.file = error.file or file_name
        raise


def _read(content: bytes, file_name: str, work: _Work) -> TextReading:
    _check_bytes(content, work.settings)
    media_type = media.sniff(content, file_name)
    if media_type == media.XML:
        check_xml(content, work.settings)
        return TextReading(media_type=media_type, pages=(), texts=(), data_xml=content)
    if media_type == media.EML:
        return mail_text(content, work.settings)
    if media_type not in media.READABLE:
        raise UnsupportedMedia(f"{media_type} is not read", message_ja=why_unread(media_type))
    data_xml = None
    if media_type == media.PDF:
        _read_pdf(content, work)
        data_xml = embedded_xml(content, work.settings)
    else:
        _read_image(content, media_type, work)
    if not work.pages:
        raise _whole_file(work.faults)
    return TextReading(
        media_type=media_type,
        pages=tuple(work.pages),
        texts=tuple(work.texts),
        faults=tuple(work.faults),
        data_xml=data_xml,
        page_count=max(work.page_count, len(work.pages)),
        seconds={stage: round(spent, 4) for stage, spent in work.seconds.items()},
    )


def _check_bytes(content: bytes, settings: ExtractorSettings) -> None:
    if not content:
        raise DamagedDocument(
            "the file is empty",
            message_ja="ファイルが空（0バイト）です。送信やスキャンが途中で失敗していないか確かめてください",
        )
    if len(content) > settings.max_file_bytes:
        raise DocumentTooLarge(
            f"{len(content)} bytes",
            message_ja=(
                f"ファイルの大きさ（{len(content):,}バイト）が上限（{settings.max_file_bytes:,}バイト）を超えています。"
                "分割するか解像度を下げてください"
            ),
        )


def _read_image(content: bytes, media_type: str, work: _Work) -> None:
    source = render_pages(content, media_type=media_type, settings=work.settings)
    work.stack = media_type == media.TIFF
    while True:
        with work.timed("pages"):
            item = next(source, None)
        if item is None:
            return
        work.page_count += 1
        if isinstance(item, Fault):
            work.faults.append(item)
            continue
        if item.fault:
            work.faults.append(item.fault)
        _ocr(item, work)


def _read_pdf(content: bytes, work: _Work) -> None:
    settings = work.settings
    mended = work.faults.append
    with (
        open_pdf(content, settings, on_repair=lambda: mended(repaired_file())) as document,
        open_layers(content) as layers,
    ):
        work.page_count = len(document)
        work.stack = work.page_count > 1
        total = 0
        for index in range(min(work.page_count, settings.max_pages)):
            try:
                with work.timed("pages"):
                    page = size_one(document, index, settings)
                total += page.width_px * page.height_px
                if total > settings.max_total_pixels and index > 0:
                    work.faults.append(too_many_pixels(index, settings))
                    return
                _read_pdf_page(document, layers, page, work)
            except InputError as error:
                work.faults.append(fault_of(error, page_index=index))
        if work.page_count > settings.max_pages:
            work.faults.append(too_many_pages(work.page_count, settings))


def _read_pdf_page(document: Any, layers: Layers, page: Page, work: _Work) -> None:
    with work.timed("text"):
        layer = read_layer(document, layers, page, work.settings)
    if layer.text is None and not layer.blank:
        with work.timed("pages"):
            rendered = render_one(document, page.page_index, work.settings)
        _ocr(rendered, work)
        return
    if (
        layer.text is not None
        and (layer.doubtful or layer.doubtful_figures)
        and not _holds(document, layer.text, layer, page, work)
    ):
        return
    empty = PageText(page_index=page.page_index, lines=(), engine=TEXT_LAYER, source="text_layer")
    upright = _turned(page, layer.turned_degrees)
    text = layer.text or empty
    if layer.unread:
        text = _with_unread(text, layer, page, upright, work)
    if work.stack and text.lines and len(text.lines) <= FEW_LINES:
        with work.timed("pages"):
            text = replace(text, codes=read_codes(render_one(document, page.page_index, work.settings).pixels))
    work.pages.append(upright)
    work.texts.append(text)


def _holds(document: Any, text: PageText, layer: TextLayer, page: Page, work: _Work) -> bool:
    """Whether OCR reads what a doubtful layer says; where it does not, the page has been read by OCR."""
    with work.timed("pages"):
        rendered = render_one(document, page.page_index, work.settings)
    deadline = Deadline.after(work.settings.seconds_per_page, clock=work.clock)
    with work.timed("text"):
        try:
            engine = deadline.hold(work.engine, page_index=page.page_index)
            upright = cleanup.turn(rendered.pixels, layer.turned_degrees)
            if agrees(text, upright, engine, dpi=page.dpi, figures=layer.doubtful_figures):
                return True
        except EngineError as error:
            work.faults.append(fault_of(error, page_index=page.page_index))
            return True
    _ocr(rendered, work)
    return False


def _with_unread(text: PageText, layer: TextLayer, page: Page, upright: Page, work: _Work) -> PageText:
    """The text layer, with what is read in ink that it says nothing about."""
    added: list[Line] = []
    deadline = Deadline.after(work.settings.seconds_per_page, clock=work.clock)
    for part in layer.unread:
        box = part.box
        if min(box.width, box.height) < _MIN_PICTURE_PX:
            continue
        to_page = Transform(matrix=(1.0, 0.0, float(box.left), 0.0, 1.0, float(box.top), 0.0, 0.0, 1.0))
        turn = quarter_turn(layer.turned_degrees, width_px=page.width_px, height_px=page.height_px)
        pixels = part.pixels
        if layer.turned_degrees:
            pixels = cleanup.turn(pixels, layer.turned_degrees)
            back = quarter_turn(360 - layer.turned_degrees, width_px=pixels.shape[1], height_px=pixels.shape[0])
            to_page = back.then(to_page)
        with work.timed("text"):
            try:
                engine = deadline.hold(work.engine, page_index=page.page_index)
                found = engine.read_page(pixels, page_index=page.page_index, dpi=page.dpi)
            except EngineError as error:
                work.faults.append(fault_of(error, page_index=page.page_index))
                continue
        moved = mapped(found, to_page.then(turn), width_px=upright.width_px, height_px=upright.height_px)
        added.extend(moved.rows)
    rows = sorted((*text.rows, *added), key=lambda line: (line.box.center[1], line.box.left))
    return replace(text, lines=in_reading_order(rows))


def _ocr(rendered: RenderedPage, work: _Work) -> None:
    problem: AppError | None = None
    page = rendered.page
    deadline = Deadline.after(work.settings.seconds_per_page, clock=work.clock)
    with work.timed("text"):
        for reader in (work.engine, work.second):
            if reader is None:
                continue
            try:
                found = read_upright(
                    rendered.pixels,
                    reader,
                    page_index=page.page_index,
                    dpi=page.dpi,
                    clean_up=work.settings.clean_up,
                    deadline=deadline,
                )
            except EngineError as error:
                problem = problem or error
                continue
            upright = replace(_turned(page, found.turned_degrees), mark=found.mark)
            to_page = scaling(_turned_shape(rendered, found.turned_degrees), upright)
            size = {"width_px": upright.width_px, "height_px": upright.height_px}
            work.pages.append(upright)
            text = mapped(found.text, to_page, **size)
            if work.stack and len(text.lines) <= FEW_LINES:
                text = replace(text, codes=read_codes(rendered.pixels))
            work.texts.append(text)
            if found.fault is not None:
                work.faults.append(found.fault)
            return
    work.pages.append(page)
    if problem is not None:
        work.faults.append(fault_of(problem, page_index=page.page_index))


def _turned_shape(rendered: RenderedPage, degrees: int) -> tuple[int, ...]:
    height, width = rendered.pixels.shape[:2]
    return (width, height) if degrees % 180 else (height, width)


def _turned(page: Page, degrees: int) -> Page:
    sideways = degrees % 180 != 0
    return Page(
        page_index=page.page_index,
        width_px=page.height_px if sideways else page.width_px,
        height_px=page.width_px if sideways else page.height_px,
        dpi=page.dpi,
        rotation_degrees=degrees,
    )


def _whole_file(faults: list[Fault]) -> InputError:
    """No page could be rendered: the first fault speaks for the file."""
    if not faults:
        return DamagedDocument("the file has no pages")
    first = faults[0]
    kinds: tuple[type[InputError], ...] = (DocumentTooLarge, EncryptedDocument, UnsupportedMedia)
    kind = next((k for k in kinds if k.code == first.code), DamagedDocument)
    return kind(first.message, message_ja=first.message_ja)
