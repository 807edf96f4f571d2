"""法令要件: documents by the law's verdict, and what is due soon, with what to do."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.web.document_view import check_label
from app.web.permissions import needs
from app.web.respond import render
from app.web.views.desk import DeskDep
from app.web.views.search import hit_to_plain
from domain.compliance import VERDICTS, Verdict
from domain.people import Permission
from pipeline.steps.compliance import standing_plain

router = APIRouter()
JUDGED = 300
"""Newest documents that are judged for the screen: each takes some milliseconds."""
SHOWN = 100
SOON_DAYS = 14
Show = Literal["due", "not", "not_yet", "compliant"]


@router.get("/law")
@needs(Permission.DOCUMENTS)
def law(request: Request, desk: DeskDep, show: Annotated[Show, Query()] = "due") -> Response:
    """The list."""
    survey = desk.law(most=JUDGED)
    groups = {"due": survey.due(days=SOON_DAYS)} | {
        verdict.value: survey.of(verdict) for verdict in (Verdict.NOT, Verdict.NOT_YET, Verdict.COMPLIANT)
    }
    context = {
        "show": show,
        "groups": groups,
        "rows": groups[show][:SHOWN],
        "judged": len(survey.judged),
        "total": survey.total,
        "soon_days": SOON_DAYS,
        "verdicts": VERDICTS,
        "check_label": check_label,
    }
    payload = {
        "show": show,
        "counts": {name: len(rows) for name, rows in groups.items()},
        "judged": len(survey.judged),
        "total": survey.total,
        "documents": [
            {**hit_to_plain(row.hit), "compliance": standing_plain(row.standing)} for row in groups[show][:SHOWN]
        ],
    }
    return render(request, "law.html", context=context, payload=payload)
