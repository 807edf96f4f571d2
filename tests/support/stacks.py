"""Stacks of committed sample documents, without drawing anything."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf

SAMPLES = Path(__file__).parents[2] / "samples" / "set"
CONTRACT = "contract/articles-multipage"
RECEIPT = "receipt/web-pdf"
INVOICE = "invoice/modern-pdf"
QUOTATION = "quotation/letterhead-pdf"


def sample(name: str) -> bytes:
    """A committed PDF."""
    return (SAMPLES / name / "source.pdf").read_bytes()


def stacked(*parts: bytes | None) -> bytes:
    """The pages of several PDFs in one file; None is an empty back."""
    out = io.BytesIO()
    with pikepdf.new() as document:
        for part in parts:
            if part is None:
                document.add_blank_page(page_size=(595, 842))
                continue
            with pikepdf.open(io.BytesIO(part)) as source:
                document.pages.extend(source.pages)
        document.save(out, deterministic_id=True)
    return out.getvalue()
