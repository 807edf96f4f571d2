"""Pages with a text layer: our path against pdfplumber's own ``extract_words`` on the same page."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import pdfplumber

from pipeline.benchmark.reading.reader import PageReader

REPEATS = 3
"""The quickest of these counts on both sides: what else the machine does only makes things slower."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BornDigital:
    """Time of born-digital pages."""

    pages: int
    shoko_seconds: float
    """Bytes to text with boxes, the picture of the page included; all pages."""
    pdfplumber_seconds: float
    """Opening the file and ``extract_words`` of the same pages."""
    ratio: float
    """Ours over theirs, all pages together."""
    median_ratio: float
    """Of the single pages."""
    needed_ocr: int
    """Pages that our path did not take from their text layer."""


def born_digital(documents: Sequence[tuple[str, bytes]], reader: PageReader) -> BornDigital:
    """Measure (file name, PDF) in this process."""
    ours: list[float] = []
    theirs: list[float] = []
    needed = 0
    for name, content in documents:
        reads = [reader(content, name) for _ in range(REPEATS)]
        ours.append(min(read.seconds for read in reads))
        reading = reads[0].reading
        needed += reading is None or any(text.source != "text_layer" for text in reading.texts)
        theirs.append(min(_their_seconds(content) for _ in range(REPEATS)))
    total = sum(theirs)
    return BornDigital(
        pages=len(documents),
        shoko_seconds=sum(ours),
        pdfplumber_seconds=total,
        ratio=sum(ours) / total if total else 0.0,
        median_ratio=median(a / b for a, b in zip(ours, theirs, strict=True)) if documents else 0.0,
        needed_ocr=needed,
    )


def _their_seconds(content: bytes) -> float:
    started = time.perf_counter()
    with pdfplumber.open(io.BytesIO(content)) as document:
        for page in document.pages:
            page.extract_words()
    return time.perf_counter() - started
