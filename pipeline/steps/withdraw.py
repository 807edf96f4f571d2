"""A misdirected file (誤投入): asked for, approved by another person, withdrawn while its lock is only provisional.

What was dropped by mistake is not kept for ten years: documents of it are deleted at once, and when the provisional
lock ends originals and payloads go, while the log entries stay (DESIGN §7).
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from domain.acts import ActKind
from domain.errors import ObjectMissing, RequestRefused
from domain.record import DocumentState
from domain.requests import REASON, RequestKind, RequestState
from pipeline.steps.apiece import Apiece
from pipeline.steps.destroy import WITHDRAWN, Destruction, finish
from pipeline.steps.health import VAULT
from pipeline.steps.requests import approved, ask, find_request, requests

if TYPE_CHECKING:
    from datetime import datetime

    from domain.record import Drop
    from domain.requests import Request
    from pipeline.wiring import Shoko

logger = logging.getLogger(__name__)

SLACK = timedelta(days=2)
"""Stores round locks up, and a bucket's default lock may reach a day further than ours."""


def ask_withdrawal(shoko: Shoko, drop_id: str, *, by: str, reason: str) -> Request:
    """Ask for a drop to be withdrawn; another person has to approve.

    Raises:
        ObjectMissing: no such drop.
        RequestRefused: it is locked for good already (then its documents can only be deleted by version), it came
            several times, or no reason is given.
    """
    _must_be_provisional(shoko, _drop(shoko, drop_id))
    return ask(shoko, RequestKind.WITHDRAWAL, [drop_id], by=by, reason=reason)


def carry_out_withdrawal(shoko: Shoko, request_id: str, *, by: str) -> Destruction:
    """Withdraw what an approved request names: its documents are deleted now, the rest goes when its lock ends.

    Doing it again after that day removes what was still locked; the nightly run does.

    Raises:
        RequestRefused: the request is not approved, or the drop was locked for good meanwhile.
    """
    request = find_request(shoko, request_id)
    if request.state is RequestState.REPORTED:
        return Destruction(request=request, documents=(), removed=0)
    request = approved(shoko, request_id, RequestKind.WITHDRAWAL)
    drop = _drop(shoko, request.subjects[0])
    if not _is_withdrawn(shoko, drop):
        _must_be_provisional(shoko, drop)
    documents = _documents(shoko, drop)
    shoko.archive.record_act(
        ActKind.WITHDRAWN,
        drop.drop_id,
        recorded_by=by,
        about=(request_id, *documents),
        facts={"request": request_id},
        personal={REASON: request.asked.words},
    )
    shoko.at("withdraw.recorded")
    for document_id in documents:
        newest = shoko.archive.get_document(document_id)
        if newest is not None and newest.state is not DocumentState.TOMBSTONED:
            shoko.archive.tombstone(document_id, base_revision=newest.revision, recorded_by=by, reason=WITHDRAWN)
            shoko.at("withdraw.tombstoned")
    if _lock_ends(shoko, drop) > shoko.clock():
        logger.info("withdrawn: %s; it goes when its lock ends", drop.drop_id)
        return Destruction(request=request, documents=documents, removed=0, locked=(drop.drop_id,))
    acts = []
    for subject in documents or (drop.drop_id,):
        acts.append(
            shoko.archive.record_destruction(
                subject, request_id=request_id, basis=WITHDRAWN, recorded_by=by, drop_id=drop.drop_id
            )
        )
        shoko.at("withdraw.destroyed")
    return finish(shoko, request, acts, by=by)


def finish_withdrawals(shoko: Shoko) -> int:
    """Carry out every approved withdrawal and destruction that a lock held up; gives how many are done.

    Raises:
        AppError: of the first that failed, after all others.
    """
    done, many = 0, Apiece("withdrawals")
    for request in requests(shoko):
        if request.state is RequestState.APPROVED:
            with many.one():
                done += _finish_one(shoko, request)
    many.end()
    return done


def _finish_one(shoko: Shoko, request: Request) -> bool:
    from pipeline.steps.destroy import carry_out  # noqa: PLC0415  # the other kind of request that waits for locks

    by = (request.decided.by if request.decided else None) or "engine"
    if request.kind is RequestKind.WITHDRAWAL and _is_withdrawn(shoko, _drop(shoko, request.subjects[0])):
        return not carry_out_withdrawal(shoko, request.request_id, by=by).locked
    if request.kind is RequestKind.DESTRUCTION and all(map(shoko.archive.destruction_of, request.subjects)):
        return not carry_out(shoko, request.request_id, by=by).locked
    return False


def _drop(shoko: Shoko, drop_id: str) -> Drop:
    drop = shoko.archive.get_drop(drop_id)
    if drop is None:
        raise ObjectMissing(f"no drop {drop_id}", message_ja=f"受け付けたファイル {drop_id} はありません")
    return drop


def _documents(shoko: Shoko, drop: Drop) -> tuple[str, ...]:
    """Every document that has, or had, a page of what was dropped."""
    units = (drop.unit_id, *(unit.unit_id for unit in shoko.archive.extracts_of(drop.unit_id)))
    return tuple(dict.fromkeys(one for unit_id in units for one in shoko.archive.documents_of_unit(unit_id)))


def _is_withdrawn(shoko: Shoko, drop: Drop) -> bool:
    return any(act.kind is ActKind.WITHDRAWN for act in shoko.archive.acts(drop.drop_id))


def _lock_ends(shoko: Shoko, drop: Drop) -> datetime:
    """When the store lets the original go, as read back from it."""
    blob = drop.blob
    try:
        kept = shoko.store.retention(blob.bucket, blob.key, version_id=blob.version_id)
    except ObjectMissing:
        kept = None
    return kept or drop.preserved_at


def _must_be_provisional(shoko: Shoko, drop: Drop) -> None:
    """Only what is locked provisionally can be withdrawn.

    Raises:
        RequestRefused: it is locked for good, one of its documents was filed, or another drop brought the same.
    """
    provisional = timedelta(days=shoko.settings.archive.provisional_lock_days)
    settled = any(
        record.state in {DocumentState.FILED, DocumentState.APPROVED}
        for document_id in _documents(shoko, drop)
        for record in shoko.archive.history(document_id)
    )
    if settled or drop.blob.bucket != VAULT or _lock_ends(shoko, drop) > drop.preserved_at + provisional + SLACK:
        raise RequestRefused(
            f"drop {drop.drop_id} is locked for good",
            message_ja="保存期間が確定しているため、誤投入として取り消せません。削除扱い（tombstone）にしてください",
        )
    if drop.repeats_drop_id is not None or len(shoko.archive.drops_of_unit(drop.unit_id)) > 1:
        raise RequestRefused(
            f"drop {drop.drop_id} came more than once",
            message_ja="同じファイルが複数回投入されているため、取り消せません。どれも残す必要がないか確かめてください",
        )
