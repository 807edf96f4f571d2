"""Stretches in Latin letters are read by the published layers, Japanese ones never."""

from __future__ import annotations

import numpy as np
import pytest

from domain.geometry import Box
from domain.page import Word
from extractors.ocr import calibration
from extractors.ocr.calibration import Calibration, Curve, Worth
from extractors.ocr.detection import Quad
from extractors.ocr.latin import in_latin, is_checked, may_be_latin, reads_latin
from extractors.ocr.numerals import DOUBT
from extractors.ocr.recognition import Glyph, recognise
from extractors.ocr.sessions import Session

OURS = ["", *"MullerTota計算0129.,ﾑ "]
THEIRS = ["", *"MülerTotal0129., "]
PAGE = np.full((400, 600, 3), 255, np.uint8)


def glyphs(text: str, confidence: float = 0.99) -> list[Glyph]:
    return [Glyph(c, n / 20, confidence) for n, c in enumerate(text)]


def answer(text: str, alphabet: list[str], sure: float = 0.9) -> np.ndarray:
    """Two steps for each character, the second of them empty."""
    out = np.full((1, 2 * len(text), len(alphabet)), 0.001, np.float32)
    for at, character in enumerate(text):
        out[0, 2 * at, alphabet.index(character)] = sure
        out[0, 2 * at + 1, 0] = 0.9
    return out


def read(ours: str, theirs: str, *, sure: float = 0.9) -> tuple[str, list[float]]:
    session = Session(
        run=lambda _values: answer(ours, OURS),
        again=lambda _values: answer(theirs, THEIRS, sure),
        checked=tuple(THEIRS),
    )
    width = 2 * len(ours) * 8 * 40 / 48 / 0.75  # as many pixels as the answer has steps of
    corners = ((0.0, 0.0), (width, 0.0), (width, 40.0), (0.0, 40.0))
    found = recognise(PAGE, Quad(corners=corners, width=width, height=40.0, straight=True), session, OURS)
    return "".join(word.text for word in found.words), [glyph.confidence for glyph in found.glyphs]


def test_accented_letters_come_from_the_published_layers() -> None:
    assert read("Muller", "Müller")[0] == "Müller"


def test_a_kana_among_latin_letters_is_put_right() -> None:
    assert read("Totaﾑ", "Total")[0] == "Total"


@pytest.mark.parametrize("theirs", ["Total", "T.ta 0"])
def test_kanji_are_never_given_up(theirs: str) -> None:
    assert read("Tota計", theirs)[0] == "Tota計"


def test_a_reading_that_is_much_less_sure_is_not_taken() -> None:
    assert read("Muller", "Müller", sure=0.5)[0] == "Muller"


def test_figures_among_letters_are_doubted_where_both_differ() -> None:
    text, confidences = read("Tot 12.90", "Tot 12.99")
    assert text == "Tot12.99"
    assert confidences[-5:] == [DOUBT] * 5
    assert min(confidences[:3]) > DOUBT


def test_what_is_latin() -> None:
    assert in_latin("Größe Nr.7")
    assert not in_latin("12.90")
    assert not in_latin("Tシャツ")
    assert may_be_latin(glyphs("Tota1 ﾑ"))
    assert not may_be_latin(glyphs("12.90"))
    assert not may_be_latin(glyphs("検収No.INV-2025-4426"))
    assert not may_be_latin(glyphs("m㎡"))
    assert not reads_latin(glyphs("Total"), glyphs("12"))


def test_the_published_layers_are_asked_about_letters_with_accents() -> None:
    assert all(map(is_checked, "aZäÖßéñ€£7円"))
    assert not any(map(is_checked, ["", "株", "あ"]))


def test_latin_words_have_a_worth_of_their_own() -> None:
    high, low = (Worth(character=curve, word=curve) for curve in (flat(3.0), flat(-3.0)))
    made = Calibration(japanese=low, latin=high, agreement=2.0, disagreement=0.5, digest="x")
    word = Word(text="Total", box=Box(left=0, top=0, right=9, bottom=9), confidence=0.5)
    assert made.words([word], glyphs("Total"))[0].confidence > 0.9
    japanese = Word(text="合計1", box=word.box, confidence=0.5)
    assert made.words([japanese], glyphs("合計1"))[0].confidence < 0.1
    assert calibration.load().of("Total") is calibration.load().latin


def flat(odds: float) -> Curve:
    return Curve(points=((-1.0, odds), (1.0, odds)))
