import pytest

from extractors.ocr.recognition import Glyph
from extractors.ocr.spelling import cost, spelled


def seen(*characters):
    """Glyphs: a text, or a text with what else it could be."""
    glyphs = []
    for at, one in enumerate(characters):
        ways = ((one, 0.999),) if isinstance(one, str) else one
        glyphs.append(Glyph(text=ways[0][0], at=at / len(characters), confidence=ways[0][1], alternatives=tuple(ways)))
    return glyphs


def said(glyphs):
    return "".join(glyph.text for glyph in spelled(glyphs))


@pytest.mark.parametrize(
    ("glyphs", "word"),
    [
        (seen([("ボ", 0.88), ("ポ", 0.12)], "イ", "ン", "ト", "残", "高"), "ポイント残高"),
        (seen("ク", "ー", [("ボ", 0.9), ("ポ", 0.1)], "ン", "値", "引"), "クーポン値引"),
        (seen("菓", "子", [("バ", 0.85), ("パ", 0.15)], "ン"), "菓子パン"),
        (
            seen([("パ", 0.65), ("バ", 0.32)], "ウ", "ム", "ク", "ー", [("ヘ", 0.94), ("ペ", 0.03)], "ン"),
            "バウムクーヘン",
        ),
        (seen("レ", [("ン", 0.67), ("ジ", 0.31)], "袋"), "レジ袋"),
        (seen([("八", 0.81), ("バ", 0.17)], "ナ", "ナ"), "バナナ"),
        (seen("マ", "ー", [("ｰ", 0.52), ("", 0.22), ("ー", 0.2)], "ケ", "ッ", "ト"), "マーケット"),
    ],
)
def test_of_what_was_seen_the_word_is_taken(glyphs, word):
    assert said(glyphs) == word
    changed = [new for new in spelled(glyphs) if new not in glyphs]
    assert changed or len(word) < len(glyphs)
    assert all(new.confidence < 0.5 for new in changed)  # a person may be asked


@pytest.mark.parametrize(
    "glyphs",
    [
        seen("ボ", "イ", "ン", "ト"),  # nothing else was seen
        seen([("バ", 0.99), ("パ", 0.01)], "ン"),  # both are words, and one was surely seen
        seen([("ボ", 0.97), ("ポ", 0.03)], "ト", "ラ"),  # a name that is no word either way
        seen([("力", 0.6), ("カ", 0.4)], "学"),  # a kanji beside kanji
        seen([("A", 0.6), ("4", 0.4)], "B"),
        [],
    ],
)
def test_what_is_a_name_or_was_surely_seen_stays(glyphs):
    assert spelled(glyphs) == glyphs


def test_words_cost_less_than_what_is_none_and_common_ones_less_than_rare_ones():
    assert cost("ポイント") < cost("ボイント")
    assert cost("パン") < cost("バン") < cost("ベン")
    assert cost("") == 0
