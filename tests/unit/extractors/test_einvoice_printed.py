"""Data and print of one e-invoice: the data counts, a difference is told."""

from datetime import date
from decimal import Decimal

from domain.engines import FieldContext
from domain.evidence import Outcome
from domain.fields import CalendarDate, DocumentType, Field, FieldSet, FieldStatus, Money, Text
from domain.geometry import Box
from domain.page import EngineId, Line, PageText, Word
from extractors.einvoice import ENGINE
from extractors.einvoice_printed import compare_with_print

CONTEXT = FieldContext(today=date(2026, 11, 20))


def page(*rows):
    lines = []
    for number, text in enumerate(rows):
        box = Box(left=20, top=40 * number, right=20 + 14 * len(text), bottom=40 * number + 22)
        lines.append(Line(words=(Word(text=text, box=box, confidence=1.0),), box=box, row=number))
    return PageText(page_index=0, lines=tuple(lines), engine=EngineId(name="x", version="1"), source="text_layer")


def data(**values):
    return FieldSet(
        fields=tuple(
            Field(name=name, value=value, status=FieldStatus.FOUND, confidence=1.0, engine=ENGINE)
            for name, value in values.items()
        )
    )


def compare(fields, *rows):
    texts = (page(*rows),) if rows else ()
    return compare_with_print(fields, texts, document_type=DocumentType.INVOICE, context=CONTEXT)


TOTAL = Money(amount=Decimal(110000))
DAY = CalendarDate(day=date(2026, 10, 31))


def test_what_agrees_gets_its_place_on_the_page():
    fields, (check,) = compare(
        data(total_amount=TOTAL, transaction_date=DAY), "請求日 2026年10月31日", "ご請求金額 ¥110,000-"
    )
    assert check.outcome is Outcome.PASSED
    assert fields.get("total_amount").sources[0].boxes
    assert fields.money("total_amount") == TOTAL


def test_a_difference_is_named_and_the_data_stays():
    fields, (check,) = compare(
        data(total_amount=TOTAL, transaction_date=DAY), "請求日 2026年10月31日", "ご請求金額 ¥990,000-"
    )
    assert check.outcome is Outcome.FAILED
    assert check.detail == "total_amount"
    assert fields.money("total_amount") == TOTAL


def test_a_value_printed_in_another_form_agrees():
    number = Text(text="471102")
    euro = Money(amount=Decimal("529.87"), currency="EUR")
    _, (check,) = compare(data(total_amount=euro, document_number=number), "Rechnung 471102", "Gesamtbetrag 529,87 EUR")
    assert check.outcome is Outcome.PASSED


def test_without_pages_or_common_values_there_is_no_check():
    assert compare(data(total_amount=TOTAL))[1] == ()
    assert compare(data(total_amount=TOTAL), "下記の通り")[1] == ()
