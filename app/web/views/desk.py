"""What the forms on which people work have in common: who, which documents, and the desk itself."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from app.web.desk import Desk
from app.web.permissions import who_of
from app.web.respond import Problem, language_of, problem_response, text, wants_json
from app.web.state import WebDep
from domain.errors import CorrectionInvalid, ObjectMissing

MOST_CHOSEN = 500
"""Documents in one form: its body stays below the limit on bodies."""
_NAME = 80
_NAMED = re.compile(r"doc-[0-9a-f]{32}(?![0-9a-f])")
_WORDS = 400


def desk_of(web: WebDep) -> Desk:
    """The desk of the installation.

    Raises:
        ObjectMissing: the page stands over no installation that people work on.
    """
    if web.desk is None:
        raise ObjectMissing("no desk", message_ja="この画面では操作できません")
    return web.desk


DeskDep = Annotated[Desk, Depends(desk_of)]


def line(form: FormData, name: str, *, most: int = _WORDS) -> str:
    """One line of a form, whole.

    Raises:
        CorrectionInvalid: it is longer: what a person typed is never cut.
    """
    return " ".join(typed(form, name, most=most).split())


def typed(form: FormData, name: str, *, most: int) -> str:
    """What stands in an entry of a form, with its lines, whole.

    Raises:
        CorrectionInvalid: it is longer.
    """
    value = form.get(name)
    found = value.strip() if isinstance(value, str) else ""
    if len(found) > most:
        raise CorrectionInvalid(f"{name}: longer than {most}", message_ja=f"入力が長すぎます（{most:,} 文字まで）")
    return found


def who(request: Request, form: FormData) -> str:
    """Who sends the form: the person who is logged in, whatever it says; without accounts what it says, or nothing."""
    asking = who_of(request)
    return (asking.login if asking else None) or line(form, "by", most=_NAME)


def chosen(form: FormData, name: str = "ids") -> list[str]:
    """Ids that were ticked, all of them.

    Raises:
        CorrectionInvalid: they are too many for one time.
    """
    return at_most([one for one in form.getlist(name) if isinstance(one, str)])


def at_most(ids: list[str]) -> list[str]:
    """Ids, or names, as they are.

    Raises:
        CorrectionInvalid: they are too many for one time.
    """
    if len(ids) > MOST_CHOSEN:
        raise CorrectionInvalid(
            f"more than {MOST_CHOSEN} at one time", message_ja=f"一度に選べるのは {MOST_CHOSEN:,} 件までです"
        )
    return ids


def ids_named(said: str) -> list[str]:
    """Documents that are named by their ids, alone or in the addresses of their pages; each once, in their order."""
    return list(dict.fromkeys(_NAMED.findall(said)))


def refuse(request: Request, code: str) -> Response:
    """The form says too little."""
    message = text(code, language=language_of(request))
    return problem_response(request, Problem(code=code, message=message), status=422)


def done(request: Request, back: str) -> Response:
    """Back to the page, or an empty answer for JSON clients, who ask again."""
    return Response(status_code=204) if wants_json(request) else RedirectResponse(back, status_code=303)
