"""保存と廃棄: holds that stand, what need not be kept any more, and asking for its destruction."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.cli.export import in_words
from app.web.administration import DUE
from app.web.auditing import owner_of
from app.web.permissions import must, needs, who_of
from app.web.queries import MOST_CONDITIONS, parse_conditions, parse_query
from app.web.respond import render
from app.web.state import Web, WebDep, checked_form
from app.web.views.admin import AdminDep
from app.web.views.desk import MOST_CHOSEN, at_most, chosen, done, line, refuse, who
from app.web.views.jobs import Shown, show_as, to_job
from app.web.views.verify import refused
from domain.errors import AppError
from domain.people import Permission
from domain.query import MAX_LIMIT
from pipeline.steps.destroy import Due
from pipeline.steps.requests import request_plain

router = APIRouter()
_MOST_TYPED = 50 * MOST_CHOSEN
"""Characters of ids that are typed: as many as may be chosen."""
_SHOWN = 20
"""Documents to choose from; who needs more chooses them in the search."""


@router.get("/admin/retention")
@needs(Permission.ADMIN, Permission.ASK)
def retention(request: Request, admin: AdminDep, web: WebDep) -> Response:
    """Holds that stand; forms to place and lift one, and to look for what is over."""
    settings, _, _ = admin.company()
    conditions, find = (str(request.query_params.get(name, "")).strip() for name in ("q", "find"))
    parsed = parse_conditions(conditions, page_size=MAX_LIMIT)
    looked = parse_query([("words", find)], page_size=_SHOWN)
    if problems := {**parsed.problems, **looked.problems}:
        return refuse(request, next(iter(problems.values())))
    found = admin.holds()
    may_hold = Permission.ADMIN in (asking.permissions if (asking := who_of(request)) else ())
    shown = web.services.search(looked.query).hits if find and may_hold else ()
    context = {
        "holds": found,
        "by_period": settings.holds,
        "query": conditions,
        "find": find,
        "found_for_hold": shown,
        "conditions": in_words(parsed.query) if conditions else "",
        "jobs": web.jobs.of(owner_of(who_of(request)), DUE) if web.jobs else (),
    }
    payload = {
        "holds": [
            {
                "document_id": one.hold.document_id,
                "held_at": one.hold.act.recorded_at.isoformat(),
                "by": one.hold.act.recorded_by,
                "reason": one.hold.act.personal.get("reason", ""),
            }
            for one in found
        ],
        "held_days": [[first.isoformat(), last.isoformat()] for first, last in settings.holds],
    }
    return render(request, "admin_retention.html", context=context, payload=payload)


@router.post("/admin/retention", dependencies=[Depends(checked_form)])
@needs(Permission.ADMIN, Permission.ASK)
async def act(request: Request, admin: AdminDep) -> Response:
    """Place or lift holds, look for what is over, ask for its destruction."""
    async with request.form() as form:
        action, by, reason = line(form, "action"), who(request, form), line(form, "reason")
        ids, conditions = chosen(form), line(form, "q", most=MOST_CONDITIONS)
        ids = at_most([*ids, *line(form, "documents", most=_MOST_TYPED).replace(",", " ").split()])
    parsed = parse_conditions(conditions, page_size=MAX_LIMIT)
    if parsed.problems:  # never with a part of the conditions
        return refuse(request, next(iter(parsed.problems.values())))
    if action == "look":
        return to_job(request, await run_in_threadpool(admin.begin, who_of(request), DUE))
    if not by:
        return refuse(request, "no_name")
    if not ids and not (action == "hold" and conditions):
        return refuse(request, "nothing_chosen")
    must(request, Permission.ASK if action == "ask" else Permission.ADMIN)
    try:
        match action:
            case "hold":
                await run_in_threadpool(admin.hold, ids, parsed.query if conditions else None, by=by, reason=reason)
            case "lift":
                await run_in_threadpool(admin.lift, ids, by=by, reason=reason)
            case "ask":
                asked = await run_in_threadpool(admin.ask_destruction, ids, by=by, reason=reason)
                return done(request, f"/requests#{request_plain(asked)['request_id']}")
            case _:
                return refuse(request, "bad_request")
    except AppError as error:
        return refused(request, error)
    return done(request, "/admin/retention")


def due_plain(found: tuple[Due, ...]) -> list[dict[str, Any]]:
    """The plain JSON form."""
    return [
        {
            "document_id": due.document_id,
            "document_type": due.record.classification.label.value,
            "received_on": due.record.received_on.isoformat(),
            "retain_until": due.retain_until.isoformat(),
        }
        for due in found
    ]


def _context(request: Request, web: Web, found: tuple[Due, ...]) -> dict[str, Any]:
    del request, web
    return {"found": found}


show_as(DUE, Shown(template="job_due.html", context=_context, plain=due_plain))
