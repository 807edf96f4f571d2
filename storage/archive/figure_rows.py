"""Days, times and taxes of a document as the dashboard counts them: rebuildable, like the search index."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from domain.fields import TaxBreakdown
from domain.record import ArchiveRecord, DocumentState
from storage.archive import rebuildable, schema
from storage.archive.inserting import insert_row

MOST_YEN = 10**12
"""Beyond a trillion yen a sum on a business paper is a misreading: it is left out of sums, which stay exact."""
_RATES = {Decimal(10): "10", Decimal(8): "8"}
"""Rates in force since 2019-10 (law: inv-items); others stay out of the table."""


def put(connection: sa.Connection, record: ArchiveRecord) -> None:
    """Make the row of a document's newest revision."""
    insert_row(connection, rebuildable.figure, **_row(connection, record))


def _row(connection: sa.Connection, record: ArchiveRecord) -> dict[str, Any]:
    filed_at, filed_well = _first(connection, record)
    preserved_at = _preserved_at(connection, record)
    seconds = None if preserved_at is None else int((filed_at - preserved_at).total_seconds())
    return {
        "client_id": record.client_id,
        "document_id": record.document_id,
        "filed_at": filed_at,
        "filing_seconds": seconds if seconds is not None and seconds >= 0 else None,
        "straight": filed_well,
        "due_on": record.fields.day("due_date"),
        **_taxes(record),
    }


def _first(connection: sa.Connection, record: ArchiveRecord) -> tuple[datetime, bool]:
    """When it was first filed, and whether that was without a doubt and without a person."""
    same = {"client": record.client_id, "subject": record.document_id}
    row = connection.execute(_FIRST, same).first()
    filed_at, state = (row.recorded_at, row.state) if row is not None else (record.recorded_at, record.state.value)
    divided = connection.execute(_BY_PERSON, same).first() is not None
    return filed_at, state == DocumentState.FILED.value and not divided


def _preserved_at(connection: sa.Connection, record: ArchiveRecord) -> datetime | None:
    if not record.pages:
        return None
    of = {"client": record.client_id, "subject": record.pages[0].unit_id}
    found: datetime | None = connection.execute(_PRESERVED_AT, of).scalar()
    return found


_CLIENT: sa.BindParameter[str] = sa.bindparam("client")
_SUBJECT: sa.BindParameter[str] = sa.bindparam("subject")
# Built once: every revision that is filed asks these.
_FIRST = sa.select(schema.revision.c.recorded_at, schema.revision.c.state).where(
    schema.revision.c.client_id == _CLIENT, schema.revision.c.document_id == _SUBJECT, schema.revision.c.revision == 1
)
_BY_PERSON = (
    sa.select(schema.succession.c.successor_id)
    .where(schema.succession.c.client_id == _CLIENT, schema.succession.c.successor_id == _SUBJECT)
    .limit(1)
)
_PRESERVED_AT = (
    sa.select(schema.drop.c.preserved_at)
    .join(
        schema.unit,
        sa.and_(
            schema.unit.c.client_id == schema.drop.c.client_id, schema.unit.c.first_drop_id == schema.drop.c.drop_id
        ),
    )
    .where(schema.unit.c.client_id == _CLIENT, schema.unit.c.unit_id == _SUBJECT)
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
