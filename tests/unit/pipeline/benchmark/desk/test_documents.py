"""Made documents: the same for the same seed, as varied as an office's papers, and filed like any other."""

from collections import Counter
from datetime import date

import pytest

from domain.fields import DocumentType
from domain.ids import Origin
from domain.query import Query
from domain.record import DocumentState
from extractors.pages.render import page_png
from extractors.settings import ExtractorSettings
from pipeline.benchmark.desk.documents import made_document
from pipeline.benchmark.desk.filing import SetClock, beginning, fill
from pipeline.wiring import open_shoko
from storage.search import search
from tests.support.homes import quick_settings

TODAY = date(2026, 11, 20)


def made(number, seed=1):
    return made_document(number, seed=seed, last_day=TODAY)


def test_the_same_number_gives_the_same_document_and_another_another():
    assert made(3) == made(3)
    assert made(3).content != made(4).content
    assert made(3).content != made(3, seed=2).content


def test_they_are_as_varied_as_papers_of_an_office():
    all_of_them = [made(number) for number in range(1500)]
    assert {one.reading.classification.label for one in all_of_them} == set(DocumentType)
    assert {one.origin for one in all_of_them} == set(Origin)
    days = [one.reading.fields.day("transaction_date") for one in all_of_them]
    known = [day for day in days if day]
    assert TODAY.year - min(known).year >= 10
    assert max(known) <= TODAY
    assert None in days
    assert len(Counter(one.counterparty for one in all_of_them)) > 300
    assert {one.state for one in all_of_them} == {
        DocumentState.FILED,
        DocumentState.NEEDS_REVIEW,
        DocumentState.APPROVED,
    }
    assert len({reason.code for one in all_of_them for reason in one.reading.review_reasons}) > 4
    assert all(one.received_on >= day for one, day in zip(all_of_them, days, strict=True) if day)


def test_a_page_is_drawn_at_the_size_that_its_boxes_refer_to():
    one = made(1)
    page = one.reading.pages[0]
    png = page_png(
        one.content,
        media_type="application/pdf",
        page_index=0,
        settings=ExtractorSettings(),
        width_px=page.width_px,
        rotation_degrees=0,
    )
    assert png.startswith(b"\x89PNG")
    for field in one.reading.fields.fields:
        for box in (box for source in field.sources for box in source.boxes):
            assert 0 <= box.left < box.right <= page.width_px
            assert 0 <= box.top < box.bottom <= page.height_px


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    clock = SetClock(now=beginning(TODAY))
    shoko = open_shoko(quick_settings(tmp_path_factory.mktemp("made")), clock=clock)
    fill(shoko, clock, count=31, seed=1, last_day=TODAY, progress=lambda *_: None)
    yield shoko
    shoko.close()


def test_they_are_filed_stamped_and_worked_on(home):
    counts = home.archive.counts()
    assert (counts.documents, counts.stamped_units) == (31, 25)
    hits = search(home.archive, Query(include_deleted=True, limit=100)).hits
    assert len(hits) == 31
    assert search(home.archive, Query(words=("仕訳帳",))).total == 1
