"""Where a lid is seen, it parts what lies on it: islands, each of which is a paper, or several that touch.

Papers that come out of wallets are no rectangles: they are folded, crumpled, torn, and photos show them askew. But a
paper that lies apart from all others is an island, whatever its shape, and no paper reaches from one island to the
next. So the rectangles that were chosen are held against the islands: one that they fill is explained; one that they
do not fill, and that has the shape of one paper, is that paper; about all others a person is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np

from extractors.pages.choosing import Paper
from extractors.pages.rings import area_of, common_area, facing, strip_beyond
from extractors.pages.scene import island_under, lid_inside, not_covered, share_of, unexplained
from extractors.pages.shadows import follows_print

if TYPE_CHECKING:
    import numpy.typing as npt
    from cv2.typing import MatLike

    from extractors.pages.scene import Scene

    Floats: TypeAlias = npt.NDArray[np.float64]
    Mask: TypeAlias = npt.NDArray[np.uint8]

_PAPER_MM = 20.0
"""A paper is at least this long both ways."""
_SOLID, _FILLS = 0.95, 0.86
"""Share of its hull, and of the rectangle around it, that a paper fills though it is folded, torn or seen askew."""
_SURELY_SOLID = 0.965
_PART = 0.8
"""A paper with four good edges that is no larger a part of an island is one of several."""
_END_MM, _SLACK_MM, _ASKEW_MM, _ACROSS = 12.0, 2.0, 3.0, 0.4
"""Tears end so near to the end of a paper; lid that lies between two papers runs askew by so much, and across by this
share at least."""
_FREE = 0.06
"""Share of a paper among others that may be lid: torn ends leave so much; more may lie between two papers."""
_SHARED = 0.7
"""Of an island, what its parts fill at least where it may be theirs."""
_FOLDED_DEGREES, _FOLDED_MM = 3.5, 1.6
"""Parts of a folded paper lie no more askew to each other, and the sides of one go on in those of the other. Nobody
lays two papers of one width so exactly; light changes at a fold as it does between papers, and says nothing."""
_STEP_MM, _MOST_STEPS, _ISLAND, _TAKEN = 1.5, 100, 0.9, 0.2
"""A paper goes on where a strip beside it is island for the most part, and little of it another paper."""
_LAPPED_MM, _APART_MM = 15.0, 3.0
"""So far may rectangles around them reach over each other, or stay apart: a fold is wide."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Island:
    mask: Mask
    """1 where it is, as large as the picture."""
    around: Floats
    """The smallest rectangle around it."""
    fills: float
    solid: float
    printed: bool = False
    """Its outline is that of print: the paper's own was not seen."""

    @property
    def like_one(self) -> bool:
        return self.solid >= _SOLID and self.fills >= _FILLS


def told_by_islands(scene: Scene, papers: Sequence[Paper]) -> tuple[list[Paper], bool]:
    """The papers as the lid parts them, and whether a person should look.

    Args:
        scene: with a lid that is seen.
        papers: as edges tell them.
    """
    out: list[Paper] = []
    asked = False
    on = [island_under(scene, paper.corners) for paper in papers]
    for number, island in _islands(scene):
        mine = [paper for paper, its in zip(papers, on, strict=True) if its == number]
        found, doubtful = _told(scene, island, mine)
        out += found
        asked = asked or doubtful or any(parted_by_lid(scene, paper.corners) for paper in found)
    return out, asked


def parted_by_lid(scene: Scene, corners: Floats) -> bool:
    """Whether lid is seen across a rectangle, further from its ends than a tear reaches: it may be two papers."""
    if scene.on_lid is None:
        return False
    size = [float(np.hypot(*(corners[end] - corners[0]))) for end in (1, 3)]
    wide, high = (max(1, round(side)) for side in size)
    upright = np.array([[0, 0], [wide, 0], [0, high]], np.float32)
    matrix = cv2.getAffineTransform(corners[[0, 1, 3]].astype(np.float32), upright)
    flat = cv2.warpAffine(scene.on_lid, matrix, (wide, high), flags=cv2.INTER_NEAREST, borderValue=1)
    lid = np.asarray(1 - flat, np.uint8)
    end, side, askew = (round(far * scene.px_per_mm) for far in (_END_MM, _SLACK_MM, _ASKEW_MM))
    for way in (lid, lid.T):
        inner = np.ascontiguousarray(way[end : way.shape[0] - end, side : way.shape[1] - side])
        if inner.size:
            across = cv2.dilate(inner, np.ones((2 * askew + 1, 1), np.uint8)).mean(axis=1)
            if float(across.max()) >= _ACROSS:
                return True
    return False


def _told(scene: Scene, island: _Island, papers: list[Paper]) -> tuple[list[Paper], bool]:
    joined = unfolded(papers, scene.px_per_mm)
    joined = [_up_to_lid(scene, paper, joined, island.mask) for paper in joined]
    several = any(paper.whole and area_of(paper.corners) < _PART * area_of(island.around) for paper in joined)
    if island.like_one and not several:
        unsure = island.solid < _SURELY_SOLID or island.printed or _in_parts(island, papers)
        return [Paper(corners=island.around, whole=True)], unsure
    if joined and not unexplained(scene, [paper.corners for paper in joined], within=island.mask):
        free = any(lid_inside(scene, paper.corners) > _FREE for paper in joined)
        return joined, free or len(joined) < len(papers)
    beside = list(_beside(scene, island.mask, joined))
    return [*(paper for paper in joined if not _lies_on(paper, beside)), *beside], True


