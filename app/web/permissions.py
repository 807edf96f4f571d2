"""Every route says what it needs; a route that says nothing is open to nobody once people have accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from app.web.people import Who
from app.web.state import web_of
from domain.people import Permission

F = TypeVar("F", bound=Callable[..., Any])
_ATTRIBUTE = "shoko_needs"
DOCUMENT_PARAMETER = "document_id"
"""Of paths under which a document is looked at."""
_LISTS = frozenset({Permission.DOCUMENTS, Permission.INTAKE, Permission.REVIEW, Permission.REQUESTS, Permission.AUDIT})
"""What lists of documents ask for: whoever's looking is logged leaves a trace there too."""
_OWN = ("/jobs/", "/binder")
"""Progress of one's own work, whose beginning and taking away are acts; and papers that name no document."""


class NotAllowed(Exception):
    """Who asks may not use this route."""

    def __init__(self, code: str = "forbidden") -> None:
        """Keep the key of the text that says why."""
        super().__init__(code)
        self.code = code


def needs(*permissions: Permission) -> Callable[[F], F]:
    """Declare that a route needs one of these permissions; with none it is open to everybody, logged in or not."""

    def mark(endpoint: F) -> F:
        setattr(endpoint, _ATTRIBUTE, frozenset(permissions))
        return endpoint

    return mark


def needs_of(endpoint: object) -> frozenset[Permission] | None:
    """What a route declares, or None where it declares nothing."""
    declared: frozenset[Permission] | None = getattr(endpoint, _ATTRIBUTE, None)
    return declared


def who_of(request: Request) -> Who | None:
    """Who asks; None where nobody is logged in."""
    who: Who | None = request.scope.get("state", {}).get("who")
    return who


def must(request: Request, permission: Permission) -> None:
    """For a route that does several things: refuse the one that this person may not do.

    Raises:
        NotAllowed: they may not.
    """
    who = who_of(request)
    if who is None or permission not in who.permissions:
        raise NotAllowed


async def guard(request: Request) -> None:
    """Run before every route: whether who asks may use it; and what an auditor opens is written down first.

    Raises:
        NotAllowed: they may not.
    """
    needed = needs_of(request.scope.get("endpoint"))
    if needed is not None and not needed:
        return
    who = who_of(request)
    if who is None:
        raise NotAllowed
    if who.user is None:
        if needed is not None and not needed & who.permissions:
            raise NotAllowed
        return
    if needed is None or not needed & who.permissions:
        raise NotAllowed(
            "granted_over" if needed and needed & who.user.permissions and who.token is None else "forbidden"
        )
    if who.user.must_change and Permission.ACCOUNT not in needed:
        raise NotAllowed("must_change")
    document_id = request.path_params.get(DOCUMENT_PARAMETER)
    people = web_of(request).people
    if people is None:
        return
    if document_id is not None:
        await run_in_threadpool(people.saw, who, str(document_id))
    elif request.method == "GET" and needed & _LISTS and not request.url.path.startswith(_OWN):
        await run_in_threadpool(people.listed, who, request.url.path, request.url.query)
