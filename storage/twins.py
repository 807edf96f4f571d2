"""Papers of one purchase or sale: an invoice and the receipt for it have the same counterparty and the same total."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import sqlalchemy as sa

from domain.fields import DocumentType
from domain.ids import Origin
from storage.archive.columns import among
from storage.archive.rebuildable import search_entry
from storage.archive.seeing import seen
from storage.search import DELETED

if TYPE_CHECKING:
    from storage.archive import Archive

_PAPERS = (DocumentType.INVOICE, DocumentType.RECEIPT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """Another document beside one that was asked about."""

    of_id: str
    """The document that was asked about."""
    document_id: str
    kind: DocumentType
    origin: Origin
    on: date | None
    """Its transaction date."""


def twins(archive: Archive, ids: Iterable[str]) -> Iterator[Twin]:
    """Invoices for receipts among these documents, and receipts for invoices, that may be seen and are not deleted."""
    wanted, entry, mine = tuple(dict.fromkeys(ids)), search_entry.c, search_entry.alias("mine")
    papers = [kind.value for kind in _PAPERS]
    query = sa.select(
        mine.c.document_id.label("of_id"), entry.document_id, entry.document_type, entry.origin, entry.transaction_date
    ).where(
        mine.c.client_id == archive.client_id,
        among(mine.c.document_id, wanted),
        mine.c.document_type.in_(papers),
        entry.client_id == mine.c.client_id,
        entry.counterparty_key == mine.c.counterparty_key,
        entry.amount_scaled == mine.c.amount_scaled,
        entry.document_type.in_(papers),
        entry.document_type != mine.c.document_type,
        entry.state.not_in(DELETED),
        *seen(archive.visibility),
    )
    for row in archive.rows(query) if wanted else ():
        yield Twin(
            of_id=row.of_id,
            document_id=row.document_id,
            kind=DocumentType(row.document_type),
            origin=Origin(row.origin),
            on=row.transaction_date,
        )
