"""The factory: services and settings in, an ASGI application out."""

from __future__ import annotations

import logging
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from app.web import openapi, respond
from app.web.administration import Administration
from app.web.answers import Answers
from app.web.approvals import Approvals
from app.web.auditing import AuditRoom
from app.web.desk import Desk
from app.web.documents import Documents
from app.web.finding import Finder
from app.web.jobs import Jobs
from app.web.people import People
from app.web.permissions import NotAllowed, guard, needs
from app.web.problems import again_of, may_be_sent_again
from app.web.reviewing import Reviewing
from app.web.security import (
    HEADERS,
    BodyLimit,
    BodyTooLarge,
    Gate,
    HostCheck,
    JsonSuffix,
    SecurityHeaders,
    too_large_response,
)
from app.web.services import WebServices
from app.web.sessions import Sessions
from app.web.settings import WebSettings
from app.web.sso import SingleSignOn
from app.web.state import CsrfRefused, Web, web_of
from app.web.views import (
    access,
    account,
    acts,
    admin,
    admin_company,
    admin_log,
    admin_people,
    admin_retention,
    approval_settings,
    approvals,
    around,
    audit,
    binder,
    capture,
    chosen,
    correct,
    document,
    home,
    intake,
    jobs,
    journal,
    law,
    login,
    manual,
    papers,
    requests,
    review,
    review_alike,
    search,
    searching,
    upload,
    verify,
)
from app.web.views import sso as sso_views
from domain.errors import AppError, InputError, ObjectMissing, RevisionConflict

_LOG = logging.getLogger(__name__)
_CODES = {401: "unauthorized", 403: "csrf_failed", 404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}


def create_app(
    services: WebServices,
    *,
    settings: WebSettings,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    desk: Desk | None = None,
    approval_face: Approvals | None = None,
    documents: Documents | None = None,
    reviewing: Reviewing | None = None,
    answers: Answers | None = None,
    people: People | None = None,
    sso: SingleSignOn | None = None,
    background: Jobs | None = None,
    room: AuditRoom | None = None,
    finder: Finder | None = None,
    administration: Administration | None = None,
) -> FastAPI:
    """Build the page; nothing is opened or read before the first request."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        if background is not None:
            background.close()

    app = FastAPI(
        title="Shoko",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(guard)],
        lifespan=lifespan,
    )
    sessions = Sessions(settings, clock=clock)
    app.state.web = Web(
        services=services,
        settings=settings,
        sessions=sessions,
        clock=clock,
        desk=desk,
        documents=documents,
        reviewing=reviewing,
        people=people,
        sso=sso,
        jobs=background,
        audit=room,
        admin=administration,
        approvals=approval_face,
        answers=answers,
        finder=finder,
    )
    for view in (
        search,
        searching,
        access,
        document,
        around,
        correct,
        acts,
        law,
        papers,
        requests,
        approval_settings,
        approvals,
        binder,
        chosen,
        review_alike,
        review,
        home,
        upload,
        capture,
        intake,
        verify,
        login,
        sso_views,
        account,
        manual,
        jobs,
        journal,
        audit,
        admin,
        admin_company,
        admin_log,
        admin_people,
        admin_retention,
    ):
        app.include_router(view.router)
    app.add_api_route("/", _start, methods=["GET"])
    app.add_api_route("/healthz", _healthy, methods=["GET"])
    app.add_api_route("/openapi", _openapi, methods=["GET"])
    app.mount("/static", _Static(directory=respond.FOLDER / "static"))
    app.add_exception_handler(AppError, _app_error)
    app.add_exception_handler(CsrfRefused, _csrf_refused)
    app.add_exception_handler(NotAllowed, _not_allowed)
    app.add_exception_handler(BodyTooLarge, _too_large)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _internal)
    # the last one added is the outermost
    idle = timedelta(seconds=settings.session_idle_seconds)
    app.add_middleware(BodyLimit, settings=settings)
    # outside of the limit, so that its answer stands in the frame of who is logged in; it reads short bodies only
    app.add_middleware(Gate, sessions=sessions, people=people, idle=idle)
    app.add_middleware(HostCheck, settings=settings)
    app.add_middleware(JsonSuffix)
    app.add_middleware(SecurityHeaders)
    return app


class _Static(StaticFiles):
    """Our own files; their addresses carry a version, so they may be kept."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code == 200:
            versioned = b"v=" in scope.get("query_string", b"")
            response.headers["cache-control"] = "public, max-age=31536000, immutable" if versioned else "no-cache"
        return response


@needs()
def _start(request: Request) -> Response:
    if request.url.query or web_of(request).desk is None:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/search{query}", status_code=303)
    return RedirectResponse("/home", status_code=303)


@needs()
def _healthy() -> Response:
    return PlainTextResponse("ok")


@needs()
def _openapi(request: Request) -> Response:
    """This API, described; open to everybody, since it says no more than the published source."""
    return JSONResponse(openapi.document(request.app.routes))


def _app_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)  # noqa: S101  # registered for this class
    _LOG.warning("request refused: %s", error.code)
    match error:
        case ObjectMissing():
            status = 404
        case RevisionConflict():
            status = 409
        case InputError():
            status = 422
        case _:
            status = 503 if error.retryable else 500
    return respond.app_error_response(request, error, status=status)


async def _csrf_refused(request: Request, error: Exception) -> Response:
    typed = error.typed if isinstance(error, CsrfRefused) else None
    again = again_of(request, typed) if typed is not None and may_be_sent_again(request) else None
    if again is None:
        return respond.error_response(request, code="csrf_failed", status=403)
    message = respond.text("csrf_again", language=respond.language_of(request))
    problem = respond.Problem(code="csrf_failed", message=message)
    return respond.problem_response(request, problem, status=403, again=again)


def _not_allowed(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotAllowed)  # noqa: S101  # registered for this class
    if error.code == "must_change" and request.method == "GET" and not respond.wants_json(request):
        return RedirectResponse("/account", status_code=303)
    return respond.error_response(request, code=error.code, status=403)


def _too_large(request: Request, error: Exception) -> Response:
    assert isinstance(error, BodyTooLarge)  # noqa: S101  # registered for this class
    return too_large_response(request, size_bytes=error.limit_bytes)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # registered for this class
    if isinstance(error.__context__, BodyTooLarge):  # the form parser makes a 400 of it
        return _too_large(request, error.__context__)
    code = _CODES.get(error.status_code, "internal" if error.status_code >= 500 else "bad_request")
    return respond.error_response(request, code=code, status=error.status_code)


def _invalid(request: Request, _: Exception) -> Response:
    return respond.error_response(request, code="bad_request", status=422)


def _internal(request: Request, error: Exception) -> Response:
    number = secrets.token_hex(4)
    _LOG.error("internal error %s: %s", number, type(error).__name__)
    response = respond.error_response(request, code="internal", status=500, number=number)
    response.headers.update(HEADERS | {"cache-control": "no-store"})  # this answer goes out past every middleware
    return response
