"""What every view needs: services, settings, sessions and the clock; and the checks that forms pass first."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from app.web.administration import Administration
from app.web.answers import Answers
from app.web.approvals import Approvals
from app.web.auditing import AuditRoom
from app.web.desk import Desk
from app.web.documents import Documents
from app.web.finding import Finder
from app.web.jobs import Jobs
from app.web.people import People
from app.web.reviewing import Reviewing
from app.web.services import Standing, WebServices
from app.web.sessions import Sessions
from app.web.settings import WebSettings
from app.web.sso import SingleSignOn
from app.web.waiting import Waiting
from domain.calendar import tokyo_day
from domain.visibility import NOTHING, Visibility


class CsrfRefused(Exception):
    """The form's token is missing or belongs to another session."""

    def __init__(self, typed: FormData | None = None) -> None:
        """Keep the form, so that it can be offered again."""
        super().__init__("csrf")
        self.typed = typed


@dataclass(frozen=True, kw_only=True)
class Web:
    """Kept on ``app.state.web``."""

    services: WebServices
    settings: WebSettings
    sessions: Sessions
    clock: Callable[[], datetime]
    desk: Desk | None = None
    """Where people work; None where the page only shows."""
    finder: Finder | None = None
    """Sentences, suggestions, totals, saved searches; None where the page only shows."""
    approvals: Approvals | None = None
    """Who approves what; None where the page only shows."""
    documents: Documents | None = None
    """What stands around a document; None where the page only shows."""
    reviewing: Reviewing | None = None
    """Where people settle what waits; None where the page only shows."""
    people: People | None = None
    """Who has an account; None where nobody can."""
    sso: SingleSignOn | None = None
    """The company's own sign-on; None where there is none."""
    jobs: Jobs | None = None
    """Long work in the background."""
    audit: AuditRoom | None = None
    """Verification, bundles and hand-overs."""
    admin: Administration | None = None
    """What is in force, and what can be done about it."""

    answers: Answers | None = None
    """Questions and their answers."""
    waiting: Waiting = field(init=False)
    """What waits behind the entries of the menu."""

    def __post_init__(self) -> None:
        """Count by the same clock."""
        object.__setattr__(self, "waiting", Waiting(self.clock))

    def seen_by(self, visibility: Visibility) -> Web:
        """The same with every face (whatever has a ``seen_by``) as somebody may see it."""
        twin = copy(self)
        for one in fields(self):
            face = getattr(self, one.name)
            if hasattr(face, "seen_by"):
                object.__setattr__(twin, one.name, face.seen_by(visibility))
        return twin

    def standing(self) -> Standing:
        """What the installation can promise."""
        return self.services.standing()

    def today(self) -> date:
        """The day in Tokyo."""
        return tokyo_day(self.clock())


def web_of(request: Request) -> Web:
    """The application's parts, as who asks may see them: views get at documents in no other way."""
    web: Web = request.app.state.web
    who = request.scope.get("state", {}).get("who")
    return web.seen_by(who.visibility if who is not None else NOTHING)


async def checked_form(request: Request) -> None:
    """Refuse a POST without the session's token (in a header, or in the form's ``csrf_token``).

    Raises:
        CsrfRefused: no token, or a wrong one.
    """
    state = request.scope["state"]
    if state["by_token"]:
        return
    token, typed = request.headers.get("x-csrf-token"), None
    if token is None:
        typed = await request.form()
        field = typed.get("csrf_token")
        token = None if isinstance(field, UploadFile) else field
    if not web_of(request).sessions.csrf_ok(state["session"], token):
        await request.close()  # the form's temporary files
        raise CsrfRefused(typed)


WebDep = Annotated[Web, Depends(web_of)]
