"""The five conditions in which reading is measured, and how a printed page comes into them. Everything seeded."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from PIL import Image

from samples.generator.damage import BY_NAME, Damage, Pixels, rasterise, scan

QuarterTurn = Literal[0, 90, 180, 270]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wear:
    """One way in which a page reaches the office."""

    damage: Damage
    turned_degrees: QuarterTurn = 0
    """Clockwise turn that makes it upright again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One row of the accuracy table."""

    name: str
    label_ja: str
    label_en: str
    wears: tuple[Wear, ...]
    """Taken in turn."""
    target: float
    """Order-free character error that is asked for."""

    def wear(self, index: int) -> Wear:
        """Of the page with this number."""
        return self.wears[index % len(self.wears)]


def _wears(*names: str) -> tuple[Wear, ...]:
    return tuple(Wear(damage=BY_NAME[name]) for name in names)


_CLEAN = Damage(name="scan300", suffix=".jpg", dpi=300, apply=scan, quality=(90, 96))
_COARSE = Damage(name="scan150", suffix=".jpg", dpi=150, apply=scan, quality=(75, 88))
_TURNS: tuple[tuple[str, QuarterTurn], ...] = (
    ("scan200", 90),
    ("skew", 0),
    ("scan200", 180),
    ("skew", 270),
    ("scan200", 270),
    ("skew", 180),
    ("skew", 90),
)

CLEAN = "clean300"
WORN = "worn200"
TURNED = "turned"
PHOTO = "photo"
COARSE = "fax150"
CONDITIONS: tuple[Condition, ...] = (
    Condition(
        name=CLEAN,
        label_ja="きれいな300dpi",
        label_en="clean 300 dpi",
        wears=(Wear(damage=_CLEAN),),
        target=0.006,
    ),
    Condition(
        name=WORN,
        label_ja="傷んだ200dpi",
        label_en="damaged 200 dpi",
        wears=_wears("noise", "blur", "jpeg", "light", "fade", "bleed", "fold", "skew", "tiff"),
        target=0.008,
    ),
    Condition(
        name=TURNED,
        label_ja="向きが違う",
        label_en="turned",
        wears=tuple(Wear(damage=BY_NAME[name], turned_degrees=turn) for name, turn in _TURNS),
        target=0.008,
    ),
    Condition(
        name=PHOTO,
        label_ja="スマホ写真",
        label_en="phone photo",
        wears=_wears("photo"),
        target=0.008,
    ),
    Condition(
        name=COARSE,
        label_ja="FAXと150dpi",
        label_en="fax and 150 dpi",
        wears=(Wear(damage=BY_NAME["fax"]), Wear(damage=_COARSE)),
        target=0.02,
    ),
)
"""Targets are the ones that reading is held to."""
SPEED = Condition(
    name="speed",
    label_ja="速さ",
    label_en="speed",
    wears=(Wear(damage=_CLEAN), *_wears("scan200", "noise"), Wear(damage=_CLEAN), *_wears("jpeg", "tiff")),
    target=0.008,
)
"""Scans of 200 and 300 dpi for pages per second."""
CONDITION_BY_NAME = {condition.name: condition for condition in CONDITIONS}


def worn(pdf: bytes, wear: Wear, *, name: str) -> tuple[bytes, str]:
    """The first page of a printed PDF as it reaches the office, and the suffix of its file.

    The same PDF, wear and name give the same pixels on the same machine.
    """
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    damage = wear.damage
    pixels = first_page_pixels(pdf, dpi=damage.dpi)
    if damage.apply is not None:
        pixels = damage.apply(pixels, rng)
    quality = int(rng.integers(*damage.quality))
    return encoded(turned(pixels, -wear.turned_degrees), damage, quality=quality), damage.suffix


def first_page_pixels(pdf: bytes, *, dpi: int) -> Pixels:
    """The first page of a PDF as pixels."""
    return rasterise(pdf, dpi=dpi)[0]


def turned(pixels: Pixels, degrees: int) -> Pixels:
    """Clockwise by quarter turns."""
    return np.ascontiguousarray(np.rot90(pixels, k=-(degrees // 90) % 4))


def encoded(pixels: Pixels, damage: Damage, *, quality: int) -> bytes:
    """One picture in the format of its damage."""
    image = Image.fromarray(pixels)
    dpi = (damage.dpi, damage.dpi)
    out = io.BytesIO()
    if damage.suffix == ".jpg":
        image.save(out, format="JPEG", quality=quality, dpi=dpi)
    elif damage.suffix == ".tif" and damage.name == "fax":
        image.convert("1").save(out, format="TIFF", compression="group4", dpi=dpi)
    elif damage.suffix == ".tif":
        image.convert("L").save(out, format="TIFF", compression="tiff_adobe_deflate", dpi=dpi)
    else:
        image.save(out, format="PNG", dpi=dpi)
    return out.getvalue()


def without_turn(wear: Wear) -> Wear:
    """The same wear, upright."""
    return replace(wear, turned_degrees=0)
