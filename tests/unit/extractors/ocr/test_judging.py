"""Words read from a picture of a page, judged against the text layer of the page."""

from domain.geometry import Box
from domain.page import EngineId, Line, PageText, Word
from extractors.ocr.training.judging import judged_words, printed_pages
from tests.support.documents import text_pdf

ENGINE = EngineId(name="test.v1", version="1")
ROWS = ("INVOICE 2024", "TOTAL 128,960", "NUMBER 7", "Aozora Trading", "Date 2026-11-21", "Due 2026-12-31", "Thank you")
SCALE = 2000.0


def reading(*texts):
    """The rows where they are printed, saying this."""
    (glyphs,) = printed_pages(text_pdf(*ROWS))
    rows = {}
    for glyph in glyphs:
        rows.setdefault(round(glyph.y, 3), []).append(glyph)
    lines = []
    for text, (y, row) in zip(texts, sorted(rows.items()), strict=True):
        half = row[0].height / 2
        left, right = min(g.x for g in row) - half, max(g.x for g in row) + half
        box = Box(
            left=round(left * SCALE),
            top=round((y - half) * SCALE),
            right=round(right * SCALE),
            bottom=round((y + half) * SCALE),
        )
        word = Word(text=text, box=box, confidence=0.9, character_confidences=(0.9,) * len(text))
        lines.append(Line(words=(word,), box=box))
    return PageText(page_index=0, lines=tuple(lines), engine=ENGINE)


def test_what_is_read_rightly_is_right():
    found = list(judged_words([reading(*ROWS)], text_pdf(*ROWS)))
    assert [w.word.text for w in found] == list(ROWS)
    assert all(w.judged.whole for w in found)
    assert [(w.page_index, w.line, w.index) for w in found] == [(0, n, 0) for n in range(len(ROWS))]


def test_a_misread_digit_is_the_only_wrong_one():
    texts = list(ROWS)
    texts[1] = "TOTAL 123,960"
    found = list(judged_words([reading(*texts)], text_pdf(*ROWS)))
    wrong = [(w.word.text, n) for w in found for n, ok in enumerate(w.judged.right) if not ok]
    assert wrong == [("TOTAL 123,960", 8)]


def test_pages_without_print_are_left_out():
    other = reading(*ROWS)
    assert list(judged_words([PageText(page_index=4, lines=other.lines, engine=ENGINE)], text_pdf(*ROWS))) == []
