"""What came in and what became of it, for the page that many watch at once: little is read, and only once.

Drops are never changed, outcomes only come, and a revision stays what it is. So what was read of them is kept, a look
asks for counts and numbers alone, and within a moment everybody is shown the same look.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from domain.calendar import TOKYO, tokyo_day
from domain.codec import canonical, to_plain
from domain.errors import StorageError
from domain.fields import DocumentType
from domain.ids import Digest, Origin, drop_id_for, origin_from_key
from domain.query import Query
from domain.record import DocumentState, DropState, DropStatus, ReviewReason, UnitState
from domain.visibility import EVERYTHING, Visibility, of_drop
from pipeline.steps.due import deadlines, scans_in_review
from pipeline.steps.intake import INBOX, REFUSED_PREFIX, STATUS_PREFIX
from pipeline.steps.looking import Warned, kept_look, look_key, wants_look
from pipeline.steps.stamps import stamp_deadline
from storage.archive.many import newest_records
from storage.arrivals import Row, Show, Tally, entries, known_drops, newest, tally
from storage.search import counted

if TYPE_CHECKING:
    from pipeline.wiring import Shoko
    from storage.arrivals import EntryRow

MOST_WAITING = 2000
"""Files in the inbox that are counted; more are "at least so many"."""
WAITING_SHOWN = 100
KEPT = 2000
"""Drops and revisions of which something is kept."""
SOON_DAYS = 3
"""Days before a deadline from which it is at risk: a weekend may lie between."""
FRESH_SECONDS = 1.0
"""For so long everybody is shown the same look, unless the log grew."""
LOOKS = 32
LISTS = 64
"""People, or groups of people who see the same, whose lists are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingDrop:
    """A file in the inbox that intake has not claimed yet (state ``seen``)."""

    key: str
    name: str
    origin: Origin
    size_bytes: int
    arrived_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledDocument:
    """A document as the intake list names it."""

    document_id: str
    document_type: DocumentType
    state: DocumentState
    counterparty: str | None
    reasons: tuple[ReviewReason, ...] = ()
    """Why a person should look, while it waits for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DropLine:
    """One row of the intake list."""

    status: DropStatus
    documents: tuple[FiledDocument, ...]
    warned: tuple[Warned, ...] = ()
    """What a first look at the scan found, minutes before it is read."""
    stamp_due_on: date | None = None
    """Last day for its timestamp (law: scan-input-early, scan-input-cycle), while it waits for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """Where the drops of a day stand."""

    day: date
    tally: Tally
    waiting: int
    """Files in the inbox now, up to ``MOST_WAITING``."""
    stamps_due_on: date | None
    """First legal deadline among all that waits for a timestamp; None where nothing waits."""
    at_risk: int
    """Scans in review whose deadline is near or past, whenever they came (law: scan-input-early, scan-input-cycle)."""
    at_risk_query: Query | None
    """What finds them; None where no deadline is near."""


@dataclass(frozen=True, kw_only=True)  # no slots: the version is kept where it was worked out
class Intake:
    """What lies in the inbox and what became of what was taken."""

    waiting: tuple[WaitingDrop, ...]
    """Newest first."""
    drops: tuple[DropLine, ...]
    """Newest first."""
    today: Today | None = None
    more_before: str | None = None
    """Drop id behind which the list goes on, or None at its end."""

    @property
    def busy(self) -> bool:
        """True while something is on its way."""
        reading = any(line.status.outcome is None for line in self.drops)
        return reading or bool(self.waiting)

    @cached_property
    def version(self) -> str:
        """Another one wherever anything that is shown changed."""
        return Digest.of(canonical(to_plain(self))).value[:24]


@dataclass(frozen=True, slots=True)
class _Kept:
    row: Row
    status: DropStatus
    seen: tuple[tuple[str, int], ...]
    """Its documents with their revisions, as the status was read."""


