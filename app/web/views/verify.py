"""検証: everything of a period, of a search, or the whole archive in one go (一括検証; law: scan-timestamp)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from app.cli.export import in_words
from app.objections import objections
from app.papers.verification import Verification, counted, kept_plain, total_label, verification_plain
from app.web.auditing import VERIFY, AuditRoom, owner_of
from app.web.format import day_text
from app.web.job_place import Again
from app.web.permissions import needs, who_of
from app.web.queries import MOST_CONDITIONS, Parsed, find_day, parse_conditions
from app.web.respond import Problem, language_of, problem_response, render, text
from app.web.state import Web, WebDep, checked_form
from app.web.views.desk import line, refuse, who
from app.web.views.jobs import Shown, show_as, to_job
from app.web.views.search import periods
from domain.errors import AppError, CorrectionInvalid, ObjectMissing
from domain.people import Permission
from domain.query import MAX_LIMIT, Query
from pipeline.steps.auditing import Given, Scope, anchors_given
from storage.evidence.labels import OUTCOMES

router = APIRouter()
_MOST_LINES = 50
"""Heads that are typed by hand."""


def room_of(web: WebDep) -> AuditRoom:
    """The audit room of the installation.

    Raises:
        ObjectMissing: the page stands over no installation.
    """
    if web.audit is None:
        raise ObjectMissing("no audit room", message_ja="この画面では操作できません")
    return web.audit


RoomDep = Annotated[AuditRoom, Depends(room_of)]


@router.get("/verify")
@needs(Permission.VERIFY)
def verify_page(request: Request, web: WebDep, room: RoomDep) -> Response:
    """The form, and this person's last verifications."""
    jobs = web.jobs.of(owner_of(who_of(request)), VERIFY) if web.jobs else ()
    query = str(request.query_params.get("q", ""))
    if problems := _parsed(query).problems:
        return refuse(request, next(iter(problems.values())))
    shortcuts = periods(web.today())
    context = {
        "periods": shortcuts,
        "period": shortcuts[0][1:],
        "query": query,
        "conditions": _conditions(query) if query else "",
        "jobs": jobs,
        "standing_now": room.standing(),
    }
    return render(request, "verify.html", context=context, payload={"jobs": [job.plain() for job in jobs]})


@router.post("/verify", dependencies=[Depends(checked_form)])
@needs(Permission.VERIFY)
async def verify(request: Request, room: RoomDep) -> Response:
    """Begin to verify; the report comes at the job's own address."""
    async with request.form() as form:
        scope, words = _scope(form)
        by, again = who(request, form), _again(form)
        try:
            given = await given_in(form)
        except AppError as error:
            return refused(request, error)
    if isinstance(scope, str):
        return problem_response(
            request, Problem(code=scope, message=text(scope, language=language_of(request))), status=422
        )
    if not room.sees_all:
        words = f"{words}（閲覧できる範囲）"
    job = await run_in_threadpool(room.verify, who_of(request), scope, given, words=words, by=by, again=again)
    return to_job(request, job)


@router.get("/audit/heads")
@needs(Permission.VERIFY)
def heads_page(request: Request, room: RoomDep) -> Response:
    """The form for heads that were kept outside."""
    context = {"kept": None, "lines": None, "standing_now": room.standing(), "outcomes": OUTCOMES}
    return render(request, "audit_heads.html", context=context, payload=room.standing())


@router.post("/audit/heads", dependencies=[Depends(checked_form)])
@needs(Permission.VERIFY)
async def heads(request: Request, room: RoomDep) -> Response:
    """Hold heads that were kept outside against the log of now, and show the proofs (RFC 9162 §2.1.4)."""
    async with request.form() as form:
        try:
            given = await given_in(form)
        except AppError as error:
            return refused(request, error)
    if not given.roots.earlier_heads and not given.lines.checks:
        code = "heads_needed"
        return problem_response(
            request, Problem(code=code, message=text(code, language=language_of(request))), status=422
        )
    kept = await run_in_threadpool(room.hold_against, given)
    wrong = objections(given.lines)
    context = {"kept": kept, "lines": wrong, "standing_now": room.standing(), "outcomes": OUTCOMES}
    payload = {
        **room.standing(),
        "heads": [kept_plain(one) for one in kept],
        "lines": [{"reason": one.reason, "subjects": one.subjects} for one in wrong],
    }
    return render(request, "audit_heads.html", context=context, payload=payload)


async def given_in(form: FormData) -> Given:
    """What a form brings from outside.

    Raises:
        AppError: it cannot be read.
    """
    heads = form.get("heads")
    lines = heads.split() if isinstance(heads, str) else []
    if len(lines) > _MOST_LINES:
        raise CorrectionInvalid(
            f"more than {_MOST_LINES} heads", message_ja=f"ログの先頭は {_MOST_LINES} 件まで入力できます"
        )
    return await run_in_threadpool(
        anchors_given,
        roots_pem=await _content(form, "roots"),
        log_key=line(form, "log_key"),
        heads=tuple(lines),
        witness=await _content(form, "witness"),
    )


def _again(form: FormData) -> Again | None:
    """The form as it can be kept: without anything brought from outside, and without words of a search."""
    typed = any(line(form, name) for name in ("log_key", "heads"))
    files = any(isinstance(one := form.get(name), UploadFile) and one.size for name in ("roots", "witness"))
    if typed or files or line(form, "scope") == "query":
        return None
    names = ("scope", "date_from", "date_to")
    return Again(path="/verify", values=tuple((name, line(form, name)) for name in names if line(form, name)))


def refused(request: Request, error: AppError) -> Response:
    """What was brought cannot be read: the person's to mend."""
    message = error.message if language_of(request) == "en" else error.message_ja
    return problem_response(request, Problem(code=error.code, message=message), status=422)


async def _content(form: FormData, name: str) -> bytes:
    file = form.get(name)
    return await file.read() if isinstance(file, UploadFile) else b""


def _scope(form: FormData) -> tuple[Scope | str, str]:
    """What is to be looked at, or the code of what is wrong; and its words."""
    match line(form, "scope"):
        case "everything":
            return Scope(), "書庫の全件とログ全体"
        case "query":
            parsed = _parsed(line(form, "q", most=MOST_CONDITIONS))
            return ("bad_request", "") if parsed.problems else (Scope(query=parsed.query), _conditions_of(parsed.query))
        case _:
            first = find_day(line(form, "date_from"))
            last = find_day(line(form, "date_to"), end=True)
            if first is None or last is None:
                return "period_needed", ""
            if first > last:
                return "from_after_to", ""
            return Scope(first=first, last=last), f"保存日 {day_text(first)}〜{day_text(last)}"


def _parsed(query: str) -> Parsed:
    return parse_conditions(query, page_size=MAX_LIMIT)


def _conditions(query: str) -> str:
    return _conditions_of(_parsed(query).query)


def _conditions_of(query: Query) -> str:
    return in_words(query) or "すべての書類"


def _context(request: Request, web: Web, done: Verification) -> dict[str, Any]:
    del request
    found = objections(done.report)
    ids = {subject for one in found for subject in one.subjects[:5]}
    known = {one: web.services.subject(one) for one in sorted(ids)}
    return {
        "done": done,
        "rows": counted(done.report),
        "objections": found,
        "subjects": {one: record for one, record in known.items() if record is not None},
        "total": total_label(done.report),
        "outcomes": OUTCOMES,
    }


show_as(VERIFY, Shown(template="job_verify.html", context=_context, plain=verification_plain))
