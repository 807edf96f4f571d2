"""What every OCR engine promises."""

import inspect
from collections import Counter

import cv2
import numpy as np
import pytest

from domain import registry
from domain.engines import OcrEngine
from domain.page import PageText

REGISTRY = registry.Registry(registry.OCR_ENGINES)
NAMES = REGISTRY.names()
READING = [name for name in NAMES if not name.startswith("null.")]


@pytest.fixture(scope="module")
def engines():
    made = {}

    def get(name):
        if name not in made:
            made[name] = REGISTRY.load(name)(threads=1)
        return made[name]

    return get


def page_with(*lines, scale=1.4, turned=0):
    pixels = np.full((420, 900, 3), 255, np.uint8)
    for row, text in enumerate(lines):
        cv2.putText(pixels, text, (60, 90 + 90 * row), cv2.FONT_HERSHEY_SIMPLEX, scale, (0, 0, 0), 3, cv2.LINE_AA)
    return pixels


def test_the_built_in_engines_are_registered():
    assert set(NAMES) >= {"duo.v1", "null.v1", "ppocr.v1", "tesseract.v1"}


@pytest.mark.ocr
@pytest.mark.parametrize("name", NAMES)
def test_factory_and_protocol(name, engines):
    engine = engines(name)
    assert isinstance(engine, OcrEngine)
    assert engine.engine_id.name == name
    assert engine.engine_id.version
    assert engine.engine_id == REGISTRY.load(name)(threads=1).engine_id
    parameters = inspect.signature(REGISTRY.load(name)).parameters
    assert {"threads", "seconds_per_page"} <= set(parameters)
    assert all(p.kind is inspect.Parameter.KEYWORD_ONLY for p in parameters.values())


@pytest.mark.ocr
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(200, 300, 3), (1, 1, 3), (3, 900, 3), (900, 3, 3), (64, 64)])
def test_blank_and_odd_pages_give_a_page_without_text(name, shape, engines):
    text = engines(name).read_page(np.full(shape, 255, np.uint8), page_index=4, dpi=200.0)
    assert isinstance(text, PageText)
    assert text.page_index == 4
    assert text.engine == engines(name).engine_id
    assert text.text.strip() == ""


@pytest.mark.ocr
@pytest.mark.parametrize("name", NAMES)
def test_noise_is_survived_and_the_picture_is_left_alone(name, engines):
    noise = np.random.default_rng(7).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    before = noise.copy()
    engines(name).read_page(noise, page_index=0, dpi=0.0)
    assert np.array_equal(noise, before)


@pytest.mark.ocr
@pytest.mark.parametrize("name", READING)
def test_text_is_read_in_order_with_boxes_around_it(name, engines):
    pixels = page_with("INVOICE 2024", "TOTAL 128,960", "NUMBER 7")
    text = engines(name).read_page(pixels, page_index=0, dpi=200.0)
    flat = text.text.replace(" ", "").upper()
    assert flat.splitlines()[0].startswith("INVOICE")
    assert "128,960" in flat
    assert flat.index("INVOICE") < flat.index("TOTAL") < flat.index("NUMBER")
    for line in text.lines:
        assert line.words
        for word in line.words:
            assert 0.0 <= word.confidence <= 1.0
            assert word.text
            assert word.text == word.text.strip()
            assert word.box.left < word.box.right
            assert word.box.top < word.box.bottom
            dark = (pixels[word.box.top : word.box.bottom, word.box.left : word.box.right] < 128).any(axis=2)
            assert dark.mean() > 0.02
    amount = next(w for line in text.lines for w in line.words if "128,960" in w.text)
    ink = np.argwhere((pixels[110:200] < 128).any(axis=2))
    assert abs(amount.box.right - ink[:, 1].max()) < 25
    assert amount.box.top < 110 + ink[:, 0].mean() < amount.box.bottom


@pytest.mark.ocr
@pytest.mark.parametrize("name", READING)
def test_the_same_page_gives_the_same_text(name, engines):
    pixels = page_with("RECEIPT 0042")
    first = engines(name).read_page(pixels, page_index=0, dpi=200.0)
    assert engines(name).read_page(pixels, page_index=0, dpi=200.0) == first


@pytest.mark.ocr
@pytest.mark.parametrize("name", READING)
def test_a_page_over_its_time_is_a_timeout(name):
    from domain.errors import EngineTimeout

    engine = REGISTRY.load(name)(threads=1, seconds_per_page=0.000_001)
    with pytest.raises(EngineTimeout) as caught:
        engine.read_page(page_with("SLOW PAGE"), page_index=2, dpi=200.0)
    assert caught.value.retryable
    assert caught.value.page_number == 3
    assert "3ページ目" in caught.value.message_ja


@pytest.mark.ocr
def test_both_runtimes_of_ppocr_read_the_same():
    from extractors.ocr import ppocr

    pixels = page_with("TOTAL 128,960", "NO. 20-31-A")
    texts = {
        runtime: ppocr.create(runtime=runtime).read_page(pixels, page_index=0, dpi=200.0).text
        for runtime in ("openvino", "onnxruntime")
    }
    assert texts["openvino"] == texts["onnxruntime"]


_OUT_OF_ORDER = 0.02
"""Characters that may stand elsewhere: the page has entries of a journal side by side."""


@pytest.mark.ocr
@pytest.mark.sample_data
@pytest.mark.parametrize(("name", "most_wrong"), [("duo.v1", 0.01), ("ppocr.v1", 0.01), ("tesseract.v1", 0.12)])
def test_a_japanese_page_is_read_well(name, most_wrong, engines, sample_data):
    import unicodedata

    pixels = cv2.imread(str(sample_data / "ja-pages/images/nta_tsutatsu2021_p014.png"))[:, :, ::-1].copy()
    truth = (sample_data / "ja-pages/text/nta_tsutatsu2021_p014.txt").read_text("utf-8")
    read = engines(name).read_page(pixels, page_index=0, dpi=150.0).text
    want, got = ("".join(unicodedata.normalize("NFKC", t).split()) for t in (truth, read))
    missed, added = Counter(want) - Counter(got), Counter(got) - Counter(want)
    assert max(missed.total(), added.total()) / len(want) < most_wrong
    assert _edits(want, got) / len(want) < _OUT_OF_ORDER + most_wrong


def _edits(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]
