"""部門と閲覧制限: to which department documents belong and to whom they are confidential, one or many at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from app.web.permissions import needs
from app.web.respond import render
from app.web.state import checked_form
from app.web.views.desk import MOST_CHOSEN, DeskDep, at_most, chosen, done, line, refuse, who
from domain.people import Permission
from pipeline.steps.access import AccessChange

if TYPE_CHECKING:
    from domain.people import User

router = APIRouter()
_KEEP = "keep"
_SECRET = {_KEEP: None, "no": False, "yes": True}
"""Departments or people that are named at once."""
Ids = Annotated[tuple[str, ...], Query(max_length=MOST_CHOSEN)]


@router.get("/access")
@needs(Permission.CORRECT)
def access(request: Request, desk: DeskDep, ids: Ids = ()) -> Response:
    """Who may see the chosen documents, and the form that changes it."""
    found = desk.access(ids)
    departments, people = desk.readers()
    named = found[0][1].readers if len({one.readers for _, one in found}) == 1 else None
    readers = frozenset(named or ())
    context: dict[str, Any] = {
        "found": found,
        "departments": departments,
        "people": sorted(people, key=lambda user: (user.user_id not in readers, *_place(user, departments))),
        "readers": readers,
    }
    payload = {
        "documents": [
            {
                "document_id": record.document_id,
                "department": one.department,
                "readers": None if one.readers is None else list(one.readers),
            }
            for record, one in found
        ],
        "departments": dict(departments),
    }
    return render(request, "access.html", context=context, payload=payload)


@router.post("/access", dependencies=[Depends(checked_form)])
@needs(Permission.CORRECT)
async def say(request: Request, desk: DeskDep) -> Response:
    """Record it for the chosen documents; all or none."""
    async with request.form() as form:
        by, ids, reason = who(request, form), chosen(form), line(form, "reason")
        department, secret = line(form, "department") or _KEEP, line(form, "confidential") or _KEEP
        departments, people = _many(form, "reader_department"), _many(form, "reader_person")
    if not by:
        return refuse(request, "no_name")
    if not ids:
        return refuse(request, "nothing_chosen")
    if secret not in _SECRET or (department, secret) == (_KEEP, _KEEP):
        return refuse(request, "access_nothing")
    change = AccessChange(
        moves=department != _KEEP,
        department=None if department == "none" else department,
        confidential=_SECRET[secret],
        departments=departments,
        people=people,
    )
    await run_in_threadpool(desk.say_access, ids, change, by=by, reason=reason)
    return done(request, f"/documents/{ids[0]}#history" if len(ids) == 1 and not change.confidential else "/search")


def _place(user: User, departments: Mapping[str, str]) -> tuple[str, str]:
    """Where a person stands in a list: by department, those without one last, then by name."""
    return min((departments.get(one, one) for one in user.departments), default="\U0010ffff"), user.name or user.login


def _many(form: FormData, name: str) -> tuple[str, ...]:
    return tuple(at_most([one for one in form.getlist(name) if isinstance(one, str)]))
