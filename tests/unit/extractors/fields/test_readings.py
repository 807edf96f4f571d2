"""Second readings are taken only where the sums of the paper prove them, and then they go to a person."""

from dataclasses import replace
from decimal import Decimal

import pytest

from domain.fields import DocumentType, FieldStatus
from domain.page import EngineId
from domain.record import Classification
from extractors.fields import extract_fields
from extractors.fields.checks import run_checks
from extractors.fields.review import review_reasons

T = DocumentType.INVOICE
KIND = Classification(label=T, confidence=1.0, reasons=(), engine=EngineId(name="x", version="1"))


def invoice(paper, **seconds):
    """An invoice over 4 × 3,500: each amount as first read, and what a second opinion said of it."""
    page = paper(
        [(600, "請求書", 60)],
        "発行日 2026年5月6日",
        [(1000, "株式会社青空商事", 36)],
        [(1000, "登録番号 T7000012050002")],
        [(100, "品名"), (500, "数量"), (700, "単価"), (900, "金額")],
        [(100, "紙"), (500, "4"), (700, "3,500"), (900, "14,000")],
        [(700, "小計"), (900, seconds.get("subtotal", "14,000"))],
        [(700, "消費税(10%)"), (900, seconds.get("tax", "1,400"))],
        [(700, "合計"), (900, seconds.get("total", "15,400"))],
    )
    others = seconds.get("others", {})
    lines = tuple(
        replace(line, words=tuple(replace(w, alternatives=others.get(w.text, ())) for w in line.words))
        for line in page.lines
    )
    return replace(page, lines=lines)


def read(page, context):
    fields = extract_fields(T, (page,), context=context)
    return fields, review_reasons(KIND, fields, run_checks(T, fields, context=context), context=context)


def test_the_second_reading_by_which_the_sum_comes_out_is_taken_and_marked(paper, context):
    page = invoice(paper, total="16,400", others={"16,400": ("15,400",)})
    fields, reasons = read(page, context)
    assert fields.money("total_amount").amount == 15400
    assert fields.get("total_amount").status is FieldStatus.AMBIGUOUS
    assert ("field_ambiguous", "total_amount") in {(r.code, r.field) for r in reasons}


def test_a_reading_that_nobody_made_is_never_produced(paper, context):
    fields, reasons = read(invoice(paper, total="16,400"), context)
    assert fields.money("total_amount").amount == 16400
    assert reasons


def test_a_second_reading_that_proves_nothing_is_left_alone(paper, context):
    page = invoice(paper, others={"15,400": ("15,900",), "1,400": ("1,480",)})
    fields, _ = read(page, context)
    assert fields.money("total_amount").amount == 15400
    assert fields.get("total_amount").status is FieldStatus.FOUND


def test_two_figures_that_are_both_wrong_are_put_right_together(paper, context):
    page = invoice(paper, total="16,400", tax="1,900", others={"16,400": ("15,400",), "1,900": ("1,400",)})
    fields, reasons = read(page, context)
    assert fields.money("total_amount").amount == 15400
    assert fields.money("tax_total").amount == 1400
    assert {r.field for r in reasons if r.code == "field_ambiguous"} >= {"total_amount", "tax_total"}


def test_the_check_digit_chooses_between_two_registration_numbers(paper, context):
    page = paper("請求書", [(1000, "登録番号")], [(1000, "T8000012050002")])
    words = tuple(replace(w, alternatives=("T7000012050002",)) for w in page.lines[-1].words)
    page = replace(page, lines=(*page.lines[:-1], replace(page.lines[-1], words=words)))
    fields, reasons = read(page, context)
    assert fields.text("registration_number") == "T7000012050002"
    assert ("field_ambiguous", "registration_number") in {(r.code, r.field) for r in reasons}


@pytest.mark.parametrize("others", [("15,900", "16,900"), ("abc",)])
def test_readings_without_proof_change_nothing(paper, context, others):
    fields, _ = read(invoice(paper, total="16,400", others={"16,400": others}), context)
    assert fields.money("total_amount").amount == Decimal(16400)
