"""Whether a page of a PDF can stay as it is in PDF/A-2, and taking off an invisible layer that someone else laid on it.

What is looked for are the rules of ISO 19005-2 that files in the wild break: fonts that are not embedded, colours that
depend on a printer, filters and features that PDF/A does not know. In doubt the page becomes a picture of itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Name

_PLAIN_COLOURS = frozenset({"/DeviceGray", "/DeviceRGB", "/CalGray", "/CalRGB", "/Lab", "/Pattern", "/G", "/RGB"})
_FILTERS = frozenset(
    {"/FlateDecode", "/DCTDecode", "/CCITTFaxDecode", "/JBIG2Decode", "/RunLengthDecode", "/ASCII85Decode",
     "/ASCIIHexDecode", "/Fl", "/DCT", "/CCF", "/RL", "/A85", "/AHx"}
)  # fmt: skip
_BLENDS = frozenset(
    {"/Normal", "/Compatible", "/Multiply", "/Screen", "/Overlay", "/Darken", "/Lighten", "/ColorDodge", "/ColorBurn",
     "/HardLight", "/SoftLight", "/Difference", "/Exclusion", "/Hue", "/Saturation", "/Color", "/Luminosity"}
)  # fmt: skip
_LATIN_ENCODINGS = frozenset({"/WinAnsiEncoding", "/MacRomanEncoding"})
_SYMBOLIC = 4
_MOST_NESTED = 6
_MOST_PARTS = 3_000
_MOST_OPERATORS = 400_000
_DEEPEST_SAVED = 28
"""Graphics states saved inside each other (6.1.13)."""
_INVISIBLE = frozenset({3, 7})
_NOT_KNOWN = frozenset({"k", "K", "BX", "EX", "PS", "INLINE IMAGE"})
"""Printing colours, and what is rare and has rules of its own."""
_SHOWING = frozenset({"Tj", "TJ", "'", '"'})
_NO_CHARACTER = re.compile(rb"[>\[]\s*<(?:0000|[fF][eE][fF][fF]|[fF]{3}[eE])>")
_ERRORS = (pikepdf.PdfError, ValueError, RuntimeError, TypeError, AttributeError, KeyError, IndexError, OSError)


class _Obstacle(Exception):  # never leaves this module
    """Something that PDF/A-2 does not allow."""


def can_stay(page: pikepdf.Page) -> bool:
    """True where nothing was found on the page that PDF/A-2 forbids."""
    try:
        _check_part(page.obj, depth=0, left=[_MOST_PARTS])
        group = page.obj.get("/Group")
        if group is not None and "/CS" in group:
            _check_colours(group.CS)
    except (_Obstacle, *_ERRORS, RecursionError):
        return False
    return True


def all_text_is_unicode(page: pikepdf.Page) -> bool:
    """True where every font of the page has Unicode values for its codes (level U; 6.2.11.7.2)."""
    try:
        return all(_maps_well(font) or _names_its_characters(font) for font in _fonts(page.obj, 0))
    except _ERRORS:
        return False


def _maps_well(font: Any) -> bool:
    """A map to Unicode without values that stand for no character."""
    if "/ToUnicode" not in font:
        return False
    table = font.ToUnicode.read_bytes() if isinstance(font.ToUnicode, pikepdf.Stream) else b""
    return bool(table) and not _NO_CHARACTER.search(table)


def _names_its_characters(font: Any) -> bool:
    """A Latin encoding without exceptions gives every code its character."""
    encoding = font.get("/Encoding")
    if isinstance(encoding, pikepdf.Dictionary) and "/Differences" not in encoding:
        encoding = encoding.get("/BaseEncoding")
    return font.get("/Subtype") != Name.Type0 and isinstance(encoding, Name) and str(encoding) in _LATIN_ENCODINGS


def take_off_invisible(page: pikepdf.Page, document: pikepdf.Pdf) -> int:
    """Remove what is written in an invisible mode; gives how many bytes of visible text remain.

    Raises:
        ValueError: the content cannot be taken apart.
    """
    try:
        kept, visible = _visible(page)
        page.obj.Contents = document.make_stream(kept)
        for form in _forms(page.obj, 0):
            kept, more = _visible(form)
            visible += more
            form.write(kept)
    except _ERRORS as error:
        msg = "the content of the page cannot be taken apart"
        raise ValueError(msg) from error
    return visible


def inherited(holder: Any, key: str) -> Any:
    """An attribute of a page or of the nodes above it; None where none has it."""
    for _ in range(50):
        found = holder.get(key)
        if found is not None:
            return found
        holder = holder.get("/Parent")
        if holder is None:
            return None
    return None


def _visible(holder: Any) -> tuple[bytes, int]:
    mode, saved, out, shown = 0, [], [], 0
    for count, instruction in enumerate(pikepdf.parse_content_stream(holder)):
        if count > _MOST_OPERATORS:
            msg = "too many operators"
            raise ValueError(msg)
        operator = str(instruction.operator)
        if operator == "q":
            saved.append(mode)
        elif operator == "Q" and saved:
            mode = saved.pop()
        elif operator == "Tr":
            mode = int(instruction.operands[0])
        elif operator in _SHOWING:
            if mode in _INVISIBLE:
                continue
            shown += sum(len(bytes(o)) for o in _strings(instruction.operands))
        out.append(instruction)
    return pikepdf.unparse_content_stream(out), shown


def _strings(operands: Any) -> Iterator[Any]:
    for operand in operands:
        if isinstance(operand, pikepdf.Array):
            yield from _strings(operand)
        elif isinstance(operand, pikepdf.String):
            yield operand


def _values(dictionary: Any) -> Iterator[Any]:
    if dictionary is not None:
        for key in dictionary.keys():  # noqa: SIM118  # a pikepdf dictionary is no mapping
            yield dictionary[key]


def _forms(holder: Any, depth: int) -> Iterator[Any]:
    resources = inherited(holder, "/Resources") if depth == 0 else holder.get("/Resources")
    if resources is None or depth > _MOST_NESTED:
        return
    for item in _values(resources.get("/XObject")):
        if item.get("/Subtype") == Name.Form:
            yield item
            yield from _forms(item, depth + 1)


def _fonts(holder: Any, depth: int) -> Iterator[Any]:
    resources = inherited(holder, "/Resources") if depth == 0 else holder.get("/Resources")
    if resources is not None and depth <= _MOST_NESTED:
        yield from _values(resources.get("/Font"))
        for item in _values(resources.get("/XObject")):
            if item.get("/Subtype") == Name.Form:
                yield from _fonts(item, depth + 1)


def _check_part(holder: Any, *, depth: int, left: list[int]) -> None:
    """A page or a form: what its content does, and what of its resources the content can use."""
    if depth > _MOST_NESTED:
        raise _Obstacle
    used = _check_operators(holder)
    resources = inherited(holder, "/Resources") if depth == 0 else holder.get("/Resources")
    if resources is None:
        if used:
            raise _Obstacle
        return
    fonts = resources.get("/Font", {})
    for name in used:  # a font that draws nothing need not be embedded
        _count(left)
        _check_font(fonts[name])
    for key, check in (("/ExtGState", _check_state), ("/ColorSpace", _check_colours)):
        for item in _values(resources.get(key)):
            _count(left)
            check(item)
    for item in _values(resources.get("/Shading")):
        _count(left)
        _check_colours(item.ColorSpace)
    for item in (*_values(resources.get("/Pattern")), *_values(resources.get("/XObject"))):
        _count(left)
        if item.get("/Subtype") == Name.Image:
            _check_image(item)
        elif item.get("/PatternType") == 2:
            _check_colours(item.Shading.ColorSpace)
        else:
            if any(key in item for key in ("/OPI", "/PS", "/Ref", "/Subtype2", "/OC")):
                raise _Obstacle
            _check_filters(item)
            _check_part(item, depth=depth + 1, left=left)


def _count(left: list[int]) -> None:
    left[0] -= 1
    if left[0] < 0:
        raise _Obstacle


def _check_operators(holder: Any) -> set[str]:
    """Names of the fonts that draw something."""
    used: set[str] = set()
    font, mode = "", 0
    saved: list[tuple[str, int]] = []
    for count, instruction in enumerate(pikepdf.parse_content_stream(holder)):
        operator = str(instruction.operator)
        if count > _MOST_OPERATORS or len(saved) > _DEEPEST_SAVED or operator in _NOT_KNOWN:
            raise _Obstacle
        if operator == "q":
            saved.append((font, mode))
        elif operator == "Q":
            font, mode = saved.pop()
        elif operator == "Tf":
            font = str(instruction.operands[0])
        elif operator == "Tr":
            mode = int(instruction.operands[0])
        elif operator in _SHOWING and mode not in _INVISIBLE:
            used.add(font)
        elif operator in {"cs", "CS"} and str(instruction.operands[0]) == "/DeviceCMYK":
            raise _Obstacle
    if saved:
        raise _Obstacle
    return used


def _check_font(font: Any) -> None:
    kind = font.get("/Subtype")
    if kind == Name.Type3:
        for glyph in _values(font.get("/CharProcs")):
            _check_filters(glyph)
        return
    if kind == Name.Type0:
        descendant = font.DescendantFonts[0]
        if not _embedded(descendant) or (descendant.Subtype == Name.CIDFontType2 and "/CIDToGIDMap" not in descendant):
            raise _Obstacle
        return
    if not _embedded(font) or "/Widths" not in font:
        raise _Obstacle
    if kind == Name.TrueType:
        encoding = font.get("/Encoding")
        if int(font.FontDescriptor.get("/Flags", 0)) & _SYMBOLIC:
            if encoding is not None:
                raise _Obstacle
        elif not _names_its_characters(font):
            raise _Obstacle


def _embedded(font: Any) -> bool:
    descriptor = font.get("/FontDescriptor")
    return descriptor is not None and any(k in descriptor for k in ("/FontFile", "/FontFile2", "/FontFile3"))


def _check_state(state: Any) -> None:
    if any(key in state for key in ("/TR", "/HTP", "/HT")) or state.get("/TR2", Name.Default) != Name.Default:
        raise _Obstacle
    blend = state.get("/BM", Name.Normal)
    if not isinstance(blend, Name) or str(blend) not in _BLENDS:
        raise _Obstacle


def _check_image(image: Any) -> None:
    if any(key in image for key in ("/Alternates", "/OPI", "/OC", "/SMaskInData")) or image.get("/Interpolate", False):
        raise _Obstacle
    _check_filters(image)
    if not image.get("/ImageMask", False):
        _check_colours(image.ColorSpace)
    for key in ("/SMask", "/Mask"):
        mask = image.get(key)
        if isinstance(mask, pikepdf.Stream):
            _check_filters(mask)


def _check_filters(stream: Any) -> None:
    found = stream.get("/Filter")
    names = [found] if isinstance(found, Name) else list(found or ())
    if any(str(name) not in _FILTERS for name in names) or "/F" in stream:
        raise _Obstacle


def _check_colours(space: Any, depth: int = 0) -> None:
    if depth > 3:
        raise _Obstacle
    if isinstance(space, Name):
        if str(space) not in _PLAIN_COLOURS:
            raise _Obstacle
        return
    family = str(space[0])
    if family == "/ICCBased":
        if int(space[1].N) not in {1, 3}:
            raise _Obstacle
    elif family in {"/Indexed", "/I"} or (family == "/Pattern" and len(space) > 1):
        _check_colours(space[1], depth + 1)
    elif family not in _PLAIN_COLOURS:
        raise _Obstacle
