"""The bundle's search page: one HTML file that works from a USB stick, with no network and no server."""

from __future__ import annotations

import html
import json
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from domain.calendar import TOKYO
from storage.export.index import Row

_TEMPLATE = Path(__file__).with_name("index.html")
_MAX_TEXT = 20_000
"""Characters of a document's text that the page searches."""


def render(rows: Sequence[Row], *, title: str, facts: Sequence[tuple[str, str]]) -> str:
    """The page. Values go in as JSON data, never as markup."""
    data = [_plain(row) for row in rows]
    blob = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character, escape in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"), ("\u2028", ""), ("\u2029", "")):
        blob = blob.replace(character, escape)
    shown = "".join(f"<dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd>" for name, value in facts)
    template = _TEMPLATE.read_text(encoding="utf-8")
    # The data comes last, so that nothing in it is taken for a place to fill.
    return template.replace("@@TITLE@@", html.escape(title)).replace("@@FACTS@@", shown).replace("@@DATA@@", blob)


def _plain(row: Row) -> dict[str, object]:
    amount = f"{row.total_amount:f}" if row.total_amount is not None else None
    words = " ".join(
        part
        for part in (row.counterparty, row.document_number, row.registration_number, row.document_type, row.text)
        if part
    )
    return {
        "id": row.document_id,
        "revision": row.revision,
        "type": row.document_type,
        "state": row.state,
        "date": row.transaction_date.isoformat() if row.transaction_date else None,
        "amount": amount,
        "currency": row.currency,
        "counterparty": row.counterparty,
        "received": row.received_on.isoformat(),
        "assumed": row.received_on_assumed,
        "files": [[path.rpartition("/")[2], quote(path)] for path in row.originals],
        "stamps": [at.astimezone(TOKYO).strftime("%Y-%m-%d %H:%M") for at in row.stamped_at],
        "accredited": row.accredited,
        "words": unicodedata.normalize("NFKC", words).lower()[:_MAX_TEXT],
    }
