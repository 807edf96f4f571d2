"""What stands in an input is read back as the value it stands for, and leaving it alone changes nothing."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.web.entering import entered, entered_text, is_as_before, row_of
from domain.corrections import parse_value
from domain.fields import CalendarDate, Flag, Money, Number, Text
from tests.support.compliance_facts import RECORD
from tests.support.records import field


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("transaction_date", CalendarDate(day=date(2017, 7, 21)), "2017/07/21"),
        ("total_amount", Money(amount=Decimal(865942), currency="JPY"), "865,942"),
        ("total_amount", Money(amount=Decimal(-1200), currency="JPY"), "-1,200"),
        ("total_amount", Money(amount=Decimal(123456789012), currency="JPY"), "123,456,789,012"),
        ("auto_renewal", Flag(flag=False), "いいえ"),
        ("issuer", Text(text="㈱青空"), "㈱青空"),
    ],
)
def test_a_value_is_read_back(name, value, shown):
    assert entered_text(value) == shown
    assert parse_value(name, shown) in {value, Text(text="(株)青空")}


def test_other_kinds():
    assert entered_text(None) == ""
    assert entered_text(Number(number=Decimal("12.50"))) == "12.50"
    assert entered_text(Money(amount=Decimal(5920), currency="USD")) == "5,920.00"


def test_another_way_of_writing_changes_nothing():
    record = replace(
        RECORD,
        fields=RECORD.fields.replaced(field("transaction_date", CalendarDate(day=date(2026, 10, 31)))),
    )
    for same in ("2026/10/31", "2026-10-31", "令和8年10月31日", " 2026/10/31\r\n"):
        assert is_as_before("transaction_date", same, record)
    for other in ("2026/10/30", "", "いつか"):
        assert not is_as_before("transaction_date", other, record)
    assert row_of(record, "transaction_date")["text"] == "2026/10/31"
    assert row_of(record, "total_amount")["unit"] == "JPY"


def test_what_is_no_value_stays_as_it_was_typed():
    assert entered("transaction_date", "いつか", RECORD) == "いつか"
