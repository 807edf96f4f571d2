"""The company's fiscal years, changes of the closing day included, and the base period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from compliance.periods import day_after, fiscal_year_end, fiscal_year_start
from compliance.settings import CompanySettings


@dataclass(frozen=True, slots=True, kw_only=True)
class FiscalYear:
    """One year; shorter than twelve months where the closing day was changed."""

    first: date
    last: date

    @property
    def name(self) -> int:
        """The calendar year in which it ends: what settings call it by."""
        return self.last.year


def fiscal_year_of(day: date, *, settings: CompanySettings) -> FiscalYear:
    """The year that holds a day; individuals have that of the calendar."""
    if settings.individual:
        return FiscalYear(first=date(day.year, 1, 1), last=date(day.year, 12, 31))
    month, last_day = settings.fiscal_year_end_month, settings.fiscal_year_end_day
    former = sorted(settings.former_year_ends)
    for until, old_month, old_day in former:
        if day <= until:
            month, last_day = old_month, old_day
            break
    last = fiscal_year_end(day, month=month, last_day=last_day)
    regular = fiscal_year_start(last, month=month, last_day=last_day)
    changed = (day_after(until) for until, _, _ in former if until < day)
    return FiscalYear(first=max((regular, *changed)), last=last)


def base_year(day: date, *, settings: CompanySettings) -> int:
    """The base period (基準期間) of a day: the fiscal year two before its own, by its name."""
    return fiscal_year_of(day, settings=settings).name - 2


def base_period_sales(day: date, *, settings: CompanySettings) -> int | None:
    """Sales of the base period, net of tax, in yen; None where the settings lack them.

    A company's base period that is shorter than a year (its first, or where the closing day was changed) counts as if
    it had gone on for twelve months (消費税法 art. 9(2)(ii)); parts of a month count as one. Not so for individuals.
    """
    sales = settings.sales_by_year.get(base_year(day, settings=settings))
    if sales is None or settings.individual:
        return sales
    months = _months(_two_before(day, settings=settings), settings=settings)
    return sales if months >= _YEAR else -(-sales * _YEAR // months)


_YEAR = 12


def _two_before(day: date, *, settings: CompanySettings) -> FiscalYear:
    year = fiscal_year_of(day, settings=settings)
    for _ in range(2):
        year = fiscal_year_of(year.first - timedelta(days=1), settings=settings)
    return year


def _months(year: FiscalYear, *, settings: CompanySettings) -> int:
    """Months of a year, from the company's founding on, a begun one as a whole; 12 where it was founded later."""
    first = max(year.first, settings.founded_on or year.first)
    if first > year.last:
        return _YEAR
    return (year.last.year - first.year) * 12 + year.last.month - first.month + (year.last.day >= first.day)
