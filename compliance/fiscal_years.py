"""The company's fiscal years, changes of the closing day included, and the base period (law: et-search-exempt)."""

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


def base_period(day: date, *, settings: CompanySettings) -> tuple[FiscalYear, ...]:
    """The base period (基準期間) of a day: the fiscal year two before its own.

    Where that was shorter than a year: all years that began within one year from two years before the day's own began
    (消費税法 art. 2(1)(xiv); the facts of the law that come with the program say only "two years before", so what
    concerns short years is unconfirmed). Empty where the company did not exist then. Years begin with its founding.
    """
    own = fiscal_year_of(day, settings=settings)
    two_before = _existing(_before(_before(own, settings=settings), settings=settings), settings=settings)
    if settings.individual or two_before is None or _months(two_before) >= _YEAR:
        return () if two_before is None else (two_before,)
    start = _two_years_before(own.first)
    end = _two_years_before(own.first, less=1) - timedelta(days=1)
    found: list[FiscalYear] = []
    year = _before(own, settings=settings)
    while year.last >= start:
        there = _existing(year, settings=settings)
        if there is not None and start <= there.first <= end:
            found.append(there)
        year = _before(year, settings=settings)
    return tuple(reversed(found))


def base_period_sales(day: date, *, settings: CompanySettings) -> int | None:
    """Sales of the base period, net of tax, in yen; None where the settings lack them, or do not say of which year.

    A company's base period that is no whole year counts as if it had gone on for twelve months (消費税法
    art. 9(2)(ii)); parts of a month count as one (art. 9(3)). Not so for individuals. Settings name a year by the
    calendar year in which it ends: where two end in the same one, nobody knows which is meant.
    """
    years = base_period(day, settings=settings)
    if not years or any(_is_ambiguous(year, settings=settings) for year in years):
        return None
    found = [settings.sales_by_year.get(year.name) for year in years]
    sales = sum(one for one in found if one is not None)
    months = sum(_months(year) for year in years)
    if None in found:
        return None
    return sales if settings.individual or months == _YEAR else -(-sales * _YEAR // months)


_YEAR = 12


def _before(year: FiscalYear, *, settings: CompanySettings) -> FiscalYear:
    return fiscal_year_of(year.first - timedelta(days=1), settings=settings)


def _existing(year: FiscalYear, *, settings: CompanySettings) -> FiscalYear | None:
    """The part of a year in which the company was there: its first begins with the founding."""
    founded = settings.founded_on
    if founded is None or founded <= year.first:
        return year
    return FiscalYear(first=founded, last=year.last) if founded <= year.last else None


def _is_ambiguous(year: FiscalYear, *, settings: CompanySettings) -> bool:
    """Whether another year ends in the same calendar year, as after a change of the closing day."""
    before = _existing(_before(year, settings=settings), settings=settings)
    after = fiscal_year_of(day_after(year.last), settings=settings)
    return (before is not None and before.last < year.first and before.name == year.name) or after.name == year.name


def _two_years_before(day: date, *, less: int = 0) -> date:
    """The same day two years before (or ``less`` years less); of a leap day the last of February."""
    year = day.year - 2 + less
    return date(year, 2, 28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


def _months(year: FiscalYear) -> int:
    """Months of a year, a begun one as a whole."""
    first, last = year.first, year.last
    return (last.year - first.year) * _YEAR + last.month - first.month + (last.day >= first.day)
