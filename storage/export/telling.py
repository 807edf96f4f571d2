"""What the log says of the subjects of a bundle, as far as whoever exports may be told of it.

A leaf comes along as it is or not at all: unlike a page, a bundle cannot leave the id of a hidden document out of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from domain.acts import INSTALLATION
from storage.archive import Archive, schema
from storage.archive.seeing import DOCUMENT, DROP, KEPT_BY_ITSELF, UNIT

_VARIABLES = 500
"""Values in one IN: every database takes as many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Act:
    """An act, by where it stands in the log."""

    sequence: int
    subject_id: str
    names: frozenset[str]
    """Documents, units and drops that its manifest speaks of."""


def sequences_about(archive: Archive, subjects: Sequence[str], *, log_size: int) -> list[int]:
    """Where the log speaks of these subjects, and of what else people asked for and did about them.

    An act that concerns one of them comes with all acts kept under its own subject: a request with its answer. One
    that is kept under another document comes alone, for that document was not asked for. Who sees a part of the archive
    only gets none that speaks of what they may not see, nor anything else kept with it.
    """
    about, act = schema.act_about, schema.act
    query = (
        sa.select(act)
        .join(about, sa.and_(about.c.client_id == act.c.client_id, about.c.sequence == act.c.sequence))
        .where(act.c.client_id == archive.client_id, act.c.sequence < log_size)
    )
    concerning = [_act(row) for row in _rows(archive, query, about.c.about_id, subjects)]
    more = {one.subject_id for one in concerning if not one.subject_id.startswith(KEPT_BY_ITSELF)} - {INSTALLATION}
    hidden: frozenset[int] = frozenset()
    if not archive.visibility.sees_all:
        named = tuple({*subjects, *more})
        kept = _acts(archive, act.c.subject_id, named, log_size=log_size)
        secret = _untold(archive, (*concerning, *kept))
        more -= {one.subject_id for one in secret} - set(subjects)
        hidden = frozenset(one.sequence for one in secret)
    leaf = schema.log_leaf
    every = sa.select(leaf.c.sequence).where(leaf.c.client_id == archive.client_id, leaf.c.sequence < log_size)
    told = more | {INSTALLATION, *subjects}
    found = [one.sequence for one in concerning if one.subject_id in told or one.subject_id.startswith(KEPT_BY_ITSELF)]
    found += [row.sequence for row in _rows(archive, every, leaf.c.subject_id, tuple({*subjects, *more}))]
    hidden |= _hidden_divisions(archive, tuple(subjects))
    return [one for one in found if one not in hidden]


def _acts(archive: Archive, column: sa.Column[Any], values: Sequence[str], *, log_size: int) -> list[_Act]:
    act = schema.act
    query = sa.select(act).where(act.c.client_id == archive.client_id, act.c.sequence < log_size)
    return [_act(row) for row in _rows(archive, query, column, values)]


def _untold(archive: Archive, acts: Sequence[_Act]) -> list[_Act]:
    """Those that name something that is not seen."""
    names = frozenset(name for one in acts for name in one.names)
    seen = archive.seen_documents(name for name in names if name.startswith(DOCUMENT))
    seen |= archive.seen_units(name for name in names if name.startswith(UNIT))
    seen |= archive.seen_drops(name for name in names if name.startswith(DROP))
    return [one for one in acts if not one.names <= seen]


def _hidden_divisions(archive: Archive, subjects: Sequence[str]) -> frozenset[int]:
    """Divisions of these documents, and what joined them, that name a document which is not seen, ended or new."""
    if archive.visibility.sees_all:
        return frozenset()
    link = schema.succession
    of_archive = sa.select(link).where(link.c.client_id == archive.client_id)
    mine = {row.sequence for row in _rows(archive, of_archive, link.c.document_id, subjects)}
    rows = list(_rows(archive, of_archive, link.c.sequence, mine))
    seen = archive.seen_documents({one for row in rows for one in (row.document_id, row.successor_id)})
    return frozenset(row.sequence for row in rows if not {row.document_id, row.successor_id} <= seen)


def _act(row: sa.Row[Any]) -> _Act:
    facts = json.loads(row.facts).values()
    said = (one for value in facts for one in (value if isinstance(value, list) else (value,)))
    names = (name for name in (row.subject_id, *json.loads(row.about), *said) if isinstance(name, str))
    return _Act(
        sequence=row.sequence,
        subject_id=row.subject_id,
        names=frozenset(name for name in names if name.startswith(KEPT_BY_ITSELF)),
    )


def _rows(
    archive: Archive, query: sa.Select[Any], column: sa.Column[Any], values: Iterable[Any]
) -> Iterator[sa.Row[Any]]:
    wanted = tuple(values)
    for start in range(0, len(wanted), _VARIABLES):
        yield from archive.rows(query.where(column.in_(wanted[start : start + _VARIABLES])))
