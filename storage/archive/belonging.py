"""To which department a document belongs and to whom it is confidential, from the rows that an archive has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from domain.acts import ActRecord
from domain.visibility import ACCESS_ACTS, Access, access_of, joined, of_drop
from storage.archive import act_rows, division, keys, manifests, rebuildable, schema
from storage.archive.columns import among_those

_FENCE = "|"
"""Around each reader in the index: no code holds one."""


def accesses(
    connection: sa.Connection,
    client_id: str,
    units: Mapping[str, Sequence[str]],
    acts: Mapping[str, Sequence[ActRecord]],
) -> dict[str, Access]:
    """Who may see documents: what people said, else what each stands in the place of, else its inbox folder.

    Args:
        connection: of the archive.
        client_id: whose.
        units: each document with the units of its pages.
        acts: those that are kept under each document.
    """
    before = division.predecessors_of(connection, client_id, tuple(units))
    folders = _dropped(connection, client_id, {one: units[one] for one in units if one not in before})
    found = {}
    for document_id, unit_ids in units.items():
        inherited = folders.get(document_id, Access())
        if document_id in before:
            sources = before[document_id]
            theirs = accesses(
                connection,
                client_id,
                dict.fromkeys(sources, unit_ids),
                act_rows.series_of(connection, client_id, sources),
            )
            inherited = joined(tuple(theirs[one] for one in sources))
        said = tuple(act for act in acts[document_id] if act.kind in ACCESS_ACTS)
        found[document_id] = access_of(said, inherited=inherited)
    return found


def _dropped(connection: sa.Connection, client_id: str, units: Mapping[str, Sequence[str]]) -> dict[str, Access]:
    """What the inbox folder says of the drop that brought the first unit of each document."""
    wanted = tuple({unit_id for of_one in units.values() for unit_id in of_one})
    rows = connection.execute(_BROUGHT, {"client": client_id, "units": wanted})
    brought = {row.unit_id: (row.sequence, row.first_drop_id) for row in rows}
    first = {
        document_id: min(known)[1]
        for document_id, of_one in units.items()
        if (known := [brought[unit_id] for unit_id in of_one if unit_id in brought])
    }
    said = folders(connection, client_id, tuple(dict.fromkeys(first.values())))
    return {document_id: said[drop_id] for document_id, drop_id in first.items()}


def folders(connection: sa.Connection, client_id: str, drop_ids: Sequence[str]) -> dict[str, Access]:
    """What the inbox folder says of each of these drops."""
    found = dict.fromkeys(drop_ids, Access())
    for row in connection.execute(_DEPOSITS, {"client": client_id, "drops": tuple(found)}) if found else ():
        drop = manifests.drop_of(row.content, key=keys.drop_payload(client_id, row.subject_id))
        found[row.subject_id] = of_drop(drop.deposit.inbox_key)
    return found


# Built once: every revision that is filed asks these.
_BROUGHT = sa.select(schema.unit.c.unit_id, schema.unit.c.sequence, schema.unit.c.first_drop_id).where(
    schema.unit.c.client_id == sa.bindparam("client"), among_those(schema.unit.c.unit_id, "units")
)
_DEPOSITS = sa.select(schema.payload.c.subject_id, schema.payload.c.content).where(
    schema.payload.c.client_id == sa.bindparam("client"),
    schema.payload.c.kind == "drop",
    among_those(schema.payload.c.subject_id, "drops"),
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
