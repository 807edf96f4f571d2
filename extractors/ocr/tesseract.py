"""``tesseract.v1``: Tesseract 5 through pytesseract, Japanese and English."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from domain import codec
from domain.errors import EngineCrashed, EngineMissing, EngineOutputInvalid, EngineTimeout
from domain.geometry import Box
from domain.ids import Digest
from domain.page import EngineId, PageText, Word
from extractors.ocr.layout import Piece, lines_from_pieces, piece_of

if TYPE_CHECKING:
    from domain.page import PixelArray

LANGUAGES = "jpn+eng"
BLOCK_LANGUAGE = "jpn"
"""For short rows: it knows digits and Latin too, and alone it takes 0.6 of the time."""
_PAGE_SEGMENTATION = 3
"""Fully automatic page segmentation without orientation detection (the page arrives upright)."""
_ONE_BLOCK = 6
"""A single uniform block of rows."""
_WORD_LEVEL = 5
_COLUMNS = 12
_GAP_SHARE = 0.6
"""Japanese comes as one word per few characters: boxes nearer than this share of their height are one word."""
_DEFAULT_DPI = 200
_DPI_RANGE = (70, 2400)


@dataclass(frozen=True, slots=True)
class TesseractEngine:
    """Tesseract, one run of the program for a picture."""

    engine_id: EngineId
    threads: int
    seconds_per_page: float

    def within(self, seconds: float) -> TesseractEngine:
        """The same engine held to ``seconds`` where its own limit is longer."""
        return self if seconds >= self.seconds_per_page else replace(self, seconds_per_page=seconds)

    def read_page(self, pixels: PixelArray, *, page_index: int, dpi: float) -> PageText:
        """Text of one page.

        Raises:
            EngineMissing: the program or its language data is not installed.
            EngineCrashed: the program failed.
            EngineTimeout: it took longer than ``seconds_per_page``.
            EngineOutputInvalid: its table cannot be read.
        """
        low, high = _DPI_RANGE
        shown = round(dpi) if low <= dpi <= high else _DEFAULT_DPI
        table = self._run(pixels, config=f"--psm {_PAGE_SEGMENTATION} --dpi {shown}", page_index=page_index)
        pieces = _pieces(table, page_index=page_index)
        return PageText(page_index=page_index, lines=lines_from_pieces(pieces), engine=self.engine_id)

    def read_block(self, pixels: PixelArray, *, page_index: int) -> tuple[Word, ...]:
        """Words of a picture that holds rows of text and nothing else, in no promised order.

        Raises:
            EngineError: as ``read_page``.
        """
        config = f"--psm {_ONE_BLOCK} --dpi {_DEFAULT_DPI}"
        table = self._run(pixels, config=config, page_index=page_index, languages=BLOCK_LANGUAGE)
        return tuple(word for piece in _pieces(table, page_index=page_index) for word in piece.words)

    def _run(self, pixels: PixelArray, *, config: str, page_index: int, languages: str = LANGUAGES) -> str:
        import pytesseract  # noqa: PLC0415  # only the chosen engine is imported

        os.environ["OMP_THREAD_LIMIT"] = str(self.threads)
        try:
            return str(pytesseract.image_to_data(pixels, lang=languages, config=config, timeout=self.seconds_per_page))
        except pytesseract.TesseractNotFoundError as error:
            raise EngineMissing("tesseract is not installed", message_ja=_MISSING_JA) from error
        except RuntimeError as error:
            number = page_index + 1
            if "timeout" in str(error).lower():
                raise EngineTimeout(
                    f"tesseract took longer than {self.seconds_per_page:g} s",
                    message_ja=f"{number}ページ目の読み取りが{self.seconds_per_page:g}秒を超えました。確認待ちにします",
                    page_number=number,
                ) from error
            raise EngineCrashed(
                "tesseract failed",
                message_ja=f"{number}ページ目の読み取り中に Tesseract が失敗しました。確認待ちにします",
                page_number=number,
            ) from error
        except (OSError, subprocess.SubprocessError, ValueError, TypeError) as error:
            raise EngineCrashed(f"tesseract failed: {type(error).__name__}", page_number=page_index + 1) from error


_MISSING_JA = "Tesseract が見つかりません。tesseract-ocr と tesseract-ocr-jpn を入れてください"


def _pieces(table: str, *, page_index: int) -> list[Piece]:
    groups: dict[tuple[str, ...], list[Word]] = {}
    for number, row in enumerate(table.splitlines()):
        cells = row.split("\t", _COLUMNS - 1)
        if number == 0:
            continue
        if len(cells) != _COLUMNS:
            raise EngineOutputInvalid("tesseract gave a malformed table", page_number=page_index + 1)
        if int(cells[0]) != _WORD_LEVEL or not cells[11].strip():
            continue
        left, top, width, height = (int(cell) for cell in cells[6:10])
        word = Word(
            text=cells[11].strip(),
            box=Box(left=left, top=top, right=left + width, bottom=top + height),
            confidence=min(max(float(cells[10]) / 100, 0.0), 1.0),
        )
        groups.setdefault(tuple(cells[1:5]), []).append(word)
    return [piece_of(_joined(words)) for words in groups.values()]


def _joined(words: list[Word]) -> list[Word]:
    """Join Japanese fragments that stand without a gap; ASCII neighbours keep their space."""
    out: list[Word] = []
    for word in words:
        last = out[-1] if out else None
        if last and not _both_ascii(last, word) and _touch(last.box, word.box):
            total = len(last.text) + len(word.text)
            confidence = (last.confidence * len(last.text) + word.confidence * len(word.text)) / total
            box = Box(
                left=min(last.box.left, word.box.left),
                top=min(last.box.top, word.box.top),
                right=max(last.box.right, word.box.right),
                bottom=max(last.box.bottom, word.box.bottom),
            )
            out[-1] = Word(text=last.text + word.text, box=box, confidence=confidence)
        else:
            out.append(word)
    return out


def _both_ascii(left: Word, right: Word) -> bool:
    return left.text[-1].isascii() and right.text[0].isascii()


def _touch(left: Box, right: Box) -> bool:
    return right.left - left.right <= _GAP_SHARE * max(left.height, right.height)


@lru_cache(maxsize=1)
def _version() -> str:
    import pytesseract  # noqa: PLC0415  # only the chosen engine is imported

    try:
        version = str(pytesseract.get_tesseract_version())
        languages = set(pytesseract.get_languages())
    except (pytesseract.TesseractNotFoundError, OSError, SystemExit) as error:
        raise EngineMissing("tesseract is not installed", message_ja=_MISSING_JA) from error
    missing = set(LANGUAGES.split("+")) - languages
    if missing:
        raise EngineMissing(f"tesseract lacks language data: {', '.join(sorted(missing))}", message_ja=_MISSING_JA)
    return version


def create(*, threads: int = 1, seconds_per_page: float = 60.0) -> TesseractEngine:
    """The engine; the program and its language data are looked for at once.

    Raises:
        EngineMissing: not installed.
    """
    options: dict[str, Any] = {"languages": LANGUAGES, "psm": _PAGE_SEGMENTATION}
    engine_id = EngineId(
        name="tesseract.v1", version=_version(), config_digest=Digest.of(codec.canonical(options)).value[:16]
    )
    return TesseractEngine(engine_id=engine_id, threads=threads, seconds_per_page=seconds_per_page)
