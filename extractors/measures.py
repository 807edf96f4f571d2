"""Measures of a cut, each brought into a range in which a small network can use it."""

from __future__ import annotations

import math
from collections.abc import Sequence

ALIGNED = 0.5
"""Edges nearer than this many letter heights are in line."""
LABEL = 8
"""Characters of the longest label beside a value."""


def short(value: float, most: float = 6.0) -> float:
    """Within bounds."""
    return min(max(value, -most), most)


def log(value: float) -> float:
    """Of large counts and distances only the magnitude matters; what is negative counts as nothing."""
    return math.log1p(max(value, 0.0))


def share(flags: Sequence[bool]) -> float:
    """How many are true, 0 to 1; of none, 0."""
    return sum(flags) / len(flags) if flags else 0.0
