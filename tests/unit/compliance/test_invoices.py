"""Law: inv-items, inv-simplified, inv-return: what an invoice lacks, and when none is needed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from compliance.fiscal_years import base_period, base_period_sales
from compliance.invoices import InvoiceContents, InvoiceForm, Item, completeness, contents_of, standing
from compliance.settings import CompanySettings
from domain.fields import CalendarDate, DocumentType, FieldSet, LineItem, LineItems, Money, TaxBreakdown, TaxRow, Text
from domain.labels import INVOICE_FORMS, INVOICE_ITEMS
from tests.support.records import field

ALL = frozenset(Item) - {Item.TAX_OR_RATE, Item.ORIGINAL_DATE}
DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("form", "items"),
    [
        (InvoiceForm.QUALIFIED, ALL),
        (InvoiceForm.SIMPLIFIED, ALL - {Item.RECIPIENT, Item.TAX_PER_RATE}),
        (InvoiceForm.SIMPLIFIED, ALL - {Item.RECIPIENT, Item.RATE}),
        (InvoiceForm.KUBUN_KISAI, ALL - {Item.NUMBER, Item.TAX_PER_RATE, Item.RATE}),
        (InvoiceForm.RETURN, (ALL | {Item.ORIGINAL_DATE}) - {Item.RECIPIENT, Item.TAX_PER_RATE}),
    ],
)
def test_each_form_has_its_items_and_misses_each_that_is_gone(form, items):
    assert completeness(InvoiceContents(has=items), form).complete
    for gone in items:
        found = completeness(InvoiceContents(has=items - {gone}), form)
        wanted = (
            {
                Item.RATE: Item.TAX_OR_RATE,
                Item.TAX_PER_RATE: Item.TAX_OR_RATE,
            }.get(gone, gone)
            if form in {InvoiceForm.SIMPLIFIED, InvoiceForm.RETURN}
            else gone
        )
        assert found.missing == (wanted,)


def test_what_nobody_could_tell_is_neither_there_nor_missing():
    found = completeness(
        InvoiceContents(has=ALL - {Item.CONTENT}, unknown=frozenset({Item.CONTENT})), InvoiceForm.QUALIFIED
    )
    assert (found.missing, found.unknown, found.complete) == ((), (Item.CONTENT,), False)


def test_those_who_sell_to_whoever_comes_name_no_recipient():
    without = InvoiceContents(has=ALL - {Item.RECIPIENT})
    assert completeness(without, InvoiceForm.KUBUN_KISAI).missing == (Item.RECIPIENT,)
    assert completeness(without, InvoiceForm.KUBUN_KISAI, simplified_trade=True).complete


def _fields(*, total=1000, **gone):
    values = {
        "issuer": Text(text="青空商事"),
        "recipient": Text(text="みどり商事"),
        "registration_number": Text(text="T7010705000725"),
        "transaction_date": CalendarDate(day=DAY),
        "tax_breakdown": TaxBreakdown(rows=(TaxRow(rate=Decimal(10), taxable=Decimal(900), tax=Decimal(90)),)),
        "line_items": LineItems(rows=(LineItem(description="紙"),)),
        "total_amount": Money(amount=Decimal(total)),
    }
    return FieldSet(fields=tuple(field(name, value) for name, value in (values | gone).items()))


def test_what_was_read_says_which_items_are_there():
    assert contents_of(_fields()).has == ALL
    no_tax = TaxBreakdown(rows=(TaxRow(rate=Decimal(10), taxable=None, tax=None),))
    assert contents_of(_fields(tax_breakdown=no_tax)).has == ALL - {Item.TOTALS_PER_RATE, Item.TAX_PER_RATE}
    assert contents_of(_fields(line_items=None)).unknown == {Item.CONTENT}
    assert Item.RATE not in contents_of(_fields(tax_breakdown=None)).has


@pytest.mark.parametrize(
    ("kind", "day", "gone", "form", "missing"),
    [
        (DocumentType.INVOICE, DAY, {}, "qualified", ()),
        (DocumentType.INVOICE, DAY, {"recipient": None}, "qualified", ("recipient",)),
        (DocumentType.INVOICE, DAY, {"registration_number": None}, "qualified", ("number",)),
        (DocumentType.INVOICE, date(2023, 9, 30), {"registration_number": None}, "kubun_kisai", ()),
        (DocumentType.RECEIPT, DAY, {"recipient": None}, "simplified", ()),
        (DocumentType.CREDIT_NOTE, DAY, {"recipient": None}, "return", ("original_date",)),
    ],
)
def test_a_document_as_the_invoice_it_should_be(kind, day, gone, form, missing):
    found = standing(kind, _fields(**gone), supply_date=day)
    assert (found.form, found.missing) == (form, missing)
    assert {found.form} <= set(INVOICE_FORMS)
    assert {*found.missing, *found.unknown} <= set(INVOICE_ITEMS)


def test_every_item_and_form_has_words():
    assert set(INVOICE_ITEMS) == {item.value for item in Item}
    assert set(INVOICE_FORMS) == {form.value for form in InvoiceForm}
    assert standing(DocumentType.INVOICE, _fields(), supply_date=date(2019, 9, 30)) is None


@pytest.mark.parametrize(("total", "needed"), [(9_999, False), (-9_999, False), (10_000, True), (-10_000, True)])
def test_small_returns_need_no_return_invoice(total, needed):
    assert standing(DocumentType.CREDIT_NOTE, _fields(total=total), supply_date=DAY).needed is needed


@pytest.mark.parametrize(
    ("settings", "year", "sales"),
    [
        ({}, 2025, 7),  # 2026-11-20 lies in the year to 2027-03-31; two before is the one to 2025-03-31
        ({"fiscal_year_end_month": 12}, 2024, 6),
        ({"entity": "blue_individual"}, 2024, 6),
    ],
)
def test_the_base_period_is_two_years_before(settings, year, sales):
    company = CompanySettings(sales_by_year={2024: 6, 2025: 7}, **settings)
    assert [one.name for one in base_period(DAY, settings=company)] == [year]
    assert base_period_sales(DAY, settings=company) == sales
    assert base_period_sales(date(2020, 1, 1), settings=company) is None
