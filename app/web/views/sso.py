"""シングルサインオン: to the company's sign-on and back; whose identity is linked to an account is logged in."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from app.web.permissions import needs
from app.web.respond import app_error_response, error_response
from app.web.security import set_session_cookie
from app.web.sso import Begun
from app.web.state import WebDep
from app.web.views.login import safe_target
from domain.errors import AccessRefused

router = APIRouter()
COOKIE = "shoko_sso"
_PATH = "/login/sso"
_LIFE = timedelta(minutes=10)
"""For so long a person may take at the provider."""
_PARAMETER = 4000
"""Characters of what the provider sends back that are looked at."""


@router.get("/login/sso")
@needs()
async def begin(request: Request, web: WebDep) -> Response:
    """Send the browser to the provider."""
    if web.sso is None or web.people is None:
        return error_response(request, code="not_found", status=404)
    try:
        address, begun = await run_in_threadpool(web.sso.begin)
    except AccessRefused as error:
        return app_error_response(request, error, status=401)
    target = safe_target(request.query_params.get("next"))
    kept = {"state": begun.state, "nonce": begun.nonce, "verifier": begun.verifier, "next": target}
    response = RedirectResponse(address, status_code=303)
    response.set_cookie(
        COOKIE,
        web.sessions.sealed(kept),
        max_age=int(_LIFE.total_seconds()),
        httponly=True,
        samesite="lax",  # the provider sends the browser back from its own site
        secure=request.url.scheme == "https",
        path=_PATH,
    )
    return response


@router.get("/login/sso/return")
@needs()
async def finish(request: Request, web: WebDep) -> Response:
    """Log in whom the provider vouches for, if an account is linked; always with a new session."""
    if web.sso is None or web.people is None:
        return error_response(request, code="not_found", status=404)
    kept = web.sessions.opened(request.cookies.get(COOKIE), life=_LIFE)
    if kept is None:
        return error_response(request, code="sso_failed", status=401)
    returned = {name: value[:_PARAMETER] for name, value in request.query_params.items()}
    begun = Begun(state=kept["state"], nonce=kept["nonce"], verifier=kept["verifier"])
    try:
        identity = await run_in_threadpool(web.sso.finish, returned, begun)
    except AccessRefused as error:
        return _without(app_error_response(request, error, status=401))
    found = await run_in_threadpool(
        web.people.log_in_by,
        identity,
        address=request.client.host if request.client else "",
        agent=request.headers.get("user-agent", ""),
        life=timedelta(seconds=web.settings.session_seconds),
    )
    if found is None:
        return _without(error_response(request, code="sso_unknown", status=401))
    response = RedirectResponse(safe_target(kept["next"]), status_code=303)
    session = web.sessions.holding(found.secret)
    set_session_cookie(response, web.sessions.cookie(session), secure=request.url.scheme == "https")
    return _without(response)


def _without(response: Response) -> Response:
    """What was begun is used once."""
    response.delete_cookie(COOKIE, path=_PATH)
    return response
