"""What stands around a document, as its page shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.labels import Label
from pipeline.steps.related import Stage, Tie

if TYPE_CHECKING:
    from pipeline.steps.related import Related

STAGE_LABELS: dict[Stage, Label] = {
    Stage.QUOTATION: ("見積", "Quotation"),
    Stage.ORDER: ("注文・契約", "Order"),
    Stage.DELIVERY: ("納品・検収", "Delivery"),
    Stage.INVOICE: ("請求", "Invoice"),
    Stage.PAYMENT: ("支払・領収", "Payment"),
}
TIE_LABELS: dict[Tie, Label] = {
    Tie.NUMBER: ("番号の記載", "names its number"),
    Tie.AMOUNT: ("同じ金額", "same total"),
}


def related_plain(found: Related) -> dict[str, Any]:
    """What stands around a document, as JSON."""
    return {
        "stage": found.stage.value if found.stage else None,
        "chain": {
            stage.value: [
                {"document_id": near.record.document_id, "ties": [tie.value for tie in near.ties]} for near in nears
            ]
            for stage, nears in found.chain
        },
        "duplicates": [record.document_id for record in found.duplicates],
        "same_counterparty": {
            "total": found.party_total,
            "at_least": found.party_at_least,
            "newest": [hit.document_id for hit in found.same_party],
        },
    }
