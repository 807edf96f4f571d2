"""利用者: accounts, roles, departments, what an auditor is given, sessions and tokens; each change an act."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from app.cli.users import token_plain, user_plain
from app.web.accounts import Account, Accounts
from app.web.permissions import needs, who_of
from app.web.queries import find_day
from app.web.respond import Problem, language_of, problem_response, render, text, wants_json
from app.web.state import checked_form
from app.web.texts import TEXTS
from app.web.views.account import browser_name
from app.web.views.admin import AdminDep
from app.web.views.desk import done, ids_named, line, refuse, typed
from app.web.views.verify import refused
from domain.codec import to_plain
from domain.errors import AccessRefused, AppError
from domain.fields import DocumentType
from domain.labels import ROLES
from domain.people import TOKEN_SCOPES, Permission, Role
from domain.visibility import Frame, Sight

router = APIRouter()
_PASSWORD = 400
"""Characters of a password that are looked at."""
_LISTED = 20_000
"""Characters of a list of documents or names."""


@router.get("/admin/people")
@needs(Permission.PEOPLE)
def people(request: Request, admin: AdminDep) -> Response:
    """Everybody with an account, and the form for another."""
    return _people(request, admin.accounts, drawn=None)


@router.post("/admin/people", dependencies=[Depends(checked_form)])
@needs(Permission.PEOPLE)
async def add(request: Request, admin: AdminDep) -> Response:
    """Add a person."""
    by, accounts = _by(request), admin.accounts
    async with request.form() as form:
        login, name = line(form, "login", most=32), line(form, "name", most=80)
        password = str(form.get("password", ""))[:_PASSWORD]
        roles, departments = _roles(form), _many(form, "department")
    try:
        drawn = await run_in_threadpool(
            accounts.add, login, name=name, roles=roles, departments=departments, password=password, by=by
        )
    except AppError as error:
        return refused(request, error)
    if drawn is None:
        return done(request, f"/admin/people/{login}")
    return await run_in_threadpool(_people, request, accounts, drawn=(login, drawn))


@router.get("/admin/people/{login}")
@needs(Permission.PEOPLE)
def person(request: Request, admin: AdminDep, login: str) -> Response:
    """One person, and everything that can be done about the account."""
    return _person(request, admin.accounts, login)


@router.post("/admin/people/{login}", dependencies=[Depends(checked_form)])
@needs(Permission.PEOPLE)
async def change(request: Request, admin: AdminDep, login: str) -> Response:
    """Change one thing about an account."""
    by, accounts = _by(request), admin.accounts
    async with request.form() as form:
        action = line(form, "action")
        try:
            secret = await run_in_threadpool(_act, accounts, login, action, form, by=by)
        except AppError as error:
            return refused(request, error)
        except ValueError:
            return refuse(request, "bad_request")
    if secret is None:
        return done(request, f"/admin/people/{login}")
    return await run_in_threadpool(_person, request, accounts, login, shown=(action, secret))


@router.get("/admin/departments")
@needs(Permission.PEOPLE)
def departments(request: Request, admin: AdminDep) -> Response:
    """Departments with who belongs to them."""
    accounts = admin.accounts
    found, users = accounts.departments(), accounts.users()
    rows = [(code, name, [user for user in users if code in user.departments]) for code, name in found.items()]
    payload = {"departments": [{"code": code, "name": name, "people": len(who)} for code, name, who in rows]}
    return render(request, "admin_departments.html", context={"rows": rows}, payload=payload)


@router.post("/admin/departments", dependencies=[Depends(checked_form)])
@needs(Permission.PEOPLE)
async def change_department(request: Request, admin: AdminDep) -> Response:
    """Name a department, or end one."""
    by, accounts = _by(request), admin.accounts
    async with request.form() as form:
        action, code, name = line(form, "action"), line(form, "code", most=32), line(form, "name", most=80)
    try:
        if action == "end":
            await run_in_threadpool(accounts.end_department, code, by=by)
        else:
            await run_in_threadpool(accounts.name_department, code, name, by=by)
    except AppError as error:
        return refused(request, error)
    return done(request, "/admin/departments")


def _act(accounts: Accounts, login: str, action: str, form: FormData, *, by: str) -> str | None:
    """Do one thing; gives a secret that is shown this once.

    Raises:
        AppError: it may not be.
        ValueError: the form is not one of ours.
    """
    match action:
        case "roles":
            accounts.set_roles(login, _roles(form), by=by)
        case "departments":
            accounts.set_departments(login, _many(form, "department"), by=by)
        case "sight":
            accounts.set_sight(login, _sight(form), by=by)
        case "password":
            return accounts.set_password(login, str(form.get("password", ""))[:_PASSWORD], by=by)
        case "disable":
            accounts.disable(login, by=by)
        case "enable":
            accounts.enable(login, by=by)
        case "totp-off":
            accounts.switch_totp_off(login, by=by)
        case "end-sessions":
            accounts.end_sessions(login, by=by, only=line(form, "session") or None)
        case "token":
            scopes = frozenset(Permission(one) for one in _many(form, "scope"))
            days = int(line(form, "days", most=4) or "90")
            return accounts.issue_token(login, label=line(form, "label", most=80), scopes=scopes, days=days, by=by)
        case "revoke":
            accounts.revoke_token(line(form, "token"), by=by)
        case _:
            raise ValueError(action)
    return None


def _people(request: Request, accounts: Accounts, *, drawn: tuple[str, str] | None) -> Response:
    users = accounts.users()
    context = {"users": users, "departments": accounts.departments(), "roles": ROLES, "drawn": drawn}
    payload: dict[str, Any] = {"people": [user_plain(user) for user in users]}
    if drawn is not None:
        payload["password"] = drawn[1]
    return render(request, "admin_people.html", context=context, payload=payload)


def _person(request: Request, accounts: Accounts, login: str, *, shown: tuple[str, str] | None = None) -> Response:
    try:
        account = accounts.account(login)
    except AccessRefused as error:
        if wants_json(request):
            raise HTTPException(status_code=404) from error
        message = error.message if language_of(request) == "en" else error.message_ja
        return problem_response(request, Problem(code="not_found", message=message), status=404)
    context = {
        "account": account,
        "user": account.user,
        "frame": account.user.sight.frame,
        "departments": accounts.departments(),
        "roles": ROLES,
        "types": tuple(DocumentType),
        "scopes": sorted(TOKEN_SCOPES & account.user.permissions),
        "browser_name": browser_name,
        "scope_text": lambda scope: _scope_text(scope, language_of(request)),
        "shown": shown,
    }
    payload = _plain(account) | ({"secret": shown[1]} if shown else {})
    return render(request, "admin_person.html", context=context, payload=payload)


def _plain(account: Account) -> dict[str, Any]:
    return {
        **user_plain(account.user),
        "sight": to_plain(account.user.sight),
        "sessions": [
            {"session": one.ref, "started_at": one.started_at.isoformat(), "seen_at": one.seen_at.isoformat()}
            for one in account.sessions
        ],
        "tokens": [token_plain(token) for token in account.tokens],
    }


def _sight(form: FormData) -> Sight:
    """What the form gives; a day that cannot be read is refused, never left out.

    Raises:
        AccessRefused: a day cannot be read.
        ValueError: no class of document.
    """
    return Sight(
        all_departments=line(form, "all_departments") != "",
        confidential=line(form, "confidential") != "",
        until=_day(form, "until", end=True),
        frame=Frame(
            date_from=_day(form, "date_from"),
            date_to=_day(form, "date_to", end=True),
            received_from=_day(form, "received_from"),
            received_to=_day(form, "received_to", end=True),
            document_types=tuple(DocumentType(one) for one in _many(form, "type")),
            counterparties=_lines(form, "counterparties"),
            document_ids=tuple(_documents(_lines(form, "documents"))),
        ),
    )


def _documents(lines: tuple[str, ...]) -> Iterator[str]:
    """Ids; what else was typed in their place stands as it is, and names nothing that could be seen."""
    for part in " ".join(lines).split():
        yield from ids_named(part) or [part]


def _day(form: FormData, name: str, *, end: bool = False) -> Any:
    typed = line(form, name, most=30)
    found = find_day(typed, end=end) if typed else None
    if typed and found is None:
        raise AccessRefused(f"{name}: no day", message_ja=f"日付を読み取れません: {typed}")
    return found


def _scope_text(scope: Permission, language: str) -> str:
    """What a scope lets a program do."""
    key = f"scope_{scope.value}"
    return text(key, language=language) if key in TEXTS else scope.value


def _lines(form: FormData, name: str) -> tuple[str, ...]:
    lines = typed(form, name, most=_LISTED).splitlines()
    return tuple(dict.fromkeys(" ".join(one.split()) for one in lines if one.strip()))


def _roles(form: FormData) -> frozenset[Role]:
    return frozenset(role for role in Role if role.value in _many(form, "role"))


def _many(form: FormData, name: str) -> tuple[str, ...]:
    return tuple(one for one in form.getlist(name) if isinstance(one, str) and one)[:100]


def _by(request: Request) -> str:
    """The administrator who is logged in: these pages are open to nobody else."""
    who = who_of(request)
    return (who.login if who else None) or ""
