"""What came in: which drops a list of arrivals shows, and how many of today stand where. Few, bounded statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from domain.calendar import tokyo_day
from domain.fields import DocumentType
from domain.query import Query
from domain.record import DocumentState, DropState
from domain.text import search_key
from storage import figures
from storage.archive import keys, manifests
from storage.archive.columns import among
from storage.archive.rebuildable import attention, search_entry
from storage.archive.schema import FAILED, drop, drop_outcome, payload
from storage.archive.seeing import seen

if TYPE_CHECKING:
    from storage.archive import Archive
    from storage.archive.reader import ArchiveReader

_AT_ONCE = 500
"""Ids in one query: below the limit on parameters of every SQLite."""

_MOST_LOOKED_AT = 20_000
"""Newest drops that are looked through for those that somebody may see."""
MOST_COUNTED = 3000
"""Drops of one day that are counted: several times what the largest offices take in, and some ten milliseconds."""


class Show(StrEnum):
    """Which arrivals are listed."""

    ALL = "all"
    BUSY = "busy"
    """Nothing has become of them yet."""
    ATTENTION = "attention"
    """A person should do something: unreadable, refused, or a document of theirs waits for review."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One drop, as far as it takes to see whether anything about it changed."""

    drop_id: str
    unit_id: str
    outcomes: int
    """Outcomes so far; 0 while it is not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """The newest revision of a document, as an arrival names it."""

    document_id: str
    revision: int
    document_type: DocumentType
    state: DocumentState
    counterparty: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many drops of a time, and documents filed in it, stand where."""

    drops: int
    repeated: int
    """Whose bytes came before."""
    by_state: Mapping[DropState, int]
    """PRESERVED counts those that are not read yet."""
    documents: int
    in_review: int
    at_least: bool = False
    """There are more drops than were counted."""

    @property
    def unread(self) -> int:
        """Preserved, and nothing has become of them yet."""
        return self.by_state.get(DropState.PRESERVED, 0)

    @property
    def failed(self) -> int:
        """Unreadable or refused."""
        return self.by_state.get(DropState.UNREADABLE, 0) + self.by_state.get(DropState.REFUSED, 0)


def newest(archive: Archive, *, show: Show, limit: int, before: str | None = None) -> tuple[Row, ...]:
    """The newest drops, newest first; ``before`` is the last drop id of the page before."""
    below = None
    if before is not None:
        known_as = sa.select(drop.c.sequence).where(drop.c.client_id == archive.client_id, drop.c.drop_id == before)
        marks = archive.rows(known_as)
        if not marks:
            return ()
        below = marks[0].sequence
    found: list[Row] = []
    for _ in range(0, _MOST_LOOKED_AT, limit):
        rows = _next(archive, show, limit=limit, below=below)
        known = archive.seen_drops(row.drop_id for row in rows)
        found += _rows(archive, [row.drop_id for row in rows if row.drop_id in known])
        if len(found) >= limit or len(rows) < limit:
            break
        below = rows[-1].sequence
    return tuple(found[:limit])


def _next(archive: Archive, show: Show, *, limit: int, below: int | None) -> Sequence[sa.Row[Any]]:
    """Ids and places in the log of the newest drops below a place, newest first, whoever may see them."""
    # the range says which index to walk: SQLite would order all that ever came
    query = sa.select(drop.c.drop_id, drop.c.sequence).where(
        drop.c.client_id == archive.client_id, *_placed(drop.c.sequence, below)
    )
    if show is Show.BUSY:
        # the archive knows below which entry of its log nothing is open: no drop of years ago is looked at
        query = query.where(drop.c.drop_id.in_(archive.drops_without_outcome(limit=_AT_ONCE)))
    elif show is Show.ATTENTION:
        ways = (_in_review(archive, below), _in_vain(archive, below))
        first = (one.order_by(sa.desc("sequence")).limit(limit).subquery() for one in ways)
        either = sa.union(*(sa.select(one.c.drop_id, one.c.sequence) for one in first)).subquery()
        query = sa.select(either.c.drop_id, either.c.sequence)
        return archive.rows(query.order_by(either.c.sequence.desc()).limit(limit))
    return archive.rows(query.order_by(drop.c.sequence.desc()).limit(limit))


