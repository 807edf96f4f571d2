"""One pass over the inbox: what a flow run works on, and the plain functions its tasks call.

An orchestrator sees drop ids and counts only. Names, bytes and text stay in here, in the vault and in ``derived``.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from domain.calendar import tokyo_day
from domain.errors import EngineCrashed, EngineError, EngineTimeout, InputError, StorageError
from domain.ids import ISSUED_BY_US
from domain.record import Drop, DropState
from pipeline.reading_pool import ReadingPool
from pipeline.reading_worker import ReadingWorker, ReadRequest
from pipeline.settings import load_settings
from pipeline.steps.company import names_said
from pipeline.steps.filing import acknowledge_repeat, file_reading, load_reading, reading_key
from pipeline.steps.habits import digest_with_lessons
from pipeline.steps.intake import Claim, find_claims, take
from pipeline.steps.looking import wants_look
from pipeline.steps.read import FIELDS_ENGINE, unreadable
from pipeline.steps.units import parts_are_left
from pipeline.wiring import Shoko, open_shoko

if TYPE_CHECKING:
    from domain.record import ArchiveRecord

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """An installation with its reading processes, kept warm between batches."""

    shoko: Shoko
    pool: ReadingPool | ReadingWorker
    listeners: list[Callable[[int, int], None]] = field(default_factory=list)
    """Called with (drops done, drops in the batch) for progress bars."""
    stop: threading.Event = field(default_factory=threading.Event)
    """Set to end a watch after the batch in work."""
    stays: bool = True
    """It looks into the inbox again and again. One that looks once waits for files that it has to see lie still."""


@dataclass(slots=True, kw_only=True)
class Batch:
    """The claims of one flow run and what has become of them."""

    home: Resident
    claims: dict[str, Claim] = field(default_factory=dict)
    drops: dict[str, Drop] = field(default_factory=dict)
    postponed: list[str] = field(default_factory=list)
    """Repeats whose first is still being read: asked again when everything else is filed."""
    done: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def drop_ids(self) -> tuple[str, ...]:
        """Everything to be worked on: taken earlier but unfinished, then newly claimed."""
        return (*self.drops, *(d for d in self.claims if d not in self.drops))

    def take(self, drop_id: str) -> bool:
        """Preserve one claim; False where it vanished, changed, or ended here (refused, a repeat)."""
        if drop_id not in self.claims:
            return True  # preserved by an earlier run that was cut off
        drop = take(self.claims[drop_id], self.home.shoko)
        if drop is None:
            self._count("left")
            return drop_id in self.drops
        status = self.home.shoko.archive.drop_status(drop_id)
        if status is not None and status.outcome is not None:
            self._count(status.outcome.state.value)
            return False
        with self.lock:
            self.drops[drop_id] = drop
        return True

    def look(self, drop_id: str) -> None:
        """A first look at a scan, for whoever still has the paper; what goes wrong with it says nothing."""
        drop = self.drops[drop_id]
        if drop.repeats_drop_id is not None or not wants_look(drop.origin, drop.blob.media_type):
            return
        try:
            self.home.pool.look(request_for(drop, "", self.home.shoko))
        except (EngineError, StorageError, InputError) as error:
            logger.warning("no first look: %s", error.code)

    def read(self, drop_id: str) -> str:
        """Make sure that a reading of this drop lies in ``derived``; returns its key."""
        drop = self.drops[drop_id]
        shoko = self.home.shoko
        key = reading_key(shoko.settings.client_id, drop, digest_with_lessons(shoko, self.home.pool.config_digest()))
        stored = load_reading(shoko, key)
        if stored is None or not parts_are_left(stored, shoko):
            shoko.at("read.begin")
            self.home.pool.read(request_for(drop, key, shoko))
            shoko.at("read.stored")
        return key

    def file(self, drop_id: str, key: str | None, error: EngineError | None = None) -> tuple[ArchiveRecord, ...]:
        """File what was read; a drop whose reading failed is filed for review without values."""
        drop = self.drops[drop_id]
        shoko = self.home.shoko
        if drop.repeats_drop_id is not None:
            if acknowledge_repeat(drop, shoko):
                self._count("repeated")
            else:
                with self.lock:
                    self.postponed.append(drop_id)
            return ()
        reading = load_reading(shoko, key) if key else None
        if reading is None:
            reading = unreadable(
                drop.blob.digest,
                media_type=drop.blob.media_type,
                unit_id=drop.unit_id,
                error=error or EngineCrashed("the reading is gone"),
                reader_engines=(FIELDS_ENGINE,),
            )
        records = file_reading(drop, reading, shoko)
        for record in records:
            self._count(record.state.value)
        if not records:
            self._count(DropState.READ.value)
        return records

    def ended(self) -> None:
        """One drop more has its outcome (or failed); tells who listens."""
        with self.lock:
            self.done += 1
        for listener in self.home.listeners:
            listener(self.done, len(self.drop_ids))

    def _count(self, what: str) -> None:
        with self.lock:
            self.counts[what] += 1


def request_for(drop: Drop, key: str, shoko: Shoko) -> ReadRequest:
    """What a reading process needs to know about a drop that was never filed."""
    return ReadRequest(
        drop_id=drop.drop_id,
        unit_id=drop.unit_id,
        blob=drop.blob,
        file_name=drop.deposit.original_name,
        reading_key=key,
        issued_by_us=drop.origin in ISSUED_BY_US,
        received_on=drop.received_on,
        today=tokyo_day(shoko.clock()),
        our_companies=names_said(shoko),
    )


def open_batch(home: Resident) -> Batch:
    """Claims in the inbox, plus drops that an earlier run preserved and did not finish."""
    shoko = home.shoko
    batch = Batch(home=home)
    limit = shoko.settings.intake.batch_size
    shoko.parties.learn()
    for drop_id in shoko.archive.drops_without_outcome(limit=limit):
        drop = shoko.archive.get_drop(drop_id)
        if drop is not None:
            batch.drops[drop_id] = drop
    claims = find_claims(shoko, limit=limit)
    still = timedelta(seconds=shoko.settings.intake.still_seconds_unsure)
    if not home.stays and shoko.resting.any_waits(now=shoko.clock(), still=still):
        home.stop.wait(still.total_seconds())
        claims = find_claims(shoko, limit=limit)
    for claim in claims:
        batch.claims[claim.drop_id] = claim
    return batch


def run_plain(batch: Batch) -> Counter[str]:
    """The whole batch in this thread, without an orchestrator: for tests, and as the flow's specification."""
    for drop_id in batch.drop_ids:
        if not batch.take(drop_id):
            continue
        batch.look(drop_id)
        key: str | None = None
        failed: EngineError | None = None
        if batch.drops[drop_id].repeats_drop_id is None:
            try:
                key = batch.read(drop_id)
            except (EngineCrashed, EngineTimeout) as error:
                failed = error
        batch.file(drop_id, key, failed)
    return batch.counts


_resident: ContextVar[Resident | None] = ContextVar("resident", default=None)


@contextmanager
def resident_home(home: Resident) -> Iterator[Resident]:
    """Flows that run inside use this installation and its warm processes instead of opening their own."""
    token = _resident.set(home)
    try:
        yield home
    finally:
        _resident.reset(token)


@contextmanager
def at_home() -> Iterator[Resident]:
    """The resident installation, or one opened from the settings in force for the time of a flow run."""
    home = _resident.get()
    if home is not None:
        yield home
        return
    settings = load_settings()
    with ReadingPool(settings=settings) as pool:
        shoko = open_shoko(settings)
        try:
            yield Resident(shoko=shoko, pool=pool, stays=False)
        finally:
            shoko.close()
