"""``ppocr.v1``: PP-OCRv6 small, the models that RapidOCR carries in its package, held to the Japanese repertoire.

Only the model files of the package are used. Its own pipeline pads lines to the widest of a batch, cannot ask OpenVINO
for bf16 and gives rough positions for characters; ours reads each line at its own width.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from domain import codec
from domain.errors import EngineCrashed, EngineMissing, EngineTimeout
from domain.ids import Digest
from domain.page import EngineId, PageText
from extractors.allocator import keep_freed_memory
from extractors.ocr import calibration, repertoire
from extractors.ocr.calibration import Calibration
from extractors.ocr.detection import Quad, detect, tilt_degrees, tilt_of
from extractors.ocr.handwriting import is_handwritten
from extractors.ocr.head import load_head
from extractors.ocr.latin import in_latin, is_checked
from extractors.ocr.layout import Piece, lines_from_pieces, piece_of
from extractors.ocr.looking import Look
from extractors.ocr.recognition import SURE, Reading, cut, doubtful, look_again, read_strip, recognise, respelled
from extractors.ocr.rules import find_rules
from extractors.ocr.sessions import Precision, Runtime, Session, characters_of, choose_runtime, load, runtime_version
from extractors.ocr.way_up import way_up
from extractors.pages.clean.reduced import grey_of
from extractors.tables import find_tables

if TYPE_CHECKING:
    from domain.engines import OcrEngine
    from domain.page import PixelArray
    from extractors.pages.clean.reduced import GreyArray

DETECTOR = "PP-OCRv6_det_small.onnx"
RECOGNISER = "PP-OCRv6_rec_small.onnx"
CLASSIFIER = "ch_ppocr_mobile_v2.0_cls_mobile.onnx"
_SURE_SHARE = 0.5
"""Share of characters: worn upright receipts had at least 0.7, pages upside down at most 0.35."""
_MIN_CONFIDENCE = 0.5
"""A stretch read less surely than this is taken for a picture (as in RapidOCR)."""


@dataclass(frozen=True, slots=True)
class PpocrEngine:
    """PP-OCRv6 small: finds stretches of text, reads each at its own width."""

    engine_id: EngineId
    detector: Session
    recogniser: Session
    classifier: Session
    """Tells level lines from those that stand on their heads."""
    alphabet: list[str] = field(repr=False)
    calibration: Calibration
    """What the recogniser's scores are worth."""
    detection_pixels: int
    seconds_per_page: float

    def within(self, seconds: float) -> PpocrEngine:
        """The same engine held to ``seconds`` where its own limit is longer."""
        return self if seconds >= self.seconds_per_page else replace(self, seconds_per_page=seconds)

    def read_page(self, pixels: PixelArray, *, page_index: int, dpi: float) -> PageText:  # noqa: ARG002  # protocol
        """Text of one page.

        Raises:
            EngineCrashed: a network failed.
            EngineTimeout: it took longer than ``seconds_per_page``.
        """
        deadline = time.monotonic() + self.seconds_per_page
        picture = _rgb(pixels)
        with _opencv(page_index):
            quads = self._find(picture)
        return self._text(picture, quads, deadline, page_index)

    def look(self, pixels: PixelArray, *, page_index: int) -> Look:
        """Where text stands and which way up it lies.

        Raises:
            EngineCrashed: a network failed.
        """
        picture = _rgb(pixels)
        with _opencv(page_index):
            quads = self._find(picture)
            found = way_up(
                picture,
                quads,
                classifier=self.classifier,
                read=lambda strip: read_strip(strip, self.recogniser, self.alphabet),
            )
        return Look(way_up=found, tilt_degrees=tilt_degrees(quads), quads=tuple(quads))

    def read_found(self, pixels: PixelArray, quads: tuple[Quad, ...], *, page_index: int, dpi: float) -> PageText:  # noqa: ARG002  # protocol
        """Text of stretches that ``look`` found.

        Raises:
            EngineCrashed: a network failed.
            EngineTimeout: it took longer than ``seconds_per_page``.
        """
        return self._text(_rgb(pixels), list(quads), time.monotonic() + self.seconds_per_page, page_index)

    def _find(self, picture: PixelArray) -> list[Quad]:
        return detect(picture, self.detector, limit_pixels=self.detection_pixels)

    def _text(self, picture: PixelArray, quads: list[Quad], deadline: float, page_index: int) -> PageText:
        with _opencv(page_index):
            readings = self._read(picture, quads, deadline, page_index)
            grey = grey_of(picture)
            pieces = [self._piece(grey, quad, reading) for quad, reading in readings]
            rules = find_rules(grey) if pieces else ()
        lines = lines_from_pieces(pieces, tilt=tilt_of(quads), rules=rules)
        tables = find_tables(lines, rules=rules)
        return PageText(page_index=page_index, lines=lines, engine=self.engine_id, tables=tables)

    def _read(
        self, picture: PixelArray, quads: list[Quad], deadline: float, page_index: int
    ) -> list[tuple[Quad, Reading]]:
        readings: list[Reading] = []
        for quad in quads:
            self._check(deadline, page_index)
            readings.append(recognise(picture, quad, self.recogniser, self.alphabet))
        if _mostly_sure(readings):
            for number, (quad, reading) in enumerate(zip(quads, readings, strict=True)):
                if reading.words and doubtful(reading):
                    self._check(deadline, page_index)
                    readings[number] = look_again(picture, quad, reading, self.recogniser, self.alphabet)
        return [
            (quad, respelled(reading, quad))
            for quad, reading in zip(quads, readings, strict=True)
            if reading.words and reading.confidence >= _MIN_CONFIDENCE
        ]

    def _piece(self, grey: GreyArray, quad: Quad, reading: Reading) -> Piece:
        words = self.calibration.words(reading.words, reading.glyphs)
        count = sum(len(word.text) for word in words)
        if not reading.vertical and not _surely_latin(reading) and is_handwritten(cut(grey, quad), characters=count):
            words = tuple(replace(word, handwritten=True) for word in words)
        return piece_of(words, vertical=reading.vertical)

    def _check(self, deadline: float, page_index: int) -> None:
        if time.monotonic() > deadline:
            number = page_index + 1
            raise EngineTimeout(
                f"the page took longer than {self.seconds_per_page:g} s",
                message_ja=f"{number}ページ目の読み取りが{self.seconds_per_page:g}秒を超えました。確認待ちにします",
                page_number=number,
            )


