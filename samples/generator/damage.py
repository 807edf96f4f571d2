"""What happens to paper: scans, skew, faxes, phone photos. Everything seeded."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2
from PIL import Image

from samples.generator.pdf_files import without_dates

Pixels: TypeAlias = npt.NDArray[np.uint8]
"""Height × width × 3, RGB."""
Random: TypeAlias = np.random.Generator
_cv: Any = cv2  # its stubs know no element types


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """One way in which a document reaches the office."""

    name: str
    suffix: str
    """Of the file."""
    dpi: int
    apply: Callable[[Pixels, Random], Pixels] | None = None
    """On each page; None leaves it clean."""
    quality: tuple[int, int] = (80, 92)
    """Range of JPEG quality."""


def rasterise(pdf: bytes, *, dpi: int) -> tuple[Pixels, ...]:
    """Pages of a PDF as pixels."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return tuple(
            np.asarray(page.render(scale=dpi / 72, rev_byteorder=True).to_pil().convert("RGB")).copy()
            for page in document
        )
    finally:
        document.close()


def _clip(image: npt.NDArray[np.float32]) -> Pixels:
    return np.clip(image, 0, 255).astype(np.uint8)


def _rotated(pixels: Pixels, degrees: float) -> Pixels:
    height, width = pixels.shape[:2]
    matrix = _cv.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    turned: Pixels = _cv.warpAffine(
        pixels, matrix, (width, height), flags=_cv.INTER_LINEAR, borderValue=(250, 250, 250)
    )
    return turned


def _noise(pixels: Pixels, rng: Random, sigma: float) -> Pixels:
    return _clip(pixels.astype(np.float32) + rng.normal(0, sigma, pixels.shape).astype(np.float32))


def _smooth_field(shape: tuple[int, int], rng: Random, low: float, high: float) -> npt.NDArray[np.float32]:
    coarse = rng.uniform(low, high, (4, 4)).astype(np.float32)
    field: npt.NDArray[np.float32] = _cv.resize(coarse, (shape[1], shape[0]), interpolation=_cv.INTER_CUBIC)
    return field[:, :, None]


def scan(pixels: Pixels, rng: Random) -> Pixels:
    """A good flat-bed scan: a touch of noise and paper tone."""
    tone = rng.uniform(0.965, 1.0, 3).astype(np.float32)
    return _noise(_rotated(_clip(pixels * tone), float(rng.uniform(-0.25, 0.25))), rng, 2.0)


def skew(pixels: Pixels, rng: Random) -> Pixels:
    """Fed askew."""
    angle = float(rng.uniform(1.0, 3.5)) * (1 if rng.random() < 0.5 else -1)
    return _noise(_rotated(pixels, angle), rng, 4.0)


def noise(pixels: Pixels, rng: Random) -> Pixels:
    """A dirty glass: grain, specks."""
    out = _noise(pixels, rng, 14.0)
    specks = rng.random(out.shape[:2]) < 0.0006
    out[specks] = rng.integers(0, 120)
    return out


def blur(pixels: Pixels, rng: Random) -> Pixels:
    """Out of focus."""
    return _noise(_cv.GaussianBlur(pixels, (0, 0), float(rng.uniform(0.9, 1.5))), rng, 3.0)


def light(pixels: Pixels, rng: Random) -> Pixels:
    """Uneven light."""
    return _noise(_clip(pixels.astype(np.float32) * _smooth_field(pixels.shape[:2], rng, 0.55, 1.05)), rng, 4.0)


def fade(pixels: Pixels, rng: Random) -> Pixels:
    """Thermal paper that fades."""
    field = _smooth_field(pixels.shape[:2], rng, 0.35, 0.8)
    return _noise(_clip(245 - (245 - pixels.astype(np.float32)) * field), rng, 4.0)


def bleed(pixels: Pixels, rng: Random) -> Pixels:
    """The other side shows through."""
    back: npt.NDArray[np.float32] = _cv.GaussianBlur(pixels[:, ::-1], (0, 0), 1.6).astype(np.float32)
    return _noise(
        _clip(np.minimum(pixels.astype(np.float32), 255 - (255 - back) * np.float32(rng.uniform(0.12, 0.24)))), rng, 3.0
    )


def fold(pixels: Pixels, rng: Random) -> Pixels:
    """Folded twice: shadows along the folds."""
    out = pixels.astype(np.float32)
    height = pixels.shape[0]
    for share in (1 / 3, 2 / 3):
        at = int(height * share + rng.uniform(-8, 8))
        distance = np.abs(np.arange(height, dtype=np.float32) - at)[:, None, None]
        out *= 1 - 0.35 * np.exp(-distance / 5) - 0.06 * np.exp(-distance / 60)
    return _rotated(_noise(_clip(out), rng, 3.0), float(rng.uniform(-0.8, 0.8)))


def fax(pixels: Pixels, rng: Random) -> Pixels:
    """One bit per pixel, as a fax machine sends it."""
    level = _cv.cvtColor(pixels, _cv.COLOR_RGB2GRAY).astype(np.float32)
    level = _cv.GaussianBlur(level, (0, 0), 0.6) + rng.normal(0, 10, level.shape).astype(np.float32)
    bit = np.where(level > 150, 255, 0).astype(np.uint8)
    return np.repeat(bit[:, :, None], 3, axis=2)


