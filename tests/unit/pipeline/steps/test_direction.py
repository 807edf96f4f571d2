from datetime import date

import pytest

from domain.fields import DocumentType, Text
from domain.ids import Origin
from domain.labels import REVIEW_REASONS
from domain.record import ImportanceClass
from pipeline.steps.direction import REASON, direction_reasons, importance_of
from pipeline.steps.read import with_reasons
from tests.support.records import field, make_draft, with_fields

TODAY = date(2026, 11, 21)
US = ("株式会社みどり商事",)
T = DocumentType
PAPER, COPY = Origin.PAPER_RECEIVED, Origin.PAPER_ISSUED_COPY


def reading(issuer, recipient, kind=T.DELIVERY_NOTE):
    draft = make_draft("unit-1", document_type=kind)
    values = (("issuer", issuer), ("recipient", recipient))
    return with_fields(draft, *(field(name, Text(text=text) if text else None) for name, text in values)).reading


@pytest.mark.parametrize(
    ("document", "origin", "doubt"),
    [
        (reading("青空商事", "みどり商事(株)"), PAPER, False),
        (reading("㈱みどり商事", "青空商事"), PAPER, True),
        (reading("㈱みどり商事", "青空商事"), Origin.ELECTRONIC_RECEIVED, True),
        (reading("㈱みどり商事", "青空商事"), COPY, False),
        (reading("青空商事", "株式会社みどり商事"), COPY, True),
        (reading("青空商事", "株式会社みどり商事"), Origin.UNKNOWN, False),
        (reading(None, None), PAPER, False),
        (reading("㈱みどり商事", "㈱みどり商事"), PAPER, False),
        (reading("㈱みどり商事", "青空商事", T.CONTRACT), PAPER, False),
    ],
)
def test_the_paper_and_the_way_it_came_are_compared(document, origin, doubt):
    assert [reason.code for reason in direction_reasons(document, origin, US)] == [REASON] * doubt
    assert direction_reasons(document, origin, ()) == ()


def test_while_the_direction_is_in_doubt_a_document_is_important():
    own = reading("㈱みどり商事", "青空商事")
    assert importance_of(own, COPY, stored_at=TODAY) is ImportanceClass.GENERAL, "law: scan-doc-class"
    doubtful = with_reasons(own, *direction_reasons(own, PAPER, US))
    assert importance_of(doubtful, COPY, stored_at=TODAY) is ImportanceClass.IMPORTANT
    assert REASON in REVIEW_REASONS
