"""Text that a spreadsheet does not run: one guard for every table that leaves the house."""

from __future__ import annotations

import re

_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""Full-width signs count: a spreadsheet with Japanese settings takes them for the narrow ones."""
_PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet could take a cell for a formula; plain numbers are none."""
    return text.startswith(_STARTS) and _PLAIN_NUMBER.fullmatch(text) is None


def inert(text: str) -> str:
    """The cell, with an apostrophe before it where it would be a formula."""
    return f"'{text}" if is_formula(text) else text
