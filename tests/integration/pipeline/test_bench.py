"""The benchmark on documents that it draws itself, against the real peer."""

import shutil
from datetime import date

import pytest

from classifiers import rules
from extractors.ocr import null
from extractors.settings import ExtractorSettings
from pipeline.benchmark.run import run
from pipeline.benchmark.settings import HELD_BACK, BenchSettings
from pipeline.steps.read import Reader
from samples.generator.checking import held_back_digest

pytestmark = [pytest.mark.browser, pytest.mark.ocr, pytest.mark.slow]


def test_held_back_documents_are_drawn_read_and_compared():
    if shutil.which("ocrmypdf") is None:
        pytest.skip("ocrmypdf, the peer, is not installed (Debian package ocrmypdf)")
    reader = Reader(engine=null.create(), second=None, classifier=rules.create(), settings=ExtractorSettings())
    heard = []
    report = run(
        reader=reader,
        today=date(2026, 11, 20),
        settings=BenchSettings(sets=(HELD_BACK,), count=2, seed=4, peer_pages=1),
        progress=lambda *event: heard.append(event),
    )
    (found,) = report.sets
    assert report.held_back_digest == held_back_digest()
    assert found.name == HELD_BACK
    assert found.whole.documents == 2
    assert {group.name for group in found.by_damage} == {"born_digital", "scan200"}
    assert report.peer is not None
    assert report.peer.pages == 1
    assert report.peer.peer_seconds > 0
    # The null engine reads nothing: every character is missing; the peer reads most of them.
    assert report.peer.shoko_unordered_errors == 1.0
    assert report.peer.peer_unordered_errors < 0.6
    assert ("ocrmypdf", 1, 1) in heard
    assert found.silent == ()
