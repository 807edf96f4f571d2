"""Composed pages: many arrangements, the same for the same seed."""

import random
import re

import pytest

from domain.fields import DocumentType, fields_for
from samples.generator.composed.layouts import COMPOSED
from samples.generator.layouts import DEVELOPMENT as LAYOUTS
from samples.generator.making import make
from samples.generator.printer import Printer
from samples.generator.vocabulary import DEVELOPMENT


def body(layout, seed):
    return layout.make_facts(random.Random(seed), DEVELOPMENT, DocumentType.OTHER).view["body"]


@pytest.mark.parametrize("layout", COMPOSED, ids=lambda layout: layout.name)
def test_the_same_seed_gives_the_same_page_and_another_another(layout):
    assert body(layout, 1) == body(layout, 1)
    assert len({body(layout, seed) for seed in range(8)}) == 8
    assert set(layout.make_facts(random.Random(1), DEVELOPMENT, DocumentType.OTHER).fields) == set(
        fields_for(DocumentType.OTHER)
    )


@pytest.mark.parametrize("layout", COMPOSED, ids=lambda layout: layout.name)
def test_every_element_is_closed(layout):
    for seed in range(5):
        found = body(layout, seed)
        for name in ("div", "table", "tr", "td", "th", "dl", "h1", "h3", "span", "p"):
            assert len(re.findall(rf"<{name}[ >]", found)) == found.count(f"</{name}>"), name


def test_names_are_their_own():
    names = [layout.name for layout in (*COMPOSED, *LAYOUTS)]
    assert len(set(names)) == len(names)


@pytest.mark.browser
def test_words_are_placed_in_the_order_in_which_they_are_spoken():
    with Printer() as printer:
        for layout in (COMPOSED[0], COMPOSED[-1]):
            sample = make(5, document_type=DocumentType.OTHER, layout=layout.name, printer=printer)
            facts = layout.make_facts(random.Random(7), DEVELOPMENT, DocumentType.OTHER)
            html = printer.html(facts, layout, fonts=("IPAGothic",), rng=random.Random(7))
            page = printer.placed(html, layout)
            assert "".join(word.text for word in page.words) == "".join(printer.spoken().split())
            assert all(w.left < w.right and w.top < w.bottom and w.right < 900 for w in page.words)
            assert sample.spoken
            assert sample.truth["layout"] == layout.name
