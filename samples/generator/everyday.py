"""Platens as people make them: papers of every size, rows, cards, folds, lids without shadows, feeders, phones.

Development sees ``SCENES``; ``KEPT_SCENES`` are for measuring alone. Everything is seeded, and laid by
``samples.generator.platen``.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from domain.fields import DocumentType
from samples.generator import held_back as held
from samples.generator import layouts, under_lid
from samples.generator.damage import rasterise
from samples.generator.facts import Facts
from samples.generator.layouts import Layout
from samples.generator.platen import (
    A3,
    A4,
    SLIP_DPI,
    LaidSlip,
    Place,
    PlatenScan,
    Slip,
    box_around,
    find_place,
    laid_on,
)
from samples.generator.printer import Printer
from samples.generator.under_lid import MM_PER_INCH
from samples.generator.vocabulary import DEVELOPMENT, make_company, person
from samples.generator.worn_paper import (
    crumpled,
    dog_eared,
    folded,
    lengthened,
    shortened,
    tinted,
    torn_off,
    with_band,
    with_teeth,
)

_cv: Any = cv2  # its stubs know no element types
Floats = npt.NDArray[np.float32]

SCENES = ("sizes", "rows", "cards", "invoice", "folded", "crumpled", "edge", "feeder", "pale", "phone", "one")
"""Papers of very different sizes; two rows, some upside down; business cards among receipts; a sheet of A4 beside
them; long bills folded; crumpled and serrated edges; over the edge of the glass; cropped by a feeder; a white lid
with hardly a shadow; taken with a phone on a desk; and one paper alone, which must stay whole."""
KEPT_SCENES = ("torn", "bands", "ruled", "phone_kept")
"""Torn by hand; coloured bands to the edge; on a cutting mat with a grid; on a table of boards, with a phone."""
_CARD_MM = (91.0, 55.0)
_ROW_GAP_MM = (-0.5, 9.0)
_OVER_MM = (2.0, 14.0)
_PHONE_DPI = 190
_ASKEW, _BEYOND = 0.025, 0.03
"""Of a photo's shorter side: how far its corners are off, and how much more of the table there is."""
_FREE_MM = 6.0
_LARGE_MM = 200.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What is laid."""

    slips: tuple[Slip, ...]
    sheets: tuple[Slip, ...]
    """Of A4, upright."""
    cards: tuple[Slip, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    places: list[Place]
    size: tuple[float, float]
    lid: str
    depth: tuple[float, float] | None = None
    """Range of how dark shadows are."""
    cropped: bool = False
    phone: bool = False


def make_cards(*, seed: int, count: int, held_back: bool, printer: Printer) -> tuple[Slip, ...]:
    """Business cards."""
    words = held.VOCABULARY if held_back else DEVELOPMENT
    fonts = (held.GOTHIC + held.MINCHO) if held_back else (layouts.GOTHIC + layouts.MINCHO)
    layout = Layout(name="card", types=(DocumentType.OTHER,), template="", make_facts=_no_facts, paper=_CARD_MM)
    cards = []
    for number in range(count):
        rng = random.Random(f"card {seed} {number}")
        company, (name, _) = make_company(rng, words), person(rng, words)
        text = (
            company.name,
            rng.choice(("営業部 課長", "代表取締役", "総務部", "経理部 主任")),
            name,
            f"〒{company.zip_code} {company.address}",
            f"TEL {company.phone} FAX {company.fax}",
        )
        sizes = (10, 7, 15, 6.5, 6.5)
        lines = "".join(
            f'<div style="font-size:{size}pt;margin-bottom:{1.5 if size < 8 else 3}mm">{escape(line)}</div>'
            for size, line in zip(sizes, text, strict=True)
        )
        html = (
            f"<style>body{{margin:0}}.sheet{{box-sizing:border-box;width:91mm;height:55mm;padding:7mm;"
            f"font-family:'{rng.choice(fonts)}';text-align:{rng.choice(('left', 'center'))}}}</style>"
            f'<div class="sheet">{lines}</div>'
        )
        pixels = rasterise(printer.pdf(html, layout), dpi=SLIP_DPI)[0]
        cards.append(Slip(pixels=pixels, layout="card", text="\n".join(text)))
    return tuple(cards)


def lay_everyday(seed: int, papers: Papers, *, scene: str, suffix: str | None = None) -> PlatenScan:
    """One scan of a scene of ``SCENES`` or ``KEPT_SCENES``."""
    rng = random.Random(f"everyday {scene} {seed}")
    made = _MAKERS[scene](rng, papers)
    dpi = _PHONE_DPI if made.phone else rng.choice((200, 200, 200, 240, 300))
    noise = np.random.default_rng(rng.randrange(2**32))
    beyond = _BEYOND * min(made.size) if made.phone else 0.0
    size = (made.size[0] + 2 * beyond, made.size[1] + 2 * beyond)
    places = [replace(one, centre=(one.centre[0] + beyond, one.centre[1] + beyond)) for one in made.places]
    canvas = under_lid.ground(made.lid, size, dpi, noise)
    depth = rng.uniform(*(made.depth or ((0.05, 0.25) if made.lid == "white" else (0.1, 0.45))))
    light = (rng.uniform(0, 2 * math.pi), depth)
    laid = laid_on(canvas, places, dpi, light=light, rng=rng, noise=noise)
    if made.phone:
        canvas, laid = _photographed(canvas, laid, noise, beyond_px=beyond * dpi / MM_PER_INCH)
    elif made.cropped:
        canvas, laid = _cropped(canvas, laid, rng, dpi)
    soft = _cv.GaussianBlur(canvas, (0, 0), rng.uniform(0.4, 0.8) * dpi / 200)
    grain = noise.standard_normal(soft.shape, np.float32) * np.float32(rng.uniform(1.0, 3.0))
    pixels = np.clip(soft + grain, 0, 255).astype(np.uint8)
    drawn = ".jpg" if made.phone else rng.choice((".jpg", ".jpg", ".jpg", ".png", ".pdf", ".tif"))
    kind = suffix or drawn
    content = under_lid.encoded(pixels, kind, dpi=72 if made.phone else dpi, quality=rng.randint(75, 92))
    name = f"everyday-{scene}-{made.lid}-{len(laid)}-{seed}"
    return PlatenScan(name=name, content=content, suffix=kind, dpi=dpi, lid=made.lid, way=scene, slips=tuple(laid))


def _no_facts(*_: object) -> Facts:
    msg = "a card shows no facts of a transaction: its text is drawn as it is"
    raise TypeError(msg)


def _few(rng: random.Random, papers: Papers, low: int, high: int) -> list[Slip]:
    """Receipts no larger than half a page, some of them worn a little."""
    small = [slip for slip in papers.slips if max(slip.size_mm) < 215 and min(slip.size_mm) < 130]
    return [_cut_by_till(slip, rng) for slip in rng.sample(small, min(rng.randint(low, high), len(small)))]


def _cut_by_till(slip: Slip, rng: random.Random) -> Slip:
    return with_teeth(slip, rng) if slip.size_mm[0] < 90 and rng.random() < 0.4 else slip


def _sizes(rng: random.Random, papers: Papers) -> _Made:
    tills = [slip for slip in papers.slips if slip.size_mm[0] < 90]
    large = [slip for slip in papers.slips if slip.size_mm[0] >= 90]
    chosen = [lengthened(rng.choice(tills), rng)]
    chosen += [shortened(slip, rng) for slip in rng.sample(tills, min(3, len(tills)))]
    chosen += rng.sample(large, min(1, len(large)))
    chosen += _few(rng, papers, 1, 2)
    return _freely(chosen, A3, rng, lid=rng.choice(under_lid.LIDS), way=rng.choice(("apart", "touching")))


def _rows(rng: random.Random, papers: Papers) -> _Made:
    chosen = _few(rng, papers, 4, 8)
    return _Made(places=_in_rows(chosen, A3, rng), size=A3, lid=rng.choice(under_lid.LIDS))


def _cards(rng: random.Random, papers: Papers) -> _Made:
    cards = [tinted(card, rng) if rng.random() < 0.3 else card for card in rng.sample(papers.cards, 2)]
    chosen = [*_few(rng, papers, 2, 4), *cards]
    rng.shuffle(chosen)
    return _rows_or_freely(chosen, rng)


def _invoice(rng: random.Random, papers: Papers) -> _Made:
    sheet = rng.choice(papers.sheets)
    level = rng.uniform(-1, 1)
    first = Place(sheet, level, (sheet.size_mm[0] / 2 + rng.uniform(0.5, 4), A4[1] / 2 + rng.uniform(-1.5, 1.5)))
    return _freely(
        _few(rng, papers, 1, 3),
        A3,
        rng,
        lid=rng.choice(under_lid.LIDS),
        way=rng.choice(("apart", "touching")),
        on=[first],
    )


def _folded(rng: random.Random, papers: Papers) -> _Made:
    tills = [slip for slip in papers.slips if slip.size_mm[0] < 90]
    chosen = [
        folded(lengthened(slip, rng) if rng.random() < 0.6 else slip, rng)
        for slip in rng.sample(tills, min(4, len(tills)))
    ]
    return _rows_or_freely(chosen, rng)


def _crumpled(rng: random.Random, papers: Papers) -> _Made:
    worn = [crumpled(slip, rng) for slip in _few(rng, papers, 2, 4)]
    chosen = [dog_eared(slip, rng) if rng.random() < 0.4 else slip for slip in worn]
    return _rows_or_freely(chosen, rng)


def _edge(rng: random.Random, papers: Papers) -> _Made:
    made = _rows_or_freely(_few(rng, papers, 3, 5), rng)
    axis = rng.randrange(2)
    ends = [place.corners()[:, axis].min() for place in made.places]
    out = min(ends) + rng.uniform(*_OVER_MM)
    moved = [
        replace(place, centre=(place.centre[0] - out * (axis == 0), place.centre[1] - out * (axis == 1)))
        for place in made.places
    ]
    return replace(made, places=moved)


def _feeder(rng: random.Random, papers: Papers) -> _Made:
    places = _in_rows(_few(rng, papers, 2, 5), A3, rng)
    return _Made(places=places, size=A3, lid=rng.choice(("white", "dark", "grey")), cropped=True)


def _pale(rng: random.Random, papers: Papers) -> _Made:
    made = _rows_or_freely(_few(rng, papers, 2, 6), rng)
    return replace(made, lid="white", depth=(0.015, 0.06))


def _phone(rng: random.Random, papers: Papers) -> _Made:
    made = _rows_or_freely(_few(rng, papers, 2, 4), rng)
    return replace(made, lid=rng.choice(("desk", "mat", "dark", "grey")), phone=True)


def _one(rng: random.Random, papers: Papers) -> _Made:
    wear = rng.choice((folded, crumpled, dog_eared, tinted, lambda slip, _: slip))
    sheet = rng.random() < 0.6
    slip = wear(rng.choice(papers.sheets if sheet else papers.slips), rng)
    wide, high = Place(slip, 0.0, (0.0, 0.0)).corners().max(axis=0) * 2
    degrees, phone = rng.uniform(-2, 2), rng.random() < 0.4
    if phone:  # with some of the desk around it
        size = (wide + rng.uniform(15, 60), high + rng.uniform(15, 60))
        centre = (size[0] / 2, size[1] / 2)
    else:
        size = A4 if sheet else A3
        spare = (max(0.0, size[0] - wide), max(0.0, size[1] - high))
        centre = (wide / 2 + rng.random() * spare[0], high / 2 + rng.random() * spare[1])
    lid = rng.choice(("desk", "mat", "dark", "grey") if phone else under_lid.LIDS)
    depth = (0.015, 0.06) if lid == "white" and rng.random() < 0.5 else None
    return _Made(places=[Place(slip, degrees, centre)], size=size, lid=lid, depth=depth, phone=phone)


def _torn(rng: random.Random, papers: Papers) -> _Made:
    return _rows_or_freely([torn_off(slip, rng) for slip in _few(rng, papers, 2, 5)], rng)


def _bands(rng: random.Random, papers: Papers) -> _Made:
    return _rows_or_freely([with_band(slip, rng) for slip in _few(rng, papers, 2, 5)], rng)


def _ruled(rng: random.Random, papers: Papers) -> _Made:
    return replace(_rows_or_freely(_few(rng, papers, 2, 5), rng), lid="ruled")


def _phone_kept(rng: random.Random, papers: Papers) -> _Made:
    return replace(_phone(rng, papers), lid="boards")


_MAKERS: dict[str, Callable[[random.Random, Papers], _Made]] = {
    "sizes": _sizes,
    "rows": _rows,
    "cards": _cards,
    "invoice": _invoice,
    "folded": _folded,
    "crumpled": _crumpled,
    "edge": _edge,
    "feeder": _feeder,
    "pale": _pale,
    "phone": _phone,
    "one": _one,
    "torn": _torn,
    "bands": _bands,
    "ruled": _ruled,
    "phone_kept": _phone_kept,
}


def _rows_or_freely(chosen: Sequence[Slip], rng: random.Random) -> _Made:
    large = len(chosen) > 3 or any(max(slip.size_mm) > _LARGE_MM for slip in chosen)
    size = A3 if large or rng.random() < 0.5 else A4
    lid, way = rng.choice(under_lid.LIDS), rng.choice(("apart", "apart", "touching", "overlapping"))
    made = _Made(places=[], size=size, lid=lid)
    if rng.random() < 0.5:
        made = _freely(chosen, size, rng, lid=lid, way=way)
    return made if len(made.places) > 1 else replace(made, places=_in_rows(chosen, size, rng))


def _freely(
    chosen: Sequence[Slip],
    size: tuple[float, float],
    rng: random.Random,
    *,
    lid: str,
    way: str,
    on: Sequence[Place] = (),
) -> _Made:
    places = list(on)
    for slip in sorted(chosen, key=lambda slip: -max(slip.size_mm)):
        place = find_place(slip, places, size=size, way=way, level=rng.random() < 0.5, rng=rng)
        if place is not None:
            places.append(place)
    return _Made(places=places, size=size, lid=lid)


def _in_rows(chosen: Sequence[Slip], size: tuple[float, float], rng: random.Random) -> list[Place]:
    """Side by side from the left, row under row, a little askew, one in five upside down, as far as there is room."""
    places: list[Place] = []
    left, top, deep = rng.uniform(1, _FREE_MM), rng.uniform(1, _FREE_MM), 0.0
    for slip in chosen:
        degrees = rng.uniform(-1.5, 1.5) + (180 if rng.random() < 0.2 else 0)
        corners = Place(slip, degrees, (0.0, 0.0)).corners()
        wide, high = corners.max(axis=0) - corners.min(axis=0)
        if left + wide > size[0] and deep:
            left, top, deep = rng.uniform(1, _FREE_MM), top + deep + max(0.0, rng.uniform(*_ROW_GAP_MM)), 0.0
        if left + wide > size[0] or top + high > size[1]:
            continue
        places.append(Place(slip, degrees, (left + wide / 2, top + high / 2 + rng.uniform(0, 1))))
        left += wide + rng.uniform(*_ROW_GAP_MM)
        deep = max(deep, high + 1)
    return places


def _cropped(canvas: Floats, laid: Sequence[LaidSlip], rng: random.Random, dpi: int) -> tuple[Floats, list[LaidSlip]]:
    """What a feeder keeps: the papers and next to nothing around them."""
    corners = np.array([slip.corners for slip in laid]).reshape(-1, 2)
    height, width = canvas.shape[:2]
    spare = [rng.uniform(-0.5, 3.0) * dpi / MM_PER_INCH for _ in range(4)]
    low = np.maximum(np.floor(corners.min(axis=0) - spare[:2]).astype(int), 0)
    high = np.minimum(np.ceil(corners.max(axis=0) + spare[2:]).astype(int), (width, height))
    part = canvas[low[1] : high[1], low[0] : high[0]]
    return part, [_mapped(slip, lambda points: points - low, (part.shape[1], part.shape[0])) for slip in laid]


def _photographed(
    canvas: Floats, laid: Sequence[LaidSlip], noise: np.random.Generator, *, beyond_px: float
) -> tuple[Floats, list[LaidSlip]]:
    """From above by hand: a little from the side, unevenly lit; ``beyond_px``: about so much is out of the picture."""
    wide, high = (round(side - 2 * beyond_px) for side in reversed(canvas.shape[:2]))
    target = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    start = target + beyond_px + noise.uniform(-_ASKEW, _ASKEW, (4, 2)) * min(wide, high)
    matrix = _cv.getPerspectiveTransform(start.astype(np.float32), target)
    seen = _cv.warpPerspective(canvas, matrix, (wide, high), flags=_cv.INTER_LINEAR)
    field = noise.uniform(0.74, 1.04, (3, 3)).astype(np.float32)
    lit = seen * _cv.resize(field, (wide, high), interpolation=_cv.INTER_CUBIC)[:, :, None]

    def through(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.asarray(_cv.perspectiveTransform(points[None].astype(np.float64), matrix)[0], np.float64)

    return np.asarray(lit, np.float32), [_mapped(slip, through, (wide, high)) for slip in laid]


def _mapped(
    slip: LaidSlip,
    through: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]],
    size: tuple[int, int],
) -> LaidSlip:
    """The slip on another picture, so large: of its print what is seen there."""
    corners = through(np.array(slip.corners, np.float64))
    hull = np.zeros((0, 2))
    if not slip.blank:
        frame = np.array([(0, 0), (size[0], 0), size, (0, size[1])], np.float32)
        area, seen = _cv.intersectConvexConvex(through(np.array(slip.hull)).astype(np.float32), frame)
        hull = np.asarray(seen, np.float64).reshape(-1, 2) if area else hull
    return replace(
        slip,
        corners=tuple((float(x), float(y)) for x, y in corners),
        ink=box_around(hull),
        hull=tuple((float(x), float(y)) for x, y in hull),
    )
