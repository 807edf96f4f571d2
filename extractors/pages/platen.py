"""Several papers scanned in one go: where each of them lies on the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np

from domain.geometry import Box
from extractors.pages.choosing import choose_papers, left_out, like_one
from extractors.pages.islands import told_by_islands
from extractors.pages.lid import holds_several, something_beside
from extractors.pages.outlines import find_outlines, rough_rectangles
from extractors.pages.scene import beside_lid, ink_and_paper, is_field, scene_of, unexplained, without_rim

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from domain.page import PixelArray
    from extractors.pages.outlines import Outline
    from extractors.pages.scene import Scene

    Floats: TypeAlias = npt.NDArray[np.float64]
    Mask: TypeAlias = npt.NDArray[np.uint8]

_WORKING_DPI = 100.0
_WORKING_SIDE = 1800
_USUAL_SIDE_MM = 297.0
_QUICK_DPI = 50.0
_QUICK_SIDE_PX = 60
_QUICK_LEFT = 0.15
"""Share of the print outside of every rectangle: at most 0.08 on platens, at least 0.17 on most pages of generated
development scans."""
_WEAK = (0.3, 0.66)
"""Least support of one side, and of all."""
_LEFT_OUT = 0.01
"""Share of the print that may lie on none of the papers: grain and specks."""
_FIELDS = 0.5
"""Where so many of the papers look like fields of a form, the page is one. An empty back may look like a field too."""
_BY_LID = 0.8
"""A rectangle with a side along so much of which the lid is seen is printed on nothing."""
_OTHER_TILT = 1.5
"""Degrees: what is printed on one sheet lies alike, papers rarely do."""
_MARGIN_MM = 0.5
"""Outlines are known so well: what is printed to the edge of a paper is cut out with it."""
_MM_PER_INCH = 25.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One paper on the platen."""

    quad: tuple[tuple[float, float], ...]
    """Its outline in pixels of the picture, clockwise."""
    box: Box
    """Around the outline and a little more, inside the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Platen:
    """What lies on a page."""

    pieces: tuple[Piece, ...] = ()
    """Two or more papers in reading order; empty where the page is one document or it cannot be told."""
    doubtful: bool = False
    """A person should look: it may hold several papers, or those that were found may not be all, or not be whole."""


def find_pieces(pixels: PixelArray, *, dpi: float = 0.0) -> Platen:
    """Papers on a picture of a page."""
    grey = pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    height, width = grey.shape
    known = dpi if 90 <= dpi <= 1200 else max(height, width) / _USUAL_SIDE_MM * _MM_PER_INCH
    scale = min(1.0, _WORKING_DPI / known, _WORKING_SIDE / max(height, width))
    small = np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    px_per_mm = known * scale / _MM_PER_INCH
    flat = small if small.ndim == 2 else np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
    scene = scene_of(flat, px_per_mm, colour=small)
    seen = scene.on_lid is not None and holds_several(scene.on_lid, px_per_mm)
    if not seen and not _may_be_platen(grey, known):
        return Platen()
    outlines = find_outlines(flat, px_per_mm=px_per_mm, least_side=_WEAK[0], least_mean=_WEAK[1])
    found, doubtful = _papers(scene, outlines)
    if len(found) < 2:
        return Platen(doubtful=doubtful)
    doubtful = doubtful or (scene.on_lid is not None and something_beside(small, scene.on_lid, px_per_mm))
    pieces = []
    for corners in found:
        quad = tuple((float(x) / scale, float(y) / scale) for x, y in corners)
        xs, ys = [p[0] for p in quad], [p[1] for p in quad]
        more = _MARGIN_MM * px_per_mm / scale
        box = Box(
            left=int(max(0, min(xs) - more)),
            top=int(max(0, min(ys) - more)),
            right=int(min(width, max(xs) + more + 1)),
            bottom=int(min(height, max(ys) + more + 1)),
        )
        pieces.append(Piece(quad=quad, box=box))
    return Platen(pieces=tuple(pieces), doubtful=doubtful)


def _may_be_platen(grey: Mask, dpi: float) -> bool:
    """A quick look: on a platen all print lies inside rectangles; the heading of an ordinary page does not."""
    scale = min(1.0, _QUICK_DPI / dpi)
    small = np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    if min(small.shape) < _QUICK_SIDE_PX:
        return False
    px_per_mm = dpi * scale / _MM_PER_INCH
    ink, _ = ink_and_paper(small, px_per_mm)
    rectangles = rough_rectangles(small, px_per_mm=px_per_mm)
    if len(rectangles) < 2:
        return False
    left = without_rim(ink, px_per_mm)
    for ring in rectangles:
        cv2.fillConvexPoly(left, ring.astype(np.int32), 0)
    return int(left.sum()) <= _QUICK_LEFT * max(1, int(ink.sum()))


def _papers(scene: Scene, outlines: Sequence[Outline]) -> tuple[list[Floats], bool]:
    """Outlines of the papers, and whether a person should look: where it is not certain that they are all and whole."""
    papers, unsure = choose_papers(scene, outlines), scene.on_lid is None
    several = scene.on_lid is not None and holds_several(scene.on_lid, scene.px_per_mm)
    if several:
        papers, unsure = told_by_islands(scene, papers)
    corners = [paper.corners for paper in papers]
    if len(papers) == 1 and several:
        return [], unsure
    if len(papers) < 2 or not any(paper.whole for paper in papers):
        return [], several or (bool(papers) and unexplained(scene, corners))
    fields = sum(max(beside_lid(scene, paper)) < _BY_LID and is_field(scene, paper) for paper in corners)
    if left_out(scene, papers) > _LEFT_OUT or fields >= _FIELDS * len(papers):
        sure = [paper.degrees for paper in papers if paper.whole]
        tilted = len(sure) > 1 and max(sure) - min(sure) > _OTHER_TILT
        return [], tilted or several
    return corners, unsure or unexplained(scene, corners) or like_one(scene, papers)
