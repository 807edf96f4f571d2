"""The tables of cases, and how each function of the law is asked for the answer of one day.

``CALLS`` names every function of ``compliance`` that decides by date; with the tables it says which rule of the packs
is decided where, and by which case it is tested: ``coverage()`` gives that as data.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from compliance import (
    capture_quality,
    deadlines,
    deduction,
    document_class,
    electronic,
    invoices,
    ledger,
    legibility,
    paper,
    penalties,
    regime,
    retention,
    search_duties,
    timestamps,
)
from compliance.facts import PaperFacts, SamenessCheck
from compliance.periods import day_after, fiscal_year_end
from compliance.rulepack import RulePack
from compliance.settings import CompanySettings
from domain.errors import ConfigError
from domain.fields import DocumentType
from domain.ids import Origin
from domain.page import CapturedPage
from domain.record import ImportanceClass
from tests.support.compliance_facts import RECORD

FOLDER = Path(__file__).parent / "cases"
SEVEN_YEARS = {"assume_loss_year": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class LawCase:
    """One line of a table."""

    table: str
    """File and position of the table."""
    rules: tuple[str, ...]
    law: tuple[str, ...]
    call: str
    given: dict[str, Any]
    day: date
    gives: object

    def answer(self, pack: RulePack) -> object:
        """What the function says by these rules."""
        try:
            return CALLS[self.call](self.day, pack, **self.given)
        except ConfigError:
            return "no rule"

    def __str__(self) -> str:
        return f"{self.table}-{self.day}"


def cases() -> tuple[LawCase, ...]:
    """Every line of every table."""
    return tuple(
        LawCase(
            table=f"{path.stem}[{number}]",
            rules=tuple(table["rules"]),
            law=tuple(table["law"]),
            call=table["call"],
            given=table.get("with", {}),
            day=day,
            gives=gives,
        )
        for path in sorted(FOLDER.glob("*.toml"))
        for number, table in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))["table"])
        for day, gives in table["days"]
    )


def coverage() -> dict[str, dict[str, list[str]]]:
    """Row of the rule packs → functions that decide by it, facts-sheet rules, cases."""
    found: dict[str, dict[str, list[str]]] = {}
    for case in cases():
        for rule in case.rules:
            entry = found.setdefault(rule, {"functions": [], "law": [], "cases": []})
            function = f"compliance.{case.call.partition(' ')[0]}"
            for name, value in (("functions", function), *(("law", law) for law in case.law), ("cases", str(case))):
                if value not in entry[name]:
                    entry[name].append(value)
    return found


def _plain(value: object) -> object:
    return "none" if value is None else value.isoformat() if isinstance(value, date) else value


def _company(**given: Any) -> CompanySettings:
    return CompanySettings(**(SEVEN_YEARS | given))


def _cycle(months: int | None, days: int | None) -> CompanySettings:
    if months is None and days is None:
        return CompanySettings()
    return CompanySettings(
        deadline_method="cycle", cycle_rules_from=date(2000, 1, 1), cycle_months=months or 2, cycle_days=days
    )


def _deadline(
    day: date, pack: RulePack, *, received_on: date, cycle_months: int | None = None, cycle_days: int | None = None
) -> object:
    settings = _cycle(cycle_months, cycle_days)
    due = deadlines.deadline_for(received_on, settings=settings, stored_at=day, pack=pack)
    rule = deadlines.deadline_rule(received_on, settings=settings, stored_at=day, pack=pack)
    return [due.isoformat(), "in force" if rule.holds_on(day) else "not yet in force"]


def _stamp_deadline(day: date, pack: RulePack, *, received_on: date) -> object:
    due = electronic.stamp_deadline(received_on, transaction_date=day, settings=CompanySettings(), pack=pack)
    return [due.isoformat(), "in force" if pack.holds("et.authenticity", transaction_date=day) else "not yet in force"]


def _input_due(day: date, pack: RulePack, *, received_on: date, importance: str) -> object:
    return _plain(
        deadlines.input_due(
            DocumentType.QUOTATION,
            ImportanceClass(importance),
            received_on,
            stored_at=day,
            settings=CompanySettings(),
            pack=pack,
        )
    )


def _past(day: date, pack: RulePack, *, received_on: date, notice: date, scan_storage_from: date) -> object:
    settings = CompanySettings(
        scan_storage_from=scan_storage_from, past_important_notices={DocumentType.INVOICE: notice}
    )
    return str(deadlines.past_paper(DocumentType.INVOICE, received_on, stored_at=day, settings=settings, pack=pack))


def _judged(
    day: date,
    pack: RulePack,
    *,
    pixels: list[int],
    paper: str,
    channels: int = 3,
    importance: str = "important",
) -> object:
    page = CapturedPage(page_index=0, width_px=pixels[0], height_px=pixels[1], channels=channels, bits_per_channel=8)
    (check,) = capture_quality.judge(
        [page],
        importance=ImportanceClass(importance),
        stored_on=day,
        paper=capture_quality.PAPERS[paper],
        pack=pack,
    )
    return str(check.outcome)


def _important_types(day: date, pack: RulePack, *, origin: str) -> object:
    important = (
        kind
        for kind in DocumentType
        if document_class.importance(kind, Origin(origin), stored_at=day, pack=pack) is ImportanceClass.IMPORTANT
    )
    return sorted(kind.value for kind in important)


def _paper(day: date, pack: RulePack, *, received_on: date) -> object:
    facts = PaperFacts(
        document_type=DocumentType.INVOICE,
        origin=Origin.PAPER_RECEIVED,
        importance=ImportanceClass.IMPORTANT,
        received_on=received_on,
        received_on_confirmed=True,
        stamped_on=day,
        capture_good=True,
        captures=RECORD.captures,
        sameness=SamenessCheck(checked_on=day, same=True),
    )
    return str(paper.paper_answer(facts, settings=CompanySettings(), today=day, pack=pack).state)


def _electronic_search(day: date, pack: RulePack, **given: Any) -> object:
    given.setdefault("base_period_sales_yen", None)
    return str(search_duties.electronic_search_duty(day, pack=pack, **given))


def _relief(day: date, pack: RulePack, *, standard_format: bool) -> object:
    facts = penalties.SeamlessFacts(
        notice_on=date(2026, 12, 1),
        standard_format=standard_format,
        specified_system=True,
        amounts_traceable=True,
        books_linked=True,
    )
    found = penalties.seamless_relief(day, facts, pack=pack)
    return [*(["applies"] if found.applies else found.missing), *([] if found.certain else ["unconfirmed"])]


def _retain(day: date, pack: RulePack, **given: Any) -> object:
    contract_end = given.pop("contract_end", None)
    kind = DocumentType(given.pop("document_type")) if "document_type" in given else None
    return _plain(
        retention.retain_until(
            day, settings=_company(**given), document_type=kind, contract_end=contract_end, pack=pack
        )
    )


def _retain_loss(day: date, pack: RulePack) -> object:
    """``day`` begins a fiscal year of twelve months that ended with a loss."""
    month, last = (day.month, day.day - 1) if day.day > 1 else (day.month - 1, 31)
    year_end = fiscal_year_end(day, month=month, last_day=last)
    assert day_after(fiscal_year_end(date(day.year - 1, 6, 1), month=month, last_day=last)) == day
    settings = _company(fiscal_year_end_month=month, fiscal_year_end_day=last, loss_years=(year_end.year,))
    return _plain(retention.retain_until(day, settings=settings, pack=pack))


def _start(day: date, pack: RulePack, **given: Any) -> object:
    return _plain(retention.retention_start(day, pack=pack, **given))


def _tax(day: date, pack: RulePack, *, percent: int) -> object:
    found = deduction.tax_of_rate(Decimal(percent), on=day, pack=pack)
    unsure = "" if found.certain or str(found.kind) == "other_rate" else ", unconfirmed"
    return f"{found.kind}{unsure}"


def _deduction(day: date, pack: RulePack, *, number: str) -> object:
    found = deduction.deduction(
        deduction.NumberState(number), supply_from=None, supply_to=None, dated_on=day, pack=pack
    )
    assert found is not None
    return [str(found.kind), found.percent, "certain" if found.certain else "unconfirmed"]


def _capped(day: date, pack: RulePack, *, purchases_yen: int) -> object:
    found = deduction.capped(purchases_yen, tax_period_start=day, pack=pack)
    return [found.within_yen, found.beyond_yen, "certain" if found.certain else "unconfirmed"]


def _form(day: date, pack: RulePack, **given: Any) -> object:
    found = invoices.wanted_form(day, pack=pack, **given)
    return "none" if found is None else str(found)


def _small(day: date, pack: RulePack, *, gross_yen: int, **given: Any) -> object:
    return invoices.small_amount(gross_yen, supply_date=day, pack=pack, **given)


CALLS: dict[str, Callable[..., object]] = {
    "regime.old_scan_duties": lambda day, pack: list(regime.old_scan_duties(day, pack=pack)),
    "regime.scan_replaces_paper": lambda day, pack, title: regime.scan_replaces_paper(title, stored_at=day, pack=pack),
    "regime.print_storage": lambda day, pack: str(regime.print_storage(day, pack=pack)),
    "regime.data_mandatory": lambda day, pack: regime.data_mandatory(day, pack=pack),
    "regime.operator_info_required": lambda day, pack: regime.operator_info_required(day, pack=pack),
    "deadlines.deadline_for": _deadline,
    "deadlines.input_due": _input_due,
    "deadlines.past_paper": _past,
    "capture_quality.judge": _judged,
    "timestamps.accepted_schemes": lambda day, pack: sorted(map(str, timestamps.accepted_schemes(day, pack=pack))),
    "timestamps.bundle_allowed": lambda day, pack, **given: timestamps.bundle_allowed(day, pack=pack, **given),
    "timestamps.substitute_allowed": lambda day, pack, **given: timestamps.substitute_allowed(day, pack=pack, **given),
    "timestamps.batch_verification_required": lambda day, pack: timestamps.batch_verification_required(day, pack=pack),
    "timestamps.trust_list_required": lambda day, pack: timestamps.trust_list_required(day, pack=pack),
    "legibility.chart_rule": lambda day, pack: dict(legibility.chart_rule(stored_at=day, pack=pack).parameters),
    "ledger.ledger_link_row": lambda day, pack, importance: _plain(
        ledger.ledger_link_row(ImportanceClass(importance), stored_at=day, pack=pack)
    ),
    "search_duties.scan_search_duty": lambda day, pack, download_ready: str(
        search_duties.scan_search_duty(day, download_ready=download_ready, pack=pack)
    ),
    "search_duties.electronic_search_duty": _electronic_search,
    "paper.paper_answer": _paper,
    "document_class.importance": _important_types,
    "electronic.stamp_deadline": _stamp_deadline,
    "electronic.grace_open": lambda day, pack, reasonable_cause: electronic.grace_open(
        day, reasonable_cause=reasonable_cause, pack=pack
    ),
    "penalties.seamless_relief": _relief,
    "penalties.added_points": lambda day, pack: penalties.added_points(day, pack=pack),
    "invoices.jp_pint_version": lambda day, pack: _plain(invoices.jp_pint_version(day, pack=pack)),
    "retention.retain_until": _retain,
    "retention.retain_until (loss year)": _retain_loss,
    "retention.retention_start": _start,
    "deduction.tax_of_rate": _tax,
    "deduction.deduction": _deduction,
    "deduction.capped": _capped,
    "invoices.wanted_form": _form,
    "invoices.small_amount": _small,
    "invoices.book_only": lambda day, pack, kind, gross_yen: invoices.book_only(
        invoices.BookOnly(kind), gross_yen, supply_date=day, pack=pack
    ),
    "invoices.return_invoice_needed": lambda day, pack, gross_yen: invoices.return_invoice_needed(
        gross_yen, supply_date=day, pack=pack
    ),
}