def _rgb(pixels: PixelArray) -> PixelArray:
    return np.repeat(pixels[:, :, None], 3, axis=2) if pixels.ndim == 2 else pixels  # grey


@contextmanager
def _opencv(page_index: int) -> Iterator[None]:
    """OpenCV's own exceptions as ours."""
    try:
        yield
    except cv2.error as error:
        number = page_index + 1
        raise EngineCrashed(
            "OpenCV failed",
            message_ja=f"{number}ページ目の文字認識に失敗しました。確認待ちにします",
            page_number=number,
        ) from error


def _surely_latin(reading: Reading) -> bool:
    """True for Latin print.

    Its small letters look like a hand to the measures: 151 of 1,600 stretches of real English receipts, of which the
    recogniser was sure of 147.
    """
    return reading.confidence >= SURE and in_latin("".join(word.text for word in reading.words))


def _mostly_sure(readings: list[Reading]) -> bool:
    """False where hardly anything was read surely: the page lies another way up, and other looks would be wasted."""
    counts = [(sum(len(w.text) for w in r.words), r.confidence) for r in readings]
    return sum(n for n, confidence in counts if confidence >= SURE) > _SURE_SHARE * sum(n for n, _ in counts)


def _models() -> Path:
    """The folder of models inside the installed package; its Python code is not imported."""
    spec = find_spec("rapidocr")
    if spec is None or not spec.submodule_search_locations:
        raise EngineMissing(
            "rapidocr is not installed", message_ja="rapidocr が入っていません。make setup を実行してください"
        )
    return Path(spec.submodule_search_locations[0]) / "models"


def create(
    *,
    threads: int = 1,
    seconds_per_page: float = 60.0,
    runtime: Runtime | None = None,
    precision: Precision = "bf16",
    detection_pixels: int = 900_000,
    calibrated: bool = True,
    own_head: bool = True,
    check_numerals: bool = True,
) -> PpocrEngine:
    """The engine with its models loaded.

    Args:
        threads: most threads a network may use.
        seconds_per_page: limit for one page.
        runtime: which library runs the networks; OpenVINO where it is installed, else ONNX Runtime.
        precision: of the arithmetic (OpenVINO on processors that have bf16).
        detection_pixels: size of the picture in which text is looked for; it is read at the page's own resolution.
        calibrated: give probabilities; False gives the network's own scores, to calibrate by.
        own_head: our own last layers of the recogniser (``extractors.ocr.head``) instead of the published ones.
        check_numerals: where our own layers read figures, the published ones must too; Latin letters are theirs.

    Raises:
        EngineMissing: models or runtime are not installed.
    """
    chosen = choose_runtime(runtime)
    models = _models()
    cv2.setNumThreads(threads)
    keep_freed_memory()
    keep: list[int] | None = None
    head = load_head().held_to(repertoire.wanted) if own_head else None
    check: tuple[list[int], list[str]] | None = None
    if head is not None:
        alphabet = list(head.characters)
        if check_numerals:
            check = repertoire.select(characters_of(models / RECOGNISER, runtime=chosen), keep=is_checked)
    else:
        keep, alphabet = repertoire.select(characters_of(models / RECOGNISER, runtime=chosen))
    worth = calibration.load() if calibrated else calibration.NONE
    options = {
        "calibration": worth.digest,
        "check_numerals": check_numerals,
        "detection_pixels": detection_pixels,
        "own_head": own_head,
        "precision": precision if chosen == "openvino" else "f32",
        "runtime": f"{chosen} {runtime_version(chosen)}",
    }
    try:
        package = version("rapidocr")
    except PackageNotFoundError as error:
        raise EngineMissing("rapidocr is not installed") from error
    engine_id = EngineId(
        name="ppocr.v1",
        version=f"PP-OCRv6-small.29 rapidocr-{package}",
        config_digest=Digest.of(codec.canonical(options)).value[:16],
    )
    detector = load(models / DETECTOR, runtime=chosen, threads=threads, precision=precision)
    recogniser = load(
        models / RECOGNISER, runtime=chosen, threads=threads, precision=precision, keep=keep, head=head, check=check
    )
    classifier = load(models / CLASSIFIER, runtime=chosen, threads=threads, precision=precision)
    return PpocrEngine(
        engine_id=engine_id,
        detector=detector,
        recogniser=recogniser,
        classifier=classifier,
        alphabet=alphabet,
        calibration=worth,
        detection_pixels=detection_pixels,
        seconds_per_page=seconds_per_page,
    )


def warm_up(engine: OcrEngine) -> None:
    """Run once over a small white page, so that the first real page does not pay for compiling."""
    engine.read_page(np.full((320, 320, 3), 255, np.uint8), page_index=0, dpi=200.0)
