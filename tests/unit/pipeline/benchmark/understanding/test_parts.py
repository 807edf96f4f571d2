"""Parts of the measurement are kept, and silent errors are drawn."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from classifiers import rules
from extractors.ocr import null
from extractors.settings import ExtractorSettings
from pipeline.benchmark.corpus import BenchDocument
from pipeline.benchmark.exact import Cause
from pipeline.benchmark.understanding.parts import Measuring, Part, draw
from pipeline.steps.read import Reader

SAMPLE = Path(__file__).resolve().parents[5] / "samples" / "set" / "invoice" / "modern-pdf"


@pytest.fixture
def measuring(tmp_path):
    reader = Reader(engine=null.create(), second=None, classifier=rules.create(), settings=ExtractorSettings())
    return Measuring(folder=tmp_path / "kept", reader=reader, today=date(2026, 11, 20), progress=lambda *_: None)


@pytest.fixture
def data(tmp_path):
    truth = json.loads((SAMPLE / "expected" / "fields.json").read_text(encoding="utf-8"))
    folder = tmp_path / "data" / "zugferd"
    folder.mkdir(parents=True)
    (folder / "source.pdf").write_bytes((SAMPLE / "source.pdf").read_bytes())
    line = {"file": "source.pdf", "type": truth["document_type"], "total_amount": 1}
    (folder / "truth.jsonl").write_text(json.dumps(line), encoding="utf-8")
    return tmp_path / "data"


def test_what_was_measured_is_taken_as_it_is_and_a_silent_error_has_its_picture(measuring, data):
    (read,) = measuring.public("zugferd", data)
    (silent,) = read.silent
    assert (silent.field, silent.cause, silent.expected) == ("total_amount", Cause.CHOICE, "1")
    picture = measuring.folder / "silent" / "source.pdf.png"
    assert picture.read_bytes()[:4] == b"\x89PNG"
    (data / "zugferd" / "source.pdf").unlink()
    assert measuring.public("zugferd", data) == [read]
    other = replace(measuring, folder=measuring.folder / "other")
    assert other.public("zugferd", data) == []
    assert measuring.public("sroie", data) is None


def test_a_part_asks_for_held_back_documents_only():
    part = Part(seed=7, count=3, text_layers=True)
    assert part.settings.sets == ("held-back",)
    assert part.name == "text-7-3"


def test_data_and_broken_files_have_no_picture(tmp_path):
    assert draw(tmp_path, BenchDocument(file_name="a.xml", content=b"<x/>", truth={})) is None
    assert draw(tmp_path, BenchDocument(file_name="a.pdf", content=b"%PDF-1.7", truth={})) is None
    assert list(tmp_path.iterdir()) == []
