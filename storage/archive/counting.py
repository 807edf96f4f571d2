"""How much a client's archive holds."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from domain.fields import DocumentType
from domain.record import ArchiveCounts, DocumentState, DropState
from domain.visibility import Visibility
from storage.archive import applying, reading_log, rebuildable, schema, seeing


def counts(connection: sa.Connection, client_id: str, visibility: Visibility) -> ArchiveCounts:
    """How much there is of everything. Documents are those that may be seen; all else is of the archive as a whole."""

    def number(table: sa.Table) -> int:
        query = sa.select(sa.func.count()).select_from(table).where(table.c.client_id == client_id)
        return int(connection.execute(query).scalar_one())

    shown = seeing.seen(visibility)

    def by(column: sa.Column[Any]) -> dict[str, int]:
        table = column.table
        query = sa.select(column, sa.func.count()).where(table.c.client_id == client_id, *shown).group_by(column)
        return {str(value): int(count) for value, count in connection.execute(query)}

    drops, units = number(schema.drop), number(schema.unit)
    table = schema.drop_outcome
    last = (
        sa.select(table.c.drop_id, sa.func.max(table.c.number).label("number"))
        .where(table.c.client_id == client_id)
        .group_by(table.c.drop_id)
        .subquery()
    )
    outcomes = connection.execute(
        sa.select(table.c.state, sa.func.count())
        .join(last, sa.and_(last.c.drop_id == table.c.drop_id, last.c.number == table.c.number))
        .where(table.c.client_id == client_id)
        .group_by(table.c.state)
    )
    states = {DropState(state): int(count) for state, count in outcomes}
    unread = drops - sum(states.values())
    stamped_units = units - reading_log.unstamped_count(connection, client_id)
    entry = rebuildable.search_entry
    documents_by_type = {DocumentType(k): v for k, v in by(entry.c.document_type).items()}
    return ArchiveCounts(
        drops=drops,
        drops_by_state={**states, **({DropState.PRESERVED: unread} if unread else {})},
        units=units,
        stamped_units=stamped_units,
        pending_stamps=units - stamped_units,
        documents=number(schema.document) if visibility.sees_all else sum(documents_by_type.values()),
        documents_by_state={DocumentState(k): v for k, v in by(entry.c.state).items()},
        documents_by_type=documents_by_type,
        revisions=number(schema.revision),
        log_size=applying.log_size(connection, client_id),
    )
