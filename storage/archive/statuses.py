"""What became of many drops, in as many statements as of one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from domain.record import Drop, DropOutcome, DropState, DropStatus
from domain.visibility import Visibility
from storage.archive import division, keys, manifests, reading, seeing
from storage.archive.columns import among_those
from storage.archive.once import each
from storage.archive.schema import drop, drop_outcome, payload, succession


def statuses(
    connection: sa.Connection, client_id: str, visibility: Visibility, drop_ids: Sequence[str]
) -> dict[str, DropStatus]:
    """The status of each of these drops that there is for who asks, with the documents alone that may be seen."""
    wanted = seeing.drops(connection, client_id, visibility, drop_ids)
    shown = tuple(one for one in drop_ids if one in wanted)
    found = each(connection, ("statuses", client_id), shown, lambda some: _statuses(connection, client_id, some))
    return found if visibility.sees_all else _told(connection, client_id, visibility, found)


def _statuses(connection: sa.Connection, client_id: str, drop_ids: Sequence[str]) -> dict[str, DropStatus]:
    given = {"client": client_id, "drops": tuple(drop_ids)}
    drops = {row.drop_id: row for row in connection.execute(_DROPS, given)}
    outcomes = {row.drop_id: row for row in connection.execute(_OUTCOMES, given)}  # the newest stands last
    found: dict[str, DropStatus] = {}
    plain: list[str] = []
    for drop_id, row in drops.items():
        last = outcomes.get(drop_id)
        if row.content is None or (last is not None and last.content is None and last.payload_digest is not None):
            status = reading.find_status(connection, client_id, drop_id)  # what is left of what was destroyed
            found |= {drop_id: status} if status is not None else {}
        else:
            plain.append(drop_id)
    units = reading.unit_states(connection, client_id, [drops[one].unit_id for one in plain])
    filed = {one: _outcome(client_id, outcomes[one]) for one in plain if one in outcomes}
    current = _current(connection, client_id, [one for of_one in filed.values() for one in of_one.document_ids])
    for one in plain:
        outcome = filed.get(one)
        named = outcome.document_ids if outcome is not None else ()
        found[one] = DropStatus(
            drop=_drop(client_id, drops[one]),
            outcome=outcome,
            unit_state=units.get(drops[one].unit_id),
            documents=tuple(dict.fromkeys(now for each in named for now in current[each])),
        )
    return found


def _drop(client_id: str, row: Any) -> Drop:
    of_row = manifests.drop_of(row.content, key=keys.drop_payload(client_id, row.drop_id))
    return replace(of_row, repeats_drop_id=row.repeats_drop_id)


def _outcome(client_id: str, row: Any) -> DropOutcome:
    if row.payload_digest is not None:
        return manifests.outcome_of(row.content, key=keys.outcome_payload(client_id, row.drop_id, row.number))
    return DropOutcome(
        drop_id=row.drop_id,
        state=DropState(row.state),
        document_ids=tuple(json.loads(row.document_ids)),
        recorded_at=row.recorded_at,
    )


def _current(connection: sa.Connection, client_id: str, document_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Each of these documents, or those that now stand in its place."""
    rows = connection.execute(_ENDED, {"client": client_id, "documents": tuple(dict.fromkeys(document_ids))})
    ended = set(rows.scalars())
    return {
        one: division.current(connection, client_id, (one,)) if one in ended else (one,)
        for one in dict.fromkeys(document_ids)
    }


def _told(
    connection: sa.Connection, client_id: str, visibility: Visibility, found: Mapping[str, DropStatus]
) -> dict[str, DropStatus]:
    """The same without the ids of what may not be seen."""
    named = {one for status in found.values() for one in (*status.documents, *_first(status))}
    known = seeing.documents(connection, client_id, visibility, named)
    repeated = {one.drop.repeats_drop_id for one in found.values()} - {None}
    shown = seeing.drops(connection, client_id, visibility, (one for one in repeated if one is not None))

    def told(status: DropStatus) -> DropStatus:
        hidden = status.drop.repeats_drop_id not in shown
        outcome = status.outcome
        if outcome is not None:
            outcome = replace(outcome, document_ids=_of(outcome.document_ids, known))
        return replace(
            status,
            drop=replace(status.drop, repeats_drop_id=None) if hidden else status.drop,
            outcome=outcome,
            documents=_of(status.documents, known),
        )

    return {drop_id: told(status) for drop_id, status in found.items()}


def _first(status: DropStatus) -> tuple[str, ...]:
    return status.outcome.document_ids if status.outcome is not None else ()


def _of(ids: Iterable[str], known: frozenset[str]) -> tuple[str, ...]:
    return tuple(one for one in ids if one in known)


# Built once: a list that many watch asks these.
_CLIENT: sa.BindParameter[str] = sa.bindparam("client")
_DROPS = (
    sa.select(drop.c.drop_id, drop.c.unit_id, drop.c.repeats_drop_id, payload.c.content)
    .select_from(
        drop.outerjoin(
            payload,
            sa.and_(
                payload.c.client_id == drop.c.client_id,
                payload.c.kind == "drop",
                payload.c.subject_id == drop.c.drop_id,
                payload.c.number == 1,
            ),
        )
    )
    .where(drop.c.client_id == _CLIENT, among_those(drop.c.drop_id, "drops"))
)
_OUTCOMES = (
    sa.select(drop_outcome, payload.c.content)
    .select_from(
        drop_outcome.outerjoin(
            payload,
            sa.and_(
                payload.c.client_id == drop_outcome.c.client_id,
                payload.c.kind == "outcome",
                payload.c.subject_id == drop_outcome.c.drop_id,
                payload.c.number == drop_outcome.c.number,
            ),
        )
    )
    .where(drop_outcome.c.client_id == _CLIENT, among_those(drop_outcome.c.drop_id, "drops"))
    .order_by(drop_outcome.c.drop_id, drop_outcome.c.number)
)
_ENDED = (
    sa.select(succession.c.document_id)
    .where(succession.c.client_id == _CLIENT, among_those(succession.c.document_id, "documents"))
    .distinct()
)
