"""The committed documents, read from recordings: class and key fields are right, or the document waits for review.

``known_misses.json`` lists what is not read rightly yet. It may only shrink; ``--update-golden`` records the OCR engine
again and rewrites it.
"""

import difflib
import json
from datetime import date
from pathlib import Path

import pytest

from classifiers import model
from domain.engines import FieldContext
from domain.fields import value_to_plain
from domain.ids import Digest
from extractors.settings import ExtractorSettings
from pipeline.benchmark.accuracy import same_name
from pipeline.benchmark.rates import unordered_error_rate
from pipeline.steps.read import Reader, read_bytes
from samples.generator.committed import SET
from tests.golden.replay import RecordingEngine, ReplayEngine

KEY_FIELDS = ("transaction_date", "total_amount", "counterparty", "registration_number")
NAMES = sorted(path.parent.relative_to(SET).as_posix() for path in SET.glob("*/*/about.toml"))
KNOWN_MISSES = Path(__file__).parent / "known_misses.json"
CLASSIFIER = model.create()
LIVE = ("receipt/till-scan", "invoice/classic-scan", "invoice/letterhead-fax")
TODAY = date(2026, 11, 20)
SAME_TEXT = 0.02
"""Share of characters that may differ between a recording and the engine on another processor."""


def source(name):
    return next((SET / name).glob("source.*"))


def truth_of(name):
    return json.loads((SET / name / "expected" / "fields.json").read_text(encoding="utf-8"))


def read(name, engine):
    path = source(name)
    reader = Reader(engine=engine, second=None, classifier=CLASSIFIER, settings=ExtractorSettings())
    context = FieldContext(our_companies=(truth_of(name)["our_company"],), today=TODAY)
    return read_bytes(path.read_bytes(), file_name=path.name, unit_id=name, reader=reader, context=context)


def misses_of(name, reading):
    """What is wrong: ``document_type``, key fields, ``documents`` where one file became several."""
    truth = truth_of(name)
    document = reading.documents[0]
    found = [] if len(reading.documents) == 1 else ["documents"]
    if document.classification.label.value != truth["document_type"]:
        found.append("document_type")
    for field in KEY_FIELDS:
        if field not in truth["fields"]:
            continue
        expected = truth["fields"][field]
        got = value_to_plain(document.fields.value(field))
        both = isinstance(expected, str) and isinstance(got, str)
        right = same_name(expected, got, tolerance=1.0) if both and field == "counterparty" else expected == got
        if not right:
            found.append(field)
    return found


@pytest.fixture(scope="session")
def live_engine():
    from extractors.ocr import ppocr

    return ppocr.create(threads=2)


def test_update(request):
    """With --update-golden: record the engine again and write down what it misses."""
    if not request.config.getoption("--update-golden"):
        pytest.skip("only with --update-golden: it rewrites recordings and known misses")
    real = request.getfixturevalue("live_engine")
    known = {}
    for name in NAMES:
        engine = RecordingEngine(real)
        reading = read(name, engine)
        engine.write(name, str(Digest.of(source(name).read_bytes())))
        if missed := misses_of(name, reading):
            known[name] = missed
    KNOWN_MISSES.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_key_fields_are_right_or_reviewed(name):
    engine = ReplayEngine.open(name, str(Digest.of(source(name).read_bytes())))
    reading = read(name, engine)
    known = json.loads(KNOWN_MISSES.read_text(encoding="utf-8")).get(name, [])
    missed = misses_of(name, reading)
    assert set(missed) <= set(known), f"{name}: newly wrong: {sorted(set(missed) - set(known))}"
    if set(missed) - {"registration_number"}:
        assert any(document.needs_review for document in reading.documents), f"{name}: {missed} is wrong and silent"
    assert not reading.faults


@pytest.mark.ocr
@pytest.mark.slow
@pytest.mark.parametrize("name", LIVE)
def test_the_engine_still_reads_what_was_recorded(name, live_engine):
    recorded = read(name, ReplayEngine.open(name, str(Digest.of(source(name).read_bytes()))))
    live = read(name, live_engine)
    before, now = (reading.documents[0].text for reading in (recorded, live))
    changes = "\n".join(difflib.unified_diff(before.splitlines(), now.splitlines(), lineterm=""))
    assert unordered_error_rate(before, now) <= SAME_TEXT, changes
    assert live.documents[0].classification.label == recorded.documents[0].classification.label
