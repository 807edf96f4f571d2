"""One way out: a page, its fragment for htmx, or its JSON twin; and one shape for every error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from types import FunctionType
from typing import Any
from urllib.parse import parse_qsl, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.runtime import Context
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from app.web import codes, texts
from app.web import format as fmt
from app.web.icons import icon
from app.web.navigation import ADMIN_PLACES
from app.web.problems import Again, as_said_here, help_for, ways_out
from app.web.waiting import Menu, menu_of
from domain import finding_labels, labels, signature_labels
from domain.errors import AppError
from domain.file_kinds import file_kind

FOLDER = Path(__file__).parent
LANGUAGE_COOKIE = "shoko_lang"
THEME_COOKIE = "shoko_theme"
THEMES = ("auto", "light", "dark")
_YEAR_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An error as it is shown."""

    code: str
    message: str
    help: str | None = None
    """What to do about it; by default what is said of its code or its status."""
    number: str | None = None
    """To find it again in the log of the program."""

    def plain(self) -> dict[str, Any]:
        """The one error shape."""
        return {"error": {"code": self.code, "message": self.message}}


def language_of(request: Request) -> str:
    """``?lang=`` wins over the cookie; Japanese otherwise."""
    chosen = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    return chosen if chosen in texts.LANGUAGES else "ja"


def theme_of(request: Request) -> str:
    """``?theme=`` wins over the cookie; what the system says otherwise."""
    asked = (request.query_params.get("theme"), request.cookies.get(THEME_COOKIE))
    return next((theme for theme in asked if theme in THEMES), "auto")


def wants_json(request: Request) -> bool:
    """True for a ``.json`` path or a client that accepts JSON and not HTML."""
    if request.scope.get("state", {}).get("json"):
        return True
    accept = request.headers.get("accept", "")
    return "application/json" in accept and "text/html" not in accept


def wants_fragment(request: Request) -> bool:
    """True where htmx asks for a part of the page (not when it restores one from history)."""
    return "hx-request" in request.headers and "hx-history-restore-request" not in request.headers


def text(key: str, *, language: str, **values: object) -> str:
    """A word of the screens."""
    return labels.label(texts.TEXTS[key], language=language).format(**values)


