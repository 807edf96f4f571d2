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
from storage import figures
from storage.archive.columns import among
from storage.archive.rebuildable import search_entry
from storage.archive.schema import drop, drop_outcome, revision_unit, unit
from storage.archive.seeing import seen

if TYPE_CHECKING:
    from storage.archive import Archive

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
    client_id = archive.client_id
    # the range says which index to walk: SQLite would order all that ever came
    query = sa.select(drop.c.drop_id).where(drop.c.client_id == client_id, drop.c.sequence >= 0)
    if before is not None:
        mark = sa.select(drop.c.sequence).where(drop.c.client_id == client_id, drop.c.drop_id == before)
        query = query.where(drop.c.sequence < mark.scalar_subquery())
    if show is Show.BUSY:
        # the archive knows below which entry of its log nothing is open: no drop of years ago is looked at
        query = query.where(drop.c.drop_id.in_(archive.drops_without_outcome(limit=_AT_ONCE)))
    elif show is Show.ATTENTION:
        query = query.where(drop.c.drop_id.in_(sa.union(_in_vain(archive), _in_review(archive))))
    query = query.order_by(drop.c.sequence.desc())
    found: list[Row] = []
    for offset in range(0, _MOST_LOOKED_AT, limit):
        ids = [row.drop_id for row in archive.rows(query.limit(limit).offset(offset))]
        known = archive.seen_drops(ids)
        found += _rows(archive, [one for one in ids if one in known])
        if len(found) >= limit or len(ids) < limit:
            break
    return tuple(found[:limit])


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


_FAILED = (DropState.UNREADABLE.value, DropState.REFUSED.value)


def _outcomes() -> sa.ScalarSelect[Any]:
    same = (drop_outcome.c.client_id == drop.c.client_id, drop_outcome.c.drop_id == drop.c.drop_id)
    return sa.select(sa.func.count()).select_from(drop_outcome).where(*same).correlate(drop).scalar_subquery()


def _in_vain(archive: Archive) -> sa.Select[Any]:
    """Drops whose newest outcome is a failure."""
    later = drop_outcome.alias("later")
    again = sa.select(later.c.drop_id).where(
        later.c.client_id == drop_outcome.c.client_id,
        later.c.drop_id == drop_outcome.c.drop_id,
        later.c.number > drop_outcome.c.number,
    )
    return sa.select(drop_outcome.c.drop_id).where(
        drop_outcome.c.client_id == archive.client_id, drop_outcome.c.state.in_(_FAILED), ~again.exists()
    )


def _in_review(archive: Archive) -> sa.Select[Any]:
    """Drops from which a document came that waits for review; what was taken out of a drop names it too."""
    entry = search_entry.c
    pages = sa.and_(
        revision_unit.c.client_id == entry.client_id,
        revision_unit.c.document_id == entry.document_id,
        revision_unit.c.revision == entry.revision,
    )
    of_unit = sa.and_(unit.c.client_id == revision_unit.c.client_id, unit.c.unit_id == revision_unit.c.unit_id)
    return (
        sa.select(unit.c.first_drop_id)
        .select_from(search_entry.join(revision_unit, pages).join(unit, of_unit))
        .where(entry.client_id == archive.client_id, entry.state == DocumentState.NEEDS_REVIEW.value)
        .where(*seen(archive.visibility))
    )
