"""A filed document as a searchable PDF: from the recorded text, once, and the original stays as it is."""

import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from domain.errors import ObjectMissing, UnsupportedMedia
from domain.geometry import Box
from domain.page import EngineId, Line, PageText, Word
from pipeline.batch import Resident, open_batch, run_plain
from pipeline.reading_worker import ReadingWorker
from pipeline.steps.searchable import searchable_document
from pipeline.wiring import open_shoko
from tests.support.documents import text_pdf, ubl_invoice
from tests.support.homes import quick_settings
from tests.support.pdfa import broken_rules

PROJECT = Path(__file__).parents[2]


ENGINE = EngineId(name="line.v1", version="1")


@dataclass
class Reader:
    """Reads one line on every page."""

    engine_id: EngineId = ENGINE
    calls: list[int] = field(default_factory=list)

    def read_page(self, pixels, *, page_index, dpi):
        self.calls.append(page_index)
        box = Box(left=20, top=20, right=380, bottom=50)
        word = Word(text="領収書令和八年十一月一日合計千二百円", box=box, confidence=0.99)
        return PageText(page_index=page_index, lines=(Line(words=(word,), box=box),), engine=self.engine_id)


def picture():
    out = io.BytesIO()
    Image.new("L", (400, 300), 250).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "store" / "inbox" / "paper" / "2026-11-02"
    folder.mkdir(parents=True)
    (folder / "領収書.jpg").write_bytes(picture())
    (folder / "b.xml").write_bytes(ubl_invoice("0012"))
    settings = quick_settings(tmp_path)
    worker = ReadingWorker.start(settings)
    worker.reader = replace(worker.reader, engine=Reader())
    made = Resident(shoko=open_shoko(settings), pool=worker)
    run_plain(open_batch(made))
    yield made
    made.shoko.close()


def records(home):
    shoko = home.shoko
    drops = shoko.archive.drops(limit=10)
    return {s.drop.deposit.original_name: shoko.archive.get_document(s.documents[0]) for s in drops}


def test_a_filed_document_is_given_as_a_searchable_pdf_once(home):
    record = records(home)["領収書.jpg"]
    shoko = home.shoko
    before = [(v.key, v.version_id) for v in shoko.store.list_versions("vault")]
    content = searchable_document(shoko, record)
    assert broken_rules(content) == set()
    page = pypdfium2.PdfDocument(content)[0]
    assert page.get_textpage().search("令和八年十一月一日").get_next() is not None
    kept = [v for v in shoko.store.list_latest("derived") if "/searchable/" in v.key]
    assert len(kept) == 1
    assert searchable_document(shoko, record) == content
    again = [v for v in shoko.store.list_latest("derived") if "/searchable/" in v.key]
    assert [(v.key, v.version_id) for v in again] == [(v.key, v.version_id) for v in kept]
    assert [(v.key, v.version_id) for v in shoko.store.list_versions("vault")] == before


def test_it_can_be_made_anew_from_what_is_left(home):
    record = records(home)["領収書.jpg"]
    first = searchable_document(home.shoko, record)
    (kept,) = [v for v in home.shoko.store.list_latest("derived") if "/searchable/" in v.key]
    home.shoko.store.delete_version("derived", kept.key, version_id=kept.version_id)
    assert len(searchable_document(home.shoko, record)) == len(first)


def test_without_a_recorded_text_it_says_what_to_do(home):
    record = records(home)["領収書.jpg"]
    for version in list(home.shoko.store.list_latest("derived")):
        if "/texts/" in version.key:
            home.shoko.store.delete_version("derived", version.key, version_id=version.version_id)
    with pytest.raises(ObjectMissing, match="no text") as caught:
        searchable_document(home.shoko, record)
    assert "reprocess" in caught.value.message_ja


def test_data_without_pages_has_none(home):
    with pytest.raises(UnsupportedMedia):
        searchable_document(home.shoko, records(home)["b.xml"])


def run(*arguments):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT", "SHOKO"))}
    environment |= {"PYTHONPATH": str(PROJECT), "SHOKO_READING__ENGINE": "null.v1", "SHOKO_READING__WORKERS": "1"}
    return subprocess.run(
        [sys.executable, "-c", "from app.cli import main; main()", *map(str, arguments)],
        cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def test_read_and_show_write_it(home, tmp_path):
    source, out = tmp_path / "a.pdf", tmp_path / "out.pdf"
    source.write_bytes(text_pdf("INVOICE", "Invoice No. 77", "Total: USD 120.00"))
    done = run("read", source, "--searchable-pdf", out, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["pages"] == [1]
    assert broken_rules(out.read_bytes()) == set()
    page = pypdfium2.PdfDocument(out)[0]
    assert page.get_textpage().search("Invoice No. 77").get_next() is not None
    assert run("read", source, source, "--searchable-pdf", out).returncode == 2

    record = records(home)["領収書.jpg"]
    shown = run("show", record.document_id, "--searchable-pdf", tmp_path / "filed.pdf", "--home", tmp_path, "--json")
    assert shown.returncode == 0, shown.stderr
    assert json.loads(shown.stdout)["document_id"] == record.document_id
    assert broken_rules((tmp_path / "filed.pdf").read_bytes()) == set()
