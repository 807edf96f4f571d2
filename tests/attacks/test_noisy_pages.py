"""Pages made to cost time, with thousands of blobs that look like text: what they cost is bounded in network runs."""

from dataclasses import replace

import numpy as np
import pytest

from extractors.ocr import detection, ppocr
from extractors.ocr.sessions import Session

BLOBS = (100, 100)
"""Rows and columns: 10,000 blobs."""
PER_STRETCH = 5
"""Level, vertical, and the looks again at what was not sure."""


@pytest.fixture(scope="module")
def engine():
    return ppocr.create(threads=1)


def blobs(values):
    """A detector that sees text everywhere."""
    rows, columns = values.shape[2:]
    out = np.zeros((1, 1, rows, columns), np.float32)
    for y in range(BLOBS[0]):
        for x in range(BLOBS[1]):
            top, left = y * rows // BLOBS[0], x * columns // BLOBS[1]
            out[0, 0, top + 1 : top + 6, left + 1 : left + 7] = 0.9
    return out


@pytest.mark.ocr
@pytest.mark.parametrize("sureness", [0.4, 0.99])
def test_ten_thousand_blobs_cost_a_bounded_number_of_looks(engine, sureness):
    looks = []

    def recognise(values):
        """Every stretch reads as a few characters."""
        looks.append(values.shape)
        out = np.zeros((1, values.shape[3] // 8, len(engine.alphabet)), np.float32)
        out[:, :, 0] = 1.0
        out[:, ::4, 100] = sureness
        out[:, ::4, 0] = 1.0 - sureness
        return out

    hostile = replace(engine, detector=Session(run=blobs), recogniser=Session(run=recognise), seconds_per_page=1e9)
    page = np.random.default_rng(3).integers(0, 256, (1600, 1600, 3), dtype=np.uint8)
    text = hostile.read_page(page, page_index=0, dpi=200.0)
    assert 1000 < len(looks) <= PER_STRETCH * detection._MAX_CANDIDATES
    assert len(text.lines) <= detection._MAX_CANDIDATES