def grey(pixels: Pixels, rng: Random) -> Pixels:
    """A greyscale scan."""
    one = _cv.cvtColor(scan(pixels, rng), _cv.COLOR_RGB2GRAY)
    return np.repeat(one[:, :, None], 3, axis=2)


def photo(pixels: Pixels, rng: Random) -> Pixels:
    """A phone photo on a desk: perspective, shadow, blur."""
    height, width = pixels.shape[:2]
    pad_x, pad_y = int(width * 0.12) + 20, int(height * 0.08) + 20
    size = (width + 2 * pad_x, height + 2 * pad_y)
    desk = rng.integers(60, 170, 3).astype(np.float32)
    ground = _clip(desk + rng.normal(0, 6, (size[1], size[0], 3)).astype(np.float32))
    ground = _cv.GaussianBlur(ground, (0, 0), 2.0)
    start = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    shift = rng.uniform(-0.035, 0.035, (4, 2)) * (width, min(height, width))
    target = (start + np.array([pad_x, pad_y]) + shift).astype(np.float32)
    matrix = _cv.getPerspectiveTransform(start, target)
    warped = _cv.warpPerspective(pixels, matrix, size, flags=_cv.INTER_LINEAR)
    mask = _cv.warpPerspective(np.full((height, width), 255, np.uint8), matrix, size)
    alpha = _cv.GaussianBlur(mask, (0, 0), 1.0).astype(np.float32)[:, :, None] / 255
    mixed = warped.astype(np.float32) * alpha + ground.astype(np.float32) * (1 - alpha)
    lit = mixed * _smooth_field((size[1], size[0]), rng, 0.72, 1.05)
    return _noise(_cv.GaussianBlur(_clip(lit), (0, 0), 0.7), rng, 4.0)


DAMAGES: tuple[Damage, ...] = (
    Damage(name="born_digital", suffix=".pdf", dpi=0),
    Damage(name="scan200", suffix=".jpg", dpi=200, apply=scan),
    Damage(name="scan300", suffix=".png", dpi=300, apply=scan),
    Damage(name="skew", suffix=".jpg", dpi=200, apply=skew),
    Damage(name="noise", suffix=".jpg", dpi=200, apply=noise, quality=(60, 75)),
    Damage(name="blur", suffix=".jpg", dpi=200, apply=blur),
    Damage(name="jpeg", suffix=".jpg", dpi=200, apply=scan, quality=(22, 35)),
    Damage(name="light", suffix=".jpg", dpi=200, apply=light),
    Damage(name="fade", suffix=".jpg", dpi=200, apply=fade),
    Damage(name="bleed", suffix=".jpg", dpi=200, apply=bleed),
    Damage(name="fold", suffix=".jpg", dpi=200, apply=fold),
    Damage(name="fax", suffix=".tif", dpi=200, apply=fax),
    Damage(name="photo", suffix=".jpg", dpi=240, apply=photo, quality=(78, 88)),
    Damage(name="scan_pdf", suffix=".pdf", dpi=200, apply=scan),
    Damage(name="tiff", suffix=".tif", dpi=200, apply=grey),
)
BY_NAME = {damage.name: damage for damage in DAMAGES}
MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".tif": "image/tiff",
    ".xml": "application/xml",
}
ONE_PAGE = frozenset({".jpg", ".png"})


def damaged(pdf: bytes, damage: Damage, *, seed: int) -> tuple[bytes, str]:
    """The document as it reaches the office, and its suffix: several pages of JPEG or PNG come as one PDF.

    The same PDF, damage and seed give the same pixels on the same machine.
    """
    if damage.apply is None:
        return pdf, damage.suffix
    rng = np.random.default_rng(seed)
    pages = [damage.apply(page, rng) for page in rasterise(pdf, dpi=damage.dpi)]
    quality = int(rng.integers(*damage.quality))
    images = [Image.fromarray(page) for page in pages]
    out = io.BytesIO()
    dpi = (damage.dpi, damage.dpi)
    suffix = ".pdf" if len(images) > 1 and damage.suffix in ONE_PAGE else damage.suffix
    if suffix == ".jpg":
        images[0].save(out, format="JPEG", quality=quality, dpi=dpi)
    elif suffix == ".png":
        images[0].save(out, format="PNG", dpi=dpi)
    elif suffix == ".tif":
        mode = "1" if damage.name == "fax" else "L"
        compression = "group4" if mode == "1" else "tiff_adobe_deflate"
        ready = [image.convert(mode) for image in images]
        ready[0].save(out, format="TIFF", compression=compression, dpi=dpi, save_all=True, append_images=ready[1:])
    else:
        images[0].save(
            out, format="PDF", resolution=damage.dpi, quality=quality, save_all=True, append_images=images[1:]
        )
    content = out.getvalue()
    return (without_dates(content) if suffix == ".pdf" else content), suffix
