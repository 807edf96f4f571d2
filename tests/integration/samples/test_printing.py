"""The generator with its browser: what the truth says is on the paper, and the same seed gives the same document."""

import pytest

from domain.fields import DocumentType
from samples.generator import held_back, layouts
from samples.generator.checking import missing_prints
from samples.generator.making import XML, make, make_set, samples
from samples.generator.printer import Printer

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def printer():
    with Printer() as running:
        yield running


@pytest.mark.parametrize("held", [False, True], ids=["development", "held_back"])
def test_every_layout_prints_its_truth(printer, held):
    for layout in held_back.LAYOUTS if held else layouts.DEVELOPMENT:
        for kind in layout.types:
            sample = make(1, document_type=kind, layout=layout.name, held_back=held, printer=printer)
            assert missing_prints(sample) == (), sample.name
            assert sample.truth["layout"] == layout.name


def test_the_same_seed_gives_the_same_document(printer):
    first = make(42, damage="skew", printer=printer)
    second = make(42, damage="skew", printer=printer)
    assert first.truth == second.truth
    assert first.pdf == second.pdf
    assert first.content == second.content
    assert make(43, damage="skew", printer=printer).content != first.content


def test_a_set_has_every_kind_of_wear(printer):
    made = list(samples(seed=3, count=4, held_back=False, kinds=("born_digital", "fax", XML, "photo"), printer=printer))
    assert [sample.suffix for sample in made][2] == ".xml"
    assert {sample.truth["damage"] for sample in made} == {"born_digital", "fax", XML, "photo"}
    assert made[2].truth["document_type"] == DocumentType.INVOICE


def test_make_set_writes_files(printer, tmp_path):
    kinds, types = ("scan200",), (DocumentType.RECEIPT,)
    written = make_set(tmp_path / "set", seed=1, count=2, kinds=kinds, types=types, printer=printer)
    assert len(written) == 2
    assert len((tmp_path / "set" / "truth.jsonl").read_text(encoding="utf-8").splitlines()) == 2
