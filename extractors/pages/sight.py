"""A first look at what was scanned or photographed, before it is read: is it too dark, is something cut off?

Measured on a small rendition; what is told are hints for whoever can still scan the paper again. Resolution and colour
are judged elsewhere, on the stored pictures (``compliance.capture_quality``).
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image

from domain.errors import InputError
from extractors.pages.capture import captured_pages
from extractors.pages.clean.photo import page_corners
from extractors.pages.image import quietly
from extractors.pages.render import page_png

if TYPE_CHECKING:
    from domain.page import CapturedPage
    from extractors.settings import ExtractorSettings

MOST_PAGES = 10
"""Pages that are looked at; whoever scans a stack with a wrong setting learns of it from the first ones."""
WIDTH_PX = 600
DARK = 130
"""Level of the brightest twentieth of a page: white paper in office light gives 200 and more, in shade 150."""
_INK = 90
"""Levels below the paper at which something is ink."""
_STRIP = 0.006
"""Part of the page's side that is looked at along each edge."""
_RUNS = 6
"""Separate pieces of ink on one edge: a line of characters that was cut gives many, a ruled line or a shadow few."""
_MOST_INK = 0.4
"""More ink than this along an edge is a shadow or a coloured border."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something about one page."""

    code: str
    """``dark`` or ``cut_off``."""
    page_index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a first look found."""

    captured: tuple[CapturedPage, ...]
    """Pages that are pictures; empty for born-digital files."""
    notes: tuple[Note, ...]


def first_sight(content: bytes, *, media_type: str, settings: ExtractorSettings) -> Sight:
    """Look at the first pages that are pictures; what cannot be shown says nothing."""
    captured = captured_pages(content, media_type=media_type, settings=settings)
    notes: list[Note] = []
    for page in captured[:MOST_PAGES]:
        try:
            png = page_png(
                content, media_type=media_type, page_index=page.page_index, settings=settings, width_px=WIDTH_PX
            )
        except InputError:
            continue
        with quietly(), Image.open(io.BytesIO(png)) as picture:
            codes = codes_of(np.asarray(picture.convert("L")))
        notes += (Note(code=code, page_index=page.page_index) for code in codes)
    return Sight(captured=captured, notes=tuple(notes))


def codes_of(grey: npt.NDArray[np.uint8]) -> tuple[str, ...]:
    """What is wrong with a picture in levels of grey."""
    paper = float(np.percentile(grey, 95))
    if paper < DARK:
        return ("dark",)
    lies_on_something = page_corners(np.repeat(grey[:, :, None], 3, axis=2)) is not None
    return ("cut_off",) if not lies_on_something and _is_cut(grey, paper) else ()


def _is_cut(grey: npt.NDArray[np.uint8], paper: float) -> bool:
    ink: npt.NDArray[np.bool_] = grey < paper - _INK
    deep = max(2, round(_STRIP * max(grey.shape)))
    edges = (ink[:deep], ink[-deep:], ink[:, :deep].T, ink[:, -deep:].T)
    return any(_runs(edge) for edge in edges)


def _runs(edge: npt.NDArray[np.bool_]) -> bool:
    """True where characters stand across an edge: through the whole depth of the strip, apart from each other."""
    through = np.atleast_1d(edge.all(axis=0))
    starts = int(np.count_nonzero(np.diff(through.astype(np.int8)) == 1)) + int(through[0])
    return starts >= _RUNS and float(through.mean()) <= _MOST_INK
