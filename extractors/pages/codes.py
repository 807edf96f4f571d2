"""QR codes on pages that carry little else: separator sheets between the documents of a stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2

if TYPE_CHECKING:
    from domain.page import PixelArray

FEW_LINES = 12
"""Lines of text up to which a page is looked at: a separator sheet has three, a page of a document more."""
_SIDE_PX = 1_400
"""Longest side at which codes are looked for: the code of a separator sheet, 9 cm wide on A4, then has 15 pixels per
module, and a page takes some 50 ms."""
_MOST_CODES = 8
_MOST_CHARACTERS = 200
_cv: Any = cv2  # its stubs know no element types


def read_codes(pixels: PixelArray) -> tuple[str, ...]:
    """What the QR codes on a page say, shortened; empty where there are none or none can be read."""
    grey = pixels if pixels.ndim == 2 else _cv.cvtColor(pixels, _cv.COLOR_RGB2GRAY)
    scale = min(1.0, _SIDE_PX / max(grey.shape[:2]))
    small = _cv.resize(grey, None, fx=scale, fy=scale, interpolation=_cv.INTER_AREA) if scale < 1 else grey
    try:
        _, texts, _, _ = _cv.QRCodeDetector().detectAndDecodeMulti(small)
    except _cv.error:
        return ()
    return tuple(text[:_MOST_CHARACTERS] for text in (texts or ())[:_MOST_CODES] if text)
