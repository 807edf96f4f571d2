"""The benchmark's tables as a Markdown page, to be kept beside the code that they measure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

_JUSTIFY = {"right": "--:", "center": ":-:"}


def page(tables: Sequence[Table], *, about: str, pictures: Sequence[tuple[str, str]] = ()) -> str:
    """All tables in their order under one heading.

    Args:
        tables: as they are printed in a terminal; their titles become headings, their captions follow them.
        about: what was measured, when and where; one paragraph.
        pictures: what each shows, and its file as seen from the page; they come last.
    """
    parts = ["# 測定結果 / Measurements", about, *(part for table in tables for part in _table(table))]
    parts += [f"{_cell(what)}\n\n![{number}]({file})" for number, (what, file) in enumerate(pictures, start=1)]
    return "\n\n".join(parts) + "\n"


def _table(table: Table) -> Iterator[str]:
    if table.title:
        yield "## " + " — ".join(_plain(table.title).splitlines())
    columns = [[_cell(cell) for cell in column.cells] for column in table.columns]
    rows = [
        [_cell(column.header) for column in table.columns],
        [_JUSTIFY.get(column.justify, "---") for column in table.columns],
        *zip(*columns, strict=True),
    ]
    yield "\n".join("| " + " | ".join(row) + " |" for row in rows)
    if table.caption:
        yield _plain(table.caption)


def _cell(value: object) -> str:
    """One line, and no bar that would end the cell."""
    return " ".join(_plain(value).split()).replace("|", "\\|")


def _plain(value: object) -> str:
    return value.plain if isinstance(value, Text) else str(value)
