"""Which pages of a made stack belong to which document."""

import pytest

from domain.fields import DocumentType
from samples.generator.stacks import Member, assemble, merged
from tests.support.documents import text_pdf


def member(name, *pages):
    pdf = merged([text_pdf(*lines) for lines in pages])
    return Member(name=name, pdf=pdf, pages=len(pages), document_type=DocumentType.RECEIPT, layout="test")


MEMBERS = (member("first", ("RECEIPT 1",), ()), member("second", ("RECEIPT 2",), ("more of it",)))


@pytest.mark.parametrize("condition", ["born_digital", "scan200"])
def test_a_page_on_which_nothing_is_printed_belongs_to_no_document(condition):
    stack = assemble("x", MEMBERS, condition=condition, seed=1)
    assert (stack.page_count, stack.documents) == (4, ((0,), (2, 3)))


def test_neither_do_separator_sheets_and_empty_backs():
    separated = assemble("x", MEMBERS, condition="born_digital", seed=1, separator=text_pdf("SHOKO:SPLIT"))
    assert (separated.page_count, separated.documents) == (5, ((0,), (3, 4)))
    both_sides = assemble("x", MEMBERS, condition="duplex", seed=1)
    assert (both_sides.page_count, both_sides.documents) == (6, ((0,), (2, 4)))
