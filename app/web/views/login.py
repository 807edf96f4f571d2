"""ログイン: only where a token is set."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from app.web.respond import language_of, render, text
from app.web.security import set_session_cookie
from app.web.state import WebDep, checked_form

router = APIRouter()


@router.get("/login")
def login_page(request: Request, web: WebDep) -> Response:
    """The form, or straight on where nobody needs to log in."""
    if not web.sessions.needs_login:
        return RedirectResponse("/search", status_code=303)
    context = {"next": safe_target(request.query_params.get("next")), "problem": None}
    return render(request, "login.html", context=context, payload={"login": "required"})


@router.post("/login", dependencies=[Depends(checked_form)])
async def login(request: Request, web: WebDep) -> Response:
    """Compare the password; a new session replaces the old one."""
    form = await request.form()
    target = safe_target(str(form.get("next", "")))
    throttled = web.sessions.throttled()
    if throttled or not web.sessions.check_password(str(form.get("password", ""))):
        code = "login_throttled" if throttled else "login_failed"
        message = text(code, language=language_of(request))
        return render(
            request,
            "login.html",
            context={"next": target, "problem": message},
            payload={"error": {"code": code, "message": message}},
            status=429 if throttled else 401,
        )
    response = RedirectResponse(target, status_code=303)
    session = web.sessions.new(logged_in=True)
    set_session_cookie(response, web.sessions.cookie(session), secure=request.url.scheme == "https")
    return response


@router.post("/logout", dependencies=[Depends(checked_form)])
def logout(request: Request, web: WebDep) -> Response:
    """Forget the session."""
    response = RedirectResponse("/login", status_code=303)
    session = web.sessions.new(logged_in=False)
    set_session_cookie(response, web.sessions.cookie(session), secure=request.url.scheme == "https")
    return response


def safe_target(target: str | None) -> str:
    """A path on this page to go to after the login; anything else becomes the start page."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return "/search"
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc and target.isprintable() else "/search"
