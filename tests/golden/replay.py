"""Replays what an OCR engine read, so that golden tests need no OCR: recordings keyed by the file's digest and page."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from pathlib import Path

from domain import codec
from domain.page import EngineId, PageText
from extractors.ocr.looking import Look
from extractors.ocr.way_up import WayUp

RECORDINGS = Path(__file__).parent / "recordings"
ENGINE = "ppocr.v1"
HINT = "run: pytest tests/golden --update-golden"


def recording_path(name: str) -> Path:
    return RECORDINGS / f"{name.replace('/', '-')}.{ENGINE}.json.gz"


@dataclass
class ReplayEngine:
    """An OcrEngine that answers from a recording, and fails where the page is not the one that was recorded."""

    digest: str
    path: Path
    calls: dict[str, list[dict]]
    """By page index: what the engine was asked for, in order (a page may be read in parts or more than one way up)."""
    engine_id: EngineId

    @classmethod
    def open(cls, name: str, digest: str) -> ReplayEngine:
        path = recording_path(name)
        assert path.is_file(), f"no recording of {name}; {HINT}"
        plain = json.loads(gzip.decompress(path.read_bytes()))
        assert plain["digest"] == digest, f"{name} changed since it was recorded; {HINT}"
        engine = codec.from_plain(EngineId, plain["engine"])
        return cls(digest=digest, path=path, calls=plain["pages"], engine_id=engine)

    def read_page(self, pixels, *, page_index, dpi):
        return codec.from_plain(PageText, self._next(pixels, page_index)["text"])

    def look(self, pixels, *, page_index):
        call = self._next(pixels, page_index)
        return Look(way_up=codec.from_plain(WayUp, call["way_up"]), tilt_degrees=call["tilt_degrees"])

    def read_found(self, pixels, quads, *, page_index, dpi):
        return self.read_page(pixels, page_index=page_index, dpi=dpi)

    def _next(self, pixels, page_index):
        left = self.calls.get(str(page_index), [])
        assert left, f"page {page_index} is read more often than recorded; {HINT}"
        call = left.pop(0)
        assert call["shape"] == list(pixels.shape), f"the rendition changed; {HINT}"
        return call


@dataclass
class RecordingEngine:
    """A real engine that remembers what it read."""

    real: object
    calls: dict[str, list[dict]] = field(default_factory=dict)

    @property
    def engine_id(self):
        return self.real.engine_id

    def read_page(self, pixels, *, page_index, dpi):
        text = self.real.read_page(pixels, page_index=page_index, dpi=dpi)
        self._note(pixels, page_index, text=codec.to_plain(text))
        return text

    def look(self, pixels, *, page_index):
        look = self.real.look(pixels, page_index=page_index)
        self._note(pixels, page_index, way_up=codec.to_plain(look.way_up), tilt_degrees=look.tilt_degrees)
        return look

    def read_found(self, pixels, quads, *, page_index, dpi):
        text = self.real.read_found(pixels, quads, page_index=page_index, dpi=dpi)
        self._note(pixels, page_index, text=codec.to_plain(text))
        return text

    def _note(self, pixels, page_index, **answer):
        self.calls.setdefault(str(page_index), []).append({"shape": list(pixels.shape), **answer})

    def write(self, name: str, digest: str) -> None:
        plain = {"digest": digest, "engine": codec.to_plain(self.engine_id), "pages": self.calls}
        content = json.dumps(plain, ensure_ascii=False, sort_keys=True).encode()
        RECORDINGS.mkdir(exist_ok=True)
        recording_path(name).write_bytes(gzip.compress(content, mtime=0))
