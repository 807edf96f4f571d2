"""What a reduced picture shows around a rectangle: its ground, the print across its outline, how its edges look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np

from extractors.pages.lid import papers_on_lid, with_bands
from extractors.pages.rings import common_area, sides
from extractors.pages.shadows import papers_within_shadows

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats: TypeAlias = npt.NDArray[np.float64]
    Labels: TypeAlias = npt.NDArray[np.int32]
    Mask: TypeAlias = npt.NDArray[np.uint8]

_INK = 45
"""Levels below the paper around it: print, also faded; shadows of edges and creases are lighter."""
_POINTS = 3000
_LID = 0.88
"""Ground darker than this share of the paper's own tone: grey lids are at most 0.87, shaded paper is lighter."""
_PROFILE_MM, _PROFILE_STEP_MM = 3.5, 0.25
_OFF_MM = 1.2
"""An edge's place is known so well."""
_RULE_DEPTH, _RULE_STEP, _RULE_TAIL = 40.0, 8.0, 0.15
"""Levels: printed rules are 48 to 160 darker than the paper on both sides; shadows of edges at most 33 on
white lids."""
_LEAST_DEPTH, _LEAST_STEP = 1.5, 1.0
"""Levels: one in 400 edges of papers on white lids shows less of both, and one in six of other straight edges."""
_BESIDE_MM = np.arange(0.8, 3.6, 0.4)
_OTHER_WHITE = 2.5
"""Levels between two papers side by side: grain is averaged out over that many pixels."""
_STEEP, _STEEPER = 12.0, 3.0
"""Levels in half a millimetre: more than shadows of edges on white lids show; and times as much as where a side is."""
_INNER_MM = np.array([1.6, 2.4])
_PAPER_PERCENT = 60
_FILLED = 13.0
"""Levels: papers are at most 12 darker than a white lid, and at most 18 darker than a paper on one side of them."""
_MOST_SIDES, _RULED_SIDES = 3, 2
_RIM_MM = 1.5
_LEAST_TONES = 50
_BESIDE_LID_MM = 2.0
_SLACK_MM, _STRIP_MM, _EMPTY_MM = 2.0, 4.0, 20.0
"""What is narrower than a strip is the uncertainty of edges; an empty back is as large as a paper."""
_PLACES, _ON_ANOTHER = 40, 0.04
"""Places of a rectangle each way that are asked where they lie, and the share of them that may be another paper's."""
_LINE_DEPTH = 3.0
"""Levels by which a paper's shadow is darker than both papers that it parts: the faintest shadows are 3.7 deep."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """A reduced picture, with what is asked of it again and again."""

    grey: Mask
    ink: Mask
    """1 where print is."""
    paper: Mask
    """The picture without print."""
    points: Floats
    """Places of print, n × 2, none at the rim of the picture, and none on a lid that is seen: boards have joints."""
    px_per_mm: float
    on_lid: Mask | None = None
    """1 where paper lies, where the lid behind it is seen."""
    islands: Labels | None = None
    """What lies on it, each island with its number; 0 where the lid is."""


def scene_of(grey: Mask, px_per_mm: float, *, colour: Mask | None = None) -> Scene:
    """Print and ground of a reduced picture; ``colour``: the same as RGB."""
    ink, paper = ink_and_paper(grey, px_per_mm)
    inner = without_rim(ink, px_per_mm)
    on_lid = papers_on_lid(grey, inner, px_per_mm)
    if on_lid is not None:
        on_lid = with_bands(grey if colour is None else colour, on_lid, px_per_mm)
    else:
        on_lid = papers_within_shadows(grey if colour is None else colour, inner, px_per_mm)
    rows, columns = np.nonzero(inner if on_lid is None else inner & on_lid)
    step = max(1, len(rows) // _POINTS)
    points = np.stack([columns[::step], rows[::step]], axis=1).astype(np.float64)
    islands = None if on_lid is None else np.asarray(cv2.connectedComponents(on_lid, connectivity=4)[1], np.int32)
    return Scene(grey=grey, ink=ink, paper=paper, points=points, px_per_mm=px_per_mm, on_lid=on_lid, islands=islands)


def ink_and_paper(grey: Mask, px_per_mm: float) -> tuple[Mask, Mask]:
    """Where print is (1), and the picture without it."""
    side = round(1.5 * px_per_mm) * 2 + 1
    paper = np.asarray(cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8)), np.uint8)
    return np.asarray(cv2.subtract(paper, grey) > _INK, np.uint8), paper


def without_rim(ink: Mask, px_per_mm: float) -> Mask:
    """Print, but for the picture's rim: what is dark there is the scanner's."""
    inner = ink.copy()
    rim = round(2 * px_per_mm)
    inner[:rim] = inner[-rim:] = inner[:, :rim] = inner[:, -rim:] = 0
    return inner


def shown_area(scene: Scene, corners: Floats) -> float:
    """Pixels of a rectangle inside the picture."""
    height, width = scene.grey.shape
    return common_area(corners, np.array([[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]]))


def lid_inside(scene: Scene, corners: Floats) -> float:
    """Share of a rectangle that is lid, where the lid is seen.

    Else the share of the ground along the inside of its edge that is darker than its paper. Not of all its ground:
    fields printed in grey are dark as well, but they rarely reach the edge of a paper.
    """
    if scene.on_lid is not None:
        return 1.0 - share_of(scene.on_lid, corners)
    ring = np.concatenate(
        [_across(scene.paper, start, end, _INNER_MM * scene.px_per_mm).ravel() for start, end in sides(corners)]
    )
    return float((ring < _LID * np.percentile(ring, _PAPER_PERCENT)).mean())


def no_edge(scene: Scene, start: Floats, end: Floats) -> bool:
    """Whether a side is a printed rule, or nothing is seen along it though it lies inside the picture."""
    height, width = scene.grey.shape
    x, y = (start + end) / 2
    rim = _RIM_MM * scene.px_per_mm
    found = profile(scene, start, end)
    return found.printed or (found.nothing and rim < x < width - rim and rim < y < height - rim)


def is_field(scene: Scene, corners: Floats) -> bool:
    """Whether a rectangle is a field printed on a page: ruled on two sides or more, or filled with grey."""
    dark = sum(profile(scene, start, end).step < -_FILLED for start, end in sides(corners))
    return bool(dark >= _MOST_SIDES) or sum(no_edge(scene, start, end) for start, end in sides(corners)) >= _RULED_SIDES


def lid_beyond(scene: Scene, strip: Floats, paper: Floats) -> float:
    """Share of a strip beside a paper whose ground is darker than the paper; 0 where too little of it is shown."""
    own = _tones(scene, paper)
    beyond = _tones(scene, strip)
    if not len(own) or len(beyond) < _LEAST_TONES:
        return 0.0
    return float((beyond < _LID * np.median(own)).mean())


def beside_lid(scene: Scene, corners: Floats) -> tuple[float, ...]:
    """Share of each side with paper inside and the lid, or the end of the picture, outside; 0 where no lid is seen."""
    if scene.on_lid is None:
        return (0.0,) * 4
    far = _BESIDE_LID_MM * scene.px_per_mm
    found = []
    for start, end in sides(corners):
        length = float(np.hypot(*(end - start)))
        normal = np.array([(end - start)[1], -(end - start)[0]]) / max(length, 1e-6)
        points = start + (end - start) * np.linspace(0.02, 0.98, max(8, round(length)))[:, None]
        # Beyond the picture as on the lid.
        beyond, within = (_at(scene.on_lid, points + normal * way) for way in (far, -far))
        found.append(float(((beyond == 0) & (within == 1)).mean()))
    return tuple(found)


def islands_under(scene: Scene, corners: Floats) -> npt.NDArray[np.int64]:
    """How many of the places of a rectangle, but for its edge, lie on each island; none where no lid is seen."""
    if scene.islands is None:
        return np.zeros(0, np.int64)
    first, second = corners[1] - corners[0], corners[3] - corners[0]
    spare = [_SLACK_MM * scene.px_per_mm / max(float(np.hypot(*way)), 1e-6) for way in (first, second)]
    along, down = (np.linspace(min(one, 0.5), max(1 - one, 0.5), _PLACES) for one in spare)
    places = corners[0] + along[:, None, None] * first + down[None, :, None] * second
    columns, rows = np.round(places.reshape(-1, 2)).astype(int).T
    height, width = scene.islands.shape
    inside = (columns >= 0) & (rows >= 0) & (columns < width) & (rows < height)
    return np.bincount(scene.islands[rows[inside], columns[inside]])


def island_under(scene: Scene, corners: Floats) -> int:
    """The number of the island on which most of a rectangle lies; 0 where that is the lid, or none is seen."""
    counts = islands_under(scene, corners)
    return int(np.argmax(counts)) if len(counts) else 0


def on_several(scene: Scene, corners: Floats) -> bool:
    """Whether a rectangle reaches from one island over the lid to the next: no paper does."""
    counts = islands_under(scene, corners)[1:]
    return len(counts) > 1 and bool(np.sort(counts)[-2] >= _ON_ANOTHER * counts.sum())


def not_covered(scene: Scene, papers: Sequence[Floats], *, within: Mask) -> Mask:
    """1 where none of these papers lies, but for what is narrower than a strip."""
    rest = within.copy()
    slack = round(_SLACK_MM * scene.px_per_mm)
    for corners in papers:
        ring = np.round(corners).astype(np.int32)
        cv2.fillConvexPoly(rest, ring, 0)
        cv2.polylines(rest, [ring], True, 0, 2 * slack)
    side = round(_STRIP_MM * scene.px_per_mm)
    return np.asarray(cv2.morphologyEx(rest, cv2.MORPH_OPEN, np.ones((side, side), np.uint8)), np.uint8)


def unexplained(scene: Scene, papers: Sequence[Floats], *, within: Mask | None = None) -> bool:
    """Whether more lies on a seen lid (``within`` a part of it) than these papers, and empty backs."""
    if scene.on_lid is None:
        return False
    rest = not_covered(scene, papers, within=scene.on_lid if within is None else within)
    contours, _ = cv2.findContours(rest, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    for contour in contours:
        left, top, width, height = cv2.boundingRect(contour)
        inked = int((scene.ink & rest)[top : top + height, left : left + width].sum())
        size = cv2.minAreaRect(contour)[1]
        empty = not inked and min(size) >= _EMPTY_MM * scene.px_per_mm
        if not empty and max(size) >= _EMPTY_MM * scene.px_per_mm:
            return True
    return False


def share_of(mask: Mask, corners: Floats) -> float:
    """Of a rectangle's shown pixels, those that are 1."""
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int), 0)
    high = np.maximum(np.ceil(corners.max(axis=0)).astype(int) + 1, 0)
    part = mask[low[1] : high[1], low[0] : high[0]]
    if not part.size:
        return 0.0
    inside = np.zeros(part.shape, np.uint8)
    cv2.fillConvexPoly(inside, np.round(corners - low).astype(np.int32), 1)
    return float(cv2.mean(part, inside)[0])


