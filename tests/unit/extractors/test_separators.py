"""Separator sheets: what is printed is what is read, clean, turned and coarse."""

import cv2
import numpy as np
import pypdfium2
import pytest

from classifiers.page_signs import SEPARATOR
from extractors.pages.codes import read_codes
from extractors.separators import separator_sheets


def drawn(dpi):
    page = pypdfium2.PdfDocument(separator_sheets())[0]
    return np.array(page.render(scale=dpi / 72).to_numpy())


@pytest.mark.parametrize(("dpi", "turns", "blur"), [(200, 0, 0.0), (200, 2, 1.2), (100, 1, 0.0), (300, 3, 2.0)])
def test_a_scanned_sheet_is_known(dpi, turns, blur):
    pixels = np.rot90(drawn(dpi), turns).copy()
    if blur:
        pixels = cv2.GaussianBlur(pixels, (0, 0), blur)
    assert SEPARATOR in read_codes(pixels)


def test_a_page_without_codes():
    assert read_codes(np.full((700, 500, 3), 255, np.uint8)) == ()


def test_as_many_sheets_as_asked_for_within_reason():
    assert len(pypdfium2.PdfDocument(separator_sheets(3))) == 3
    assert len(pypdfium2.PdfDocument(separator_sheets(1000))) == 100
    assert separator_sheets(2) == separator_sheets(2)
