"""Fitting of rising curves: isotonic regression by pooling neighbours, thinned to a few points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractors.ocr.calibration import Curve, log_odds

_LEAST = 40
"""Fewest observations behind a point."""
_FEWEST_WRONG = 8
"""Fewest errors behind a point: with fewer its share is a guess."""
_CLOSER = 0.05
"""Points whose log odds differ by less are one."""


@dataclass(slots=True)
class _Block:
    score: float
    """Sum of log odds of the scores."""
    right: float
    count: int

    @property
    def share(self) -> float:
        """Of right ones, shrunk a little towards doubt (half an error more than was seen)."""
        return self.right / (self.count + 0.5)


def fit_curve(scores: Sequence[float], right: Sequence[bool]) -> Curve:
    """The rising curve that fits best (least squares), through at least 40 observations and 8 errors a point.

    Where no errors are left at the upper end, the last point holds them all together.
    """
    pairs = sorted(zip((log_odds(s) for s in scores), right, strict=True), key=lambda pair: pair[0])
    blocks: list[_Block] = []
    for score, ok in pairs:
        last = blocks[-1] if blocks else None
        if last is not None and (last.count < _LEAST or last.count - last.right < _FEWEST_WRONG):
            last.score += score
            last.right += ok
            last.count += 1
        else:
            blocks.append(_Block(score, float(ok), 1))
    if len(blocks) > 1 and blocks[-1].count - blocks[-1].right < _FEWEST_WRONG:
        last = blocks.pop()
        _pool(blocks, last)
    pooled: list[_Block] = []
    for block in blocks:
        pooled.append(block)
        while len(pooled) > 1 and pooled[-1].share - pooled[-2].share < 1e-9:
            _pool(pooled, pooled.pop())
    points: list[tuple[float, float]] = []
    for block in pooled:
        x, y = block.score / block.count, log_odds(block.share)
        if not points or (x - points[-1][0] > _CLOSER and y - points[-1][1] > _CLOSER):
            points.append((round(x, 3), round(y, 3)))
    return Curve(points=tuple(points))


def _pool(blocks: list[_Block], last: _Block) -> None:
    blocks[-1].score += last.score
    blocks[-1].right += last.right
    blocks[-1].count += last.count
