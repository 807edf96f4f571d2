"""The fit of the model of borders, end to end on documents that are drawn here; it never gets worse."""

import json

import pytest

import classifiers.split
from classifiers.page_signs import signs_of
from classifiers.split import SplitModel, split_pages
from domain.geometry import Box
from domain.page import EngineId, Line, PageText, Word
from extractors.ocr.null import create as no_engine
from extractors.settings import ExtractorSettings
from extractors.text import read_text
from pipeline.benchmark.splitting.__main__ import fitted, made_parties
from pipeline.benchmark.splitting.fit import borders, fit, right_share
from samples.generator.printer import Printer
from tests.support.stacks import CONTRACT, INVOICE, QUOTATION, RECEIPT, sample


def page(*rows):
    lines = []
    for number, text in enumerate(rows):
        box = Box(left=100, top=100 + 60 * number, right=100 + 30 * len(text), bottom=140 + 60 * number)
        lines.append(Line(words=(Word(text=text, box=box, confidence=1.0),), box=box))
    return signs_of(PageText(page_index=0, lines=tuple(lines), engine=EngineId(name="x", version="1")))


def committed(name):
    read = read_text(sample(name), file_name="a.pdf", settings=ExtractorSettings(), engine=no_engine())
    sizes = {one.page_index: (one.width_px, one.height_px) for one in read.pages}
    return [signs_of(text, size=sizes[text.page_index]) for text in read.texts]


@pytest.fixture(scope="module")
def parties():
    """Groups of one document each: the committed ones, and made ones of two pages."""
    made = [
        [
            [
                page("請求書", f"株式会社商事{n} 御中", f"請求番号 {n:04}", "1/2"),
                page(f"品名{n} 2,000", "合計 2,200", "2/2"),
            ]
        ]
        for n in range(12)
    ]
    return [*made[:1], *([committed(name)] for name in (CONTRACT, RECEIPT, INVOICE, QUOTATION)), *made[1:]]


def test_a_fit_finds_the_borders_that_it_was_taught(parties, tmp_path, monkeypatch):
    parts_all = SplitModel(weights={}, bias=5.0, parts_from=0.5, joins_below=0.05, parts_surely_from=0.95)
    monkeypatch.setattr(classifiers.split, "model", lambda: parts_all)
    out = tmp_path / "model.json"
    before, after = fitted(parties, stacks=60, out=out)
    assert after > before > 0.3
    model = SplitModel(**json.loads(out.read_text(encoding="utf-8")))
    assert right_share(model, list(borders(parties, seed=9, count=30))) >= 0.95
    again = tmp_path / "again.json"
    fitted(parties, stacks=60, out=again)
    assert again.read_bytes() == out.read_bytes()
    read = read_text(sample(CONTRACT), file_name="a.pdf", settings=ExtractorSettings(), engine=no_engine())
    assert len(split_pages(read.texts, using=model)) == 1


def test_a_fit_that_places_borders_worse_is_not_written(parties, tmp_path, monkeypatch):
    kept = fit(list(borders(parties, seed=1, count=60)))
    monkeypatch.setattr(classifiers.split, "model", lambda: kept)
    wrong = [[[one] for one in group[0]] for group in parties]  # every page a document of its own
    out = tmp_path / "model.json"
    judged = fitted([parties[n] if n % 5 == 0 else wrong[n] for n in range(len(parties))], stacks=60, out=out)
    assert judged[1] < judged[0]
    assert not out.exists()


def test_too_few_groups_are_no_fit(parties, tmp_path):
    assert fitted(parties[:9], stacks=10, out=tmp_path / "model.json") is None
    assert right_share(classifiers.split.model(), []) == 0.0


@pytest.mark.slow
def test_documents_are_drawn_and_read_for_the_fit():
    with Printer() as printer:
        drawn = list(made_parties(2, printer=printer))
    assert len(drawn) >= 2
    assert all(signs for group in drawn for signs in group)
