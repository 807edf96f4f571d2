"""Borders of stacks held against the truth: what is wrong, and what of it nobody would be asked about."""

from dataclasses import replace
from datetime import date

import pytest

import classifiers.split
from classifiers import rules
from extractors.ocr.null import create as no_engine
from extractors.settings import ExtractorSettings
from pipeline.benchmark.splitting.measure import judge, summed
from pipeline.steps.read import Reader
from samples.generator.stacks import Stack
from tests.support.stacks import CONTRACT, INVOICE, QUOTATION, sample, stacked

READER = Reader(engine=no_engine(), second=None, classifier=rules.create(), settings=ExtractorSettings())
STACK = Stack(
    name="made",
    content=stacked(sample(INVOICE), sample(CONTRACT), None, sample(QUOTATION)),
    suffix=".pdf",
    documents=((0,), (1, 2), (4,)),
    page_count=5,
    condition="born_digital",
)


def judged(stack=STACK):
    return judge(stack, reader=READER, today=date(2026, 11, 22))


def test_a_stack_with_every_border_right():
    one = judged()
    assert (one.right, one.missed, one.invented, one.unseen, one.borders) == (True, 0, 0, 0, 3)


@pytest.mark.parametrize(("truth", "missed", "invented"), [(((0, 1, 2), (4,)), 0, 1), (((0,), (1,), (2,), (4,)), 1, 0)])
def test_a_wrong_border_is_unseen_where_neither_document_asks(truth, missed, invented, monkeypatch):
    wrong = replace(STACK, documents=truth)
    never = replace(classifiers.split.model(), joins_below=0.5, parts_surely_from=0.5)
    monkeypatch.setattr(classifiers.split, "model", lambda: never)
    one = judged(wrong)
    assert (one.right, one.missed, one.invented) == (False, missed, invented)
    assert one.unseen == 1
    doubting = replace(never, joins_below=0.0, parts_surely_from=1.1)
    monkeypatch.setattr(classifiers.split, "model", lambda: doubting)
    asked = judged(wrong)
    assert (asked.right, asked.unseen, asked.doubted) == (False, 0, True)
    found = summed([one, asked], held_back=False)
    assert (found.borders_unseen.hits, found.wrong_unseen.hits, found.files_right.hits) == (1, 1, 0)
