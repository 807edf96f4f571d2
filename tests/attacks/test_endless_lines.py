"""Endless and repetitive lines: they are cut before patterns see them, so that one page cannot hold up the others."""

from datetime import date

import pytest

from classifiers.rules import create
from classifiers.split import split_pages
from domain.engines import FieldContext
from domain.fields import DocumentType
from domain.geometry import Box
from domain.page import EngineId, Line, PageText, Word
from extractors.fields import extract_fields
from extractors.fields.layout import build_layout

PIECES = (
    "1",
    "1,234",
    " ",
    "一",
    "2026/11/21 ",
    "番号",
    "甲(以下「甲」という。)と",
    "(",
    "銀行 普通 ",
    "1 ",
    "期間満了の1年",
)
LENGTH = 50_000


def page(text):
    box = Box(left=0, top=0, right=1000, bottom=30)
    return PageText(
        page_index=0,
        lines=(Line(words=(Word(text=text, box=box, confidence=0.9),), box=box),) if text.strip() else (),
        engine=EngineId(name="null.v1", version="1"),
    )


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("kind", [DocumentType.INVOICE, DocumentType.RECEIPT, DocumentType.CONTRACT])
def test_an_endless_line(kind, piece):
    texts = (page(piece * (LENGTH // len(piece))),)
    fields = extract_fields(kind, texts, context=FieldContext(today=date(2026, 11, 21)))
    assert fields.fields
    assert create().classify(texts).reasons
    assert tuple(group.pages for group in split_pages(texts)) in {((0,),), ()}
    assert all(len(s.text) <= 400 for s in build_layout(texts).segments)
