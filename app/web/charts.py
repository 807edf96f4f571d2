"""Numbers into shapes: bars of a chart as the page draws them. Pure; colours are classes of the stylesheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

STEPS = (1, 2, 5)
"""Marks of an axis stand at these times a power of ten."""
RIGHT = 12
"""Room beside the last bar, for half of its label."""
GAP = 0.26
"""Part of a bar's room that stays empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One part of a bar."""

    value: int
    tone: str
    """Class of the stylesheet: ``series-1`` and so on."""
    label: str
    """What it says when pointed at."""
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One bar with its parts, the lowest first."""

    label: str
    """Under the bar; may be empty where not every bar has one."""
    pieces: tuple[Piece, ...]
    weekend: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float
    piece: Piece


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A line across, with its number."""

    y: float
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A chart of stacked bars in a box of ``width`` × ``height``, the axis at the left and the labels below."""

    width: int
    height: int
    left: int
    bottom: float
    """Where the bars stand."""
    shapes: tuple[Shape, ...]
    marks: tuple[Mark, ...]
    labels: tuple[tuple[float, str], ...]
    """Middle of the bar and its label."""
    empty: bool
    """Nothing is there to be drawn."""


def stack(columns: Sequence[Column], *, width: int = 640, height: int = 180, left: int = 40) -> Stack:
    """Stacked bars; negative parts are drawn as nothing."""
    top, bottom = 8.0, height - 20.0
    most = max((sum(max(0, piece.value) for piece in column.pieces) for column in columns), default=0)
    marks = axis(most)
    highest = marks[-1]
    room = (width - left - RIGHT) / max(1, len(columns))
    shapes: list[Shape] = []
    labels: list[tuple[float, str]] = []
    for number, column in enumerate(columns):
        x, y = left + room * (number + GAP / 2), bottom
        for piece in column.pieces:
            tall = (bottom - top) * max(0, piece.value) / highest
            if tall > 0:
                y -= tall
                shapes.append(
                    Shape(x=_p(x), y=_p(y), width=_p(room * (1 - GAP)), height=_p(max(tall, 0.8)), piece=piece)
                )
        if column.label:
            labels.append((_p(left + room * (number + 0.5)), column.label))
    return Stack(
        width=width,
        height=height,
        left=left,
        bottom=bottom,
        shapes=tuple(shapes),
        marks=tuple(Mark(y=_p(bottom - (bottom - top) * value / highest), value=value) for value in marks),
        labels=tuple(labels),
        empty=most == 0,
    )


def axis(most: int) -> tuple[int, ...]:
    """Two to five round numbers from 0, the last not below ``most``."""
    step = 1
    power = 1
    while True:
        for factor in STEPS:
            step = factor * power
            if step * 4 >= most:
                count = max(1, -(-most // step))
                return tuple(step * number for number in range(count + 1))
        power *= 10


def share(part: int, whole: int) -> float:
    """Percent, 0 to 100."""
    return 0.0 if whole <= 0 else round(100 * max(0, min(part, whole)) / whole, 1)


_SIZES = {
    "ja": (("億", 10**8), ("万", 10**4)),
    "en": (("bn", 10**9), ("m", 10**6), ("k", 10**3)),
}


def short_yen(yen: int, *, language: str = "ja") -> str:
    """As an axis writes it: 500, 12万, 1.5億; 120k, 150m."""
    for unit, size in _SIZES[language]:
        if abs(yen) >= size:
            number = yen / size
            return f"{number:,.0f}{unit}" if abs(number) >= 10 or number == int(number) else f"{number:.1f}{unit}"
    return f"{yen:,}"


def _p(number: float) -> float:
    return round(number, 1)
