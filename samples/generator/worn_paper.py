"""Slips as they come out of a wallet: folded, crumpled, cut with teeth, torn off, tinted. Everything seeded.

What is not paper any more is left out of the slip's ``shape``.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from samples.generator.damage import Pixels
from samples.generator.platen import SLIP_DPI, Slip
from samples.generator.under_lid import MM_PER_INCH

_cv: Any = cv2  # its stubs know no element types
_PX_PER_MM = SLIP_DPI / MM_PER_INCH
_TINTS = ((255, 246, 222), (255, 232, 236), (228, 241, 255), (232, 248, 230))
"""Cream, pink, blue and green, as forms are printed on."""


def folded(slip: Slip, rng: random.Random) -> Slip:
    """Across one to three creases: the parts lie a degree askew, and each takes the light differently."""
    height, width = slip.pixels.shape[:2]
    creases = sorted(rng.uniform(0.2, 0.8) * height for _ in range(rng.choice((1, 1, 2, 3))))
    rows = np.arange(height, dtype=np.float32)
    shift, light = np.zeros(height, np.float32), np.ones(height, np.float32)
    for crease in creases:
        below = np.maximum(rows - crease, 0)
        shift += np.float32(np.tan(np.radians(rng.uniform(-1.2, 1.2)))) * below
        light *= np.where(below > 0, np.float32(rng.uniform(0.96, 1.0)), np.float32(1.0))
        near = np.exp(-(((rows - crease) / (rng.uniform(0.4, 1.2) * _PX_PER_MM)) ** 2))
        light *= 1 - np.float32(rng.uniform(0.03, 0.12)) * near
    left = float(shift.min())
    wide = round(width + float(shift.max()) - left)
    columns = np.arange(wide, dtype=np.float32)[None, :] + left - shift[:, None]
    return _moved(slip, columns, np.repeat(rows[:, None], wide, axis=1), light[:, None])


def crumpled(slip: Slip, rng: random.Random) -> Slip:
    """Pressed flat again: its edges wave by a millimetre, and its face is mottled."""
    pad = round(2.5 * _PX_PER_MM)
    height, width = slip.pixels.shape[0] + 2 * pad, slip.pixels.shape[1] + 2 * pad
    noise = np.random.default_rng(rng.randrange(2**32))
    reach = rng.uniform(0.3, 1.3) * _PX_PER_MM
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    moved = [at - pad + reach * _waves(noise, height, width, 22.0) for at in (columns, rows)]
    light = 1 - 0.05 * np.clip(_waves(noise, height, width, 14.0) + 0.3, 0, None)
    return _moved(slip, moved[0], moved[1], light)


def with_teeth(slip: Slip, rng: random.Random) -> Slip:
    """Cut off by a till: its short edges are serrated."""
    deep, pitch = rng.uniform(0.4, 1.2) * _PX_PER_MM, rng.uniform(1.4, 2.8) * _PX_PER_MM
    width = slip.pixels.shape[1]
    place = np.arange(width) / pitch
    teeth = deep * np.abs((place + rng.random()) % 1 * 2 - 1)
    return _cut(slip, top=teeth, bottom=deep - teeth)


def torn_off(slip: Slip, rng: random.Random) -> Slip:
    """Its lower edge torn by hand: it wanders by some millimetres."""
    width = slip.pixels.shape[1]
    noise = np.random.default_rng(rng.randrange(2**32))
    line = _waves(noise, 8, width, 18.0)[0] * rng.uniform(0.8, 2.0) + noise.normal(0, 0.12, width)
    bottom = (line - line.min()) * _PX_PER_MM
    return _cut(slip, top=np.zeros(width), bottom=bottom)


def dog_eared(slip: Slip, rng: random.Random) -> Slip:
    """A corner is gone."""
    shape = _shape(slip).copy()
    height, width = shape.shape
    x, y = rng.choice((0, width)), rng.choice((0, height))
    across, down = (rng.uniform(3, 9) * _PX_PER_MM for _ in range(2))
    corner = [(x, y), (abs(x - across), y), (x, abs(y - down))]
    _cv.fillConvexPoly(shape, np.round(np.array(corner)).astype(np.int32), 0)
    return replace(slip, shape=shape)


def tinted(slip: Slip, rng: random.Random) -> Slip:
    """On coloured paper."""
    tint = np.array(rng.choice(_TINTS), np.float32) / 255
    return replace(slip, pixels=np.round(slip.pixels * tint).astype(np.uint8))


def with_band(slip: Slip, rng: random.Random) -> Slip:
    """A shop's coloured band along its upper edge, printed to the very edge."""
    pixels = slip.pixels.copy()
    deep = round(rng.uniform(3.0, 6.0) * _PX_PER_MM)
    colour = _cv.cvtColor(np.array([[[rng.randrange(180), 190, 150]]], np.uint8), _cv.COLOR_HSV2RGB)[0, 0]
    grown = np.vstack([np.empty((deep, *pixels.shape[1:]), np.uint8), pixels])
    grown[:deep] = colour
    shape = None if slip.shape is None else np.vstack([np.repeat(slip.shape[:1], deep, axis=0), slip.shape])
    return replace(slip, pixels=grown, shape=shape)


