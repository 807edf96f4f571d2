"""Platen scans: several receipts scanned in one go, and single pages that must stay whole. Everything seeded.

Slips are drawn once by the browser and laid out many times, which needs no browser. The truth of a scan is the
outline of every slip in pixels of the file.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from domain.fields import DocumentType
from samples.generator import held_back as held
from samples.generator import layouts, under_lid
from samples.generator.damage import MEDIA_TYPES, Pixels, rasterise
from samples.generator.layouts import Layout
from samples.generator.making import make
from samples.generator.printer import Printer
from samples.generator.under_lid import LIDS, MM_PER_INCH, Points

_cv: Any = cv2  # its stubs know no element types

SLIP_DPI = 300
A4 = (210.0, 297.0)
A3 = (420.0, 297.0)
WAYS = ("apart", "touching", "overlapping", "border")
"""How slips lie to one another."""
_MAP_PER_MM = 2.0
"""Places are looked for on a map with this many cells per millimetre."""
_TRIES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A paper as printed, before it is laid on a platen."""

    pixels: Pixels
    """At ``SLIP_DPI``."""
    layout: str
    text: str
    shape: Pixels | None = None
    """255 where there is paper, as large as the pixels; None: everywhere."""

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height."""
        height, width = self.pixels.shape[:2]
        return width / SLIP_DPI * MM_PER_INCH, height / SLIP_DPI * MM_PER_INCH


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidSlip:
    """A slip on the platen."""

    corners: tuple[tuple[float, float], ...]
    """Its outline in pixels of the file: top left of the print first, clockwise."""
    ink: tuple[float, float, float, float]
    """Box around its print in pixels of the file; all zero where it shows its empty back."""
    text: str
    layout: str
    tilt_degrees: float
    hull: tuple[tuple[float, float], ...] = ()
    """Around its print more closely than the box, where a picture of the scan is taken from aside."""

    @property
    def blank(self) -> bool:
        """True where its empty back is up."""
        return not any(self.ink)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatenScan:
    """One scan with its truth."""

    name: str
    content: bytes
    suffix: str
    dpi: int
    lid: str
    way: str
    """One of ``WAYS``, or ``single`` for a page that must stay whole."""
    slips: tuple[LaidSlip, ...]

    @property
    def media_type(self) -> str:
        """Of ``content``."""
        return MEDIA_TYPES[self.suffix]

    @property
    def receipts(self) -> tuple[LaidSlip, ...]:
        """Slips with print on them."""
        return tuple(slip for slip in self.slips if not slip.blank)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a slip is laid."""

    slip: Slip
    degrees: float
    centre: tuple[float, float]
    """In millimetres."""
    blank: bool = False
    """Its empty back is up."""

    def corners(self) -> Points:
        """In millimetres, the print's top left first, clockwise."""
        width, height = self.slip.size_mm
        turn = math.radians(self.degrees)
        matrix = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
        rect = np.array([[-width, -height], [width, -height], [width, height], [-width, height]]) / 2
        corners: Points = rect @ matrix.T + np.array(self.centre)
        return corners


def make_slips(*, seed: int, count: int, held_back: bool, printer: Printer) -> tuple[Slip, ...]:
    """Receipts of every receipt layout in turn, smaller than a page."""
    pool = [found for found in _receipt_layouts(held_back=held_back) if found.paper != A4]
    slips = []
    for number in range(count):
        layout = pool[number % len(pool)]
        sample = make(
            seed * 1000 + number,
            document_type=DocumentType.RECEIPT,
            layout=layout.name,
            held_back=held_back,
            printer=printer,
        )
        slips.append(Slip(pixels=rasterise(sample.pdf, dpi=SLIP_DPI)[0], layout=layout.name, text=sample.text))
    return tuple(slips)


def make_sheets(*, seed: int, count: int, held_back: bool, printer: Printer) -> tuple[Slip, ...]:
    """Full pages that must stay whole: every page layout in turn, landscape ones included."""
    pool = [
        (layout, kind)
        for layout in (held.LAYOUTS if held_back else layouts.DEVELOPMENT)
        for kind in layout.types[:3]
        if kind is not DocumentType.RECEIPT or layout.paper == A4
    ]
    slips = []
    for number in range(count):
        layout, kind = pool[number % len(pool)]
        sample = make(
            seed * 1000 + number, document_type=kind, layout=layout.name, held_back=held_back, printer=printer
        )
        slips.append(Slip(pixels=rasterise(sample.pdf, dpi=SLIP_DPI)[0], layout=layout.name, text=sample.text))
    return tuple(slips)


