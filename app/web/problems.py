"""What a page of an error says beside what happened: what to do, what was typed, and the ways out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request

from domain.labels import ROLES

Text = Callable[..., str]
"""A word of the screens in the reader's language, by its key."""

_HELP = {405: "help_405", 409: "help_409", 413: "help_413", 422: "help_422", 500: "help_500", 503: "help_503"}
_OF_CODES = {"csrf_failed": "help_csrf", "unauthorized": "help_unauthorized", "not_found": "not_found_help"}
_DOCUMENT = re.compile(r"/(?:documents|review)/(doc-[0-9a-f]{32})(?:/|$)")
_THIS = {"D": "This document", "d": "this document"}
_SECRETS = ("/login", "/account", "/admin/people", "/logout")
"""Paths whose forms carry passwords or codes: these are never shown again."""
_MOST_TYPED, _MOST_FIELDS = 20_000, 400
"""Characters and entries of a form that is offered again; the largest form of ours (a correction) has about 60."""
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way out of the page of an error."""

    target: str
    words: str
    back: bool = False
    """Goes where the browser came from, with what was typed there still in its boxes where the browser keeps it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """A form that was not taken, to be sent again by the person who filled it in."""

    action: str
    fields: tuple[tuple[str, str], ...]


def help_for(request: Request, *, code: str, status: int, text: Text, language: int) -> str | None:
    """What to do, in a sentence; None where the message says it already."""
    if code == "forbidden":
        who = request.scope.get("state", {}).get("who")
        if who is None or who.user is None:
            return None
        roles = "、".join(sorted(ROLES[role][language] for role in who.user.roles))
        return text("help_forbidden", roles=roles) if roles else text("help_forbidden_no_roles")
    if key := _OF_CODES.get(code):
        return text(key)
    return text(_HELP[status]) if status in _HELP else None


def ways_out(request: Request, *, code: str, status: int, text: Text) -> tuple[Way, ...]:
    """Where to go on from here; the first is what most people will want."""
    if code == "unauthorized":
        return (Way(target="/login", words=text("error_login")),)
    ways = []
    document = _DOCUMENT.match(request.url.path)
    if status == 409 and document is not None:
        ways.append(Way(target=f"/documents/{document[1]}", words=text("error_newest")))
    before = came_from(request)
    if before is not None:
        ways.append(Way(target=before, words=text("error_back"), back=True))
    elif document is not None and status == 405:
        ways.append(Way(target=f"/documents/{document[1]}", words=text("error_back")))
    ways.append(Way(target="/search", words=text("to_search")))
    ways.append(Way(target="/home", words=text("error_home")))
    return tuple(ways)


def as_said_here(request: Request, message: str) -> str:
    """A message on the page of a document that it names by its id: there it is this one."""
    about = _DOCUMENT.match(request.url.path)
    if about is None:
        return message
    message = re.sub(rf"書類 {about[1]} ?", "この書類", message)
    return re.sub(rf"(?<!no )\b([Dd])ocument {about[1]}", lambda named: _THIS[named[1]], message)


def came_from(request: Request) -> str | None:
    """The page of ours that led here; None where it was no page of ours, or this very one."""
    parts = urlsplit(request.headers.get("referer", ""))
    path = parts.path
    if parts.netloc != request.headers.get("host", "") or not path.startswith("/") or path.startswith(("//", "/login")):
        return None
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return target if target != here or request.method == "POST" else None


def may_be_sent_again(request: Request) -> bool:
    """True for a form of our own page without passwords or files, as the browser itself vouches."""
    headers = request.headers
    length = headers.get("content-length", "")
    return (
        request.method == "POST"
        and headers.get("sec-fetch-site") == "same-origin"
        and "hx-request" not in headers
        and headers.get("content-type", "").partition(";")[0].strip() == _FORM
        and length.isascii()
        and length.isdigit()
        and int(length) <= _MOST_TYPED
        and not request.url.path.startswith(_SECRETS)
    )


def again_of(request: Request, typed: Mapping[str, Any]) -> Again | None:
    """The form to be sent again; its token is left out, since a new one goes with it."""
    pairs = typed.multi_items() if hasattr(typed, "multi_items") else list(typed.items())
    fields = [(name, one) for name, one in pairs if isinstance(one, str) and name != "csrf_token"]
    if len(fields) > _MOST_FIELDS or any("password" in name for name, _ in fields):
        return None
    target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return Again(action=target, fields=tuple(fields))
