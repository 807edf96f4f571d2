"""Periods by the calendar, as Japanese law counts them (国税通則法10, 民法143)."""

from __future__ import annotations

import calendar
from datetime import date, timedelta


def period_end(start: date, *, months: int) -> date:
    """Last day of a period that begins on ``start``, that day included.

    It is the day before the corresponding day of the last month; where that month has no such day, its last day.
    Periods that leave the calendar end on its last day.
    """
    index = start.year * 12 + start.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if year > date.max.year:
        return date.max
    last = calendar.monthrange(year, month)[1]
    if start.day > last:
        return date(year, month, last)
    return date(year, month, start.day) - timedelta(days=1)


def period_end_years(start: date, *, years: int) -> date:
    """The same in years."""
    return period_end(start, months=12 * years)


def day_after(day: date) -> date:
    """The next day; the calendar's last day stays."""
    return day if day == date.max else day + timedelta(days=1)


def fiscal_year_end(day: date, *, month: int, last_day: int) -> date:
    """Last day of the fiscal year that holds ``day``; a ``last_day`` that its month lacks means the month's end."""
    this_year = _clamped(day.year, month, last_day)
    if day <= this_year:
        return this_year
    return date.max if day.year == date.max.year else _clamped(day.year + 1, month, last_day)


def fiscal_year_start(year_end: date, *, month: int, last_day: int) -> date:
    """First day of the fiscal year that ends on ``year_end``."""
    return date.min if year_end.year == 1 else day_after(_clamped(year_end.year - 1, month, last_day))


def _clamped(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))
