"""Born-digital text of PDF pages, with a judgement per page and per font on whether it can be trusted.

PDFium finds the characters (in a fraction of pdfplumber's time) and draws the page, so that only what a reader sees is
taken. Where PDFium cannot map the characters of a page, pdfplumber is asked, whose decoder is independent; what neither
can map is left to OCR.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pdfplumber
import pypdfium2 as pdfium

from domain.page import EngineId, Page, PageText
from extractors.pages import figures, plausible
from extractors.pages.fonts import FontBook
from extractors.pages.glyphs import Glyph, GlyphPage, count_characters, is_unmapped, read_glyphs
from extractors.pages.grouping import lines_of, page_turn, runs_of, turned
from extractors.pages.pdf import PDFIUM
from extractors.pages.shown import Sight, look, without_text
from extractors.tables import find_tables

if TYPE_CHECKING:
    from domain.geometry import Box
    from domain.page import PixelArray
    from extractors.settings import ExtractorSettings

ENGINE = EngineId(name="pdf-text.v1", version=f"10 pdfium-{version('pypdfium2')} pdfplumber-{version('pdfplumber')}")
_FULL_PAGE = 0.75
"""A picture that covers this share of a page is a scan of it."""
_BROKEN_SHARE = 0.04
"""More unmapped characters than this, and a font is broken."""
_MOST_DOUBTFUL = 0.2
"""With more of its characters in doubt than this, a page is read by OCR as a whole: splinters of layer and of OCR would
lose the order of the text."""
_FEW_CHARACTERS = 80
"""A scan with less printed on it than this is read as a whole: page numbers, stamps of a scanner or fax."""

_NEAR_PX = 6.0
"""Two decoders place a character within this of each other (about 2 points at 200 dpi)."""

logging.getLogger("pdfminer").setLevel(logging.CRITICAL)  # its warnings quote the document


class LayerKind(StrEnum):
    """What the text of a page is worth."""

    GOOD = "good"
    MIXED = "mixed"
    """Good, with ink beside it that may hold more text."""
    BROKEN = "broken"
    """Characters without a mapping, or rubbish."""
    HIDDEN = "hidden"
    """No character of it shows on the page: a scanner's own OCR, or text that someone hid."""
    NONE = "none"
    """No text: a picture, drawings or an empty page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A part of a page that the text layer says nothing about."""

    box: Box
    """On the page as shown."""
    pixels: PixelArray
    """The part, drawn without the text that the layer gives: nothing is read twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLayer:
    """The text layer of one page."""

    kind: LayerKind
    text: PageText | None
    """Set where it is good or mixed; boxes on the page turned by ``turned_degrees``."""
    unread: tuple[Unread, ...] = ()
    """Left for OCR."""
    blank: bool = False
    """Nothing at all is drawn on the page."""
    turned_degrees: int = 0
    """Clockwise turn that brings the page upright."""
    doubtful: bool = False
    """Its characters follow each other as in no language: a few words should be compared with what OCR reads."""
    doubtful_figures: bool = False
    """A font draws figures that look like others than the layer says."""
    hidden_characters: int = 0
    """Characters of the layer that do not show and were left out."""


@dataclass(slots=True)
class Layers:
    """pdfplumber's view of a file, opened only when it is needed."""

    content: bytes
    fonts: FontBook
    document: Any = None
    failed: bool = False

    def page(self, index: int) -> Any:
        """A pdfplumber page, or None where pdfplumber cannot read the file."""
        if self.document is None and not self.failed:
            try:
                self.document = pdfplumber.open(io.BytesIO(self.content))
            except Exception:  # noqa: BLE001  # pdfminer raises anything on broken files
                self.failed = True
        try:
            return None if self.failed else self.document.pages[index]
        except Exception:  # noqa: BLE001  # the same for a broken page tree
            return None

    def close(self) -> None:
        """Give the file back."""
        self.fonts.close()
        if self.document is not None:
            with suppress(Exception):  # closing walks the page tree, which may be broken
                self.document.close()


@dataclass(slots=True)
class _Judged:
    """The characters of a page, by what they are worth."""

    trusted: list[Glyph] = field(default_factory=list)
    doubtful: list[Glyph] = field(default_factory=list)
    hidden: list[Glyph] = field(default_factory=list)
    codes: set[int] = field(default_factory=set)
    """Fonts whose characters are bare codes, whoever decodes them."""


