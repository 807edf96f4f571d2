"""Believable records of documents, for tests of the page and for working on its looks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from domain.evidence import Authority, Check, Outcome
from domain.fields import (
    CalendarDate,
    Field,
    FieldSet,
    FieldStatus,
    LineItem,
    LineItems,
    Money,
    Source,
    TaxBreakdown,
    TaxRow,
    Text,
)
from domain.geometry import Box
from domain.ids import Digest, Origin, document_id_for, unit_id_for
from domain.page import EngineId, PageRef
from domain.record import (
    ArchiveRecord,
    Classification,
    DocumentState,
    ImportanceClass,
)

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
ENGINE = EngineId(name="ppocr.v1", version="6.0", config_digest="")
WIDTH_PX, HEIGHT_PX = 1240, 1754
AUTHORITY = Authority(name="local", accredited=False, label_ja="組み込みの時刻局（認定なし）")


def field(name, value, raw, box=None, *, confidence=0.98, status=FieldStatus.FOUND):
    sources = (Source(page_index=0, boxes=(Box(left=box[0], top=box[1], right=box[2], bottom=box[3]),)),) if box else ()
    return Field(
        name=name, value=value, raw_text=raw, status=status, sources=sources, confidence=confidence, engine=ENGINE
    )


def record(number, kind, party, amount, day, *, state=DocumentState.FILED, reasons=(), origin=Origin.PAPER_RECEIVED):
    unit_id = unit_id_for(client_id="default", origin=origin, digest=Digest.of(str(number).encode()))
    fields = [
        field("transaction_date", CalendarDate(day=day) if day else None, str(day), (880, 150, 1140, 186)),
        field(
            "total_amount",
            Money(amount=Decimal(amount)) if amount is not None else None,
            f"¥{amount}-",
            (120, 420, 420, 470),
        ),
        field("counterparty", Text(text=party) if party else None, party, (780, 250, 1140, 290)),
        field("issuer", Text(text=party) if party else None, party, (780, 250, 1140, 290)),
        field("recipient", Text(text="株式会社みどり製作所"), "株式会社みどり製作所 御中", (100, 250, 520, 290)),
        field(
            "registration_number", Text(text="T1234567890123"), "T1234567890123", (780, 300, 1140, 330), confidence=0.83
        ),
        field(
            "tax_breakdown",
            TaxBreakdown(rows=(TaxRow(rate=Decimal(10), taxable=Decimal(100000), tax=Decimal(10000)),)),
            None,
            (700, 1200, 1140, 1240),
        ),
        field(
            "line_items",
            LineItems(
                rows=(
                    LineItem(
                        description="コピー用紙 A4 500枚",
                        quantity=Decimal(20),
                        unit="冊",
                        unit_price=Decimal(480),
                        amount=Decimal(9600),
                    ),
                    LineItem(description="トナーカートリッジ", quantity=Decimal(4), unit="本", amount=Decimal(90400)),
                )
            ),
            None,
            (100, 700, 1140, 800),
        ),
        field("due_date", None, None),
        field("bank_account", None, None),
    ]
    return ArchiveRecord(
        client_id="default",
        document_id=document_id_for(unit_id=unit_id, ordinal=0),
        revision=1,
        supersedes=None,
        state=state,
        pages=(PageRef(unit_id=unit_id, page_index=0, width_px=WIDTH_PX, height_px=HEIGHT_PX),),
        classification=Classification(label=kind, confidence=0.99, reasons=("heading",), engine=ENGINE),
        importance=ImportanceClass.IMPORTANT,
        fields=FieldSet(fields=tuple(fields)),
        checks=(
            Check(name="totals_add_up", outcome=Outcome.PASSED),
            Check(name="check_digit", outcome=Outcome.INDETERMINATE, detail="読み取りに確信がない"),
        ),
        review_reasons=tuple(reasons),
        text=f"{party}\n¥{amount}-",
        recorded_at=NOW - timedelta(minutes=number),
        recorded_by="engine",
        received_on=date(2026, 11, 20),
        received_on_assumed=bool(number % 3 == 0),
        origin=origin,
        retain_until=date(2034, 5, 31),
    )