def _in_parts(island: _Island, papers: Sequence[Paper]) -> bool:
    """Whether smaller rectangles may share an island among them; tables on one paper leave its margins."""
    whole = area_of(island.around)
    parts = [paper for paper in papers if area_of(paper.corners) < _PART * whole]
    return len(parts) > 1 and sum(area_of(part.corners) for part in parts) >= _SHARED * whole


def _lies_on(paper: Paper, others: Sequence[Paper]) -> bool:
    """Whether a rectangle lies on a paper that was found around it: it is a field printed there."""
    return any(common_area(paper.corners, other.corners) >= _ISLAND * area_of(paper.corners) for other in others)


def _beside(scene: Scene, island: Mask, papers: Sequence[Paper]) -> Iterator[Paper]:
    """What is left of an island beside its papers, where it is printed and has the shape of a paper itself."""
    rest = not_covered(scene, [paper.corners for paper in papers], within=island)
    contours, _ = cv2.findContours(rest, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    for contour in contours:
        left = _shaped(rest, contour)
        large = min(cv2.minAreaRect(contour)[1]) >= _PAPER_MM * scene.px_per_mm
        if large and left.like_one and share_of(scene.ink, left.around) > 0:
            yield Paper(corners=left.around, whole=False)


def _up_to_lid(scene: Scene, paper: Paper, papers: Sequence[Paper], island: Mask) -> Paper:
    """A paper with what lies beyond its sides on the same island and is no other paper's."""
    step = _STEP_MM * scene.px_per_mm
    corners = paper.corners
    others = [other.corners for other in papers if other is not paper]
    for side in range(4):
        for _ in range(_MOST_STEPS):
            strip = strip_beyond(corners, side, step)
            taken = sum(common_area(strip, other) for other in others)
            if share_of(island, strip) < _ISLAND or taken > _TAKEN * area_of(strip):
                break
            corners = corners.copy()
            corners[side], corners[(side + 1) % 4] = strip[3], strip[2]
    return Paper(corners=corners, whole=paper.whole)


def unfolded(papers: Sequence[Paper], px_per_mm: float) -> list[Paper]:
    """Two papers that follow one another like the parts of one that was folded are it."""
    left = list(papers)
    index = 0
    while index < len(left):
        for number in range(index + 1, len(left)):
            first, second = left[index], left[number]
            if _follow(first.corners, second.corners, px_per_mm):
                points = np.concatenate([first.corners, second.corners]).astype(np.float32)
                around = np.asarray(cv2.boxPoints(cv2.minAreaRect(points)), np.float64)
                left[index] = Paper(corners=around, whole=first.whole or second.whole)
                del left[number]
                break
        else:
            index += 1
    return left


def _follow(first: Floats, second: Floats, px_per_mm: float) -> bool:
    """Whether both sides of one go on in those of the other."""
    start, end = facing(first, second)
    their_end, their_start = facing(second, first)
    along = _unit(end - start)
    theirs = _unit(their_end - their_start)
    askew = float(np.degrees(np.arctan2(along[0] * theirs[1] - along[1] * theirs[0], along @ theirs)))
    if abs(askew) > _FOLDED_DEGREES:
        return False
    outward = np.array([along[1], -along[0]])
    off = 0.0
    for mine, their in ((start, their_start), (end, their_end)):
        across, beyond = float((their - mine) @ along), float((their - mine) @ outward)
        if not -_LAPPED_MM * px_per_mm <= beyond <= _APART_MM * px_per_mm:
            return False
        off = max(off, abs(across) - abs(np.sin(np.radians(askew)) * beyond))
    return off <= _FOLDED_MM * px_per_mm


def _unit(way: Floats) -> Floats:
    return way / max(float(np.hypot(*way)), 1e-6)


def _islands(scene: Scene) -> Iterator[tuple[int, _Island]]:
    """Those as large as a paper, with their numbers."""
    if scene.islands is None:
        return
    for number in range(1, int(scene.islands.max()) + 1):
        mask = np.asarray(scene.islands == number, np.uint8)
        contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        contour = max(contours, key=cv2.contourArea)
        if min(cv2.minAreaRect(contour)[1]) >= _PAPER_MM * scene.px_per_mm:
            printed = follows_print(contour, scene.ink, scene.px_per_mm)
            yield number, replace(_shaped(mask, contour), printed=printed)


def _shaped(mask: Mask, contour: MatLike) -> _Island:
    middle, (wide, high), degrees = cv2.minAreaRect(contour)
    area, hull = cv2.contourArea(contour), cv2.contourArea(cv2.convexHull(contour))
    rim = cv2.arcLength(contour, closed=True) / 2
    return _Island(
        mask=mask,
        around=np.asarray(cv2.boxPoints((middle, (wide + 1.0, high + 1.0), degrees)), np.float64),
        fills=(area + rim) / ((wide + 1.0) * (high + 1.0)),
        solid=area / max(hull, 1.0),
    )
