"""申請: what waits for a decision or a report; who asked may not decide (law: et-rules-template)."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.web.auditing import owner_of
from app.web.desk import DESTROY
from app.web.document_view import title_of
from app.web.jobs import Job
from app.web.permissions import must, needs, who_of
from app.web.respond import language_of, render
from app.web.state import Web, WebDep, checked_form
from app.web.views.desk import DeskDep, done, line, refuse, who
from app.web.views.jobs import Shown, show_as, to_job
from domain.act_words import FORM
from domain.people import Permission
from domain.requests import OPEN, RequestKind, RequestState
from domain.requests import Request as Asked
from pipeline.steps.destroy import Destruction
from pipeline.steps.requests import request_plain

router = APIRouter()
_TITLED = 300
"""Documents that are named by what they are; one request may be about hundreds."""
_DECISIONS = frozenset({"approve", "reject"})
_STEPS = {RequestState.REQUESTED: ("approve", "reject", "take-back"), RequestState.APPROVED: ("report",)}


def steps_of(one: Asked) -> tuple[str, ...]:
    """What may follow; a destruction reports itself once it is carried out."""
    carried_out = one.kind is RequestKind.DESTRUCTION and one.state is RequestState.APPROVED
    return ("carry-out",) if carried_out else _STEPS.get(one.state, ())


def _mine(request: Request, one: Asked) -> tuple[str, ...]:
    """The next steps that who looks may take: nobody decides what they asked for (law: et-rules-template)."""
    asking = who_of(request)
    if asking is None:
        return ()
    alone, own = asking.login is None, one.asked.by == asking.login

    def may(action: str) -> bool:
        needed = Permission.DECIDE if action in _DECISIONS else Permission.ASK
        fits = alone or action in {"report", "carry-out"} or own == (action == "take-back")
        return needed in asking.permissions and fits

    return tuple(action for action in steps_of(one) if may(action))


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
    context = {
        "found": found,
        "show": show,
        "mine": lambda one: _mine(request, one),
        "jobs": _jobs(request, web),
        "entries": FORM,
        "titles": titles,
    }
    payload = {"requests": [request_plain(one) for one in found]}
    return render(request, "requests.html", context=context, payload=payload)


@router.post("/requests/{request_id}", dependencies=[Depends(checked_form)])
@needs(Permission.ASK, Permission.DECIDE)
async def step(request: Request, desk: DeskDep, web: WebDep, request_id: str) -> Response:
    """Take the next step of a request."""
    async with request.form() as form:
        by, words, action = who(request, form), line(form, "reason"), line(form, "action")
    if not by:
        return refuse(request, "no_name")
    must(request, Permission.DECIDE if action in _DECISIONS else Permission.ASK)
    match action:
        case "approve" | "reject":
            await run_in_threadpool(desk.decide, request_id, approve=action == "approve", by=by, reason=words)
        case "take-back":
            await run_in_threadpool(desk.take_back, request_id, by=by, reason=words)
        case "report":
            await run_in_threadpool(desk.report, request_id, by=by, reason=words)
        case "carry-out" if web.jobs is not None:
            owner = owner_of(who_of(request))
            return to_job(request, await run_in_threadpool(desk.begin_destruction, web.jobs, owner, request_id, by=by))
        case _:
            return refuse(request, "bad_request")
    return done(request, "/requests")


def _jobs(request: Request, web: Web) -> tuple[Job, ...]:
    return web.jobs.of(owner_of(who_of(request)), DESTROY) if web.jobs else ()


def _plain(done: Destruction) -> dict[str, Any]:
    return request_plain(done.request) | {"removed": done.removed, "locked": list(done.locked)}


def _context(request: Request, web: Web, found: Destruction) -> dict[str, Any]:
    del request, web
    return {"found": found}


show_as(DESTROY, Shown(template="job_destroy.html", context=_context, plain=_plain))
