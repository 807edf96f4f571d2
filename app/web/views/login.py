"""ログイン: with an account, or with the shared password where nobody has one."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from app.web.permissions import needs, who_of
from app.web.respond import language_of, render, text
from app.web.security import set_session_cookie
from app.web.sessions import Session
from app.web.state import Web, WebDep, checked_form

router = APIRouter()
_TYPED = 400
"""Characters of one box that are looked at."""


@router.get("/login")
@needs()
def login_page(request: Request, web: WebDep) -> Response:
    """The form, or straight on where nobody needs to log in."""
    accounts = has_accounts(web)
    if who_of(request) is not None and (accounts or not web.sessions.needs_login):
        return RedirectResponse("/search", status_code=303)
    context = {"next": safe_target(request.query_params.get("next")), "problem": None, "accounts": accounts}
    context |= {"typed": "", "wanted": "next" in request.query_params}
    context["sso"] = web.sso.label if web.sso and accounts else None
    return render(request, "login.html", context=context, payload={"login": "required", "accounts": accounts})


@router.post("/login", dependencies=[Depends(checked_form)])
@needs()
async def login(request: Request, web: WebDep) -> Response:
    """Look at login and password; a new session replaces the old one."""
    form = await request.form()
    typed = {name: str(form.get(name, ""))[:_TYPED] for name in ("login", "password", "code")}
    target = safe_target(str(form.get("next", "")))
    accounts = await run_in_threadpool(has_accounts, web)
    session, code = await run_in_threadpool(_person if accounts else _anybody, request, web, typed)
    if session is None:
        message = text(code, language=language_of(request))
        return render(
            request,
            "login.html",
            context={
                "next": target,
                "problem": message,
                "typed": typed["login"],
                "wanted": False,
                "accounts": accounts,
                "sso": web.sso.label if web.sso and accounts else None,
            },
            payload={"error": {"code": code, "message": message}},
            status=429 if code in {"login_throttled", "login_locked"} else 401,
        )
    response = RedirectResponse(target, status_code=303)
    set_session_cookie(response, web.sessions.cookie(session), secure=request.url.scheme == "https")
    return response


@router.post("/logout", dependencies=[Depends(checked_form)])
@needs()
async def logout(request: Request, web: WebDep) -> Response:
    """Forget the session, here and in the browser."""
    who = who_of(request)
    if web.people is not None and who is not None and who.session is not None:
        await run_in_threadpool(web.people.log_out, who.session)
    response = RedirectResponse("/login", status_code=303)
    session = web.sessions.new(logged_in=False)
    set_session_cookie(response, web.sessions.cookie(session), secure=request.url.scheme == "https")
    return response


def has_accounts(web: Web) -> bool:
    """True where people log in as themselves."""
    return web.people is not None and web.people.accounts_on()


def safe_target(target: str | None) -> str:
    """A path on this page to go to after the login; anything else becomes the start page."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return "/search"
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc and target.isprintable() else "/search"


def _person(request: Request, web: Web, typed: dict[str, str]) -> tuple[Session | None, str]:
    """The session of a person, or the code of what is wrong."""
    if web.people is None:
        return None, "login_wrong"
    address = request.client.host if request.client else ""
    found = web.people.log_in(
        typed["login"],
        typed["password"],
        typed["code"],
        address=address,
        agent=request.headers.get("user-agent", ""),
        life=timedelta(seconds=web.settings.session_seconds),
    )
    if found is not None:
        return web.sessions.holding(found.secret), ""
    locked = web.people.logins.is_locked(typed["login"].strip().casefold(), address)
    return None, "login_locked" if locked else "login_wrong"


def _anybody(request: Request, web: Web, typed: dict[str, str]) -> tuple[Session | None, str]:
    """The session of whoever knows the shared password, or the code of what is wrong."""
    del request
    if web.sessions.throttled():
        return None, "login_throttled"
    if not web.sessions.check_password(typed["password"]):
        return None, "login_failed"
    return web.sessions.new(logged_in=True), ""
