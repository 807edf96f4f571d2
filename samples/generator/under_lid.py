"""What a scanner sees around papers: its lid, shadows along edges, soft outlines; and the file it writes."""

from __future__ import annotations

import io
import math
from typing import Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from samples.generator.damage import Pixels

_cv: Any = cv2  # its stubs know no element types
Points: TypeAlias = npt.NDArray[np.float64]
"""Corners × 2."""
MM_PER_INCH = 25.4
LIDS = ("white", "dark", "mat", "grey")
"""What lies behind the paper: a white lid (only edges and shadows show), an open or black one, a coloured mat."""
_LID_TONES = {"white": ((246, 255), (0, 3)), "grey": ((150, 205), (0, 6)), "dark": ((12, 60), (0, 8))}
"""Range of brightness and of the difference between channels."""


def ground(lid: str, size: tuple[float, float], dpi: int, noise: np.random.Generator) -> npt.NDArray[np.float32]:
    """The lid alone, unevenly lit: height × width × 3.

    Args:
        lid: one of ``LIDS``, or a table: ``desk``, ``boards``, ``ruled`` (a mat with a grid).
        size: width and height in millimetres.
        dpi: of the scan.
        noise: decides tone and light.
    """
    height, width = (round(side / MM_PER_INCH * dpi) for side in reversed(size))
    if lid not in _LID_TONES:
        hue = int(noise.integers(0, 180) if lid in {"mat", "ruled"} else noise.integers(8, 20))
        shade = np.array([[[hue, noise.integers(60, 200), noise.integers(70, 190)]]], np.uint8)
        tone = _cv.cvtColor(shade, _cv.COLOR_HSV2RGB)[0, 0].astype(np.float32)
    else:
        bright, spread = _LID_TONES[lid]
        tone = np.float32(noise.uniform(*bright)) + noise.uniform(-spread[1], spread[1], 3).astype(np.float32)
    uneven = noise.uniform(0.97, 1.0, (3, 3)).astype(np.float32)
    light: npt.NDArray[np.float32] = _cv.resize(uneven, (width, height), interpolation=_cv.INTER_CUBIC)
    ground = tone[None, None, :] * light[:, :, None]
    if lid in {"mat", "dark"}:
        coarse = noise.normal(0, 4, (height // 4 + 1, width // 4 + 1)).astype(np.float32)
        ground = ground + _cv.resize(coarse, (width, height), interpolation=_cv.INTER_LINEAR)[:, :, None]
    if lid in _PATTERNS:
        ground = ground * _PATTERNS[lid](height, width, dpi / MM_PER_INCH, noise)[:, :, None]
    lit: npt.NDArray[np.float32] = np.clip(ground, 0, 255).astype(np.float32)
    return lit


def _grained(height: int, width: int, _: float, noise: np.random.Generator) -> npt.NDArray[np.float32]:
    """Wood: streaks along one direction."""
    streaks = noise.normal(0, 1, (height // 6 + 2, max(2, width // 220))).astype(np.float32)
    fine = _cv.resize(streaks, (width, height), interpolation=_cv.INTER_CUBIC)
    return np.asarray(1 + np.float32(noise.uniform(0.02, 0.06)) * fine, np.float32)


def _boards(height: int, width: int, px_per_mm: float, noise: np.random.Generator) -> npt.NDArray[np.float32]:
    """Wood in boards of different tone, dark joints between them."""
    out = _grained(height, width, px_per_mm, noise)
    wide = round(float(noise.uniform(50, 90)) * px_per_mm)
    for top in range(-int(noise.integers(0, wide)), height, wide):
        out[max(0, top) : top + wide] *= np.float32(noise.uniform(0.85, 1.1))
        out[max(0, top) : max(0, top + round(0.8 * px_per_mm))] *= np.float32(0.5)
    return out


def _ruled(height: int, width: int, px_per_mm: float, noise: np.random.Generator) -> npt.NDArray[np.float32]:
    """A cutting mat: thin light lines every centimetre."""
    out = np.ones((height, width), np.float32)
    step, thick = 10 * px_per_mm, max(1, round(0.3 * px_per_mm))
    bright = np.float32(noise.uniform(1.15, 1.5))
    for axis, length in enumerate((height, width)):
        for at in np.arange(float(noise.uniform(0, step)), length, step):
            band = slice(int(at), int(at) + thick)
            out[(band, slice(None)) if axis == 0 else (slice(None), band)] = bright
    return out


_PATTERNS = {"desk": _grained, "boards": _boards, "ruled": _ruled}


def window(corners: Points, shape: tuple[int, ...], margin_px: int) -> tuple[slice, slice]:
    """Rows and columns of a paper and so many pixels around it."""
    low = np.floor(corners.min(axis=0)).astype(int) - margin_px
    high = np.ceil(corners.max(axis=0)).astype(int) + margin_px
    return slice(max(0, low[1]), min(shape[0], high[1])), slice(max(0, low[0]), min(shape[1], high[0]))


def outline(corners: Points, shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
    """1 inside, with soft edges."""
    mask = np.zeros(shape[:2], np.float32)
    _cv.fillConvexPoly(mask, np.round(corners * 16).astype(np.int32), 1.0, lineType=_cv.LINE_AA, shift=4)
    return mask


def shadow(part: npt.NDArray[np.float32], corners: Points, *, angle: float, depth: float, dpi: int) -> None:
    """Darken the lid and the papers below along the edges: more on the side away from the light."""
    scale = dpi / MM_PER_INCH
    shifted = corners + np.array([math.cos(angle), math.sin(angle)]) * 0.6 * scale
    far = _cv.GaussianBlur(outline(shifted, part.shape), (0, 0), 0.5 * scale)
    rim = _cv.GaussianBlur(outline(corners, part.shape), (0, 0), 0.18 * scale)
    part *= (1 - np.float32(depth) * np.maximum(far, 0.6 * rim))[:, :, None]


def shadow_of(
    part: npt.NDArray[np.float32], alpha: npt.NDArray[np.float32], *, angle: float, depth: float, dpi: int
) -> None:
    """The same for a paper of any shape, 0 to 1 where it lies."""
    scale = dpi / MM_PER_INCH
    move = np.array([[1, 0, math.cos(angle) * 0.6 * scale], [0, 1, math.sin(angle) * 0.6 * scale]])
    shifted = _cv.warpAffine(alpha, move, (alpha.shape[1], alpha.shape[0]))
    far = _cv.GaussianBlur(shifted, (0, 0), 0.5 * scale)
    rim = _cv.GaussianBlur(alpha, (0, 0), 0.18 * scale)
    part *= (1 - np.float32(depth) * np.maximum(far, 0.6 * rim))[:, :, None]


def around(alpha: npt.NDArray[np.float32]) -> Points:
    """The smallest rectangle around a paper, clockwise from its top left."""
    contours, _ = _cv.findContours((alpha > 0.5).astype(np.uint8), _cv.RETR_EXTERNAL, _cv.CHAIN_APPROX_NONE)
    box: Points = np.asarray(_cv.boxPoints(_cv.minAreaRect(np.concatenate(contours))), np.float64)
    start = int(np.argmin(box.sum(axis=1)))
    return np.roll(box, -start, axis=0)


def encoded(pixels: Pixels, suffix: str, *, dpi: int, quality: int) -> bytes:
    """The file that the scanner writes, of the kind that its suffix names."""
    out, image = io.BytesIO(), Image.fromarray(pixels)
    if suffix == ".jpg":
        image.save(out, format="JPEG", quality=quality, dpi=(dpi, dpi))
    elif suffix == ".png":
        image.save(out, format="PNG", dpi=(dpi, dpi), compress_level=1)
    elif suffix == ".tif":
        image.save(out, format="TIFF", compression="tiff_lzw", dpi=(dpi, dpi))
    else:
        image.save(out, format="PDF", resolution=dpi, quality=quality)
    return out.getvalue()
