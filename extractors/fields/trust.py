"""Confidence that can be believed: for each field a monotone curve from what rules claim to how often they are right.

Counted on development documents by ``python -m pipeline.benchmark.fit``; a field without a curve keeps its claim.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from domain.fields import Field, FieldStatus

CURVES = Path(__file__).with_name("trust.json")
"""Name of field → probabilities at the steps of ``GRID``."""
GRID = tuple(step / 20 for step in range(21))
"""Claims at which a curve is kept; straight lines between them."""


@lru_cache(maxsize=1)
def curves() -> Mapping[str, Sequence[float]]:
    """The curves as shipped."""
    found: dict[str, list[float]] = json.loads(CURVES.read_text(encoding="utf-8"))
    return found


def trusted(field: Field) -> Field:
    """The field with the probability that its value is right; what is missing claims nothing and stays.

    A curve never lifts what the rules themselves doubt.
    """
    curve = curves().get(field.name)
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
