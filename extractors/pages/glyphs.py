"""The characters of a PDF page as PDFium finds them: what they say, where they stand, which way they run."""

from __future__ import annotations

import ctypes
import math
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import pypdfium2.raw as pdfium_c

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.page import Page

_SPACES = frozenset({0x20, 0x0D, 0x0A, 0xA0, 0x3000})
_BROKEN_AT = 0x02
"""PDFium's own sign for the hyphen in which a line ends behind a letter."""
_LEVEL = 0.2
"""Text that rises or falls more than this (about 11 degrees) is not level: watermarks and stamps set aslant."""
_HIDDEN_MODES = frozenset({pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP})
_FAR_OFF = 3.0
"""A character stands within this many type sizes of its object's origin, or its place is given in other coordinates."""
_LONGEST_NAME = 256
_DESCENT = 0.12
"""Share of the type size below the base line (of Japanese fonts)."""
_TIGHT = 0.75
"""A character's box is at least as high as its type; one lower than this share of it is the box of its ink."""
_SPACE = 0.18
"""Type sizes between two letters from which a space stands there: the narrowest spaces of fonts are 0.2 wide."""
_NEIGHBOUR = 1.0
"""Characters further apart than this many type sizes say nothing about how a word is set."""
_SAME_ROW = 0.3
_SAME_PLACE = 0.12
"""The same character again within this share of its size is the same print: bold made by printing twice."""


class Glyph(NamedTuple):
    """One character as the text layer has it. A plain tuple: a page has thousands of them."""

    text: str
    left: float
    """Pixels of the page as shown."""
    top: float
    right: float
    bottom: float
    size: float
    """Type size in pixels."""
    turn: int
    """Clockwise turn of the letter in degrees: 0, 90, 180, 270; -1 where it stands aslant."""
    paint: int
    """Address of the text object that draws it."""
    font: int
    """Address of its font."""
    hidden: bool
    """The file itself says that it is not drawn."""
    unmapped: bool
    """The font does not say which character this is."""
    spaced: bool
    """A printed space stands before it."""


@dataclass(slots=True)
class _Paint:
    """What all characters of one text object share."""

    address: int
    font: int
    hidden: bool
    size: float
    turn: int
    content: tuple[float, ...] | None
    """Set where PDFium gives places before the page's transformation (Type 3 fonts): the map to the page."""


@dataclass(slots=True)
class GlyphPage:
    """All characters of one page in the order of the file, and handles to what draws them."""

    glyphs: list[Glyph] = field(default_factory=list)
    paints: dict[int, Any] = field(default_factory=dict)
    """Address → text object; valid while the page is open."""
    font_names: dict[int, str] = field(default_factory=dict)
    """Address → name of the font; empty for Type 3 fonts."""
    fonts: dict[int, Any] = field(default_factory=dict)
    """Address → font; valid while the page is open."""


def count_characters(page: Any) -> int:
    """How many characters the text layer has."""
    textpage = page.get_textpage()
    try:
        return int(textpage.count_chars())
    finally:
        textpage.close()


def read_glyphs(pdf_page: Any, page: Page) -> GlyphPage:
    """The characters of an open PDFium page, with boxes in pixels of ``page``; white space is left out."""
    textpage = pdf_page.get_textpage()
    try:
        return _Reader(pdf_page, page).read(textpage)
    finally:
        textpage.close()


def to_pixels(pdf_page: Any, page: Page) -> tuple[float, float, float, float, float, float]:
    """The map from the page's own points to pixels of ``page``: x' = a·x + c·y + e, y' = b·x + d·y + f."""
    left, bottom, right, top = pdf_page.get_bbox()
    width, height = max(right - left, 1e-6), max(top - bottom, 1e-6)
    turn = pdf_page.get_rotation()
    if turn % 180:
        sx, sy = page.width_px / height, page.height_px / width
    else:
        sx, sy = page.width_px / width, page.height_px / height
    return {
        0: (sx, 0.0, 0.0, -sy, -left * sx, top * sy),
        90: (0.0, sy, sx, 0.0, -bottom * sx, -left * sy),
        180: (-sx, 0.0, 0.0, sy, right * sx, -bottom * sy),
        270: (0.0, -sy, -sx, 0.0, top * sx, right * sy),
    }.get(turn, (sx, 0.0, 0.0, -sy, -left * sx, top * sy))


