"""To which department a document belongs and to whom it is confidential, from the rows that an archive has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from domain.acts import ActRecord
from domain.visibility import ACCESS_ACTS, Access, access_of, joined, of_drop
from storage.archive import act_rows, division, keys, manifests, schema

_FENCE = "|"
"""Around each reader in the index: no code holds one."""


def access(
    connection: sa.Connection, client_id: str, document_id: str, unit_ids: Sequence[str], acts: Sequence[ActRecord]
) -> Access:
    """Who may see a document: what people said of it, else what it stands in the place of, else its inbox folder.

    Args:
        connection: of the archive.
        client_id: whose.
        document_id: the document.
        unit_ids: the units of its pages.
        acts: those that are kept under it.
    """
    said = tuple(act for act in acts if act.kind in ACCESS_ACTS)
    before = division.predecessors(connection, client_id, document_id)
    if before:
        sources = tuple(
            access(connection, client_id, one, unit_ids, act_rows.series(connection, client_id, one)) for one in before
        )
        return access_of(said, inherited=joined(sources))
    return access_of(said, inherited=_dropped(connection, client_id, unit_ids))


def _dropped(connection: sa.Connection, client_id: str, unit_ids: Sequence[str]) -> Access:
    """What the inbox folder says of the drop that brought the first of these units."""
    table = schema.unit
    query = (
        sa.select(table.c.first_drop_id)
        .where(table.c.client_id == client_id, table.c.unit_id.in_(unit_ids))
        .order_by(table.c.sequence)
        .limit(1)
    )
    drop_id = connection.execute(query).scalar()
    return Access() if drop_id is None else folder(connection, client_id, str(drop_id))


def folder(connection: sa.Connection, client_id: str, drop_id: str) -> Access:
    """What the inbox folder says of a drop."""
    kept = schema.payload
    content = connection.execute(
        sa.select(kept.c.content).where(
            kept.c.client_id == client_id, kept.c.kind == "drop", kept.c.subject_id == drop_id, kept.c.number == 1
        )
    ).scalar()
    if content is None:
        return Access()
    return of_drop(manifests.drop_of(content, key=keys.drop_payload(client_id, drop_id)).deposit.inbox_key)


def fenced(readers: Iterable[str]) -> str:
    """Readers as the index keeps them."""
    return _FENCE + "".join(f"{one}{_FENCE}" for one in readers)


def unfenced(readers: str | None) -> tuple[str, ...] | None:
    """Readers from the index; None where it is not confidential."""
    return None if readers is None else tuple(one for one in readers.split(_FENCE) if one)