def _tones(scene: Scene, corners: Floats) -> Mask:
    """Ground of a rectangle, every fourth pixel of it, but for its edge."""
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int), 0)
    high = np.maximum(np.ceil(corners.max(axis=0)).astype(int) + 1, 0)
    ground = scene.paper[low[1] : high[1] : 2, low[0] : high[0] : 2]
    if min(ground.shape) < 2:
        return np.zeros(0, np.uint8)
    mask = np.zeros(ground.shape, np.uint8)
    cv2.fillConvexPoly(mask, np.round((corners - low) / 2).astype(np.int32), 1)
    inner = np.asarray(cv2.erode(mask, np.ones((3, 3), np.uint8), borderValue=0), np.uint8)
    return ground[inner > 0]


def crossed(corners: Floats, ink: Mask, px_per_mm: float) -> float:
    """Share of the outline across which print runs."""
    centre = corners.mean(axis=0)
    both = []
    for side in range(4):
        a, b = corners[side], corners[(side + 1) % 4]
        length = float(np.hypot(*(b - a)))
        points = a + (b - a) * np.linspace(0.03, 0.97, max(8, round(length)))[:, None]
        normal = np.array([-(b - a)[1], (b - a)[0]]) / max(length, 1e-6)
        normal = normal if (centre - a) @ normal > 0 else -normal
        both.append(_at(ink, points + normal * 0.9 * px_per_mm) & _at(ink, points - normal * 0.9 * px_per_mm))
    return float(np.concatenate(both).mean())


