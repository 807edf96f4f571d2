"""Which drops a person should look at, since a document of theirs waits: kept in the order of the log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from domain.record import DocumentState
from storage.archive.columns import among_those
from storage.archive.schema import drop, unit

if TYPE_CHECKING:
    from domain.record import ArchiveRecord


def rows(connection: sa.Connection, records: Sequence[ArchiveRecord]) -> list[dict[str, Any]]:
    """One row for each drop that pages of a waiting document came in, of newest revisions of one client."""
    waiting = [record for record in records if record.state is DocumentState.NEEDS_REVIEW]
    if not waiting:
        return []
    units = tuple(dict.fromkeys(page.unit_id for record in waiting for page in record.pages))
    found = connection.execute(_DROPS, {"client": waiting[0].client_id, "units": units})
    came_in = {row.unit_id: (row.drop_id, row.sequence) for row in found}
    return [
        {"client_id": record.client_id, "document_id": record.document_id, "drop_id": drop_id, "sequence": sequence}
        for record in waiting
        for drop_id, sequence in dict.fromkeys(came_in[one.unit_id] for one in record.pages if one.unit_id in came_in)
    ]


_DROPS = (
    sa.select(unit.c.unit_id, drop.c.drop_id, drop.c.sequence)
    .join(drop, sa.and_(drop.c.client_id == unit.c.client_id, drop.c.drop_id == unit.c.first_drop_id))
    .where(unit.c.client_id == sa.bindparam("client"), among_those(unit.c.unit_id, "units"))
)
