"""What was made and read, kept in a folder, so that new rules are judged in seconds instead of reading pages again."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from domain.codec import dump, load
from domain.ids import Digest
from domain.page import TextReading
from pipeline.benchmark.corpus import BenchDocument

_DOCUMENTS = "documents"
_TEXTS = "texts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A folder with documents by set, seed and count, and with texts by digest of the file and by engine.

    Texts are those of the day on which they were read: where reading itself has changed, take a new folder.
    """

    folder: Path

    def documents(self, name: str, make: Callable[[], list[BenchDocument]]) -> list[BenchDocument]:
        """The documents kept under a name; made (and kept) where there are none yet."""
        path = self.folder / _DOCUMENTS / f"{name}.jsonl.gz"
        if path.is_file():
            lines = [load(BenchDocument, line) for line in gzip.decompress(path.read_bytes()).splitlines()]
            return [replace(line, content=(path.parent / name / line.file_name).read_bytes()) for line in lines]
        made = make()
        for document in made:
            place = path.parent / name / document.file_name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(document.content)
        _write(path, b"\n".join(dump(replace(document, content=b"")) for document in made))
        return made

    def text(self, content: bytes, *, engine: str, read: Callable[[], TextReading]) -> TextReading:
        """The text of a file as it was read before; read (and kept) where it is new. A broken record is read again."""
        name = Digest.of(engine.encode()).value[:12]
        path = self.folder / _TEXTS / name / f"{Digest.of(content).value}.json.gz"
        if path.is_file():
            try:
                return load(TextReading, gzip.decompress(path.read_bytes()))
            except (OSError, EOFError, ValueError, zlib.error):
                path.unlink()
        text = read()
        _write(path, dump(text))
        return text


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = path.with_suffix(".part")
    whole.write_bytes(gzip.compress(content, mtime=0))
    whole.replace(path)
