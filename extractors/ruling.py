"""Ruled lines between stretches of text: those of a page that are not strokes of letters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.geometry import Box
from extractors.stretches import Segment

_CORE = 0.25
"""A rule nearer to the middle of a stretch of text than this share of its height is a stroke of it."""
_MOST_RULES = 2_000


@dataclass(frozen=True, slots=True)
class Rule:
    """One ruled line."""

    at: float
    """Height of a level rule, place from the left of an upright one."""
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Ruling:
    """Ruled lines of a page or of a part of it, as if it lay straight."""

    level: tuple[Rule, ...]
    """From top to bottom."""
    upright: tuple[Rule, ...]
    """From left to right."""

    @classmethod
    def of(cls, rules: Sequence[Box], segments: Sequence[Segment], tilt: float) -> Ruling:
        """Those of a page, without the strokes of its letters."""
        level, upright = [], []
        for box in rules[:_MOST_RULES]:
            x, y = box.center[0], box.center[1] - tilt * box.center[0]
            if any(_is_stroke(box, x, y, segment) for segment in segments):
                continue
            if box.width > box.height:
                level.append(Rule(y, box.left, box.right))
            else:
                upright.append(Rule(x, box.top - tilt * x, box.bottom - tilt * x))
        return cls(tuple(sorted(level, key=lambda r: r.at)), tuple(sorted(upright, key=lambda r: r.at)))

    def within(self, left: float, top: float, right: float, bottom: float) -> Ruling:
        """Those that touch a part of the page."""
        return Ruling(
            tuple(r for r in self.level if top <= r.at <= bottom and r.start < right and r.end > left),
            tuple(r for r in self.upright if left <= r.at <= right and r.start < bottom and r.end > top),
        )


def covered(rules: Iterable[Rule], start: float, end: float) -> float:
    """Share of a distance along which there is a rule."""
    reach, total = start, 0.0
    for rule in sorted(rules, key=lambda r: r.start):
        low, high = max(rule.start, reach), min(rule.end, end)
        if high > low:
            total += high - low
            reach = high
    return total / max(end - start, 1.0)


def _is_stroke(rule: Box, x: float, y: float, text: Segment) -> bool:
    if not (text.left <= x <= text.right and text.top <= y <= text.bottom):
        return False
    return abs(y - text.middle) < _CORE * text.height or (text.left <= rule.left and rule.right <= text.right)
