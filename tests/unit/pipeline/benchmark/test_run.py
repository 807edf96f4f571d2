"""The whole benchmark on e-invoices, which need neither OCR nor a browser."""

import gzip
import json
import random
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from classifiers import rules
from domain.fields import DocumentType
from extractors.ocr import null, tesseract
from extractors.settings import ExtractorSettings
from pipeline.benchmark.corpus import BenchDocument
from pipeline.benchmark.keeping import Kept
from pipeline.benchmark.run import run
from pipeline.benchmark.settings import BenchSettings
from pipeline.steps.read import Reader
from samples.generator import layouts
from samples.generator.ubl import to_ubl
from samples.generator.vocabulary import DEVELOPMENT


@pytest.fixture
def reader():
    return Reader(engine=null.create(), second=None, classifier=rules.create(), settings=ExtractorSettings())


def test_a_public_set_is_read_and_judged(tmp_path, reader):
    folder = tmp_path / "jp-pint"
    folder.mkdir()
    lines = []
    for seed in range(3):
        facts = layouts.DEVELOPMENT[0].make_facts(random.Random(seed), DEVELOPMENT, DocumentType.INVOICE)
        (folder / f"{seed}.xml").write_bytes(to_ubl(facts))
        wrong = seed == 2
        lines.append(
            json.dumps(
                {
                    "file": f"{seed}.xml",
                    "type": "invoice",
                    "date": "1999-01-01" if wrong else facts.fields["transaction_date"],
                    "total_amount": facts.fields["total_amount"],
                }
            )
        )
    (folder / "truth.jsonl").write_text("\n".join(lines), encoding="utf-8")
    heard = []
    report = run(
        reader=reader,
        today=date(2026, 11, 20),
        settings=BenchSettings(sets=("jp-pint", "sroie")),
        data_folder=tmp_path,
        progress=lambda *event: heard.append(event),
    )
    assert report.left_out == ("sroie",)
    (found,) = report.sets
    assert found.whole.documents == 3
    assert {f.field: f.right.hits for f in found.whole.fields} == {"date": 2, "total_amount": 3}
    assert found.whole.type_right.hits == 3
    assert heard == [("jp-pint", n, 3) for n in (1, 2, 3)]
    assert report.peer is None


def test_a_broken_file_counts_and_does_not_stop_the_run(tmp_path, reader):
    folder = tmp_path / "zugferd"
    folder.mkdir()
    (folder / "x.pdf").write_bytes(b"%PDF-1.7 nothing")
    (folder / "truth.jsonl").write_text(
        json.dumps({"file": "x.pdf", "type": "invoice", "date": "2024-01-01"}), encoding="utf-8"
    )
    report = run(
        reader=reader, today=date(2026, 11, 20), settings=BenchSettings(sets=("zugferd",)), data_folder=tmp_path
    )
    (found,) = report.sets
    assert found.unreadable == (("x.pdf", "damaged"),)
    assert found.silent == ()
    assert found.whole.review.hits == 1


def test_without_data_every_public_set_is_left_out(reader):
    report = run(reader=reader, today=date(2026, 11, 20), settings=BenchSettings(sets=("sroie",)))
    assert report.sets == ()
    assert report.left_out == ("sroie",)


MODERN = Path(__file__).resolve().parents[4] / "samples" / "set" / "invoice" / "modern-pdf"


def test_text_layers_are_read_without_ocr(reader, tmp_path):
    truth = {"file": "source.pdf", "type": "invoice"}
    document = BenchDocument(
        file_name="source.pdf", content=(MODERN / "source.pdf").read_bytes(), truth=truth, damage="born_digital"
    )
    Kept(folder=tmp_path).documents("held-back-7-1-text", lambda: [document])
    asked = tesseract.create()  # not the engine that text layers are read with
    settings = BenchSettings(sets=("held-back",), text_layers=True, count=1, seed=7)
    report = run(reader=replace(reader, engine=asked), today=date(2026, 11, 20), settings=settings, keep=tmp_path)
    (found,) = report.sets
    assert found.whole.type_right.hits == 1
    assert found.unreadable == ()
    assert report.peer is None
    (kept,) = (tmp_path / "texts").glob("*/*.json.gz")
    assert b"tesseract" not in gzip.decompress(kept.read_bytes())
