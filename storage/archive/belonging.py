"""To which department a document belongs and to whom it is confidential, from the rows that an archive has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from domain.acts import ActRecord
from domain.visibility import ACCESS_ACTS, Access, access_of, joined, of_drop
from storage.archive import act_rows, division, keys, manifests, rebuildable, schema

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
    drop_id = connection.execute(_FIRST_DROP, {"client": client_id, "units": unit_ids}).scalar()
    return Access() if drop_id is None else folder(connection, client_id, str(drop_id))


def folder(connection: sa.Connection, client_id: str, drop_id: str) -> Access:
    """What the inbox folder says of a drop."""
    content = connection.execute(_DEPOSIT, {"client": client_id, "subject": drop_id}).scalar()
    if content is None:
        return Access()
    return of_drop(manifests.drop_of(content, key=keys.drop_payload(client_id, drop_id)).deposit.inbox_key)


# Built once: every revision that is filed asks these.
_FIRST_DROP = (
    sa.select(schema.unit.c.first_drop_id)
    .where(
        schema.unit.c.client_id == sa.bindparam("client"),
        schema.unit.c.unit_id.in_(sa.bindparam("units", expanding=True)),
    )
    .order_by(schema.unit.c.sequence)
    .limit(1)
)
_DEPOSIT = sa.select(schema.payload.c.content).where(
    schema.payload.c.client_id == sa.bindparam("client"),
    schema.payload.c.kind == "drop",
    schema.payload.c.subject_id == sa.bindparam("subject"),
    schema.payload.c.number == 1,
)


def fenced(readers: Iterable[str]) -> str:
    """Readers as the index keeps them."""
    return _FENCE + "".join(f"{one}{_FENCE}" for one in readers)


def unfenced(readers: str | None) -> tuple[str, ...] | None:
    """Readers from the index; None where it is not confidential."""
    return None if readers is None else tuple(one for one in readers.split(_FENCE) if one)


def indexed(connection: sa.Connection, client_id: str, document_id: str) -> Access:
    """The same as the index has it; nothing is said of a document that it does not have."""
    entry = rebuildable.search_entry.c
    query = sa.select(entry.department, entry.readers).where(
        entry.client_id == client_id, entry.document_id == document_id
    )
    row = connection.execute(query).one_or_none()
    return Access() if row is None else Access(department=row.department, readers=unfenced(row.readers))
