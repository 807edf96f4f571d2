"""A paper that is two things at once is an invoice where it is one: that is what is paid and booked."""

import pytest

from classifiers.rules import heading_of
from domain.fields import DocumentType
from domain.geometry import Box
from domain.page import EngineId, Line, PageText, Word


def headed(title):
    texts = ((title, 40, 40), ("株式会社灯台製作所 御中", 120, 20), ("品名 数量 単価 金額", 200, 20))
    lines = []
    for text, top, height in texts:
        box = Box(left=100, top=top, right=100 + height * len(text), bottom=top + height)
        lines.append(Line(words=(Word(text=text, box=box, confidence=1.0),), box=box))
    return PageText(page_index=0, lines=tuple(lines), engine=EngineId(name="x", version="1"))


@pytest.mark.parametrize(
    ("title", "label"),
    [
        ("請求書兼納品書", DocumentType.INVOICE),
        ("納品書兼請求書", DocumentType.INVOICE),
        ("請求書兼領収書", DocumentType.RECEIPT),
        ("ご請求書兼領収証", DocumentType.RECEIPT),
        ("請求書送付書兼納品書", DocumentType.DELIVERY_NOTE),
        ("納品書兼受領書", DocumentType.DELIVERY_NOTE),
        ("注文書兼注文請書", DocumentType.PURCHASE_ORDER),
        ("納品書", DocumentType.DELIVERY_NOTE),
    ],
)
def test_double_titles(title, label):
    assert heading_of(headed(title)) is label
