"""Values are the same, or they are not."""

from datetime import date
from decimal import Decimal

import pytest

from domain.fields import (
    CalendarDate,
    DocumentType,
    Field,
    FieldSet,
    FieldStatus,
    LineItem,
    LineItems,
    Text,
    fields_for,
)
from domain.page import EngineId
from pipeline.benchmark.exact import other_fields, same_value

ENGINE = EngineId(name="x", version="1")


@pytest.mark.parametrize(
    ("expected", "got", "name", "same"),
    [
        ("A4 コピー用紙", "A4コピー用紙", "description", True),
        ("株式会社 青空商事", "若葉物産株式会社", "issuer", False),
        ("株式会社 青空商事", "(株)青空商事", "issuer", True),
        ([1, 2], [1], "", False),
        ([{"a": 1}], [{"a": 1, "b": 2}], "", True),
        ({"a": None}, {"a": 3}, "", False),
        (True, True, "", True),
        (None, "x", "", False),
    ],
)
def test_same_value(expected, got, name, same):
    assert same_value(expected, got, name=name) is same


def found(name, value):
    return Field(name=name, value=value, status=FieldStatus.FOUND, confidence=1.0, engine=ENGINE)


def test_other_fields_of_an_invoice():
    truth = dict.fromkeys(fields_for(DocumentType.INVOICE)) | {
        "currency": "JPY",
        "supply_from": "2026-10-01",
        "total_amount": 100,
        "line_items": [{"description": "紙", "amount": 100}],
    }
    rows = LineItems(rows=(LineItem(description="紙", amount=Decimal(100)),))
    fields = FieldSet(
        fields=(
            found("line_items", rows),
            found("supply_from", CalendarDate(day=date(2026, 10, 2))),
            found("recipient", Text(text="無いはず")),
        )
    )
    judged = dict(other_fields(DocumentType.INVOICE, truth, fields))
    assert judged == {"supply_from": False, "currency": False, "recipient": False, "line_items": True}


def test_contracts_have_parties_instead_of_issuer_and_recipient():
    truth = dict.fromkeys(fields_for(DocumentType.CONTRACT))
    fields = FieldSet(fields=(found("issuer", Text(text="青空商事")),))
    assert other_fields(DocumentType.CONTRACT, truth, fields) == ()
