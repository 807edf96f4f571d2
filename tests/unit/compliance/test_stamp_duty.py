"""Law: stamp-duty: papers whose amount asks to look for a stamp before they go."""

from decimal import Decimal

import pytest

from compliance.stamp_duty import may_need_stamp
from domain.fields import DocumentType, FieldSet, Money, Text
from tests.support.compliance_facts import make_field

T = DocumentType


def fields(**values):
    def value(given):
        return Text(text=given) if isinstance(given, str) else Money(amount=Decimal(given))

    return FieldSet(fields=tuple(make_field(name, value(given)) for name, given in values.items()))


@pytest.mark.parametrize(
    ("kind", "values", "asked"),
    [
        (T.RECEIPT, {"total_amount": 50_000}, True),
        (T.RECEIPT, {"total_amount": 49_999}, False),
        (T.RECEIPT, {"total_amount": 54_000, "tax_total": 4_909}, False),
        (T.RECEIPT, {"total_amount": 55_000, "tax_total": 5_000}, True),
        (T.RECEIPT, {"total_amount": 80_000, "payment_method": "credit_card"}, False),
        (T.RECEIPT, {"total_amount": 80_000, "payment_method": "cash"}, True),
        (T.CONTRACT, {"amount": 10_000}, True),
        (T.CONTRACT, {"amount": 9_999}, False),
        (T.CONTRACT, {"amount": 1_000_000, "stamp_duty": 400}, False),
        (T.CONTRACT, {}, False),
        (T.INVOICE, {"total_amount": 1_000_000}, False),
    ],
)
def test_who_is_asked_to_look_for_a_stamp(kind, values, asked):
    assert may_need_stamp(kind, fields(**values)) is asked
