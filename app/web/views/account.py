"""アカウント: one's own password, second factor and sessions; and who has an account, for administrators."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from app.web.people import People, Who
from app.web.permissions import NotAllowed, needs, who_of
from app.web.qr import qr_svg
from app.web.respond import language_of, render, text
from app.web.state import WebDep, checked_form, web_of
from app.web.views.desk import line
from domain.errors import AccessRefused, MailUnavailable, RequestRefused
from domain.people import LoginSession, Permission, User
from storage.people.totp import provisioning_uri

router = APIRouter()
_SECRET = re.compile(r"[A-Z2-7]{32}")
_PROGRAMS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""Signs in what browsers say of themselves; the more special ones first, since most also say Chrome or Safari."""
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
_DONE = frozenset({"password", "totp_off", "mail_set", "mail_sent", "mail_gone"})
_PASSWORD = 400
"""Characters that are looked at; a password has fewer."""


def own_account(request: Request, web: WebDep) -> tuple[People, User, LoginSession]:
    """The person who is logged in here; a program has no account of its own.

    Raises:
        NotAllowed: nobody is.
    """
    who = who_of(request)
    if web.people is None or who is None or who.user is None or who.session is None:
        raise NotAllowed
    return web.people, who.user, who.session


OwnDep = Annotated[tuple[People, User, LoginSession], Depends(own_account)]


@router.get("/account")
@needs(Permission.ACCOUNT)
def account(request: Request, web: WebDep) -> Response:
    """One's own account, or how to begin with accounts."""
    who = who_of(request)
    if web.people is None or who is None or who.user is None or who.session is None:
        return render(request, "account_alone.html", context={}, payload={"accounts": False})
    return _page(request, web.people, who)


@router.post("/account/password", dependencies=[Depends(checked_form)])
@needs(Permission.ACCOUNT)
async def password(request: Request, own: OwnDep) -> Response:
    """Change the password; the other sessions end."""
    people, user, session = own
    async with request.form() as form:
        old, new, again = (str(form.get(name, ""))[:_PASSWORD] for name in ("old", "new", "again"))
    if new != again:
        return await _refused(request, "password_differs")
    if not await run_in_threadpool(people.logins.knows_password, user, old, address=address_of(request)):
        return await _refused(request, "password_wrong")
    try:
        await run_in_threadpool(people.change_password, user, new, session=session)
    except AccessRefused as error:
        return await _refused(request, "", error.message if language_of(request) == "en" else error.message_ja)
    return RedirectResponse("/account?done=password", status_code=303)


@router.post("/account/mail", dependencies=[Depends(checked_form)])
@needs(Permission.ACCOUNT)
async def mail(request: Request, own: OwnDep) -> Response:
    """Say where mail goes, show by the code that it is read there, or take the address away."""
    people, user, _ = own
    async with request.form() as form:
        action, address, code = line(form, "action"), line(form, "address"), line(form, "code")
    try:
        match action:
            case "confirm":
                await run_in_threadpool(people.mail.confirm, user, code)
                done = "mail_set"
            case "forget":
                await run_in_threadpool(people.mail.forget, user)
                done = "mail_gone"
            case _:
                done = "mail_sent" if await run_in_threadpool(people.mail.ask, user, address) else "mail_set"
    except (RequestRefused, MailUnavailable) as error:
        return await _refused(request, "", error.message if language_of(request) == "en" else error.message_ja)
    return RedirectResponse(f"/account?done={done}#mail", status_code=303)


@router.post("/account/totp", dependencies=[Depends(checked_form)])
@needs(Permission.ACCOUNT)
async def second_factor(request: Request, own: OwnDep) -> Response:
    """Switch the second factor on (recovery codes are shown this once) or off; both take the password."""
    people, user, _ = own
    async with request.form() as form:
        given, secret = str(form.get("password", ""))[:_PASSWORD], line(form, "secret")
        code, action = line(form, "code"), line(form, "action")
    if not await run_in_threadpool(people.logins.knows_password, user, given, address=address_of(request)):
        return await _refused(request, "password_wrong")
    if action == "off":
        await run_in_threadpool(people.switch_totp_off, user)
        return RedirectResponse("/account?done=totp_off", status_code=303)
    if user.has_totp or not _SECRET.fullmatch(secret):
        return await _refused(request, "bad_request")
    codes = await run_in_threadpool(people.switch_totp_on, user, secret, code)
    if codes is None:
        return await _refused(request, "code_wrong")
    return render(request, "account_codes.html", context={"codes": codes}, payload={"recovery_codes": codes})


@router.post("/account/sessions", dependencies=[Depends(checked_form)])
@needs(Permission.ACCOUNT)
async def end_sessions(request: Request, own: OwnDep) -> Response:
    """End one session, or all but this one."""
    people, user, session = own
    async with request.form() as form:
        only = line(form, "session")
    if only:
        await run_in_threadpool(people.end_sessions, user, only=only)
    else:
        await run_in_threadpool(people.end_sessions, user, but=session.session_hash)
    return RedirectResponse("/account", status_code=303)


def user_plain(user: User) -> dict[str, Any]:
    """An account as JSON values."""
    return {
        "login": user.login,
        "name": user.name,
        "roles": sorted(user.roles),
        "departments": list(user.departments),
        "mail": user.mail,
        "disabled": user.disabled,
        "totp": user.has_totp,
        "changed_at": user.changed_at.isoformat(),
    }


def address_of(request: Request) -> str:
    """Where a request comes from."""
    return request.client.host if request.client else ""


def browser_name(agent: str) -> str:
    """What a browser is commonly called, for people who look whether a session is theirs."""
    program = next((name for sign, name in _PROGRAMS if sign in agent), agent[:40])
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return f"{program} · {system}" if system else program


def _page(request: Request, people: People, who: Who, *, problem: str | None = None, status: int = 200) -> Response:
    user, session = who.user, who.session
    if user is None or session is None:
        raise NotAllowed
    secret = None if user.has_totp else people.new_secret()
    uri = provisioning_uri(secret, login=user.login) if secret else None
    language = language_of(request)
    desk = web_of(request).desk
    names = desk.departments() if desk is not None and user.departments else {}
    done = request.query_params.get("done")
    context = {
        "user": user,
        "departments": [names.get(one, one) for one in user.departments],
        "session": session,
        "sessions": people.sessions(user),
        "tokens": people.tokens(user),
        "browser_name": browser_name,
        "secret": secret,
        "uri": uri,
        "qr": qr_svg(uri, title=text("totp_scan", language=language)) if uri else None,
        "problem": problem,
        "done": f"done_{done}" if done in _DONE else None,
        "mail": people.mail,
        "mail_address": people.mail.address_of(user),
        "mail_waiting": people.mail.waiting_of(user),
    }
    sessions = [
        {"session": one.ref, "started_at": one.started_at.isoformat(), "seen_at": one.seen_at.isoformat()}
        for one in context["sessions"]  # type: ignore[attr-defined]  # a tuple of sessions
    ]
    payload: dict[str, Any] = {"account": user_plain(user), "sessions": sessions}
    if problem is not None:
        payload = {"error": {"code": "access_refused", "message": problem}}
    return render(request, "account.html", context=context, payload=payload, status=status)


async def _refused(request: Request, code: str, message: str = "") -> Response:
    web, who = web_of(request), who_of(request)
    if web.people is None or who is None:
        raise NotAllowed
    problem = message or text(code, language=language_of(request))
    return await run_in_threadpool(_page, request, web.people, who, problem=problem, status=422)
