"""How long a document is kept (law: ret-corp, ret-corp-loss, ret-ctax, ret-individual, ret-other).

The latest of all that apply; recomputed when a fact changes, and never shortened. A legal hold has no end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from compliance.fiscal_years import FiscalYear, fiscal_year_of
from compliance.packfile import Rule
from compliance.periods import day_after, period_end, period_end_years
from compliance.rulepack import RulePack, load_rulepack
from compliance.settings import CompanySettings
from domain.fields import DocumentType

_CASH = frozenset({DocumentType.RECEIPT})
"""現金預金取引等関係書類 among the classes (law: ret-individual)."""
_INPUT_TAX = frozenset(
    {
        DocumentType.RECEIPT,
        DocumentType.INVOICE,
        DocumentType.PAYMENT_STATEMENT,
        DocumentType.CREDIT_NOTE,
        DocumentType.DELIVERY_NOTE,
        DocumentType.OTHER,
    }
)
"""Classes that can carry input tax, what is not known included (law: ret-ctax)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One period that applies to a document."""

    law: str
    """Id of the rule of the facts sheet."""
    row: str
    """Id of the row of the rule packs."""
    until: date
    """Last day, included."""


def retention_start(year_end: date, *, extension_months: int = 0, pack: RulePack | None = None) -> date:
    """First day of the period (起算日) of a fiscal year (law: ret-corp).

    The day after 2 months, and the extension of the return, have passed from the day after the year's end: a year that
    ends 2026-03-31 starts 2026-06-01, one that ends 2026-01-20 starts 2026-03-21.
    """
    rule = (pack or load_rulepack()).get("ret.corp", document_date=year_end)
    return day_after(period_end(day_after(year_end), months=rule.number("months_after_year_end") + extension_months))


def retention_periods(
    day: date,
    *,
    settings: CompanySettings,
    document_type: DocumentType | None = None,
    contract_end: date | None = None,
    pack: RulePack | None = None,
) -> tuple[Period, ...]:
    """Every period that applies to a document made or received on ``day``; without a class the longest is taken.

    A contract's end that lies further ahead than any contract of the company is taken for a misreading and left out:
    a lock cannot be shortened again.
    """
    rules = pack or load_rulepack()
    year = fiscal_year_of(day, settings=settings)
    own = _individual if settings.individual else _corporation
    found = list(own(day, year, settings, document_type, rules))
    if document_type is None or document_type in _INPUT_TAX or not settings.individual:
        found.append(_input_tax(day, year.last, settings, rules))
    if contract_end is not None and contract_end <= period_end_years(day, years=settings.longest_contract_years):
        rule = rules.get("ret.contract", document_date=day)
        found.append(_period(rule, day_after(contract_end), rule.number("years_after_end")))
    return tuple(found)


def retain_until(
    day: date,
    *,
    settings: CompanySettings,
    document_type: DocumentType | None = None,
    contract_end: date | None = None,
    pack: RulePack | None = None,
) -> date:
    """Last day on which a document made or received on ``day`` must be kept: the latest of all periods."""
    periods = retention_periods(
        day, settings=settings, document_type=document_type, contract_end=contract_end, pack=pack
    )
    return max(period.until for period in periods)


def extended(current: date | None, computed: date) -> date:
    """What stands after a new computation: the later day, so that retention is never shortened (law: ret-corp)."""
    return computed if current is None else max(current, computed)


def held_by_company(received_on: date, *, settings: CompanySettings) -> bool:
    """Whether a legal hold of the company's settings covers the day of receipt (law: ret-other)."""
    return any(first <= received_on <= last for first, last in settings.holds)


def retention_over(until: date | None, *, held: bool, today: date) -> bool:
    """Whether nothing asks to keep a document any more: only then may its destruction be proposed (law: ret-other)."""
    return until is not None and until < today and not held


def _corporation(
    day: date, year: FiscalYear, settings: CompanySettings, kind: DocumentType | None, rules: RulePack
) -> Iterator[Period]:
    """Law: ret-corp, ret-corp-loss, ret-other (Companies Act)."""
    start = retention_start(year.last, extension_months=settings.return_extension_months, pack=rules)
    rule = rules.get("ret.corp", document_date=day)
    yield _period(rule, start, rule.number("years"))
    if settings.assume_loss_year or year.name in settings.loss_years:
        loss = rules.get("ret.corp.loss", fiscal_year_start=year.first)
        if "year_ended_from" not in loss.parameters or year.last >= loss.day("year_ended_from"):
            yield _period(loss, start, loss.number("years"))
    if kind in settings.companies_act_types:
        act = rules.get("ret.companies_act", document_date=day)
        yield _period(act, day_after(year.last), act.number("years"))


def _individual(
    day: date, year: FiscalYear, settings: CompanySettings, kind: DocumentType | None, rules: RulePack
) -> Iterator[Period]:
    """Law: ret-individual. Blue: papers of cash and deposits long, others short; white: papers short."""
    rule = rules.get("ret.ind", document_date=day)
    long = settings.individual_all_seven_years or kind is None
    long = long or (settings.entity == "blue_individual" and kind in _CASH)
    years = rule.number("long_years" if long else "short_years")
    if year.name == date.max.year:
        yield Period(law=rule.law, row=rule.id, until=date.max)
        return
    yield _period(rule, date(year.name + 1, rule.number("start_month"), rule.number("start_day")), years)


def _input_tax(day: date, year_end: date, settings: CompanySettings, rules: RulePack) -> Period:
    """Law: ret-ctax. The start moves by a month with the extension of that return."""
    rule = rules.get("ret.ctax", document_date=day)
    extension = settings.consumption_tax_extension and not settings.individual
    months = rule.number("extended_months_after_year_end" if extension else "months_after_year_end")
    return _period(rule, day_after(period_end(day_after(year_end), months=months)), rule.number("years"))


def _period(rule: Rule, start: date, years: int) -> Period:
    return Period(law=rule.law, row=rule.id, until=period_end_years(start, years=years))
