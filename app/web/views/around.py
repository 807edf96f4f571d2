"""What stands around one document: the words on its pages, its proofs as files, its division."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.web import format as fmt
from app.web.documents import Documents
from app.web.permissions import needs
from app.web.related_view import STAGE_LABELS, TIE_LABELS, related_plain
from app.web.respond import render, wants_json
from app.web.state import WebDep, checked_form
from app.web.views.desk import chosen, line, refuse, who
from app.web.views.document import DocumentId, Revision
from domain.codec import to_plain
from domain.errors import ObjectMissing
from domain.numbers import whole_in
from domain.page import PageText
from domain.people import Permission
from domain.record import ArchiveRecord

router = APIRouter()
SPLIT_REASON, MERGE_REASON = "分割の訂正", "結合の訂正"


def documents_of(web: WebDep) -> Documents:
    """The documents of the installation.

    Raises:
        ObjectMissing: the page stands over no installation.
    """
    if web.documents is None:
        raise ObjectMissing("no documents", message_ja="この画面では操作できません")
    return web.documents


DocumentsDep = Annotated[Documents, Depends(documents_of)]


def known(web: WebDep, document_id: str, *, revision: int | None = None) -> ArchiveRecord:
    """A document that the person who asks may see.

    Raises:
        ObjectMissing: there is none.
    """
    record = web.services.document(document_id, revision=revision)
    if record is None:
        raise ObjectMissing(f"no document {document_id}", message_ja=f"書類 {document_id} は見つかりません")
    return record


@router.get("/documents/{document_id}/around")
@needs(Permission.DOCUMENTS)
def around(request: Request, web: WebDep, documents: DocumentsDep, document_id: DocumentId) -> Response:
    """The deal that a document is a step of, what may be the same paper, and others of its counterparty.

    Apart from the document's page, which most people leave without asking: it costs more than the page itself.
    """
    with web.services.at_once():
        record = known(web, document_id)
        found = documents.related(record)
        context = {"record": record, "around": found, "stage_labels": STAGE_LABELS, "tie_labels": TIE_LABELS}
        return render(
            request,
            "around.html",
            fragment="document_around.html",
            context=context,
            payload=lambda: {"related": related_plain(found)},
        )


@router.get("/documents/{document_id}/text.txt")
@needs(Permission.DOCUMENTS)
def whole_text(web: WebDep, document_id: DocumentId, revision: Revision = None) -> Response:
    """Everything that was read, as plain text: of a long document its page shows the beginning."""
    record = known(web, document_id, revision=revision)
    headers = {"cache-control": "private, no-store", "content-security-policy": "default-src 'none'; sandbox"}
    return Response(record.text, media_type="text/plain; charset=utf-8", headers=headers)


@router.get("/documents/{document_id}/words/{number}")
@needs(Permission.DOCUMENTS)
def words(
    web: WebDep, documents: DocumentsDep, document_id: DocumentId, number: int, revision: Revision = None
) -> Response:
    """The words of one page (from 1) with their boxes, in reading order; always JSON."""
    record = known(web, document_id, revision=revision)
    text = documents.words(record, number - 1)
    page = record.pages[number - 1]
    plain = {
        "page": number,
        "width_px": page.width_px,
        "height_px": page.height_px,
        "engine": str(text.engine) if text is not None else None,
        "words": words_plain(text),
    }
    return JSONResponse(plain, headers={"cache-control": "private, max-age=600"})


def words_plain(text: PageText | None) -> list[dict[str, Any]]:
    """Each word with its box [left, top, right, bottom] in pixels of the upright page, and which line it is in."""
    return [
        {
            "text": word.text,
            "box": word.box.as_list(),
            "line": number,
            "confidence": round(word.confidence, 4),
        }
        for number, line in enumerate(text.lines if text is not None else ())
        for word in line.words
    ]


@router.get("/documents/{document_id}/proof")
@needs(Permission.DOCUMENTS)
def proof(web: WebDep, documents: DocumentsDep, document_id: DocumentId) -> Response:
    """Every act on the document with its proof in the log: always JSON, as a download."""
    known(web, document_id)
    plain = to_plain(documents.proof(document_id)) | {"document_id": document_id}
    return JSONResponse(plain, headers={"content-disposition": fmt.attachment(f"{document_id}-log-proof.json")})


@router.get("/documents/{document_id}/timestamps/{number}.tsr")
@needs(Permission.DOCUMENTS)
def timestamp(web: WebDep, documents: DocumentsDep, document_id: DocumentId, number: int) -> Response:
    """One timestamp (from 1) as the authority answered it (RFC 3161), as a download."""
    known(web, document_id)
    return _file(documents.timestamp(document_id, number), f"{document_id}-{number}.tsr")


@router.get("/documents/{document_id}/evidence/{number}.ers")
@needs(Permission.DOCUMENTS)
def evidence_record(web: WebDep, documents: DocumentsDep, document_id: DocumentId, number: int) -> Response:
    """The evidence record (RFC 4998) of one original (from 1), as a download."""
    known(web, document_id)
    return _file(documents.evidence_record(document_id, number), f"{document_id}-{number}.ers")


@router.post("/documents/{document_id}/divide", dependencies=[Depends(checked_form)])
@needs(Permission.CORRECT)
async def divide(request: Request, web: WebDep, documents: DocumentsDep, document_id: DocumentId) -> Response:
    """Divide a document at the chosen borders, or join it with the chosen ones; on to what was made."""
    async with request.form() as form:
        by, action = who(request, form), line(form, "action")
        after, ids, reason = form.getlist("after"), chosen(form), line(form, "reason")
    await run_in_threadpool(known, web, document_id)
    if not by:
        return refuse(request, "no_name")
    if action == "split":
        cuts = [cut for one in after if (cut := whole_in(str(one))) is not None]
        if len(cuts) < len(after):
            return refuse(request, "bad_request")
        made = await run_in_threadpool(
            lambda: documents.split(document_id, after=cuts, by=by, reason=reason or SPLIT_REASON)
        )
    elif action == "merge":
        made = (await run_in_threadpool(lambda: documents.merge(ids, by=by, reason=reason or MERGE_REASON)),)
    else:
        return refuse(request, "bad_request")
    if wants_json(request):
        return JSONResponse({"documents": [record.document_id for record in made]})
    return RedirectResponse(f"/documents/{made[0].document_id}#related", status_code=303)


def _file(content: bytes, name: str) -> Response:
    headers = {"content-disposition": fmt.attachment(name), "cache-control": "private, no-store"}
    return Response(content, media_type="application/octet-stream", headers=headers)
