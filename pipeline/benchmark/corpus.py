"""What the benchmark reads: documents made from held-back layouts, and public sets with truth."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from domain.errors import ConfigError
from domain.fields import DocumentType, fields_for

KEYS = {
    "transaction_date": "date",
    "total_amount": "total_amount",
    "counterparty": "counterparty",
    "registration_number": "registration_number",
    "document_number": "number",
    "due_date": "due_date",
    "subtotal": "net_amount",
    "tax_total": "tax_amount",
}
"""Our field names → keys of ``truth.jsonl``."""
_ALWAYS = ("Source:", "Licence:", "Attribution:")


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchDocument:
    """One file to read, with its truth."""

    file_name: str
    content: bytes
    truth: Mapping[str, Any]
    """A line of ``truth.jsonl``."""
    our_companies: tuple[str, ...] = ()
    damage: str | None = None
    layout: str | None = None
    text: str | None = None
    """What is printed on it, where that is known."""
    pages: int | None = None
    fields: Mapping[str, Any] | None = None
    """Truth of every field in plain form, where it is known."""


def truth_line(file_name: str, truth: Mapping[str, Any]) -> dict[str, Any]:
    """The generator's truth as a line of ``truth.jsonl``; ``filled_in`` false says that null means absent."""
    kind = DocumentType(truth["document_type"])
    fields = truth["fields"]
    line: dict[str, Any] = {"file": file_name, "type": kind.value, "filled_in": False}
    for name in fields_for(kind):
        if name in KEYS:
            line[KEYS[name]] = fields[name]
    return line


def generated(
    *,
    seed: int,
    count: int,
    held_back: bool,
    varied: bool = False,
    kinds: tuple[str, ...] | None = None,
    types: tuple[DocumentType, ...] | None = None,
    carrying: tuple[str, ...] = (),
    made: Callable[[int], None] = lambda _: None,
) -> list[BenchDocument]:
    """Documents from the generator; ``made`` hears how many there are.

    ``held_back``: from layouts, fonts and words that nothing was tuned on. ``varied``: each arranged anew.
    ``kinds``: of wear, in turn; all of them where None. ``types``: classes, in turn; drawn where None.
    ``carrying``: fields of which each document states one or another; any document where empty.

    Raises:
        ConfigError: no browser to draw them with.
    """
    # The generator needs a browser, which only this benchmark does: imported when it is asked for.
    from playwright.sync_api import Error as BrowserError  # noqa: PLC0415

    from samples.generator.making import samples  # noqa: PLC0415
    from samples.generator.printer import Printer, pdf_rows  # noqa: PLC0415

    documents = []
    try:
        with Printer() as printer:
            drawn = samples(
                seed=seed,
                count=count,
                held_back=held_back,
                varied=varied,
                kinds=kinds,
                types=types,
                carrying=carrying,
                printer=printer,
            )
            for sample in drawn:
                documents.append(
                    BenchDocument(
                        file_name=sample.file_name,
                        content=sample.content,
                        truth=truth_line(sample.file_name, sample.truth),
                        our_companies=(str(sample.truth["our_company"]),),
                        damage=str(sample.truth["damage"]),
                        layout=str(sample.truth["layout"]),
                        text=pdf_rows(sample.pdf),
                        pages=int(str(sample.truth["pages"])),
                        fields=cast("Mapping[str, Any]", sample.truth["fields"]),
                    )
                )
                made(len(documents))
    except BrowserError as error:
        message = "the generator of held-back documents needs Chromium (Debian package chromium)"
        message_ja = "測定用の文書を作るには Chromium が必要です(Debian のパッケージ chromium を入れてください)"
        raise ConfigError(message, message_ja=message_ja) from error
    return documents


def public_set(folder: Path, *, limit: int) -> Iterator[BenchDocument]:
    """Documents of a public set in the order of its truth."""
    lines = (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    for line in [text for text in lines if text.strip()][:limit]:
        truth = json.loads(line)
        path = folder / truth["file"]
        if path.is_file():
            yield BenchDocument(file_name=path.name, content=path.read_bytes(), truth=truth)


def source_of(folder: Path) -> str:
    """Where a public set comes from and under which licence, in the words of its README."""
    readme = folder / "README.md"
    if not readme.is_file():
        return ""
    lines = readme.read_text(encoding="utf-8").splitlines()
    return " ".join(line for line in lines if any(mark in line for mark in _ALWAYS))
