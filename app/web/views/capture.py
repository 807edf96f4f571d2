"""撮影: a document is photographed with the phone and sent, its pages as one file with the bytes of the camera."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from app.web.permissions import needs
from app.web.queries import find_day
from app.web.respond import Problem, language_of, problem_response, render, text, wants_json
from app.web.state import WebDep, checked_form
from app.web.views.intake import ORIGINS
from domain.ids import Origin
from domain.people import Permission
from extractors.pages.bound import MOST_PHOTOS

router = APIRouter()


@router.get("/capture")
@needs(Permission.DROP)
def capture_page(request: Request, web: WebDep) -> Response:
    """The camera; without a script a form that takes photos and sends them."""
    context = {
        "origins": ORIGINS,
        "today": web.today(),
        "max_bytes": web.settings.max_upload_bytes,
        "most": MOST_PHOTOS,
    }
    payload = {"max_upload_bytes": web.settings.max_upload_bytes, "most_photos": MOST_PHOTOS}
    return render(request, "capture.html", context=context, payload=payload)


@router.post("/capture", dependencies=[Depends(checked_form)])
@needs(Permission.DROP)
async def capture(request: Request, web: WebDep) -> Response:
    """Every photo of the form is a page of one document."""
    async with request.form() as form:
        parts = [part for part in form.getlist("photos") if isinstance(part, UploadFile) and part.filename]
        photos = [await part.read() for part in parts]
        origin, received_on = str(form.get("origin", "")), find_day(str(form.get("received_on", "")))
    problem = None
    if origin not in {one.value for one in ORIGINS}:
        problem = "bad_origin"
    elif received_on is None:
        problem = "bad_received_on"
    elif received_on > web.today():
        problem = "received_on_future"
    elif not all(photos) or not photos:
        problem = "no_photos"
    if problem is not None or received_on is None:
        code = problem or "bad_received_on"
        message = text(code, language=language_of(request))
        return problem_response(request, Problem(code=code, message=message), status=422)
    sent = await run_in_threadpool(web.services.capture, photos, origin=Origin(origin), received_on=received_on)
    if not wants_json(request):
        return RedirectResponse("/intake", status_code=303)
    accepted = {"name": sent.name, "key": sent.key, "size_bytes": sent.size_bytes, "repeats": list(sent.repeats)}
    return render(request, "capture.html", context={}, payload={"accepted": [accepted]}, status=201)
