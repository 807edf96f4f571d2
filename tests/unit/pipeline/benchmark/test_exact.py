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
from pipeline.benchmark.accuracy import Verdict
from pipeline.benchmark.exact import Cause, failures, judged_fields, same_value

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


def test_the_fields_of_an_invoice():
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
    judged = judged_fields(DocumentType.INVOICE, truth, fields)
    assert {row.field: row.verdict for row in judged} == {
        "supply_from": Verdict.WRONG,
        "total_amount": Verdict.MISSING,
        "currency": Verdict.MISSING,
        "recipient": Verdict.INVENTED,
        "line_items": Verdict.RIGHT,
    }
    listed = failures("a.pdf", judged, truth, fields, type_right=True, text="合計 100円")
    assert {row.field: row.cause for row in listed} == {
        "supply_from": Cause.CHOICE,
        "total_amount": Cause.NOT_FOUND,
        "currency": Cause.CHARACTERS,
        "recipient": Cause.INVENTED,
    }
    taken_for_another = failures("a.pdf", judged, truth, fields, type_right=False, text="")
    assert {row.cause for row in taken_for_another} == {Cause.CLASS}


def test_the_order_of_tax_rows_says_nothing():
    ten, eight = {"rate": 10, "taxable": 100, "tax": 10}, {"rate": 8, "taxable": 50, "tax": 4}
    assert same_value([ten, eight], [eight, ten], name="tax_breakdown")
    assert not same_value([ten, eight], [eight, eight], name="tax_breakdown")
    assert not same_value([{"a": 1}, {"a": 2}], [{"a": 2}, {"a": 1}], name="line_items")


def test_contracts_have_parties_instead_of_issuer_and_recipient():
    truth = dict.fromkeys(fields_for(DocumentType.CONTRACT))
    fields = FieldSet(fields=(found("issuer", Text(text="青空商事")),))
    assert judged_fields(DocumentType.CONTRACT, truth, fields) == ()