def _at(mask: Mask, points: Floats) -> Mask:
    places = np.round(points).astype(int)
    inside = (places >= 0).all(axis=1) & (places[:, 0] < mask.shape[1]) & (places[:, 1] < mask.shape[0])
    out = np.zeros(len(points), np.uint8)
    out[inside] = mask[places[inside, 1], places[inside, 0]]
    return out


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Brightness across an edge."""

    step: float
    """By how much it is brighter on the right of the edge's direction (inside, on a clockwise outline)."""
    depth: float
    """How much darker the edge is than the darker side."""
    tail: float
    """What is left of that 0.75 millimetres beside it, as a share: shadows have one, printed rules do not."""

    @property
    def printed(self) -> bool:
        """A dark narrow line on one paper."""
        return self.depth > _RULE_DEPTH and abs(self.step) < _RULE_STEP and self.tail < _RULE_TAIL

    @property
    def nothing(self) -> bool:
        """Neither a line nor a step."""
        return abs(self.depth) < _LEAST_DEPTH and abs(self.step) < _LEAST_STEP


def profile(scene: Scene, start: Floats, end: Floats) -> Profile:
    """Across the middle of an edge, wherever within a millimetre of it the darkest line is."""
    across = np.arange(-_PROFILE_MM, _PROFILE_MM + 0.01, _PROFILE_STEP_MM) * scene.px_per_mm
    level = np.median(_across(scene.grey, start, end, across), axis=0)
    middle, off = len(level) // 2, round(_OFF_MM / _PROFILE_STEP_MM)
    lowest = middle - off + int(np.argmin(level[middle - off : middle + off + 1]))
    outer, inner = float(np.median(level[lowest - 9 : lowest - 3])), float(np.median(level[lowest + 4 : lowest + 10]))
    base = min(outer, inner)
    depth = base - float(level[lowest])
    tail = base - float(min(level[lowest - 3], level[lowest + 3]))
    return Profile(step=inner - outer, depth=depth, tail=tail / max(depth, 1.0))