def render(
    request: Request,
    template: str,
    *,
    context: Mapping[str, Any],
    payload: object,
    fragment: str | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The JSON twin, the fragment or the whole page, as asked for; ``payload`` may be what makes it."""
    if wants_json(request):
        response: Response = JSONResponse(payload() if callable(payload) else payload, status_code=status)
    else:
        name = fragment if fragment is not None and wants_fragment(request) else template
        response = HTMLResponse(render_text(request, name, context), status_code=status)
    response.headers["vary"] = "Accept, HX-Request, Cookie"
    for key, value in (headers or {}).items():
        response.headers[key] = value
    for name, cookie, known, chosen in (
        ("lang", LANGUAGE_COOKIE, texts.LANGUAGES, language_of(request)),
        ("theme", THEME_COOKIE, THEMES, theme_of(request)),
    ):
        if request.query_params.get(name) in known:
            response.set_cookie(cookie, chosen, max_age=_YEAR_SECONDS, samesite="lax", httponly=True)
    return response


def render_text(request: Request, template: str, context: Mapping[str, Any]) -> str:
    """A template with the frame's values."""
    language = language_of(request)
    state = request.scope.get("state", {})
    who = state.get("who")
    return (
        _environment()
        .get_template(template)
        .render(
            **context,
            language=language,
            t=lambda key, **values: text(key, language=language, **values),
            label=lambda pair: labels.label(pair, language=language),
            value_text=lambda value: fmt.value_text(value, language=language),
            path=request.url.path,
            menu=lambda: _menu(request),
            theme=theme_of(request),
            themes=THEMES,
            other_language_url=_changed(request, lang="ja" if language == "en" else "en"),
            theme_url=lambda theme: _changed(request, theme=theme),
            csrf_token=state.get("csrf_token", ""),
            can_log_out=getattr(state.get("session"), "logged_in", False),
            standing=_standing(request),
            entered=who is not None,
            me=getattr(who, "login", None),
            person=lambda login: _person(request, login),
            alone=who is not None and who.user is None and not getattr(state.get("session"), "logged_in", False),
            may=lambda permission: who is not None and permission in who.permissions,
        )
    )


def error_response(
    request: Request,
    *,
    code: str,
    status: int,
    detail: str | None = None,
    number: str | None = None,
    again: Again | None = None,
) -> Response:
    """An error of the page itself; ``code`` is a key of the texts."""
    message = text(code, language=language_of(request))
    return problem_response(
        request, Problem(code=code, message=message, help=detail, number=number), status=status, again=again
    )


def app_error_response(request: Request, error: AppError, *, status: int) -> Response:
    """An error of the rest of Shoko, in the reader's language."""
    message = error.message if language_of(request) == "en" else error.message_ja
    return problem_response(request, Problem(code=error.code, message=message), status=status)


def problem_response(
    request: Request,
    problem: Problem,
    *,
    status: int,
    again: Again | None = None,
    kept: Sequence[tuple[str, str]] = (),
) -> Response:
    """JSON, a fragment or a page, all with the same words.

    Args:
        request: what could not be answered.
        problem: what happened.
        status: of the answer.
        again: the form that was sent, to be sent once more.
        kept: what was typed, by the names of its boxes, where the form cannot be sent as it is.
    """
    language = language_of(request)
    said = partial(text, language=language)
    index = 1 if language == "en" else 0
    what = problem.help or help_for(request, code=problem.code, status=status, text=said, language=index)
    return render(
        request,
        "error.html",
        fragment="error_fragment.html",
        context={
            "problem": replace(problem, help=what, message=as_said_here(request, problem.message)),
            "status": status,
            "again": again,
            "kept": kept,
            "ways": ways_out(request, code=problem.code, status=status, text=said),
        },
        payload=problem.plain(),
        status=status,
    )


class _Context(Context):
    """Calls our own words and formats at once: a page of rows has some thousand, and none of them takes the context."""

    def call(self, called: Any, /, *args: Any, **given: Any) -> Any:
        """As Jinja would, without looking for what a plain function does not have."""
        if type(called) is not FunctionType or hasattr(called, "jinja_pass_arg"):
            return super().call(called, *args, **given)
        given.pop("_block_vars", None)
        given.pop("_loop_vars", None)
        return called(*args, **given)


def _changed(request: Request, **values: str) -> str:
    """The same page with other values in its address."""
    pairs = [(name, value) for name, value in parse_qsl(request.url.query) if name not in values]
    return "?" + urlencode([*pairs, *values.items()])


def _web(request: Request) -> Any:
    app = request.scope.get("app")
    return getattr(getattr(app, "state", None), "web", None)


def _person(request: Request, login: str) -> str:
    web = _web(request)
    return web.people.name_of(login) if web is not None and web.people is not None else login


def _standing(request: Request) -> Any:
    web = _web(request)
    return web.standing() if web is not None and request.scope.get("state", {}).get("entered") else None


def _menu(request: Request) -> Menu:
    return menu_of(_web(request), request.scope.get("state", {}).get("who"), request.url.path)


def load_templates() -> None:
    """Compile every template, which the first person at each page would wait for."""
    environment = _environment()
    for name in environment.list_templates():
        environment.get_template(name)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.context_class = _Context
    environment.filters.update(
        day=fmt.day_text,
        instant=fmt.instant_text,
        instant_exact=fmt.instant_exact,
        number=fmt.number_text,
        money=fmt.money_text,
        currency=fmt.currency_text,
        size=fmt.size_text,
        percent=fmt.percent_text,
    )
    environment.globals.update(
        amount_text=fmt.amount_text,
        foreign_text=fmt.foreign_text,
        labels=labels,
        finding_labels=finding_labels,
        admin_places=ADMIN_PLACES,
        codes=codes,
        signature_labels=signature_labels,
        asset=_asset,
        file_kind=file_kind,
        icon=icon,
    )
    return environment


@lru_cache(maxsize=64)
def _asset(name: str) -> str:
    """The address of a static file; it changes when the file does."""
    stamp = (FOLDER / "static" / name).stat().st_mtime_ns
    return f"/static/{name}?v={stamp:x}"