def _placed(sequence: sa.ColumnElement[int], below: int | None) -> tuple[sa.ColumnElement[bool], ...]:
    return (sequence >= 0,) if below is None else (sequence >= 0, sequence < below)


def _rows(archive: Archive, drop_ids: Sequence[str]) -> list[Row]:
    """These drops, in this order; outcomes are counted for them alone."""
    found: dict[str, Row] = {}
    for start in range(0, len(drop_ids), _AT_ONCE):
        query = sa.select(drop.c.drop_id, drop.c.unit_id, _outcomes().label("outcomes")).where(
            drop.c.client_id == archive.client_id, drop.c.drop_id.in_(drop_ids[start : start + _AT_ONCE])
        )
        for row in archive.rows(query):
            found[row.drop_id] = Row(drop_id=row.drop_id, unit_id=row.unit_id, outcomes=int(row.outcomes))
    return [found[one] for one in drop_ids]


def entries(archive: Archive, document_ids: Sequence[str]) -> dict[str, EntryRow]:
    """What the index says of documents; those that it does not have are left out."""
    found: dict[str, EntryRow] = {}
    entry = search_entry.c
    for start in range(0, len(document_ids), _AT_ONCE):
        query = sa.select(
            entry.document_id, entry.revision, entry.document_type, entry.state, entry.counterparty
        ).where(
            entry.client_id == archive.client_id,
            entry.document_id.in_(document_ids[start : start + _AT_ONCE]),
            *seen(archive.visibility),
        )
        for row in archive.rows(query):
            found[row.document_id] = EntryRow(
                document_id=row.document_id,
                revision=row.revision,
                document_type=DocumentType(row.document_type),
                state=DocumentState(row.state),
                counterparty=row.counterparty,
            )
    return found


def known_drops(archive: Archive, drop_ids: Sequence[str]) -> frozenset[str]:
    """Which of these drops are recorded."""
    found: set[str] = set()
    for start in range(0, len(drop_ids), _AT_ONCE):
        query = sa.select(drop.c.drop_id).where(
            drop.c.client_id == archive.client_id, drop.c.drop_id.in_(drop_ids[start : start + _AT_ONCE])
        )
        found |= {row.drop_id for row in archive.rows(query)}
    return frozenset(found)


def called(archive: ArchiveReader, name: str, *, limit: int) -> tuple[str, ...]:
    """The newest drops whose file has this in its name, in any spelling; the newest ``_MOST_LOOKED_AT`` are read."""
    key, found, below = search_key(name), list[str](), None
    same = (payload.c.client_id == drop.c.client_id, payload.c.kind == "drop", payload.c.subject_id == drop.c.drop_id)
    some = sa.select(drop.c.drop_id, drop.c.sequence, payload.c.content).join(payload, sa.and_(*same))
    newest_first = some.where(drop.c.client_id == archive.client_id).order_by(drop.c.sequence.desc()).limit(_AT_ONCE)
    for _ in range(0, _MOST_LOOKED_AT if key else 0, _AT_ONCE):
        rows = archive.rows(newest_first.where(*_placed(drop.c.sequence, below)))
        named = [row.drop_id for row in rows if key in search_key(_name_of(archive.client_id, row))]
        known = archive.seen_drops(named)
        found += [one for one in named if one in known]
        if len(found) >= limit or len(rows) < _AT_ONCE:
            break
        below = rows[-1].sequence
    return tuple(found[:limit])


def _name_of(client_id: str, row: sa.Row[Any]) -> str:
    return manifests.drop_of(row.content, key=keys.drop_payload(client_id, row.drop_id)).deposit.original_name


