"""A font without ink for invisible text: two glyphs of no area, half as wide and as wide as they are high.

Made here from its tables, so that nothing is embedded but some hundred bytes of our own. Widths in the PDF are those of
the font program, every character that is used has its Unicode value, and a twin of the font writes from top to bottom.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pikepdf import Array, Dictionary, Name, String

if TYPE_CHECKING:
    import pikepdf

NAME = "ShokoInvisible"
LEVEL, DOWN = "/ShokoL", "/ShokoV"
"""Names of the two fonts in a page's resources: for rows, and for columns of vertical writing."""
HALF, FULL = 500, 1000
"""Widths in thousandths of the type size."""
ASCENT, DESCENT = 880, -120
_NARROW, _WIDE = 1, 2
_MOST_CODES = 65_534
_NEVER = frozenset({0xFEFF, 0xFFFE, 0xFFFF})
"""Values that PDF/A forbids as Unicode values of a character (ISO 19005-2, 6.2.11.7.2)."""
_PER_BLOCK = 100


class Coding:
    """Codes of the characters that a document uses; one for all its pages."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    def encode(self, text: str) -> str:
        """Text as a hexadecimal string of two-byte codes; what cannot be printed is left out."""
        return "".join(f"{self._code(c):04x}" for c in text if can_be_written(c))

    def _code(self, character: str) -> int:
        return self._codes.setdefault(character, min(len(self._codes) + 1, _MOST_CODES))

    @property
    def characters(self) -> tuple[str, ...]:
        """In the order of their codes, which begin at 1."""
        return tuple(self._codes)


def can_be_written(character: str) -> bool:
    """False for control characters and what is no character at all; a space is written."""
    return character == " " or (character.isprintable() and ord(character) not in _NEVER)


def width_of(character: str) -> int:
    """Thousandths of the type size."""
    return FULL if unicodedata.east_asian_width(character) in {"W", "F", "A"} else HALF


def width_of_text(text: str) -> int:
    """Thousandths of the type size."""
    return sum(width_of(c) for c in text if can_be_written(c))


def reserve(document: pikepdf.Pdf) -> Dictionary:
    """Two empty fonts by their names in page resources, for pages to refer to before all characters are known."""
    return Dictionary({name: document.make_indirect(Dictionary(Type=Name.Font)) for name in (LEVEL, DOWN)})


def fill(document: pikepdf.Pdf, fonts: Dictionary, coding: Coding) -> None:
    """Make the reserved fonts what they are."""
    characters = coding.characters
    program = document.make_stream(_program())
    program.Length1 = len(bytes(program.read_bytes()))
    descriptor = document.make_indirect(
        Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name(f"/{NAME}"),
            Flags=4,
            FontBBox=Array([0, DESCENT, FULL, ASCENT]),
            ItalicAngle=0,
            Ascent=ASCENT,
            Descent=DESCENT,
            CapHeight=ASCENT,
            StemV=80,
            FontFile2=program,
        )
    )
    glyphs = [0, *(_WIDE if width_of(c) == FULL else _NARROW for c in characters)]
    descendant = document.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=Name(f"/{NAME}"),
            CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
            FontDescriptor=descriptor,
            CIDToGIDMap=document.make_stream(struct.pack(f">{len(glyphs)}H", *glyphs)),
            DW=FULL,
            W=_widths(characters),
            DW2=Array([ASCENT, -FULL]),
        )
    )
    to_unicode = document.make_stream(_to_unicode(characters))
    for name, encoding in ((LEVEL, "/Identity-H"), (DOWN, "/Identity-V")):
        made = fonts[name]
        made.Subtype = Name.Type0
        made.BaseFont = Name(f"/{NAME}")
        made.Encoding = Name(encoding)
        made.DescendantFonts = Array([descendant])
        made.ToUnicode = to_unicode


def _widths(characters: Iterable[str]) -> Array:
    """Code and list of widths, for runs of narrow characters; wide ones are the default."""
    out: list[Any] = []
    run: list[int] = []
    start = 0
    for code, character in enumerate([*characters, "一"], 1):
        if width_of(character) == HALF:
            start = start if run else code
            run.append(HALF)
        elif run:
            out += [start, Array(run)]
            run = []
    return Array([0, Array([HALF]), *out])


def _to_unicode(characters: tuple[str, ...]) -> bytes:
    rows = [f"<{code:04x}> <{c.encode('utf-16-be').hex()}>" for code, c in enumerate(characters, 1)]
    blocks = [rows[at : at + _PER_BLOCK] for at in range(0, len(rows), _PER_BLOCK)]
    parts = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        "<0000> <ffff>",
        "endcodespacerange",
    ]
    for block in blocks:
        parts += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    parts += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"]
    return "\n".join(parts).encode("ascii")


def _program() -> bytes:
    """A TrueType font: an empty .notdef, a narrow and a wide glyph."""
    widths = (HALF, HALF, FULL)
    narrow, wide = _stroke(HALF), _stroke(FULL)
    tables = {
        b"OS/2": _os2(),
        b"cmap": struct.pack(">HHHHI", 0, 1, 3, 0, 12) + _cmap(),
        b"glyf": narrow + wide,
        b"head": struct.pack(
            ">IIIIHHQQhhhhHHhhh",
            0x00010000,
            0x00010000,
            0,
            0x5F0F3CF5,
            11,
            FULL,
            0,
            0,
            0,
            DESCENT,
            FULL,
            ASCENT,
            0,
            8,
            2,
            0,
            0,
        ),
        b"hhea": struct.pack(">IhhhHhhhhhhhhhhhH", 0x00010000, ASCENT, DESCENT, 0, FULL, *[0] * 11, len(widths)),
        b"hmtx": b"".join(struct.pack(">Hh", width, 0) for width in widths),
        b"loca": struct.pack(">4H", 0, 0, len(narrow) // 2, len(narrow + wide) // 2),
        b"maxp": struct.pack(">IH13H", 0x00010000, len(widths), 3, 1, 0, 0, 2, *[0] * 8),
        b"name": _name(),
        b"post": struct.pack(">IIhhIIIII", 0x00030000, 0, 0, 0, 0, 0, 0, 0, 0),
    }
    return _assembled(tables)


def _stroke(width: int) -> bytes:
    """A contour from corner to corner and back: no ink, but a box, without which viewers drop single characters."""
    middle = (ASCENT + DESCENT) // 2
    xs, ys = (0, width, -width // 2), (DESCENT, ASCENT - DESCENT, middle - ASCENT)
    head = struct.pack(">5h", 1, 0, DESCENT, width, ASCENT)
    body = struct.pack(">HH3B", 2, 0, 1, 1, 1) + struct.pack(">3h", *xs) + struct.pack(">3h", *ys)
    return head + body + bytes(-len(head + body) % 4)


def _cmap() -> bytes:
    """Format 4 with nothing but the closing segment."""
    body = struct.pack(">HHHH", 2, 2, 0, 0) + struct.pack(">HHHhH", 0xFFFF, 0, 0xFFFF, 1, 0)
    return struct.pack(">HHH", 4, 6 + len(body), 0) + body


def _name() -> bytes:
    records = [(3, 1, 0x409, number, NAME.encode("utf-16-be")) for number in (1, 4, 6)]
    text = records[0][4]
    head = struct.pack(">HHH", 0, len(records), 6 + 12 * len(records))
    return head + b"".join(struct.pack(">6H", *r[:4], len(text), 0) for r in records) + text


def _os2() -> bytes:
    fixed = struct.pack(">HhHHH", 4, FULL, 400, 5, 0) + struct.pack(">10h", *[0] * 10) + struct.pack(">h", 0)
    return (
        fixed
        + bytes(10)
        + struct.pack(">4I", 0, 0, 0, 0)
        + b"NONE"
        + struct.pack(">HHH", 0x40, 0x20, 0xFFFF)
        + struct.pack(">hhhHH", ASCENT, DESCENT, 0, ASCENT, -DESCENT)
        + struct.pack(">II", 0, 0)
        + struct.pack(">hhHHH", ASCENT // 2, ASCENT, 0, 0x20, 1)
    )


def _assembled(tables: dict[bytes, bytes]) -> bytes:
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    head = struct.pack(">IHHHH", 0x00010000, count, power * 16, power.bit_length() - 1, count * 16 - power * 16)
    offset = len(head) + 16 * count
    entries, body = b"", b""
    for tag, data in sorted(tables.items()):
        padded = data + bytes(-len(data) % 4)
        entries += struct.pack(">4sIII", tag, _checksum(padded), offset + len(body), len(data))
        body += padded
    font = head + entries + body
    at = font.index(b"head") + 8
    start = struct.unpack(">I", font[at : at + 4])[0] + 8
    adjusted = (0xB1B0AFBA - _checksum(font)) & 0xFFFFFFFF
    return font[:start] + struct.pack(">I", adjusted) + font[start + 4 :]


def _checksum(data: bytes) -> int:
    words: tuple[int, ...] = struct.unpack(f">{len(data) // 4}I", data[: len(data) // 4 * 4])
    return sum(words) & 0xFFFFFFFF
