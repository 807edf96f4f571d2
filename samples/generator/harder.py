"""More that happens to paper: borders, holes, stamps, marker, crumpled and curled sheets. Everything seeded.

Kept apart from the kinds of wear that the default sets use, so that the seeds of those keep their meaning.
"""

from __future__ import annotations

import base64
import io
import random
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from samples.generator.damage import Damage, Pixels, Random, _clip, _noise, _rotated, _smooth_field, fade, fax, scan
from samples.generator.seals import FONT, draw_seal

_cv: Any = cv2  # its stubs know no element types
_Field = npt.NDArray[np.float32]
_BLUE = (40, 60, 170)
_RED = (205, 40, 45)


def _text_boxes(pixels: Pixels) -> list[tuple[int, int, int, int]]:
    """Rows of print: left, top, width and height, the largest first."""
    ink = (pixels.min(axis=2) < 128).astype(np.uint8)
    unit = max(5, pixels.shape[1] // 60)
    joined = _cv.morphologyEx(ink, _cv.MORPH_CLOSE, np.ones((3, unit), np.uint8))
    _, _, stats, _ = _cv.connectedComponentsWithStats(joined, connectivity=8)
    rows = [(int(s[0]), int(s[1]), int(s[2]), int(s[3])) for s in stats[1:] if s[2] > 2 * s[3] and 6 < s[3] < unit * 3]
    return sorted(rows, key=lambda r: -r[2] * r[3])


def _pressed(pixels: Pixels, mark: Image.Image, left: int, top: int) -> Pixels:
    """A mark of ink with transparent ground laid on the page: ink on ink stays dark."""
    height, width = pixels.shape[:2]
    layer = Image.new("RGBA", (width, height), (255, 255, 255, 0))
    layer.paste(mark, (left, top), mark)
    values = np.asarray(layer).astype(np.float32)
    alpha = values[:, :, 3:] / 255
    ink = 255 - (255 - values[:, :, :3]) * alpha
    return _clip((pixels * (ink / 255)).astype(np.float32))


def _seal(rng: Random, side: int, colour: tuple[int, int, int]) -> Image.Image:
    uri = draw_seal(
        random.Random(int(rng.integers(1 << 30))), str(rng.choice(["大和田", "小林", "青葉商事", "中央製作所"]))
    )
    image = Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))).convert("RGBA")
    flat = Image.new("RGBA", image.size, (*colour, 0))
    flat.putalpha(image.getchannel("A"))
    return flat.resize((side, side), Image.Resampling.BICUBIC)


