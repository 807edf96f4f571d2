"""Pictures of single lines, drawn and worn as scans, faxes and photos of business paper are. Seeded.

The fonts are those of the development layouts and a few more that Debian packages; none of the held-back half.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from samples.generator import damage
from samples.generator.damage import Pixels
from samples.training.words import make_text

FONTS: tuple[tuple[str, int], ...] = (
    ("NotoSansCJK-Regular.ttc", 6),
    ("NotoSansCJK-Medium.ttc", 2),
    ("NotoSansCJK-Bold.ttc", 4),
    ("NotoSansCJK-DemiLight.ttc", 1),
    ("NotoSansCJK-Light.ttc", 1),
    ("ipag.ttf", 4),
    ("ipagp.ttf", 4),
    ("ipam.ttf", 5),
    ("ipamp.ttf", 5),
    ("BIZUDGothic-Regular.ttf", 4),
    ("BIZUDPGothic-Regular.ttf", 3),
    ("BIZUDGothic-Bold.ttf", 2),
    ("BIZUDPGothic-Bold.ttf", 2),
    ("BIZUDMincho-Regular.ttf", 4),
    ("BIZUDPMincho-Regular.ttf", 4),
    ("MTLc3m.ttf", 3),
    ("MTLmr3m.ttf", 2),
    ("ume-tgo4.ttf", 2),
    ("ume-pgo5.ttf", 2),
    ("ume-tms3.ttf", 3),
    ("ume-pmo3.ttf", 3),
    ("KleeOne-Regular.ttf", 1),
)
"""File names and how often each is drawn with: gothic and mincho about equally, the common ones more often."""
LATIN_FONTS = (
    "LiberationSans-Regular.ttf",
    "LiberationSans-Bold.ttf",
    "LiberationSerif-Regular.ttf",
    "LiberationMono-Regular.ttf",
    "DejaVuSans.ttf",
    "DejaVuSans-Bold.ttf",
    "DejaVuSerif.ttf",
)
NOTHING = 0.08
"""Share of pictures that hold nothing to read: without them ink of seals and of the other side is read as text."""
_cv: Any = cv2  # its stubs know no element types
_Level = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingLine:
    """A picture of a line and what it says."""

    text: str
    """Empty where there is nothing to read."""
    pixels: Pixels


class Typesetter:
    """Draws lines with the fonts below some folders.

    Args:
        folders: where fonts are looked for.

    Raises:
        FileNotFoundError: a font is missing.
    """

    def __init__(self, *folders: Path) -> None:
        found = {path.name: path for folder in folders for path in sorted(folder.rglob("*.[to]t[fc]"))}
        missing = [name for name in (*(name for name, _ in FONTS), *LATIN_FONTS) if name not in found]
        if missing:
            msg = f"fonts missing below {', '.join(map(str, folders))}: {', '.join(missing)}"
            raise FileNotFoundError(msg)
        self._paths = found

    def line(self, seed: int) -> TrainingLine:
        """The line of a seed."""
        rng = random.Random(f"line {seed}")
        noise = np.random.default_rng(seed)
        if rng.random() < NOTHING:
            return TrainingLine(text="", pixels=self._nothing(rng, noise))
        while True:
            text = make_text(rng)
            paper = self._set(text, rng)
            if paper is not None:
                return TrainingLine(text=text, pixels=_worn(paper, rng, noise))

    def _font_for(self, text: str, rng: random.Random) -> str | None:
        for _ in range(8):
            name = rng.choices([name for name, _ in FONTS], [weight for _, weight in FONTS])[0]
            if all(c == " " or ord(c) in _covered(self._paths[name]) for c in text):
                return name
        return None

    def _set(self, text: str, rng: random.Random) -> _Level | None:
        """Black on white, 0 to 1, with the margins that detection leaves; None where it cannot be set."""
        name = self._font_for(text, rng)
        if name is None:
            return None
        size = int(min(70, max(15, np.exp(rng.gauss(float(np.log(31)), 0.35)))))
        font = _font(self._paths[name], size)
        latin = _font(self._paths[rng.choice(LATIN_FONTS)], size) if rng.random() < 0.18 else font
        above, below = rng.uniform(0.08, 0.36), rng.uniform(0.08, 0.36)
        before, behind = rng.uniform(0.05, 0.5), rng.uniform(0.05, 0.5)
        spacing = 0.0 if rng.random() < 0.8 else rng.uniform(0, 0.25) * size
        x = before * size
        places = []
        for character in text:
            chosen = latin if character.isascii() else font
            places.append((x, character, chosen))
            width = size * rng.choice((0.25, 0.33, 0.5, 1.0)) if character == " " else chosen.getlength(character)
            x += width + spacing
        wide = int(x + behind * size)
        if not 8 <= wide <= 2600:
            return None
        _, top, _, bottom = font.getbbox("国あ")
        image = Image.new("L", (wide, int(bottom - top + (above + below) * size)), 255)
        drawing = ImageDraw.Draw(image)
        base = int(above * size - top) + font.getmetrics()[0]
        stroke = 1 if rng.random() < 0.06 and size > 24 else 0
        for left, character, chosen in places:
            if character != " ":
                drawing.text((left, base), character, font=chosen, fill=0, anchor="ls", stroke_width=stroke)
        level = np.asarray(image, np.float32) / np.float32(255)
        return 1 - level if rng.random() < 0.03 else level

    def _nothing(self, rng: random.Random, noise: damage.Random) -> Pixels:
        """Print that shows through from the other side, rims of seals, rules, dirt."""
        size = int(rng.uniform(24, 48))
        high, wide = int(size * 1.5), int(size * rng.uniform(2, 12))
        pixels = np.full((high, wide, 3), 255, np.uint8)
        kind = rng.random()
        if kind < 0.65:
            pixels = self._shown_through(rng, size)
        elif kind < 0.8:
            _draw_seal(pixels, rng, (2, 6))
        elif kind < 0.9:
            for _ in range(rng.randrange(1, 4)):
                y = rng.randrange(high)
                ink = (rng.randrange(120),) * 3
                _cv.line(pixels, (0, y), (wide, y + rng.randrange(-2, 3)), ink, rng.randrange(1, 4))
        pixels = damage._noise(pixels, noise, rng.choice((2.0, 4.0, 14.0)))  # noqa: SLF001  # its own family
        return damage.light(pixels, noise) if kind < 0.65 and rng.random() < 0.4 else pixels

    def _shown_through(self, rng: random.Random, size: int) -> Pixels:
        while True:
            text = make_text(rng)
            name = self._font_for(text, rng)
            if name is not None and len(text) > 2:
                break
        font = _font(self._paths[name], size)
        image = Image.new("L", (int(font.getbbox(text)[2] + size * 0.4), int(size * 1.5)), 255)
        ImageDraw.Draw(image).text((size * 0.2, size * 0.2), text, font=font, fill=rng.randrange(0, 60))
        mirrored = _cv.GaussianBlur(np.asarray(image)[:, ::-1], (0, 0), rng.uniform(1.0, 1.9)).astype(np.float32)
        pale = np.clip(255 - (255 - mirrored) * rng.uniform(0.1, 0.32), 0, 255).astype(np.uint8)
        if rng.random() < 0.3:
            pale = np.roll(pale, rng.randrange(-size // 2, size // 2), 0)
        return np.repeat(pale[:, :, None], 3, axis=2)


@lru_cache(maxsize=64)
def _covered(path: Path) -> frozenset[int]:
    from fontTools.ttLib import TTFont  # noqa: PLC0415  # only for training

    return frozenset(TTFont(path, fontNumber=0, lazy=True).getBestCmap())


@lru_cache(maxsize=512)
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


def _draw_seal(pixels: npt.NDArray[Any], rng: random.Random, thickness: tuple[int, int]) -> None:
    high, wide = pixels.shape[:2]
    red = (rng.randrange(170, 235), rng.randrange(20, 90), rng.randrange(20, 90))
    blue = (rng.randrange(20, 90), rng.randrange(40, 110), rng.randrange(140, 220))
    ink = red if rng.random() < 0.8 else blue
    for _ in range(rng.randrange(1, 4)):
        middle = (rng.randrange(wide), rng.randrange(-high, 2 * high))
        axes = (rng.randrange(high // 2, 3 * high), rng.randrange(high // 2, 3 * high))
        _cv.ellipse(pixels, middle, axes, rng.randrange(180), 0, 360, ink, rng.randrange(*thickness))


def _worn(level: _Level, rng: random.Random, noise: damage.Random) -> Pixels:
    """Ink and paper of some colour, rules and seals beside and over the text, and one kind of wear."""
    ink = np.full(3, rng.randrange(0, 70), np.float32)
    if rng.random() < 0.2:
        ink = noise.uniform(0, 130, 3).astype(np.float32)
    paper = (255 * noise.uniform(0.95, 1, 3)).astype(np.float32)
    if rng.random() < 0.15:
        paper = noise.uniform(190, 250, 3).astype(np.float32)
    picture = (ink + (paper - ink) * level[:, :, None]).astype(np.float32)
    _draw_rule(picture, rng)
    if rng.random() < 0.07:
        over = np.full_like(picture, 255)
        _draw_seal(over, rng, (2, 7))
        picture = np.minimum(picture, over) if rng.random() < 0.5 else (picture * over / 255).astype(np.float32)
    pixels = np.clip(picture, 0, 255).astype(np.uint8)
    if rng.random() < 0.35:
        pixels = _tilted(pixels, rng)
    pixels = _damaged(pixels, rng, noise)
    if rng.random() < 0.5:
        _, packed = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, rng.randrange(25, 93)])
        pixels = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    return pixels


def _draw_rule(picture: npt.NDArray[np.float32], rng: random.Random) -> None:
    high, wide = picture.shape[:2]
    ink = (rng.randrange(150),) * 3
    at = rng.randrange(0, 3)
    kind = rng.random()
    if kind < 0.06:
        _cv.line(picture, (0, high - 1 - at), (wide, high - 1 - at), ink, rng.randrange(1, 3))
    elif kind < 0.10:
        _cv.line(picture, (0, at), (wide, at), ink, 1)
    elif kind < 0.13:
        _cv.line(picture, (at, 0), (at, high), ink, 1)


def _tilted(pixels: Pixels, rng: random.Random) -> Pixels:
    high, wide = pixels.shape[:2]
    matrix = _cv.getRotationMatrix2D((wide / 2, high / 2), max(-1.2, min(1.2, rng.gauss(0, 0.5))), 1)
    matrix[0, 1] += rng.gauss(0, 0.03)
    out: Pixels = _cv.warpAffine(pixels, matrix, (wide, high), borderMode=_cv.BORDER_REPLICATE)
    return out


def _damaged(pixels: Pixels, rng: random.Random, noise: damage.Random) -> Pixels:
    """One kind of wear, shares as in the mix of damages on pages."""
    high, wide = pixels.shape[:2]
    kind = rng.random()
    if kind < 0.22:
        return damage._noise(pixels, noise, 2.0)  # noqa: SLF001  # its own family
    if kind < 0.32:
        return damage.noise(pixels, noise)
    if kind < 0.46:
        blurred = _cv.GaussianBlur(pixels, (0, 0), rng.uniform(0.4, 1.0 if high < 34 else 1.6))
        return damage._noise(blurred, noise, 3)  # noqa: SLF001  # its own family
    for share, wear in ((0.54, damage.light), (0.64, damage.fade), (0.70, damage.bleed), (0.83, damage.fax)):
        if kind < share:
            return wear(pixels, noise)
    if kind < 0.88:
        scale = rng.uniform(0.45, 0.8)
        small = _cv.resize(pixels, None, fx=scale, fy=scale, interpolation=_cv.INTER_AREA)
        coarse: Pixels = _cv.resize(small, (wide, high))
        return coarse
    if kind < 0.93:
        return damage._noise(_cv.GaussianBlur(pixels, (0, 0), 0.7), noise, 4)  # noqa: SLF001  # its own family
    return pixels
