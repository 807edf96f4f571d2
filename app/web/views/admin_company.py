"""自社の情報: changed by an administrator from a day on, after a look at what the change would do."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from app.web import format as fmt
from app.web.administration import COMPANY, Administration
from app.web.company_forms import GROUPS, Entry, entries, parse_facts, refilled, with_facts
from app.web.company_words import change_plain, change_rows
from app.web.permissions import needs, who_of
from app.web.queries import find_day
from app.web.respond import Problem, language_of, render
from app.web.state import Web, checked_form
from app.web.views.admin import AdminDep
from app.web.views.desk import done, line, refuse, who
from app.web.views.jobs import Shown, show_as, to_job
from app.web.views.verify import refused
from domain.compliance import VERDICTS
from domain.errors import AppError, CorrectionInvalid
from domain.numbers import whole_in
from domain.people import Permission
from pipeline.steps.company_preview import Effect

router = APIRouter()
_MOST_VALUES = 20_000
_NO_DAY = "「適用開始日」を日付として読めません（例: 2026/04/01）"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What a form brought."""

    group: str
    by: str
    reason: str
    action: str
    day: date
    bad_day: str
    """What was typed as the first day where that is no day."""
    shown_on: date | None
    """Of which day the form showed the facts: what is as it was shown is not asked for. None: all that came is."""
    base: int | None
    typed: Mapping[str, Sequence[str]]
    looked_at: str
    """The values of a look before, as JSON."""


@router.get("/admin/company/{group}")
@needs(Permission.ADMIN)
def form(request: Request, admin: AdminDep, group: str) -> Response:
    """The facts that stand together as they hold on a day (``from_on``, today by default), to be changed."""
    if group not in GROUPS:
        raise HTTPException(status_code=404)
    day = find_day(request.query_params.get("from_on", "")) or admin.today()
    facts = admin.company_on(day)
    plain = facts.model_dump(mode="json")
    payload = {"group": group, "from_on": day.isoformat(), "values": {name: plain[name] for name in GROUPS[group][1]}}
    return _form(request, group, day, entries(group, facts), payload)


@router.post("/admin/company/{group}", dependencies=[Depends(checked_form)])
@needs(Permission.ADMIN)
async def change(request: Request, admin: AdminDep, group: str) -> Response:
    """Look at what a change would do (a job), say it, type on, or open the form as of another day."""
    if group not in GROUPS:
        raise HTTPException(status_code=404)
    async with request.form() as typed:
        asked = _asked(request, group, typed, today=admin.today())
    if asked is None:
        return refuse(request, "bad_request")
    if not asked.by:
        return refuse(request, "no_name")
    if asked.action == "show" and not asked.bad_day:
        return RedirectResponse(f"/admin/company/{group}?from_on={asked.day.isoformat()}", status_code=303)
    return await run_in_threadpool(_answer, request, admin, asked)


def _answer(request: Request, admin: Administration, asked: _Asked) -> Response:
    facts = admin.company_on(asked.day)
    try:
        if asked.bad_day:
            raise CorrectionInvalid("the first day is no day", message_ja=_NO_DAY)
        values = _values(asked)
        after = with_facts(values, facts)
        if asked.action == "edit":
            payload = {"group": asked.group, "values": values}
            return _form(request, asked.group, asked.day, entries(asked.group, after), payload, asked=asked)
        if asked.shown_on is not None:
            shown = admin.company_on(asked.shown_on).model_dump(mode="json")
            values = {name: value for name, value in values.items() if value != shown[name]}
        wanted = admin.plan_company(values, from_on=asked.day, reason=asked.reason)
        if asked.action == "preview":
            return to_job(request, admin.begin_company(who_of(request), wanted, asked.group))
        admin.say_company(wanted, by=asked.by, base=asked.base)
    except AppError as error:
        if asked.looked_at:
            return refused(request, error)
        problem = Problem(code=error.code, message=error.message if language_of(request) == "en" else error.message_ja)
        fields = refilled(entries(asked.group, facts), asked.typed)
        return _form(request, asked.group, asked.day, fields, problem.plain(), asked=asked, problem=problem)
    return done(request, "/admin/company")


def _form(
    request: Request,
    group: str,
    day: date,
    fields: Sequence[Entry],
    payload: object,
    *,
    asked: _Asked | None = None,
    problem: Problem | None = None,
) -> Response:
    context = {
        "group": group,
        "head": GROUPS[group][0],
        "fields": fields,
        "day": (asked.bad_day if asked and problem else "") or fmt.day_text(day),
        "shown_on": (asked.shown_on if asked and problem else None) or day,
        "reason": asked.reason if asked else "",
        "problem": problem,
    }
    status = 200 if problem is None else 422
    return render(request, "admin_company_form.html", context=context, payload=payload, status=status)


def _asked(request: Request, group: str, typed: FormData, *, today: date) -> _Asked | None:
    """What a form brought; None where it cannot have come from ours."""
    day, base, action = find_day(line(typed, "from_on")), line(typed, "base"), line(typed, "action")
    if action not in {"preview", "save", "edit", "show"}:
        return None
    names = [name for name in GROUPS[group][1] if name in typed or f"has.{name}" in typed]
    looked_at = typed.get("values")
    return _Asked(
        group=group,
        by=who(request, typed),
        reason=line(typed, "reason", most=500),
        action=action,
        day=day or today,
        bad_day="" if day else line(typed, "from_on") or "-",
        shown_on=find_day(line(typed, "shown_on")),
        base=whole_in(base),
        typed={name: [one for one in typed.getlist(name) if isinstance(one, str)] or [""] for name in names},
        looked_at=looked_at[:_MOST_VALUES] if isinstance(looked_at, str) else "",
    )


def _values(asked: _Asked) -> dict[str, Any]:
    """What is asked for: as looked at before (``values``), or as typed now."""
    if not asked.looked_at:
        return parse_facts(asked.group, asked.typed)
    try:
        plain = json.loads(asked.looked_at)
    except (ValueError, RecursionError):
        plain = None
    if not isinstance(plain, dict) or not set(plain) <= set(GROUPS[asked.group][1]):
        raise CorrectionInvalid("values are no facts of this form", message_ja="変更内容を読み取れません")
    return plain


def _effect_plain(effect: Effect) -> dict[str, Any]:
    return {
        "change": change_plain(effect.change),
        "base": effect.base,
        "as_of": effect.as_of.isoformat(),
        "documents": effect.documents,
        "turned": [
            {"before": before.value, "after": after.value, "documents": count}
            for (before, after), count in effect.turned.items()
        ],
        "rows": [
            {
                "document_id": one.record.document_id,
                "before": one.before.value,
                "after": one.after.value,
                "due": one.due.isoformat() if one.due else None,
            }
            for one in effect.rows
        ],
        "longer": effect.longer,
        "shorter": effect.shorter,
    }


def _context(request: Request, web: Web, effect: Effect) -> dict[str, Any]:
    del web
    change = effect.change
    group = next((key for key, (_, names) in GROUPS.items() if set(change.values) <= set(names)), "identity")
    return {
        "effect": effect,
        "rows": change_rows(change, language=language_of(request)),
        "group": group,
        "values": json.dumps(dict(change.values), ensure_ascii=False),
        "verdicts": VERDICTS,
    }


show_as(COMPANY, Shown(template="job_company.html", context=_context, plain=_effect_plain))
