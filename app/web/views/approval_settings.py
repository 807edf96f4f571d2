"""承認経路 and 印影・代理: the table of routes, which an administrator sets, and what each person settles."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from app.web.permissions import needs, who_of
from app.web.queries import find_amount, find_day
from app.web.respond import render
from app.web.state import WebDep, checked_form
from app.web.views.approvals import ApprovalsDep, person_of
from app.web.views.desk import done, line, refuse
from domain.approval_routes import OwnSeat, Route, RouteStep, Seat, check_table
from domain.errors import CorrectionInvalid
from domain.fields import DocumentType
from domain.numbers import whole_in
from domain.people import Permission, Role
from domain.seals import Era, SealLook, SealStyle, drawn
from pipeline.steps.approval_routes import routes_plain

T = TypeVar("T")

router = APIRouter()
STEPS = 4
"""Steps that the form has room for; longer routes come from a file (``shoko approve --routes``)."""
_ROLES = (Role.APPROVER, Role.ACCOUNTANT)
_SPLIT = re.compile(r"[,、，\n]")


@router.get("/approvals/routes")
@needs(Permission.REQUESTS)
def routes(request: Request, web: WebDep, known: ApprovalsDep) -> Response:
    """The table in force, the form for one route, and the tables before."""
    table = known.routes()
    edited = next((one for one in table.routes if one.route_id == request.query_params.get("edit")), None)
    people = known.people()
    context = {
        "table": table,
        "edited": edited,
        "free_id": _free_id({one.route_id for one in table.routes}),
        "names": {user.user_id: user.name or user.login for user in people},
        "people": people,
        "roles": _ROLES,
        "departments": known.departments(),
        "steps": STEPS,
        "tables": known.tables(),
        "today": web.today(),
    }
    payload = {"version": table.version, "routes": routes_plain(table.routes)}
    return render(request, "approval_routes.html", context=context, payload=payload)


@router.post("/approvals/routes", dependencies=[Depends(checked_form)])
@needs(Permission.ROUTES)
async def set_routes(request: Request, web: WebDep, known: ApprovalsDep) -> Response:
    """Add, change, end or remove a route; each makes a new table."""
    user = person_of(request)
    async with request.form() as form:
        action, route_id = line(form, "action"), line(form, "route_id")
        base = whole_in(line(form, "base")) or 0
        route = _route(form) if action == "put" else None
    if route is not None:
        await run_in_threadpool(known.put_route, route, by=user, base=base)
    elif action == "end":
        last = web.today() - timedelta(days=1)
        await run_in_threadpool(known.end_route, route_id, on=last, by=user, base=base)
    elif action == "remove":
        await run_in_threadpool(known.drop_route, route_id, by=user, base=base)
    else:
        return refuse(request, "bad_request")
    return done(request, "/approvals/routes")


@router.get("/approvals/settings")
@needs(Permission.APPROVE)
def settings(request: Request, web: WebDep, known: ApprovalsDep) -> Response:
    """One's own seal, and who approves in one's place."""
    who = who_of(request)
    user = who.user if who is not None else None
    look = known.seal(user) if user is not None else SealLook()
    styles = tuple(replace(look, style=style) for style in SealStyle)
    delegations = known.delegations(user) if user is not None else ()
    context = {
        "user": user,
        "look": look,
        "styles": [(one.style, drawn(known.impression(one, user))) for one in styles] if user is not None else [],
        "shown": drawn(known.impression(look, user)) if user is not None else None,
        "people": [one for one in known.people() if user is None or one.user_id != user.user_id],
        "delegations": delegations,
        "today": web.today(),
    }
    payload = {
        "seal": {"style": look.style.value, "era": look.era.value, "upper": look.upper, "lower": look.lower},
        "delegations": [
            {
                "number": one.number,
                "principal": one.principal,
                "delegate": one.delegate,
                "first_on": one.first_on.isoformat(),
                "last_on": one.last_on.isoformat(),
                "ended_on": one.ended_on.isoformat() if one.ended_on else None,
            }
            for one in delegations
        ],
    }
    return render(request, "approval_settings.html", context=context, payload=payload)


@router.post("/approvals/settings", dependencies=[Depends(checked_form)])
@needs(Permission.APPROVE)
async def settle(request: Request, known: ApprovalsDep) -> Response:
    """Choose the seal, delegate, or end a delegation."""
    user = person_of(request)
    async with request.form() as form:
        action = line(form, "action")
        texts = {name: line(form, name, most=40) for name in ("style", "era", "upper", "lower", "to")}
        days = [find_day(line(form, name)) for name in ("first_on", "last_on")]
        number = whole_in(line(form, "number"))
    if action == "seal":
        look = SealLook(
            style=_one(SealStyle, texts["style"]),
            era=_one(Era, texts["era"]),
            upper=texts["upper"],
            lower=texts["lower"],
        )
        await run_in_threadpool(known.choose_seal, look, by=user)
    elif action == "delegate" and None not in days:
        to = await run_in_threadpool(known.person, texts["to"])
        first, last = (one or date.min for one in days)
        await run_in_threadpool(known.delegate, by=user, to=to, first_on=first, last_on=last)
    elif action == "end" and number is not None:
        await run_in_threadpool(known.end_delegation, number, by=user)
    else:
        return refuse(request, "bad_received_on" if action == "delegate" else "bad_request")
    return RedirectResponse("/approvals/settings", status_code=303)


def _route(form: FormData) -> Route:
    """The route that the form says.

    Raises:
        CorrectionInvalid: it is none.
    """
    made = Route(
        route_id=line(form, "route_id"),
        name=line(form, "name", most=80) or line(form, "route_id"),
        priority=whole_in(line(form, "priority")) or 100,
        document_types=tuple(_one(DocumentType, one) for one in form.getlist("types") if isinstance(one, str)),
        amount_from=_amount(line(form, "amount_from")),
        amount_to=_amount(line(form, "amount_to")),
        departments=tuple(one for one in form.getlist("departments") if isinstance(one, str)),
        counterparties=_listed(line(form, "counterparties")),
        once=line(form, "once") == "1",
        own=_one(OwnSeat, line(form, "own")),
        first_on=_day(line(form, "first_on")),
        last_on=_day(line(form, "last_on")),
        steps=tuple(step for number in range(1, STEPS + 1) if (step := _step(form, number)) is not None),
    )
    return check_table([made])[0]


def _step(form: FormData, number: int) -> RouteStep | None:
    """One step: its seats are chosen from people, and from roles with or without a department; None where none is."""
    chosen = [one for one in form.getlist(f"seats.{number}") if isinstance(one, str) and one]
    if not chosen:
        return None
    return RouteStep(
        label=line(form, f"label.{number}", most=20) or "承認",
        seats=tuple(_seat(one) for one in chosen),
        need=_count(form, f"need.{number}") or None,
        days=_count(form, f"days.{number}"),
    )


def _count(form: FormData, name: str) -> int | None:
    typed = line(form, name)
    found = whole_in(typed)
    if typed and found is None:
        raise CorrectionInvalid("no number", message_ja=f"「{typed[:20]}」は数字で入力してください")
    return found


def _seat(value: str) -> Seat:
    kind, _, rest = value.partition(":")
    if kind == "user":
        return Seat(user_id=rest)
    role, _, department = rest.partition("@")
    return Seat(role=_one(Role, role), department=department or None)


def _listed(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in _SPLIT.split(value) if part.strip())


def _amount(value: str) -> Decimal | None:
    if not value:
        return None
    found = find_amount(value)
    if found is None:
        raise CorrectionInvalid("no amount", message_ja=f"金額「{value[:20]}」を読み取れません")
    return found


def _day(value: str) -> date | None:
    if not value:
        return None
    found = find_day(value)
    if found is None:
        raise CorrectionInvalid("no day", message_ja=f"日付「{value[:20]}」を読み取れません（2026-11-02 の形）")
    return found


def _one(kind: type[T], value: str) -> T:
    try:
        return kind(value)  # type: ignore[call-arg]  # an enumeration
    except ValueError as error:
        raise CorrectionInvalid("a malformed form") from error


def _free_id(known: set[str]) -> str:
    return next(one for n in range(1, len(known) + 2) if (one := f"route-{n}") not in known)
