"""Confidence that can be believed: for each field a monotone curve from what rules claim to how often they are right.

What the file itself says has curves of its own: of characters that nobody had to recognise only the choice can be
wrong, and the claims that a rule makes of both lie close together. Counted on development documents by ``python -m
pipeline.benchmark.fit``; a field without a curve keeps its claim.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from domain.fields import Field, FieldStatus
from domain.geometry import Box
from domain.page import PageText

CURVES = Path(__file__).with_name("trust.json")
"""Way in which a value was read → name of field → probabilities at the steps of ``GRID``."""
READ = "read"
"""Recognised from a picture."""
TYPED = "typed"
"""The file itself says every character."""
GRID = tuple(step / 20 for step in range(21))
"""Claims at which a curve is kept; straight lines between them."""
_SURE = 1.0


@lru_cache(maxsize=1)
def curves() -> Mapping[str, Mapping[str, Sequence[float]]]:
    """The curves as shipped."""
    found: dict[str, dict[str, list[float]]] = json.loads(CURVES.read_text(encoding="utf-8"))
    return found


def recognised(texts: Sequence[PageText]) -> Mapping[int, Sequence[Box]]:
    """Where words stand that were recognised from a picture, by page."""
    return {
        text.page_index: [word.box for line in text.lines for word in line.words if word.confidence < _SURE]
        for text in texts
    }


def way_of(field: Field, pictured: Mapping[int, Sequence[Box]]) -> str:
    """How the characters of a field came about; ``pictured``: what ``recognised`` says of its document."""
    for source in field.sources:
        words = pictured.get(source.page_index, ())
        if any(_touch(box, word) for box in source.boxes for word in words):
            return READ
    return TYPED if field.sources else READ


def _touch(a: Box, b: Box) -> bool:
    return a.left < b.right and b.left < a.right and a.top < b.bottom and b.top < a.bottom


def trusted(field: Field, *, way: str = READ) -> Field:
    """The field with the probability that its value is right; what is missing claims nothing and stays.

    A curve never lifts what the rules themselves doubt.
    """
    curve = curves().get(way, {}).get(field.name) or curves()[READ].get(field.name)
    if curve is None or field.value is None:
        return field
    counted = round(along(curve, field.confidence), 4)
    doubted = field.status is FieldStatus.AMBIGUOUS
    return replace(field, confidence=min(counted, field.confidence) if doubted else counted)


def along(curve: Sequence[float], claim: float) -> float:
    """The curve at a claim from 0 to 1."""
    left = min(max(bisect_right(GRID, claim) - 1, 0), len(GRID) - 2)
    share = (claim - GRID[left]) / (GRID[left + 1] - GRID[left])
    return min(max(curve[left] + share * (curve[left + 1] - curve[left]), 0.0), 1.0)
