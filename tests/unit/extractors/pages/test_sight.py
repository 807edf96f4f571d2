"""A first look at scans: dark ones and ones cut off at the edge are told from good ones."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from extractors.media import sniff
from extractors.pages.sight import codes_of, first_sight
from extractors.settings import ExtractorSettings

SET = Path(__file__).parents[4] / "samples" / "set"
SETTINGS = ExtractorSettings()
SCANS = ("invoice/classic-scan", "receipt/till-scan", "receipt/ticket-skewed", "contract/schedule-bleed")


def picture(slug):
    return cv2.imread(str(next((SET / slug).glob("source.*"))), cv2.IMREAD_COLOR)


def jpeg(pixels):
    return cv2.imencode(".jpg", pixels)[1].tobytes()


def codes(content):
    sight = first_sight(content, media_type=sniff(content[:65536], "a"), settings=SETTINGS)
    return [note.code for note in sight.notes]


@pytest.mark.parametrize("slug", SCANS)
def test_good_scans_are_not_warned_of(slug):
    content = next((SET / slug).glob("source.*")).read_bytes()
    assert codes(content) == []


def test_a_dark_picture_is_dark():
    assert codes(jpeg((picture("invoice/classic-scan") * 0.3).astype(np.uint8))) == ["dark"]


def test_lines_of_characters_cut_at_the_edge_are_seen():
    page = np.full((800, 600), 250, np.uint8)
    for left in range(20, 560, 24):  # characters of a line, all of which the upper edge cuts
        cv2.rectangle(page, (left, 0), (left + 7, 20), 20, -1)
    assert codes_of(page) == ("cut_off",)
    assert codes_of(page[::-1]) == ("cut_off",)
    assert codes_of(np.ascontiguousarray(page.T)) == ("cut_off",)


def test_rules_shadows_and_borders_are_nothing_that_was_cut():
    ruled = np.full((800, 600), 250, np.uint8)
    for left in (100, 300, 500):
        cv2.line(ruled, (left, 0), (left, 799), 20, 3)
    shadow = np.full((800, 600), 250, np.uint8)
    shadow[:, :12] = 40
    assert codes_of(ruled) == ()
    assert codes_of(shadow) == ()


def test_data_and_broken_files_say_nothing():
    for content, kind in ((b"%PDF-1.7 broken", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"x", "text/csv")):
        assert first_sight(content, media_type=kind, settings=SETTINGS).notes == ()
