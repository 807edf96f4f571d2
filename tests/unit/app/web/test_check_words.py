"""What a check found is said in the reader's language, whatever language the record has it in."""

import re
from datetime import date
from decimal import Decimal

import pytest

from app.web.document_view import detail_text
from compliance.capture_quality import judge
from domain.engines import FieldContext
from domain.evidence import Outcome
from domain.fields import CalendarDate, DocumentType, Field, FieldSet, FieldStatus, Money, TaxBreakdown, TaxRow, Text
from domain.page import CapturedPage
from domain.record import ImportanceClass
from extractors.fields.checks import run_checks
from tests.support.records import ENGINE

JAPANESE, LATIN = re.compile(r"[ぁ-んァ-ン一-龠、。]"), re.compile(r"[A-Za-z]{4,}")
TODAY = date(2026, 11, 20)


def day(year):
    return CalendarDate(day=date(year, 1, 1))


def fields(**values):
    return FieldSet(
        fields=tuple(
            Field(name=name, value=value, status=FieldStatus.FOUND, confidence=0.9, engine=ENGINE)
            for name, value in values.items()
        )
    )


WRONG = fields(
    transaction_date=day(1980),
    due_date=day(1979),
    supply_from=day(2021),
    supply_to=day(2020),
    registration_number=Text(text="T1234567890123"),
    total_amount=Money(amount=Decimal(1000), currency="JPY"),
    subtotal=Money(amount=Decimal(10), currency="JPY"),
    tax_breakdown=TaxBreakdown(rows=(TaxRow(rate=Decimal(10), taxable=Decimal(100), tax=Decimal(90)),)),
)
LATE = fields(transaction_date=day(2099), effective_from=day(2021), effective_to=day(2020))


def page(**more):
    plain = {"page_index": 1, "width_px": 600, "height_px": 800, "channels": 3, "bits_per_channel": 8}
    return CapturedPage(**(plain | more))


def found():
    context = FieldContext(today=TODAY)
    yield from run_checks(DocumentType.INVOICE, WRONG, context=context)
    yield from run_checks(DocumentType.CONTRACT, LATE, context=context)
    pages = (page(), page(width_mm=210.0, height_mm=297.0), page(palette=True), page(bits_per_channel=1))
    pages += (page(width_mm=210.0, height_mm=297.0, channels=1),)
    for one in pages:
        yield from judge([one], importance=ImportanceClass.IMPORTANT, stored_on=TODAY)


SAID = sorted({check.detail for check in found() if check.outcome is not Outcome.PASSED and check.detail})


def test_the_checks_that_can_be_wrong_are_wrong_here():
    assert len(SAID) >= 12


@pytest.mark.parametrize("detail", SAID)
def test_what_is_wrong_is_said_in_both_languages(detail):
    assert not JAPANESE.search(detail_text(detail, language="en"))
    assert JAPANESE.search(japanese := detail_text(detail, language="ja"))
    assert not LATIN.search(japanese), japanese