@contextmanager
def open_layers(content: bytes) -> Iterator[Layers]:
    """A file as pdfplumber sees it, opened on first use."""
    layers = Layers(content=content, fonts=FontBook(content=content))
    try:
        yield layers
    finally:
        layers.close()


def read_layer(document: Any, layers: Layers, page: Page, settings: ExtractorSettings) -> TextLayer:
    """Text of one page and what it is worth; boxes in pixels of ``page``, turned as the result says."""
    with PDFIUM:
        try:
            pdf_page = document[page.page_index]
        except pdfium.PdfiumError:
            return TextLayer(kind=LayerKind.BROKEN, text=None)
        try:
            return _read(pdf_page, layers, page, settings)
        except (pdfium.PdfiumError, ValueError, OverflowError):
            return TextLayer(kind=LayerKind.BROKEN, text=None)
        finally:
            pdf_page.close()


def _read(pdf_page: Any, layers: Layers, page: Page, settings: ExtractorSettings) -> TextLayer:
    count = count_characters(pdf_page)
    if count == 0:
        return TextLayer(kind=LayerKind.NONE, text=None, blank=_is_blank(pdf_page))
    if count > settings.max_page_characters:
        return TextLayer(kind=LayerKind.BROKEN, text=None)
    found = read_glyphs(pdf_page, page)
    unmapped = layers.fonts.unmapped(page.page_index)
    judged = _judged(found.glyphs, {f for f, name in found.font_names.items() if name in unmapped.names})
    if unmapped.unknown or unmapped.composite or len(judged.doubtful) > len(judged.trusted):
        judged = _second_decoder(layers, page, judged, found.glyphs)
    judged = _whole_runs(found.glyphs, judged)
    if len(judged.doubtful) > _MOST_DOUBTFUL * (len(judged.trusted) + len(judged.doubtful)):
        return TextLayer(kind=LayerKind.BROKEN, text=None)
    if not judged.trusted:
        return TextLayer(kind=LayerKind.HIDDEN if judged.hidden else LayerKind.NONE, text=None)
    sight = look(pdf_page, page, found, judged.trusted, scan_share=_FULL_PAGE)
    shown = [g for g, seen in zip(judged.trusted, sight.seen, strict=True) if seen]
    hidden = len(judged.trusted) - len(shown) + len(judged.hidden)
    if not shown or (sight.scan and len(shown) < _FEW_CHARACTERS):
        return TextLayer(kind=LayerKind.HIDDEN if hidden else LayerKind.NONE, text=None, hidden_characters=hidden)
    if not plausible.is_text("".join(g.text for g in shown)):
        return TextLayer(kind=LayerKind.BROKEN, text=None)
    layer = _told(pdf_page, page, shown, sight, hidden)
    return replace(layer, doubtful_figures=figures.in_doubt(_with_figures(found, shown)))


def _with_figures(found: GlyphPage, shown: Sequence[Glyph]) -> list[tuple[Any, frozenset[str]]]:
    """Fonts of the page with the figures that they show."""
    out: dict[int, set[str]] = {}
    for glyph in shown:
        if glyph.text in figures.FIGURES:
            out.setdefault(glyph.font, set()).add(glyph.text)
    return [(found.fonts[font], frozenset(seen)) for font, seen in out.items() if font in found.fonts]


def _told(pdf_page: Any, page: Page, shown: Sequence[Glyph], sight: Sight, hidden: int) -> TextLayer:
    turn = page_turn(shown)
    sideways = turn % 180 != 0
    width, height = (page.height_px, page.width_px) if sideways else (page.width_px, page.height_px)
    rules = () if turn else sight.rules
    lines = lines_of(turned(shown, turn, page), width_px=width, height_px=height, rules=rules)
    tables = find_tables(lines, rules=rules)
    text = PageText(page_index=page.page_index, lines=lines, engine=ENGINE, source="text_layer", tables=tables)
    unread: tuple[Unread, ...] = ()
    if sight.unread:
        pixels = without_text(pdf_page, page)
        unread = tuple(
            Unread(box=b, pixels=pixels[b.top : b.bottom, b.left : b.right])
            for b in sight.unread
            if b.width and b.height
        )
    return TextLayer(
        kind=LayerKind.MIXED if unread else LayerKind.GOOD,
        text=text,
        unread=unread,
        turned_degrees=turn,
        doubtful=not plausible.reads_as_language(text.text),
        hidden_characters=hidden,
    )


