"""``duo.v1``: PP-OCR reads, and where digits that matter are doubtful, Tesseract is asked for a second opinion.

The first reading stays the value. Agreement raises the probability that it is right, disagreement lowers it and keeps
the other reading beside it; by how much was counted on generated pages (``calibration.json``). Tesseract reads worse on
the whole, but it errs elsewhere: another look by the same network (at other widths, contrasts, margins) agreed with
eight of eleven misread numbers, Tesseract with none.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from domain import codec
from domain.errors import EngineError
from domain.ids import Digest
from domain.page import EngineId, Line, PageText, Word
from extractors.ocr import calibration, ppocr, tesseract
from extractors.ocr.calibration import Calibration, weighed
from extractors.ocr.doubts import Doubt, agrees, doubts, settled
from extractors.ocr.looking import Look

if TYPE_CHECKING:
    from domain.engines import OcrEngine
    from domain.geometry import Box
    from domain.page import PixelArray
    from extractors.ocr.detection import Quad

VERSION = "1"
MOST_SPANS = 24
"""Spans of one page that are read again, the most doubtful first: development pages rarely had more than four."""
SECONDS = 15.0
"""Longest time for the second opinions of a page."""
_READABLE = 0.8
"""Mean probability of a page's characters below which it lies another way up or is noise: nothing is asked then."""
_ROW = 64
"""Height at which a stretch is shown to Tesseract, in pixels: it likes capitals of 30 to 40."""
_GAP = 40
"""White between stretches."""
_MARGIN = 0.15
"""Of a word's height, shown around it."""
_WIDEST = 40
"""A word longer than so many times its height is narrowed to that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What the second engine made of one doubtful span."""

    doubt: Doubt
    word: str
    """As read first."""
    other: str
    """As read by the second engine; empty where it saw nothing."""

    @property
    def same(self) -> bool:
        """The numbers are the same."""
        return agrees(self.word[self.doubt.start : self.doubt.end], self.other)


def _unheard(_page_index: int, _opinions: tuple[Opinion, ...]) -> None:
    """Nobody counts."""


@dataclass(frozen=True, slots=True)
class _DuoEngine:
    engine_id: EngineId
    first: ppocr.PpocrEngine
    second: tesseract.TesseractEngine
    worth: Calibration
    seconds_per_page: float
    heard: Callable[[int, tuple[Opinion, ...]], None]
    """Is told the opinions on a page: for counting what they are worth."""

    def within(self, seconds: float) -> OcrEngine:
        """The same engine held to ``seconds`` where its own limit is longer."""
        return self if seconds >= self.seconds_per_page else replace(self, seconds_per_page=seconds)

    def look(self, pixels: PixelArray, *, page_index: int) -> Look:
        """Where text stands and which way up it lies.

        Raises:
            EngineCrashed: a network failed.
        """
        return self.first.look(pixels, page_index=page_index)

    def read_page(self, pixels: PixelArray, *, page_index: int, dpi: float) -> PageText:
        """Text of one page.

        Raises:
            EngineCrashed: a network failed.
            EngineTimeout: the first reading took longer than ``seconds_per_page``.
        """
        ends_at = time.monotonic() + self.seconds_per_page
        text = self.first.within(self.seconds_per_page).read_page(pixels, page_index=page_index, dpi=dpi)
        return self._opinions(pixels, text, seconds=ends_at - time.monotonic())

    def read_found(self, pixels: PixelArray, quads: tuple[Quad, ...], *, page_index: int, dpi: float) -> PageText:
        """Text of stretches that ``look`` found.

        Raises:
            EngineCrashed: a network failed.
            EngineTimeout: the first reading took longer than ``seconds_per_page``.
        """
        ends_at = time.monotonic() + self.seconds_per_page
        text = self.first.within(self.seconds_per_page).read_found(pixels, quads, page_index=page_index, dpi=dpi)
        return self._opinions(pixels, text, seconds=ends_at - time.monotonic())

    def _opinions(self, pixels: PixelArray, text: PageText, *, seconds: float) -> PageText:
        text = replace(text, engine=self.engine_id)
        asked = doubts(text.lines, most=MOST_SPANS) if _readable(text) else ()
        if not asked or seconds <= 0:
            return text
        try:
            opinions = ask(self.second.within(min(seconds, SECONDS)), pixels, text, asked)
        except EngineError:
            return text  # no opinion: what was read stands with the doubt that it has
        self.heard(text.page_index, opinions)
        lines = list(text.lines)
        for opinion in opinions:
            if opinion.other:
                lines[opinion.doubt.line] = self._weighed(lines[opinion.doubt.line], opinion)
        return replace(text, lines=tuple(lines), reread=len(asked))

    def _weighed(self, line: Line, opinion: Opinion) -> Line:
        doubt = opinion.doubt
        word = line.words[doubt.word]
        sure = weighed(doubt.sure, self.worth.agreement if opinion.same else self.worth.disagreement)
        new = self.worth.word_of(word, settled(word, doubt, sure=sure))
        if not opinion.same:
            other = "".join(opinion.other.split())
            new = replace(new, alternatives=tuple(dict.fromkeys((*new.alternatives, other))))
        return replace(line, words=(*line.words[: doubt.word], new, *line.words[doubt.word + 1 :]))


