"""The committed samples through the real engine: worn, photographed, turned."""

import io
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from extractors.ocr import ppocr
from extractors.pages.cleanup import turn
from extractors.settings import ExtractorSettings
from extractors.text import read_text

pytestmark = pytest.mark.ocr
SAMPLES = Path(__file__).parent.parent.parent / "samples/set"
SETTINGS = ExtractorSettings()


@pytest.fixture(scope="module")
def engine():
    return ppocr.create()


def read(content, engine, name="a"):
    return read_text(content, file_name=name, settings=SETTINGS, engine=engine)


def flat(reading):
    return "".join("\n".join(t.text for t in reading.texts).split()).replace(",", "")


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_turned_scan_is_read_upright(degrees, engine):
    with Image.open(SAMPLES / "receipt/till-scan/source.jpg") as image:
        pixels = np.asarray(image.convert("RGB"))
    straight = read((SAMPLES / "receipt/till-scan/source.jpg").read_bytes(), engine)
    buffer = io.BytesIO()
    Image.fromarray(turn(pixels, degrees)).save(buffer, "PNG")
    reading = read(buffer.getvalue(), engine)
    (page,) = reading.pages
    assert page.rotation_degrees == 360 - degrees
    assert (page.width_px, page.height_px) == (pixels.shape[1], pixels.shape[0])
    words = [w for line in straight.texts[0].lines for w in line.words if len(w.text) > 4]
    once = {text for text, count in Counter(w.text for w in words).items() if count == 1}
    places = {w.text: w.box for w in words if w.text in once}
    same = [(places[w.text], w.box) for line in reading.texts[0].lines for w in line.words if w.text in places]
    assert len(same) >= 5
    for expected, found in same:
        assert found.as_list() == pytest.approx(expected.as_list(), abs=12)


@pytest.mark.parametrize(
    ("sample", "printed"),
    [
        ("receipt/till-photo/source.jpg", ["T6999932673162", "1712", "幕の内弁当"]),
        ("receipt/ticket-skewed/source.jpg", ["駐車"]),
        ("invoice/letterhead-fax/source.tif", ["請求書"]),
        ("invoice/scan-pdf/source.pdf", ["請求書"]),
        ("invoice/slip-folded/source.jpg", ["請求書"]),
    ],
)
def test_worn_documents_are_read(sample, printed, engine):
    path = SAMPLES / sample
    reading = read(path.read_bytes(), engine, path.name)
    text = flat(reading)
    assert reading.faults == ()
    assert [p for p in printed if p not in text] == []
    assert {p.rotation_degrees for p in reading.pages} == {0}
    assert set(reading.seconds) >= {"pages", "text"}


def test_label_and_value_stand_on_one_line_on_a_skewed_photo(engine):
    reading = read((SAMPLES / "receipt/till-photo/source.jpg").read_bytes(), engine)
    rows = ["".join(line.text.split()) for line in reading.texts[0].lines]
    assert any("合計" in row and "1,712" in row for row in rows), rows
