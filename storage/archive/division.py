"""Another division into documents, as a person decided it: which documents stand in the place of which.

One act of several leaves: ``regrouped`` says what becomes of what, then come the new documents (``filed``) and the
ends of the old (``tombstoned``). All objects are in the vault before the first leaf, which is the point of no return:
whoever writes next after a crash finishes the others from the vault.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from domain.ids import Digest
from domain.record import DocumentState
from storage.archive import keys, schema
from storage.archive.acts import Act, present
from storage.archive.columns import among_those
from storage.archive.keys import VAULT

if TYPE_CHECKING:
    from storage.archive.writing import Sequencer

REGROUPED = "regrouped"
"""Kind of the leaf; its subject is the first document that ends, its manifest lies under ``acts/``."""
FORMAT = "shoko.regrouped.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A document that ends, and the revision with which it does."""

    document_id: str
    revision: int


def manifest_of(client_id: str, endings: tuple[Ending, ...], successors: tuple[str, ...]) -> dict[str, object]:
    """What the leaf stands for: ids and numbers only."""
    return {
        "format": FORMAT,
        "client_id": client_id,
        "endings": [{"document_id": one.document_id, "revision": one.revision} for one in endings],
        "successors": list(successors),
    }


def apply_regrouped(connection: sa.Connection, act: Act) -> None:
    """Insert the links of a division."""
    leaf = act.leaf
    plain = json.loads(present(act.manifest, leaf))
    rows = [
        {
            "client_id": leaf.client_id,
            "document_id": ending["document_id"],
            "successor_id": successor,
            "position": position,
            "revision": ending["revision"],
            "sequence": leaf.sequence,
        }
        for ending in plain["endings"]
        for position, successor in enumerate(plain["successors"])
    ]
    connection.execute(sa.insert(schema.succession), rows)


def finish(connection: sa.Connection, sequencer: Sequencer) -> None:
    """Append what an interrupted division still lacks; only the newest can be incomplete."""
    table, client_id = schema.succession, sequencer.client_id
    newest = connection.execute(_NEWEST, {"client": client_id}).scalar()
    if newest is None:
        return
    rows = connection.execute(
        sa.select(table)
        .where(table.c.client_id == client_id, table.c.sequence == newest)
        .order_by(table.c.document_id, table.c.position)
    ).all()
    for document_id in dict.fromkeys(row.successor_id for row in sorted(rows, key=lambda row: row.position)):
        if not _has(connection, client_id, document_id, 1):
            _append(connection, sequencer, "filed", document_id, 1)
    for document_id, revision in dict.fromkeys((row.document_id, row.revision) for row in rows):
        if not _has(connection, client_id, document_id, revision):
            kind = DocumentState.TOMBSTONED.value
            _append(connection, sequencer, kind, document_id, revision)


_NEWEST = sa.select(sa.func.max(schema.succession.c.sequence)).where(
    schema.succession.c.client_id == sa.bindparam("client")
)


def successors(connection: sa.Connection, client_id: str, document_id: str) -> tuple[str, ...]:
    """The documents that stand in the place of one; empty where it was never divided nor joined."""
    table = schema.succession
    query = sa.select(table.c.successor_id).where(table.c.client_id == client_id, table.c.document_id == document_id)
    return tuple(connection.execute(query.order_by(table.c.position)).scalars())


def predecessors(connection: sa.Connection, client_id: str, document_id: str) -> tuple[str, ...]:
    """The documents in whose place one stands."""
    return tuple(connection.execute(_PREDECESSORS, {"client": client_id, "subject": document_id}).scalars())


_PREDECESSORS = (  # built once: every revision that is filed asks it
    sa.select(schema.succession.c.document_id)
    .where(
        schema.succession.c.client_id == sa.bindparam("client"),
        schema.succession.c.successor_id == sa.bindparam("subject"),
    )
    .order_by(schema.succession.c.document_id)
)


def predecessors_of(
    connection: sa.Connection, client_id: str, document_ids: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """The documents in whose place each of these stands; those that stand in nobody's are left out."""
    found: dict[str, tuple[str, ...]] = {}
    for row in connection.execute(_PREDECESSORS_OF, {"client": client_id, "subjects": tuple(document_ids)}):
        found[row.successor_id] = (*found.get(row.successor_id, ()), row.document_id)
    return found


_PREDECESSORS_OF = (
    sa.select(schema.succession.c.successor_id, schema.succession.c.document_id)
    .where(
        schema.succession.c.client_id == sa.bindparam("client"),
        among_those(schema.succession.c.successor_id, "subjects"),
    )
    .order_by(schema.succession.c.document_id)
)


def current(connection: sa.Connection, client_id: str, document_ids: tuple[str, ...]) -> tuple[str, ...]:
    """These documents, or those that now stand in their place, each once."""
    found: dict[str, None] = {}
    pending = list(document_ids)
    while pending:
        document_id = pending.pop(0)
        following = successors(connection, client_id, document_id)
        pending[:0] = following
        if not following:
            found[document_id] = None
    return tuple(found)


def _has(connection: sa.Connection, client_id: str, document_id: str, revision: int) -> bool:
    table = schema.revision
    query = sa.select(table.c.sequence).where(
        table.c.client_id == client_id, table.c.document_id == document_id, table.c.revision == revision
    )
    return connection.execute(query).first() is not None


def _append(connection: sa.Connection, sequencer: Sequencer, kind: str, document_id: str, revision: int) -> None:
    client_id = sequencer.client_id
    manifest = sequencer.vault.get(VAULT, keys.revision_manifest(client_id, document_id, revision))
    payload_key = keys.revision_payload(client_id, document_id, revision)
    payload = sequencer.vault.get(VAULT, payload_key, expect=Digest.parse(json.loads(manifest)["payload"]))
    sequencer.append(connection, kind, document_id, manifest=manifest, payload=payload)
