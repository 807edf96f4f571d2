"""What is set wide over a row and belongs together: a label over its column, a day in the blanks of a form.

利 用 期 間: 2026 年 4 月 1 日 falls into pieces by its gaps; here the pieces become one again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from domain.dates import find_dates
from domain.folding import fold
from extractors.fields.continued import Piece

_PIECE = 2
"""Most characters of a piece of a label that is spread over the width of its column (利 用 期 間)."""
_LABEL = 8
_GAP = 4.0
"""Line heights between the characters of a spread label."""
_COLON = re.compile(r"^(?=.{1,2}[:：])[\u4e00-\u9fff\u3040-\u30ff]{1,2}[:：]")
_DAY_GAP = 5.0
"""Line heights between the figures of a day and the characters beside them: forms leave room for two by hand."""
_MOST_OF_A_DAY = 7
"""Pieces that a day falls into: 令和 8 年 4 月 1 日."""
_N = r"\s*(?:\d{1,2}|元)?\s*"
_BEGUN = re.compile(
    rf"(?:^|[^\d])(?:(?:令和|平成|昭和|R|H){_N}|\d{{4}}\s*|(?<!\d)\d{{2}}\s*年\s*)"
    rf"(?:年{_N}(?:月{_N}日?)?)?$"
)
"""What a day has in its first pieces, at the end of a label or by itself."""


def unspread(row: Sequence[Piece]) -> list[Piece]:
    """The row with the pieces of spread labels and of spread days put together."""
    return _labels(_days(row))


def _days(row: Sequence[Piece]) -> list[Piece]:
    out: list[Piece] = []
    index = 0
    while index < len(row):
        stop = _day_ends(row, index)
        pieces = row[index : stop or index + 1]
        out.append((tuple(w for words, _ in pieces for w in words), False) if stop else row[index])
        index += len(pieces)
    return out


def _day_ends(row: Sequence[Piece], start: int) -> int | None:
    """Where the day ends that begins in a piece and is whole only with pieces behind it; None where there is none."""
    text = _text(row[start])
    if row[start][1] or not _BEGUN.search(text):
        return None
    for stop in range(start + 1, min(start + _MOST_OF_A_DAY, len(row))):
        piece = row[stop]
        if piece[1] or _apart(row[stop - 1], piece) > _DAY_GAP * max(piece[0][0].box.height, 1):
            return None
        text = f"{text} {_text(piece)}"
        if "日" in _text(piece):
            days = find_dates(text)
            return stop + 1 if days and days[-1].end > len(text) - len(_text(piece)) else None
        if not _BEGUN.search(text):
            return None
    return None


def _text(piece: Piece) -> str:
    return fold("".join(w.text for w in piece[0])).text


def _labels(row: Sequence[Piece]) -> list[Piece]:
    """Pieces of one or two characters at even distances that end at a colon are one label, and one segment."""
    out: list[Piece] = []
    run: list[Piece] = []
    for piece in row:
        text = "".join(w.text for w in piece[0])
        small = len(text) <= _PIECE and not any(c.isascii() for c in text) and not piece[1]
        near = not run or _apart(run[-1], piece) < _GAP * max(piece[0][0].box.height, 1)
        if run and near and _COLON.match(text) and sum(len(w.text) for p in run for w in p[0]) <= _LABEL:
            out.append((tuple(w for p in (*run, piece) for w in p[0]), False))
            run = []
        elif small and near:
            run.append(piece)
        else:
            out += [*run]
            run = [piece] if small else []
            out += [] if small else [piece]
    return out + run


def _apart(left: Piece, right: Piece) -> int:
    return right[0][0].box.left - left[0][-1].box.right
