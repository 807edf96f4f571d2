"""One token over many units (policy ``batch``; law: scan-timestamp-bundle).

The members are every unit that waits (drops and what was taken out of them) and the newest signed head of the log. The
token is over the root of a hash tree of RFC 4998 §4.2 (``hash_tree``), so each member verifies alone: by its reduced
tree and the token, which ``unit_records`` gives as an evidence record (RFC 4998 §3).

In the vault a batch is one object, ``<client>/batches/batch-000001.json``, canonical JSON: ``format``, ``client_id``,
``number``, ``purpose``, ``hash_algorithm``, ``members`` as ``[name, digest]``, and ``token`` as other tokens are kept,
its imprint the root. The log names it by the leaf ``batch_stamped``. ``verifier.batch`` reads it.

After a crash: no object, and the units still wait; an object without its leaf, and the next round records it before
it asks for anything (the token is not lost, and none is paid twice), where it holds as it would have on arrival
(``interrupted``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain import codec
from domain.engines import TimestampAuthority
from domain.errors import DigestMismatch, EvidenceError, ObjectMissing
from domain.evidence import BatchMember, StampBatch, StampRequest, TreeHead, head_name
from domain.ids import Digest
from storage.archive import Archive
from storage.archive.writing import end_of_day
from storage.evidence.hash_tree import HashTree
from storage.evidence.interrupted import finish_interrupted
from storage.evidence.settings import BatchSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRound:
    """What one round did."""

    batches: tuple[StampBatch, ...] = ()
    failed: tuple[str, ...] = ()
    """Units that were asked for in vain."""
    error_code: str | None = None
    waiting: int = 0
    """Units that are left for a batch that is not due yet."""
    closes_at: datetime | None = None
    """When that batch is closed at the latest."""


def closing_time(requests: Iterable[StampRequest], deadlines: Iterable[date], settings: BatchSettings) -> datetime:
    """When the batch of these is closed: the first has waited long enough, or a legal deadline comes near.

    Args:
        requests: the units that wait; at least one.
        deadlines: last days (Asia/Tokyo) on which they may be stamped (law: scan-input-early, scan-input-cycle).
        settings: the wait, and the margin before a deadline's end.
    """
    by_wait = min(request.requested_at for request in requests) + timedelta(seconds=settings.wait_seconds)
    margin = timedelta(hours=settings.margin_hours)
    return min([by_wait, *(end_of_day(day) - margin for day in deadlines)])


def stamp_in_batches(
    archive: Archive,
    authority: TimestampAuthority,
    *,
    settings: BatchSettings,
    deadlines: Iterable[date] = (),
    newest_head: Callable[[], TreeHead | None] = lambda: None,
    now: datetime,
    close: bool = False,
) -> BatchRound:
    """Close the batch of what waits, if it is due (or ``close`` says so); one process at a time.

    An authority that fails leaves all of them queued, to be tried again later; nothing is lost.
    """
    with archive.turn("stamping"):
        return _round(archive, authority, settings, tuple(deadlines), newest_head, now=now, close=close)


def _round(
    archive: Archive,
    authority: TimestampAuthority,
    settings: BatchSettings,
    deadlines: tuple[date, ...],
    newest_head: Callable[[], TreeHead | None],
    *,
    now: datetime,
    close: bool,
) -> BatchRound:
    left = finish_interrupted(archive, authority)
    done = [] if left is None else [left]
    while due := archive.pending_stamps(limit=1):
        waiting = archive.pending_stamps(limit=settings.max_units, due_only=False)
        closing = closing_time((*waiting, *due), deadlines, settings)
        if not close and now < closing and len(waiting) < settings.max_units:
            return BatchRound(batches=tuple(done), waiting=len(waiting), closes_at=closing)
        try:
            done.append(_stamp(archive, authority, waiting, newest_head()))
        except (EvidenceError, DigestMismatch, ObjectMissing) as error:
            unit_ids = tuple(request.unit_id for request in waiting)
            archive.record_stamp_failures(unit_ids, error_code=error.code)
            return BatchRound(batches=tuple(done), failed=unit_ids, error_code=error.code)
    return BatchRound(batches=tuple(done))


def _stamp(
    archive: Archive, authority: TimestampAuthority, requests: tuple[StampRequest, ...], head: TreeHead | None
) -> StampBatch:
    members = [BatchMember(name=request.unit_id, digest=request.imprint.value) for request in requests]
    if head is not None and not archive.batches_of((head_name(head.tree_size),)):
        digest = Digest.of(codec.dump(head))
        members.append(BatchMember(name=head_name(head.tree_size), digest=digest.value))
    root = HashTree(bytes.fromhex(member.digest) for member in members).root
    return archive.record_batch(members, authority.stamp(Digest(value=root.hex())))
