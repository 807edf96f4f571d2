"""Files from the browser into the inbox: with their folders, and told at once where the same bytes came before."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from app.web import format as fmt
from app.web.permissions import needs, who_of
from app.web.queries import find_day
from app.web.respond import Problem, language_of, problem_response, render, text, wants_json
from app.web.services import Uploaded
from app.web.state import Web, WebDep, checked_form
from app.web.views.intake import ORIGINS, intake_context
from domain.ids import Origin
from domain.people import Permission

router = APIRouter()
DEEPEST = 8
"""Folders around a file that are kept; of deeper ones the innermost."""


@router.get("/upload")
@needs(Permission.DROP)
def upload_page(request: Request, web: WebDep) -> Response:
    """The intake page under the address that it has for whoever puts files in; as JSON the limits."""
    context = {} if wants_json(request) else intake_context(request, web)
    return render(request, "intake.html", context=context, payload=_limits(web))


@router.post("/upload", dependencies=[Depends(checked_form)])
@needs(Permission.DROP)
async def upload(request: Request, web: WebDep) -> Response:
    """Put every file of the form into the inbox; JSON for the script, a page without it."""
    async with request.form() as form:
        problem = _problem(form, web)
        if problem is not None:
            language = language_of(request)
            return problem_response(
                request, Problem(code=problem, message=text(problem, language=language)), status=422
            )
        origin, received_on = Origin(str(form["origin"])), find_day(str(form["received_on"])) or web.today()
        who = who_of(request)
        client = (who.login if who else None) or (f"web@{request.client.host}" if request.client else "web")
        sent = tuple(
            [
                await run_in_threadpool(
                    web.services.upload,
                    file.file,
                    name=name,
                    origin=origin,
                    received_on=received_on,
                    deposited_by=client,
                )
                for file, name in _named(form)
            ]
        )
    payload = {"accepted": [_plain(file) for file in sent]}
    context = {} if wants_json(request) else await run_in_threadpool(intake_context, request, web) | {"sent": sent}
    return render(request, "intake.html", context=context, payload=payload, status=201)


def _problem(form: FormData, web: Web) -> str | None:
    """The code of what is wrong with the form, or None."""
    if form.get("origin") not in {origin.value for origin in ORIGINS}:
        return "bad_origin"
    received_on = find_day(str(form.get("received_on", "")))
    if received_on is None:
        return "bad_received_on"
    if received_on > web.today():
        return "received_on_future"
    files, folders = _files(form), form.getlist("folders")
    if folders and (len(folders) != len(files) or not all(isinstance(one, str) for one in folders)):
        return "bad_paths"
    return None if files else "no_files"


def _files(form: FormData) -> list[UploadFile]:
    return [part for part in form.getlist("files") if isinstance(part, UploadFile) and part.filename]


def _named(form: FormData) -> list[tuple[UploadFile, str]]:
    """Each file with its name, under the folder that it was dropped with."""
    files = _files(form)
    folders = [str(one) for one in form.getlist("folders")] or [""] * len(files)
    named = []
    for file, folder in zip(files, folders, strict=True):
        around = [fmt.harmless_name(part) for part in folder.split("/") if part.strip()][-DEEPEST:]
        named.append((file, "/".join((*around, fmt.harmless_name(file.filename or "")))))
    return named


def _limits(web: Web) -> dict[str, Any]:
    return {"origins": [o.value for o in ORIGINS], "max_upload_bytes": web.settings.max_upload_bytes}


def _plain(file: Uploaded) -> dict[str, Any]:
    return {"name": file.name, "key": file.key, "size_bytes": file.size_bytes, "repeats": list(file.repeats)}
