"""確認待ち: what a person should look at, the most urgent first, and the screen on which it is settled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from app.web.document_view import field_rows, reasons_of, title_of
from app.web.permissions import needs, who_of
from app.web.respond import Problem, error_response, language_of, problem_response, render, text, wants_json
from app.web.review_view import answered, other_rows, question_plain, shown_questions
from app.web.reviewing import Reviewing, Tally, Work
from app.web.state import WebDep, checked_form
from app.web.views.correct import correction_of
from app.web.views.desk import line, refuse, who
from app.web.views.document import ID_PATTERN, DocumentId
from domain.errors import CorrectionInvalid, ObjectMissing, RevisionConflict
from domain.fields import FIELDS, number_to_plain
from domain.numbers import whole_in
from domain.people import Permission
from domain.record import ArchiveRecord
from pipeline.steps.review import SOON_DAYS, ReviewItem

router = APIRouter()
SHOWN = 100
"""Documents on one page; what is dealt with makes room for the next."""
_DONE_SHOWN = 12
_SETTLED = "確認"
"""Reason of a revision in which a person answered what was asked."""


def reviewing_of(web: WebDep) -> Reviewing:
    """The review of the installation.

    Raises:
        ObjectMissing: the page stands over no installation that people work on.
    """
    if web.reviewing is None:
        raise ObjectMissing("no review", message_ja="この画面では操作できません")
    return web.reviewing


ReviewDep = Annotated[Reviewing, Depends(reviewing_of)]
Mark = Annotated[str, Query(max_length=120)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Which document a person comes from; ``done`` and ``taken`` as ``id`` or ``id.revision``."""

    done: str
    """It was settled."""
    taken: str
    """Somebody else was first."""
    beside: str
    """They still work on it: this page is fetched ahead."""


def _marks(done: Mark = "", taken: Mark = "", beside: Mark = "") -> Marks:
    return Marks(done=done, taken=taken, beside=beside)


MarksDep = Annotated[Marks, Depends(_marks)]


@router.get("/review")
@needs(Permission.REVIEW)
def review(request: Request, web: WebDep, reviewing: ReviewDep, done: Mark = "") -> Response:
    """The queue; behind the last document what was done."""
    queue = reviewing.queue()
    items = reviewing.shown(queue.places[:SHOWN])
    tally = _tally(request, reviewing)
    context = {
        "items": [(item, reasons_of(item.record)) for item in items],
        "waiting": queue.waiting,
        "first": items[0].record.document_id if items else None,
        "overdue": queue.overdue,
        "soon": queue.soon,
        "yen": queue.yen,
        "parked": queue.parked,
        "soon_days": SOON_DAYS,
        "tally": tally,
        "settled": [r for one in (tally.newest[:_DONE_SHOWN] if tally else ()) if (r := web.services.document(one))],
        "notice": notice_of(request, web, done),
        "taken": None,
    }

    def payload() -> dict[str, Any]:
        return {
            "waiting": queue.waiting,
            "items": [item_plain(item) for item in items],
            "done_today": tally.documents if tally else None,
        }

    return render(request, "review.html", context=context, payload=payload)


@router.get("/review/{document_id}")
@needs(Permission.REVIEW)
def one(request: Request, web: WebDep, reviewing: ReviewDep, document_id: DocumentId, marks: MarksDep) -> Response:
    """One document with what is asked about it."""
    record = web.services.document(document_id)
    if record is None:
        return error_response(request, code="not_found", status=404)
    work = reviewing.work(record, beside=marks.beside)
    if not work.place and marks.done and not wants_json(request):
        return _onward(work.next_id, done=marks.done)  # somebody settled it meanwhile: to what still waits
    context = _screen(request, web, work) | {
        "notice": notice_of(request, web, marks.done),
        "taken": notice_of(request, web, marks.taken),
        "problem": None,
    }
    return render(request, "review_work.html", context=context, payload=lambda: work_plain(work))


@router.post("/review/{document_id}", dependencies=[Depends(checked_form)])
@needs(Permission.CORRECT)
async def settle(request: Request, web: WebDep, reviewing: ReviewDep, document_id: DocumentId) -> Response:
    """The person's answers; on to the next document, or the same again where the answers raise a doubt."""
    async with request.form() as form:
        by, record = who(request, form), await run_in_threadpool(web.services.document, document_id)
        if record is None:
            return error_response(request, code="not_found", status=404)
        if not by:
            return refuse(request, "no_name")
        next_id = _next(form)
        try:
            work = await run_in_threadpool(reviewing.work, record)
            _check_base(form, record)
            filled = answered(form, record, work.questions)
            correction = correction_of(filled, record, by=by, reason=_SETTLED)
            settled = await run_in_threadpool(reviewing.settle, document_id, correction)
        except RevisionConflict:
            return await run_in_threadpool(_taken, request, web, document_id, next_id)
        except CorrectionInvalid as error:
            return await run_in_threadpool(_said_wrong, request, web, work, form, error)
    mark = f"{document_id}.{settled.record.revision}"
    if wants_json(request):
        plain = {
            "document_id": document_id,
            "revision": settled.record.revision,
            "state": settled.record.state.value,
            "again": [{"code": r.code, "field": r.field, "detail": r.detail} for r in settled.again],
            "said": await run_in_threadpool(notice_of, request, web, mark),
            "waiting": await run_in_threadpool(web.desk.in_review) if web.desk else 0,
        }
        return render(request, "review_work.html", context={}, payload=plain)
    if settled.again:
        return RedirectResponse(f"/review/{document_id}", status_code=303)
    return _onward(next_id, done=mark)


