"""What of a text layer a reader of the page really sees, and which ink on the page the layer says nothing about.

The page is drawn small twice, with the text that is to be judged and without it. Text that makes no difference is
hidden:
white on white, clipped, behind a picture, outside the page, on a layer that is switched off. Ink that remains without
the text and looks like letters (outlines, pictures, filled-in forms, fonts without a mapping) is left for OCR.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pypdfium2.raw as pdfium_c

from domain.geometry import Box
from extractors.pages.residue import has_text, is_revenue_stamp, pictures_of, rules_of, unread_parts, without_stamps

if TYPE_CHECKING:
    from domain.page import Page, PixelArray
    from extractors.pages.glyphs import Glyph, GlyphPage

_LOOK_DPI = 72.0
"""Enough to tell ink from none: letters of 5 points are 5 pixels high, and the page is drawn in some milliseconds."""
_SEEN = 16
"""Levels of 255 that text must change. Light grey print (#ddd on white) changes 34; #f8f8f8, which no one sees, 7."""
_PICTURE_SHARE = 0.05
"""A picture over this share of the page may hold text of its own, whatever it looks like."""
_SHARED = 0.15
"""Characters that share more than this of their box with another are on top of each other."""
_MOSTLY = 0.5
"""Characters that both show and share more than this cannot be told apart; closely set ones share less."""
_DEEPEST = 200
_WHITE = 235


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What was seen on a page."""

    seen: tuple[bool, ...]
    """For each character that was asked for, whether it shows."""
    unread: tuple[Box, ...]
    """Where ink that looks like text remains without those characters, in pixels of the page."""
    scan: bool
    """One picture covers most of the page."""
    rules: tuple[Box, ...]
    """Ruled lines, in pixels of the page."""


def look(pdf_page: Any, page: Page, found: GlyphPage, asked: Sequence[Glyph], *, scan_share: float) -> Sight:
    """Draw the page with and without the asked-for characters and compare.

    Args:
        pdf_page: an open PDFium page.
        page: its size in pixels.
        found: all its characters; those of a text object go together, asked for or not.
        asked: characters that are to be trusted if they show.
        scan_share: a picture over this share of the page is a scan of it.
    """
    scale = min(_LOOK_DPI, page.dpi or _LOOK_DPI) / 72
    before = _grey(pdf_page, scale)
    scene = _Scene(pdf_page=pdf_page, page=page, found=found, scale=scale, before=before)
    covered, doubted = _stacked(scene, asked)
    paints = {glyph.paint for glyph in asked} - doubted
    _set_active(found, paints, active=False)
    after = _grey(pdf_page, scale)
    seen = [
        shows and index not in covered and glyph.paint not in doubted
        for index, (glyph, shows) in enumerate(zip(asked, _seen(before, after, asked, page), strict=True))
    ]
    hidden = {g.paint for g, shows in zip(asked, seen, strict=True) if not shows}
    found_pictures = pictures_of(pdf_page, page) if int(after.min()) < _WHITE else ()
    area = page.width_px * page.height_px
    large = [b for b in found_pictures if b.width * b.height > _PICTURE_SHARE * area and not has_text(b, asked)]
    stuck = [b for b in found_pictures if is_revenue_stamp(after, b, page) and not has_text(b, asked, least=0)]
    others = [g for g in found.glyphs if g.paint not in paints and not g.hidden and g.turn >= 0]
    _set_active(found, paints & hidden, active=False)
    return Sight(
        seen=tuple(bool(s) for s in seen),
        unread=without_stamps(
            pdf_page, page, scale, unread_parts(after, page, [*large, *stuck], others), others, but=stuck
        ),
        scan=any(b.width * b.height > scan_share * area for b in found_pictures),
        rules=rules_of(after, page),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """An open page and its small picture with everything on it."""

    pdf_page: Any
    page: Page
    found: GlyphPage
    scale: float
    before: PixelArray

    def without(self, paints: set[int]) -> PixelArray:
        """The small picture without these text objects."""
        _set_active(self.found, paints, active=False)
        picture = _grey(self.pdf_page, self.scale)
        _set_active(self.found, paints, active=True)
        return picture


def without_text(pdf_page: Any, page: Page) -> PixelArray:
    """The page as ``look`` left it, without the characters that it was asked for, at the size of ``page``."""
    bitmap = pdf_page.render(scale=(page.dpi or _LOOK_DPI) / 72, rev_byteorder=True, prefer_bgrx=False)
    try:
        pixels = np.array(bitmap.to_numpy()[:, :, :3], dtype=np.uint8, copy=True)
    finally:
        bitmap.close()
    return pixels


def _grey(pdf_page: Any, scale: float) -> PixelArray:
    bitmap = pdf_page.render(scale=scale, grayscale=True)
    try:
        pixels = bitmap.to_numpy()
        return np.array(pixels if pixels.ndim == 2 else pixels[:, :, 0], dtype=np.uint8, copy=True)
    finally:
        bitmap.close()


def _set_active(found: GlyphPage, paints: set[int], *, active: bool) -> None:
    for address in paints:
        pdfium_c.FPDFPageObj_SetIsActive(found.paints[address], active)


def _seen(before: PixelArray, after: PixelArray, asked: Sequence[Glyph], page: Page) -> list[bool]:
    """Whether anything changed inside the box of each character."""
    changed = (cv2.absdiff(before, after) >= _SEEN).astype(np.uint8)
    left, top, right, bottom = _cells(asked, page, before.shape)
    shows = [bool(n) for n in _sums(changed, left, top, right, bottom) > 0]
    for at, (glyph, seen) in enumerate(zip(asked, shows, strict=True)):
        if not seen and not glyph.text.isalnum():  # a comma of small print is fainter than anything that is looked for
            shows[at] = any(shows[i] and _beside(asked[i], glyph) for i in (at - 1, at + 1) if 0 <= i < len(asked))
    return shows


def _beside(one: Glyph, other: Glyph) -> bool:
    near = 1.5 * max(one.size, other.size)
    return abs(one.left - other.left) <= near and abs(one.bottom - other.bottom) <= near / 3


def _cells(glyphs: Sequence[Glyph], page: Page, shape: tuple[int, ...]) -> tuple[Any, Any, Any, Any]:
    """Boxes of characters in pixels of the small picture, as columns."""
    height, width = shape[:2]
    boxes = np.array([g[1:5] for g in glyphs], dtype=np.float64).reshape(-1, 4)
    boxes *= (width / page.width_px, height / page.height_px, width / page.width_px, height / page.height_px)
    low, high = np.floor(boxes[:, :2] + 0.25).astype(int), np.ceil(boxes[:, 2:] - 0.25).astype(int)
    left, top = np.clip(low[:, 0], 0, width), np.clip(low[:, 1], 0, height)
    right, bottom = np.clip(high[:, 0], left, width), np.clip(high[:, 1], top, height)
    return left, top, right, bottom


def _sums(marks: Any, left: Any, top: Any, right: Any, bottom: Any) -> Any:
    total = cv2.integral(marks)
    return total[bottom, right] - total[top, right] - total[bottom, left] + total[top, left]


def _stacked(scene: _Scene, asked: Sequence[Glyph]) -> tuple[set[int], set[int]]:
    """Of characters on top of each other: which do not show by themselves, and which text objects OCR shall read.

    Ink under a hidden character may be another's: each of the two is left out alone, and what is not missed is hidden.
    Where both show, and are more than narrow marks set close, neither is sure.
    """
    left, top, right, bottom = _cells(asked, scene.page, scene.before.shape)
    depth = np.zeros(scene.before.shape, np.uint8)
    aslant = [i for i, glyph in enumerate(asked) if glyph.turn < 0]
    corners = zip(left.tolist(), top.tolist(), right.tolist(), bottom.tolist(), strict=True)
    inner = [
        (x0 + (dx := (x1 - x0 + 3) // 8), y0 + (dy := (y1 - y0 + 3) // 8), x1 - dx, y1 - dy)
        for x0, y0, x1, y1 in corners
    ]
    parts = _further_parts(asked)
    for index, (glyph, (x0, y0, x1, y1)) in enumerate(zip(asked, inner, strict=True)):
        if glyph.turn < 0 or index in parts:
            continue
        part = depth[y0:y1, x0:x1]
        np.add(part, part < _DEEPEST, out=part, casting="unsafe")
    shared = _sums((depth > 1).astype(np.uint8), left, top, right, bottom)
    size = np.maximum((right - left) * (bottom - top), 1)
    crowded = [i for i in np.flatnonzero(shared > _SHARED * size).tolist() if _is_letter(asked[i]) and i not in parts]
    if not crowded and not aslant:
        return set(), set()
    layers = (*_apart(crowded, inner, scene.before.shape, share=_SHARED), aslant)
    hidden: set[int] = set()
    for layer in layers:
        chosen = [asked[i] for i in layer]
        shows = _seen(scene.before, scene.without({g.paint for g in chosen}), chosen, scene.page) if chosen else []
        hidden |= {i for i, visible in zip(layer, shows, strict=True) if not visible}
    lower, upper = _apart([i for i in crowded if i not in hidden], inner, scene.before.shape, share=_MOSTLY)
    if not upper:
        return hidden, set()
    return hidden, {asked[i].paint for i in (*lower, *upper)}


def _apart(
    crowded: Sequence[int], inner: Sequence[tuple[int, int, int, int]], shape: tuple[int, ...], *, share: float
) -> tuple[list[int], list[int]]:
    """Two sets of characters: none of the first on another of the first, each of the second on one of the first."""
    taken = np.zeros(shape, bool)
    lower: list[int] = []
    upper: list[int] = []
    for index in crowded:
        x0, y0, x1, y1 = inner[index]
        part = taken[y0:y1, x0:x1]
        if part.size and part.mean() > share:
            upper.append(index)
        else:
            lower.append(index)
            part[:] = True
    return lower, upper


def _further_parts(asked: Sequence[Glyph]) -> frozenset[int]:
    """Second and later characters of ligatures and of marks such as ㈱: one print for several characters."""
    return frozenset(
        at
        for at, (last, glyph) in enumerate(pairwise(asked), 1)
        if glyph.paint == last.paint and glyph[1:5] == last[1:5] and not (glyph.text.isdigit() and last.text.isdigit())
    )


def _is_letter(glyph: Glyph) -> bool:
    """Marks such as 。） are set close on purpose; the boxes of letters that stand aslant overlap anyway."""
    return glyph.turn >= 0 and glyph.text.isalnum()
