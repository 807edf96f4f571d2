"""What is wrong with a file as a whole, or with a page that nothing was read of, reaches the documents it is about."""

import dataclasses
import io
import zipfile
from datetime import date

import pikepdf
import pytest

from classifiers import rules
from classifiers.split import PageGroup
from domain.engines import FieldContext
from domain.errors import UnsupportedMedia
from domain.page import Fault
from extractors.ocr import null
from extractors.settings import ExtractorSettings
from pipeline.steps.apart import pages_of, read_apart
from pipeline.steps.read import Reader, read_groups, text_of
from pipeline.steps.reading import Reading
from tests.support.stacks import CONTRACT, INVOICE, RECEIPT, sample, stacked

CONTEXT = FieldContext(our_companies=("株式会社灯台製作所",), today=date(2026, 11, 22))


def reader(**limits):
    return Reader(engine=null.create(), second=None, classifier=rules.create(), settings=ExtractorSettings(**limits))


def read(content, name="a.pdf", **limits):
    using = reader(**limits)
    how = Reading(
        client_id="default",
        reader=using,
        context=CONTEXT,
        text_of=lambda part, named: text_of(part, file_name=named, reader=using),
    )
    return read_apart(content, file_name=name, unit_id="u", how=how).reading


def unread(reading):
    """Which of its documents a person is sent to because something could not be read."""
    return ["page_unreadable" in {reason.code for reason in one.review_reasons} for one in reading.documents]


def cut_off(content):
    """As a broken transfer leaves it: the table of objects stands at the end, and the end is missing."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()[:-400]


def test_a_file_that_had_to_be_mended_sends_each_of_its_documents_to_a_person():
    whole = stacked(sample(INVOICE), sample(CONTRACT), sample(RECEIPT))
    assert unread(read(whole)) == [False, False, False]
    mended = read(cut_off(whole))
    assert unread(mended) == [True, True, True]
    assert ["修復して読みました" in fault.message_ja for fault in mended.faults] == [True]


def test_one_document_that_had_to_be_mended_is_for_a_person():
    assert unread(read(sample(INVOICE))) == [False]
    assert unread(read(cut_off(sample(INVOICE)))) == [True]


def test_pages_over_the_limit_are_said_of_the_document_before_them():
    whole = stacked(sample(INVOICE), sample(RECEIPT), sample(CONTRACT))
    reading = read(whole, max_pages=2)
    assert unread(reading)[0] is False
    assert unread(reading)[-1] is True
    assert unread(read(sample(CONTRACT), max_pages=1)) == [True]


def test_a_page_that_nothing_was_read_of_is_said_of_the_document_that_it_lies_in():
    using = reader()
    text = text_of(stacked(sample(INVOICE), sample(CONTRACT)), file_name="a.pdf", reader=using)
    gone = Fault(code="damaged", message="gone", message_ja="読めません", page_index=2)
    without = dataclasses.replace(text, texts=text.texts[:2], faults=(gone,))
    groups = (PageGroup(pages=(0,)), PageGroup(pages=(1,)))
    documents = read_groups(without, groups, unit_id="u", reader=using, context=CONTEXT, seconds={})
    found = [{reason.code for reason in one.review_reasons} for one in documents]
    assert ["page_unreadable" in codes for codes in found] == [False, True]


def test_a_part_of_a_file_keeps_what_is_wrong_with_the_whole():
    text = text_of(cut_off(sample(CONTRACT)), file_name="a.pdf", reader=reader())
    assert pages_of(text, (1,)).faults == text.faults != ()


def test_an_archive_of_papers_is_not_taken_for_one_of_them():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("請求書.pdf", sample(INVOICE))
        archive.writestr("領収書.pdf", sample(RECEIPT))
    with pytest.raises(UnsupportedMedia) as told:
        read(buffer.getvalue(), "まとめ.zip")
    assert "ZIPファイル" in told.value.message_ja
