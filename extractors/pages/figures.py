"""Whether a font draws the figures that its text layer claims: a 7 that is mapped to 1 reads well and is wrong.

The outline that a font has for each figure is compared with those of the standard fonts, which every PDF program has.
It takes a millisecond per font and no look at the page; what it doubts is settled by OCR.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

if TYPE_CHECKING:
    import numpy.typing as npt

FIGURES = "0123456789"
_STANDARD = ("Helvetica", "Times-Roman", "Courier", "Helvetica-Bold", "Times-Bold")
_SIDE = 32
_EM = 100.0
_SURE, _MARGIN = 0.7, 0.08
"""A figure is in doubt where another one is this much alike, and by so much more than the claimed one. Over 73 fonts of
generated and public PDFs the right figure was the most alike but for six italics, by 0.04 at most."""
_MOST_FONTS = 20
_MOST_SEGMENTS = 400


def in_doubt(fonts: Iterable[tuple[Any, frozenset[str]]]) -> bool:
    """True where a font draws a figure that looks like another one.

    Args:
        fonts: PDFium's fonts with the figures that the page shows in them. The caller holds PDFium.
    """
    known, names = _references()
    for count, (font, figures) in enumerate(fonts):
        if count >= _MOST_FONTS:
            break
        for figure in figures:
            shape = _shape(font, figure)
            if shape is None:
                continue
            alike = known @ shape
            own = float(alike[names == figure].max())
            best = float(alike.max())
            if best >= _SURE and best > own + _MARGIN:
                return True
    return False


@lru_cache(maxsize=1)
def _references() -> tuple[npt.NDArray[np.float32], npt.NDArray[np.str_]]:
    """Figures of the standard fonts as rows, and which figure each row is."""
    document = pdfium.PdfDocument.new()
    try:
        rows, names = [], []
        for name in _STANDARD:
            font = pdfium_c.FPDFText_LoadStandardFont(document.raw, name.encode("ascii"))
            for figure in FIGURES:
                shape = _shape(font, figure)
                if shape is not None:
                    rows.append(shape)
                    names.append(figure)
            pdfium_c.FPDFFont_Close(font)
    finally:
        document.close()
    return np.array(rows, np.float32), np.array(names)


def _shape(font: Any, figure: str) -> npt.NDArray[np.float32] | None:
    """The figure as this font draws it, in one size, with length one; None where the font has no outlines."""
    outlines = list(_outlines(font, figure))
    if not outlines:
        return None
    every = np.array([point for outline in outlines for point in outline])
    low, high = every.min(axis=0), every.max(axis=0)
    wide, tall = (float(v) for v in high - low)
    if not (wide > 0 and tall > 0 and wide + tall < _EM * _EM):
        return None
    scale = (_SIDE - 2) / max(tall, wide) * 16
    shift = (8 * _SIDE - wide * scale / 2 - low[0] * scale, 8 * _SIDE + tall * scale / 2 + low[1] * scale)
    placed = np.round(every * (scale, -scale) + shift).astype(np.int32)
    ends = np.cumsum([len(outline) for outline in outlines])[:-1]
    picture = np.zeros((_SIDE, _SIDE), np.uint8)
    cv2.fillPoly(picture, np.split(placed, ends), 255, shift=4)
    soft = cv2.GaussianBlur(picture, (5, 5), 0).astype(np.float32)
    soft -= soft.mean()
    length = float(np.linalg.norm(soft))
    return (soft / length).astype(np.float32).ravel() if length else None


def _outlines(font: Any, figure: str) -> Iterator[list[tuple[float, float]]]:
    path = pdfium_c.FPDFFont_GetGlyphPath(font, ord(figure), _EM)
    if not path:
        return
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float]] = []
    bends: list[tuple[float, float]] = []
    for index in range(min(pdfium_c.FPDFGlyphPath_CountGlyphSegments(path), _MOST_SEGMENTS)):
        segment = pdfium_c.FPDFGlyphPath_GetGlyphPathSegment(path, index)
        kind = pdfium_c.FPDFPathSegment_GetType(segment)
        pdfium_c.FPDFPathSegment_GetPoint(segment, x, y)
        point = (x.value, y.value)
        if kind == pdfium_c.FPDF_SEGMENT_BEZIERTO and points:
            bends.append(point)
            if len(bends) == 3:
                points += _curve(points[-1], *bends)
                bends = []
            continue
        if kind == pdfium_c.FPDF_SEGMENT_MOVETO:
            if len(points) > 2:
                yield points
            points = []
        points.append(point)
    if len(points) > 2:
        yield points


_Point = tuple[float, float]
_CURVE = tuple(((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3) for t in (1 / 3, 2 / 3, 1.0))
"""Weights of start, bends and end at three places of a curve."""


def _curve(start: _Point, one: _Point, two: _Point, end: _Point) -> list[_Point]:
    return [
        (a * start[0] + b * one[0] + c * two[0] + d * end[0], a * start[1] + b * one[1] + c * two[1] + d * end[1])
        for a, b, c, d in _CURVE
    ]
