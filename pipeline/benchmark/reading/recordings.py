"""What was seen on pages, kept in a folder: a changed reading order is judged in seconds, without reading them again.

A recording holds what ordering is given (stretches of text, rules, tilt), not what it made of them. It is named by the
picture's digest, the engine and the code that reads; the code that orders is left out of that name, so that any other
change of reading makes new recordings and a change of order makes none.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from domain.codec import dump, load
from domain.geometry import Box
from domain.ids import Digest
from domain.page import Line
from extractors.ocr import ppocr
from extractors.ocr.layout import Piece, lines_from_pieces
from pipeline.benchmark.reading.reader import PageRead, PageReader
from pipeline.code_digest import NOT_TEXT, ROOT, TEXT_CODE, digest_of

ORDER_CODE = (
    *(f"extractors/{name}.py" for name in ("order", "region", "cuts", "zones", "columns", "measures", "ruling")),
    *(f"extractors/{name}.py" for name in ("judge", "stretches", "vertical", "tables", "ocr/layout")),
    "extractors/order.npz",
    "extractors/training",
)
"""What works on what was seen, and changes no character of it."""
_ORDERS = "lines_from_pieces"
"""What the engine puts its stretches in order with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What ordering is given of one page."""

    pieces: tuple[Piece, ...]
    tilt: float
    rules: tuple[Box, ...]
    rest: str = ""
    """Text that stands behind all that was ordered: stamps."""

    @property
    def text(self) -> str:
        """Of the whole page, in the order that the code of today finds."""
        ordered = _text(lines_from_pieces(self.pieces, tilt=self.tilt, rules=self.rules))
        return "\n".join(part for part in (ordered, self.rest) if part)


def recorded(reader: PageReader, folder: Path, *, engine: str) -> PageReader:
    """The same reader, asked only for pages that are not recorded yet.

    A page whose text is not what was ordered last (a text layer, another engine) is never recorded. Pages from
    recordings take no time: nothing about speed may be said of them.

    Args:
        reader: reads.
        folder: keeps recordings; made where it is not there yet.
        engine: name and settings of what reads.
    """
    code = digest_of(ROOT, TEXT_CODE, without=(*NOT_TEXT, *ORDER_CODE))
    place = folder / Digest.of(f"{engine} {code}".encode()).value[:16]

    def read(content: bytes, file_name: str) -> PageRead:
        path = place / f"{Digest.of(content).value}.json.gz"
        seen = _kept(path)
        if seen is not None:
            return PageRead(text=seen.text, seconds=0.0, recorded=True)
        with _listening() as heard:
            found = reader(content, file_name)
        last = next((one for one in reversed(heard) if _begins(found.text, one.text)), None)
        if last is not None and found.error is None:
            rest = found.text[len(last.text) :].removeprefix("\n")
            _keep(path, replace(last, rest=rest))
        return found

    return read


def late(make: Callable[[], PageReader]) -> PageReader:
    """A reader that is made with the first page it is asked for: where all are recorded, no network is loaded."""
    made: list[PageReader] = []

    def read(content: bytes, file_name: str) -> PageRead:
        if not made:
            made.append(make())
        return made[0](content, file_name)

    return read


@contextmanager
def _listening() -> Iterator[list[Seen]]:
    """Everything that the engine puts in order meanwhile."""
    heard: list[Seen] = []
    orders: Callable[..., tuple[Line, ...]] = getattr(ppocr, _ORDERS)

    def listened(pieces: Sequence[Piece], *, tilt: float = 0.0, rules: Sequence[Box] = ()) -> tuple[Line, ...]:
        heard.append(Seen(pieces=tuple(pieces), tilt=tilt, rules=tuple(rules)))
        return orders(pieces, tilt=tilt, rules=rules)

    setattr(ppocr, _ORDERS, listened)
    try:
        yield heard
    finally:
        setattr(ppocr, _ORDERS, orders)


def _text(lines: Sequence[Line]) -> str:
    return "\n".join(line.text for line in lines)


def _begins(text: str, ordered: str) -> bool:
    return text == ordered or (bool(ordered) and text.startswith(ordered + "\n"))


def _kept(path: Path) -> Seen | None:
    if not path.is_file():
        return None
    try:
        return load(Seen, gzip.decompress(path.read_bytes()))
    except (OSError, EOFError, ValueError, zlib.error):
        path.unlink()
        return None


def _keep(path: Path, seen: Seen) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = path.with_suffix(".part")
    whole.write_bytes(gzip.compress(dump(seen), mtime=0))
    whole.replace(path)