def drops_of_units(archive: ArchiveReader, unit_ids: Iterable[str]) -> frozenset[str]:
    """The drops that brought these units, of those that may be seen."""
    query = sa.select(drop.c.drop_id).where(drop.c.client_id == archive.client_id, among(drop.c.unit_id, unit_ids))
    return archive.seen_drops(row.drop_id for row in archive.rows(query))


def tally(archive: Archive, *, since: datetime) -> Tally:
    """Drops preserved since an instant by state, and the documents filed since then; only the newest drops are read."""
    client_id = archive.client_id
    newest_drops = sa.select(drop.c.drop_id, drop.c.preserved_at, drop.c.repeats_drop_id).where(
        drop.c.client_id == client_id, drop.c.sequence >= 0
    )
    some = newest_drops.order_by(drop.c.sequence.desc()).limit(MOST_COUNTED).subquery("some")
    rows = archive.rows(sa.select(some.c.drop_id, some.c.repeats_drop_id).where(some.c.preserved_at >= since))
    known = archive.seen_drops(row.drop_id for row in rows)
    shown = {row.drop_id: row.repeats_drop_id for row in rows if row.drop_id in known}
    last = {row.drop_id: DropState(row.state) for row in archive.rows(_states(client_id, shown))} if shown else {}
    documents = figures.filed(archive, Query(filed_from=tokyo_day(since)))
    return Tally(
        drops=len(shown),
        repeated=sum(one is not None for one in shown.values()),
        by_state=Counter(last.get(one, DropState.PRESERVED) for one in shown),
        documents=sum(documents.values()),
        in_review=documents.get(DocumentState.NEEDS_REVIEW, 0),
        at_least=len(rows) == MOST_COUNTED,
    )


def _states(client_id: str, drop_ids: Iterable[str]) -> sa.Select[Any]:
    """Outcomes of drops, the newest of each last."""
    outcome = drop_outcome.c
    return (
        sa.select(outcome.drop_id, outcome.state)
        .where(outcome.client_id == client_id, among(outcome.drop_id, drop_ids))
        .order_by(outcome.drop_id, outcome.number)
    )


def _outcomes() -> sa.ScalarSelect[Any]:
    same = (drop_outcome.c.client_id == drop.c.client_id, drop_outcome.c.drop_id == drop.c.drop_id)
    return sa.select(sa.func.count()).select_from(drop_outcome).where(*same).correlate(drop).scalar_subquery()


def _in_vain(archive: Archive, below: int | None) -> sa.Select[Any]:
    """Drops whose newest outcome is a failure."""
    later = drop_outcome.alias("later")
    again = sa.select(later.c.drop_id).where(
        later.c.client_id == drop_outcome.c.client_id,
        later.c.drop_id == drop_outcome.c.drop_id,
        later.c.number > drop_outcome.c.number,
    )
    same = sa.and_(drop.c.client_id == drop_outcome.c.client_id, drop.c.drop_id == drop_outcome.c.drop_id)
    return (
        sa.select(drop.c.drop_id, drop.c.sequence)
        .select_from(drop_outcome.join(drop, same))
        .where(drop_outcome.c.client_id == archive.client_id, sa.text(f"drop_outcome.{FAILED}"), ~again.exists())
        .where(*_placed(drop.c.sequence, below))
    )


def _in_review(archive: Archive, below: int | None) -> sa.Select[Any]:
    """Drops from which a document came that waits for review; what was taken out of a drop names it too."""
    waits, entry = attention.c, search_entry.c
    query = sa.select(waits.drop_id, waits.sequence).where(
        waits.client_id == archive.client_id, *_placed(waits.sequence, below)
    )
    if not archive.visibility.sees_all:
        same = sa.and_(entry.client_id == waits.client_id, entry.document_id == waits.document_id)
        query = query.join(search_entry, same).where(*seen(archive.visibility))
    return query.group_by(waits.drop_id, waits.sequence)