def settled(scene: Scene, corners: Floats) -> Floats:
    """A rectangle whose sides lie on the steps in brightness that they were meant for.

    Beside a step between dark and white, lines are found up to three millimetres off as well.
    """
    out = corners.copy()
    across = np.arange(-_PROFILE_MM, _PROFILE_MM + 0.01, _PROFILE_STEP_MM) * scene.px_per_mm
    for side in range(4):
        after = (side + 1) % 4
        start, end = out[side], out[after]
        level = np.median(_across(scene.grey, start, end, across), axis=0)
        slope = np.abs(level[2:] - level[:-2])
        middle, most = len(slope) // 2, int(np.argmax(slope))
        here = float(slope[middle - 3 : middle + 4].max())
        if slope[most] >= _STEEP and slope[most] > _STEEPER * here:
            along = (end - start) / max(float(np.hypot(*(end - start))), 1e-6)
            move = np.array([-along[1], along[0]]) * across[most + 1]
            out[side], out[after] = start + move, end + move
    return out


def other_white(scene: Scene, start: Floats, end: Floats) -> bool:
    """Whether an edge parts two papers of different white: all along it one side is the brighter one.

    The upper paper casts a shadow. Without a dark line between the two it is a field printed right across one paper.
    """
    if profile(scene, start, end).depth < _LINE_DEPTH:
        return False
    across = np.concatenate([-_BESIDE_MM, _BESIDE_MM]) * scene.px_per_mm
    level = np.median(_across(scene.paper, start, end, across).reshape(3, -1, len(across)), axis=1)
    half = len(across) // 2
    steps = np.median(level[:, half:], axis=1) - np.median(level[:, :half], axis=1)
    return float(np.abs(steps).min()) >= _OTHER_WHITE and bool((steps > 0).all() or (steps < 0).all())


def _across(picture: Mask, start: Floats, end: Floats, across: Floats) -> Floats:
    """Brightness beside an edge, at so many pixels to its right; a multiple of three rows."""
    length = float(np.hypot(*(end - start)))
    along = (end - start) / max(length, 1e-6)
    at = np.linspace(0.04 * length, 0.96 * length, 3 * max(4, round(length / 6)))
    places = (start + along * at[:, None])[:, None, :] + across[None, :, None] * np.array([-along[1], along[0]])
    columns, rows = places[:, :, 0].astype(np.float32), places[:, :, 1].astype(np.float32)
    found = cv2.remap(picture, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, np.float64)
