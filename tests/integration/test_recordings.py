"""What OCR read is recorded by the input's digest and the engines: reading again costs OCR only where it must."""

import io
from dataclasses import dataclass, field, replace

import pytest
from PIL import Image

from domain.errors import EngineTimeout
from domain.geometry import Box
from domain.page import EngineId, Line, PageText, Word
from domain.record import DropReading
from pipeline.batch import Resident, open_batch, run_plain
from pipeline.reading_worker import ReadingWorker
from pipeline.steps.reprocess import reprocess_documents
from pipeline.wiring import open_shoko
from tests.support.homes import quick_settings

ENGINE = EngineId(name="counting.v1", version="1")


@dataclass
class Counting:
    """An engine that reads one line, counts how often it is asked, and can be out of time."""

    engine_id: EngineId = ENGINE
    calls: list[int] = field(default_factory=list)
    late: bool = False

    def read_page(self, pixels, *, page_index, dpi):
        self.calls.append(page_index)
        if self.late:
            raise EngineTimeout("too late", page_number=page_index + 1)
        box = Box(left=20, top=20, right=380, bottom=50)
        word = Word(text="領収書 2026年11月1日 合計 1,200円", box=box, confidence=0.99)
        return PageText(page_index=page_index, lines=(Line(words=(word,), box=box),), engine=self.engine_id)


def home_with(tmp_path, engine, **overrides):
    settings = quick_settings(tmp_path, **overrides)
    worker = ReadingWorker.start(settings)
    worker.reader = replace(worker.reader, engine=engine)
    return Resident(shoko=open_shoko(settings), pool=worker)


def picture():
    out = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "store" / "inbox" / "paper" / "2026-11-02"
    folder.mkdir(parents=True)
    (folder / "a.png").write_bytes(picture())
    return tmp_path


def stored(home, kind):
    return [v.key for v in home.shoko.store.list_latest("derived") if f"/{kind}/" in v.key]


def reading_of(home):
    from domain.codec import load

    keys = stored(home, "readings")
    return [load(DropReading, home.shoko.store.get("derived", key)) for key in keys]


def test_other_rules_for_fields_read_the_recorded_text(inbox):
    engine = Counting()
    home = home_with(inbox, engine)
    run_plain(open_batch(home))
    assert engine.calls == [0]
    assert len(stored(home, "texts")) == len(stored(home, "readings")) == 1
    home.pool.reader = replace(home.pool.reader, reading_code="rules changed, nobody raised a version")
    assert reprocess_documents(home) == {"unchanged": 1}
    assert engine.calls == [0], "no OCR for rules that only look at its text"
    first, second = reading_of(home)
    assert first.documents[0].text == second.documents[0].text != ""


def test_other_code_of_reading_reads_again(inbox):
    engine = Counting()
    home = home_with(inbox, engine)
    run_plain(open_batch(home))
    home.pool.reader = replace(home.pool.reader, reading_code="other", text_code="other")
    reprocess_documents(home)
    assert engine.calls == [0, 0]
    assert len(stored(home, "texts")) == 2


def test_another_engine_reads_again(inbox):
    home = home_with(inbox, Counting())
    run_plain(open_batch(home))
    other = Counting(engine_id=replace(ENGINE, config_digest="other models"))
    home.pool.reader = replace(home.pool.reader, engine=other)
    reprocess_documents(home)
    assert other.calls == [0]


def test_the_same_again_reads_nothing(inbox):
    engine = Counting()
    home = home_with(inbox, engine)
    run_plain(open_batch(home))
    for _ in range(2):
        assert reprocess_documents(home) == {"unchanged": 1}
        assert engine.calls == [0]
        assert len(stored(home, "readings")) == 2, "as it was found, and as it was filed: once each"


def test_the_companys_name_is_part_of_a_reading_but_not_of_its_text(inbox):
    engine = Counting()
    run_plain(open_batch(home_with(inbox, engine)))
    renamed = home_with(inbox, engine, company={"names": ("青空商事株式会社",)})
    reprocess_documents(renamed)
    assert engine.calls == [0]
    assert len(stored(renamed, "readings")) == 2


def test_a_page_that_ran_out_of_time_gets_another_chance(inbox):
    engine = Counting(late=True)
    home = home_with(inbox, engine)
    run_plain(open_batch(home))
    assert stored(home, "texts") == []
    (before,) = reading_of(home)
    assert {r.code for r in before.documents[0].review_reasons} >= {"page_unreadable"}
    engine.late = False
    assert reprocess_documents(home) == {"revised": 1}
    (after,) = (reading for reading in reading_of(home) if reading.settled)
    assert "領収書" in after.documents[0].text
    assert after.faults == ()


def test_a_damaged_recording_is_read_again(inbox):
    engine = Counting()
    home = home_with(inbox, engine)
    run_plain(open_batch(home))
    (key,) = stored(home, "texts")
    home.shoko.store.put_named("derived", key, b"not gzip", media_type="application/gzip", if_absent=False)
    home.pool.reader = replace(home.pool.reader, reading_code="other")
    reprocess_documents(home)
    assert engine.calls == [0, 0]


def test_a_real_reader_knows_the_code_it_runs(tmp_path):
    reader = ReadingWorker.start(quick_settings(tmp_path)).reader
    assert reader.text_code
    assert reader.engines[-1].config_digest == reader.reading_code[:16] != ""
