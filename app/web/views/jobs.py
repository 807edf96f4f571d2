"""進行中の処理: how far long work is, how to stop it, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from app.papers.verification import Verification, verification_pdf
from app.web.auditing import owner_of
from app.web.desk import DESTROY
from app.web.format import attachment
from app.web.jobs import Job, Jobs, JobState
from app.web.permissions import needs, who_of
from app.web.respond import render, wants_fragment, wants_json
from app.web.state import Web, WebDep, checked_form
from app.web.views.desk import done
from domain.people import Permission

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How the results of one kind of job are shown."""

    template: str
    context: Callable[[Request, Web, Any], dict[str, Any]]
    """What the template needs besides the job."""
    plain: Callable[[Any], Any]
    """The plain JSON form."""


_SHOWN: dict[str, Shown] = {}
BEGUN_AT = {
    "verify": "/verify",
    "export": "/audit/export",
    "store_test": "/admin/system",
    "reconcile": "/admin/system",
    "due": "/admin/retention",
    "company": "/admin/company",
    "destroy": "/requests",
    "law": "/law",
}
"""Kind → page on which such a job is begun."""


_SAY_AGAIN = {kind: f"job_after_{kind}" for kind in ("verify", "export", "company")}
"""Kinds whose conditions are not kept: a person has to say them again."""


def show_as(kind: str, shown: Shown) -> None:
    """Say how results of a kind are shown; called once when the module of that kind is imported."""
    _SHOWN[kind] = shown


def to_job(request: Request, job: Job) -> Response:
    """To the page of a job that was begun; programs get the job itself."""
    address = f"/jobs/{job.job_id}"
    if wants_json(request):
        return render(request, "job.html", context={}, payload=job.plain(), status=202, headers={"location": address})
    return RedirectResponse(address, status_code=303)


def job_of(request: Request, web: Web, job_id: str) -> Job:
    """A job of whoever asks.

    Raises:
        HTTPException: there is none, it expired, or it is another person's.
    """
    found = _jobs(web).find(job_id, owner_of(who_of(request)))
    if found is None:
        raise HTTPException(status_code=404)
    return found


@router.get("/jobs/{job_id}")
@needs(Permission.DOCUMENTS, Permission.ADMIN)
def show(request: Request, web: WebDep, job_id: str) -> Response:
    """How far it is, and what came of it in the end."""
    job = job_of(request, web, job_id)
    shown = _SHOWN[job.kind]
    finished = job.state is JobState.DONE
    payload = job.plain() | ({"result": shown.plain(job.result)} if finished else {})
    if wants_fragment(request) and job.ended and not wants_json(request):
        return Response(status_code=204, headers={"HX-Refresh": "true"})
    context: dict[str, Any] = {"job": job, "begun_at": BEGUN_AT.get(job.kind, "/"), "after": _after(job)}
    if finished and not wants_json(request):
        context |= shown.context(request, web, job.result)
    template = shown.template if finished else "job.html"
    return render(request, template, fragment="job_progress.html", context=context, payload=payload)


def _after(job: Job) -> str | None:
    """Key of what to do where it broke off."""
    if job.state is not JobState.INTERRUPTED:
        return None
    if job.again is not None:
        return "job_after_destroy" if job.kind == DESTROY else "job_after_again"
    return _SAY_AGAIN.get(job.kind)


@router.post("/jobs/{job_id}", dependencies=[Depends(checked_form)])
@needs(Permission.DOCUMENTS, Permission.ADMIN)
async def change(request: Request, web: WebDep, job_id: str) -> Response:
    """Stop a job, or throw its result away."""
    async with request.form() as form:
        action = form.get("action")
    job = job_of(request, web, job_id)
    jobs, owner = _jobs(web), owner_of(who_of(request))
    if action == "discard":
        await run_in_threadpool(jobs.discard, job_id, owner)
        return done(request, BEGUN_AT.get(job.kind, "/"))
    await run_in_threadpool(jobs.cancel, job_id, owner)
    return done(request, f"/jobs/{quote(job_id)}")


@router.get("/jobs/{job_id}/report.pdf")
@needs(Permission.VERIFY)
def report(request: Request, web: WebDep, job_id: str) -> Response:
    """The report of a verification as PDF."""
    job = job_of(request, web, job_id)
    if not isinstance(job.result, Verification):
        raise HTTPException(status_code=404)
    name = f"shoko-verification-{job.result.ended_at:%Y%m%d-%H%M}.pdf"
    return Response(
        verification_pdf(job.result),
        media_type="application/pdf",
        headers={"content-disposition": attachment(name)},
    )


def _jobs(web: Web) -> Jobs:
    if web.jobs is None:
        raise HTTPException(status_code=404)
    return web.jobs
