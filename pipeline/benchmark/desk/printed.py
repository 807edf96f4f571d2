"""A page of text as the smallest PDF that shows it: no font inside, positions known."""

from __future__ import annotations

import io
from dataclasses import dataclass

from domain.geometry import Box

WIDTH_POINTS = 595
HEIGHT_POINTS = 842
DPI = 200
"""Of the picture that boxes refer to, as scans are read."""
_FONT = (
    b"<</Type/Font/Subtype/Type0/BaseFont/HeiseiKakuGo-W5/Encoding/UniJIS-UCS2-H/DescendantFonts[6 0 R]>>",
    (
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/HeiseiKakuGo-W5/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)"
        b"/Supplement 2>>/FontDescriptor 7 0 R/DW 1000/W[1[500] 2 94 500]>>"
    ),
    (
        b"<</Type/FontDescriptor/FontName/HeiseiKakuGo-W5/Flags 4/FontBBox[-92 -250 1010 922]/ItalicAngle 0/Ascent 752"
        b"/Descent -221/CapHeight 737/StemV 114>>"
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Text at a place of the page."""

    text: str
    left: int
    """Points from the left."""
    top: int
    """Points from the top, of the baseline."""
    size: int = 10
    """Points."""

    def box(self, part: str | None = None) -> Box:
        """Where it, or a part of it, stands on the page drawn at ``DPI``."""
        before = self.text.partition(part)[0] if part else ""
        shown = part or self.text
        left = self.left + _width(before) * self.size
        return _pixels(left, self.top - self.size, left + _width(shown) * self.size, self.top + 0.2 * self.size)


def size_px() -> tuple[int, int]:
    """Width and height of the page drawn at ``DPI``."""
    return round(WIDTH_POINTS * DPI / 72), round(HEIGHT_POINTS * DPI / 72)


def pdf(lines: tuple[Line, ...]) -> bytes:
    """One A4 page; the viewer's own Japanese font is used. Characters beyond the basic plane are left out."""
    shown = (
        f"/F1 {line.size} Tf 1 0 0 1 {line.left} {HEIGHT_POINTS - line.top} Tm <{_codes(line.text)}> Tj"
        for line in lines
    )
    drawn = "\n".join(["BT", *shown, "ET"]).encode()
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
        % (WIDTH_POINTS, HEIGHT_POINTS),
        b"<</Length %d>>stream\n%b\nendstream" % (len(drawn), drawn),
        *_FONT,
    )
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    starts = []
    for number, content in enumerate(objects, 1):
        starts.append(out.tell())
        out.write(b"%d 0 obj%bendobj\n" % (number, content))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % start for start in starts)
    out.write(b"trailer<</Size %d/Root 1 0 R>>startxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table))
    return out.getvalue()


def _codes(text: str) -> str:
    return "".join(c for c in text if ord(c) < 0x10000).encode("utf-16-be").hex()


def _width(text: str) -> float:
    """In ems: the font's Latin characters are half as wide."""
    return sum(0.5 if ord(c) < 0x100 else 1.0 for c in text)


def _pixels(left: float, top: float, right: float, bottom: float) -> Box:
    scale = DPI / 72
    return Box(left=int(left * scale), top=int(top * scale), right=int(right * scale), bottom=int(bottom * scale))
