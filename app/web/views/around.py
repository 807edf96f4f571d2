"""What stands around one document: the words on its pages."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import JSONResponse, Response

from app.web.documents import Documents
from app.web.permissions import needs
from app.web.state import WebDep
from app.web.views.document import DocumentId, Revision
from domain.errors import ObjectMissing
from domain.page import PageText
from domain.people import Permission
from domain.record import ArchiveRecord

router = APIRouter()


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
