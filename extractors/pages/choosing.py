"""Which of the rectangles that edges support are papers: the set of them that together explains a picture best.

A paper's edges are seen, nothing but paper lies inside, no print runs across its edges, and papers share hardly any
area. Rectangles of printed rules pass many of these tests too. So they are not judged one by one: what lies wholly
inside a rectangle with four good edges goes; of the rest the set with the greatest sum of worth is looked for; parts
that share a whole side and lie alike become one; and a part whose paper goes on beyond a side grows to its edge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np

from extractors.pages.growing import grow
from extractors.pages.lid import rectangles_on_lid
from extractors.pages.outlines import Outline, square_degrees
from extractors.pages.rings import area_of, common_area, facing, lie_on, shares, sides
from extractors.pages.scene import (
    Scene,
    beside_lid,
    crossed,
    island_under,
    lid_inside,
    no_edge,
    on_several,
    other_white,
    settled,
    shown_area,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats: TypeAlias = npt.NDArray[np.float64]
    Flags: TypeAlias = npt.NDArray[np.bool_]

_SHADOW_MM = 1.6
"""Dark shadows of a paper's edge reach so far."""
_LEAST_POINTS = 8
"""Points of print on a paper that is one: of 3,000 on the picture, and a few lines of a ticket have 40."""
_NO_PAPER = 0.55
"""Strength of a rectangle at random print on generated pages; papers have at least 0.7."""
_GOOD = 0.88
"""Strength above this says nothing more."""
_CROSSED_COUNTS = 4.0
_LID_COUNTS = 2.0
"""What a share of the outline with print across it, and a share of darker ground inside, take from the strength."""
_HALVES = 0.93
"""Share of a rectangle that two papers in it fill together."""
_INSIDE = 0.6
"""Share of a rectangle that the picture shows at least."""
_WITHIN = 0.97
_WHOLE = (0.94, 0.5, 0.06, 0.005)
"""Least support of a side, of the ends, and most lid and crossing print: of a rectangle with four good edges."""
_ANOTHER_MM2 = 600.0
"""Area that another paper must explain to be worth it: of one paper and its two parts, the one is chosen."""
_LID_SLACK = 0.03
"""Share of a paper that may be taken for lid where one is seen: its outline is known to half a millimetre."""
_LID_BETWEEN = 0.14
"""Share of a rectangle on a seen lid that torn ends and bent sides leave free at most; more is lid between papers."""
_BY_LID = 0.8
"""A side along so much of which the lid is seen is no printed rule."""
_PRINTED_COUNTS = 0.5
"""What is left of the worth for each side that is a printed rule, or no edge at all."""
_NOT_WHOLE = 0.9
"""What is left of it where one edge is not a good one: two papers with four each explain the same ground better."""
_OVERLAP = 0.15
_COVERED = 0.5
"""Papers are chosen to share no more than ``_OVERLAP``, and a strip by which one grows may lie on others by that much
of itself: a small part of a paper disappears under it, a paper beside it never does by half."""
_SAME_TILT = 0.8
"""Degrees: parts of one paper."""
_SLACK_MM = 2.0
_ROUNDS = 8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Paper:
    """What was chosen."""

    corners: Floats
    """4 × 2, clockwise."""
    whole: bool
    """Its four edges are good ones, and none of them is printed."""

    @property
    def degrees(self) -> float:
        """Tilt of its sides, -45 to 45."""
        return square_degrees(self.corners)


def choose_papers(scene: Scene, outlines: Sequence[Outline]) -> list[Paper]:
    """The papers on a picture."""
    kept, within = _worthy(scene, [*outlines, *_on_lid(scene)])
    if not kept:
        return []
    shared = shares(np.array([one.corners for one in kept]), least=_OVERLAP)
    area = np.array([one.area for one in kept])
    common = np.triu(shared, 1)
    common = (common + common.T) * np.minimum(area[:, None], area[None]) * (_GOOD - _NO_PAPER)
    worth = np.array([one.worth for one in kept])
    chosen = [kept[index] for index in best_set(worth, common, shared >= _OVERLAP)]
    parted = [part for one in chosen for part in _parted(scene, one, within)]
    papers = _joined(scene, parted)
    grown = grow(scene, [settled(scene, paper.corners) for paper in papers])
    return uncovered([Paper(corners=corners, whole=paper.whole) for corners, paper in zip(grown, papers, strict=True)])