def shortened(slip: Slip, rng: random.Random) -> Slip:
    """Its upper part alone: a stub of 30 to 50 millimetres."""
    return replace(slip, pixels=slip.pixels[: round(rng.uniform(30, 50) * _PX_PER_MM)], shape=None)


def lengthened(slip: Slip, rng: random.Random) -> Slip:
    """A long bill: its middle again and again, up to 270 millimetres."""
    pixels, wanted = slip.pixels, round(rng.uniform(190, 270) * _PX_PER_MM)
    third = pixels.shape[0] // 3
    middle = pixels[third : 2 * third]
    parts, more = [pixels[:third]], wanted - pixels.shape[0]
    while more > 0 and len(middle):
        parts.append(middle[:more])
        more -= len(middle)
    return replace(slip, pixels=np.vstack([*parts, pixels[third:]]), shape=None)


def _shape(slip: Slip) -> Pixels:
    return np.full(slip.pixels.shape[:2], 255, np.uint8) if slip.shape is None else slip.shape


def _cut(slip: Slip, *, top: npt.NDArray[np.float64], bottom: npt.NDArray[np.float64]) -> Slip:
    """So many pixels less of each column."""
    rows = np.arange(slip.pixels.shape[0])[:, None]
    kept = (rows >= top[None, :]) & (rows < slip.pixels.shape[0] - bottom[None, :])
    return replace(slip, shape=np.where(kept, _shape(slip), 0).astype(np.uint8))


def _waves(noise: np.random.Generator, height: int, width: int, length_mm: float) -> npt.NDArray[np.float32]:
    """A smooth field between about -1 and 1."""
    step = length_mm * _PX_PER_MM / 2
    size = (max(2, round(height / step)), max(2, round(width / step)))
    coarse = noise.uniform(-1, 1, size).astype(np.float32)
    return np.asarray(_cv.resize(coarse, (width, height), interpolation=_cv.INTER_CUBIC), np.float32)


def _moved(
    slip: Slip,
    columns: npt.NDArray[np.floating[Any]],
    rows: npt.NDArray[np.floating[Any]],
    light: npt.NDArray[np.floating[Any]],
) -> Slip:
    """The slip looked up at these places, so lit."""
    rows, columns = np.asarray(rows, np.float32), np.asarray(columns, np.float32)
    pixels = _cv.remap(
        slip.pixels, columns, rows, _cv.INTER_LINEAR, borderMode=_cv.BORDER_CONSTANT, borderValue=(255,) * 3
    )
    shape = _cv.remap(_shape(slip), columns, rows, _cv.INTER_LINEAR, borderMode=_cv.BORDER_CONSTANT, borderValue=0)
    lit = np.clip(pixels.astype(np.float32) * np.broadcast_to(light, shape.shape)[:, :, None], 0, 255)
    return replace(slip, pixels=np.round(lit).astype(np.uint8), shape=shape)
