"""How long a document is kept (law: ret-corp, ret-corp-loss, ret-ctax, ret-other).

The latest of all that apply; recomputed when a fact changes, and never shortened.
"""

from __future__ import annotations

from datetime import date

from compliance.periods import day_after, fiscal_year_end, fiscal_year_start, period_end, period_end_years
from compliance.rulepack import RulePack, load_rulepack
from compliance.settings import CompanySettings


def retention_start(year_end: date, *, extension_months: int = 0, pack: RulePack | None = None) -> date:
    """First day of the period (起算日) of a fiscal year (law: ret-corp).

    The day after 2 months, and the extension of the return, have passed from the day after the year's end: a year that
    ends 2026-03-31 starts 2026-06-01, one that ends 2026-01-20 starts 2026-03-21.
    """
    months = (pack or load_rulepack()).get("ret.corp", on=year_end).number("months_after_year_end")
    return day_after(period_end(day_after(year_end), months=months + extension_months))


def retention_end(
    day: date,
    *,
    fiscal_year_end_on: tuple[int, int],
    extension_months: int = 0,
    loss_year: bool = False,
    consumption_tax_extension: bool = False,
    contract_end: date | None = None,
    pack: RulePack | None = None,
) -> date:
    """Last day on which a document made or received on ``day`` must be kept.

    ``fiscal_year_end_on`` is (month, day). Seven years from the start day (law: ret-corp); ten for a year with a loss,
    nine where that year began before 2018-04-01 (law: ret-corp-loss); seven for input tax, whose start moves by a month
    with the extension of that return (law: ret-ctax); ten years after a contract ended (law: ret-other).
    """
    rules = pack or load_rulepack()
    month, last_day = fiscal_year_end_on
    year_end = fiscal_year_end(day, month=month, last_day=last_day)
    start = retention_start(year_end, extension_months=extension_months, pack=rules)
    ends = [period_end_years(start, years=rules.get("ret.corp", on=day).number("years"))]
    if loss_year:
        began = fiscal_year_start(year_end, month=month, last_day=last_day)
        ends.append(period_end_years(start, years=rules.get("ret.corp.loss", on=began).number("years")))
    tax = rules.get("ret.ctax", on=day)
    months = tax.number("extended_months_after_year_end" if consumption_tax_extension else "months_after_year_end")
    tax_start = day_after(period_end(day_after(year_end), months=months))
    ends.append(period_end_years(tax_start, years=tax.number("years")))
    if contract_end is not None:
        years = rules.get("ret.contract", on=day).number("years_after_end")
        ends.append(period_end_years(day_after(contract_end), years=years))
    return max(ends)


def retain_until(
    day: date, *, settings: CompanySettings, contract_end: date | None = None, pack: RulePack | None = None
) -> date:
    """The same by the company's facts.

    A contract's end that lies further ahead than any contract of the company is taken for a misreading and left out:
    a lock cannot be shortened again.
    """
    on = (settings.fiscal_year_end_month, settings.fiscal_year_end_day)
    year_end = fiscal_year_end(day, month=on[0], last_day=on[1])
    if contract_end is not None and contract_end > period_end_years(day, years=settings.longest_contract_years):
        contract_end = None
    return retention_end(
        day,
        fiscal_year_end_on=on,
        extension_months=settings.return_extension_months,
        loss_year=settings.assume_loss_year or year_end.year in settings.loss_years,
        consumption_tax_extension=settings.consumption_tax_extension,
        contract_end=contract_end,
        pack=pack,
    )


def extended(current: date | None, computed: date) -> date:
    """What stands after a new computation: the later day, so that retention is never shortened (law: ret-corp)."""
    return computed if current is None else max(current, computed)
