"""取込: files are put in, and what became of every one is watched."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.web.intake_view import progress, waiting_progress
from app.web.permissions import needs
from app.web.queries import query_string
from app.web.respond import render, wants_fragment
from app.web.state import Web, WebDep
from domain.codec import to_plain
from domain.ids import Origin
from domain.people import Permission
from storage.arrivals import Show

router = APIRouter()
UNCONFIRMED = 200
"""Documents with assumed days of receipt that are listed."""
ORIGINS = (
    Origin.PAPER_RECEIVED,
    Origin.ELECTRONIC_RECEIVED,
    Origin.PAPER_ISSUED_COPY,
    Origin.ELECTRONIC_SENT,
    Origin.SELF_GENERATED,
)
"""What a person may say of how files reached the company."""


@router.get("/intake")
@needs(Permission.INTAKE)
def intake_page(request: Request, web: WebDep) -> Response:
    """The page; its list alone for htmx, which asks again and is answered only where something changed."""
    context = intake_context(request, web)
    intake = context["intake"]
    if wants_fragment(request) and request.query_params.get("have") == intake.version:
        return Response(status_code=204)
    return render(
        request, "intake.html", fragment="intake_table.html", context=context, payload=lambda: to_plain(intake)
    )


def intake_context(request: Request, web: Web) -> dict[str, Any]:
    """What the whole page needs; of a fragment only what its list shows."""
    show, before = _show(request), request.query_params.get("before")
    intake = web.services.intake(limit=web.settings.recent_drops, show=show, before=before)
    at_risk = intake.today.at_risk_query if intake.today else None
    context: dict[str, Any] = {
        "intake": intake,
        "show": show,
        "shows": tuple(Show),
        "before": before,
        "rows": [(line, progress(line)) for line in intake.drops],
        "waiting": [(one, waiting_progress(one, now=web.clock())) for one in intake.waiting],
        "at_risk_url": f"/search?{query_string(at_risk)}" if at_risk else None,
    }
    if wants_fragment(request):
        return context
    return context | {
        "origins": ORIGINS,
        "today": web.today(),
        "max_bytes": web.settings.max_upload_bytes,
        "unconfirmed": web.desk.unconfirmed(limit=UNCONFIRMED) if web.desk else None,
        "sent": (),
    }


def _show(request: Request) -> Show:
    asked = request.query_params.get("show", "")
    return Show(asked) if asked in {one.value for one in Show} else Show.ALL
