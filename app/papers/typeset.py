"""Pages of text and rules as a PDF: A4, one font, every character's picture inside the file, and its text to copy.

The characters are Type 3 fonts of at most 255 glyphs (ISO 32000-1 §9.6.5) with ToUnicode maps: only what is used is
embedded, and it can be searched and copied.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from app.papers.glyphs import EM, Characters, Glyph

WIDTH, HEIGHT = 595.28, 841.89
"""A4 in points."""
MARGIN = 48.0
_PER_FONT = 255
_NO_START = frozenset("、。，．・：；？！ー）」』】〕〉》”’ぁぃぅぇぉっゃゅょァィゥェォッャュョ,.:;?!)]}%")
"""Characters that begin no line (JIS X 4051 §6.1, as far as such a report needs it)."""


@dataclass(slots=True)
class _Page:
    parts: list[bytes] = field(default_factory=list)


class Typesetter:
    """One document in the making; y runs from the top of the page downwards."""

    def __init__(self, characters: Characters, *, title: str, foot: str) -> None:
        """``foot`` stands at the foot of every page, before its number."""
        self._characters = characters
        self._title = title
        self._foot = foot
        self._codes: dict[str, int] = {}
        self._pages: list[_Page] = []
        self.y = MARGIN
        self.new_page()

    def new_page(self) -> None:
        """Go on at the top of the next page."""
        self._pages.append(_Page())
        self.y = MARGIN

    def room(self, height: float) -> bool:
        """Begin a new page where less than this is left; True where it did."""
        if self.y + height <= HEIGHT - MARGIN - 16:
            return False
        self.new_page()
        return True

    def width(self, text: str, size: float) -> float:
        """How wide a text is, in points."""
        return sum(self._characters.glyph(one).width for one in text) * size / EM

    def lines(self, text: str, size: float, width: float) -> tuple[str, ...]:
        """A text in lines of at most this width; broken between any two characters but before closing marks."""
        found: list[str] = []
        for paragraph in text.split("\n"):
            line, used = "", 0.0
            for one in paragraph:
                more = self.width(one, size)
                if line and used + more > width and one not in _NO_START:
                    found.append(line)
                    line, used = "", 0.0
                line, used = line + one, used + more
            found.append(line)
        return tuple(found)

    def put(self, text: str, x: float, *, size: float = 9, gray: float = 0.1, right: bool = False) -> None:
        """One line of text with its middle on the present height; ``right``: it ends at ``x``."""
        left = x - self.width(text, size) if right else x
        self._draw(text, left, self.y + size * 0.36, size=size, gray=gray)

    def rule(self, *, x: float = MARGIN, end: float = WIDTH - MARGIN, gray: float = 0.75) -> None:
        """A thin line across."""
        y = HEIGHT - self.y
        self._pages[-1].parts.append(f"{gray:.2f} G 0.5 w {x:.2f} {y:.2f} m {end:.2f} {y:.2f} l S".encode())

    def band(self, height: float, *, gray: float = 0.93) -> None:
        """A gray band across, with the present height in its middle."""
        bottom = HEIGHT - self.y - height / 2
        width = WIDTH - 2 * MARGIN
        self._pages[-1].parts.append(f"{gray:.2f} g {MARGIN:.2f} {bottom:.2f} {width:.2f} {height:.2f} re f".encode())

    def finish(self) -> bytes:
        """The PDF; the same input gives the same bytes."""
        count = len(self._pages)
        for number, page in enumerate(self._pages, start=1):
            foot, at = f"{number} / {count}", HEIGHT - 26.0
            self._pages, kept = [page], self._pages
            self._draw(self._foot, MARGIN, at, size=7, gray=0.4)
            self._draw(foot, WIDTH - MARGIN - self.width(foot, 7), at, size=7, gray=0.4)
            self._pages = kept
        with pikepdf.new() as pdf:
            fonts = Dictionary()
            for number, chars in enumerate(self._tables()):
                fonts[f"/F{number}"] = pdf.make_indirect(
                    _font(pdf, [(one, self._characters.glyph(one)) for one in chars])
                )
            resources = pdf.make_indirect(Dictionary(Font=fonts))
            for page in self._pages:
                content = pdf.make_stream(b"\n".join(page.parts))
                leaf = Dictionary(
                    Type=Name.Page, MediaBox=Array([0, 0, WIDTH, HEIGHT]), Resources=resources, Contents=content
                )
                pdf.pages.append(pikepdf.Page(pdf.make_indirect(leaf)))
            pdf.docinfo[Name.Title] = self._title
            pdf.docinfo[Name.Producer] = "Shoko"
            pdf.Root.Lang = pikepdf.String("ja")
            out = io.BytesIO()
            pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return out.getvalue()

    def _draw(self, text: str, x: float, y: float, *, size: float, gray: float) -> None:
        for one in text:
            self._codes.setdefault(one, len(self._codes))
        shown = b"".join(
            b"/F%d %.2f Tf <%s> Tj " % (number, size, codes.hex().encode())
            for number, codes in _runs(text, self._codes)
        )
        at = b"%.2f g BT 1 0 0 1 %.2f %.2f Tm " % (gray, x, HEIGHT - y)
        self._pages[-1].parts.append(at + shown + b"ET")

    def _tables(self) -> Iterator[tuple[str, ...]]:
        chars = tuple(self._codes)
        for start in range(0, len(chars), _PER_FONT):
            yield chars[start : start + _PER_FONT]


def _runs(text: str, codes: dict[str, int]) -> Iterator[tuple[int, bytes]]:
    """(font, codes in it) for each stretch of characters that one font has."""
    run, font = bytearray(), -1
    for one in text:
        number, code = divmod(codes[one], _PER_FONT)
        if number != font and run:
            yield font, bytes(run)
            run = bytearray()
        font = number
        run.append(code)
    if run:
        yield font, bytes(run)


def _font(pdf: pikepdf.Pdf, chars: Sequence[tuple[str, Glyph]]) -> Dictionary:
    procedures = Dictionary()
    names: list[Any] = [0]
    for code, (_, glyph) in enumerate(chars):
        procedures[f"/g{code}"] = pdf.make_stream(_procedure(glyph))
        names.append(Name(f"/g{code}"))
    return Dictionary(
        Type=Name.Font,
        Subtype=Name.Type3,
        FontBBox=Array([0, 0, 0, 0]),  # ISO 32000-1 table 112: all zeros where it is not said
        FontMatrix=Array([1 / EM, 0, 0, 1 / EM, 0, 0]),
        CharProcs=procedures,
        Encoding=Dictionary(Type=Name.Encoding, Differences=Array(names)),
        FirstChar=0,
        LastChar=len(chars) - 1,
        Widths=Array([glyph.width for _, glyph in chars]),
        Resources=Dictionary(),
        ToUnicode=pdf.make_stream(_to_unicode(one for one, _ in chars)),
    )


def _procedure(glyph: Glyph) -> bytes:
    """How a character is drawn: a mask through which the present colour goes (ISO 32000-1 §8.9.6.2)."""
    left, bottom, columns, rows = glyph.left, glyph.bottom, glyph.columns, glyph.rows
    head = b"%.3f 0 %d %d %d %d d1" % (glyph.width, left, bottom, left + columns, bottom + rows)
    if not glyph.bits:
        return head
    place = b" q %d 0 0 %d %d %d cm" % (columns, rows, left, bottom)
    image = b" BI /W %d /H %d /IM true /BPC 1 /D [1 0] /F /AHx ID " % (columns, rows)
    return head + place + image + glyph.bits.hex().encode("ascii") + b"> EI Q"


def _to_unicode(chars: Iterable[str]) -> bytes:
    """The map from codes back to text (ISO 32000-1 §9.10.3)."""
    lines = [f"<{code:02x}> <{one.encode('utf-16-be').hex()}>" for code, one in enumerate(chars)]
    blocks = [lines[start : start + 100] for start in range(0, len(lines), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Shoko-UCS def /CMapType 2 def\n"
        "1 begincodespacerange <00> <ff> endcodespacerange\n"
        f"{body}\nendcmap CMapName currentdict /CMap defineresource pop end end"
    ).encode("ascii")
