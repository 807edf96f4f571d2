"""Reading order: the order in which a person, or a screen reader, would speak a page.

A region is cut in two along white that runs from side to side, again and again; of all possible cuts the one is taken
that is most likely right, and what is most certain is cut first. How likely a cut is right was learned from generated
pages (``extractors/training/order.py``). The same serves scans and text layers; it sees words, boxes, rules and nothing
else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domain.geometry import Box
from domain.page import Line
from extractors.cuts import cuts_of
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
_MOST_SEGMENTS = 1_500
"""A page with more stretches than this is left in rows: nobody prints one, and ordering must stay quick."""
_MOST_WORK = 6_000
"""Stretches looked at, counted each time a region is divided: a hostile page is left in rows."""


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
    looked_at = 0
    while waiting:
        stretches = waiting.pop()
        if len({s.row for s in stretches}) == 1:  # no cut could change anything
            out.extend(sorted(stretches, key=lambda s: s.left))
            continue
        looked_at += len(stretches)
        parts = _parts(Region.of(stretches, ruling), judge) if looked_at < _MOST_WORK else []
        if parts:
            waiting.extend(reversed(parts))
        else:
            out.extend(sorted(stretches, key=lambda s: (s.row, s.left)))
    return out


def _parts(region: Region, judge: Judge) -> list[list[Segment]]:
    """A region divided into parts in the order of speech; nothing where no white runs from side to side."""
    cuts = cuts_of(region)
    if not cuts:
        return []
    chances = judge.chances(cuts)
    best, upright = max(zip(chances, (c.upright for c in cuts), strict=True))
    least = min(best * _LIKE, CERTAIN)
    places = [c.at for c, chance in zip(cuts, chances, strict=True) if c.upright is upright and chance >= least]
    return region.parts(places, upright=upright)


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
