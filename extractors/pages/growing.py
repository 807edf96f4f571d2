"""Papers of which a printed rule was taken for an edge: each grows beyond that side to the edge of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from extractors.pages.outlines import edges_seen
from extractors.pages.rings import area_of, common_area, strip_beyond
from extractors.pages.scene import lid_beyond

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats: TypeAlias = npt.NDArray[np.float64]

    from extractors.pages.scene import Scene

_OVERLAP = 0.15
_STRIP_MM = 4.0
_LEAST_GROWTH_MM, _MOST_GROWTH_MM, _GROWTH_STEP_MM = 2.0, 120.0, 0.8
_MOSTLY = 0.5
_GOES_ON = 0.6
"""Share of a strip's sides on which an edge is seen, where the paper goes on beyond a printed rule."""


def grow(scene: Scene, papers: Sequence[Floats]) -> list[Floats]:
    """Each paper with what lies beyond a side and is still itself: that side was a printed rule.

    It is where the same ground goes on beyond the side, with edges along both sides of it; along one of them where
    the ground beyond other sides of the paper is darker, so that lid and paper can be told apart.
    """
    if not papers:
        return []
    near = _STRIP_MM * scene.px_per_mm
    out = list(papers)
    strips = np.array([strip_beyond(corners, side, near) for corners in out for side in range(4)])
    seen = edges_seen(scene.grey, strips, px_per_mm=scene.px_per_mm)
    lids = np.array([lid_beyond(scene, strip, out[number // 4]) for number, strip in enumerate(strips)])
    for number, support in enumerate(seen):
        index, side = divmod(number, 4)
        told = int((lids[4 * index : 4 * index + 4] > _MOSTLY).sum()) > 1
        others = [*out[:index], *out[index + 1 :]]
        if lids[number] < _OVERLAP and _follows(support, told=told) and _free(strips[number], others):
            edge = _last_edge(scene, out[index], side, others, told=told)
            if edge is not None:
                grown = out[index].copy()
                grown[side], grown[(side + 1) % 4] = edge[3], edge[2]
                out[index] = grown
    return out


def _follows(support: Floats, *, told: bool) -> bool:
    """Whether edges go on along a strip: its first side is the paper's, the second and fourth run on from there."""
    sides = (float(support[1]), float(support[3]))
    return (max(sides) if told else min(sides)) >= _GOES_ON


def _last_edge(scene: Scene, paper: Floats, side: int, others: list[Floats], *, told: bool) -> Floats | None:
    """The strip beyond a side that ends at the paper's edge; None where no edge is found."""
    size = np.array(scene.grey.shape[::-1], np.float64)
    strips = []
    for far in np.arange(_LEAST_GROWTH_MM, _MOST_GROWTH_MM, _GROWTH_STEP_MM) * scene.px_per_mm:
        strip = strip_beyond(paper, side, float(far))
        beyond = (strip[2] + strip[3]) / 2
        over = max(float((-beyond).max()), float((beyond - size).max()))
        if over > scene.px_per_mm or not _free(strip, others) or lid_beyond(scene, strip, paper) >= _OVERLAP:
            break
        strips.append(strip)
    best, found = _GOES_ON, None
    if strips:
        for strip, support in zip(
            strips, edges_seen(scene.grey, np.array(strips), px_per_mm=scene.px_per_mm), strict=True
        ):
            if _follows(support, told=told) and support[2] >= best:
                best, found = float(support[2]), strip
    return found


def _free(strip: Floats, others: list[Floats]) -> bool:
    return all(common_area(strip, other) <= _OVERLAP * area_of(strip) for other in others)
