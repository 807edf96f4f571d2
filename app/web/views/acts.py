"""What people do to one document beside its values, and days of receipt confirmed in bulk from the intake list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from app.web.desk import Desk
from app.web.permissions import must, needs
from app.web.queries import MOST_CONDITIONS, find_day
from app.web.search_view import search_again
from app.web.state import WebDep, checked_form
from app.web.views.desk import DeskDep, chosen, done, ids_named, line, refuse, who
from app.web.views.document import DocumentId
from domain.act_words import FORM
from domain.circumstances import Channel, DelayCause
from domain.errors import CorrectionInvalid
from domain.numbers import whole_in
from domain.people import Permission
from domain.relations import Relation
from domain.requests import RequestKind

router = APIRouter()


@router.post("/documents/{document_id}/acts", dependencies=[Depends(checked_form)])
@needs(Permission.CORRECT, Permission.ASK)
async def act(request: Request, desk: DeskDep, document_id: DocumentId) -> Response:
    """One act on one document; back to its history."""
    async with request.form() as form:
        by, action = who(request, form), line(form, "action")
        call = _calls(desk, form, document_id=document_id, by=by).get(action)
    if not by:
        return refuse(request, "no_name")
    if call is None:
        return refuse(request, "bad_request")
    must(request, Permission.ASK if action == "ask" else Permission.CORRECT)
    await run_in_threadpool(call)
    return done(request, f"/documents/{document_id}#history")


@router.post("/received", dependencies=[Depends(checked_form)])
@needs(Permission.CORRECT)
async def received(request: Request, web: WebDep, desk: DeskDep) -> Response:
    """Confirm the day of receipt of the chosen documents, or as shown of all that were listed."""
    async with request.form() as form:
        of_all = bool(line(form, "all"))
        by, ids = who(request, form), chosen(form, "listed" if of_all else "ids")
        typed = "" if of_all else line(form, "on")
        back = "/intake"
        if line(form, "back") == "search":
            back = search_again(line(form, "here", most=MOST_CONDITIONS), page_size=web.settings.page_size)
    day = find_day(typed) if typed else None
    if not by:
        return refuse(request, "no_name")
    if not ids:
        return refuse(request, "nothing_chosen")
    if typed and day is None:
        return refuse(request, "bad_received_on")
    await run_in_threadpool(desk.confirm_received, ids, by=by, on=day)
    return done(request, back)


def _calls(desk: Desk, form: FormData, *, document_id: str, by: str) -> dict[str, Callable[[], Any]]:
    reason, book, number = line(form, "reason"), line(form, "book"), line(form, "number")
    return {
        "delete": lambda: desk.delete(
            document_id,
            by=by,
            reason=reason,
            base_revision=_number(line(form, "base_revision")),
            request_id=line(form, "request_id") or None,
        ),
        "ask": lambda: desk.ask(
            _choice(RequestKind, line(form, "kind")), document_id, by=by, reason=reason, form=_entries(form)
        ),
        "relate": lambda: desk.relate(
            document_id, _choice(Relation, line(form, "relation")), document_named(form), by=by, reason=reason
        ),
        "delay": lambda: _delay(desk, form, document_id=document_id, by=by),
        "delay_end": lambda: desk.take_back_delay(document_id, by=by, reason=reason),
        "channel": lambda: _channel(desk, form, document_id=document_id, by=by, ends=False),
        "channel_end": lambda: _channel(desk, form, document_id=document_id, by=by, ends=True),
        "rescan": lambda: _rescan(desk, form, document_id=document_id, by=by),
        "link": lambda: desk.link_book(document_id, book=book, number=number, by=by),
        "unlink": lambda: desk.link_book(document_id, book=book, number=number, by=by, ends=True),
        "no_book": lambda: desk.no_book(document_id, by=by, ends=False),
        "no_book_end": lambda: desk.no_book(document_id, by=by, ends=True),
    }


def document_named(form: FormData) -> str:
    """The document that was chosen: its id, alone or in the address of its page; empty where nothing is said.

    Raises:
        CorrectionInvalid: something else is said, or more than one.
    """
    said = line(form, "to_id")
    named = ids_named(said)
    if said and len(named) != 1:
        raise CorrectionInvalid(
            "no document, or more than one",
            message_ja="書類を1つ、候補の一覧から選ぶか、その書類の画面のアドレスを貼り付けてください",
        )
    return named.pop() if named else ""


def _entries(form: FormData) -> dict[str, str]:
    """Entries of the application form that a person filled in (law: et-rules-template)."""
    return {name: words for name in FORM if (words := line(form, f"form.{name}"))}


def _rescan(desk: Desk, form: FormData, *, document_id: str, by: str) -> None:
    """A defect alone, or with the new scan that cures it."""
    day, new_id, reason = find_day(line(form, "found_on")), document_named(form), line(form, "reason")
    if day is None:
        raise CorrectionInvalid(
            "no day of discovery", message_ja="不備に気付いた日を 2026-11-02 の形で入力してください"
        )
    if new_id:
        desk.rescan(document_id, new_id, found_on=day, by=by, reason=reason)
    else:
        desk.note_defect(document_id, found_on=day, by=by, reason=reason)


def _delay(desk: Desk, form: FormData, *, document_id: str, by: str) -> None:
    """A cause of delay; without a day it lasts."""
    typed = line(form, "until")
    until = find_day(typed) if typed else None
    if typed and until is None:
        raise CorrectionInvalid("no day", message_ja="事由が解消した日を 2026-11-02 の形で入力してください")
    cause, evidence = _choice(DelayCause, line(form, "cause")), line(form, "evidence")
    desk.say_delay(document_id, cause, until=until, by=by, reason=line(form, "reason"), evidence=evidence)


def _channel(desk: Desk, form: FormData, *, document_id: str, by: str, ends: bool) -> None:
    channel = _choice(Channel, line(form, "channel"))
    desk.say_channel(document_id, channel, service=line(form, "service"), by=by, ends=ends)


def _choice(kind: type[Any], value: str) -> Any:
    try:
        return kind(value)
    except ValueError as error:
        raise CorrectionInvalid("a malformed form") from error


def _number(value: str) -> int:
    number = whole_in(value)
    if number is None:
        raise CorrectionInvalid("a malformed form")
    return number
