"""Days, times and taxes of a document as the dashboard counts them: rebuildable, like the search index."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from domain.fields import TaxBreakdown
from domain.record import ArchiveRecord, DocumentState
from storage.archive import division, schema
from storage.archive.columns import among_those

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
    rows = connection.execute(_FIRST, {"client": client_id, "subjects": tuple(ids)})
    return {row.document_id: (row.recorded_at, row.state) for row in rows}


def _preserved_at(connection: sa.Connection, client_id: str, unit_ids: Sequence[str]) -> dict[str, datetime]:
    rows = connection.execute(_PRESERVED_AT, {"client": client_id, "subjects": tuple(dict.fromkeys(unit_ids))})
    return {row.unit_id: row.preserved_at for row in rows}


# Built once: every revision that is filed asks these.
_FIRST = sa.select(schema.revision.c.document_id, schema.revision.c.recorded_at, schema.revision.c.state).where(
    schema.revision.c.client_id == sa.bindparam("client"),
    among_those(schema.revision.c.document_id, "subjects"),
    schema.revision.c.revision == 1,
)
_PRESERVED_AT = (
    sa.select(schema.unit.c.unit_id, schema.drop.c.preserved_at)
    .join(
        schema.unit,
        sa.and_(
            schema.unit.c.client_id == schema.drop.c.client_id, schema.unit.c.first_drop_id == schema.drop.c.drop_id
        ),
    )
    .where(schema.unit.c.client_id == sa.bindparam("client"), among_those(schema.unit.c.unit_id, "subjects"))
)


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
