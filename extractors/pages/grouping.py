"""Characters of a text layer to words and lines: rows, columns of vertical writing, and what stands aslant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from domain.geometry import Box, quarter_turn, union
from domain.page import Line, Word
from extractors.ocr.layout import Piece, piece_of, visual_rows
from extractors.order import in_reading_order

if TYPE_CHECKING:
    from domain.page import Page
    from extractors.pages.glyphs import Glyph

_WORD_GAP = 0.35
"""Characters further apart than this share of their size are separate words."""
_OVERLAP = 0.5
"""Kerning and narrow setting let characters overlap by no more than this share of their size."""
_MARK_OVERLAP = 0.75
"""The same below 、 and 。 in columns: they fill a corner, and some programs move their whole box there."""
_SAME_ROW = 0.3
"""Feet of neighbours on a row, and middles of neighbours in a column, differ by less than this share of the size."""
_ALIKE = 0.75
"""A smaller type than this share of its neighbour's is something else: ruby, a raised figure, a unit."""
_IN_COLUMN_GAP = 0.7
"""A figure set level inside a column, or a single character, belongs to it when it is nearer than this."""
_SPACED_OUT_GAP = 2.5
"""Letter-spaced headings of vertical pages stand up to this far apart, in sizes."""
_MOST_LEVEL_IN_COLUMN = 4
_FIGURES = 4
"""Figures one below the other from which they are a column of text (a day, a postcode)."""
_UPRIGHT_SHARE = 0.1
"""With this share of upright characters a page is not turned: its Latin runs down beside vertical writing."""


@dataclass(slots=True)
class _Run:
    """Characters that follow each other in the file and on the page."""

    glyphs: list[Glyph]
    down: bool = False
    """From top to bottom."""

    @property
    def box(self) -> tuple[float, float, float, float]:
        return (
            min(g.left for g in self.glyphs),
            min(g.top for g in self.glyphs),
            max(g.right for g in self.glyphs),
            max(g.bottom for g in self.glyphs),
        )


def page_turn(glyphs: Sequence[Glyph]) -> int:
    """Clockwise turn that brings a page upright on which nearly all text runs another way; else 0."""
    counts = dict.fromkeys((0, 90, 180, 270), 0)
    for glyph in glyphs:
        if glyph.turn in counts:
            counts[glyph.turn] += 1
    turn, most = max(counts.items(), key=lambda item: item[1])
    if turn == 0 or 2 * most < len(glyphs) or counts[0] > _UPRIGHT_SHARE * len(glyphs):
        return 0
    return (360 - turn) % 360


def turned(glyphs: Sequence[Glyph], degrees: int, page: Page) -> list[Glyph]:
    """The characters as they stand once the page is turned clockwise."""
    if not degrees:
        return list(glyphs)
    move = quarter_turn(degrees, width_px=page.width_px, height_px=page.height_px)
    out = []
    for glyph in glyphs:
        (x0, y0), (x1, y1) = move.point(glyph.left, glyph.top), move.point(glyph.right, glyph.bottom)
        turn = glyph.turn if glyph.turn < 0 else (glyph.turn + degrees) % 360
        out.append(glyph._replace(left=min(x0, x1), top=min(y0, y1), right=max(x0, x1), bottom=max(y0, y1), turn=turn))
    return out


def lines_of(glyphs: Sequence[Glyph], *, width_px: int, height_px: int, rules: Sequence[Box] = ()) -> tuple[Line, ...]:
    """Lines of a page in reading order; boxes inside a page of the given size, whose ruled lines part blocks."""
    runs = list(_runs(glyphs))
    columns, rows = _columns(runs)
    spaced: dict[int, bool] = {}
    pieces: list[Piece] = []
    for run in rows:
        word = _word(run.glyphs, width_px, height_px)
        if word is not None:
            spaced[id(word)] = run.glyphs[0].spaced
            pieces.append(piece_of([word]))
    for column in columns:
        words = [w for run in _words_of(column) if (w := _word(run.glyphs, width_px, height_px)) is not None]
        if words:
            pieces.append(piece_of(words, vertical=True))
    rows_found = visual_rows(pieces)
    return in_reading_order([row if row.vertical else _joined(row, spaced) for row in rows_found], rules=rules)


def _word(glyphs: Sequence[Glyph], width_px: int, height_px: int) -> Word | None:
    text = "".join(g.text for g in glyphs if g.text.isprintable())
    left, top, right, bottom = _Run(list(glyphs)).box
    box = Box(left=round(left), top=round(top), right=round(right), bottom=round(bottom))
    inside = box.clipped(width_px=width_px, height_px=height_px)
    if not text.strip() or not inside.width or not inside.height:
        return None
    return Word(text=text, box=inside, confidence=1.0)


