"""Whether the text of one page is that of several receipts: one that was not cut apart, and perhaps should have been.

Where edges of papers are not seen, the page stays whole. What it says still tells: each receipt is headed as one, and
each shop has a registration number and a telephone number of its own.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.page import PageText

_HEADINGS = frozenset({"領収書", "領収証", "領収証書", "レシート"})
_NUMBER = re.compile(r"T(\d{13})(?!\d)")
_CALLED = re.compile(r"(?:TEL|電話)[:.]?(0[\d()]{9,12})")
_SEVERAL = 2


def several_receipts(page: PageText) -> bool:
    """True where it has several headings of receipts, and several sellers' registration or telephone numbers.

    A stub repeats the heading and the same seller; an invoice names two companies and has no such heading.
    """
    pieces = [_folded(word.text) for line in page.lines for word in line.words]
    lines = [_folded(line.text) for line in page.lines]
    headings = max(sum(text in _HEADINGS for text in pieces), sum(text in _HEADINGS for text in lines))
    if headings < _SEVERAL:
        return False
    numbers = {number for text in lines for number in _NUMBER.findall(text)}
    telephones = {re.sub(r"\D", "", found) for text in lines for found in _CALLED.findall(text)}
    return max(len(numbers), len(telephones)) >= _SEVERAL


def _folded(text: str) -> str:
    return re.sub(r"[\s\-‐‑–—−]", "", unicodedata.normalize("NFKC", text).upper())  # all the dashes
