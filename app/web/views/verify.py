"""検証: every document of a period at once (一括検証; law: scan-timestamp)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.web.document_view import check_label, counts_of, ordered_checks, report_to_plain
from app.web.queries import find_day
from app.web.respond import Problem, language_of, problem_response, render, text
from app.web.state import Web, WebDep, checked_form
from app.web.views.search import periods

router = APIRouter()
MOST_SHOWN = 500
"""Checks on one screen; JSON has them all."""


@router.get("/verify")
def verify_page(request: Request, web: WebDep) -> Response:
    """The form."""
    return render(request, "verify.html", context=_context(web), payload={"methods": ["POST"]})


@router.post("/verify", dependencies=[Depends(checked_form)])
async def verify_period(request: Request, web: WebDep) -> Response:
    """Check the period and show the report."""
    form = await request.form()
    first = find_day(str(form.get("date_from", "")))
    last = find_day(str(form.get("date_to", "")), end=True)
    if first is None or last is None or first > last:
        code = "period_needed" if first is None or last is None else "from_after_to"
        return problem_response(
            request, Problem(code=code, message=text(code, language=language_of(request))), status=422
        )
    report = await run_in_threadpool(web.services.verify_period, date_from=first, date_to=last)
    checks = ordered_checks(report.checks)
    context = _context(web) | {
        "report": report,
        "checks": checks[:MOST_SHOWN],
        "counts": counts_of(report),
        "check_label": check_label,
        "show_subject": True,
        "period": (first, last),
    }
    return render(request, "verify.html", fragment="report.html", context=context, payload=report_to_plain(report))


def _context(web: Web) -> dict[str, Any]:
    shortcuts = periods(web.today())
    return {"report": None, "period": shortcuts[1][1:], "periods": shortcuts}
