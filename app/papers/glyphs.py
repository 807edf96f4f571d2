"""Pictures of the characters of a Japanese font that is installed on this machine."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from domain.errors import ObjectMissing

FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf",
    "/usr/share/fonts/truetype/fonts-japanese-gothic.ttf",
    "/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf",
    "/usr/share/fonts/truetype/takao-gothic/TakaoGothic.ttf",
    "/usr/share/fonts/truetype/vlgothic/VL-Gothic-Regular.ttf",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
)
"""Where Debian, Fedora and Arch put gothic fonts; the first one that is there is taken (its first face is Japanese)."""
EM = 128
"""Pixels of the size of a character: at 9 points more than 1,000 per inch, finer than office printers."""
_HALF = 128
_LACKING = chr(0x10FFFF)
"""No font has it: what is drawn for it is what is drawn for every character that the font lacks."""
_GETA = "〓"


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyph:
    """One character as it is drawn, in pixels of which its size has ``EM``."""

    width: float
    """How far the next character stands."""
    left: int
    """Of the picture, from the point of the pen."""
    bottom: int
    """Of the picture, from the base line upwards."""
    columns: int
    rows: int
    bits: bytes
    """One bit for each pixel, the upper row first, rows filled up to whole bytes; 1 is ink."""


class Characters:
    """Characters of one font. Thread-safe."""

    def __init__(self, font: Path) -> None:
        """The font is opened here and stays open."""
        self._font = ImageFont.truetype(str(font), EM)
        self._ascent = self._font.getmetrics()[0]
        self._lock = threading.Lock()
        self._known: dict[str, Glyph] = {}

    def glyph(self, char: str) -> Glyph:
        """The picture of a character; one that the font lacks gets the geta mark."""
        with self._lock:
            found = self._known.get(char)
            if found is None:
                found = self._draw(char)
                if char != _LACKING and found.bits == self._draw(_LACKING).bits and found.bits:
                    found = self._draw(_GETA)
                self._known[char] = found
            return found

    def _draw(self, char: str) -> Glyph:
        left, top, right, bottom = (round(one) for one in self._font.getbbox(char))
        columns, rows = max(0, right - left), max(0, bottom - top)
        bits = b""
        if columns and rows:
            picture = Image.new("L", (columns, rows))
            ImageDraw.Draw(picture).text((-left, -top), char, fill=255, font=self._font)
            bits = picture.point([255 if value >= _HALF else 0 for value in range(256)], "1").tobytes()
        return Glyph(
            width=self._font.getlength(char),
            left=left,
            bottom=self._ascent - bottom,
            columns=columns,
            rows=rows,
            bits=bits,
        )


@lru_cache(maxsize=1)
def japanese_characters() -> Characters:
    """The first Japanese font that is installed.

    Raises:
        ObjectMissing: there is none.
    """
    found = next((path for name in FONTS if (path := Path(name)).is_file()), None)
    if found is None:
        raise ObjectMissing(
            "no Japanese font is installed",
            message_ja="PDFを作るための日本語フォントがこのサーバーにありません"
            "（Debianでは apt install fonts-noto-cjk）。画面の印刷とJSONは使えます",
        )
    return Characters(found)
