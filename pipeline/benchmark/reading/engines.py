"""Our own reading path as in production, and every page reader by its name."""

from __future__ import annotations

import io
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from PIL import Image

from domain.errors import AppError
from domain.registry import OCR_ENGINES, Registry
from extractors.settings import ExtractorSettings
from extractors.text import read_text
from pipeline.benchmark.reading.counting import Counted, counted, processor_seconds
from pipeline.benchmark.reading.peers import PEERS
from pipeline.benchmark.reading.reader import PageRead, PageReader
from pipeline.settings import load_settings
from pipeline.wiring import build_reader

if TYPE_CHECKING:
    from domain.engines import OcrEngine

SHOKO = "shoko"
"""The engine of the settings in force, as production builds it."""
Precision = Literal["f32", "bf16"]


def our_engine(name: str = "ppocr.v1", **options: Any) -> OcrEngine:
    """A registered engine on one thread, with options of its factory.

    Raises:
        EngineMissing: not known or not installed.
    """
    engine: OcrEngine = Registry(OCR_ENGINES).load(name)(threads=1, **options)
    return engine


def shoko(
    engine: OcrEngine, *, second: OcrEngine | None = None, settings: ExtractorSettings | None = None
) -> PageReader:
    """The whole reading path from bytes to text, as in production, with its network calls counted."""
    counter = Counted()
    watched = counted(engine, counter)
    watched_second = counted(second, counter) if second else None
    chosen = settings or ExtractorSettings()

    def read(content: bytes, file_name: str) -> PageRead:
        counter.reset()
        started, cpu = time.perf_counter(), processor_seconds()
        try:
            found = read_text(content, file_name=file_name, settings=chosen, engine=watched, second=watched_second)
        except AppError as error:
            return PageRead(text="", seconds=time.perf_counter() - started, error=error.code)
        return PageRead(
            text="\n".join(text.text for text in found.texts),
            seconds=time.perf_counter() - started,
            cpu_seconds=processor_seconds() - cpu,
            engine_seconds=counter.total_seconds,
            engine_cpu_seconds=counter.cpu_seconds,
            reasons=dict(counter.seconds),
            reading=found,
        )

    return read


def build(name: str, *, precision: Precision | None = None, clean_up: bool = True) -> PageReader:
    """A page reader by its name on the command line: ``ppocr``, a plain engine, or a registered engine.

    Raises:
        EngineMissing: not known or not installed.
    """
    if name == SHOKO:
        reader = build_reader(load_settings())
        return shoko(reader.engine, second=reader.second, settings=reader.settings)
    if name in PEERS:
        return PEERS[name]()
    options = {"precision": precision} if precision else {}
    full = "ppocr.v1" if name == "ppocr" else name
    return shoko(our_engine(full, **options), settings=ExtractorSettings(clean_up=clean_up))


def warmed(reader: PageReader) -> PageReader:
    """The same reader after one small page, so that the first real page does not pay for loading."""
    out = io.BytesIO()
    Image.new("RGB", (480, 320), "white").save(out, format="PNG")
    reader(out.getvalue(), "white.png")
    return reader


def described(read: PageRead) -> PageRead:
    """The same without its words and boxes: what is kept of many pages."""
    return replace(read, reading=None)
