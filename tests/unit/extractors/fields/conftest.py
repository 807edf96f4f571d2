"""Pages set by hand: rows of (x, text) with boxes, as an OCR engine would give them."""

import unicodedata
from datetime import date

import pytest

from domain.engines import FieldContext
from domain.geometry import Box
from domain.page import EngineId, Line, PageText, Word

ENGINE = EngineId(name="null.v1", version="1")


def _width(text, height):
    return round(sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.55 for c in text) * height)


def set_page(*rows, page_index=0, height=30, confidence=0.99, pitch=1.6):
    """Rows from top to bottom: a string (at x = 100), or a list of (x, text) or (x, text, height)."""
    lines = []
    y = 100
    for row in rows:
        cells = [(100, row)] if isinstance(row, str) else row
        tallest = max((c[2] if len(c) > 2 else height for c in cells), default=height)
        for cell in cells:
            x, text = cell[0], cell[1]
            tall = cell[2] if len(cell) > 2 else height
            if text:
                box = Box(left=x, top=y, right=x + max(_width(text, tall), 1), bottom=y + tall)
                lines.append(Line(words=(Word(text=text, box=box, confidence=confidence),), box=box))
        y += round(tallest * pitch)
    return PageText(page_index=page_index, lines=tuple(lines), engine=ENGINE)


@pytest.fixture
def paper():
    return set_page


@pytest.fixture
def context():
    return FieldContext(today=date(2026, 11, 21))
