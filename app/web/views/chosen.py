"""Steps for documents that were picked out of a search: what they are is shown and counted before anything is done."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from app.web.permissions import must, needs
from app.web.queries import MOST_CONDITIONS
from app.web.respond import render
from app.web.search_view import search_again
from app.web.state import WebDep, checked_form
from app.web.views.desk import chosen, line, refuse
from domain.people import Permission
from domain.record import ArchiveRecord, DocumentState

router = APIRouter()
_OPEN = frozenset({DocumentState.FILED, DocumentState.NEEDS_REVIEW})
_STEPS: dict[str, tuple[Permission, str, Callable[[ArchiveRecord], bool]]] = {
    "submit": (Permission.ASK, "/approvals/submit", lambda record: record.state is DocumentState.FILED),
    "received": (
        Permission.CORRECT,
        "/received",
        lambda record: record.state in _OPEN and record.received_on_assumed,
    ),
    "access": (Permission.CORRECT, "/access", lambda record: record.state is not DocumentState.DESTROYED),
    "export": (Permission.AUDIT, "/audit/export", lambda record: record.state is not DocumentState.DESTROYED),
    "hold": (Permission.ADMIN, "/admin/retention", lambda record: record.state is not DocumentState.DESTROYED),
}
"""Action → what one needs for it, where its form goes, and which documents it is for."""


@router.get("/search/chosen")
@needs(Permission.DOCUMENTS)
def unpicked(request: Request) -> Response:
    """What was picked came with a form; without it there is the search."""
    return RedirectResponse(f"/search?{request.url.query}".rstrip("?"), status_code=303)


@router.post("/search/chosen", dependencies=[Depends(checked_form)])
@needs(Permission.ASK, Permission.CORRECT, Permission.AUDIT)
async def pick(request: Request, web: WebDep) -> Response:
    """What would be done to which documents; nothing is done here."""
    async with request.form() as form:
        action, ids = line(form, "action"), list(dict.fromkeys(chosen(form)))
        back = search_again(line(form, "here", most=MOST_CONDITIONS), page_size=web.settings.page_size)
    if action not in _STEPS:
        return refuse(request, "bad_request")
    permission, target, fits = _STEPS[action]
    must(request, permission)
    if not ids:
        return refuse(request, "nothing_chosen")
    found = await run_in_threadpool(lambda: [one for one in map(web.services.document, ids) if one is not None])
    fit = [record for record in found if fits(record)]
    context = {"action": action, "target": target, "found": fit, "unfit": len(ids) - len(fit), "back": back}
    payload = {
        "action": action,
        "target": target,
        "documents": [record.document_id for record in fit],
        "left_out": len(ids) - len(fit),
    }
    return render(request, "search_chosen.html", context=context, payload=payload)
