"""Public pages with known text: whole pages of a tax authority, and receipts of which only values are known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipeline.benchmark.reading.truth import PageSet, PageTruth

PAGES = "ja-pages"
RECEIPTS = "ja-receipts-synthetic"
PUBLIC = (PAGES, RECEIPTS)


def public_pages(data_folder: Path | None, name: str) -> PageSet | None:
    """The set of that name; None where it is not on this machine."""
    folder = None if data_folder is None else data_folder / name
    if folder is None or not (folder / "truth.jsonl").is_file():
        return None
    lines = (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    found = [_page(folder, json.loads(line)) for line in lines if line.strip()]
    return PageSet(name=name, folder=folder, pages=tuple(page for page in found if (folder / page.file).is_file()))


def _page(folder: Path, line: dict[str, Any]) -> PageTruth:
    if "text" in line:
        text = (folder / line["text"]).read_text(encoding="utf-8")
        return PageTruth(file=line["file"], rows=text, spoken=text, dpi=int(line.get("dpi", 0)), layout=PAGES)
    return PageTruth(file=line["file"], rows="", spoken="", values=_values(line), layout=RECEIPTS)


def _values(line: dict[str, Any]) -> tuple[str, ...]:
    """Shop, registration number, total, and name and amount of every item: always shown as known."""
    found = [line.get("counterparty"), line.get("registration_number"), line.get("total_amount")]
    for item in line.get("items", ()):
        found += [item.get("name"), item.get("amount")]
    return tuple(str(value) for value in found if value not in (None, ""))
