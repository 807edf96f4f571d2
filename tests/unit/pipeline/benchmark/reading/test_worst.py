"""What went wrong on a page: told, drawn and listed."""

import io
from dataclasses import replace
from pathlib import Path

from PIL import Image

from domain.geometry import Box
from domain.page import EngineId, Line, Page, PageText, TextReading, Word
from pipeline.benchmark.reading.truth import PageTruth
from pipeline.benchmark.reading.worst import BadPage, draw_worst

RED = (220, 30, 30)


def word(text, left):
    return Word(text=text, box=Box(left=left, top=40, right=left + 80, bottom=70), confidence=0.9)


def bad_page(*words):
    out = io.BytesIO()
    Image.new("RGB", (400, 200), "white").save(out, format="PNG")
    line = Line(words=words, box=Box(left=20, top=40, right=380, bottom=70))
    text = PageText(page_index=0, lines=(line,), engine=EngineId(name="a", version="1", config_digest=""))
    page = Page(page_index=0, width_px=400, height_px=200, dpi=200.0)
    return BadPage(
        title="<photo>",
        content=out.getvalue(),
        printed=None,
        truth=PageTruth(file="a.png", rows="", spoken="合計 100円\n番号"),
        reading=TextReading(media_type="image/png", pages=(page,), texts=(text,)),
        unordered_rate=0.5,
        ordered_rate=0.5,
    )


def test_what_was_misread_and_what_was_missed_are_told_apart(tmp_path: Path):
    (told,) = draw_worst(tmp_path, [bad_page(word("合計", 20), word("700円", 120))])
    assert (told.missed, told.misread, told.wrong) == ("番号", "1", ("700円",))
    assert told.what == "読み落とし / missed 2, 読み違い / misread 1"
    picture = Image.open(told.picture)
    assert picture.size == (400, 200)
    assert picture.getpixel((120, 55)) == RED
    assert picture.getpixel((20, 55)) not in {RED, (255, 255, 255)}
    with Image.open(told.small) as small:
        assert (small.format, small.size) == ("WEBP", (240, 150))  # from 80 pixels before the misread word to the rims
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "01.png" in page
    assert "700円" in page
    assert "読み違い / misread 1" in page
    assert "&lt;photo&gt;" in page


def test_what_was_read_where_nothing_is_printed_is_named(tmp_path: Path):
    (told,) = draw_worst(tmp_path, [bad_page(word("合計100円番号", 20), word("彌彌彌", 120))])
    assert told.what == "無い字 / not there 3"


def test_a_page_without_errors_says_so(tmp_path: Path):
    (told,) = draw_worst(tmp_path, [replace(bad_page(word("合計100円番号", 20)), unordered_rate=0.0, ordered_rate=0.0)])
    assert told.what == "なし / nothing"
