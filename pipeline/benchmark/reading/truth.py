"""A page whose text is known.

**Reading order** is the order of the document's source: what a screen reader would speak. Blocks follow one another as
they stand in the HTML, tables go row by row and cell by cell, vertical writing column by column from the right, and a
seal or a box that a style puts elsewhere on the paper changes nothing. Nothing of our own engine takes part in it. Its
characters are exactly those of the printed PDF (checked when a page is made), so that both truths count the same ones.

Of two blocks side by side (whom it is to, who it is from) the source has one first, though nobody minds the other
order. What such pages cost by that convention alone is seen in a second measure, which takes the better of both orders;
the first one stays as strict as it is.

**Seals and stamps** are pictures. Their characters are neither wanted nor punished: text read from them is taken away
from what is too much, and leaving them out costs nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.benchmark.rates import plain

TRUTH_FILE = "truth.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTruth:
    """One page of a set."""

    file: str
    """Below the set's folder."""
    rows: str
    """Printed text in rows from top to bottom: for measures that are blind to order; empty where unknown."""
    spoken: str
    """Printed text in reading order."""
    values: tuple[str, ...] = ()
    """Of pages whose whole text is not known: what is certainly printed on them. Judged instead of ``spoken``."""
    beside: tuple[tuple[int, int, int], ...] = ()
    """Blocks that stand side by side and may be spoken in either order, the largest first: where the first begins,
    where the second does and where it ends, in characters of ``spoken`` without white space."""
    drawn: str = ""
    """Characters that seals and stamps on it may show."""
    printed: str = ""
    """The PDF it was made from, below the set's folder; empty where there is none."""
    layout: str = ""
    document_type: str = ""
    damage: str = ""
    turned_degrees: int = 0
    """Clockwise turn that makes it upright."""
    dpi: int = 0
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSet:
    """Pages under one name."""

    name: str
    folder: Path
    pages: tuple[PageTruth, ...]

    def content(self, page: PageTruth) -> bytes:
        """Bytes of a page as they reach the office."""
        return (self.folder / page.file).read_bytes()

    def printed(self, page: PageTruth) -> bytes | None:
        """The PDF it was made from."""
        return (self.folder / page.printed).read_bytes() if page.printed else None


def write_truth(folder: Path, pages: Iterable[PageTruth], *, about: dict[str, Any]) -> None:
    """Write ``truth.json``."""
    plain_pages = [asdict(page) for page in pages]
    text = json.dumps(about | {"pages": plain_pages}, ensure_ascii=False, indent=1)
    (folder / TRUTH_FILE).write_text(text + "\n", encoding="utf-8")


def load_set(folder: Path) -> PageSet:
    """A set written by ``make_set``."""
    truth = json.loads((folder / TRUTH_FILE).read_text(encoding="utf-8"))
    pages = tuple(_page(page) for page in truth["pages"])
    return PageSet(name=f"{folder.parent.name}/{folder.name}", folder=folder, pages=pages)


def _page(plain_page: dict[str, Any]) -> PageTruth:
    beside = tuple((first, middle, end) for first, middle, end in plain_page.get("beside", ()))
    return PageTruth(**plain_page | {"values": tuple(plain_page.get("values", ())), "beside": beside})


def is_made(folder: Path, about: dict[str, Any]) -> bool:
    """Whether a set is there already, made in the same way."""
    path = folder / TRUTH_FILE
    if not path.is_file():
        return False
    truth = json.loads(path.read_text(encoding="utf-8"))
    return all(truth.get(key) == value for key, value in about.items())


def first_page(spoken: str, page_texts: Sequence[str]) -> str | None:
    """The part of a document's text that is on its first page; None where the two do not have the same characters."""
    wanted = sorted(plain(page_texts[0]))
    part = _prefix(spoken, len(wanted)) if len(page_texts) > 1 else spoken
    return part if sorted(plain(part)) == wanted else None


def _prefix(text: str, characters: int) -> str:
    """The shortest beginning with so many characters as texts are compared by."""
    seen = 0
    for end, character in enumerate(text):
        if seen >= characters:
            return text[:end]
        seen += len(plain(character))
    return text
