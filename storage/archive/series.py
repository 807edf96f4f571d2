"""Acts that are numbered through for a client: changes of the counterparty master, and lessons."""

from __future__ import annotations

import sqlalchemy as sa

from domain.ids import Digest
from storage.archive import hollow, keys, manifests, schema
from storage.archive.acts import Act, insert_payload
from storage.archive.inserting import insert_row

COUNTERPARTIES = "counterparties"
"""Kind, and subject, of the leaf of a change of the counterparty master."""
LESSON = "lesson"
"""Kind of the leaf of what a correction teaches; its subject is the document."""


def newest(connection: sa.Connection, table: sa.Table, client_id: str) -> int:
    """Highest number of a series of a client (``counterparty_batch``, ``lesson``); 0 where there is none."""
    found = connection.execute(
        sa.select(sa.func.coalesce(sa.func.max(table.c.number), 0)).where(table.c.client_id == client_id)
    )
    return int(found.scalar_one())


def manifest_before(connection: sa.Connection, table: sa.Table, client_id: str, number: int) -> Digest | None:
    """Digest of the manifest before a number of a series; None for the first."""
    found = connection.execute(
        sa.select(table.c.manifest_digest).where(table.c.client_id == client_id, table.c.number == number - 1)
    ).scalar()
    return Digest.parse(str(found)) if found is not None else None


def apply_counterparties(connection: sa.Connection, act: Act) -> None:
    """Insert the rows of a change of the master."""
    leaf = act.leaf
    said = hollow.batch_row(act)
    insert_row(
        connection,
        schema.counterparty_batch,
        client_id=leaf.client_id,
        number=said["number"],
        source=said["source"],
        entries=said["entries"],
        recorded_at=manifests.instant_of(said["recorded_at"]),
        payload_digest=str(hollow.payload_digest(act)),
        manifest_digest=str(leaf.manifest_digest),
        sequence=leaf.sequence,
    )
    if act.payload is not None:
        manifests.batch_of(act.payload, key=keys.counterparty_payload(leaf.client_id, said["number"]))
        insert_payload(connection, leaf, kind=COUNTERPARTIES, number=said["number"], content=act.payload)


def apply_lesson(connection: sa.Connection, act: Act) -> None:
    """Insert the rows of a lesson."""
    leaf = act.leaf
    said = hollow.lesson_row(act)
    insert_row(
        connection,
        schema.lesson,
        client_id=leaf.client_id,
        number=said["number"],
        document_id=said["document_id"],
        revision=said["revision"],
        recorded_at=manifests.instant_of(said["recorded_at"]),
        payload_digest=str(hollow.payload_digest(act)),
        manifest_digest=str(leaf.manifest_digest),
        sequence=leaf.sequence,
    )
    if act.payload is not None:
        insert_payload(connection, leaf, kind=LESSON, number=said["number"], content=act.payload)
