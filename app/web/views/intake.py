"""取込状況: what lies in the inbox and what became of every drop."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.web.permissions import needs
from app.web.respond import render
from app.web.services import Intake
from app.web.state import Web, WebDep
from domain.codec import to_plain
from domain.people import Permission
from domain.record import DocumentState, DropState

router = APIRouter()
UNCONFIRMED = 200
"""Documents with assumed days of receipt that are listed."""


@router.get("/intake")
@needs(Permission.INTAKE)
def intake_page(request: Request, web: WebDep) -> Response:
    """The page; its table alone for htmx, which asks again while something is on its way."""
    context = intake_context(web)
    context |= {"unconfirmed": web.desk.unconfirmed(limit=UNCONFIRMED) if web.desk else None}
    return render(
        request, "intake.html", fragment="intake_table.html", context=context, payload=to_plain(context["intake"])
    )


def intake_context(web: Web) -> dict[str, Any]:
    """What the table needs."""
    intake = web.services.intake(limit=web.settings.recent_drops)
    return {
        "intake": intake,
        "busy": is_busy(intake),
        "DropState": DropState,
        "NEEDS_REVIEW": DocumentState.NEEDS_REVIEW,
    }


def is_busy(intake: Intake) -> bool:
    """True while something is on its way."""
    return bool(intake.waiting) or any(line.status.outcome is None for line in intake.drops)
