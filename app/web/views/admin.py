"""管理: health, company facts, the rules in force, authorities and stores."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.cli.law_table import BASES
from app.web.administration import RECONCILE, STORE_TEST, Administration
from app.web.auditing import owner_of
from app.web.company_forms import GROUPS, group_of
from app.web.company_meanings import MEANINGS
from app.web.company_words import COMPANY_FACTS, change_plain, change_rows, fact_text
from app.web.permissions import needs, who_of
from app.web.queries import find_day
from app.web.respond import language_of, render
from app.web.rule_words import rule_numbers
from app.web.state import Web, WebDep, checked_form
from app.web.views.desk import line, refuse
from app.web.views.jobs import Shown, show_as, to_job
from compliance.packfile import CERTAINTIES
from domain.codec import to_plain
from domain.errors import ObjectMissing, label_of
from domain.evidence import Outcome, Report
from domain.finding_labels import finding_label
from domain.labels import LAW_RULES, Label
from domain.people import Permission
from storage.evidence.labels import OUTCOMES

router = APIRouter()
HEALTH: dict[str, Label] = {
    "store_tested": ("保存先の試験", "Test of the store"),
    "reconciled": ("台帳と保管庫の突き合わせ", "Reconciliation"),
    "witnessed": ("外部の控えとの照合", "Witnesses"),
    "stamping_watched": ("タイムスタンプの付与", "Stamping"),
}
_ASK = {"store_test": STORE_TEST, "reconcile": RECONCILE}


def admin_of(web: WebDep) -> Administration:
    """Administration of the installation.

    Raises:
        ObjectMissing: the page stands over no installation.
    """
    if web.admin is None:
        raise ObjectMissing("no administration", message_ja="この画面では操作できません")
    return web.admin


AdminDep = Annotated[Administration, Depends(admin_of)]


@router.get("/admin")
@needs(Permission.ADMIN)
def admin(request: Request, admin: AdminDep) -> Response:
    """What is in force, what is missing and what to do about it."""
    facts = admin.facts()
    context = {"facts": facts, "looks": admin.looks(), "health": HEALTH, "outcomes": OUTCOMES, "finding": finding_label}
    return render(request, "admin.html", context=context, payload=facts)


@router.get("/admin/company")
@needs(Permission.ADMIN, Permission.AUDIT)
def company(request: Request, admin: AdminDep) -> Response:
    """Facts about the company: what each means in law, and where it comes from."""
    settings, origins, year = admin.company()
    language = language_of(request)
    rows = [
        {
            "name": name,
            "label": label,
            "value": fact_text(name, getattr(settings, name), language=language),
            "origin": origins[name].value,
            "means": MEANINGS[name],
            "rules": [(rule, LAW_RULES[rule]) for rule in rules],
            "variable": f"SHOKO_COMPANY__{name.upper()}",
            "group": group_of(name),
        }
        for name, (label, rules) in COMPANY_FACTS.items()
    ]
    payload = {
        "company": settings.model_dump(mode="json"),
        "origins": {name: origin.value for name, origin in origins.items()},
        "fiscal_year": to_plain(year),
        "changes": [change_plain(one) for one in admin.company_changes()],
    }
    context = {
        "groups": [(key, label, [row for row in rows if row["group"] == key]) for key, (label, _) in GROUPS.items()],
        "year": year,
        "today": admin.today(),
        "changes": [(one, change_rows(one, language=language)) for one in admin.company_changes()],
    }
    return render(request, "admin_company.html", context=context, payload=payload)


@router.get("/admin/rules")
@needs(Permission.ADMIN, Permission.AUDIT)
def rules(request: Request, admin: AdminDep, on: Annotated[str, Query(max_length=20)] = "") -> Response:
    """The rules that hold on a day, by what, and what is known to change."""
    law = admin.law(find_day(on) if on else None)
    rows, changes = law.pack.in_force(law.on), law.pack.changes(after=law.on)
    context = {
        "law": law,
        "rows": rows,
        "changes": changes,
        "bases": BASES,
        "certainties": CERTAINTIES,
        "names": LAW_RULES,
        "numbers": lambda rule: rule_numbers(rule.parameters, language=language_of(request)),
        "unsure": sum(not rule.certain for rule in rows),
        "penalty": law.penalty,
    }
    payload = {
        "on": law.on.isoformat(),
        "pack": law.pack.id,
        "added_points": law.added_points,
        "rules": [rule.model_dump(mode="json") for rule in rows],
        "changes": [{"on": day.isoformat(), "rule": rule.id, "begins": begins} for day, rule, begins in changes],
    }
    return render(request, "admin_rules.html", context=context, payload=payload)


@router.get("/admin/system")
@needs(Permission.ADMIN, Permission.AUDIT)
def system(request: Request, admin: AdminDep, web: WebDep) -> Response:
    """Timestamp authorities, the queue and what ages; stores and what their tests found."""
    facts, stamps = admin.facts(), admin.queue()
    jobs = web.jobs.of(owner_of(who_of(request)), STORE_TEST, RECONCILE) if web.jobs else ()
    context = {
        "facts": facts,
        "looks": admin.looks(),
        "health": HEALTH,
        "outcomes": OUTCOMES,
        "finding": finding_label,
        "error_label": label_of,
        "jobs": jobs,
        **stamps,
    }
    payload = {name: facts[name] for name in ("authorities", "trust_list", "stamp_queue", "ageing_tokens", "vault")}
    return render(request, "admin_system.html", context=context, payload=payload | {"last_looks": facts["last_looks"]})


@router.post("/admin/system", dependencies=[Depends(checked_form)])
@needs(Permission.ADMIN)
async def look(request: Request, admin: AdminDep) -> Response:
    """Try the store, or reconcile, now."""
    async with request.form() as form:
        kind = _ASK.get(line(form, "action"))
    if kind is None:
        return refuse(request, "bad_request")
    return to_job(request, await run_in_threadpool(admin.begin, who_of(request), kind))


def report_plain(report: Report) -> dict[str, Any]:
    """The plain JSON form."""
    return {"outcome": report.outcome.value, "checks": to_plain(report)["checks"]}


def _context(request: Request, web: Web, report: Report) -> dict[str, Any]:
    del request, web
    rank = {Outcome.FAILED: 0, Outcome.INDETERMINATE: 1, Outcome.PASSED: 2}
    checks = sorted(report.checks, key=lambda check: rank[check.outcome])[:500]
    return {"report": report, "checks": checks, "outcomes": OUTCOMES, "finding": finding_label}


show_as(STORE_TEST, Shown(template="job_looks.html", context=_context, plain=report_plain))
show_as(RECONCILE, Shown(template="job_looks.html", context=_context, plain=report_plain))
