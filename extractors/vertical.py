"""Vertical writing: columns from right to left, in tiers and in blocks on level pages."""

from __future__ import annotations

from statistics import median

from domain.geometry import Box, union
from domain.page import Line
from extractors.stretches import Segment, line_of, numbered

_TIER = 4
"""Columns of vertical writing in a tier, at least: fewer are the ends of columns beside a short one."""
_NEAR_COLUMN = 2.5
"""Columns of vertical writing not further apart than this many of their widths belong together."""


def down_the_page(lines: list[Line]) -> tuple[Line, ...]:
    """A page of vertical writing: tiers from top to bottom, each from right to left."""
    out: list[Line] = []
    waiting = [lines]
    while waiting:
        tier = waiting.pop()
        ordered = sorted(tier, key=lambda line: line.box.top)
        reach = ordered[0].box.bottom
        for number, line in enumerate(ordered[1:], start=1):
            if line.box.top > reach and _are_tiers(ordered[:number], ordered[number:]):
                waiting.extend((ordered[number:], ordered[:number]))
                break
            reach = max(reach, line.box.bottom)
        else:
            out.extend(_right_to_left(tier))
    return tuple(out)


def _are_tiers(above: list[Line], below: list[Line]) -> bool:
    level = any(not any(line.vertical for line in part) for part in (above, below))
    return level or min(len(above), len(below)) >= _TIER


def vertical_blocks(columns: list[tuple[int, Line]], segments: list[Segment]) -> tuple[list[Segment], list[Segment]]:
    """Columns of vertical writing that belong together as one block each; level stretches inside go with them."""
    groups: list[list[tuple[int, Line]]] = []
    for item in columns:
        touching = [g for g in groups if any(_beside(item[1].box, line.box) for _, line in g)]
        merged = [item, *(one for group in touching for one in group)]
        groups = [g for g in groups if g not in touching]
        groups.append(merged)
    blocks, rest = [], list(segments)
    for group in groups:
        box = union(tuple(line.box for _, line in group))
        inside = [
            s for s in rest if box.left <= (s.left + s.right) / 2 <= box.right and box.top <= s.middle <= box.bottom
        ]
        rest = [s for s in rest if s not in inside]
        members = [numbered(line, number) for number, line in group]
        members += [line_of(s.words, s.row) for s in inside]
        blocks.append(_block(_right_to_left(members), box))
    return blocks, rest


def _beside(a: Box, b: Box) -> bool:
    apart = max(a.left, b.left) - min(a.right, b.right)
    shared = min(a.bottom, b.bottom) - max(a.top, b.top)
    return apart <= _NEAR_COLUMN * max(a.width, b.width) and shared > 0


def _right_to_left(members: list[Line]) -> tuple[Line, ...]:
    columns: list[list[Line]] = []
    for line in sorted(members, key=lambda m: -m.box.center[0]):
        last = columns[-1][0].box if columns else None
        if last is not None and last.left <= line.box.center[0]:
            columns[-1].append(line)
        else:
            columns.append([line])
    return tuple(line for column in columns for line in sorted(column, key=lambda m: m.box.top))


def _block(lines: tuple[Line, ...], box: Box) -> Segment:
    return Segment(
        left=box.left,
        right=box.right,
        top=box.top,
        bottom=box.bottom,
        row=lines[0].row or 0,
        words=(),
        height=median(float(min(line.box.width, line.box.height)) for line in lines),
        lines=lines,
    )
