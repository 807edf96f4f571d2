"""What the papers say about this installation: its settings in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer
from typer.main import get_command

from compliance.rulepack import load_rulepack
from domain.calendar import tokyo_day
from domain.fields import DocumentType
from domain.ids import ORIGIN_BY_FOLDER
from domain.labels import DOCUMENT_TYPES, ORIGINS
from domain.record import ImportanceClass
from pipeline.steps.scanners import scanners

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from compliance.rulepack import RulePack
    from compliance.settings import CompanySettings
    from pipeline.wiring import Shoko

_WEEKDAYS = "月火水木金土日"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One verb of the command line."""

    name: str
    says: str


def facts_of(shoko: Shoko, cli: typer.Typer) -> dict[str, Any]:
    """Everything that the templates name."""
    settings, company = shoko.settings, shoko.company
    authority, traits = shoko.authority.authority, shoko.store.traits("vault")
    write_once = traits.object_lock and not traits.advisory_retention
    today = tokyo_day(shoko.clock())
    pack = load_rulepack()
    return {
        "company": company,
        "company_name": company.names[0] if company.names else "",
        "papers": settings.papers,
        "authority": authority,
        "authority_url": settings.evidence.authority.url or "",
        "stamp_policy": settings.evidence.policy,
        "write_once": write_once,
        "store_kind": {"s3": "S3互換のオブジェクトストレージ", "folder": "この計算機のフォルダ"}[settings.store.kind],
        "database": "PostgreSQL" if settings.archive_url.startswith("postgresql") else "SQLite",
        "engine": settings.reading.engine,
        "lock_days": settings.archive.provisional_lock_days,
        "year_end": f"{company.fiscal_year_end_month}月{company.fiscal_year_end_day}日",
        "method": _method(company),
        "cycle": f"{company.cycle_days}日" if company.cycle_days else f"{company.cycle_months}か月",
        "closed": _closed(company),
        "rules_in_force": company.electronic_rules_from is not None and company.electronic_rules_from <= today,
        "cycle_in_force": company.cycle_rules_from is not None and company.cycle_rules_from <= today,
        "folders": [(folder, ORIGINS[origin][0]) for folder, origin in ORIGIN_BY_FOLDER.items()],
        "types": [pair[0] for kind, pair in DOCUMENT_TYPES.items() if kind is not DocumentType.OTHER],
        "general_received": _general(pack, today),
        "rule_packs": [head.id for head in pack.packs],
        "log_key": shoko.signer.fingerprint,
        "scanners": scanners(shoko),
        "verbs": verbs_of(cli),
    }


def verbs_of(cli: typer.Typer) -> Sequence[Verb]:
    """Every verb with the Japanese half of its help."""
    commands = getattr(get_command(cli), "commands", {})
    return tuple(
        Verb(name=name, says=str(command.help or "").partition(" / ")[0]) for name, command in commands.items()
    )


def _method(company: CompanySettings) -> str:
    return "早期入力方式" if company.deadline_method == "early" else "業務処理サイクル方式"


def _closed(company: CompanySettings) -> str:
    parts = ["・".join(f"{_WEEKDAYS[day]}曜日" for day in sorted(company.closed_weekdays))]
    if company.closed_on_holidays:
        parts.append("国民の祝日・休日")
    if company.year_end_from is not None:
        (start_month, start_day), (end_month, end_day) = company.year_end_from, company.year_end_to
        parts.append(f"年末年始（{start_month}月{start_day}日から{end_month}月{end_day}日まで）")
    parts += [f"{day.year}年{day.month}月{day.day}日" for day in company.extra_closed]
    return "、".join(part for part in parts if part)


def _general(pack: RulePack, today: date) -> list[str]:
    """Classes of received documents that are general on a day (law: scan-doc-class)."""
    rows = (pack.class_row(kind, stored_at=today) for kind in DOCUMENT_TYPES)
    return [DOCUMENT_TYPES[row.type][0] for row in rows if row and row.received is ImportanceClass.GENERAL]
