"""法令要件: documents by the law's verdict and what is due soon; the newest at once, all of them in the background."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from app.web.auditing import owner_of
from app.web.desk import LAW, Desk
from app.web.document_view import check_label
from app.web.format import attachment, day_text
from app.web.permissions import needs, who_of
from app.web.respond import language_of, render, text
from app.web.state import Web, WebDep, checked_form
from app.web.tables import csv_line
from app.web.views.desk import DeskDep, desk_of
from app.web.views.jobs import Shown, job_of, show_as, to_job
from app.web.views.search import hit_to_plain
from domain.compliance import VERDICTS, Verdict
from domain.labels import DOCUMENT_TYPES, LAW_RULES, label
from domain.numbers import whole_in
from domain.people import Permission
from domain.record import ArchiveRecord
from pipeline.steps.compliance import Finding, Findings, Standing, standing_plain

router = APIRouter()
JUDGED = 300
"""Newest documents that are judged for the screen: each takes some milliseconds."""
SHOWN = 100
SOON_DAYS = 14
PAGE = 50
"""Documents on one page of the whole survey."""
DAYS = (7, 14, 30, 60)
Show = Literal["due", "not", "not_yet", "compliant"]


@router.get("/law")
@needs(Permission.DOCUMENTS)
def law(request: Request, web: WebDep, desk: DeskDep, show: Annotated[Show, Query()] = "due") -> Response:
    """The newest documents."""
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
        "jobs": web.jobs.of(owner_of(who_of(request)), LAW) if web.jobs else (),
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


@router.post("/law", dependencies=[Depends(checked_form)])
@needs(Permission.DOCUMENTS)
async def judge_all(request: Request, web: WebDep, desk: DeskDep) -> Response:
    """Begin to judge every document."""
    if web.jobs is None:
        raise HTTPException(status_code=404)
    return to_job(request, await run_in_threadpool(desk.begin_survey, web.jobs, owner_of(who_of(request))))


@router.get("/jobs/{job_id}/law.csv")
@needs(Permission.DOCUMENTS)
def law_csv(request: Request, web: WebDep, desk: DeskDep, job_id: str) -> Response:
    """What the survey found and the filters leave, as CSV (UTF-8 with BOM, CRLF); judged again while it is sent."""
    job = job_of(request, web, job_id)
    if not isinstance(job.result, Findings):
        raise HTTPException(status_code=404)
    chosen, _ = _chosen(request, job.result)
    lines = _csv(desk, chosen, language=language_of(request))
    name = f"shoko-law-{job.result.as_of:%Y%m%d}.csv"
    return StreamingResponse(
        lines, media_type="text/csv; charset=utf-8", headers={"content-disposition": attachment(name)}
    )


def findings_plain(found: Findings) -> dict[str, Any]:
    """The plain JSON form."""
    return {
        "as_of": found.as_of.isoformat(),
        "total": found.total,
        "counts": {verdict.value: number for verdict, number in found.counts.items()},
        "by_rule": dict(found.by_rule),
        "documents": [
            {
                "document_id": one.document_id,
                "verdict": one.verdict.value,
                "due": one.due.isoformat() if one.due else None,
                "rules": list(one.rules),
            }
            for one in found.rows
        ],
    }


def _chosen(request: Request, found: Findings) -> tuple[tuple[Finding, ...], dict[str, str]]:
    """What the filters of the address leave, and the filters as they are understood."""
    asked = request.query_params
    verdict = next((one for one in Verdict if one.value == asked.get("verdict")), None)
    rule = asked.get("rule", "") if asked.get("rule", "") in found.by_rule else ""
    days = int(asked["days"]) if asked.get("days", "") in {str(one) for one in DAYS} else None
    chosen = found.chosen(verdict=verdict, rule=rule, days=days)
    return chosen, {"verdict": verdict.value if verdict else "", "rule": rule, "days": str(days) if days else ""}


def _context(request: Request, web: Web, found: Findings) -> dict[str, Any]:
    chosen, asked = _chosen(request, found)
    typed = request.query_params.get("page", "1")
    pages = max(1, -(-len(chosen) // PAGE))
    page = min(whole_in(typed) or 1, pages)
    ids = [one.document_id for one in chosen[(page - 1) * PAGE : page * PAGE]]
    kept = [pair for pair in asked.items() if pair[1]]
    return {
        "found": found,
        "asked": asked,
        "chosen": len(chosen),
        "rows": desk_of(web).standings(ids),
        "page": page,
        "pages": pages,
        "url": lambda number: "?" + urlencode([*kept, ("page", str(number))]),
        "csv": f"law.csv?{urlencode(kept)}",
        "verdicts": VERDICTS,
        "rules": LAW_RULES,
        "days": DAYS,
        "check_label": check_label,
    }


def _csv(desk: Desk, chosen: tuple[Finding, ...], *, language: str) -> Iterator[bytes]:
    keys = ("document_id", "type", "date", "counterparty", "received_on", "law_verdict", "review_deadline", "law_rules")
    yield b"\xef\xbb\xbf" + csv_line([text(key, language=language) for key in keys])
    for start in range(0, len(chosen), PAGE):
        ids = [one.document_id for one in chosen[start : start + PAGE]]
        for record, standing in desk.standings(ids):
            yield csv_line(_cells(record, standing, language=language))


def _cells(record: ArchiveRecord, standing: Standing, *, language: str) -> list[str]:
    status = standing.status
    open_lines = (line for line in status.lines if line.verdict is not Verdict.COMPLIANT)
    said = (
        f"{label(LAW_RULES.get(line.rule, (line.rule, line.rule)), language=language)}: "
        f"{label(line.what, language=language)}"
        for line in open_lines
    )
    return [
        record.document_id,
        label(DOCUMENT_TYPES[record.classification.label], language=language),
        day_text(record.fields.day("transaction_date")),
        record.fields.text("counterparty") or "",
        day_text(record.received_on),
        label(VERDICTS[status.verdict], language=language),
        day_text(status.next_due),
        " / ".join(said),
    ]


show_as(LAW, Shown(template="job_law.html", context=_context, plain=findings_plain))
