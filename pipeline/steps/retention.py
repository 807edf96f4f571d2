"""How long every object of a document stays locked: extended when a fact changes, held, never shortened (DESIGN §7).

At intake everything gets a short provisional lock. Filing extends the original's; this step extends all that a document
consists of (originals, manifests, payloads, tokens, extracts, log entries), and again whenever the law asks for a later
day: another fiscal year, a loss year, another end of a contract, a legal hold. An object that several documents share
is locked until the latest of their days, and so are the acts that all of them stand on: routes of approval, people,
facts about the company.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from compliance.retention import held_by_company, retain_until
from domain.acts import ActKind
from domain.calendar import end_of_tokyo_day, tokyo_day
from domain.errors import ObjectMissing, RequestRefused
from domain.fields import DocumentType
from domain.query import Query
from domain.record import DocumentState
from domain.requests import REASON
from pipeline.steps.apiece import Apiece
from pipeline.steps.health import VAULT
from pipeline.steps.verify import found_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from compliance.settings import CompanySettings
    from domain.acts import ActRecord
    from domain.record import ArchiveRecord
    from pipeline.wiring import Shoko

logger = logging.getLogger(__name__)

LOCKS_EXTENDED = "locks_extended"
"""Kind of the log entry of one walk over all documents; its manifest says how far the log was then."""
LEAST_PROVISIONAL = timedelta(days=30)
"""A document that still waits for review is locked for good when less than this is left of its provisional lock: a
month in which some nightly run comes through, even after a long break."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended:
    """What a walk over all documents did."""

    documents: int
    """Documents whose objects were looked at."""
    objects: int
    """Objects whose lock was set."""
    later: tuple[str, ...]
    """Documents that are kept longer than was known before."""


def wanted_until(shoko: Shoko, record: ArchiveRecord) -> date:
    """Last day on which a document must be kept by today's facts: the latest of all, never earlier than it was."""
    computed = asked_until(record, shoko.company)
    return max(computed, _known_until(shoko, record) or computed)


def asked_until(record: ArchiveRecord, company: CompanySettings) -> date:
    """Last day on which the law asks to keep a document of a company, whatever is locked (law: ret-corp, ret-other)."""
    contract = record.classification.label is DocumentType.CONTRACT
    return retain_until(
        record.received_on,
        settings=company,
        document_type=record.classification.label,
        contract_end=record.fields.day("effective_to") if contract else None,
    )


def is_held(shoko: Shoko, record: ArchiveRecord) -> bool:
    """Whether a legal hold keeps it, set on the document or for its day of receipt (law: ret-other)."""
    return hold_of(shoko, record.document_id) is not None or held_by_company(record.received_on, settings=shoko.company)


def hold_of(shoko: Shoko, document_id: str) -> ActRecord | None:
    """The hold that stands on a document itself, with who set it and why."""
    acts = [a for a in shoko.archive.acts(document_id) if a.kind in {ActKind.HELD, ActKind.HOLD_LIFTED}]
    own = [act for act in acts if act.subject_id == document_id]
    return own[-1] if own and own[-1].kind is ActKind.HELD else None


def hold(shoko: Shoko, document_ids: Sequence[str], *, by: str, reason: str) -> tuple[ActRecord, ...]:
    """Keep documents until the hold is lifted, whatever their period; their locks follow at once.

    Raises:
        ObjectMissing: no such document.
        RequestRefused: no reason is given.
    """
    return tuple(_said(shoko, one, ActKind.HELD, by=by, reason=reason) for one in document_ids)


def lift(shoko: Shoko, document_ids: Sequence[str], *, by: str, reason: str) -> tuple[ActRecord, ...]:
    """Lift a hold: from now on only the law's periods count. Locks that were extended stay as they are.

    Raises:
        ObjectMissing: no such document.
        RequestRefused: it is not held, or no reason is given.
    """
    for document_id in document_ids:
        if hold_of(shoko, document_id) is None:
            raise RequestRefused(
                f"document {document_id} is not held",
                message_ja=f"書類 {document_id} に保存命令は掛かっていません",
            )
    return tuple(_said(shoko, one, ActKind.HOLD_LIFTED, by=by, reason=reason) for one in document_ids)


def extend_locks(shoko: Shoko, *, full: bool = False) -> Extended:
    """Walk over all documents, and lock until the day that is wanted now what is not locked so long.

    Only documents whose day changed, or to which something was added since the last walk, are touched; ``full`` sets
    and reads back every lock of every document. A document that fails keeps no other from its lock; the walk then does
    not count as done, so that the next one begins where this one began.

    Raises:
        AppError: of the first that failed, after all others.
    """
    shoko, size = shoko.held_still(), shoko.archive.log_size()
    since = 0 if full else _last_walk(shoko)
    touched = None if full else {leaf.subject_id for leaf in shoko.archive.leaves(since, size)}
    documents, objects, later, latest, many = 0, 0, list[str](), date.min, Apiece("locks")
    for document_id in found_ids(shoko, Query(include_deleted=True)):
        with many.one():
            until, locked, changed = _extend_one(shoko, document_id, touched)
            latest = max(latest, until)
            documents += locked is not None
            objects += locked or 0
            later += [document_id] if changed else []
    if latest > date.min:
        end = date(latest.year, 12, 31)
        objects += _lock(shoko, shoko.archive.log_objects(since), end)
        objects += _lock(shoko, shoko.archive.standing_objects(), end)
    many.end()
    shoko.archive.append_act(
        kind=LOCKS_EXTENDED,
        subject_id=VAULT,
        manifest={
            "format": "shoko.locks.v1",
            "client_id": shoko.settings.client_id,
            "recorded_at": shoko.clock().isoformat(),
            "log_size": size,
            "documents": documents,
            "objects": objects,
            "later": len(later),
        },
    )
    logger.info("locks: %d documents, %d objects", documents, objects)
    return Extended(documents=documents, objects=objects, later=tuple(later))