def lay(
    seed: int,
    slips: Sequence[Slip],
    *,
    lid: str | None = None,
    way: str | None = None,
    suffix: str | None = None,
    dpi: int | None = None,
) -> PlatenScan:
    """A scan of some of the slips; what is not asked for is drawn from the seed."""
    rng = random.Random(f"platen {seed}")
    chosen_lid, chosen_way = rng.choice(LIDS), rng.choice(WAYS)
    chosen_lid, chosen_way = lid or chosen_lid, way or chosen_way
    wanted = rng.choice((1, 2, 3, 3, 4, 4, 5, 6, 7, 8, 10, 12))
    size = A3 if wanted > 4 or rng.random() < 0.25 else A4
    level = rng.random() < 0.25
    places: list[Place] = []
    for slip in rng.sample(list(slips), min(wanted, len(slips))):
        place = find_place(slip, places, size=size, way=chosen_way, level=level, rng=rng)
        if place is not None:
            places.append(place)
    return _scan(seed, places, size=size, lid=chosen_lid, way=chosen_way, suffix=suffix, dpi=dpi, rng=rng)


def lay_single(seed: int, sheet: Slip, *, pasted: Sequence[Slip] = (), suffix: str | None = None) -> PlatenScan:
    """A scan of one page that must stay whole; ``pasted``: an account sheet with these receipts glued on."""
    rng = random.Random(f"single {seed}")
    if pasted:
        sheet = _account_sheet(sheet, pasted, rng)
    width, height = sheet.size_mm
    size = (max(A4[0], width), A4[1]) if width <= height or width <= A4[0] else (A4[1], A4[0])
    slack = (max(0.0, size[0] - width) / 2, max(0.0, size[1] - height) / 2)
    shift = (rng.uniform(-0.8, 0.8) * slack[0], rng.uniform(-0.8, 0.8) * slack[1])
    centre = (size[0] / 2 + shift[0] + rng.uniform(-1, 1), size[1] / 2 + shift[1] + rng.uniform(-1, 1))
    place = Place(sheet, rng.uniform(-1.2, 1.2), centre)
    return _scan(seed, [place], size=size, lid=rng.choice(LIDS), way="single", suffix=suffix, dpi=None, rng=rng)


def _receipt_layouts(*, held_back: bool) -> list[Layout]:
    pool = held.LAYOUTS if held_back else layouts.DEVELOPMENT
    return [layout for layout in pool if DocumentType.RECEIPT in layout.types]


def _account_sheet(sheet: Slip, pasted: Sequence[Slip], rng: random.Random) -> Slip:
    """The upper part of a form as heading of a sheet, receipts glued under it."""
    ground = np.full((round(A4[1] / MM_PER_INCH * SLIP_DPI), round(A4[0] / MM_PER_INCH * SLIP_DPI), 3), 255, np.uint8)
    height, width = (
        min(round(ground.shape[0] * 0.22), sheet.pixels.shape[0]),
        min(ground.shape[1], sheet.pixels.shape[1]),
    )
    ground[:height, :width] = sheet.pixels[:height, :width]
    left, texts = round(rng.uniform(60, 200)), [sheet.text[:40]]
    for slip in pasted:
        top = height + round(rng.uniform(20, 200))
        piece = slip.pixels[: ground.shape[0] - top - 30, : ground.shape[1] - left - 30]
        if piece.shape[0] < 300 or piece.shape[1] < 400:
            break
        high, wide = piece.shape[:2]
        ground[top : top + high, left : left + wide] = np.minimum(piece, 247)
        ground[top + high : top + high + 3, left : left + wide] = 215
        ground[top : top + high, left + wide : left + wide + 3] = 222
        texts.append(slip.text)
        left += wide + round(rng.uniform(15, 60))
    return Slip(pixels=ground, layout="account_sheet", text="\n".join(texts))