def _is_blank(pdf_page: Any) -> bool:
    if pdfium.raw.FPDFPage_CountObjects(pdf_page.raw):
        return False
    return not pdfium.raw.FPDFPage_GetAnnotCount(pdf_page.raw)


def _judged(glyphs: Sequence[Glyph], unmapped_fonts: set[int]) -> _Judged:
    """Split by what the file itself says: not drawn, no mapping."""
    out = _Judged(codes=unmapped_fonts)
    totals: dict[int, int] = {}
    broken: dict[int, int] = {}
    for glyph in glyphs:
        totals[glyph.font] = totals.get(glyph.font, 0) + 1
        if glyph.unmapped:
            broken[glyph.font] = broken.get(glyph.font, 0) + 1
    bad_fonts = unmapped_fonts | {font for font, count in broken.items() if count > _BROKEN_SHARE * totals[font]}
    doubtful_paints = {g.paint for g in glyphs if not g.hidden and (g.unmapped or g.font in bad_fonts)}
    for glyph in glyphs:
        if glyph.hidden:
            out.hidden.append(glyph)
        elif glyph.paint in doubtful_paints:
            out.doubtful.append(glyph)
        else:
            out.trusted.append(glyph)
    return out


def _whole_runs(glyphs: Sequence[Glyph], judged: _Judged) -> _Judged:
    """A word with one character in doubt is read by OCR as a whole, not in splinters."""
    if not judged.doubtful:
        return judged
    doubted = {glyph.paint for glyph in judged.doubtful}
    for run in runs_of([glyph for glyph in glyphs if not glyph.hidden]):
        paints = {glyph.paint for glyph in run}
        if paints & doubted:
            doubted |= paints
    place = {glyph[1:5]: at for at, glyph in enumerate(glyphs)}
    every = sorted((*judged.trusted, *judged.doubtful), key=lambda glyph: place[glyph[1:5]])
    return _Judged(
        trusted=[glyph for glyph in every if glyph.paint not in doubted],
        doubtful=[glyph for glyph in every if glyph.paint in doubted],
        hidden=judged.hidden,
        codes=judged.codes,
    )


def _second_decoder(layers: Layers, page: Page, judged: _Judged, glyphs: Sequence[Glyph]) -> _Judged:
    """What holds when pdfplumber is asked too: what it maps and PDFium cannot, and only what both map alike."""
    source = layers.page(page.page_index)
    known: dict[tuple[int, int], str] = {}
    try:
        if source is not None:
            known = _by_place(source, page)
    except Exception:  # noqa: BLE001  # pdfminer raises anything on broken fonts and streams; OCR takes over
        known = {}
    finally:
        with suppress(Exception):
            source.close()
    agreed: list[tuple[Glyph, bool]] = []
    for glyph in glyphs:
        if glyph.hidden:
            continue
        place = round(glyph.left / _NEAR_PX), round((glyph.top + glyph.bottom) / 2 / _NEAR_PX)
        text = known.get(place, "")
        sure = bool(text) and not text.startswith("(cid:") and not any(is_unmapped(c) for c in text)
        sure = sure and glyph.font not in judged.codes
        if sure and glyph.unmapped:
            agreed.append((glyph._replace(text=text, unmapped=False), True))
        else:
            agreed.append((glyph, sure and glyph.text in text))
    # What one text object draws is trusted or doubted together: it is drawn, or left out, together.
    doubted = {glyph.paint for glyph, sure in agreed if not sure}
    return _Judged(
        trusted=[glyph for glyph, _ in agreed if glyph.paint not in doubted],
        doubtful=[glyph for glyph, _ in agreed if glyph.paint in doubted],
        hidden=judged.hidden,
        codes=judged.codes,
    )


def _by_place(source: Any, page: Page) -> dict[tuple[int, int], str]:
    """The characters of pdfplumber by their left side and middle, in cells (and the cells around them)."""
    left, top, right, bottom = (float(v) for v in source.bbox)
    sx, sy = page.width_px / (right - left), page.height_px / (bottom - top)
    out: dict[tuple[int, int], str] = {}
    for char in source.chars:
        x = round((float(char["x0"]) - left) * sx / _NEAR_PX)
        y = round(((float(char["top"]) + float(char["bottom"])) / 2 - top) * sy / _NEAR_PX)
        out[x, y] = str(char["text"])
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                out.setdefault((x + dx, y + dy), str(char["text"]))
    return out
