"""Deleting a document logically, with a reason; an electronic transaction by request (law: et-rules-template).

Nothing is taken away: every revision stays readable, and the document is found with "include deleted".
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from domain.calendar import tokyo_day
from domain.errors import RequestRefused
from domain.ids import ELECTRONIC
from domain.record import DocumentState
from domain.requests import Request, RequestKind, RequestState
from pipeline.steps.relations import known_document
from pipeline.steps.requests import approved, find_request, report

if TYPE_CHECKING:
    from domain.record import ArchiveRecord
    from pipeline.wiring import Shoko

logger = logging.getLogger(__name__)


def delete_document(
    shoko: Shoko,
    document_id: str,
    *,
    by: str,
    reason: str,
    base_revision: int | None = None,
    request_id: str | None = None,
) -> ArchiveRecord:
    """Tombstone a document; the same call again changes nothing.

    Args:
        shoko: the installation.
        document_id: what is deleted.
        by: login of who deletes.
        reason: why, in their words; where there is a request, its reason stands in for an empty one.
        base_revision: the revision that the person looked at; None: the newest.
        request_id: the approved request that asks for it; with the last of its documents it is reported.

    Raises:
        ObjectMissing: no such document or request.
        RevisionConflict: somebody revised it first.
        AppendOnlyViolation: it is approved.
        RequestRefused: no reason; or the office rules ask for an approved request and there is none.
    """
    newest = known_document(shoko, document_id)
    request = _request_for(shoko, newest, request_id)
    words = reason.strip() or (request.asked.words if request else "")
    if not words:
        raise RequestRefused("a deletion needs a reason", message_ja="削除には理由が必要です")
    gone = newest.state is DocumentState.TOMBSTONED
    base = base_revision or (newest.supersedes if gone and newest.supersedes else newest.revision)
    record = shoko.archive.tombstone(document_id, base_revision=base, recorded_by=by, reason=words)
    if request is not None:
        report_if_done(shoko, request, by=by, words=words)
    logger.info("tombstoned: %s", document_id)
    return record


def needs_request(shoko: Shoko, record: ArchiveRecord) -> bool:
    """Whether the office rules on electronic transactions, where they are in force, ask for a request first."""
    rules_from = shoko.company.electronic_rules_from
    in_force = rules_from is not None and rules_from <= tokyo_day(shoko.clock())
    return in_force and record.origin in ELECTRONIC


def report_if_done(shoko: Shoko, request: Request, *, by: str, words: str) -> Request:
    """Report a request for deletion once all its documents are deleted."""
    records = [known_document(shoko, document_id) for document_id in request.subjects]
    if request.state is RequestState.REPORTED or any(r.state is not DocumentState.TOMBSTONED for r in records):
        return request
    facts = {"deleted": len(records), "revision": records[0].revision}
    return report(shoko, request.request_id, by=by, words=words, facts=facts)


def _request_for(shoko: Shoko, record: ArchiveRecord, request_id: str | None) -> Request | None:
    if request_id is None:
        if needs_request(shoko, record):
            raise RequestRefused(
                f"document {record.document_id} is an electronic transaction: an approved request is needed",
                message_ja="電子取引データの削除には、事務処理規程により承認済みの申請が必要です。"
                "shoko request ask --kind deletion で申請してください",
            )
        return None
    found = find_request(shoko, request_id)
    if record.document_id not in found.subjects:
        raise RequestRefused(
            f"request {request_id} does not concern {record.document_id}",
            message_ja="この申請の対象に、この書類は含まれていません",
        )
    if found.state is RequestState.REPORTED and record.state is DocumentState.TOMBSTONED:
        return found  # this call, again
    return approved(shoko, request_id, RequestKind.DELETION)
