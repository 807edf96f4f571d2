"""A text layer in doubt: a few of its words compared with what OCR reads at the same place."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.engines import OcrEngine
    from domain.page import PageText, PixelArray, Word

_WORDS = 8
"""Words that are compared: with a mapping that is wrong, most of them are."""
_SHORTEST, _LONGEST = 3, 30
"""Characters of a word that is compared."""
_MARGIN_PX = 8
_APART_PX = 24
_ALIKE = 0.6
"""Likeness of the two texts. OCR reads print with 0.9 and more; other text in the same letters is below 0.3."""


_SAME_FIGURES = 0.93
"""The same for figures alone: OCR errs in one of a hundred at most, and two swapped figures are two of ten."""


def agrees(text: PageText, pixels: PixelArray, engine: OcrEngine, *, dpi: float, figures: bool = False) -> bool:
    """False where OCR reads something else than the layer says; where it reads nothing, nothing speaks against it.

    Args:
        text: the layer, with boxes in pixels of the page.
        pixels: the page turned upright, at the size of the boxes.
        engine: reads the words.
        dpi: of the pixels.
        figures: whether it is figures that are in doubt: words with figures are compared, and each one counts.

    Raises:
        EngineError: the engine failed.
    """
    words = _sample(text, figures=figures)
    if not words:
        return True
    read = engine.read_page(_stacked(words, pixels), page_index=text.page_index, dpi=dpi)
    expected, found = _folded("".join(word.text for word in words)), _folded(read.text)
    if figures:
        expected, found = _figures(expected), _figures(found)
        return not found or SequenceMatcher(None, expected, found, autojunk=False).ratio() >= _SAME_FIGURES
    return not found or SequenceMatcher(None, expected, found, autojunk=False).ratio() >= _ALIKE


def _sample(text: PageText, *, figures: bool) -> list[Word]:
    """Words from all over the page, the ones with most to say."""
    fit = [
        word
        for line in text.lines
        if not line.vertical
        for word in line.words
        if len(word.text) >= _SHORTEST and word.confidence == 1.0 and (not figures or len(_figures(word.text)) > 1)
    ]
    step = max(1, len(fit) // _WORDS)
    return [_beginning(max(fit[at : at + step], key=lambda w: len(w.text))) for at in range(0, len(fit), step)][:_WORDS]


def _beginning(word: Word) -> Word:
    """Japanese prose is one long word: its first characters will do."""
    count = len(word.text)
    if count <= _LONGEST:
        return word
    box = replace(word.box, right=word.box.left + word.box.width * _LONGEST // count)
    return replace(word, text=word.text[:_LONGEST], box=box, character_confidences=())


def _stacked(words: Sequence[Word], pixels: PixelArray) -> PixelArray:
    """The prints of the words one below the other on white."""
    height, width = pixels.shape[:2]
    parts = []
    for word in words:
        box = word.box
        top, bottom = max(box.top - _MARGIN_PX, 0), min(box.bottom + _MARGIN_PX, height)
        left, right = max(box.left - _MARGIN_PX, 0), min(box.right + _MARGIN_PX, width)
        parts.append(pixels[top:bottom, left:right])
    sheet = np.full(
        (sum(p.shape[0] + _APART_PX for p in parts) + _APART_PX, max(p.shape[1] for p in parts) + 2 * _APART_PX, 3),
        255,
        np.uint8,
    )
    at = _APART_PX
    for part in parts:
        sheet[at : at + part.shape[0], _APART_PX : _APART_PX + part.shape[1]] = part
        at += part.shape[0] + _APART_PX
    return sheet


def _figures(text: str) -> str:
    return "".join(c for c in text if c.isdecimal())


def _folded(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if not c.isspace())
