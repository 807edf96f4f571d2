"""Days, times and taxes of a document as the dashboard counts them: rebuildable, like the search index."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from domain.fields import TaxBreakdown
from domain.record import ArchiveRecord, DocumentState
from storage.archive import act_rows, division, schema

MOST_YEN = 10**12
"""Beyond a trillion yen a sum on a business paper is a misreading: it is left out of sums, which stay exact."""
_RATES = {Decimal(10): "10", Decimal(8): "8"}
"""Rates in force since 2019-10 (law: inv-items); others stay out of the table."""


def rows(connection: sa.Connection, records: Sequence[ArchiveRecord]) -> list[dict[str, Any]]:
    """The rows of newest revisions of one client."""
    if not records:
        return []
    client_id = records[0].client_id
    ids = [record.document_id for record in records]
    first, divided = _first(connection, client_id, ids), division.predecessors_of(connection, client_id, ids)
    preserved = _preserved_at(connection, client_id, [one.pages[0].unit_id for one in records if one.pages])
    made = []
    for record in records:
        filed_at, state = first.get(record.document_id, (record.recorded_at, record.state.value))
        preserved_at = preserved.get(record.pages[0].unit_id) if record.pages else None
        seconds = None if preserved_at is None else int((filed_at - preserved_at).total_seconds())
        made.append(
            {
                "client_id": client_id,
                "document_id": record.document_id,
                "filed_at": filed_at,
                "filing_seconds": seconds if seconds is not None and seconds >= 0 else None,
                "straight": state == DocumentState.FILED.value and record.document_id not in divided,
                "due_on": record.fields.day("due_date"),
                **_taxes(record),
            }
        )
    return made


def _first(connection: sa.Connection, client_id: str, ids: Sequence[str]) -> dict[str, tuple[datetime, str]]:
    """When each was first filed, and in which state: with a doubt or without."""
    table, found = schema.revision, dict[str, tuple[datetime, str]]()
    for some in act_rows.in_parts(ids):
        query = sa.select(table.c.document_id, table.c.recorded_at, table.c.state).where(
            table.c.client_id == client_id, table.c.document_id.in_(some), table.c.revision == 1
        )
        found |= {row.document_id: (row.recorded_at, row.state) for row in connection.execute(query)}
    return found


def _preserved_at(connection: sa.Connection, client_id: str, unit_ids: Sequence[str]) -> dict[str, datetime]:
    unit, drop, found = schema.unit, schema.drop, dict[str, datetime]()
    for some in act_rows.in_parts(tuple(dict.fromkeys(unit_ids))):
        query = (
            sa.select(unit.c.unit_id, drop.c.preserved_at)
            .join(unit, sa.and_(unit.c.client_id == drop.c.client_id, unit.c.first_drop_id == drop.c.drop_id))
            .where(unit.c.client_id == client_id, unit.c.unit_id.in_(some))
        )
        found |= {row.unit_id: row.preserved_at for row in connection.execute(query)}
    return found


def _taxes(record: ArchiveRecord) -> dict[str, int | None]:
    """Base and tax of each rate as printed, in yen; nothing for other currencies."""
    taxes: dict[str, int | None] = {f"{what}_{rate}": None for rate in _RATES.values() for what in ("taxable", "tax")}
    total = record.fields.money("total_amount")
    field = next((one for one in record.fields.fields if one.name == "tax_breakdown"), None)
    if field is None or not isinstance(field.value, TaxBreakdown) or total is None or total.currency != "JPY":
        return taxes
    for row in field.value.rows:
        rate = _RATES.get(row.rate)
        if rate is not None:
            for what, amount in (("taxable", row.taxable), ("tax", row.tax)):
                taxes[f"{what}_{rate}"] = _yen(amount)
    return taxes


def _yen(amount: Decimal | None) -> int | None:
    return int(amount) if amount is not None and abs(amount) <= MOST_YEN else None
