"""PDF files that are the same every time they are written."""

from __future__ import annotations

import io

import pikepdf


def without_dates(content: bytes) -> bytes:
    """The same PDF without the time of writing and random ids."""
    with pikepdf.open(io.BytesIO(content)) as document:
        for key in ("/CreationDate", "/ModDate"):
            if key in document.docinfo:
                del document.docinfo[key]
        out = io.BytesIO()
        document.save(out, deterministic_id=True)
        return out.getvalue()
