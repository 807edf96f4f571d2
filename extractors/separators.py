"""Separator sheets: printed once and laid between documents, they part a stack wherever it is scanned."""

from __future__ import annotations

import io
from typing import Any

import cv2
import pikepdf

_CODE = "SHOKO:SPLIT"
_A4 = (595.28, 841.89)
_CODE_POINTS = 255.0
"""Side of the code, 9 cm: read from a fax at 100 dpi, upside down or askew."""
_MOST_SHEETS = 100
_cv: Any = cv2  # its stubs know no element types


def separator_sheets(count: int = 1) -> bytes:
    """A PDF of ``count`` (1 to 100) sheets with the QR code ``SHOKO:SPLIT`` and the same words under it.

    The code stands twice, so that a torn or stained half still parts. The same count gives the same bytes.
    """
    out = io.BytesIO()
    with pikepdf.new() as document:
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        fonts = pikepdf.Dictionary(F=document.make_indirect(font))
        for _ in range(max(1, min(count, _MOST_SHEETS))):
            document.add_blank_page(page_size=_A4)
            page = document.pages[-1]
            page.Contents = document.make_stream(_drawing().encode("ascii"))
            page.Resources = pikepdf.Dictionary(Font=fonts)
        document.save(out, deterministic_id=True)
    return out.getvalue()


def _drawing() -> str:
    left = (_A4[0] - _CODE_POINTS) / 2
    parts = ["0 g"]
    for bottom in (_A4[1] / 2 + 70, 120.0):
        parts += _squares(left, bottom)
        parts.append(f"BT /F 20 Tf {_A4[0] / 2 - 68:.2f} {bottom - 34:.2f} Td ({_CODE}) Tj ET")
    return "\n".join(parts)


def _squares(left: float, bottom: float) -> list[str]:
    code = _cv.QRCodeEncoder_create().encode(_CODE)
    side = _CODE_POINTS / code.shape[0]
    return [
        f"{left + column * side:.3f} {bottom + (code.shape[0] - 1 - row) * side:.3f} {side:.3f} {side:.3f} re f"
        for row in range(code.shape[0])
        for column in range(code.shape[1])
        if code[row, column] == 0
    ]
