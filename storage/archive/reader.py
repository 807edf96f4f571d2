"""What can be read from one client's archive."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa

from domain.acts import ActKind, ActRecord
from domain.counterparties import CounterpartyBatch
from domain.evidence import LogLeaf, StampRequest, TimestampToken
from domain.fields import FieldSet
from domain.lessons import Lesson
from domain.record import ArchiveCounts, ArchiveRecord, Drop, DropStatus, Unit, UnitState
from storage.archive import (
    act_rows,
    batches,
    counting,
    database,
    division,
    indexing,
    reading,
    reading_log,
    schema,
    seeing,
    series,
    statuses,
    telling,
    unstamped,
)
from storage.archive.open_approvals import OpenApprovals
from storage.archive.sight import SeenArchive


@dataclass(slots=True)
class _Done:
    """Outcomes and tokens only ever come and never go: what is done below these sequences stays done, whoever asks."""

    read_below: int = 0
    stamped_below: int = 0


class ArchiveReader(SeenArchive):
    """The reading half of an archive; every answer comes from one snapshot.

    Seen by a person (``seen_by``), it answers as if what they may not see did not exist: documents, what was dropped
    and filed as them, and acts. ``rows`` knows nothing of this: statements for people take ``seeing.seen`` with them.
    """

    def __init__(
        self,
        engine: sa.Engine,
        *,
        client_id: str,
        clock: Callable[[], datetime],
        accredits: Callable[[TimestampToken], bool] | None = None,
    ) -> None:
        super().__init__(engine, client_id=client_id)
        self._accredits = accredits
        self._clock = clock
        self._done = _Done()
        self._open_approvals = OpenApprovals()

    def get_document(self, document_id: str, *, revision: int | None = None) -> ArchiveRecord | None:
        """A revision of a document (the newest where none is named), or None."""
        with self._read() as connection:
            if not seeing.documents(connection, self._client_id, self._visibility, (document_id,)):
                return None
            record = reading.find_record(connection, self._client_id, document_id, revision=revision)
            return telling.revision(connection, self._client_id, self._visibility, record)

    def history(self, document_id: str) -> tuple[ArchiveRecord, ...]:
        """Every revision, oldest first; empty where there is no such document."""
        with self._read() as connection:
            if not seeing.documents(connection, self._client_id, self._visibility, (document_id,)):
                return ()
            found = reading.history(connection, self._client_id, document_id)
            return telling.revisions(connection, self._client_id, self._visibility, found)

    def told(self, records: Sequence[ArchiveRecord]) -> tuple[ArchiveRecord, ...]:
        """Revisions that may be seen, without doubts about what may not."""
        with self._read() as connection:
            return telling.revisions(connection, self._client_id, self._visibility, tuple(records))

    def get_drop(self, drop_id: str) -> Drop | None:
        """A drop, or None."""
        with self._read() as connection:
            if not seeing.drops(connection, self._client_id, self._visibility, (drop_id,)):
                return None
            found = reading.find_drop(connection, self._client_id, drop_id)
            return telling.drop(connection, self._client_id, self._visibility, found)

    def drops(self, *, limit: int, before: str | None = None) -> tuple[DropStatus, ...]:
        """What became of the newest drops, newest first; ``before`` is the last drop id of the page before."""
        found: list[DropStatus] = []
        with self._read() as connection:
            while len(found) < limit:
                ids = reading.drop_ids(connection, self._client_id, limit=limit, before=before)
                known = seeing.drops(connection, self._client_id, self._visibility, ids)
                found += [status for one in ids if one in known and (status := self._status(connection, one))]
                if len(ids) < limit or self._visibility.sees_all:
                    break
                before = ids[-1]
        return tuple(found[:limit])

    def drop_status(self, drop_id: str) -> DropStatus | None:
        """What became of a drop, or None where there is no such drop."""
        with self._read() as connection:
            if not seeing.drops(connection, self._client_id, self._visibility, (drop_id,)):
                return None
            return self._status(connection, drop_id)

    def drop_statuses(self, drop_ids: Sequence[str]) -> dict[str, DropStatus]:
        """What became of each of these drops that there is."""
        with self._read() as connection:
            return statuses.statuses(connection, self._client_id, self._visibility, drop_ids)

    def drops_without_outcome(self, *, limit: int | None = None) -> tuple[str, ...]:
        """Ids of drops that nothing has become of yet, oldest first."""
        with self._read() as connection:
            found = reading.drops_without_outcome(connection, self._client_id, since=self._done.read_below, limit=limit)
            self._done.read_below = found[0][1] if found else reading.log_size(connection, self._client_id)
            return tuple(drop_id for drop_id, _ in found)

    def get_unit(self, unit_id: str) -> Unit | None:
        """A unit, or None."""
        with self._read() as connection:
            if not seeing.units(connection, self._client_id, self._visibility, (unit_id,)):
                return None
            found = reading.find_unit(connection, self._client_id, unit_id)
            return telling.unit(connection, self._client_id, self._visibility, found)

    def unit_state(self, unit_id: str) -> UnitState | None:
        """Whether a unit is stamped; None where there is no such unit."""
        with self._read() as connection:
            return reading.find_unit_state(connection, self._client_id, unit_id)

    def unit_states(self, unit_ids: Sequence[str]) -> dict[str, UnitState]:
        """State of each unit that exists."""
        with self._read() as connection:
            return reading.unit_states(connection, self._client_id, unit_ids)

    def unit_of_document(self, document_id: str) -> tuple[Unit, ...]:
        """The units that the pages of a document's newest revision come from, in page order."""
        with self._read() as connection:
            if not seeing.documents(connection, self._client_id, self._visibility, (document_id,)):
                return ()
            ids = reading.units_of_document(connection, self._client_id, document_id)
            return tuple(reading.find_units(connection, self._client_id, ids).values())

    def extracts_of(self, unit_id: str) -> tuple[Unit, ...]:
        """The units that were taken out of this one, and out of those, in the order in which they were recorded."""
        with self._read() as connection:
            ids = reading.extract_ids(connection, self._client_id, unit_id)
            known = seeing.units(connection, self._client_id, self._visibility, ids)
            units = reading.find_units(connection, self._client_id, (one for one in ids if one in known))
            return tuple(units.values())

    def documents_alike(self, text: str, *, limit: int = 20) -> tuple[str, ...]:
        """Documents whose newest text may be nearly this one, likeliest first."""
        with self._read() as connection:
            return self._seen(connection, indexing.alike(connection, self._client_id, text, limit=limit))

    def documents_pictured_alike(self, mark: str, *, limit: int = 20) -> tuple[str, ...]:
        """Documents whose first picture may show the same paper as one with this mark, likeliest first."""
        with self._read() as connection:
            return self._seen(connection, indexing.pictured_alike(connection, self._client_id, mark, limit=limit))

    def documents_of_facts(self, fields: FieldSet, *, limit: int = 20) -> tuple[str, ...]:
        """Documents of the same counterparty, day and amount."""
        with self._read() as connection:
            return self._seen(connection, indexing.with_facts(connection, self._client_id, fields, limit=limit))

    def successors(self, document_id: str) -> tuple[str, ...]:
        """The documents that a person put in the place of one; empty where it stands itself."""
        with self._read() as connection:
            return self._seen(connection, division.successors(connection, self._client_id, document_id))

    def predecessors(self, document_id: str) -> tuple[str, ...]:
        """The documents in whose place one stands."""
        with self._read() as connection:
            return self._seen(connection, division.predecessors(connection, self._client_id, document_id))

    def documents_of_unit(self, unit_id: str) -> tuple[str, ...]:
        """Ids of the documents that have (or in some revision had) a page of this unit."""
        with self._read() as connection:
            return self._seen(connection, reading.documents_of_unit(connection, self._client_id, unit_id))

    def pending_stamps(self, *, limit: int, due_only: bool = True) -> tuple[StampRequest, ...]:
        """Requests without a token, oldest first; those that failed wait until they are due again, if wanted."""
        with self._read() as connection:
            first = self._first_unstamped(connection)
            if first is None:
                return ()
            now = self._clock() if due_only else None
            return reading_log.pending_stamps(connection, self._client_id, limit=limit, now=now, since=first)

    def pending_seen(self, *, limit: int) -> tuple[StampRequest, ...]:
        """Requests without a token, oldest first, due or not, of what who asks may see."""
        if self._visibility.sees_all:
            return self.pending_stamps(limit=limit, due_only=False)
        with self._read() as connection:
            first = self._first_unstamped(connection)
            if first is None:
                return ()
            pages = unstamped.seen(connection, self._client_id, self._visibility, since=first)
            return tuple(islice((one for page in pages for one in page), limit))

    def unstamped_received_on(self) -> tuple[date, ...]:
        """Days on which what still has no token was received, each once: deadlines run from them."""
        with self._read() as connection:
            first = self._first_unstamped(connection)
            return unstamped.days(connection, self._client_id, self._visibility, since=first)

    def unstamped_units(self) -> int:
        """How many units have no token."""
        with self._read() as connection:
            first = self._first_unstamped(connection)
            return 0 if first is None else reading_log.unstamped_count(connection, self._client_id, since=first)

    def _first_unstamped(self, connection: sa.Connection) -> int | None:
        first = reading_log.first_unstamped(connection, self._client_id, since=self._done.stamped_below)
        self._done.stamped_below = reading.log_size(connection, self._client_id) if first is None else first
        return first

    def newest_chains(self, *, limit: int) -> tuple[str, ...]:
        """Certificate chains (PEM) of the newest tokens, one for each authority, at most so many."""
        with self._read() as connection:
            return batches.newest_chains(connection, self._client_id, limit=limit)

    def batch_token(self, number: int) -> TimestampToken:
        """The token of a batch.

        Raises:
            ObjectMissing: no such batch.
        """
        with self._read() as connection:
            return batches.token(connection, self._client_id, number)

    def batches_of(self, names: Iterable[str]) -> tuple[batches.Membership, ...]:
        """Every batch that speaks of one of these (unit ids, names of heads and of earlier tokens), oldest first."""
        with self._read() as connection:
            return batches.memberships(connection, self._client_id, names)

    def timestamps(self, unit_id: str) -> tuple[TimestampToken, ...]:
        """Tokens over a unit, oldest first: its own, and those over trees that it is in, renewals included.

        Each is given with the unit's digest as its imprint, although the token of a batch is over the tree's root;
        whether it is accredited is said by the trust list in force, at the token's time.
        """
        with self._read() as connection:
            return self.judged(reading_log.timestamps(connection, self._client_id, unit_id))

    def judged(self, tokens: Iterable[TimestampToken]) -> tuple[TimestampToken, ...]:
        """Tokens read otherwise: whether they are accredited is said by the trust list, never by their record."""
        judge = self._accredits
        return tuple(token if judge is None else replace(token, accredited=judge(token)) for token in tokens)

    def own_timestamps(self, unit_id: str, *, before: int | None = None) -> tuple[TimestampToken, ...]:
        """Tokens that a unit has for itself, oldest first; ``before``: as the log was before that entry."""
        with self._read() as connection:
            own = reading_log.own_timestamps(connection, self._client_id, unit_id)
            return tuple(token for sequence, token in own if before is None or sequence < before)

    def counterparty_batches(self, *, after: int = 0) -> tuple[CounterpartyBatch, ...]:
        """Changes of the counterparty master behind a number, oldest first; ``domain.counterparties.folded`` joins."""
        with self._read() as connection:
            return reading.counterparty_batches(connection, self._client_id, after=after)

    def lessons(self, *, after: int = 0) -> tuple[Lesson, ...]:
        """What corrections taught, behind a number, oldest first."""
        with self._read() as connection:
            return reading.lessons(connection, self._client_id, after=after)

    def newest_lesson(self) -> int:
        """Number of the newest lesson; 0 where there is none."""
        with self._read() as connection:
            return series.newest(connection, schema.lesson, self._client_id)

    def acts(self, about: str) -> tuple[ActRecord, ...]:
        """The acts that concern a drop, a unit, a document, a request or the installation, in log order."""
        return self.acts_about([about])[about]

    def acts_about(self, ids: Sequence[str]) -> dict[str, tuple[ActRecord, ...]]:
        """The acts that concern each of these, in log order."""
        with self._read() as connection:
            found = act_rows.concerning(connection, self._client_id, ids)
            every = (act for acts in found.values() for act in acts)
            told = seeing.telling(connection, self._client_id, self._visibility, every)
            return {one: told(acts) for one, acts in found.items()}

    def acts_under(self, subject_id: str) -> tuple[ActRecord, ...]:
        """The acts that are kept under a subject, in order."""
        with self._read() as connection:
            return act_rows.series(connection, self._client_id, subject_id)

    def newest_acts(self, about_id: str, *kinds: ActKind, limit: int) -> tuple[ActRecord, ...]:
        """The newest acts of these kinds that concern an id, newest first."""
        with self._read() as connection:
            found = act_rows.newest_about(connection, self._client_id, about_id, kinds, limit=limit)
            return seeing.telling(connection, self._client_id, self._visibility, found)(found)

    def under_approval(self) -> tuple[str, ...]:
        """Documents on their way to approval that one may see, the longest without an act first."""
        with self._read() as connection:
            return self._open_approvals.documents(connection, self._client_id, self._visibility)

    def subjects_ending_in(self, prefix: str, *kinds: ActKind) -> tuple[str, ...]:
        """Subjects that begin with a prefix and whose newest act is of one of these kinds, in log order of that act."""
        with self._read() as connection:
            return act_rows.ending_in(connection, self._client_id, prefix, kinds)

    def acts_of_kinds(self, *kinds: ActKind) -> tuple[ActRecord, ...]:
        """Every act of these kinds, in log order."""
        with self._read() as connection:
            found = act_rows.of_kinds(connection, self._client_id, kinds)
            return seeing.telling(connection, self._client_id, self._visibility, found)(found)

    def log_size(self) -> int:
        """Number of leaves."""
        with self._read() as connection:
            return reading.log_size(connection, self._client_id)

    def leaves(self, start: int, end: int) -> tuple[LogLeaf, ...]:
        """Leaves of a half-open range."""
        with self._read() as connection:
            return reading_log.leaves(connection, self._client_id, start=start, end=end)

    def leaves_of(self, subject_id: str) -> tuple[LogLeaf, ...]:
        """Every act on a drop, a unit or a document, in log order; whoever asks has seen what it is about."""
        return self.leaves_about((subject_id,)).get(subject_id, ())

    def leaves_about(self, subject_ids: Iterable[str]) -> dict[str, tuple[LogLeaf, ...]]:
        """The same of each of these that the log knows."""
        with self._read() as connection:
            return telling.leaves_about(connection, self._client_id, self._visibility, subject_ids)

    def subjects(self, kinds: frozenset[str], *, start: int = 0) -> tuple[str, ...]:
        """Ids of what acts of these kinds were done to, from a leaf on, each once, in log order."""
        with self._read() as connection:
            return reading_log.subjects(connection, self._client_id, kinds=kinds, start=start)

    def leaf_hashes(self, start: int, end: int) -> tuple[bytes, ...]:
        """RFC 9162 leaf hashes of a half-open range, as recorded."""
        with self._read() as connection:
            return reading_log.leaf_hashes(connection, self._client_id, start, end)

    def counts(self) -> ArchiveCounts:
        """How much there is of everything; documents that may be seen, all else of the whole archive."""
        with self._read() as connection:
            return counting.counts(connection, self._client_id, self._visibility)

    def rows(self, statement: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        """Rows of a compiled query (search and reconciliation); the statement names the client itself."""
        with self._read() as connection:
            return connection.execute(statement).all()

    def missing_triggers(self) -> tuple[str, ...]:
        """Append-only triggers that should stand in the database and do not."""
        with self._read() as connection:
            return database.append_only_gaps(connection)

    def _status(self, connection: sa.Connection, drop_id: str) -> DropStatus | None:
        found = reading.find_status(connection, self._client_id, drop_id)
        return telling.status(connection, self._client_id, self._visibility, found)