def ask(
    second: tesseract.TesseractEngine, pixels: PixelArray, text: PageText, asked: Sequence[Doubt]
) -> tuple[Opinion, ...]:
    """What the second engine makes of doubtful spans, all of them in one run of its program.

    Raises:
        EngineError: it failed or took too long.
    """
    words = list(dict.fromkeys((d.line, d.word) for d in asked))
    stack = stacked(pixels, [text.lines[line].words[word].box for line, word in words])
    read = second.read_block(stack, page_index=text.page_index)
    others = dict(zip(words, rows_of(read, len(words)), strict=True))
    return tuple(
        Opinion(doubt=d, word=text.lines[d.line].words[d.word].text, other=others[d.line, d.word]) for d in asked
    )


def _readable(text: PageText) -> bool:
    counts = [(len(word.text), word.mean_confidence) for line in text.lines for word in line.words]
    total = sum(n for n, _ in counts)
    return total > 0 and sum(n * mean for n, mean in counts) >= _READABLE * total


def stacked(pixels: PixelArray, boxes: Sequence[Box]) -> PixelArray:
    """Stretches of a page one below the other, black on white, at one height."""
    strips = [_strip(pixels, box) for box in boxes]
    width = max(strip.shape[1] for strip in strips) + 2 * _GAP
    out = np.full((len(strips) * (_ROW + _GAP) + _GAP, width), 255, np.uint8)
    for number, strip in enumerate(strips):
        top = _GAP + number * (_ROW + _GAP)
        out[top : top + _ROW, _GAP : _GAP + strip.shape[1]] = strip
    return np.repeat(out[:, :, None], 3, axis=2)


def _strip(pixels: PixelArray, box: Box) -> PixelArray:
    height, width = pixels.shape[:2]
    margin = round(_MARGIN * box.height)
    top, bottom = max(0, box.top - margin), min(height, box.bottom + margin)
    left, right = max(0, box.left - 2 * margin), min(width, box.right + 2 * margin)
    cut = pixels[top : max(bottom, top + 1), left : max(right, left + 1)]
    grey = cut.min(axis=2) if cut.ndim == 3 else cut
    dark, light = np.percentile(grey, (1, 80))
    clear = np.clip((grey.astype(np.float32) - dark) * (255.0 / max(light - dark, 1.0)), 0, 255).astype(np.uint8)
    wide = min(max(1, round(clear.shape[1] * _ROW / clear.shape[0])), _WIDEST * _ROW)
    shrinking = clear.shape[0] > _ROW
    scaled = cv2.resize(clear, (wide, _ROW), interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_CUBIC)
    return np.asarray(scaled, np.uint8)


def rows_of(words: Sequence[Word], count: int) -> list[str]:
    """Texts of the stretches of a stack, from the words found on it."""
    rows: list[list[Word]] = [[] for _ in range(count)]
    for word in words:
        number = int((word.box.center[1] - _GAP / 2) // (_ROW + _GAP))
        if 0 <= number < count:
            rows[number].append(word)
    return [" ".join(w.text for w in sorted(row, key=lambda w: w.box.left)) for row in rows]


def create(*, threads: int = 1, seconds_per_page: float = 60.0) -> OcrEngine:
    """Both engines.

    Raises:
        EngineMissing: models, runtime or Tesseract are not installed.
    """
    first = ppocr.create(threads=threads, seconds_per_page=seconds_per_page)
    second = tesseract.create(threads=threads, seconds_per_page=SECONDS)
    return combined(first, second, calibration.load(), seconds_per_page=seconds_per_page)


def combined(
    first: ppocr.PpocrEngine,
    second: tesseract.TesseractEngine,
    worth: Calibration,
    *,
    seconds_per_page: float = 60.0,
    heard: Callable[[int, tuple[Opinion, ...]], None] = _unheard,
) -> OcrEngine:
    """Two engines that are there already, as one."""
    options = {
        "calibration": worth.digest,
        "language": tesseract.BLOCK_LANGUAGE,
        "first": str(first.engine_id) + first.engine_id.config_digest,
        "second": str(second.engine_id) + second.engine_id.config_digest,
    }
    engine_id = EngineId(
        name="duo.v1",
        version=f"{VERSION} {first.engine_id.version} tesseract-{second.engine_id.version}",
        config_digest=Digest.of(codec.canonical(options)).value[:16],
    )
    return _DuoEngine(
        engine_id=engine_id, first=first, second=second, worth=worth, seconds_per_page=seconds_per_page, heard=heard
    )
