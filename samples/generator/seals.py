"""Seals and revenue stamps, drawn as pictures."""

from __future__ import annotations

import base64
import io
import math
import random
import re
from collections.abc import Mapping
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONT = Path("/usr/share/fonts/opentype/ipaexfont-mincho/ipaexm.ttf")
_SIZE = 240
_STAMP_HEADS = ("受領", "受付", "経理部")
_STAMP_FEET = ("灯台", "うみ", "総務")
_INKS = ((200, 30, 40), (215, 45, 30), (180, 25, 60), (40, 60, 170))


def _data_uri(image: Image.Image) -> str:
    out = io.BytesIO()
    image.save(out, format="PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def draw_seal(rng: random.Random, text: str) -> str:
    """A square company seal or a round personal one, as a data URI with transparent ground."""
    square = rng.random() < 0.7
    ink = rng.choices(_INKS, weights=(5, 4, 3, 1))[0]
    glyphs = _seal_glyphs(text, square=square)
    image = Image.new("RGBA", (_SIZE, _SIZE), (*ink, 0))
    draw = ImageDraw.Draw(image)
    shape = draw.rounded_rectangle if square else draw.ellipse
    shape((8, 8, _SIZE - 8, _SIZE - 8), outline=(*ink, 255), width=9)
    columns = math.ceil(math.sqrt(len(glyphs))) if square else 1
    per_column = math.ceil(len(glyphs) / columns)
    cell = (_SIZE - 36) / max(columns, per_column)
    font = ImageFont.truetype(str(FONT), int(cell * 0.95))
    for index, glyph in enumerate(glyphs):
        column, row = divmod(index, per_column)
        x = _SIZE / 2 + (columns / 2 - column - 0.5) * cell
        y = _SIZE / 2 + (row + 0.5 - per_column / 2) * cell
        draw.text((x, y), glyph, font=font, fill=(*ink, 255), anchor="mm")
    alpha = image.getchannel("A")
    strength = rng.uniform(0.5, 0.85)
    image.putalpha(alpha.point(lambda value: int(value * strength)))
    return _data_uri(image.rotate(rng.uniform(-9, 9), resample=Image.Resampling.BICUBIC))


def _seal_glyphs(text: str, *, square: bool) -> str:
    short = re.sub(r"[\s()()㈱]|株式会社|有限会社|合同会社", "", text) or text
    return (short[:7] + "之印")[:9] if square else short[:2]


def characters_drawn(view: Mapping[str, object]) -> str:
    """Every character that the seals and stamps of a document may show; which words a day stamp has is left open."""
    out = []
    if view.get("seal"):
        out.append(_seal_glyphs(str(view["seal_text"]), square=True))
    if view.get("seal_text_2"):
        out.append(_seal_glyphs(str(view["seal_text_2"]), square=True))
    if view.get("stamp"):
        out.append(f"収入印紙{view['stamp']}日本政府")
    if view.get("day_stamp"):
        out.append("".join(_STAMP_HEADS) + str(view["day_stamp"]) + "".join(_STAMP_FEET))
    return "\n".join(out)


def draw_stamp(rng: random.Random, worth: str) -> str:
    """A revenue stamp with its face value and a cancelling mark."""
    image = Image.new("RGB", (200, 250), rng.choice(((226, 238, 226), (236, 228, 240), (230, 236, 246))))
    draw = ImageDraw.Draw(image)
    dark = (40, 90, 70)
    draw.rectangle((6, 6, 193, 243), outline=dark, width=4)
    draw.text((100, 60), "収入印紙", font=ImageFont.truetype(str(FONT), 38), fill=dark, anchor="mm")
    draw.text((100, 150), worth, font=ImageFont.truetype(str(FONT), 46), fill=dark, anchor="mm")
    draw.text((100, 215), "日本政府", font=ImageFont.truetype(str(FONT), 26), fill=dark, anchor="mm")
    x, y = rng.randrange(110, 170), rng.randrange(170, 220)
    draw.ellipse((x - 60, y - 60, x + 60, y + 60), outline=(205, 40, 50), width=6)
    return _data_uri(image)


def draw_day_stamp(rng: random.Random, day: str) -> str:
    """A round stamp with the day of receipt."""
    ink = rng.choice(((190, 40, 50), (50, 60, 160), (60, 60, 70)))
    image = Image.new("RGBA", (_SIZE, _SIZE), (*ink, 0))
    draw = ImageDraw.Draw(image)
    draw.ellipse((8, 8, _SIZE - 8, _SIZE - 8), outline=(*ink, 230), width=5)
    for y in (92, 150):
        draw.line((16, y, _SIZE - 16, y), fill=(*ink, 230), width=4)
    words = (
        (54, rng.choice(_STAMP_HEADS), 40),
        (121, day, 42),
        (184, rng.choice(_STAMP_FEET), 40),
    )
    for y, text, size in words:
        font = ImageFont.truetype(str(FONT), size)
        draw.text((_SIZE / 2, y), text, font=font, fill=(*ink, 230), anchor="mm")
    return _data_uri(image.rotate(rng.uniform(-14, 14), resample=Image.Resampling.BICUBIC))
