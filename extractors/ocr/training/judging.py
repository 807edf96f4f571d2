"""What was read of generated pages, judged against what is printed on them: the counts behind every probability."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pdfplumber

from extractors.ocr.training.matching import Glyph, Judged, ReadWord, judge

if TYPE_CHECKING:
    from domain.page import PageText, Word

logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns about every font that Chromium embeds


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedWord:
    """A word as read and what became of it."""

    word: Word
    judged: Judged
    page_index: int
    line: int
    """Index on the page."""
    index: int
    """In the line."""


def printed_pages(pdf: bytes) -> tuple[tuple[Glyph, ...], ...]:
    """The glyphs of a PDF as printed, page by page."""
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        return tuple(
            tuple(
                Glyph(
                    text=c["text"],
                    x=float((c["x0"] + c["x1"]) / 2 / page.width),
                    y=float((c["top"] + c["bottom"]) / 2 / page.height),
                    height=float((c["bottom"] - c["top"]) / page.height),
                )
                for c in page.chars
                if c["text"].strip()
            )
            for page in document.pages
        )


def judged_words(texts: Iterable[PageText], pdf: bytes) -> Iterator[JudgedWord]:
    """Every word that lies on print; pages that cannot be laid over the print are left out.

    What stands where nothing is printed (seals, the other side showing through) is left out as well: the print does not
    say what it is.
    """
    pages = printed_pages(pdf)
    for text in texts:
        if text.page_index >= len(pages):
            continue
        words = [
            (word, line.vertical, at, index)
            for at, line in enumerate(text.lines)
            for index, word in enumerate(line.words)
        ]
        read = [
            ReadWord(
                text=word.text,
                corners=(float(word.box.left), float(word.box.top), float(word.box.right), float(word.box.bottom)),
                vertical=vertical,
            )
            for word, vertical, _, _ in words
        ]
        for (word, _, at, index), judged in zip(words, judge(read, pages[text.page_index]) or (), strict=False):
            if judged.printed:
                yield JudgedWord(word=word, judged=judged, page_index=text.page_index, line=at, index=index)