class Arrivals:
    """The intake list of one installation, for each who asks as they may see it. Thread-safe."""

    def __init__(self, shoko: Shoko, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        """``monotonic`` gives seconds: looks are shared for a moment among those who see the same."""
        self._shoko = shoko
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._lists: OrderedDict[Visibility, _List] = OrderedDict()

    def look(
        self, visibility: Visibility = EVERYTHING, *, show: Show = Show.ALL, limit: int, before: str | None = None
    ) -> Intake:
        """What lies in the inbox and what became of the newest drops; at most a second old."""
        return self._list(visibility).look(show=show, limit=limit, before=before)

    def _list(self, visibility: Visibility) -> _List:
        with self._lock:
            found = self._lists.get(visibility)
            if found is None:
                found = self._lists[visibility] = _List(self._shoko.seen_by(visibility), self._monotonic)
            self._lists.move_to_end(visibility)
            while len(self._lists) > LISTS:
                self._lists.popitem(last=False)
        return found

    def today(self, visibility: Visibility = EVERYTHING) -> Today:
        """Where the drops of today stand; at most a second old."""
        return self._list(visibility).today()

    def changed(self) -> None:
        """Something came into the inbox: the next look is a new one."""
        with self._lock:
            lists = tuple(self._lists.values())
        for one in lists:
            one.changed()


@dataclass(frozen=True, slots=True)
class _Lines:
    """What the archive said; it says the same until its log grows or the day ends."""

    of: tuple[int, date]
    """Size of the log, and the day."""
    drops: tuple[DropLine, ...]
    more_before: str | None


class _List:
    """The same as one of them sees it.

    What the archive says is asked for again when its log grew, what lies in the inbox after a moment. Nobody who holds
    a database connection may wait here: whoever is let in takes one.
    """

    def __init__(self, shoko: Shoko, monotonic: Callable[[], float]) -> None:
        self._shoko = shoko
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._reasons: OrderedDict[tuple[str, int], tuple[ReviewReason, ...]] = OrderedDict()
        self._warnings: OrderedDict[str, tuple[Warned, ...]] = OrderedDict()
        self._lines_of: OrderedDict[tuple[Show, int, str | None], _Lines] = OrderedDict()
        self._looks: OrderedDict[tuple[Show, int, str | None], Intake] = OrderedDict()
        self._inbox: tuple[float, int, tuple[WaitingDrop, ...], int] | None = None
        self._days: tuple[tuple[int, date], Today] | None = None

    def look(self, *, show: Show, limit: int, before: str | None) -> Intake:
        """What lies in the inbox and what became of the newest drops; at most a second old."""
        asked = (show, limit, before)
        with self._lock:  # who comes meanwhile waits for this look instead of taking another
            of = self._as_of()
            lines, (waiting, known) = self._taken(asked, of), self._lying(of[0])
            intake = Intake(
                waiting=waiting if before is None and show is not Show.ATTENTION else (),
                drops=tuple(self._with_warnings(line) for line in lines.drops),
                today=self._today(of, known),
                more_before=lines.more_before,
            )
            before_this = self._looks.get(asked)
            if before_this == intake:
                return before_this  # its version is known
            self._looks[asked] = intake
            while len(self._looks) > LOOKS:
                self._looks.popitem(last=False)
            return intake

    def today(self) -> Today:
        """Where the drops of today stand; at most a second old."""
        with self._lock:
            of = self._as_of()
            return self._today(of, self._lying(of[0])[1])

    def changed(self) -> None:
        """Something came into the inbox: the next look is a new one."""
        with self._lock:
            self._inbox = None

    def _as_of(self) -> tuple[int, date]:
        """Read before what it is said of: what came in between is asked for again."""
        return self._shoko.archive.log_size(), tokyo_day(self._shoko.clock())

    def _taken(self, asked: tuple[Show, int, str | None], of: tuple[int, date]) -> _Lines:
        kept, (show, limit, before) = self._lines_of.get(asked), asked
        if kept is not None and kept.of == of:
            return kept
        with self._shoko.archive.at_once():
            rows = newest(self._shoko.archive, show=show, limit=limit + 1, before=before)
            drops = self._lines(rows[:limit])
        self._lines_of[asked] = taken = _Lines(of, drops, rows[limit - 1].drop_id if len(rows) > limit else None)
        while len(self._lines_of) > LOOKS:
            self._lines_of.popitem(last=False)
        return taken

    def _with_warnings(self, line: DropLine) -> DropLine:
        warned = self._warned(line.status)
        return line if warned == line.warned else replace(line, warned=warned)

    def _lying(self, size: int) -> tuple[tuple[WaitingDrop, ...], int]:
        """What lies in the inbox, and how many that are; at most a second old."""
        if self._inbox is None or self._inbox[1] != size or self._monotonic() - self._inbox[0] >= FRESH_SECONDS:
            self._inbox = (self._monotonic(), size, *self._waiting())
        return self._inbox[2:]

    def _lines(self, rows: tuple[Row, ...]) -> tuple[DropLine, ...]:
        archive = self._shoko.archive
        kept = {
            row.drop_id: known.status for row in rows if (known := self._kept.get(row.drop_id)) and known.row == row
        }
        kept |= self._read([row.drop_id for row in rows if row.drop_id not in kept])
        found = entries(archive, [one for status in kept.values() for one in status.documents])
        # a document that was divided or joined since has others in its place
        kept |= self._read([row.drop_id for row in rows if self._is_stale(row.drop_id, found)])
        found |= entries(archive, [one for s in kept.values() for one in s.documents if one not in found])
        self._read_reasons(found.values())
        units = archive.unit_states([row.unit_id for row in rows])
        still = self._shoko.held_still()
        lines = []
        for row in rows:
            status = replace(
                kept[row.drop_id],
                unit_state=units.get(row.unit_id) if kept[row.drop_id].state is not DropState.REFUSED else None,
            )
            self._remember(row, status, found)
            lines.append(self._line(still, status, found))
        return tuple(lines)

    def _line(self, still: Shoko, status: DropStatus, found: dict[str, EntryRow]) -> DropLine:
        waits = status.unit_state is UnitState.TIMESTAMP_PENDING
        return DropLine(
            status=status,
            stamp_due_on=stamp_deadline(still, status.drop.received_on) if waits else None,
            documents=tuple(self._filed(found[one]) for one in status.documents if one in found),
        )

    def _read_reasons(self, found: Iterable[EntryRow]) -> None:
        """Why documents wait for a person, of those of which it is not known."""
        waiting = {
            one.document_id: one.revision
            for one in found
            if one.state is DocumentState.NEEDS_REVIEW and (one.document_id, one.revision) not in self._reasons
        }
        records = newest_records(self._shoko.archive, waiting)
        for document_id, revision in waiting.items():
            record = records.get(document_id)
            self._reasons[document_id, revision] = record.review_reasons if record is not None else ()
        while len(self._reasons) > KEPT:
            self._reasons.popitem(last=False)

    def _warned(self, status: DropStatus) -> tuple[Warned, ...]:
        """Read once it is there; of what is read and was never looked at, nothing is asked again."""
        drop = status.drop
        if not wants_look(drop.origin, drop.blob.media_type):
            return ()
        if drop.drop_id not in self._warnings:
            with suppress(StorageError):
                found = kept_look(self._shoko.store, look_key(self._shoko.settings.client_id, drop.drop_id))
                if found is None and status.outcome is None:
                    return ()
                self._warnings[drop.drop_id] = found.warned if found is not None else ()
            while len(self._warnings) > KEPT:
                self._warnings.popitem(last=False)
        return self._warnings.get(drop.drop_id, ())

    def _filed(self, entry: EntryRow) -> FiledDocument:
        in_review = entry.state is DocumentState.NEEDS_REVIEW
        return FiledDocument(
            document_id=entry.document_id,
            document_type=entry.document_type,
            state=entry.state,
            counterparty=entry.counterparty,
            reasons=self._reasons.get((entry.document_id, entry.revision), ()) if in_review else (),
        )

    def _read(self, drop_ids: list[str]) -> dict[str, DropStatus]:
        found = self._shoko.archive.drop_statuses(drop_ids) if drop_ids else {}
        if len(found) < len(drop_ids):  # a row of the list is a drop of the archive
            raise StorageError(f"not all of {len(drop_ids)} drops", message_ja="取込の記録が見つかりません")
        return found

    def _is_stale(self, drop_id: str, found: dict[str, EntryRow]) -> bool:
        kept = self._kept.get(drop_id)
        if kept is None:
            return False
        return kept.seen != tuple((one, found[one].revision) for one in kept.status.documents if one in found)

    def _remember(self, row: Row, status: DropStatus, found: dict[str, EntryRow]) -> None:
        seen = tuple((one, found[one].revision) for one in status.documents if one in found)
        self._kept[row.drop_id] = _Kept(row, status, seen)
        self._kept.move_to_end(row.drop_id)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def _waiting(self) -> tuple[tuple[WaitingDrop, ...], int]:
        """What lies in the inbox and is not recorded yet, newest first, and how many that are."""
        found: dict[str, WaitingDrop] = {}
        with suppress(StorageError):  # an inbox that does not answer must not hide what is already filed
            for item in self._shoko.store.list_latest(INBOX):
                hidden = not self._shoko.archive.visibility.sees_folder(of_drop(item.key))
                if hidden or item.key.startswith((STATUS_PREFIX, REFUSED_PREFIX)):
                    continue
                drop_id = drop_id_for(
                    client_id=self._shoko.archive.client_id, store=INBOX, key=item.key, version_id=item.version_id
                )
                found[drop_id] = WaitingDrop(
                    key=item.key,
                    name=item.key.rpartition("/")[2],
                    origin=origin_from_key(item.key),
                    size_bytes=item.size_bytes,
                    arrived_at=item.last_modified,
                )
                if len(found) >= MOST_WAITING:
                    break
        for drop_id in known_drops(self._shoko.archive, tuple(found)):
            del found[drop_id]
        waiting = sorted(found.values(), key=lambda drop: drop.arrived_at, reverse=True)
        return tuple(waiting[:WAITING_SHOWN]), len(waiting)

    def _today(self, of: tuple[int, date], waiting: int) -> Today:
        if self._days is None or self._days[0] != of:
            with self._shoko.archive.at_once():
                self._days = of, self._taken_today(of[1])
        return replace(self._days[1], waiting=waiting)

    def _taken_today(self, day: date) -> Today:
        shoko = self._shoko.held_still()
        days = shoko.archive.unstamped_received_on()
        near = near_deadline(shoko, day)
        at_risk = replace(scans_in_review(shoko, today=day), received_to=near) if near is not None else None
        return Today(
            day=day,
            tally=tally(shoko.archive, since=datetime(day.year, day.month, day.day, tzinfo=TOKYO)),
            waiting=0,
            stamps_due_on=min((stamp_deadline(shoko, one) for one in days), default=None),
            at_risk=counted(shoko.archive, at_risk, None)[0] if at_risk is not None else 0,
            at_risk_query=at_risk,
        )


def near_deadline(shoko: Shoko, today: date) -> date | None:
    """The last day of receipt whose deadline is within ``SOON_DAYS`` or past; None where there is none so near."""
    latest = today + timedelta(days=SOON_DAYS)
    return next((day for day, due in deadlines(shoko, today=today).items() if due <= latest), None)
