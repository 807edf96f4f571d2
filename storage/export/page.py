"""The bundle's search page: it works from a USB stick (``file://``), with no network and no server.

The data stands in scripts of its own that call one function with plain JSON: a page that was opened from a file may
load scripts beside it and nothing else. The texts, which are long, are loaded when words are looked for.
"""

from __future__ import annotations

import html
import json
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from domain.calendar import TOKYO
from domain.labels import DOCUMENT_STATES, DOCUMENT_TYPES
from storage.export.folder import BundleFolder
from storage.export.index import Row

FOLDER = "page"
_HERE = Path(__file__).parent / "static"
_STATIC = ("search.js", "style.css")
_MAX_TEXT = 20_000
"""Characters of a document's text that the page searches."""
_ROWS = 2000
"""Documents in one script of data."""


class PageWriter:
    """Collects rows and writes them in pieces."""

    def __init__(self, folder: BundleFolder) -> None:
        self._folder = folder
        self._rows: list[str] = []
        self._texts: list[str] = []
        self._parts = 0
        self._count = 0

    def add(self, row: Row) -> None:
        """One document."""
        self._rows.append(_script_safe(_plain(row)))
        self._texts.append(_script_safe(_words(row)))
        self._count += 1
        if len(self._rows) >= _ROWS:
            self._flush()

    def finish(self, *, title: str, facts: Sequence[tuple[str, str, str]]) -> None:
        """Write the page; ``facts`` are (Japanese name, English name, value). Values never become markup."""
        self._flush()
        for name in _STATIC:
            self._folder.write(f"{FOLDER}/{name}", (_HERE / name).read_bytes())
        english = dict((*DOCUMENT_TYPES.values(), *DOCUMENT_STATES.values()))
        self._folder.write(f"{FOLDER}/labels.js", f"shokoLabels({_script_safe(english)});\n".encode())
        shown = "".join(
            f'<dt><span lang="ja">{html.escape(ja)}</span><span lang="en">{html.escape(en)}</span></dt>'
            f"<dd>{html.escape(value)}</dd>"
            for ja, en, value in facts
        )
        scripts = "".join(
            f'<script src="{FOLDER}/rows-{number:04d}.js"></script>\n' for number in range(1, self._parts + 1)
        )
        page = (_HERE / "index.html").read_text(encoding="utf-8")
        for mark, value in (
            ("@@SCRIPTS@@", scripts),
            ("@@PARTS@@", str(self._parts)),
            ("@@COUNT@@", str(self._count)),
            ("@@TITLE@@", html.escape(title)),
            ("@@FACTS@@", shown),  # last, so that nothing in it is taken for a place to fill
        ):
            page = page.replace(mark, value)
        self._folder.write("index.html", page.encode())

    def _flush(self) -> None:
        if not self._rows:
            return
        self._parts += 1
        for name, call, values in (("rows", "shokoRows", self._rows), ("texts", "shokoTexts", self._texts)):
            content = f"{call}({self._parts},[\n" + ",\n".join(values) + "\n]);\n"
            self._folder.write(f"{FOLDER}/{name}-{self._parts:04d}.js", content.encode())
        self._rows, self._texts = [], []


def _script_safe(value: object) -> str:
    """JSON that no script and no page takes for anything else."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character, escape in (
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        text = text.replace(character, escape)
    return text


def _words(row: Row) -> str:
    parts = (row.counterparty, row.document_number, row.registration_number, row.document_type, row.text)
    words = " ".join(part for part in parts if part)
    return unicodedata.normalize("NFKC", words).lower()[:_MAX_TEXT]


def _plain(row: Row) -> list[object]:
    """A row as the script reads it, by position (``search.js`` names them)."""
    return [
        row.document_id,
        row.revision,
        row.document_type,
        row.state,
        row.transaction_date.isoformat() if row.transaction_date else None,
        f"{row.total_amount:f}" if row.total_amount is not None else None,
        row.currency,
        row.counterparty,
        row.received_on.isoformat(),
        row.received_on_assumed,
        [[path.rpartition("/")[2], quote(path)] for path in row.originals],
        [[path.rpartition("/")[2], quote(path)] for path in row.renditions],
        [at.astimezone(TOKYO).strftime("%Y-%m-%d %H:%M") for at in row.stamped_at],
        row.accredited,
    ]
