"""ASGI layers around the page: headers, host names, body limits, the ``.json`` suffix, login and same-origin."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.format import size_text
from app.web.people import ALONE, People, Who
from app.web.problems import again_of, may_be_sent_again
from app.web.respond import (
    Problem,
    app_error_response,
    error_response,
    language_of,
    problem_response,
    text,
    wants_json,
)
from app.web.sessions import COOKIE, Session, Sessions
from app.web.settings import WebSettings, is_loopback
from domain.errors import AppError

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # not no-referrer: browsers would send "Origin: null" with our own forms
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN_PATHS = ("/static/", "/login", "/healthz", "/openapi")
UPLOADS = frozenset({"/upload", "/capture"})
"""Where files come in."""
_KEPT = frozenset({"/verify", "/audit/heads", "/journal"})
"""Where people bring what they keep outside: root certificates, heads of the log, files of entries."""
_KEPT_BODY_BYTES = 16 * 1024 * 1024
"""Some 25,000 heads: one for every night of 60 years."""
_SMALL_BODY_BYTES = 64 * 1024
_FORM_OVERHEAD_BYTES = 64 * 1024
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})


class BodyTooLarge(MultiPartException):
    """Raised while reading a request body that passed its limit; as this kind, the form parser closes its files."""

    def __init__(self, limit_bytes: int) -> None:
        """Keep the limit for the message."""
        super().__init__(f"body over {limit_bytes} bytes")
        self.limit_bytes = limit_bytes


class SecurityHeaders:
    """Puts the headers on every response; nothing but static files may be cached."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await self._app(scope, receive, with_headers)


class HostCheck:
    """Refuses foreign host names: a page on loopback must not be reachable by DNS rebinding."""

    def __init__(self, app: ASGIApp, settings: WebSettings) -> None:
        self._app = app
        self._allowed = {name.lower() for name in settings.allowed_hosts} | {settings.host.lower()} | _LOOPBACK_NAMES
        # Bound to every address with a password: the cookie is bound to the host name anyway.
        self._any = not is_loopback(settings.host) and not settings.allowed_hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer 421."""
        if scope["type"] == "http" and not self._any:
            host = urlsplit(f"//{Headers(scope=scope).get('host', '')}").hostname or ""
            if host.lower() not in self._allowed:
                await error_response(Request(scope), code="bad_host", status=421)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def too_large_response(request: Request, *, size_bytes: int) -> Response:
    """What is sent is too large: files can be sent apart, of a form less can be chosen or typed."""
    size = size_text(size_bytes).replace(" ", "\N{NO-BREAK SPACE}")
    language = language_of(request)
    files = request.url.path in UPLOADS
    message = text("body_too_large" if files else "form_too_large", language=language, size=size)
    helped = None if files else text("form_too_large_help", language=language)
    return problem_response(request, Problem(code="body_too_large", message=message, help=helped), status=413)


class BodyLimit:
    """Counts body bytes as they stream in and stops at the limit: a large one for uploads, a small one elsewhere."""

    def __init__(self, app: ASGIApp, settings: WebSettings) -> None:
        self._app = app
        self._upload_bytes = settings.max_upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer 413."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        upload = scope["path"] in UPLOADS
        small = _KEPT_BODY_BYTES if scope["path"] in _KEPT else _SMALL_BODY_BYTES
        limit = self._upload_bytes + _FORM_OVERHEAD_BYTES if upload else small
        shown = self._upload_bytes if upload else small
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isascii() and declared.isdigit() and int(declared) > limit:
            await too_large_response(Request(scope), size_bytes=shown)(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            if message["type"] == "http.request":
                seen += len(message.get("body", b""))
                if seen > limit:
                    raise BodyTooLarge(shown)
            return message

        await self._app(scope, counted, send)


class JsonSuffix:
    """``/anything.json`` is the JSON twin of ``/anything``."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take the suffix off and remember it."""
        path: str = scope.get("path", "")
        if scope["type"] == "http" and path.endswith(".json") and not path.startswith("/static/"):
            scope = dict(scope)
            scope["path"] = path.removesuffix(".json")
            scope["raw_path"] = quote(scope["path"]).encode()
            scope.setdefault("state", {})
            scope["state"]["json"] = True
        await self._app(scope, receive, send)


class Gate:
    """Finds out who asks, sends to the login where somebody has to, and refuses changes from other sites."""

    def __init__(self, app: ASGIApp, sessions: Sessions, people: People | None, *, idle: timedelta) -> None:
        self._app = app
        self._sessions = sessions
        self._people = people
        self._idle = idle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, redirect to the login, or refuse."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        found = self._sessions.find(request.cookies.get(COOKIE))
        session = found or self._sessions.new(logged_in=False)
        bearer = _bearer(request)
        state: dict[str, Any] = scope.setdefault("state", {})
        state["session"] = session
        state["csrf_token"] = self._sessions.csrf_token(session)
        static = scope["path"].startswith("/static/")
        try:
            who = None if static else await run_in_threadpool(self._who, session, bearer)
        except AppError as error:
            await app_error_response(request, error, status=503)(scope, receive, send)
            return
        state["who"] = who
        state["by_token"] = (
            who is not None
            and bearer is not None
            and (who.token is not None or (who.user is None and self._sessions.bearer_is_token(bearer)))
        )
        state["entered"] = who is not None
        refusal = await self._refusal(scope, receive)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send if found or static else self._with_cookie(scope, send, session))

    def _who(self, session: Session, bearer: str | None) -> Who | None:
        """A person or a program; without accounts whoever may look; the shared password is no key to accounts."""
        if self._people is None or not self._people.accounts_on():
            return ALONE if self._sessions.may_enter(session, bearer=bearer) else None
        if bearer is not None:
            return self._people.of_token(bearer)
        return self._people.of_session(session.session_id, idle=self._idle)

    async def _refusal(self, scope: Scope, receive: Receive) -> Response | None:
        request = Request(scope, receive)
        state = scope["state"]
        if request.method not in SAFE_METHODS and not state["by_token"] and not _same_origin(request):
            return error_response(request, code="csrf_failed", status=403)
        if state["entered"] or request.url.path.startswith(OPEN_PATHS):
            return None
        if wants_json(request) or request.method not in SAFE_METHODS or "hx-request" in request.headers:
            again = again_of(request, await request.form()) if may_be_sent_again(request) else None
            response = error_response(request, code="unauthorized", status=401, again=again)
            response.headers["www-authenticate"] = 'Bearer realm="shoko"'
            return response
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?next={quote(target, safe='')}", status_code=303)

    def _with_cookie(self, scope: Scope, send: Send, session: Session) -> Callable[[Message], Awaitable[None]]:
        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and not _sets_session(message):
                holder = Response()
                set_session_cookie(holder, self._sessions.cookie(session), secure=scope.get("scheme") == "https")
                MutableHeaders(scope=message).append("set-cookie", holder.headers["set-cookie"])
            await send(message)

        return with_cookie


def _sets_session(message: Message) -> bool:
    return any(value.startswith(f"{COOKIE}=") for value in MutableHeaders(scope=message).getlist("set-cookie"))


def set_session_cookie(response: Response, value: str, *, secure: bool) -> None:
    """The session cookie: not readable by scripts, not sent with requests of other sites."""
    response.set_cookie(COOKIE, value, httponly=True, samesite="lax", secure=secure, path="/")


def _bearer(request: Request) -> str | None:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" and value.strip() else None


def _same_origin(request: Request) -> bool:
    """Browsers say where a request comes from; a client that says nothing is no browser and needs the CSRF token."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host", "")