def runs_of(glyphs: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    """Characters that follow each other in the file and on the page, together."""
    for run in _runs(glyphs):
        yield run.glyphs


def _runs(glyphs: Sequence[Glyph]) -> Iterator[_Run]:
    """Chains of characters, each beside (or below) the one before it."""
    run: _Run | None = None
    for index, glyph in enumerate(glyphs):
        if run is not None:
            last = run.glyphs[-1]
            following = glyphs[index + 1] if index + 1 < len(glyphs) else None
            alone = len(run.glyphs) == 1
            if (alone or not run.down) and _beside(last, glyph):
                run.glyphs.append(glyph)
                continue
            down = (alone or run.down) and _below(last, glyph)
            if down and not (following is not None and _beside(glyph, following)):
                run.glyphs.append(glyph)
                run.down = True
                continue
            yield run
        run = _Run([glyph])
    if run is not None:
        yield run


def _beside(last: Glyph, glyph: Glyph) -> bool:
    if glyph.spaced or glyph.turn != last.turn or not _alike(last, glyph):
        return False
    size = max(last.size, glyph.size)
    if glyph.turn == 0:
        along, across = glyph.left - last.right, glyph.bottom - last.bottom
    elif glyph.turn == 180:
        along, across = last.left - glyph.right, glyph.top - last.top
    elif glyph.turn < 0:  # aslant: near enough is all that can be asked
        along, across = max(abs(glyph.left - last.left), abs(glyph.top - last.top)) - 1.5 * size, 0.0
        return along <= 0
    else:
        return False
    return -_OVERLAP * size <= along <= _WORD_GAP * size and abs(across) <= _SAME_ROW * size


def _below(last: Glyph, glyph: Glyph) -> bool:
    """Vertical writing: upright characters one below the other, or sideways ones (Latin) that run down or up."""
    if glyph.spaced or not _alike(last, glyph):
        return False
    size = max(last.size, glyph.size)
    if glyph.turn == last.turn == 270:
        along = last.top - glyph.bottom
    elif {glyph.turn, last.turn} <= {0, 90}:
        along = glyph.top - last.bottom
        if glyph.turn == last.turn == 0 and not (_is_cjk(glyph.text) or _is_cjk(last.text)):
            return False  # figures in a column of a table
    else:
        return False
    across = (glyph.left + glyph.right - last.left - last.right) / 2
    overlap = _OVERLAP if last.text.isalnum() else _MARK_OVERLAP
    return -overlap * size <= along <= _WORD_GAP * size and abs(across) <= _SAME_ROW * size


def _alike(one: Glyph, other: Glyph) -> bool:
    low, high = sorted((one.size, other.size))
    return low >= _ALIKE * high


def _is_cjk(text: str) -> bool:
    return text >= "\u2e80"


def _columns(runs: list[_Run]) -> tuple[list[list[_Run]], list[_Run]]:
    """Columns of vertical writing (their parts from top to bottom), and the runs that are no part of one."""
    columns = [[run] for run in runs if run.down]
    rest = [run for run in runs if not run.down]
    if not columns:
        return [], rest
    many = sum(len(c[0].glyphs) for c in columns) > sum(len(r.glyphs) for r in rest)
    short = [r for r in rest if len(r.glyphs) <= _MOST_LEVEL_IN_COLUMN and r.glyphs[0].turn == 0]
    kept = [r for r in rest if len(r.glyphs) > _MOST_LEVEL_IN_COLUMN or r.glyphs[0].turn != 0]
    parts = sorted((*[c[0] for c in columns], *short), key=lambda run: run.box[1])
    out: list[list[_Run]] = []
    for part in parts:
        gap = _SPACED_OUT_GAP if many else _IN_COLUMN_GAP
        home = next((c for c in out if _continues(c[-1], part, gap)), None)
        if home is None:
            out.append([part])
        else:
            home.append(part)
    kept += [c[0] for c in out if len(c) == 1 and not c[0].down]
    found = [c for c in out if len(c) > 1 or c[0].down]
    for column in [c for c in found if not any(run.down for run in c) and not _spelled_out(c, many=many)]:
        found.remove(column)
        kept += column
    return found, kept


def _spelled_out(column: list[_Run], *, many: bool) -> bool:
    """Single characters one below the other on a page of vertical writing: a heading, or a date in figures."""
    single = many and all(len(run.glyphs) == 1 for run in column)
    return single and (len(column) >= _FIGURES or all(_is_cjk(run.glyphs[0].text) for run in column))


def _words_of(column: list[_Run]) -> Iterator[_Run]:
    """Parts of a column that stand close, as one word."""
    word = _Run(list(column[0].glyphs), down=True)
    for part in column[1:]:
        size = max(word.glyphs[-1].size, part.glyphs[0].size)
        if not part.glyphs[0].spaced and part.box[1] - word.box[3] <= _WORD_GAP * size:
            word.glyphs += part.glyphs
        else:
            yield word
            word = _Run(list(part.glyphs), down=True)
    yield word


def _continues(last: _Run, part: _Run, gap: float) -> bool:
    size = max(last.glyphs[-1].size, part.glyphs[0].size)
    if not _alike(last.glyphs[-1], part.glyphs[0]):
        return False
    upper, lower = last.box, part.box
    across = (upper[0] + upper[2] - lower[0] - lower[2]) / 2
    if max(upper[2] - upper[0], lower[2] - lower[0]) > 2 * size:
        return False
    return -_OVERLAP * size <= lower[1] - upper[3] <= gap * size and abs(across) <= _SAME_ROW * size


def _joined(line: Line, spaced: dict[int, bool]) -> Line:
    """Neighbours that the file drew in pieces, as one word."""
    words = [line.words[0]]
    for last, word in pairwise(line.words):
        gap = word.box.left - last.box.right
        height = max(min(last.box.height, word.box.height), 1)
        if not spaced.get(id(word), False) and -_OVERLAP * height <= gap <= _WORD_GAP * height:
            box = union((words[-1].box, word.box))
            words[-1] = Word(text=words[-1].text + word.text, box=box, confidence=1.0)
        else:
            words.append(word)
    return Line(words=tuple(words), box=line.box)