class _Reader:
    """Reads one page; holds what must not be looked up for every character."""

    def __init__(self, pdf_page: Any, page: Page) -> None:
        self.map = to_pixels(pdf_page, page)
        self.out = GlyphPage()
        self.known: dict[int, _Paint] = {}
        self.places: dict[tuple[str, bool, float], dict[tuple[int, int], list[tuple[float, float]]]] = {}
        self.matrix = pdfium_c.FS_MATRIX()
        self.origin = (ctypes.c_double(), ctypes.c_double())
        self.colour = tuple(ctypes.c_uint() for _ in range(4))

    def read(self, textpage: Any) -> GlyphPage:
        raw = textpage.raw
        rect = pdfium_c.FS_RECTF()
        place = ctypes.byref(rect)
        unicode_of, box_of = pdfium_c.FPDFText_GetUnicode, pdfium_c.FPDFText_GetLooseCharBox
        object_of, unmapped_at = pdfium_c.FPDFText_GetTextObject, pdfium_c.FPDFText_HasUnicodeMapError
        a, b, c, d, e, f = self.map
        spaced: Any = None
        gap = False
        supposed: list[int] = []
        for index in range(textpage.count_chars()):
            code = unicode_of(raw, index)
            if code in _SPACES:
                spaced = spaced or object_of(raw, index)
                gap = True  # PDFium's own spaces are drawn by nothing
                continue
            drawn_by = object_of(raw, index)
            if not drawn_by or not box_of(raw, index, place):
                continue  # made up by PDFium
            if code == _BROKEN_AT and pdfium_c.FPDFText_IsHyphen(raw, index) == 1:
                code = ord("-")
            paint = self._paint(drawn_by, raw, index)
            if paint.content is None:
                x0, y0, x1, y1 = rect.left, rect.bottom, rect.right, rect.top
            else:
                x0, y0, x1, y1 = self._in_content(raw, index, rect, paint)
            xs = (a * x0 + c * y0 + e, a * x1 + c * y1 + e)
            ys = (b * x0 + d * y0 + f, b * x1 + d * y1 + f)
            if paint.turn == 0 and paint.content is None and abs(ys[1] - ys[0]) < _TIGHT * paint.size:
                xs, ys = self._around_ink(raw, index, (min(xs), min(ys), max(xs), max(ys)), paint.size)
            glyph = Glyph(
                chr(code) if 0 < code < 0x110000 else "\ufffd",
                min(xs),
                min(ys),
                max(xs),
                max(ys),
                paint.size,
                paint.turn,
                paint.address,
                paint.font,
                paint.hidden,
                code == 0 or is_unmapped(chr(code)) or unmapped_at(raw, index) == 1,
                bool(spaced),
            )
            if not self._printed_twice(glyph):
                if gap and not spaced:
                    supposed.append(len(self.out.glyphs))
                self.out.glyphs.append(glyph)
            spaced, gap = None, False
        _space_out(self.out.glyphs, supposed)
        return self.out

    def _paint(self, drawn_by: Any, textpage: Any, index: int) -> _Paint:
        address = ctypes.addressof(drawn_by.contents)
        found = self.known.get(address)
        if found is None:
            found = self.known[address] = self._describe(drawn_by, address, textpage, index)
            self.out.paints[address] = drawn_by
        return found

    def _describe(self, drawn_by: Any, address: int, textpage: Any, index: int) -> _Paint:
        matrix = self.matrix
        pdfium_c.FPDFText_GetMatrix(textpage, index, matrix)
        size = abs(pdfium_c.FPDFText_GetFontSize(textpage, index))
        font = pdfium_c.FPDFTextObj_GetFont(drawn_by)
        a, b, c, d, _, _ = self.map
        along = (a * matrix.a + c * matrix.b, b * matrix.a + d * matrix.b)
        up = (a * matrix.c + c * matrix.d, b * matrix.c + d * matrix.d)
        mode = pdfium_c.FPDFTextObj_GetTextRenderMode(drawn_by)
        hidden = mode in _HIDDEN_MODES
        if not hidden and pdfium_c.FPDFPageObj_GetFillColor(drawn_by, *self.colour):
            hidden = self.colour[3].value == 0 and mode == pdfium_c.FPDF_TEXTRENDERMODE_FILL
        font_address = ctypes.addressof(font.contents) if font else 0
        if font_address not in self.out.font_names:
            self.out.font_names[font_address] = _name_of(font) if font else ""
            if font:
                self.out.fonts[font_address] = font
        return _Paint(
            address=address,
            font=font_address,
            hidden=hidden,
            size=size * math.hypot(*up),
            turn=_turn_of(along),
            content=self._content_map(drawn_by, textpage, index, size * math.hypot(matrix.c, matrix.d)),
        )

    def _content_map(self, drawn_by: Any, textpage: Any, index: int, size: float) -> tuple[float, ...] | None:
        """From where PDFium says that the first character of an object stands to where it does; None where it does."""
        page, (x, y) = self.matrix, self.origin
        pdfium_c.FPDFText_GetCharOrigin(textpage, index, x, y)
        if abs(x.value - page.e) + abs(y.value - page.f) <= _FAR_OFF * size:
            return None
        own = pdfium_c.FS_MATRIX()
        pdfium_c.FPDFPageObj_GetMatrix(drawn_by, own)
        area = own.a * own.d - own.b * own.c
        if not area:
            return None
        # own · map = page, so that map = own⁻¹ · page
        a, b = own.d / area, -own.b / area
        c, d = -own.c / area, own.a / area
        linear = (
            a * page.a + b * page.c,
            a * page.b + b * page.d,
            c * page.a + d * page.c,
            c * page.b + d * page.d,
        )
        shift_x = page.e - own.e * linear[0] - own.f * linear[2]
        shift_y = page.f - own.e * linear[1] - own.f * linear[3]
        return (*linear, shift_x, shift_y)

    def _in_content(self, textpage: Any, index: int, rect: Any, paint: _Paint) -> tuple[float, float, float, float]:
        """The box on the page: as wide as the print, and as high as the type size around the base line."""
        a, b, c, d, e, f = paint.content or (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
        x, y = self.origin
        pdfium_c.FPDFText_GetCharOrigin(textpage, index, x, y)
        xs = (a * rect.left + c * rect.bottom + e, a * rect.right + c * rect.top + e)
        ys = (b * rect.left + d * rect.bottom + f, b * rect.right + d * rect.top + f)
        if paint.turn != 0:
            return min(xs), min(ys), max(xs), max(ys)
        foot = b * x.value + d * y.value + f
        size = paint.size / max(abs(self.map[3]), abs(self.map[1]), 1e-6)
        return min(xs), foot - _DESCENT * size, max(xs), foot + (1 - _DESCENT) * size

    def _around_ink(
        self, textpage: Any, index: int, ink: tuple[float, float, float, float], size: float
    ) -> tuple[tuple[float, float], tuple[float, float]]:
        """The place of a character of which PDFium gives the ink alone: of those that the file spells out beside.

        Browsers name 一 工 日 月 山 as Kangxi radicals (U+2F00 and on) and put the ideograph into ActualText. Of such
        characters PDFium gives the box of the ink, and 一 would be a line as thin as its stroke.
        """
        a, b, c, d, e, f = self.map
        x, y = self.origin
        pdfium_c.FPDFText_GetCharOrigin(textpage, index, x, y)
        left, top, right, bottom = ink
        start, foot = a * x.value + c * y.value + e, b * x.value + d * y.value + f + _DESCENT * size
        if not foot - size <= top <= bottom <= foot:  # its origin is not at its foot: vertical writing
            foot = (top + bottom + size) / 2
        if left - size <= start <= left:
            left = start
        return (left, right), (foot - size, foot)

    def _printed_twice(self, glyph: Glyph) -> bool:
        """True where the same character stands at nearly the same place; the narrow ones of Bill are further apart."""
        near = max(glyph.size * _SAME_PLACE, 0.5)
        x, y = math.floor(glyph.left / near), math.floor(glyph.top / near)
        of_type = (glyph.text, glyph.hidden, round(glyph.size, 1))  # cells are as large as the type: each size its own
        cells = self.places.setdefault(of_type, {})
        beside = ((x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
        for left, top in (place for cell in beside for place in cells.get(cell, ())):
            if abs(glyph.left - left) <= near and abs(glyph.top - top) <= near:
                return True
        cells.setdefault((x, y), []).append((glyph.left, glyph.top))
        return False


def _space_out(glyphs: list[Glyph], supposed: Sequence[int]) -> None:
    """Mark the gaps in which a space was printed that the file left out (browsers write none), as in 2026/ 4/ 9 9:12.

    PDFium supposes a space before each character of ``supposed``; it counts between letters and figures of the West,
    where their places stand apart, and where not all of their neighbours do (letters set wide).
    """
    spaced = [i for i in supposed if i and _apart(glyphs, i) >= _SPACE and _western(glyphs[i - 1 : i + 1])]
    for index in spaced:
        beside = [_apart(glyphs, i) for i in (index - 1, index + 1) if 0 < i < len(glyphs)]
        near = [gap for gap in beside if gap < _NEIGHBOUR]
        if not near or min(near) < _apart(glyphs, index) / 2:
            glyphs[index] = glyphs[index]._replace(spaced=True)


def _apart(glyphs: Sequence[Glyph], index: int) -> float:
    """From the end of the character before to the beginning of this one, in type sizes; infinite in another row."""
    last, glyph = glyphs[index - 1], glyphs[index]
    size = max(last.size, glyph.size, 1e-6)
    level = last.turn == glyph.turn == 0 and abs(last.bottom - glyph.bottom) < _SAME_ROW * size
    return (glyph.left - last.right) / size if level and glyph.left > last.left else math.inf


def _western(pair: Sequence[Glyph]) -> bool:
    """Japanese beside Latin is set apart by a quarter of its size where no space is written."""
    return all(glyph.text.isascii() for glyph in pair)


def _name_of(font: Any) -> str:
    name = ctypes.create_string_buffer(_LONGEST_NAME)
    pdfium_c.FPDFFont_GetBaseFontName(font, name, _LONGEST_NAME)
    return name.value.decode("utf-8", "replace")


def _turn_of(along: tuple[float, float]) -> int:
    """Clockwise turn of letters whose base line runs in this direction (pixels, y downwards)."""
    x, y = along
    if abs(y) <= _LEVEL * abs(x):
        return 0 if x >= 0 else 180
    if abs(x) <= _LEVEL * abs(y):
        return 90 if y > 0 else 270
    return -1


@lru_cache(maxsize=4096)
def is_unmapped(character: str) -> bool:
    """True for what no font prints: private use, unassigned, control characters, the replacement character."""
    category = unicodedata.category(character)
    return character == "\ufffd" or category in {"Co", "Cn", "Cs"} or (category == "Cc" and not character.isspace())