def uncovered(papers: Sequence[Paper]) -> list[Paper]:
    """Without those of which a larger one has come to cover the most as it grew: they are parts of it."""
    return [
        one
        for number, one in enumerate(papers)
        if not any(
            (area_of(other.corners), number) > (area_of(one.corners), place)
            and common_area(one.corners, other.corners) > _COVERED * area_of(one.corners)
            for place, other in enumerate(papers)
            if place != number
        )
    ]


def _on_lid(scene: Scene) -> list[Outline]:
    if scene.on_lid is None:
        return []
    found = rectangles_on_lid(scene.on_lid, scene.px_per_mm)
    return [Outline(corners=corners, support=(1.0,) * 4, ends=1.0) for corners in found]


def left_out(scene: Scene, papers: Sequence[Paper]) -> float:
    """Share of the print that lies on none of the papers."""
    if not len(scene.points):
        return 0.0
    if not len(papers):
        return 1.0
    corners = np.array([paper.corners for paper in papers])
    return 1.0 - float(lie_on(corners, scene.points, _SHADOW_MM * scene.px_per_mm).any(axis=0).mean())


def like_one(scene: Scene, papers: Sequence[Paper]) -> bool:
    """Whether two of them lie side by side like the parts of one, and no lid is seen between them."""
    on = [island_under(scene, paper.corners) for paper in papers]
    return any(
        on[number] == its and _union(first.corners, second.corners, scene.px_per_mm) is not None
        for number, first in enumerate(papers)
        for second, its in zip(papers[number + 1 :], on[number + 1 :], strict=True)
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Candidate(Paper):
    worth: float
    area: float


def _worthy(scene: Scene, outlines: Sequence[Outline]) -> tuple[list[_Candidate], list[_Candidate]]:
    """What may be a paper, and apart from it what has four good edges but lies inside a rectangle that has them too."""
    able = [one for one in outlines if one.strength > _NO_PAPER]
    if not able:
        return [], []
    prints = lie_on(np.array([one.corners for one in able]), scene.points, 0.5 * scene.px_per_mm).sum(axis=1)
    found = [_weighed(scene, one) for one, count in zip(able, prints, strict=True) if count >= _LEAST_POINTS]
    weighed = sorted((one for one in found if one is not None), key=lambda one: -one.area)
    kept: list[_Candidate] = []
    within: list[_Candidate] = []
    for one in weighed:
        if not any(other.whole and _inside(one, other) for other in kept):
            kept.append(one)
        elif one.whole:
            within.append(one)
    return sorted(kept, key=lambda one: -one.worth), within


def _parted(scene: Scene, paper: _Candidate, within: Sequence[_Candidate]) -> list[_Candidate]:
    """Two papers of different white that lie side by side like one, each with four good edges; else the paper."""
    inner = [one for one in within if _inside(one, paper)] if paper.whole else []
    for number, first in enumerate(inner):
        for second in inner[number + 1 :]:
            shared = common_area(first.corners, second.corners)
            all_of_it = first.area + second.area - shared >= _HALVES * paper.area
            apart = shared < _OVERLAP * min(first.area, second.area)
            if all_of_it and apart and other_white(scene, *facing(first.corners, second.corners)):
                return [first, second]
    return [paper]


def _inside(one: _Candidate, other: _Candidate) -> bool:
    if one.area >= _WITHIN * other.area:
        return False
    return common_area(one.corners, other.corners) >= _WITHIN * one.area


def _weighed(scene: Scene, outline: Outline) -> _Candidate | None:
    """How well a rectangle would be a paper; None where it would not."""
    if on_several(scene, outline.corners):
        return None
    across = crossed(outline.corners, scene.ink, scene.px_per_mm)
    seen = beside_lid(scene, outline.corners)
    support = [max(pair) for pair in zip(outline.support, seen, strict=True)]
    mean, ends = sum(support) / 4, max(outline.ends, sum(seen) / 4)
    lifted = replace(outline, support=tuple(support), ends=ends)
    strength = min(_GOOD, lifted.strength - 0.3 * (mean - min(support)))
    sure = strength - _NO_PAPER - _CROSSED_COUNTS * across
    if sure <= 0:
        return None
    shown, lid = shown_area(scene, outline.corners), lid_inside(scene, outline.corners)
    sure -= _LID_COUNTS * (lid if scene.on_lid is None else max(0.0, lid - _LID_SLACK))
    between = scene.on_lid is not None and lid > _LID_BETWEEN
    if sure <= 0 or between or shown < _INSIDE * outline.area:
        return None
    edged = zip(sides(outline.corners), seen, strict=True)
    printed = sum(share < _BY_LID and no_edge(scene, *side) for side, share in edged)
    least, least_ends, darker, most = _WHOLE
    whole = min(support) >= least and ends >= least_ends and lid < darker and across < most and not printed
    worth = min(shown, outline.area) * sure * _PRINTED_COUNTS**printed * (1.0 if whole else _NOT_WHOLE)
    worth = max(1.0, worth - _ANOTHER_MM2 * scene.px_per_mm**2 * (_GOOD - _NO_PAPER))
    return _Candidate(corners=outline.corners, worth=worth, area=outline.area, whole=whole)


def best_set(worth: Floats, common: Floats, clash: Flags) -> list[int]:
    """Candidates without a clash whose worth adds up to the most, as far as single exchanges lead.

    Args:
        worth: of each, greatest first, all above zero.
        common: what two of them count twice, n × n; zeros on the diagonal.
        clash: n × n, true on the diagonal.
    """

    def filled(start: list[int], *, without: int = -1) -> list[int]:
        free: Flags = np.asarray(~clash[start].any(axis=0)) if start else np.ones(len(worth), bool)
        if without >= 0:
            free[without] = False
        chosen = list(start)
        for index in range(len(worth)):
            if free[index]:
                chosen.append(index)
                free &= ~clash[index]
        return chosen

    def total(chosen: list[int]) -> float:
        return float(worth[chosen].sum() - common[np.ix_(chosen, chosen)].sum() / 2)

    best = filled([])
    for _ in range(_ROUNDS):
        before = total(best)
        for index in range(len(worth)):
            if index in best:
                rest = [one for one in best if one != index]
                trial = filled(rest, without=index)
            else:
                trial = filled([*(one for one in best if not clash[index, one]), index])
            if total(trial) > total(best) + 1e-6:
                best = trial
        if total(best) <= before + 1e-6:
            break
    return best


def _joined(scene: Scene, chosen: Sequence[Paper]) -> list[Paper]:
    """Rectangles that share a whole side and lie alike are parts of one paper, which a printed rule divides."""
    left = list(chosen)
    index = 0
    while index < len(left):
        for number in range(index + 1, len(left)):
            first, second = left[index], left[number]
            union = _union(first.corners, second.corners, scene.px_per_mm)
            if union is None:
                continue
            whole = first.whole and second.whole
            if not whole or not other_white(scene, *facing(first.corners, second.corners)):
                left[index] = Paper(corners=union, whole=whole)
                del left[number]
                break
        else:
            index += 1
    return left


def _union(first: Floats, second: Floats, px_per_mm: float) -> Floats | None:
    apart = square_degrees(first) - square_degrees(second)
    if abs((apart + 45) % 90 - 45) > _SAME_TILT:
        return None
    points = np.concatenate([first, second]).astype(np.float32)
    around = np.asarray(cv2.boxPoints(cv2.minAreaRect(points)), np.float64)
    longest = max(float(np.hypot(*(around[1] - around[0]))), float(np.hypot(*(around[2] - around[1]))))
    more = area_of(around) - area_of(first) - area_of(second) + common_area(first, second)
    return around if more <= _SLACK_MM * px_per_mm * longest else None
