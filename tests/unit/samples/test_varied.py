"""Varied documents: what the truth says is printed, each seed draws the same, no two look alike."""

import html
import random
import re
import unicodedata

import pytest

from domain.fields import DocumentType
from samples.generator.making import make
from samples.generator.varied.layouts import VARIED_LAYOUTS
from samples.generator.varied.words import VARIED

_INVOICE = DocumentType.INVOICE


def text_of(body):
    return plain(html.unescape(re.sub(r"<[^>]*>", "", str(body))))


def plain(text):
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def facts(layout, kind, seed):
    return layout.make_facts(random.Random(f"{layout.name} {seed}"), VARIED, kind)


@pytest.mark.parametrize("layout", VARIED_LAYOUTS, ids=lambda layout: layout.name)
def test_what_the_truth_says_is_printed(layout):
    for seed in range(2):
        for kind in layout.types[seed::2] or layout.types:
            made = facts(layout, kind, seed)
            text = text_of(made.view["body"])
            for name, raw in made.printed.items():
                if raw != "上様":
                    assert plain(raw) in text, (kind, seed, name, raw)


def test_a_seed_always_gives_the_same_and_another_one_something_else():
    form = VARIED_LAYOUTS[0]
    assert facts(form, _INVOICE, 1).view["body"] == facts(form, _INVOICE, 1).view["body"]
    bodies = [re.sub(r"[^<>]+(?=<)|base64,[^\"]*", "", str(facts(form, _INVOICE, n).view["body"])) for n in range(7)]
    assert len(set(bodies)) == len(bodies)


@pytest.mark.browser
def test_a_varied_document_is_drawn():
    sample = make(5, document_type=DocumentType.INVOICE, layout="varied_form", varied=True)
    assert sample.truth["layout"] == "varied_form"
    assert sample.content.startswith(b"%PDF")
    other = make(5, document_type=DocumentType.OTHER, varied=True)
    assert other.truth["layout"] not in {layout.name for layout in VARIED_LAYOUTS}
