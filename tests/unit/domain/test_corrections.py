from datetime import date
from decimal import Decimal

import pytest

from domain.corrections import MAX_CHARACTERS, parse_value, value_to_text
from domain.errors import CorrectionInvalid
from domain.fields import (
    BankAccount,
    CalendarDate,
    Flag,
    LineItem,
    LineItems,
    Money,
    Parties,
    Party,
    TaxBreakdown,
    TaxRow,
    Text,
)


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("transaction_date", "2026-10-31", CalendarDate(day=date(2026, 10, 31))),
        ("transaction_date", " 令和8年10月31日 ", CalendarDate(day=date(2026, 10, 31))),
        ("total_amount", "128,960", Money(amount=Decimal(128960))),
        ("total_amount", "¥128,960-", Money(amount=Decimal(128960))),
        ("discount", "-500", Money(amount=Decimal(-500))),
        ("counterparty", "㈱青空", Text(text="(株)青空")),
        ("document_number", "0012", Text(text="0012")),
        ("auto_renewal", "はい", Flag(flag=True)),
        ("auto_renewal", "なし", Flag(flag=False)),
        ("due_date", "  ", None),
        (
            "line_items",
            '[{"description": "ねじ", "amount": 300}]',
            LineItems(rows=(LineItem(description="ねじ", amount=Decimal(300)),)),
        ),
        (
            "bank_account",
            '{"bank": "みなみ銀行", "number": "0012345"}',
            BankAccount(bank="みなみ銀行", number="0012345"),
        ),
    ],
)
def test_what_people_type(name, typed, value):
    assert parse_value(name, typed) == value


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("nothing", "1"),
        ("transaction_date", "32日"),
        ("total_amount", "NaN"),
        ("total_amount", "高い"),
        ("auto_renewal", "たぶん"),
        ("line_items", "{}"),
        ("line_items", "[{]"),
        ("bank_account", "[]"),
        ("counterparty", "あ" * (MAX_CHARACTERS + 1)),
    ],
)
def test_what_is_no_value_is_refused_in_words(name, typed):
    with pytest.raises(CorrectionInvalid) as refused:
        parse_value(name, typed)
    assert refused.value.message_ja


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("total_amount", Money(amount=Decimal(128960))),
        ("transaction_date", CalendarDate(day=date(2026, 1, 2))),
        ("title", Text(text="覚書")),
        ("auto_renewal", Flag(flag=False)),
        ("tax_breakdown", TaxBreakdown(rows=(TaxRow(rate=Decimal(8), taxable=None, tax=Decimal(1)),))),
        ("parties", Parties(rows=(Party(role="甲", name="青空"),))),
        ("due_date", None),
    ],
)
def test_what_is_shown_can_be_typed_back(name, value):
    assert parse_value(name, value_to_text(value)) == value


def test_amounts_keep_the_documents_currency():
    assert parse_value("total_amount", "10.50", currency="EUR") == Money(amount=Decimal("10.50"), currency="EUR")
