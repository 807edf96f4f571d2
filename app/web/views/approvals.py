"""承認: what waits for me, what I submitted, what is under way; approve and return, one or many at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from app.web import format as fmt
from app.web.approvals import SHOWN, Approvals, Item, Sheet
from app.web.permissions import must, needs, who_of
from app.web.queries import parse_query
from app.web.respond import error_response, language_of, render, wants_json
from app.web.state import WebDep, checked_form
from app.web.views.desk import MOST_CHOSEN, chosen, done, line, refuse
from app.web.views.document import DocumentId
from domain.approvals import ApprovalState
from domain.errors import AccessRefused, ObjectMissing
from domain.numbers import whole_in
from domain.people import Permission, User
from domain.record import DocumentState
from pipeline.steps.approval_queue import Result, round_plain
from pipeline.steps.approved_copy import HEADING

router = APIRouter()
Show = Literal["waiting", "submitted", "decided", "open"]
SHOWS: tuple[Show, ...] = ("waiting", "submitted", "decided", "open")


def approvals_of(web: WebDep) -> Approvals:
    """The approvals of the installation.

    Raises:
        ObjectMissing: the page stands over no installation that people work on.
    """
    if web.approvals is None:
        raise ObjectMissing("no approvals", message_ja="この画面では操作できません")
    return web.approvals


ApprovalsDep = Annotated[Approvals, Depends(approvals_of)]


def person_of(request: Request) -> User:
    """Who is logged in: an approval stands for a person, so a name that is typed in is not enough.

    Raises:
        AccessRefused: nobody has an account.
    """
    who = who_of(request)
    if who is None or who.user is None:
        raise AccessRefused(
            "approvals need accounts",
            message_ja="承認には利用者の登録が必要です（管理者が shoko users add で登録します）",
        )
    return who.user


def user_of(request: Request) -> User | None:
    """Who is logged in; None where nobody has an account."""
    who = who_of(request)
    return who.user if who is not None else None


@router.get("/approvals")
@needs(Permission.REQUESTS)
def approvals(
    request: Request,
    known: ApprovalsDep,
    show: Annotated[Show, Query()] = "waiting",
    at: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """A list, and beside it the document that one looks at."""
    user = user_of(request)
    items = _items(known, show, user)
    here = next((n for n, item in enumerate(items) if item.record.document_id == at), 0)
    current = items[here] if items else None
    waiting = len(items) if show == "waiting" else len(known.waiting(user)) if user is not None else 0
    context = {
        "show": show,
        "shows": SHOWS,
        "items": items,
        "current": current,
        "chosen_one": bool(at),
        "before": items[here - 1] if here > 0 else None,
        "after": items[here + 1] if here + 1 < len(items) else None,
        "sheet": known.sheet(current.record, user) if current is not None else None,
        "user": user,
        "waiting": waiting,
        "done": request.query_params.get("done", ""),
    }
    payload = {"show": show, "approvals": [item_plain(item) for item in items]}
    return render(request, "approvals.html", context=context, payload=payload)


@router.post("/approvals", dependencies=[Depends(checked_form)])
@needs(Permission.APPROVE)
async def decide(request: Request, known: ApprovalsDep) -> Response:
    """Approve or return the chosen documents, each for itself."""
    user = person_of(request)
    async with request.form() as form:
        ids, action, words, after = chosen(form), line(form, "action"), line(form, "reason"), line(form, "next")
        seen = _seen(form, ids)
    if not ids:
        return refuse(request, "nothing_chosen")
    if action not in {"approve", "return"}:
        return refuse(request, "bad_request")
    if action == "return" and not words:
        return refuse(request, "approval_no_words")
    results = await run_in_threadpool(known.decide_many, seen, approve=action == "approve", by=user, words=words)
    return _answer(request, results, what=action, back=f"/approvals?at={after}&done={action}-{len(results)}")


@router.get("/approvals/submit")
@needs(Permission.ASK)
def ready(request: Request, web: WebDep, known: ApprovalsDep) -> Response:
    """Documents that can be submitted, by the conditions of a search; what is under way or approved is left out."""
    parsed = parse_query(request.query_params.multi_items(), page_size=SHOWN)
    if parsed.problems:
        return refuse(request, next(iter(parsed.problems.values())))
    query = replace(parsed.query, states=(DocumentState.FILED,), include_deleted=False)
    hits = web.services.search(query)
    busy = {item.record.document_id for item in known.open() if item.round.state is ApprovalState.IN_PROGRESS}
    found = [hit for hit in hits.hits if hit.document_id not in busy]
    context = {"found": found, "total": hits.total, "shown": len(hits.hits), "user": user_of(request)}
    payload = {"total": hits.total, "documents": [hit.document_id for hit in found]}
    return render(request, "approvals_ready.html", context=context, payload=payload)


@router.post("/approvals/submit", dependencies=[Depends(checked_form)])
@needs(Permission.ASK)
async def submit(request: Request, known: ApprovalsDep) -> Response:
    """Submit the chosen documents, each for itself."""
    user = person_of(request)
    async with request.form() as form:
        ids, words = chosen(form), line(form, "reason")
    if not ids:
        return refuse(request, "nothing_chosen")
    results = await run_in_threadpool(known.submit_many, ids, by=user, comment=words)
    return _answer(request, results, what="submit", back=f"/approvals?show=submitted&done=submit-{len(results)}")


@router.get("/documents/{document_id}/approval")
@needs(Permission.DOCUMENTS)
def sheet(request: Request, web: WebDep, known: ApprovalsDep, document_id: DocumentId) -> Response:
    """The approvals of one document: its row of seals, every round, and what can be done now."""
    record = web.services.document(document_id)
    if record is None:
        return error_response(request, code="not_found", status=404)
    who = who_of(request)
    found = known.sheet(record, who.user if who is not None else None)
    context = {"record": record, "sheet": found, "boxes_of": known.boxes, "user": who.user if who else None}
    payload = {"document_id": document_id, "rounds": [round_plain(record, one) for one in found.rounds]}
    return render(request, "approval_sheet.html", context=context, payload=payload | sheet_plain(found))


@router.get("/documents/{document_id}/approved.pdf")
@needs(Permission.DOCUMENTS)
def copy(request: Request, web: WebDep, known: ApprovalsDep, document_id: DocumentId) -> Response:
    """The approved copy (a rendition): always a download; the original stays as it is."""
    record = web.services.document(document_id)
    if record is None:
        return error_response(request, code="not_found", status=404)
    headers = {
        "content-disposition": fmt.attachment(f"{HEADING}-{document_id}.pdf"),
        "content-security-policy": "default-src 'none'; sandbox",
        "cache-control": "private, no-store",
    }
    return Response(known.copy(record), media_type="application/pdf", headers=headers)


@router.post("/documents/{document_id}/approval", dependencies=[Depends(checked_form)])
@needs(Permission.ASK, Permission.APPROVE, Permission.DECIDE)
async def act(request: Request, known: ApprovalsDep, document_id: DocumentId) -> Response:
    """One step in the approval of one document; back to it."""
    user = person_of(request)
    async with request.form() as form:
        action, words, seen = line(form, "action"), line(form, "reason"), whole_in(line(form, "revision"))
    match action:
        case "submit":
            must(request, Permission.ASK)
            await run_in_threadpool(known.submit, document_id, by=user, comment=words, seen=seen)
        case "withdraw":
            must(request, Permission.ASK)
            await run_in_threadpool(known.withdraw, document_id, by=user, words=words)
        case "approve" | "return":
            must(request, Permission.APPROVE)
            if action == "return" and not words:
                return refuse(request, "approval_no_words")
            approve = action == "approve"
            await run_in_threadpool(known.decide, document_id, approve=approve, by=user, words=words, seen=seen)
        case "reopen":
            must(request, Permission.DECIDE)
            if not words:
                return refuse(request, "approval_no_words")
            await run_in_threadpool(known.reopen, document_id, by=user, words=words)
        case _:
            return refuse(request, "bad_request")
    return done(request, f"/documents/{document_id}/approval")


def item_plain(item: Item) -> dict[str, Any]:
    """A line of a list as JSON values."""
    place = item.place
    return round_plain(item.record, item.round) | {
        "days_left": item.days_left,
        "my_step": place.step if place is not None else None,
        "in_place_of": place.principal.login if place is not None and place.principal is not None else None,
    }


def sheet_plain(found: Sheet) -> dict[str, Any]:
    """What who asks may do now."""
    actions = {
        "submit": found.way is not None,
        "withdraw": found.may_withdraw,
        "approve": found.place is not None,
        "return": found.place is not None,
        "reopen": found.may_reopen,
    }
    return {"may": [name for name, may in actions.items() if may]}


def _items(known: Approvals, show: Show, user: User | None) -> tuple[Item, ...]:
    if show == "open":
        return known.open()
    if user is None:
        return ()
    return {"waiting": known.waiting, "submitted": known.submitted, "decided": known.decided}[show](user)


def _answer(request: Request, results: tuple[Result, ...], *, what: str, back: str) -> Response:
    """Back where all went well; otherwise a page that names every document that did not, and why."""
    failed = [one for one in results if one.error is not None]
    if not failed and not wants_json(request):
        return RedirectResponse(back, status_code=303)
    english = language_of(request) == "en"
    lines = [
        (one.document_id, None if one.error is None else one.error.message if english else one.error.message_ja)
        for one in results
    ]
    payload = {
        "results": [
            {
                "document_id": one.document_id,
                "error": {"code": one.error.code, "message": words} if one.error is not None else None,
            }
            for one, (_, words) in zip(results, lines, strict=True)
        ]
    }
    context = {"what": what, "good": len(results) - len(failed), "lines": [one for one in lines if one[1]]}
    return render(request, "approvals_done.html", context=context, payload=payload)


def _seen(form: FormData, ids: list[str]) -> dict[str, int | None]:
    """Chosen documents with the revision that stood on the page."""
    known: dict[str, int | None] = {}
    for one in form.getlist("seen")[: 2 * MOST_CHOSEN]:
        if isinstance(one, str):
            document_id, _, revision = one.partition("@")
            known[document_id] = whole_in(revision)
    return {one: known.get(one) for one in ids}
