"""Data for people: an e-invoice as a sheet that any browser shows, made from what was read of it."""

from __future__ import annotations

import html

from domain.fields import FIELDS
from domain.labels import DOCUMENT_TYPES, label
from domain.record import ArchiveRecord

DATA_TYPES = frozenset({"application/xml", "text/xml"})
"""Originals that are data and nothing to look at."""
_PAGE = """<!DOCTYPE html>
<html lang="ja"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>body{{font:15px/1.6 sans-serif;max-width:50rem;margin:1rem auto;padding:0 1rem}}
table{{border-collapse:collapse}}th,td{{text-align:left;vertical-align:top;padding:.2rem .6rem;border:1px solid #8885}}
pre{{white-space:pre-wrap;overflow-wrap:anywhere}}</style></head>
<body><h1>{title}</h1>
<p>データの原本から作った閲覧用の表示です。原本ではありません。 / Made from the data for reading; not the original.</p>
<table>{rows}</table><pre>{text}</pre></body></html>
"""


def sheet_of(record: ArchiveRecord) -> bytes:
    """The values and the text of a document as one HTML file without scripts; every value is escaped."""
    rows = "".join(
        f"<tr><th>{html.escape(FIELDS[field.name].label_ja)}</th><td>{html.escape(field.raw_text or '')}</td></tr>"
        for field in record.fields.fields
        if field.name in FIELDS and field.value is not None and field.raw_text
    )
    title = html.escape(label(DOCUMENT_TYPES[record.classification.label]))
    return _PAGE.format(title=title, rows=rows, text=html.escape(record.text)).encode()
