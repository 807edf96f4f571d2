"""確認待ち: what a person should look at, the most urgent first."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.web.document_view import reasons_of
from app.web.permissions import needs
from app.web.respond import render
from app.web.state import WebDep
from domain.fields import number_to_plain
from domain.people import Permission
from pipeline.steps.review import SOON_DAYS

router = APIRouter()
SHOWN = 100
"""Documents on one page; what is dealt with makes room for the next."""


@router.get("/review")
@needs(Permission.REVIEW)
def review(request: Request, web: WebDep) -> Response:
    """The queue."""
    items = web.services.review(limit=SHOWN)
    context = {"items": [(item, reasons_of(item.record)) for item in items], "soon_days": SOON_DAYS}
    payload = {
        "items": [
            {
                "document_id": item.record.document_id,
                "yen": number_to_plain(item.yen) if item.yen is not None else None,
                "deadline": item.deadline.isoformat() if item.deadline else None,
                "deadline_of": item.deadline_of,
                "days_left": item.days_left,
                "reasons": [{"code": r.code, "field": r.field} for r in item.record.review_reasons],
            }
            for item in items
        ]
    }
    return render(request, "review.html", context=context, payload=payload)