def find_place(
    slip: Slip, others: Sequence[Place], *, size: tuple[float, float], way: str, level: bool, rng: random.Random
) -> Place | None:
    """A free place on the platen, or None where none is found."""
    taken = _map(others, size, grow_mm=3.0 if way in {"apart", "border"} else 0.0)
    closeness = rng.random()
    for _ in range(_TRIES):
        degrees = rng.uniform(-2, 2) if level else rng.choice((rng.uniform(-20, 20), rng.uniform(-6, 6)))
        degrees += rng.choice((0, 0, 0, 0, 0, 0, 90, 270, 180))
        trial = Place(slip, degrees, (0.0, 0.0), rng.random() < 0.03)
        reach = trial.corners().max(axis=0)
        free = [side - 2 * half for side, half in zip(size, reach, strict=True)]
        if min(free) < 1:
            continue
        at = [half + rng.random() * room for half, room in zip(reach, free, strict=True)]
        if way == "border" and rng.random() < 0.6:
            axis = rng.randrange(2)
            at[axis] = rng.choice((reach[axis] + rng.uniform(-1, 1), size[axis] - reach[axis] + rng.uniform(-1, 1)))
        placed = Place(slip, degrees, (at[0], at[1]), trial.blank)
        if _clash(placed, taken, size) > 0:
            continue
        if way in {"touching", "overlapping"} and others and closeness < 0.8:
            deeper = rng.uniform(0.5, 3.0) if way == "overlapping" else 0.0
            placed = _pushed(placed, rng.choice(list(others)), taken, size, deeper_mm=deeper)
        return placed
    return None


def _pushed(place: Place, towards: Place, taken: Pixels, size: tuple[float, float], *, deeper_mm: float) -> Place:
    """The place moved until it touches what lies in the way."""
    (x, y), (to_x, to_y) = place.centre, towards.centre
    far = math.hypot(to_x - x, to_y - y)
    if far < 1:
        return place
    step = ((to_x - x) / far * 0.25, (to_y - y) / far * 0.25)
    best = place
    for number in range(1, int(far / 0.25)):
        moved = Place(place.slip, place.degrees, (x + step[0] * number, y + step[1] * number), place.blank)
        if _clash(moved, taken, size) > 0:
            break
        best = moved
    steps = deeper_mm / 0.25
    deeper = (best.centre[0] + step[0] * steps, best.centre[1] + step[1] * steps)
    return Place(place.slip, place.degrees, deeper, place.blank) if best is not place else place


def _map(places: Sequence[Place], size: tuple[float, float], *, grow_mm: float) -> Pixels:
    taken = np.zeros((round(size[1] * _MAP_PER_MM), round(size[0] * _MAP_PER_MM)), np.uint8)
    for place in places:
        _cv.fillConvexPoly(taken, np.round(place.corners() * _MAP_PER_MM).astype(np.int32), 1)
    if grow_mm:
        side = round(2 * grow_mm * _MAP_PER_MM) + 1
        taken = _cv.dilate(taken, np.ones((side, side), np.uint8))
    return taken


def _clash(place: Place, taken: Pixels, size: tuple[float, float]) -> int:
    own = _map([place], size, grow_mm=0.0)
    return int((own & taken).sum())


def _scan(
    seed: int,
    places: Sequence[Place],
    *,
    size: tuple[float, float],
    lid: str,
    way: str,
    suffix: str | None,
    dpi: int | None,
    rng: random.Random,
) -> PlatenScan:
    drawn = rng.choice((200, 200, 200, 240, 300))
    dpi = dpi or drawn
    noise = np.random.default_rng(seed)
    canvas = under_lid.ground(lid, size, dpi, noise)
    shadow_from = rng.uniform(0, 2 * math.pi)
    depth = rng.uniform(0.05, 0.25) if lid == "white" else rng.uniform(0.1, 0.45)
    laid = laid_on(canvas, places, dpi, light=(shadow_from, depth), rng=rng, noise=noise)
    soft = _cv.GaussianBlur(canvas, (0, 0), rng.uniform(0.4, 0.8) * dpi / 200)
    grain = noise.standard_normal(soft.shape, np.float32) * np.float32(rng.uniform(1.0, 3.0))
    pixels = np.clip(soft + grain, 0, 255).astype(np.uint8)
    kind = suffix or rng.choice((".jpg", ".jpg", ".jpg", ".png", ".pdf", ".tif"))
    content = under_lid.encoded(pixels, kind, dpi=dpi, quality=rng.randint(75, 92))
    name = f"platen-{way}-{lid}-{len(laid)}-{seed}"
    return PlatenScan(name=name, content=content, suffix=kind, dpi=dpi, lid=lid, way=way, slips=tuple(laid))


