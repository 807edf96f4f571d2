"""Clean-up of a page picture before reading, on a copy: each step measures first and may say "not needed".

The steps, in order: the page cut out of a photo and squared up, light lines across it, uneven light, marks that shine
through, the ink of seals, enlargement of small print; then, once it is known which way up the page lies, the quarter
turn and skew. The transform they give maps what is read back to the picture that came.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from domain.geometry import IDENTITY, Transform, quarter_turn
from extractors.pages.clean.faint import without_faint
from extractors.pages.clean.light import evened
from extractors.pages.clean.photo import page_corners, squared_up
from extractors.pages.clean.reduced import reduced
from extractors.pages.clean.seals import lift_seals
from extractors.pages.clean.skew import skew_degrees
from extractors.pages.clean.streaks import without_streaks
from extractors.pages.clean.warp import warped

if TYPE_CHECKING:
    import numpy.typing as npt

    from domain.page import PixelArray
    from extractors.pages.clean.seals import Ink

_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
STEPS = ("page", "streaks", "light", "faint", "seals", "enlarge", "skew")
"""Names of all steps, in their order."""
NOTHING: frozenset[str] = frozenset()
_MIN_SKEW = 0.4
"""Degrees; less does no harm."""
_SMALL_SIDE_PX = 700
"""Pictures smaller than this on their longer side are enlarged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealPicture:
    """The ink of a seal, black on white."""

    pixels: PixelArray
    """RGB."""
    to_source: Transform
    """From these pixels to those of the picture that was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanPage:
    """A page picture ready for an engine."""

    pixels: PixelArray
    """RGB."""
    to_source: Transform = IDENTITY
    """From these pixels to those that were given."""
    steps: tuple[str, ...] = ()
    """What was done, of ``STEPS``; empty where nothing was needed."""
    seals: tuple[SealPicture, ...] = ()
    """Ink that was lifted off: a stamp may say something."""

    def turned(self, degrees: int) -> CleanPage:
        """The page turned clockwise by 0, 90, 180 or 270 degrees."""
        if not degrees:
            return self
        pixels = turn(self.pixels, degrees)
        height, width = pixels.shape[:2]
        back = quarter_turn(-degrees % 360, width_px=width, height_px=height)
        return replace(self, pixels=pixels, to_source=back.then(self.to_source))


def turn(pixels: PixelArray, degrees: int) -> PixelArray:
    """Turn clockwise by 0, 90, 180 or 270 degrees."""
    way = _TURNS.get(degrees % 360)
    return np.ascontiguousarray(pixels) if way is None else np.asarray(cv2.rotate(pixels, way), np.uint8)


def clean(pixels: PixelArray, *, without: frozenset[str] = NOTHING) -> CleanPage:
    """Clean an upright page picture, all steps but those left out by name."""
    return straightened(prepared(pixels, without=without), without=without)


def prepared(pixels: PixelArray, *, without: frozenset[str] = NOTHING) -> CleanPage:
    """The steps that do not ask which way up the page lies."""
    try:
        return _prepared(CleanPage(pixels=pixels), without)
    except cv2.error:
        return CleanPage(pixels=pixels)  # an odd picture is read as it came


def straightened(page: CleanPage, *, degrees: float | None = None, without: frozenset[str] = NOTHING) -> CleanPage:
    """The page with level rows; the same page where nothing was needed.

    Args:
        page: the right way up.
        degrees: by which its rows fall to the right, where that is known; measured otherwise.
        without: steps left out.
    """
    if "skew" in without:
        return page
    try:
        angle = skew_degrees(page.pixels) if degrees is None else degrees
        return _rotated(page, angle) if abs(angle) >= _MIN_SKEW else page
    except cv2.error:
        return page


def _prepared(page: CleanPage, without: frozenset[str]) -> CleanPage:
    small, factor = reduced(page.pixels)
    if "page" not in without:
        corners = page_corners(small)
        if corners is not None:
            pixels, forward = squared_up(page.pixels, corners * np.float32(factor))
            page = _followed(page, pixels, forward, "page")
            small, _ = reduced(page.pixels)
    if "streaks" not in without:
        page = _changed(page, without_streaks(page.pixels), "streaks")
        small = reduced(page.pixels)[0] if "streaks" in page.steps else small
    if "light" not in without:
        page = _changed(page, evened(page.pixels, small), "light")
    if "faint" not in without:
        page = _changed(page, without_faint(page.pixels), "faint")
    if "seals" not in without and page.pixels.ndim == 3:
        page = _lifted(page, small)
    return page if "enlarge" in without else _enlarged(page)


def _changed(page: CleanPage, pixels: PixelArray | None, step: str) -> CleanPage:
    """The page after a step that moves nothing; None: the step was not needed."""
    if pixels is None:
        return page
    return replace(page, pixels=pixels, steps=(*page.steps, step))


def _followed(page: CleanPage, pixels: PixelArray, forward: npt.NDArray[np.float64], step: str) -> CleanPage:
    """The page after a step; ``forward`` maps old pixels to new ones."""
    back = np.linalg.inv(forward)
    transform = Transform(matrix=tuple(float(v) for v in (back / back[2, 2]).ravel()))
    return replace(page, pixels=pixels, to_source=transform.then(page.to_source), steps=(*page.steps, step))


def _lifted(page: CleanPage, small: PixelArray) -> CleanPage:
    lifted = lift_seals(page.pixels, small)
    if lifted is None:
        return page
    pixels, inks = lifted
    seals = tuple(SealPicture(pixels=ink.pixels, to_source=_shift(ink).then(page.to_source)) for ink in inks)
    return replace(_changed(page, pixels, "seals"), seals=seals)


def _shift(ink: Ink) -> Transform:
    return Transform(matrix=(1.0, 0.0, float(ink.left), 0.0, 1.0, float(ink.top), 0.0, 0.0, 1.0))


def _rotated(page: CleanPage, degrees: float) -> CleanPage:
    height, width = page.pixels.shape[:2]
    matrix = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0), (0.0, 0.0, 1.0)])
    cos, sin = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
    new_w, new_h = math.ceil(width * cos + height * sin), math.ceil(height * cos + width * sin)
    matrix[0, 2] += (new_w - width) / 2
    matrix[1, 2] += (new_h - height) / 2
    return _followed(page, warped(page.pixels, matrix, (new_w, new_h)), matrix, "skew")


def _enlarged(page: CleanPage) -> CleanPage:
    height, width = page.pixels.shape[:2]
    if max(height, width) >= _SMALL_SIDE_PX or min(height, width) < 8:
        return page
    pixels = cv2.resize(page.pixels, (width * 2, height * 2), interpolation=cv2.INTER_CUBIC)
    return _followed(page, np.asarray(pixels, np.uint8), np.diag((2.0, 2.0, 1.0)), "enlarge")
