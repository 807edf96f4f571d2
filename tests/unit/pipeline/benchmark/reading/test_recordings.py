"""Recordings of what was seen on pages."""

import pytest

from domain.geometry import Box
from domain.page import Word
from extractors.ocr import layout, ppocr
from extractors.ocr.layout import piece_of
from pipeline.benchmark.reading import recordings
from pipeline.benchmark.reading.reader import PageRead
from pipeline.benchmark.reading.recordings import late, recorded


def piece(text, left, top):
    return piece_of([Word(text=text, box=Box(left=left, top=top, right=left + 20, bottom=top + 10), confidence=1.0)])


PIECES = (piece("下", 0, 100), piece("上", 0, 0))


class Reader:
    """Reads the same two lines on every page, and counts."""

    def __init__(self, *, stamp=""):
        self.pages = 0
        self.stamp = stamp

    def __call__(self, content, file_name):
        self.pages += 1
        lines = ppocr.lines_from_pieces(PIECES, tilt=0.0, rules=())
        text = "\n".join(line.text for line in lines)
        return PageRead(text=text + self.stamp, seconds=1.0)


def test_a_page_is_read_once_and_put_in_order_each_time(tmp_path, monkeypatch):
    reader = Reader(stamp="\n受付")
    first = recorded(reader, tmp_path, engine="a")(b"page", "a.png")
    again = recorded(reader, tmp_path, engine="a")(b"page", "b.png")
    assert (first.text, first.recorded) == ("上\n下\n受付", False)
    assert (again.text, again.recorded, again.seconds) == ("上\n下\n受付", True, 0.0)
    assert reader.pages == 1
    monkeypatch.setattr(recordings, "lines_from_pieces", lambda pieces, **_: layout.visual_rows(pieces)[::-1])
    assert recorded(reader, tmp_path, engine="a")(b"page", "a.png").text == "下\n上\n受付"
    assert reader.pages == 1


def test_other_pages_other_engines_and_broken_recordings_are_read(tmp_path):
    reader = Reader()
    read = recorded(reader, tmp_path, engine="a")
    read(b"page", "a.png")
    read(b"another", "a.png")
    recorded(reader, tmp_path, engine="b")(b"page", "a.png")
    assert reader.pages == 3
    for path in tmp_path.rglob("*.gz"):
        path.write_bytes(b"broken")
    assert not read(b"page", "a.png").recorded
    assert read(b"page", "a.png").recorded


@pytest.mark.parametrize("found", [PageRead(text="別の文", seconds=1.0), PageRead(text="", seconds=1.0, error="x")])
def test_what_was_not_put_in_order_is_not_recorded(tmp_path, found):
    read = recorded(lambda *_: found, tmp_path, engine="a")
    assert [read(b"page", "a.png").recorded for _ in range(2)] == [False, False]
    assert not list(tmp_path.iterdir())


def test_the_engine_puts_in_order_as_before_after_listening(tmp_path):
    before = ppocr.lines_from_pieces
    recorded(Reader(), tmp_path, engine="a")(b"page", "a.png")
    assert ppocr.lines_from_pieces is before


def test_a_reader_is_made_with_the_first_page_that_needs_it(tmp_path):
    made = []

    def make():
        made.append(1)
        return Reader()

    read = recorded(late(make), tmp_path, engine="a")
    assert not made
    for _ in range(3):
        read(b"page", "a.png")
    assert len(made) == 1