def _extend_one(shoko: Shoko, document_id: str, touched: set[str] | None) -> tuple[date, int | None, bool]:
    """Until when a document is locked (the first day of all where it waits), how many objects, whether that is new."""
    record = shoko.archive.get_document(document_id)
    if record is None or _waits(shoko, record):
        return date.min, None, False
    until = _locked_until(shoko, record)
    # What waits for review was not locked for good when it was filed.
    waited = record.state is DocumentState.NEEDS_REVIEW
    known = _extended_until(shoko, record) if waited else _known_until(shoko, record)
    changed = known is None or until > known
    if not (changed or touched is None or touched & set(shoko.archive.subjects_of(document_id))):
        return until, None, False
    objects = _lock(shoko, shoko.archive.objects_of(document_id), until)
    if changed:
        _record_extension(shoko, record, until)
    return until, objects, changed


def short_locks(shoko: Shoko) -> Iterator[str]:
    """Keys of objects that the store would let go before the day that is recorded; every lock is read back."""
    for document_id in found_ids(shoko, Query(include_deleted=True)):
        record = shoko.archive.get_document(document_id)
        if record is None or _waits(shoko, record):
            continue
        waited = record.state is DocumentState.NEEDS_REVIEW
        known = _extended_until(shoko, record) if waited else _known_until(shoko, record)
        until = end_of_tokyo_day(known) if known else None
        for unit in shoko.archive.unit_of_document(document_id):
            blob = unit.blob
            found = shoko.store.stat(VAULT, blob.key, version_id=blob.version_id)
            if until is None or found is None or until < shoko.clock():
                continue
            kept = shoko.store.retention(VAULT, blob.key, version_id=blob.version_id)
            if kept is None or kept < until.replace(microsecond=0):
                yield blob.key


def _said(shoko: Shoko, document_id: str, kind: ActKind, *, by: str, reason: str) -> ActRecord:
    record = shoko.archive.get_document(document_id)
    if record is None:
        raise ObjectMissing(f"no document {document_id}", message_ja=f"書類 {document_id} はありません")
    if not reason.strip():
        raise RequestRefused("a hold needs a reason", message_ja="保存命令とその解除には理由が必要です（--reason）")
    act = shoko.archive.record_act(
        kind,
        document_id,
        recorded_by=by,
        personal={REASON: reason},
        retain_until=wanted_until(shoko, record),
    )
    if kind is ActKind.HELD:
        until = _locked_until(shoko, record)
        _lock(shoko, shoko.archive.objects_of(document_id), until)
        if until > (_known_until(shoko, record) or date.min):
            _record_extension(shoko, record, until)
    return act


def _record_extension(shoko: Shoko, record: ArchiveRecord, until: date) -> None:
    shoko.archive.record_act(
        ActKind.RETENTION_EXTENDED,
        record.document_id,
        recorded_by="engine",
        facts={"until": until.isoformat()},
        retain_until=until,
    )


def _locked_until(shoko: Shoko, record: ArchiveRecord) -> date:
    """A hold has no end and a lock must have one: it is moved on, to the end of the year after this one."""
    until = wanted_until(shoko, record)
    return max(until, date(tokyo_day(shoko.clock()).year + 1, 12, 31)) if is_held(shoko, record) else until


def _known_until(shoko: Shoko, record: ArchiveRecord) -> date | None:
    """The latest day that is recorded, in its newest revision or since."""
    days = (record.retain_until, _extended_until(shoko, record))
    return max((day for day in days if day is not None), default=None)


def _extended_until(shoko: Shoko, record: ArchiveRecord) -> date | None:
    """The latest day to which its locks were extended after filing."""
    acts = (a for a in shoko.archive.acts(record.document_id) if a.kind is ActKind.RETENTION_EXTENDED)
    return max((date.fromisoformat(str(act.facts["until"])) for act in acts), default=None)


def _waits(shoko: Shoko, record: ArchiveRecord) -> bool:
    """Not yet locked for good: it may still be withdrawn, or it is."""
    if any(act.kind is ActKind.WITHDRAWN for act in shoko.archive.acts(record.document_id)):
        return True
    if record.state is not DocumentState.NEEDS_REVIEW:
        return False
    first = shoko.archive.history(record.document_id)[0]
    provisional = timedelta(days=shoko.settings.archive.provisional_lock_days)
    return shoko.clock() < first.recorded_at + provisional - LEAST_PROVISIONAL


def _lock(shoko: Shoko, keys: Iterable[str], until: date) -> int:
    """Lock the newest version under each key, and read the lock back; gives how many there are."""
    count, instant = 0, end_of_tokyo_day(until)
    for key in keys:
        found = shoko.store.stat(VAULT, key)
        if found is not None:  # what is gone, reconciliation names
            shoko.store.extend_retention(VAULT, key, version_id=found.version_id, until=instant)
            count += 1
    return count


def _last_walk(shoko: Shoko) -> int:
    for leaf in reversed(shoko.archive.leaves_of(VAULT)):
        if leaf.kind == LOCKS_EXTENDED:
            return leaf.sequence
    return 0
