"""書類: the scan beside its fields, history, evidence and lineage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, BinaryIO

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from starlette.responses import Response, StreamingResponse

from app.web import format as fmt
from app.web.approvals import Sheet
from app.web.desk import Past
from app.web.document_view import (
    check_label,
    counts_of,
    detail_text,
    field_rows,
    form_rows,
    log_of,
    ordered_checks,
    proposals_of,
    reasons_of,
    record_to_plain,
    report_context,
    report_to_plain,
    title_of,
    versions_of,
)
from app.web.named import ids_in, pieces
from app.web.permissions import needs, who_of
from app.web.related_view import related_plain
from app.web.respond import error_response, language_of, render
from app.web.state import Web, WebDep, checked_form
from domain import compliance as law_words
from domain.act_words import CIRCUMSTANCES, FORM, act_words
from domain.codec import to_plain
from domain.fields import FIELDS
from domain.people import Permission
from domain.record import ArchiveRecord, DocumentState, DropStatus
from pipeline.steps.compliance import standing_plain
from pipeline.steps.duplicates import DIFFERS, DUPLICATE
from pipeline.steps.suggesting import suggestion_lines, suggestion_plain

router = APIRouter()
_OPEN = frozenset({DocumentState.NEEDS_REVIEW, DocumentState.FILED})
_OF_ANOTHER = frozenset({DUPLICATE, DIFFERS})
"""Reasons whose detail is another document."""
MOST_TEXT = 10_000
"""Characters of what was read that stand on the page: some seven pages of a contract."""
_CHUNK_BYTES = 256 * 1024
Revision = Annotated[int | None, Query(ge=1, le=1_000_000)]
ID_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
"""What can be an id."""


def _document_id(document_id: str) -> str:
    """Only what can be an id reaches the archive."""
    if not ID_PATTERN.fullmatch(document_id):
        raise HTTPException(status_code=404)
    return document_id


DocumentId = Annotated[str, Depends(_document_id)]


@router.get("/documents/{document_id}")
@needs(Permission.DOCUMENTS)
def document(request: Request, web: WebDep, document_id: DocumentId, revision: Revision = None) -> Response:
    """The page of one document, in its newest revision or the one asked for."""
    with web.services.at_once():
        return _document(request, web, document_id, revision)


def _document(request: Request, web: Web, document_id: str, revision: int | None) -> Response:
    record = web.services.document(document_id, revision=revision)
    if record is None:
        return error_response(request, code="not_found", status=404)
    history = web.services.history(document_id)
    evidence = web.services.evidence(document_id)
    lineage = web.services.lineage(document_id)
    rows = field_rows(record)
    suggestion = web.services.suggestion(record)
    past = web.desk.past(history[-1]) if web.desk and history else None
    context: dict[str, Any] = {
        "record": record,
        "rows": [row for row in rows if row.value is not None],
        "missing": [row for row in rows if row.value is None],
        "reasons": reasons_of(record),
        "suggestion": suggestion_lines(suggestion, language=language_of(request)),
        "versions": versions_of(history, _file_names(web, history, lineage)),
        "newest": history[-1].revision if history else record.revision,
        "evidence": evidence,
        "log": log_of(evidence),
        "laws": law_words,
        "lineage": lineage,
        "names": FIELDS,
        "correctable": record.revision == history[-1].revision and record.state in _OPEN if history else False,
        "correct_rows": form_rows(record),
        "check_label": check_label,
        "detail_text": detail_text,
        "ordered_checks": ordered_checks,
        "counts_of": counts_of,
        "past": past,
        "titles": _titles(request, web, history or (record,), record, past),
        "pieces": pieces,
        "approval": _approval(request, web, history[-1]) if history else None,
        "access": web.desk.access((document_id,))[0][1] if web.desk else None,
        "surrounded": web.documents is not None and bool(history),
        "beside": web.documents.beside(history[-1]) if web.documents and history else (),
        "proposals": proposals_of(record, history),
        "act_words": act_words,
        "form_entries": FORM,
        "most_text": MOST_TEXT,
        "circumstances": CIRCUMSTANCES,
    }

    def payload() -> dict[str, Any]:
        around = web.documents.related(history[-1]) if web.documents and history else None
        return {
            "document": record_to_plain(record),
            "history": [record_to_plain(version) for version in history],
            "evidence": to_plain(evidence)
            | {"compliance": standing_plain(evidence.compliance) if evidence.compliance else None},
            "lineage": [to_plain(status) for status in lineage],
            "suggestion": suggestion_plain(suggestion),
            "acts": to_plain(context["past"])["acts"] if context["past"] else [],
            "related": related_plain(around) if around else None,
        }

    return render(request, "document.html", context=context, payload=payload)


def _file_names(web: Web, history: Iterable[ArchiveRecord], lineage: Iterable[DropStatus]) -> dict[str, str]:
    """As which files the originals of every revision came; those of earlier pictures are looked for."""
    names = {one.drop.unit_id: one.drop.deposit.original_name for one in lineage}
    earlier = {page.unit_id for record in history for page in record.pages} - names.keys()
    return names | (web.desk.file_names(sorted(earlier)) if web.desk and earlier else {})


def _titles(
    request: Request, web: Web, history: Iterable[ArchiveRecord], record: ArchiveRecord, past: Past | None
) -> dict[str, str]:
    """What the documents are that this one names: tied to it, said of it by somebody, or perhaps the same paper.

    Of what may not be seen nothing is said.
    """
    tied = {one for link in past.links for one in (link.document_id, link.to_id)} if past else set()
    said = ids_in([*(one.reason or "" for one in history), *(act_words(act)[0] for act in (past.acts if past else ()))])
    doubts = {reason.detail for reason in record.review_reasons if reason.code in _OF_ANOTHER and reason.detail}
    found = ((one, web.services.document(one)) for one in (tied | said | doubts) - {record.document_id})
    return {one: title_of(other, language=language_of(request)) for one, other in found if other is not None}


def _approval(request: Request, web: WebDep, newest: ArchiveRecord) -> Sheet | None:
    who = who_of(request)
    return web.approvals.sheet(newest, who.user if who is not None else None) if web.approvals is not None else None


@router.get("/documents/{document_id}/pages/{number}.png")
@needs(Permission.DOCUMENTS)
def page_image(
    web: WebDep,
    document_id: DocumentId,
    number: int,
    revision: Revision = None,
    width: Annotated[int | None, Query(ge=60, le=480)] = None,
) -> Response:
    """The picture of one page (from 1), or a small one ``width`` pixels wide."""
    image = web.services.page_image(
        document_id, page=number - 1, width_px=width or web.settings.page_width_px, revision=revision
    )
    return Response(image.png, media_type="image/png", headers={"cache-control": "private, max-age=600"})


@router.get("/documents/{document_id}/original")
@needs(Permission.DOCUMENTS)
def original(
    web: WebDep, document_id: DocumentId, unit: Annotated[str | None, Query(max_length=200)] = None
) -> Response:
    """The bytes as they came: always a download, never shown by the browser."""
    found = web.services.original(document_id, unit_id=unit)
    headers = {
        "content-disposition": fmt.attachment(found.name),
        "content-length": str(found.size_bytes),
        "content-security-policy": "default-src 'none'; sandbox",
    }
    return StreamingResponse(_chunks(found.stream), media_type=fmt.inert_media(found.media_type), headers=headers)


@router.get("/documents/{document_id}/searchable.pdf")
@needs(Permission.DOCUMENTS)
def searchable(web: WebDep, document_id: DocumentId, revision: Revision = None) -> Response:
    """A copy that any viewer can search (PDF/A): always a download; the original stays as it is."""
    found = web.services.searchable(document_id, revision=revision)
    headers = {
        "content-disposition": fmt.attachment(found.name),
        "content-security-policy": "default-src 'none'; sandbox",
        "cache-control": "private, no-store",
    }
    return Response(found.content, media_type="application/pdf", headers=headers)


@router.post("/documents/{document_id}/verify", dependencies=[Depends(checked_form)])
@needs(Permission.VERIFY)
def verify_document(request: Request, web: WebDep, document_id: DocumentId) -> Response:
    """Check its evidence now."""
    report = web.services.verify_document(document_id)
    context = report_context(report) | {"document_id": document_id, "about": document_id, "subjects": {}}
    return render(
        request,
        "verify_document.html",
        fragment="report.html",
        context=context,
        payload=report_to_plain(report),
    )


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    with stream:
        while chunk := stream.read(_CHUNK_BYTES):
            yield chunk
