"""申請: what waits for a decision or a report; who asked may not decide (law: et-rules-template)."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.web.permissions import must, needs
from app.web.respond import language_of, render
from app.web.state import WebDep, checked_form
from app.web.views.desk import DeskDep, done, line, refuse, who
from app.web.views.review import title_of
from domain.act_words import FORM
from domain.people import Permission
from domain.requests import OPEN, RequestState
from domain.requests import Request as Asked
from pipeline.steps.requests import request_plain

router = APIRouter()
_TITLED = 300
"""Documents that are named by what they are; one request may be about hundreds."""
_STEPS = {RequestState.REQUESTED: ("approve", "reject", "take-back"), RequestState.APPROVED: ("report",)}


@router.get("/requests")
@needs(Permission.REQUESTS)
def requests(
    request: Request, web: WebDep, desk: DeskDep, show: Annotated[Literal["open", "all"], Query()] = "open"
) -> Response:
    """The list, newest first."""
    found: tuple[Asked, ...] = tuple(one for one in reversed(desk.requests()) if show == "all" or one.state in OPEN)
    about = dict.fromkeys(one for asked in found for one in asked.subjects if one.startswith("doc-"))
    titles = {
        one: title_of(record, language=language_of(request))
        for one in islice(about, _TITLED)
        if (record := web.services.document(one)) is not None
    }
    context = {"found": found, "show": show, "steps": _STEPS, "entries": FORM, "titles": titles}
    payload = {"requests": [request_plain(one) for one in found]}
    return render(request, "requests.html", context=context, payload=payload)


@router.post("/requests/{request_id}", dependencies=[Depends(checked_form)])
@needs(Permission.ASK, Permission.DECIDE)
async def step(request: Request, desk: DeskDep, request_id: str) -> Response:
    """Take the next step of a request."""
    async with request.form() as form:
        by, words, action = who(request, form), line(form, "reason"), line(form, "action")
    if not by:
        return refuse(request, "no_name")
    must(request, Permission.DECIDE if action in {"approve", "reject"} else Permission.ASK)
    match action:
        case "approve" | "reject":
            await run_in_threadpool(desk.decide, request_id, approve=action == "approve", by=by, reason=words)
        case "take-back":
            await run_in_threadpool(desk.take_back, request_id, by=by, reason=words)
        case "report":
            await run_in_threadpool(desk.report, request_id, by=by, reason=words)
        case _:
            return refuse(request, "bad_request")
    return done(request, "/requests")
