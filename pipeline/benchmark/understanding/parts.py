"""Parts of the measurement: each is read and judged for itself and kept, so that a run that breaks off goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from domain.codec import dump, load
from domain.errors import AppError
from domain.ids import Digest
from extractors.pages.render import page_png
from extractors.settings import ExtractorSettings
from pipeline.benchmark.corpus import BenchDocument, public_set
from pipeline.benchmark.report import ReadDocument
from pipeline.benchmark.run import Progress, made_documents, read_all, reader_for
from pipeline.benchmark.settings import HELD_BACK, BenchSettings
from pipeline.steps.read import Reader

_Found = TypeVar("_Found")
_MEDIA = {".pdf": "application/pdf", ".jpg": "image/jpeg", ".png": "image/png", ".tif": "image/tiff"}
SILENT = "silent"
"""Folder of the pictures of silent errors."""
_PICTURE_PX = 1000
"""Width of the picture of a silent error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Made documents of one seed."""

    seed: int
    count: int
    text_layers: bool

    @property
    def settings(self) -> BenchSettings:
        """What the benchmark is asked for."""
        return BenchSettings(
            seed=self.seed, count=self.count, text_layers=self.text_layers, sets=(HELD_BACK,), peer_pages=0
        )

    @property
    def name(self) -> str:
        """Of its record."""
        return f"{'text' if self.text_layers else 'scans'}-{self.seed}-{self.count}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measuring:
    """Where parts are kept, and how documents are read."""

    folder: Path
    reader: Reader
    today: date
    progress: Progress

    def made(self, part: Part) -> list[ReadDocument]:
        """A part, read anew or as it is kept.

        Raises:
            ConfigError: no browser to draw documents with.
        """

        def read() -> list[ReadDocument]:
            settings = part.settings
            documents = made_documents(HELD_BACK, settings, progress=self.progress)
            return self._read(part.name, documents, reader=reader_for(settings, self.reader), exact=True)

        return self.kept(part.name, ReadDocument, read)

    def public(self, name: str, data_folder: Path) -> list[ReadDocument] | None:
        """A public set; None where it is not on this machine."""
        folder = data_folder / name
        if not (folder / "truth.jsonl").is_file():
            return None
        limit = BenchSettings().public_limit

        def read() -> list[ReadDocument]:
            return self._read(name, list(public_set(folder, limit=limit)), reader=self.reader, exact=False)

        return self.kept(name, ReadDocument, read)

    def _read(
        self, name: str, documents: Sequence[BenchDocument], *, reader: Reader, exact: bool
    ) -> list[ReadDocument]:
        read = read_all(name, documents, reader=reader, today=self.today, exact=exact, progress=self.progress)
        silent = {failure.file for document in read for failure in document.silent}
        for document in documents:
            if document.file_name in silent:
                draw(self.folder / SILENT, document)
        return read

    def kept(self, name: str, kind: type[_Found], make: Callable[[], Sequence[_Found]]) -> list[_Found]:
        """What was measured under a name by these engines; made, and kept, where there is nothing yet."""
        engines = " ".join(map(str, self.reader.engines))
        path = self.folder / f"{name}-{Digest.of(engines.encode()).value[:12]}.jsonl"
        if not path.is_file():
            whole = path.with_suffix(".part")
            made = make()
            path.parent.mkdir(parents=True, exist_ok=True)
            whole.write_bytes(b"".join(dump(one) + b"\n" for one in made))
            whole.replace(path)
        return [load(kind, line) for line in path.read_bytes().splitlines()]


def draw(folder: Path, document: BenchDocument) -> Path | None:
    """The first page of a document as a picture; None where nothing can be drawn of it."""
    media_type = _MEDIA.get(Path(document.file_name).suffix)
    if media_type is None:
        return None
    try:
        picture = page_png(
            document.content, media_type=media_type, page_index=0, settings=ExtractorSettings(), width_px=_PICTURE_PX
        )
    except AppError:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{document.file_name}.png"
    path.write_bytes(picture)
    return path
