"""When a paper may need a revenue stamp (law: stamp-duty): a hint to look at it, never a judgement."""

from __future__ import annotations

from decimal import Decimal

from domain.fields import DocumentType, FieldSet

RECEIPT_FROM = Decimal(50_000)
"""Receipts of less are free of duty (印紙税法 別表第一 17号, since 2014-04-01)."""
CONTRACT_FROM = Decimal(10_000)
"""Contracts of classes 1 and 2 about less are free of duty (別表第一 1号・2号)."""
PAID_BY_CARD = "credit_card"
"""A receipt that says so is no receipt of money (17号)."""


def may_need_stamp(kind: DocumentType, fields: FieldSet) -> bool:
    """Whether a paper of this class and amount may be one that is taxed and no stamp was read on it.

    The amount without its tax counts where the tax is stated by itself (基本通達: classes 1, 2 and 17).
    """
    if fields.money("stamp_duty") is not None:
        return False
    total, tax = fields.money("total_amount"), fields.money("tax_total")
    if kind is DocumentType.CONTRACT:
        amount = fields.money("amount") or total
        return amount is not None and amount.currency == "JPY" and amount.amount >= CONTRACT_FROM
    if kind is not DocumentType.RECEIPT or total is None or total.currency != "JPY":
        return False
    if fields.text("payment_method") == PAID_BY_CARD:
        return False
    net = total.amount - (tax.amount if tax is not None else Decimal(0))
    return net >= RECEIPT_FROM
