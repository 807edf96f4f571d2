"""検証: every document of a period at once (一括検証; law: scan-timestamp)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.web.document_view import report_context, report_to_plain
from app.web.permissions import needs
from app.web.queries import find_day
from app.web.respond import Problem, language_of, problem_response, render, text
from app.web.state import Web, WebDep, checked_form
from app.web.views.search import periods
from domain.evidence import Check
from domain.people import Permission
from domain.record import ArchiveRecord

router = APIRouter()


@router.get("/verify")
@needs(Permission.VERIFY)
def verify_page(request: Request, web: WebDep) -> Response:
    """The form."""
    return render(request, "verify.html", context=_context(web), payload={"methods": ["POST"]})


@router.post("/verify", dependencies=[Depends(checked_form)])
@needs(Permission.VERIFY)
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
    shown = report_context(report)
    subjects = await run_in_threadpool(_subjects, web, shown["checks"])
    context = (
        _context(web)
        | shown
        | {
            "about": None,
            "subjects": subjects,
            "period": (first, last),
        }
    )
    return render(request, "verify.html", fragment="report.html", context=context, payload=report_to_plain(report))


def _subjects(web: Web, checks: tuple[Check, ...]) -> dict[str, ArchiveRecord]:
    """The documents that checks speak of, to name them as people do."""
    ids = {check.subject for check in checks if check.subject}
    found = {subject: web.services.subject(subject) for subject in sorted(ids)}
    return {subject: record for subject, record in found.items() if record is not None}


def _context(web: Web) -> dict[str, Any]:
    shortcuts = periods(web.today())
    return {"report": None, "period": shortcuts[0][1:], "periods": shortcuts}