@router.post("/review/{document_id}/undo", dependencies=[Depends(checked_form)])
@needs(Permission.CORRECT)
async def undo(request: Request, web: WebDep, reviewing: ReviewDep, document_id: DocumentId) -> Response:
    """Take back one's own last answer: the document waits again, and both stand in its history."""
    async with request.form() as form:
        by, revision = who(request, form), whole_in(line(form, "revision"))
    if await run_in_threadpool(web.services.document, document_id) is None:
        return error_response(request, code="not_found", status=404)
    if not by:
        return refuse(request, "no_name")
    if revision is None:
        return refuse(request, "bad_request")
    record = await run_in_threadpool(lambda: reviewing.undo(document_id, revision=revision, by=by))
    if wants_json(request):
        return render(
            request, "review_work.html", context={}, payload={"document_id": document_id, "revision": record.revision}
        )
    return RedirectResponse(f"/review/{document_id}", status_code=303)


@router.post("/review/{document_id}/park", dependencies=[Depends(checked_form)])
@needs(Permission.CORRECT)
async def park(request: Request, web: WebDep, reviewing: ReviewDep, document_id: DocumentId) -> Response:
    """Put a document aside with a note, or take it up again."""
    async with request.form() as form:
        by, note, next_id, ends = who(request, form), line(form, "note"), _next(form), line(form, "ends") == "1"
    if await run_in_threadpool(web.services.document, document_id) is None:
        return error_response(request, code="not_found", status=404)
    if not by:
        return refuse(request, "no_name")
    if ends:
        await run_in_threadpool(lambda: reviewing.unpark(document_id, by=by))
        next_id = document_id
    else:
        await run_in_threadpool(lambda: reviewing.park(document_id, by=by, note=note))
    return Response(status_code=204) if wants_json(request) else _onward(next_id)


def _screen(request: Request, web: WebDep, work: Work) -> dict[str, Any]:
    """What the template of the review screen needs."""
    questions = shown_questions(work.record, work.questions)
    language = language_of(request)
    named = {
        question.other: title_of(record, language=language)
        for question in questions
        if question.other and (record := web.services.document(question.other)) is not None
    }
    return {
        "work": work,
        "record": work.record,
        "rows": field_rows(work.record),
        "questions": questions,
        "others": other_rows(work.record, work.questions),
        "others_named": named,
        "names": FIELDS,
        "soon_days": SOON_DAYS,
    }


def work_plain(work: Work) -> dict[str, Any]:
    """The JSON twin of the review screen."""
    return {
        "document_id": work.record.document_id,
        "revision": work.record.revision,
        "state": work.record.state.value,
        "place": work.place,
        "waiting": work.waiting,
        "next": work.next_id,
        "questions": [question_plain(work.record, question) for question in work.questions],
    }


def item_plain(item: ReviewItem) -> dict[str, Any]:
    """A line of the queue as JSON."""
    return {
        "document_id": item.record.document_id,
        "yen": number_to_plain(item.yen) if item.yen is not None else None,
        "deadline": item.deadline.isoformat() if item.deadline else None,
        "deadline_of": item.deadline_of,
        "days_left": item.days_left,
        "parked": item.parked is not None,
        "reasons": [{"code": r.code, "field": r.field} for r in item.record.review_reasons],
    }


def notice_of(request: Request, web: WebDep, mark: str) -> dict[str, Any] | None:
    """What became of the document before: a mark is ``id.revision``; None where it says nothing any more."""
    document_id, _, revision = mark.partition(".")
    if not ID_PATTERN.fullmatch(document_id):
        return None
    record = web.services.document(document_id)
    if record is None or (revision and revision != str(record.revision)):
        return None
    language = language_of(request)
    title = title_of(record, language=language)
    return {
        "document_id": document_id,
        "revision": record.revision,
        "title": title,
        "text": text("review_said", language=language, title=title),
        "again": text("review_again", language=language),
        "history": text("history", language=language),
        "by": record.recorded_by,
    }


def _tally(request: Request, reviewing: Reviewing) -> Tally | None:
    asking = who_of(request)
    return reviewing.tally(asking.login) if asking is not None and asking.login else None


def _next(form: FormData) -> str | None:
    value = line(form, "next", most=120)
    return value if ID_PATTERN.fullmatch(value) else None


def _onward(next_id: str | None, **marks: str) -> Response:
    query = f"?{urlencode(marks)}" if marks else ""
    return RedirectResponse(f"/review/{next_id}{query}" if next_id else f"/review{query}", status_code=303)


def _check_base(form: FormData, record: ArchiveRecord) -> None:
    """Questions are those of the newest revision: answers to older ones are somebody else's to judge.

    Raises:
        RevisionConflict: the form shows another revision.
    """
    if line(form, "base_revision", most=9) != str(record.revision):
        raise RevisionConflict(f"document {record.document_id} is at revision {record.revision}")


def _taken(request: Request, web: WebDep, document_id: str, next_id: str | None) -> Response:
    """Somebody else was first: say who, and go on."""
    if not wants_json(request):
        return _onward(next_id, taken=document_id)
    record = web.services.document(document_id)
    by = record.recorded_by if record is not None else ""
    message = text("review_taken", language=language_of(request), by=by)
    return problem_response(request, Problem(code=RevisionConflict.code, message=message), status=409)


def _said_wrong(request: Request, web: WebDep, work: Work, form: FormData, error: CorrectionInvalid) -> Response:
    """The same screen with what was typed, and what is wrong with it."""
    problem = Problem(code=error.code, message=error.message if language_of(request) == "en" else error.message_ja)
    if wants_json(request):
        return problem_response(request, problem, status=422)
    typed = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    context = _screen(request, web, work) | {"notice": None, "taken": None, "problem": problem, "typed": typed}
    return render(request, "review_work.html", context=context, payload=problem.plain(), status=422)
