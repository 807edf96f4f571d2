"""紙の原本: which papers may go, which must stay and why; sameness checks, places and disposal in bulk."""

from __future__ import annotations

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
from pipeline.steps.paper import paper_plain

router = APIRouter()
SHOWN = 200
"""Papers on one page."""
Show = Literal["must_stay", "may_go", "gone"]
_STATES = {"must_stay": PaperState.MUST_STAY, "may_go": PaperState.MAY_GO, "gone": None}


@router.get("/papers")
@needs(Permission.DOCUMENTS)
def papers(request: Request, desk: DeskDep, show: Annotated[Show, Query()] = "must_stay") -> Response:
    """The list."""
    rows = desk.papers(state=_STATES[show], discarded=show == "gone", limit=SHOWN)
    context = {"show": show, "shows": tuple(_STATES), "rows": rows, "most": SHOWN, "stamps": STAMP_DUTIES}
    payload = {"show": show, "papers": [paper_plain(row) for row in rows]}
    return render(request, "papers.html", fragment="papers_table.html", context=context, payload=payload)


@router.post("/papers", dependencies=[Depends(checked_form)])
@needs(Permission.PAPER)
async def act(request: Request, desk: DeskDep) -> Response:
    """Record what a person says of the chosen papers; all or none."""
    async with request.form() as form:
        by, ids, action = who(request, form), chosen(form), line(form, "action")
        back = line(form, "show")
        call = _calls(desk, form, by=by, ids=ids).get(action)
    if not by:
        return refuse(request, "no_name")
    if not ids:
        return refuse(request, "nothing_chosen")
    if call is None:
        return refuse(request, "bad_request")
    await run_in_threadpool(call)
    return done(request, f"/papers?show={back if back in _STATES else 'must_stay'}")


def _calls(desk: Desk, form: FormData, *, by: str, ids: list[str]) -> dict[str, Callable[[], Any]]:
    note, place = line(form, "note"), line(form, "place")
    return {
        "same": lambda: desk.check_sameness(ids, same=True, by=by, note=note),
        "differs": lambda: desk.check_sameness(ids, same=False, by=by, note=note),
        "keep": lambda: desk.keep_paper(ids, place=place, by=by),
        "stamp": lambda: desk.say_stamp_duty(ids, said=StampDuty(line(form, "stamp") or "affixed"), by=by),
        "discard": lambda: desk.discard_paper(ids, by=by),
    }
