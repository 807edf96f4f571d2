"""Sales of the base period (基準期間), on which exemptions hang (law: et-search-exempt, inv-small)."""

from __future__ import annotations

from datetime import date

from compliance.periods import fiscal_year_end
from compliance.settings import CompanySettings


def base_year(day: date, *, settings: CompanySettings) -> int:
    """The base period of a day: the fiscal year two before its own, named by the year in which it ends."""
    month, last_day = settings.year_end_month_day
    return fiscal_year_end(day, month=month, last_day=last_day).year - 2


def base_period_sales(day: date, *, settings: CompanySettings) -> int | None:
    """Its sales, net of tax, in yen; None where the settings lack them."""
    return settings.sales_by_year.get(base_year(day, settings=settings))
