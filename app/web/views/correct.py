"""訂正: a person's values for a document; the page calls the same function as ``shoko correct``."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from app.web.document_view import record_to_plain
from app.web.entering import PREFIX, is_as_before
from app.web.format import value_text
from app.web.permissions import needs
from app.web.queries import find_day
from app.web.respond import Problem, error_response, language_of, problem_response, render, text, wants_json
from app.web.state import WebDep, checked_form
from app.web.views.desk import line, who
from app.web.views.document import DocumentId
from domain.corrections import Correction, parse_value
from domain.errors import CorrectionInvalid, RevisionConflict
from domain.fields import FIELDS, DocumentType
from domain.ids import Origin
from domain.people import Permission
from domain.record import ArchiveRecord

router = APIRouter()
_REASON = 400


@router.post("/documents/{document_id}/correct", dependencies=[Depends(checked_form)])
@needs(Permission.CORRECT)
async def correct(request: Request, web: WebDep, document_id: DocumentId) -> Response:
    """Append a revision with what the form says differently; back to the document, or its JSON."""
    async with request.form() as form:
        record = await run_in_threadpool(web.services.document, document_id)
        if record is None:
            return error_response(request, code="not_found", status=404)
        by = who(request, form)
        if not by:
            message = text("correct_no_name", language=language_of(request))
            return problem_response(request, Problem(code="correct_no_name", message=message), status=422)
        correction = correction_of(form, record, by=by)
    try:
        corrected = await run_in_threadpool(web.services.correct, document_id, correction)
    except RevisionConflict as error:
        return _too_late(request, error, correction)
    if wants_json(request):
        return render(request, "document.html", context={}, payload={"document": record_to_plain(corrected)})
    return RedirectResponse(f"/documents/{document_id}#history", status_code=303)


def _too_late(request: Request, error: RevisionConflict, correction: Correction) -> Response:
    """Somebody else was first: what was typed is shown beside the way to the newest version."""
    language = language_of(request)
    message = error.message if language == "en" else error.message_ja
    index = 1 if language == "en" else 0
    kept = [
        ((FIELDS[name].label_ja, FIELDS[name].label_en)[index], value_text(value, language=language))
        for name, value in correction.values.items()
    ]
    return problem_response(request, Problem(code=error.code, message=message), status=409, kept=kept)


def correction_of(form: FormData, record: ArchiveRecord, *, by: str, reason: str = "読み取りの訂正") -> Correction:
    """What the form says differently from the revision that it shows.

    Raises:
        CorrectionInvalid: a value is not one of its field, or the form is not ours.
    """
    try:
        base_revision = int(line(form, "base_revision", most=9))
        kind = DocumentType(line(form, "document_type", most=40) or record.classification.label.value)
        origin = Origin(line(form, "origin", most=40) or record.origin.value)
    except ValueError as error:
        raise CorrectionInvalid("a malformed form") from error
    currency = record.fields.text("currency") or "JPY"
    values = {}
    for name in FIELDS:
        typed = form.get(PREFIX + name)
        if not isinstance(typed, str) or is_as_before(name, typed, record):
            continue
        values[name] = parse_value(name, typed, currency=currency, near=record.received_on)
    confirmed = frozenset(str(name) for name in form.getlist("confirm")) - set(values)
    return Correction(
        base_revision=base_revision,
        values=values,
        confirmed=confirmed & set(FIELDS),
        document_type=kind if kind is not record.classification.label else None,
        origin=origin if origin is not record.origin else None,
        received_on=_received(form, record),
        paper=line(form, "paper", most=20) or None,
        reviewed=line(form, "reviewed", most=5) == "1",
        recorded_by=by,
        reason=line(form, "reason", most=_REASON) or reason,
    )


def _received(form: FormData, record: ArchiveRecord) -> date | None:
    """The day that the form says, where it is another or a person confirmed it."""
    typed = line(form, "received_on", most=40)
    day = find_day(typed) if typed else record.received_on
    if day is None:
        raise CorrectionInvalid("not a day", message_ja="受領日を 2026-11-02 の形で入力してください")
    confirmed = record.received_on_assumed and line(form, "received_confirmed", most=5) == "1"
    return day if confirmed or day != record.received_on else None
