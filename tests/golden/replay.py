"""Replays what an OCR engine read, so that golden tests need no OCR: recordings keyed by the file's digest and page."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from pathlib import Path

from domain import codec
from domain.page import EngineId, PageText

RECORDINGS = Path(__file__).parent / "recordings"
ENGINE = "ppocr.v1"


def recording_path(name: str) -> Path:
    return RECORDINGS / f"{name.replace('/', '-')}.{ENGINE}.json.gz"


@dataclass
class ReplayEngine:
    """An OcrEngine that answers from a recording, and fails where the page is not the one that was recorded."""

    digest: str
    path: Path
    pages: dict[str, dict]
    engine_id: EngineId

    @classmethod
    def open(cls, name: str, digest: str) -> ReplayEngine:
        path = recording_path(name)
        hint = "run: pytest tests/golden --update-golden"
        assert path.is_file(), f"no recording of {name}; {hint}"
        plain = json.loads(gzip.decompress(path.read_bytes()))
        assert plain["digest"] == digest, f"{name} changed since it was recorded; {hint}"
        return cls(
            digest=digest, path=path, pages=plain["pages"], engine_id=codec.from_plain(EngineId, plain["engine"])
        )

    def read_page(self, pixels, *, page_index, dpi):
        page = self.pages[str(page_index)]
        assert page["shape"] == list(pixels.shape), "the rendition changed; run: pytest tests/golden --update-golden"
        return codec.from_plain(PageText, page["text"])


@dataclass
class RecordingEngine:
    """A real engine that remembers what it read."""

    real: object
    pages: dict[str, dict] = field(default_factory=dict)

    @property
    def engine_id(self):
        return self.real.engine_id

    def read_page(self, pixels, *, page_index, dpi):
        text = self.real.read_page(pixels, page_index=page_index, dpi=dpi)
        self.pages[str(page_index)] = {"shape": list(pixels.shape), "text": codec.to_plain(text)}
        return text

    def write(self, name: str, digest: str) -> None:
        plain = {"digest": digest, "engine": codec.to_plain(self.engine_id), "pages": self.pages}
        content = json.dumps(plain, ensure_ascii=False, sort_keys=True).encode()
        RECORDINGS.mkdir(exist_ok=True)
        recording_path(name).write_bytes(gzip.compress(content, mtime=0))
