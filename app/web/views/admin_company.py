"""自社の情報: changed by an administrator from a day on, after a look at what the change would do."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from app.web.administration import COMPANY
from app.web.company_forms import GROUPS, entries, parse_facts
from app.web.company_words import change_plain, change_rows
from app.web.permissions import needs, who_of
from app.web.queries import find_day
from app.web.respond import language_of, render
from app.web.state import Web, checked_form
from app.web.views.admin import AdminDep
from app.web.views.desk import done, line, refuse, who
from app.web.views.jobs import Shown, show_as, to_job
from app.web.views.verify import refused
from domain.compliance import VERDICTS
from domain.errors import AppError, CorrectionInvalid
from domain.people import Permission
from pipeline.steps.company_preview import Effect

router = APIRouter()
_MOST_VALUES = 20_000


@router.get("/admin/company/{group}")
@needs(Permission.ADMIN)
def form(request: Request, admin: AdminDep, group: str) -> Response:
    """The facts that stand together, to be changed."""
    if group not in GROUPS:
        raise HTTPException(status_code=404)
    settings, _, _ = admin.company()
    fields = entries(group, settings)
    context = {"group": group, "head": GROUPS[group][0], "fields": fields, "today": admin.today()}
    payload = {"group": group, "values": {one.name: settings.model_dump(mode="json")[one.name] for one in fields}}
    return render(request, "admin_company_form.html", context=context, payload=payload)


@router.post("/admin/company/{group}", dependencies=[Depends(checked_form)])
@needs(Permission.ADMIN)
async def change(request: Request, admin: AdminDep, group: str) -> Response:
    """Look at what a change would do (a job), or say it."""
    if group not in GROUPS:
        raise HTTPException(status_code=404)
    async with request.form() as typed:
        by, reason, action = who(request, typed), line(typed, "reason", most=500), line(typed, "action")
        day, base, values = find_day(line(typed, "from_on")), line(typed, "base"), _values(group, typed)
    if not by:
        return refuse(request, "no_name")
    if day is None:
        return refuse(request, "bad_request")
    try:
        if isinstance(values, AppError):
            return refused(request, values)
        wanted = await run_in_threadpool(admin.plan_company, values, from_on=day, reason=reason)
        if action == "preview":
            return to_job(request, await run_in_threadpool(admin.begin_company, who_of(request), wanted, group))
        if action != "save":
            return refuse(request, "bad_request")
        known = int(base) if base.isdecimal() else None
        await run_in_threadpool(admin.say_company, wanted, by=by, base=known)
    except AppError as error:
        return refused(request, error)
    return done(request, "/admin/company")


def _values(group: str, typed: FormData) -> dict[str, Any] | AppError:
    """What is asked for: as looked at before (``values``), or as typed now."""
    given = typed.get("values")
    try:
        if isinstance(given, str) and given:
            plain = json.loads(given[:_MOST_VALUES])
            if not isinstance(plain, dict):
                raise CorrectionInvalid("values are no object", message_ja="変更内容を読み取れません")
            return plain
        names = {name for name in GROUPS[group][1] if name in typed or f"has.{name}" in typed}
        return parse_facts(group, {name: [str(one) for one in typed.getlist(name)] for name in names})
    except ValueError:
        return CorrectionInvalid("values are no JSON", message_ja="変更内容を読み取れません")
    except AppError as error:
        return error


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
