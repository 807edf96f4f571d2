"""What a page shows beside the text that was taken from its layer: pictures, rules, and ink that looks like letters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pypdfium2.raw as pdfium_c

from domain.geometry import Box, union
from extractors.ocr.rules import find_rules
from extractors.pages.glyphs import to_pixels

if TYPE_CHECKING:
    from domain.page import Page, PixelArray
    from extractors.pages.glyphs import Glyph

_MIN_LETTERS = 5
"""Shapes of the size of letters in a row that are worth reading: the rows of a seal have three, an amount has more."""
_MOST_SHAPES = 400
_LETTER_PX = (3, 40)
"""Heights of letters at the small size."""
_REACH_PX = (9, 3)
"""Letters this close (across, along) at the small size belong together."""
_STAMP_MM = 35.0
"""Sizes of office stamps end at 30 mm; the margin around what was found is the rest."""
_REVENUE_WIDE_MM, _REVENUE_TALL, _REVENUE_FILLED = (12.0, 30.0), (1.1, 1.6), 0.8
"""A revenue stamp is 17 to 27 mm wide, upright and printed all over; seals and day stamps are mostly paper."""
_PAPER = 247
"""Grey from which a pixel of the ground of a stamp counts as unprinted."""
_COLOURED = 48
"""Levels between the strongest and the weakest colour of ink that is not black."""
_SEAL_PX, _SEAL_RATIO = 85, 1.8
"""A block up to 30 mm high and wide, about square, is a seal or a mark, which says nothing that the page does not."""
_MARGIN_PX = 5
_MOST_REGIONS = 4
"""More regions than this are read in one go with what lies between them."""
_MAX_OBJECTS = 20_000
_MOST_NESTED = 3
_WHITE = 235
_FAINT = 16
"""Levels below white from which something is ink."""
_CAPTION = 20
"""A picture with more characters of the text layer on it than this is a background."""


def pictures_of(pdf_page: Any, page: Page) -> tuple[Box, ...]:
    """Where pictures lie, those inside forms too."""
    out: list[Box] = []
    left = [_MAX_OBJECTS]
    raw = pdf_page.raw
    count = pdfium_c.FPDFPage_CountObjects(raw)
    for corners in _images(count, partial(pdfium_c.FPDFPage_GetObject, raw), to_pixels(pdf_page, page), left, 0):
        xs, ys = sorted(c[0] for c in corners), sorted(c[1] for c in corners)
        box = Box(left=round(xs[0]), top=round(ys[0]), right=round(xs[-1]), bottom=round(ys[-1]))
        out.append(box.clipped(width_px=page.width_px, height_px=page.height_px))
    return tuple(out)


def _images(
    count: int, get: Callable[[int], Any], move: tuple[float, ...], left: list[int], depth: int
) -> Iterator[list[tuple[float, float]]]:
    """Corners in pixels of every picture among ``count`` objects, as long as ``left`` objects may be looked at."""
    for index in range(count):
        left[0] -= 1
        if left[0] < 0:
            return
        item = get(index)
        kind = pdfium_c.FPDFPageObj_GetType(item)
        if kind not in {pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_FORM}:
            continue
        matrix = pdfium_c.FS_MATRIX()
        pdfium_c.FPDFPageObj_GetMatrix(item, matrix)
        placed = _then((matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f), move)
        if kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:  # the unit square
            a, b, c, d, e, f = placed
            yield [(e, f), (a + e, b + f), (c + e, d + f), (a + c + e, b + d + f)]
        elif depth < _MOST_NESTED:
            inner = pdfium_c.FPDFFormObj_CountObjects(item)
            yield from _images(inner, partial(pdfium_c.FPDFFormObj_GetObject, item), placed, left, depth + 1)


def _then(first: tuple[float, ...], after: tuple[float, ...]) -> tuple[float, ...]:
    a, b, c, d, e, f = first
    p, q, r, s, x, y = after
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + x, e * q + f * s + y)


def has_text(picture: Box, asked: Sequence[Glyph], *, least: int = _CAPTION) -> bool:
    """Whether more than ``least`` of these characters stand on a picture."""
    inside = sum(
        picture.left <= (g.left + g.right) / 2 <= picture.right
        and picture.top <= (g.top + g.bottom) / 2 <= picture.bottom
        for g in asked
    )
    return inside > least


def is_revenue_stamp(after: PixelArray, picture: Box, page: Page) -> bool:
    """Whether a picture has the size, shape and printed ground of a revenue stamp: what it is worth is read by OCR."""
    low, high = (mm / 25.4 * page.dpi for mm in _REVENUE_WIDE_MM)
    upright, tallest = (ratio * picture.width for ratio in _REVENUE_TALL)
    if not (low <= picture.width <= high and upright <= picture.height <= tallest):
        return False
    part = _part(after, picture, after.shape[1] / page.width_px, after.shape[0] / page.height_px)
    return part.size > 0 and float((part < _PAPER).mean()) > _REVENUE_FILLED


def unread_parts(after: PixelArray, page: Page, pictures: Sequence[Box], others: Sequence[Glyph]) -> tuple[Box, ...]:
    """Where letter-like shapes stand together, joined to at most a few regions."""
    height, width = after.shape
    places = np.zeros((height, width), np.uint8)
    sx, sy = width / page.width_px, height / page.height_px
    letters = _letters(after)
    for left, top, wide, high in letters:
        places[top : top + high, left : left + wide] = 255
    for glyph in others:
        places[int(glyph.top * sy) : int(glyph.bottom * sy) + 1, int(glyph.left * sx) : int(glyph.right * sx) + 1] = 255
    if not letters and not others and not pictures:
        return ()
    across, along = _REACH_PX
    joined = cv2.dilate(places, np.ones((2 * along + 1, 2 * across + 1), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    members: dict[int, list[tuple[int, int, int, int]]] = {}
    for left, top, wide, high in letters:
        members.setdefault(int(labels[top + high // 2, left + wide // 2]), []).append((left, top, wide, high))
    wanted = {label for label, shapes in members.items() if _has_row(shapes)}
    doubtful: set[int] = set()
    for glyph in others:
        x = min(max(int((glyph.left + glyph.right) / 2 * sx), 0), width - 1)
        y = min(max(int((glyph.top + glyph.bottom) / 2 * sy), 0), height - 1)
        doubtful.add(int(labels[y, x]))
    out = [box for box in pictures if not _is_white(after, box, sx, sy)]
    for label in (wanted | doubtful) - {0}:
        left, top, wide, high = (int(v) for v in stats[label, :4])
        if label not in doubtful and max(wide, high) <= min(_SEAL_PX, _SEAL_RATIO * min(wide, high)):
            continue
        box = Box(
            left=round((left - _MARGIN_PX) / sx),
            top=round((top - _MARGIN_PX) / sy),
            right=round((left + wide + _MARGIN_PX) / sx),
            bottom=round((top + high + _MARGIN_PX) / sy),
        )
        out.append(box.clipped(width_px=page.width_px, height_px=page.height_px))
    return _merged(out)


def _has_row(shapes: list[tuple[int, int, int, int]]) -> bool:
    """Enough shapes of one height stand side by side; the few characters of a seal do not."""
    if len(shapes) < _MIN_LETTERS:
        return False
    table = np.array(shapes[:_MOST_SHAPES], dtype=np.float64)
    height, middle = table[:, 3], table[:, 1] + table[:, 3] / 2
    taller = np.maximum(height[:, None], height[None, :])
    level = np.abs(middle[:, None] - middle[None, :]) < taller / 2
    alike = np.minimum(height[:, None], height[None, :]) >= taller / 2
    return int((level & alike).sum(axis=1).max()) >= _MIN_LETTERS


def _is_white(after: PixelArray, box: Box, sx: float, sy: float) -> bool:
    part = _part(after, box, sx, sy)
    return part.size == 0 or int(part.min()) >= _WHITE


def _part(after: PixelArray, box: Box, sx: float, sy: float) -> PixelArray:
    return after[int(box.top * sy) : int(box.bottom * sy), int(box.left * sx) : int(box.right * sx)]


def _letters(after: PixelArray) -> list[tuple[int, int, int, int]]:
    """Left, top, width, height of dark shapes as large as letters."""
    if int(after.min()) >= _WHITE:
        return []
    ink = cv2.adaptiveThreshold(after, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 20)
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    low, high = _LETTER_PX
    out = []
    for left, top, wide, tall, area in stats[1:count].tolist():
        if low <= tall <= high and 1 <= wide <= 2 * high and wide <= 3 * tall and area >= tall:
            out.append((left, top, wide, tall))
    return out


def _merged(boxes: list[Box]) -> tuple[Box, ...]:
    """Boxes that do not overlap; one around all where they are many."""
    out: list[Box] = []
    for box in sorted(boxes, key=lambda b: (b.top, b.left)):
        current = box
        overlapping = [o for o in out if _overlap(o, current)]
        while overlapping:
            out = [o for o in out if o not in overlapping]
            current = union((current, *overlapping))
            overlapping = [o for o in out if _overlap(o, current)]
        out.append(current)
    if len(out) > _MOST_REGIONS:
        return (union(tuple(out)),)
    return tuple(out)


def _overlap(one: Box, other: Box) -> bool:
    return one.left < other.right and other.left < one.right and one.top < other.bottom and other.top < one.bottom


def without_stamps(
    pdf_page: Any,
    page: Page,
    scale: float,
    unread: tuple[Box, ...],
    others: Sequence[Glyph],
    *,
    but: Sequence[Box] = (),
) -> tuple[Box, ...]:
    """Leaves out small parts in red or blue: seals and day stamps, put on by an office, not by who wrote the page.

    ``but``: pictures that are read whatever their colour.
    """
    most = _STAMP_MM / 25.4 * page.dpi
    small = [
        box
        for box in unread
        if max(box.width, box.height) <= most
        and not has_text(box, others, least=0)
        and not any(_overlap(box, picture) for picture in but)
    ]
    if not small:
        return unread
    bitmap = pdf_page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False)
    try:
        colours = np.array(bitmap.to_numpy()[:, :, :3], dtype=np.int16, copy=True)
    finally:
        bitmap.close()
    sx, sy = colours.shape[1] / page.width_px, colours.shape[0] / page.height_px
    stamps = set()
    for box in small:
        part = colours[int(box.top * sy) : int(box.bottom * sy) + 1, int(box.left * sx) : int(box.right * sx) + 1]
        ink = part[part.min(axis=2) < _WHITE - _FAINT]
        if len(ink) and (np.ptp(ink, axis=1) > _COLOURED).mean() > 0.5:
            stamps.add(box)
    return tuple(box for box in unread if box not in stamps)


def rules_of(after: PixelArray, page: Page) -> tuple[Box, ...]:
    """Ruled lines of a small picture of the page, in pixels of the page."""
    if int(after.min()) >= _WHITE:
        return ()
    sx, sy = page.width_px / after.shape[1], page.height_px / after.shape[0]
    return tuple(
        Box(left=round(r.left * sx), top=round(r.top * sy), right=round(r.right * sx), bottom=round(r.bottom * sy))
        for r in find_rules(after)
    )
