"""受領日をまとめて確認: documents that look the same, of which only the day of receipt is open."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.web.permissions import needs
from app.web.respond import render, wants_json
from app.web.state import checked_form
from app.web.views.desk import chosen, refuse, who
from app.web.views.review import ReviewDep
from domain.people import Permission

router = APIRouter()
Count = Annotated[int | None, Query(ge=0, le=100_000)]


@router.get("/review/alike")
@needs(Permission.REVIEW)
def alike(request: Request, reviewing: ReviewDep, done: Count = None, left: Count = None) -> Response:
    """Groups of documents; ``done`` and ``left`` say what became of the last one."""
    groups = reviewing.alike()
    plain = [
        {
            "counterparty": group.party,
            "document_type": group.document_type.value,
            "documents": [
                {"document_id": record.document_id, "received_on": record.received_on.isoformat()}
                for record in group.records
            ],
        }
        for group in groups
    ]
    context = {"groups": groups, "told": (done, left or 0) if done is not None else None}
    return render(request, "review_alike.html", context=context, payload={"groups": plain})


@router.post("/review/alike", dependencies=[Depends(checked_form)])
@needs(Permission.CORRECT)
async def confirm(request: Request, reviewing: ReviewDep) -> Response:
    """Confirm the days of the chosen documents, as they are shown."""
    async with request.form() as form:
        by, ids = who(request, form), chosen(form)
    if not by:
        return refuse(request, "no_name")
    if not ids:
        return refuse(request, "nothing_chosen")
    done, left = await run_in_threadpool(lambda: reviewing.confirm_alike(ids, by=by))
    if wants_json(request):
        return JSONResponse({"confirmed": done, "left": left})
    return RedirectResponse(f"/review/alike?done={done}&left={left}", status_code=303)
