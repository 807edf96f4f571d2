"""Documents and texts are made and read once per folder."""

from domain.page import TextReading
from pipeline.benchmark.corpus import BenchDocument
from pipeline.benchmark.keeping import Kept

DOCUMENT = BenchDocument(
    file_name="a.pdf",
    content=b"\x00%PDF\xbf\xff",
    truth={"type": "invoice", "total_amount": 100},
    fields={"amount": None},
)
TEXT = TextReading(media_type="application/pdf", pages=(), texts=(), page_count=1, seconds={"text": 0.5})


def test_documents_come_back_as_they_were_made(tmp_path):
    kept = Kept(folder=tmp_path)
    assert kept.documents("development-1-2", lambda: [DOCUMENT, DOCUMENT]) == [DOCUMENT, DOCUMENT]
    assert kept.documents("development-1-2", list) == [DOCUMENT, DOCUMENT]
    assert kept.documents("held-back-1-2", list) == []


def test_a_text_is_read_once_for_each_engine_and_file(tmp_path):
    kept = Kept(folder=tmp_path)
    calls = []

    def read():
        calls.append(1)
        return TEXT

    for content, engine in ((b"a", "x/1"), (b"a", "x/1"), (b"a", "x/2"), (b"b", "x/1")):
        assert kept.text(content, engine=engine, read=read) == TEXT
    assert len(calls) == 3


def test_a_broken_record_is_read_again(tmp_path):
    kept = Kept(folder=tmp_path)
    kept.text(b"a", engine="x", read=lambda: TEXT)
    (path,) = (tmp_path / "texts").rglob("*.json.gz")
    path.write_bytes(b"broken")
    assert kept.text(b"a", engine="x", read=lambda: TEXT) == TEXT
