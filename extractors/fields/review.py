"""When a person should look: unsure means review, with the reason. A silent error is the worst one."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from domain.engines import FieldContext
from domain.evidence import Check, Outcome
from domain.fields import DocumentType, Field, FieldSet, FieldStatus, LineItems, Money, TaxBreakdown
from domain.page import Fault
from domain.record import Classification, ReviewReason

TYPE_SURE = 0.9
"""Probability from which a class stands without a person: every one of 600 generated pages had it, and papers in
wordings that the class model had never met have it far less often (``classifiers.training.scoring``)."""
LEAST_CERTAIN = 0.82
"""Default of the setting ``least_certain``."""

_REQUIRED: dict[DocumentType, tuple[str, ...]] = {
    DocumentType.RECEIPT: ("transaction_date", "total_amount", "counterparty"),
    DocumentType.INVOICE: ("transaction_date", "total_amount", "counterparty"),
    DocumentType.QUOTATION: ("transaction_date", "total_amount", "counterparty"),
    DocumentType.PURCHASE_ORDER: ("transaction_date", "total_amount", "counterparty"),
    DocumentType.PAYMENT_STATEMENT: ("transaction_date", "total_amount", "counterparty"),
    DocumentType.CREDIT_NOTE: ("transaction_date", "total_amount", "counterparty"),
    DocumentType.DELIVERY_NOTE: ("transaction_date", "counterparty"),
    DocumentType.INSPECTION: ("transaction_date", "counterparty"),
    DocumentType.CONTRACT: ("transaction_date", "counterparty", "parties", "title"),
    DocumentType.OTHER: (),
}
_PROVEN_TOGETHER = ("subtotal", "tax_total", "tax_breakdown", "line_items", "registration_number")
"""Values that are ambiguous only where arithmetic chose them against the first reading (``readings``)."""
_MAY_BE_UNPRICED = frozenset({DocumentType.DELIVERY_NOTE, DocumentType.INSPECTION})
_LESS_CERTAIN = {"parties": 0.7, "title": 0.6}
"""Values that nothing is found or taxed by need less."""
_CHECK_REASONS = {"registration_check_digit": "check_digit_failed", "date_not_future": "future_date"}
_PROVEN = 0.96
"""Confidence of a total that arithmetic with deductions or a balance has proved, which the checks do not see."""
_PROVEN_BY = frozenset({"totals_add_up", "cash_and_change", "items_add_up"})


def review_reasons(
    classification: Classification,
    fields: FieldSet,
    checks: Sequence[Check],
    *,
    context: FieldContext,
    faults: Sequence[Fault] = (),
    least_certain: float = LEAST_CERTAIN,
) -> tuple[ReviewReason, ...]:
    """Why a person should look at a document; empty where everything that matters is certain.

    Args:
        classification: its class.
        fields: what was extracted.
        checks: what was found about them.
        context: what is known beside the text.
        faults: what could not be read.
        least_certain: a date, total or counterparty less probably right than this is for a person.
    """
    out: list[ReviewReason] = []
    kind = classification.label
    if kind is DocumentType.OTHER or classification.confidence < TYPE_SURE:
        out.append(ReviewReason(code="type_unsure"))
    for name in _REQUIRED[kind]:
        reason = _required(name, fields.get(name), least_certain)
        if reason is not None:
            out.append(reason)
    total = fields.get("total_amount")
    if total is not None and "total_amount" not in _REQUIRED[kind] and total.value is not None:
        reason = _required("total_amount", total, least_certain)
        if reason is not None:
            out.append(reason)
    out += [
        ReviewReason(code="field_ambiguous", field=name)
        for name in _PROVEN_TOGETHER
        if (field := fields.get(name)) is not None and field.status is FieldStatus.AMBIGUOUS
    ]
    if _priced_without_total(kind, fields):
        out.append(ReviewReason(code="field_missing", field="total_amount"))
    out += _from_checks(checks, fields)
    if context.issued_by_us is False and not context.our_companies and kind is DocumentType.CONTRACT:
        out.append(ReviewReason(code="counterparty_unsure", field="counterparty"))
    if faults:
        out.append(ReviewReason(code="page_unreadable"))
    return tuple(dict.fromkeys(out))


def _priced_without_total(kind: DocumentType, fields: FieldSet) -> bool:
    """A delivery note or an inspection may be without prices; one with prices has a total that was not found."""
    items = fields.value("line_items")
    priced = isinstance(items, LineItems) and any(row.amount for row in items.rows)
    return kind in _MAY_BE_UNPRICED and priced and fields.money("total_amount") is None


def _required(name: str, field: Field | None, least_certain: float) -> ReviewReason | None:
    if field is None or field.value is None:
        code = "counterparty_unsure" if name == "counterparty" else "field_missing"
        return ReviewReason(code=code, field=name)
    if field.status is FieldStatus.CORRECTED:
        return None
    if field.status is FieldStatus.AMBIGUOUS:
        return ReviewReason(code="field_ambiguous", field=name)
    if field.confidence < min(_LESS_CERTAIN.get(name, 1.0), least_certain):
        return ReviewReason(code="counterparty_unsure" if name == "counterparty" else "field_unsure", field=name)
    if isinstance(field.value, Money) and field.value.amount == 0:
        return ReviewReason(code="field_unsure", field=name)
    return None


def _from_checks(checks: Sequence[Check], fields: FieldSet) -> list[ReviewReason]:
    out = [
        ReviewReason(code=_CHECK_REASONS.get(check.name, "check_failed"), detail=check.name)
        for check in checks
        if check.outcome is Outcome.FAILED
    ]
    # Amounts that could add up and do not, in any way, are a warning about the digits.
    open_checks = {c.name for c in checks if c.outcome is Outcome.INDETERMINATE} & _PROVEN_BY
    proven = {c.name for c in checks if c.outcome is Outcome.PASSED} & _PROVEN_BY
    if not _goods_are_total(fields):
        proven -= {"items_add_up"}  # goods that add up to the subtotal say nothing about the total
    total = fields.get("total_amount")
    by_itself = total is not None and total.confidence >= _PROVEN
    if "totals_add_up" in open_checks and not proven and not by_itself and _has_parts(fields):
        out.append(ReviewReason(code="check_failed", detail="totals_add_up"))
    return out


def _goods_are_total(fields: FieldSet) -> bool:
    items, total = fields.value("line_items"), fields.money("total_amount")
    if not isinstance(items, LineItems) or total is None:
        return False
    return sum((row.amount or Decimal(0) for row in items.rows), Decimal(0)) == total.amount


def _has_parts(fields: FieldSet) -> bool:
    breakdown, items = fields.value("tax_breakdown"), fields.value("line_items")
    return fields.money("subtotal") is not None or isinstance(breakdown, TaxBreakdown) or isinstance(items, LineItems)
