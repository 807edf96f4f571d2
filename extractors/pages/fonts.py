"""Whether the fonts of a PDF page say which characters their codes stand for.

A font without such a map still gives text: readers fall back on the bare codes, which pass for letters and are wrong.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf

_NAMED_ENCODINGS = frozenset({"/WinAnsiEncoding", "/MacRomanEncoding", "/StandardEncoding", "/MacExpertEncoding"})
_KNOWN_COLLECTIONS = frozenset({"Japan1", "Japan2", "GB1", "CNS1", "Korea1", "KR"})
_GLYPH_NUMBER = re.compile(r"/(?:[A-Za-z]{1,5}\d{1,5}|cid[:.]?\d+|[gG]\w{1,4})")
"""Names that number glyphs (g12, G1A, c5, cid123) instead of naming characters."""
_CODE_POINT = re.compile(r"/u(?:ni)?[0-9A-Fa-f]{4,6}")
_MOST_FONTS = 500
_MOST_NESTED = 3
_NUMBERED_SHARE = 0.3
_ERRORS = (pikepdf.PdfError, ValueError, RuntimeError, TypeError, AttributeError, KeyError, IndexError, OSError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmapped:
    """Fonts of one page that do not say which characters their codes stand for."""

    names: frozenset[str] = frozenset()
    """Of simple fonts (one byte per character), whose bare codes would pass for letters; empty for Type 3 fonts."""
    composite: bool = False
    """There are such fonts of many characters: the font program may still know."""
    unknown: bool = False
    """The dictionaries cannot be read."""


@dataclass(slots=True)
class FontBook:
    """The font dictionaries of a file, opened on first use."""

    content: bytes
    document: Any = None
    failed: bool = False

    def unmapped(self, page_index: int) -> Unmapped:
        """The fonts of a page that have no map to characters."""
        names: set[str] = set()
        composite = False
        try:
            if self.document is None and not self.failed:
                self.document = pikepdf.open(io.BytesIO(self.content))
            if self.failed:
                return Unmapped(unknown=True)
            for font in _fonts(self.document.pages[page_index].obj):
                if not _is_mapped(font):
                    if font.get("/Subtype") == "/Type0":
                        composite = True
                    else:
                        names.add("" if font.get("/Subtype") == "/Type3" else str(font.get("/BaseFont", "/"))[1:])
        except _ERRORS:
            self.failed = True
            return Unmapped(unknown=True)
        return Unmapped(names=frozenset(names), composite=composite)

    def close(self) -> None:
        """Give the file back."""
        if self.document is not None:
            self.document.close()


def _fonts(holder: Any, depth: int = 0, left: list[int] | None = None) -> Iterator[Any]:
    left = left if left is not None else [_MOST_FONTS]
    resources = _inherited(holder)
    if resources is None:
        return
    for font in _values(resources.get("/Font")):
        left[0] -= 1
        if left[0] < 0:
            return
        yield font
    if depth < _MOST_NESTED:
        for item in _values(resources.get("/XObject")):
            left[0] -= 1
            if left[0] < 0:
                return
            if item.get("/Subtype") == "/Form":
                yield from _fonts(item, depth + 1, left)


def _inherited(holder: Any) -> Any:
    for _ in range(_MOST_NESTED * 10):
        found = holder.get("/Resources")
        if found is not None:
            return found
        holder = holder.get("/Parent")
        if holder is None:
            return None
    return None


def _values(dictionary: Any) -> Iterator[Any]:
    if dictionary is not None:
        for key in dictionary.keys():  # noqa: SIM118  # a pikepdf dictionary is no mapping
            yield dictionary[key]


def _is_mapped(font: Any) -> bool:
    if "/ToUnicode" in font:
        return True
    encoding = font.get("/Encoding")
    if font.get("/Subtype") == "/Type0":
        descendant = font.get("/DescendantFonts")[0]
        ordering = str(descendant.get("/CIDSystemInfo", {}).get("/Ordering", ""))
        named = isinstance(encoding, pikepdf.Name) and not str(encoding).startswith("/Identity")
        return named or ordering in _KNOWN_COLLECTIONS
    if isinstance(encoding, pikepdf.Name):
        return str(encoding) in _NAMED_ENCODINGS
    if isinstance(encoding, pikepdf.Dictionary) and "/Differences" in encoding:
        names = [str(name) for name in encoding["/Differences"] if isinstance(name, pikepdf.Name)]
        return not _numbers_glyphs(names)
    return not _is_symbolic_subset(font)


def _numbers_glyphs(names: list[str]) -> bool:
    numbered = [n for n in names if _GLYPH_NUMBER.fullmatch(n) and not _CODE_POINT.fullmatch(n)]
    return len(numbered) > _NUMBERED_SHARE * max(len(names), 1)


def _is_symbolic_subset(font: Any) -> bool:
    """A subset that is embedded without an encoding: only its own program knows what the codes mean."""
    name = str(font.get("/BaseFont", ""))
    return font.get("/Subtype") == "/Type3" or bool(re.match(r"/[A-Z]{6}\+", name))
