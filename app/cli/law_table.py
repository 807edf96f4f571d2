"""``shoko law``: which rules hold on a day, by what, and what is known to change."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.options import Json, parse_day
from app.cli.output import out, print_json, table
from compliance.packfile import CERTAINTIES, Basis
from domain.calendar import tokyo_day, utc_now
from domain.labels import LAW_RULES, Label

if TYPE_CHECKING:
    from compliance.packfile import Rule

BASES: dict[Basis, Label] = {
    Basis.STORED_AT: ("保存の日", "day of storing"),
    Basis.TRANSACTION_DATE: ("取引の日", "day of the transaction"),
    Basis.SUPPLY_DATE: ("譲渡等の日", "day of supply"),
    Basis.TAX_PERIOD_START: ("課税期間の初日", "first day of the tax period"),
    Basis.FILING_DUE: ("申告期限", "day on which the return is due"),
    Basis.DOCUMENT_DATE: ("書類の日", "day of the document"),
    Basis.FISCAL_YEAR_START: ("事業年度の初日", "first day of the fiscal year"),
}


def register(cli: typer.Typer) -> None:
    """Add the verb."""

    @cli.command("law", help="その日に適用される規則と、これからの変更を並べます / the rules of a day")
    def law_verb(
        on: Annotated[str | None, typer.Option("--on", help="日付（既定: 今日） / day")] = None,
        json: Json = False,
    ) -> None:
        from compliance.rulepack import load_rulepack

        day = parse_day(on, "--on") or tokyo_day(utc_now())
        pack = load_rulepack()
        if json:
            print_json(*(_plain(rule, day) for rule in pack.in_force(day)))
            return
        columns = (("規則", "left"), ("内容", "left"), ("期間", "left"), ("基準日", "left"), ("確認", "left"))
        rows = ((*_cells(rule), BASES[rule.basis][0], CERTAINTIES[rule.status][0]) for rule in pack.in_force(day))
        out.print(table(f"{day} の規則（規則データ {pack.id}）", columns, rows))
        out.print("これからの変更", style="bold")
        for changed_on, rule, begins in pack.changes(after=day):
            note = "" if rule.certain else f"（{CERTAINTIES[rule.status][0]}）"
            what = "始まる" if begins else "終わる"
            out.print(f"  {changed_on} {what}: {_name(rule)} {_numbers(rule)}{note} — {rule.source}")


def _name(rule: Rule) -> str:
    return f"{LAW_RULES.get(rule.law, (rule.law, rule.law))[0]} [{rule.id}]"


def _numbers(rule: Rule) -> str:
    return " ".join(f"{name}={_one(value)}" for name, value in rule.parameters.items())


def _one(value: object) -> str:
    return "・".join(value) if isinstance(value, tuple) else str(value)


def _cells(rule: Rule) -> tuple[str, str, str]:
    name = LAW_RULES.get(rule.law, (rule.law, rule.law))[0]
    return rule.id, " ".join(filter(None, (name, _numbers(rule)))), rule.span


def _plain(rule: Rule, day: date) -> dict[str, Any]:
    return {"on": day.isoformat(), **rule.model_dump(mode="json")}