def laid_on(
    canvas: npt.NDArray[np.float32],
    places: Sequence[Place],
    dpi: int,
    *,
    light: tuple[float, float],
    rng: random.Random,
    noise: np.random.Generator,
) -> list[LaidSlip]:
    """Lay slips on a lid, one after the other, each with its shadow; ``light``: whence, and how dark shadows are."""
    scale = dpi / MM_PER_INCH
    laid = []
    for place in places:
        corners = place.corners() * scale
        rows, columns = under_lid.window(corners, canvas.shape, round(3 * scale))
        part, offset = canvas[rows, columns], np.array([columns.start, rows.start])
        warped, alpha = _warped(place, corners - offset, part.shape, dpi)
        if place.slip.shape is None:
            under_lid.shadow(part, corners - offset, angle=light[0], depth=light[1], dpi=dpi)
        else:
            under_lid.shadow_of(part, alpha, angle=light[0], depth=light[1], dpi=dpi)
            corners = under_lid.around(alpha) + offset
        hull = _paste(part, place, warped, alpha, rng=rng, noise=noise) + offset
        laid.append(
            LaidSlip(
                corners=tuple((float(x), float(y)) for x, y in corners),
                ink=box_around(hull),
                text="" if place.blank else place.slip.text,
                layout=place.slip.layout,
                tilt_degrees=place.degrees,
                hull=tuple((float(x), float(y)) for x, y in hull),
            )
        )
    return laid


def box_around(hull: Points) -> tuple[float, float, float, float]:
    """Left, top, right, bottom; all zero around nothing."""
    if not len(hull):
        return 0.0, 0.0, 0.0, 0.0
    (left, top), (right, bottom) = hull.min(axis=0), hull.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def _warped(place: Place, corners: Points, shape: tuple[int, ...], dpi: int) -> tuple[Pixels, npt.NDArray[np.float32]]:
    """The slip as it lies, and where it is paper, 0 to 1."""
    source = np.full_like(place.slip.pixels, 255) if place.blank else place.slip.pixels
    high, wide = source.shape[:2]
    start = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    matrix = _cv.getPerspectiveTransform(start, corners.astype(np.float32))
    smooth = _cv.GaussianBlur(source, (0, 0), 0.35 * max(1.0, SLIP_DPI / dpi))
    size = (shape[1], shape[0])
    warped = _cv.warpPerspective(smooth, matrix, size, flags=_cv.INTER_LINEAR, borderValue=(255, 255, 255))
    if place.slip.shape is None:
        return warped, under_lid.outline(corners, shape)
    alpha = _cv.warpPerspective(place.slip.shape, matrix, size, flags=_cv.INTER_AREA)
    return warped, alpha.astype(np.float32) / 255


def _paste(
    part: npt.NDArray[np.float32],
    place: Place,
    warped: Pixels,
    alpha: npt.NDArray[np.float32],
    *,
    rng: random.Random,
    noise: np.random.Generator,
) -> Points:
    """Lay the slip on a part of the scan; gives the hull of its print there, clockwise, empty where nothing is seen."""
    paper = np.full(3, rng.uniform(0.93, 1.0), np.float32)
    paper[2] -= rng.choice((0.0, 0.0, 0.02, 0.06))
    fade = np.float32(rng.uniform(0.55, 1.0) if rng.random() < 0.25 else 1.0)
    inked = (255 - (255 - warped.astype(np.float32)) * fade) * paper
    inked += noise.standard_normal((*part.shape[:2], 1), np.float32) * np.float32(0.8)
    part += (inked - part) * alpha[:, :, None]
    dark = (_cv.cvtColor(warped, _cv.COLOR_RGB2GRAY) < 200) & (alpha > 0.5)
    rows, columns = np.nonzero(dark)
    if place.blank or not len(rows):
        return np.zeros((0, 2))
    corners = [(columns + x, rows + y) for x in (0, 1) for y in (0, 1)]
    cells = np.concatenate([np.stack(corner, axis=1) for corner in corners]).astype(np.int32)
    return np.asarray(_cv.convexHull(cells)[:, 0], np.float64)
