"""Rows of tables as people take them along: CSV for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from domain.spreadsheets import inert


def csv_line(cells: Sequence[str]) -> bytes:
    """One line with its end (CRLF); text that a spreadsheet would run as a formula gets an apostrophe."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow([inert(cell) for cell in cells])
    return buffer.getvalue().encode()