def _sealed(pixels: Pixels, rng: Random, colour: tuple[int, int, int]) -> Pixels:
    rows = _text_boxes(pixels)[:12]
    short = min(pixels.shape[:2])
    out = pixels
    for _ in range(2):
        left, top, width, height = rows[int(rng.integers(len(rows)))] if rows else (short // 3, short // 3, 40, 20)
        side = int(short * rng.uniform(0.07, 0.12))
        x = left + int(rng.uniform(0.0, max(width - side, 1)))
        out = _pressed(out, _seal(rng, side, colour), x, top + height // 2 - side // 2)
    return out


def red_seal(pixels: Pixels, rng: Random) -> Pixels:
    """Red seals pressed over print, amounts included."""
    return scan(_sealed(pixels, rng, _RED), rng)


def blue_seal(pixels: Pixels, rng: Random) -> Pixels:
    """Blue seals pressed over print."""
    return scan(_sealed(pixels, rng, _BLUE), rng)


def stamped_mark(rng: Random, width: int, text: str | None = None) -> tuple[Image.Image, str]:
    """A framed rubber stamp whose text says something: 領収済, PAID and the like; and what it says."""
    word = text or str(rng.choice(["領収済", "受領", "PAID", "支払済", "受付", "検収済"]))
    size = 120
    font = ImageFont.truetype(str(FONT), size)
    across = round(font.getlength(word)) + size
    image = Image.new("RGBA", (across, size * 2), (*_RED, 0))
    draw = ImageDraw.Draw(image)
    ink = (*(_RED if rng.random() < 0.6 else _BLUE), int(rng.uniform(170, 225)))
    draw.rounded_rectangle((6, 6, across - 6, size * 2 - 6), radius=18, outline=ink, width=9)
    draw.text((across / 2, size), word, font=font, fill=ink, anchor="mm")
    turned = image.rotate(float(rng.uniform(-6, 6)), resample=Image.Resampling.BICUBIC, expand=True)
    return turned.resize((width, round(width * turned.height / turned.width)), Image.Resampling.BICUBIC), word


def text_stamp(pixels: Pixels, rng: Random) -> Pixels:
    """Stamped 領収済 or the like, beside or over the print."""
    height, width = pixels.shape[:2]
    mark, _ = stamped_mark(rng, int(min(width, height) * rng.uniform(0.14, 0.2)))
    x = int(rng.uniform(0.08, 0.75) * (width - mark.width))
    return scan(_pressed(pixels, mark, x, int(rng.uniform(0.5, 0.9) * (height - mark.height))), rng)


def dark_border(pixels: Pixels, rng: Random) -> Pixels:
    """Scanned with a dark edge on some sides."""
    height, width = pixels.shape[:2]
    sides = rng.uniform(0, 0.05, 4) * (rng.random(4) < 0.7) * min(height, width)
    top, bottom, left, right = (int(v) for v in sides)
    grown = _cv.copyMakeBorder(
        _rotated(pixels, float(rng.uniform(-0.4, 0.4))),
        top,
        bottom,
        left,
        right,
        _cv.BORDER_CONSTANT,
        value=(22, 20, 24),
    )
    return _noise(grown, rng, 3.0)


def lid_open(pixels: Pixels, rng: Random) -> Pixels:
    """Scanned with the lid open: black all around, the page a little askew."""
    height, width = pixels.shape[:2]
    pad = int(0.14 * min(height, width))
    grown = _cv.copyMakeBorder(pixels, pad, pad, pad, pad, _cv.BORDER_CONSTANT, value=(18, 18, 20))
    size = (width + 2 * pad, height + 2 * pad)
    matrix = _cv.getRotationMatrix2D((size[0] / 2, size[1] / 2), float(rng.uniform(-4, 4)), 1.0)
    return _noise(_cv.warpAffine(grown, matrix, size, borderValue=(18, 18, 20)), rng, 3.0)


def holes(pixels: Pixels, rng: Random) -> Pixels:
    """Two punch holes at the left edge and a staple's shadow, scanned on a dark ground."""
    out = scan(pixels, rng)
    height, width = out.shape[:2]
    radius = max(6, round(width * 3 / 210))
    for share in (0.5 - 40 / 297, 0.5 + 40 / 297):
        at = (round(width * 11 / 210), int(height * share))
        _cv.circle(out, at, radius, (40, 38, 40), -1, _cv.LINE_AA)
    x, y = int(width * 0.05), int(height * 0.03)
    _cv.line(out, (x, y), (x + width // 18, y + height // 90), (120, 120, 125), max(2, width // 500), _cv.LINE_AA)
    return out


def highlighter(pixels: Pixels, rng: Random) -> Pixels:
    """Rows marked with a coloured pen."""
    out = pixels.astype(np.float32)
    colour = np.array(
        ((255, 245, 60), (120, 255, 130), (255, 150, 200), (110, 220, 255))[int(rng.integers(4))], np.float32
    )
    for left, top, width, height in _text_boxes(pixels)[: int(rng.integers(3, 7))]:
        part = out[
            max(0, top - height // 4) : top + height + height // 4, max(0, left - height) : left + width + height
        ]
        part *= colour / 255 * np.float32(rng.uniform(0.92, 1.0))
    return scan(_clip(out), rng)


def coloured(pixels: Pixels, rng: Random) -> Pixels:
    """Printed on coloured paper."""
    tone = np.array(
        ((250, 225, 150), (200, 235, 205), (250, 205, 215), (195, 220, 245))[int(rng.integers(4))], np.float32
    )
    return _noise(_rotated(_clip((pixels * (tone / 255)).astype(np.float32)), float(rng.uniform(-0.3, 0.3))), rng, 3.0)


def streak(pixels: Pixels, rng: Random) -> Pixels:
    """Dirt on the scanner's glass: thin lines from top to bottom."""
    out = scan(pixels, rng).astype(np.float32)
    for _ in range(int(rng.integers(2, 5))):
        x, wide = int(rng.uniform(0.1, 0.9) * out.shape[1]), int(rng.integers(1, 4))
        out[:, x : x + wide] *= np.float32(rng.uniform(0.35, 0.8))
    return _clip(out)


def carbon(pixels: Pixels, rng: Random) -> Pixels:
    """A carbon copy: pale violet print on tinted paper, a little smeared."""
    soft = _cv.GaussianBlur(pixels, (0, 0), 0.9).astype(np.float32)
    depth = (255 - soft.mean(axis=2, keepdims=True)) / 255 * np.float32(rng.uniform(0.3, 0.45))
    paper, ink = np.array((240, 228, 232), np.float32), np.array((70, 60, 140), np.float32)
    return _noise(_clip(paper + (ink - paper) * depth), rng, 4.0)


def crumple(pixels: Pixels, rng: Random) -> Pixels:
    """Crumpled and smoothed out again: facets of light, the print a little out of place."""
    height, width = pixels.shape[:2]
    cells = (max(4, height // 160), max(4, width // 160))
    move = [
        _cv.resize(rng.normal(0, 1, cells).astype(np.float32), (width, height), interpolation=_cv.INTER_CUBIC)
        for _ in (0, 1)
    ]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    reach = np.float32(min(width, height) * 0.0035)
    out: Pixels = _cv.remap(
        pixels, columns + reach * move[0], rows + reach * move[1], _cv.INTER_LINEAR, borderMode=_cv.BORDER_REPLICATE
    )
    slope = _cv.Sobel(move[1], _cv.CV_32F, 1, 1, ksize=5)
    light = 1 - 0.16 * np.clip(slope / (np.abs(slope).max() + 1e-6) * 3, -0.4, 1)
    lit: _Field = (out.astype(np.float32) * light[:, :, None]).astype(np.float32)
    return _noise(_clip(lit), rng, 3.0)


def fax_standard(pixels: Pixels, rng: Random) -> Pixels:
    """A fax in standard resolution: half the rows (204 by 98 to the inch), shown at full height."""
    height, width = pixels.shape[:2]
    half = fax(_cv.resize(pixels, (width, height // 2), interpolation=_cv.INTER_AREA), rng)
    out: Pixels = _cv.resize(half, (width, height // 2 * 2), interpolation=_cv.INTER_LINEAR)
    return out


def _desk(size: tuple[int, int], rng: Random) -> _Field:
    """What a page lies on: light, dark or patterned; ``size`` is width and height."""
    width, height = size
    kind = int(rng.integers(4))
    base = rng.uniform(25, 70, 3) if kind == 0 else rng.uniform(150, 205, 3) if kind == 1 else rng.uniform(80, 150, 3)
    ground = np.tile(base.astype(np.float32), (height, width, 1))
    if kind >= 2:  # wood: bands that waver
        rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
        waver = _cv.resize(rng.normal(0, 30, (6, 6)).astype(np.float32), size, interpolation=_cv.INTER_CUBIC)
        band = np.sin((rows if kind == 2 else columns) / np.float32(rng.uniform(6, 30)) + waver / 20)
        ground += (band * np.float32(rng.uniform(6, 22)))[:, :, None]
    return ground + rng.normal(0, 5, (height, width, 3)).astype(np.float32)


def _on_desk(pixels: Pixels, rng: Random, *, spread: float, out: float) -> Pixels:
    """Perspective; ``out`` is the share by which a corner may lie outside the picture."""
    height, width = pixels.shape[:2]
    pad_x, pad_y = int(width * 0.12) + 20, int(height * 0.08) + 20
    size = (width + 2 * pad_x, height + 2 * pad_y)
    start = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    shift = rng.uniform(-spread, spread, (4, 2)) * (width, min(height, width))
    target = start + np.array([pad_x, pad_y]) + shift
    if out:
        target += np.array((rng.choice((-1, 1)) * out * width, 0.0)) + np.array((0.0, rng.uniform(-out, 0) * width))
    angle = float(rng.uniform(-6, 6))
    middle = np.array(size) / 2
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    target = ((target - middle) * 0.96 @ np.array(((cos, sin), (-sin, cos))) + middle).astype(np.float32)
    matrix = _cv.getPerspectiveTransform(start, target)
    mask = _cv.warpPerspective(np.full((height, width), 255, np.uint8), matrix, size)
    alpha = _cv.GaussianBlur(mask, (0, 0), 1.0).astype(np.float32)[:, :, None] / 255
    fall = _cv.GaussianBlur(mask, (0, 0), 9.0).astype(np.float32)[:, :, None] / 255
    ground = _desk(size, rng) * (1 - 0.35 * fall)
    mixed = _cv.warpPerspective(pixels, matrix, size).astype(np.float32) * alpha + ground * (1 - alpha)
    lit = mixed * _smooth_field((size[1], size[0]), rng, 0.6, 1.05)
    return _noise(_cv.GaussianBlur(_clip(lit), (0, 0), 0.7), rng, 4.0)


def photo_desk(pixels: Pixels, rng: Random) -> Pixels:
    """A phone photo on a light, dark or wooden desk, at an angle."""
    return _on_desk(pixels, rng, spread=0.06, out=0.0)


def photo_cut(pixels: Pixels, rng: Random) -> Pixels:
    """A phone photo in which a margin of the page lies outside the picture."""
    return _on_desk(pixels, rng, spread=0.03, out=0.14)


def photo_curled(pixels: Pixels, rng: Random) -> Pixels:
    """A phone photo of paper that curls: rows bend, and light falls off along the bend."""
    height, width = pixels.shape[:2]
    rise = float(rng.uniform(0.015, 0.04)) * width * (1 if rng.random() < 0.5 else -1)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    bend = np.sin(columns / width * np.pi).astype(np.float32)
    out = _cv.remap(pixels, columns, rows + np.float32(rise) * bend, _cv.INTER_LINEAR, borderValue=(235, 235, 235))
    shaded = out.astype(np.float32) * (0.78 + 0.22 * bend)[:, :, None]
    return _on_desk(_clip(shaded), rng, spread=0.02, out=0.0)


def faded_photo(pixels: Pixels, rng: Random) -> Pixels:
    """A phone photo of thermal paper that fades."""
    return _on_desk(fade(pixels, rng), rng, spread=0.03, out=0.0)


HARDER: tuple[Damage, ...] = (
    Damage(name="red_seal", suffix=".jpg", dpi=200, apply=red_seal),
    Damage(name="blue_seal", suffix=".jpg", dpi=200, apply=blue_seal),
    Damage(name="text_stamp", suffix=".jpg", dpi=200, apply=text_stamp),
    Damage(name="dark_border", suffix=".jpg", dpi=200, apply=dark_border),
    Damage(name="lid_open", suffix=".jpg", dpi=200, apply=lid_open),
    Damage(name="holes", suffix=".jpg", dpi=200, apply=holes),
    Damage(name="highlighter", suffix=".jpg", dpi=200, apply=highlighter),
    Damage(name="coloured", suffix=".jpg", dpi=200, apply=coloured),
    Damage(name="streak", suffix=".jpg", dpi=200, apply=streak),
    Damage(name="carbon", suffix=".jpg", dpi=200, apply=carbon),
    Damage(name="crumple", suffix=".jpg", dpi=200, apply=crumple),
    Damage(name="fax_standard", suffix=".tif", dpi=200, apply=fax_standard),
    Damage(name="photo_desk", suffix=".jpg", dpi=240, apply=photo_desk, quality=(78, 88)),
    Damage(name="photo_cut", suffix=".jpg", dpi=240, apply=photo_cut, quality=(78, 88)),
    Damage(name="photo_curled", suffix=".jpg", dpi=240, apply=photo_curled, quality=(78, 88)),
    Damage(name="faded_photo", suffix=".jpg", dpi=240, apply=faded_photo, quality=(78, 88)),
)
HARDER_BY_NAME = {damage.name: damage for damage in HARDER}
