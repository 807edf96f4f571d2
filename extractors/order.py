"""Reading order: the order in which a person, or a screen reader, would speak a page.

A region is cut in two along white that runs from side to side, again and again; of all possible cuts the one is taken
that is most likely right, and what is most certain is cut first. Where a level and an upright cut are both in doubt,
the one is taken after which the parts can be cut more surely. How likely a cut is right was learned from generated
pages (``extractors/training/order.py``). The same serves scans and text layers; it sees words, boxes, rules and nothing
else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.geometry import Box
from domain.page import Line
from extractors.cuts import Cut, cuts_of
from extractors.judge import Judge, load_judge
from extractors.region import Region
from extractors.ruling import Ruling
from extractors.stretches import Segment, cut, line_of, numbered
from extractors.vertical import down_the_page, vertical_blocks

CERTAIN = 0.9
"""All cuts of the best one's way that are as likely as this to be right are made at once: what is seen of the whole is
lost in its parts. Nine tenths of what stood out of place on layouts that were left out of the lessons was parted by a
level cut through columns, made beside a better one while 0.5 was enough. Judges must be taught on the ways that such
cuts lead: taught on those of 0.5, they take parts of tables for columns.
"""
_LIKE = 0.85
"""A cut that is so nearly as likely as the best is made with it, however likely that is: one of several rules across
the page does not become less of a border when the others are gone."""
_DOUBTED = 0.97
"""Where the best cut is less likely than this, it is asked what comes after it and after the best of the other way."""
_RIVAL = 0.25
"""A cut of the other way that is less likely than this share of the best one is none."""
_AHEAD = 2
"""How many cuts are looked ahead."""
_BLIND = 0.5
"""How surely a region is read that no cut divides and that has several rows."""
_MOST_SEGMENTS = 1_500
"""A page with more stretches than this is left in rows: nobody prints one, and ordering must stay quick."""
_MOST_WORK = 6_000
"""Stretches looked at, counted each time a region is divided: a hostile page is left in rows. Half of it may be spent
on looking ahead.
"""


def _characters(lines: Iterable[Line]) -> int:
    return sum(len(word.text) for line in lines for word in line.words)


def in_reading_order(rows: Sequence[Line], *, tilt: float = 0.0, rules: Sequence[Box] = ()) -> tuple[Line, ...]:
    """Lines in the order of speech.

    Takes one line per visual row (any distance between its words) and per column of vertical writing, from top to
    bottom; gives lines that never run over two blocks. ``Line.row`` says which row each came from, so that
    ``PageText.rows`` has the rows again.

    Args:
        rows: lines of one page.
        tilt: by how many pixels rows fall per pixel to the right.
        rules: ruled lines, level ones wider than high, where they are known.
    """
    counted = list(enumerate(rows))
    segments = [s for number, line in counted if not line.vertical for s in cut(line, number, tilt)]
    vertical = [(number, line) for number, line in counted if line.vertical]
    if len(segments) + len(vertical) > _MOST_SEGMENTS:
        return tuple(numbered(line, number) for number, line in counted)
    if _characters(line for _, line in vertical) > _characters(line for _, line in counted) / 2:
        return down_the_page([numbered(line, n) for n, line in vertical] + [line_of(s.words, s.row) for s in segments])
    blocks, rest = vertical_blocks(vertical, segments)
    return _joined(_spoken([*blocks, *rest], Ruling.of(rules, rest, tilt), load_judge()))


def _spoken(segments: list[Segment], ruling: Ruling, judge: Judge) -> list[Segment]:
    out: list[Segment] = []
    waiting = [segments] if segments else []
    finder = _Finder(judge)
    while waiting:
        stretches = waiting.pop()
        if _is_row(stretches):
            out.extend(sorted(stretches, key=lambda s: s.left))
            continue
        parts = finder.parts(stretches, ruling)
        if parts:
            waiting.extend(reversed(parts))
        else:
            out.extend(sorted(stretches, key=lambda s: (s.row, s.left)))
    return out


def _is_row(stretches: Sequence[Segment]) -> bool:
    """No cut could change anything."""
    return len({s.row for s in stretches}) == 1


@dataclass(frozen=True, slots=True)
class _Look:
    """A region with every cut, how likely each is right, and the best of each way."""

    region: Region
    cuts: list[Cut]
    chances: list[float]
    best: dict[bool, tuple[float, Cut]]

    def rivals(self) -> list[tuple[float, Cut]]:
        """The best cut, and the best of the other way where it is not much less likely; from the likeliest on."""
        ordered = sorted(self.best.values(), key=lambda found: (-found[0], not found[1].upright))
        return [found for found in ordered if found[0] >= _RIVAL * ordered[0][0]]


class _Finder:
    """Finds where to cut, and counts what it looks at."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._looked_at = 0

    def parts(self, stretches: list[Segment], ruling: Ruling) -> list[list[Segment]]:
        """Stretches divided into parts in the order of speech; nothing where no white runs from side to side."""
        look = self._looked(stretches, ruling)
        if look is None:
            return []
        upright = self._way(look)
        least = min(look.best[upright][0] * _LIKE, CERTAIN)
        found = zip(look.cuts, look.chances, strict=True)
        places = [one.at for one, chance in found if one.upright is upright and chance >= least]
        return look.region.parts(places, upright=upright)

    def _looked(self, stretches: list[Segment], ruling: Ruling) -> _Look | None:
        self._looked_at += len(stretches)
        if self._looked_at >= _MOST_WORK:
            return None
        region = Region.of(stretches, ruling)
        cuts = cuts_of(region)
        if not cuts:
            return None
        chances = self._judge.chances(cuts)
        best: dict[bool, tuple[float, Cut]] = {}
        for one, chance in zip(cuts, chances, strict=True):
            if one.upright not in best or chance > best[one.upright][0]:
                best[one.upright] = chance, one
        return _Look(region, cuts, chances, best)

    def _way(self, look: _Look) -> bool:
        """Whether to cut upright."""
        rivals = look.rivals()
        if len(rivals) > 1 and rivals[0][0] < _DOUBTED:
            rivals.sort(key=lambda found: -self._worth(look.region, found, _AHEAD))
        return rivals[0][1].upright

    def _worth(self, region: Region, found: tuple[float, Cut], ahead: int) -> float:
        """How likely a cut is right, and what follows it."""
        chance, chosen = found
        for part in region.parts([chosen.at], upright=chosen.upright):
            chance *= self._sureness(part, region.ruling, ahead - 1)
        return chance

    def _sureness(self, stretches: list[Segment], ruling: Ruling, ahead: int) -> float:
        if _is_row(stretches):
            return 1.0
        look = self._looked(stretches, ruling) if 2 * self._looked_at < _MOST_WORK else None
        if look is None:
            return _BLIND
        if len(look.region.bands) == len(stretches) - 1:  # one below the other: always read from the top
            return 1.0
        rivals = look.rivals()
        if ahead == 0 or rivals[0][0] >= _DOUBTED:
            return rivals[0][0]
        return max(self._worth(look.region, found, ahead) for found in rivals)


def _joined(segments: list[Segment]) -> tuple[Line, ...]:
    """Stretches of one row that follow each other become one line."""
    out: list[Line] = []
    previous: Segment | None = None
    for segment in segments:
        if segment.lines:
            out.extend(segment.lines)
        elif previous is not None and not previous.lines and previous.row == segment.row:
            out[-1] = line_of((*out[-1].words, *segment.words), segment.row)
        else:
            out.append(line_of(segment.words, segment.row))
        previous = segment
    return tuple(out)
