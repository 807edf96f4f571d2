"""紙の原本: which papers may go, which must stay and why; sameness checks, places and disposal in bulk."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from app.web.desk import Desk
from app.web.permissions import needs
from app.web.respond import render
from app.web.state import checked_form
from app.web.views.desk import DeskDep, chosen, done, line, refuse, who
from compliance.facts import StampDuty
from domain.act_words import STAMP_DUTIES
from domain.compliance import PaperState
from domain.people import Permission
from domain.query import MAX_OFFSET
from pipeline.steps.paper import paper_plain

router = APIRouter()
_PLACE = re.compile("[1-9][0-9]{0,7}")
SHOWN = 50
"""Papers on one page."""
Show = Literal["must_stay", "may_go", "gone"]
_STATES = {"must_stay": PaperState.MUST_STAY, "may_go": PaperState.MAY_GO, "gone": None}


@router.get("/papers")
@needs(Permission.DOCUMENTS)
def papers(
    request: Request,
    desk: DeskDep,
    show: Annotated[Show, Query()] = "must_stay",
    start: Annotated[int, Query(ge=0, le=MAX_OFFSET)] = 0,
) -> Response:
    """The list, from some document on."""
    page = desk.papers(state=_STATES[show], discarded=show == "gone", start=start, limit=SHOWN)
    context = {"show": show, "shows": tuple(_STATES), "page": page, "start": start, "stamps": STAMP_DUTIES}

    def payload() -> dict[str, Any]:
        return {"show": show, "papers": [paper_plain(row) for row in page.rows], "more_from": page.more_from}

    return render(request, "papers.html", fragment="papers_table.html", context=context, payload=payload)


@router.post("/papers", dependencies=[Depends(checked_form)])
@needs(Permission.PAPER)
async def act(request: Request, desk: DeskDep) -> Response:
    """Record what a person says of the chosen papers; all or none."""
    async with request.form() as form:
        by, ids, action = who(request, form), chosen(form), line(form, "action")
        back, start = line(form, "show"), line(form, "start")
        call = _calls(desk, form, by=by, ids=ids).get(action)
    if not by:
        return refuse(request, "no_name")
    if not ids:
        return refuse(request, "nothing_chosen")
    if call is None:
        return refuse(request, "bad_request")
    await run_in_threadpool(call)
    go_on = f"&start={start}" if _PLACE.fullmatch(start) else ""
    return done(request, f"/papers?show={back if back in _STATES else 'must_stay'}{go_on}")


def _calls(desk: Desk, form: FormData, *, by: str, ids: list[str]) -> dict[str, Callable[[], Any]]:
    note, place = line(form, "note"), line(form, "place")
    return {
        "same": lambda: desk.check_sameness(ids, same=True, by=by, note=note),
        "differs": lambda: desk.check_sameness(ids, same=False, by=by, note=note),
        "keep": lambda: desk.keep_paper(ids, place=place, by=by),
        "stamp": lambda: desk.say_stamp_duty(ids, said=StampDuty(line(form, "stamp") or "affixed"), by=by),
        "discard": lambda: desk.discard_paper(ids, by=by),
    }
