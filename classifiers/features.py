"""What the trained classifier looks at: a document as a set of short strings, from words, their size and their place.

Figures stand as 0, so that no amount and no number is ever learnt; names of companies are cut into pieces of two and
three characters like everything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from classifiers.rules import height_of, joined_pieces
from domain.page import Line, PageText

TOP_CHARACTERS = 700
"""Of the first page from its top: a class shows itself early, and more of a long text only adds chance."""
END_CHARACTERS = 200
"""Of the first page from its end, and of each of the next pages from its top."""
PAGES = 3
"""Pages that are looked at."""
_UPPER = 0.45
"""Upper share of a page in which large print is a heading."""
_LARGE = 1.22
"""Times the usual height from which print is large."""
_SHORT = 24
"""Characters up to which a piece may be a heading."""
_RUN = re.compile(r"[a-zäöüßéèàçñ]+|\d[\d,.]*|[぀-ヿ㐀-鿿々〆%¥$€]+|〒|▲|△|※|印")
_SLIP = 1.55
"""Height to width from which the text block is a till slip."""


def features_of(texts: Sequence[PageText]) -> tuple[str, ...]:
    """Strings that speak of a document's class, sorted, each once; empty where there is no text."""
    pages = [page for page in texts if page.lines][:PAGES]
    if not pages:
        return ()
    out = set(_shape(pages))
    for number, page in enumerate(pages):
        out.update(_page_features(page, first=number == 0))
    return tuple(sorted(out))


def _page_features(page: PageText, *, first: bool) -> Iterator[str]:
    pieces = joined_pieces(page.rows)
    if not pieces:
        return
    usual = median(height_of(line) for line, _ in pieces)
    top = min(line.box.top for line, _ in pieces)
    bottom = max(line.box.bottom for line, _ in pieces)
    for line, text in _shown(pieces, first=first):
        grams = tuple(_grams(text))
        yield from grams
        if first and len(text) <= _SHORT and _is_heading(line, usual=usual, top=top, bottom=bottom):
            yield from (f"^{gram}" for gram in grams)


def _shown(pieces: Sequence[tuple[Line, str]], *, first: bool) -> Iterator[tuple[Line, str]]:
    seen = 0
    at = 0
    for line, text in pieces:
        if seen >= (TOP_CHARACTERS if first else END_CHARACTERS):
            break
        yield line, text
        seen += len(text)
        at += 1
    seen = 0
    for line, text in reversed(pieces[at:]) if first else ():
        if seen >= END_CHARACTERS:
            break
        yield line, text
        seen += len(text)


def _is_heading(line: Line, *, usual: float, top: int, bottom: int) -> bool:
    high = (line.box.top - top) <= _UPPER * max(bottom - top, 1)
    return high and height_of(line) >= _LARGE * max(usual, 1)


def _grams(text: str) -> Iterator[str]:
    runs = ["0" if run[0].isdigit() else run for run in _RUN.findall(text)]
    for run in runs:
        if run.isascii() or (run[0].isalpha() and run[0] < "\u0250"):
            yield run[:16]
        else:
            for size in (2, 3):
                yield from (run[at : at + size] for at in range(len(run) - size + 1))
            if len(run) <= 8:
                yield f"<{run}>"
    yield from (f"{a[-2:]} {b[:2]}" for a, b in pairwise(runs))


def _shape(pages: Sequence[PageText]) -> Iterator[str]:
    lines = pages[0].rows
    width = max(line.box.right for line in lines) - min(line.box.left for line in lines)
    height = max(line.box.bottom for line in lines) - min(line.box.top for line in lines)
    if len(pages) == 1 and height > _SLIP * max(width, 1):
        yield "#slip"
    if any(line.vertical for line in lines):
        yield "#vertical"
