"""Until when a document must be stored with its timestamp (law: scan-input-early, scan-input-cycle)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import jpholiday

from compliance.periods import period_end
from compliance.rulepack import RulePack, load_rulepack
from compliance.settings import CompanySettings

Method = Literal["early", "cycle"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessCalendar:
    """On which days the company works."""

    closed_weekdays: frozenset[int] = frozenset({5, 6})
    """0 is Monday."""
    closed_on_holidays: bool = True
    """National holidays and the days off that the law derives from them."""
    year_end_from: tuple[int, int] | None = (12, 29)
    """Month and day; None where the company works through the new year."""
    year_end_to: tuple[int, int] = (1, 3)
    """Month and day, included."""
    extra_closed: frozenset[date] = frozenset()
    extra_open: frozenset[date] = frozenset()

    @classmethod
    def of(cls, settings: CompanySettings) -> BusinessCalendar:
        """The company's calendar."""
        return cls(
            closed_weekdays=frozenset(settings.closed_weekdays),
            closed_on_holidays=settings.closed_on_holidays,
            year_end_from=settings.year_end_from,
            year_end_to=settings.year_end_to,
            extra_closed=frozenset(settings.extra_closed),
            extra_open=frozenset(settings.extra_open),
        )

    def is_business_day(self, day: date) -> bool:
        """Whether the company works on that day."""
        if day in self.extra_open:
            return True
        if day in self.extra_closed or day.weekday() in self.closed_weekdays or self._at_year_end(day):
            return False
        return not (self.closed_on_holidays and jpholiday.is_holiday(day))

    def business_days_after(self, day: date, count: int) -> date:
        """The ``count``-th business day, counted from the next day on (初日不算入)."""
        while count > 0:
            if day == date.max:
                return day
            day += timedelta(days=1)
            count -= self.is_business_day(day)
        return day

    def _at_year_end(self, day: date) -> bool:
        if self.year_end_from is None:
            return False
        here = (day.month, day.day)
        if self.year_end_from <= self.year_end_to:
            return self.year_end_from <= here <= self.year_end_to
        return here >= self.year_end_from or here <= self.year_end_to


def input_deadline(
    received_on: date,
    *,
    method: Method = "early",
    calendar: BusinessCalendar,
    cycle_months: int = 2,
    cycle_days: int | None = None,
    pack: RulePack | None = None,
) -> date:
    """Last day on which a document received then may be stored and timestamped.

    Early: 7 business days, counted from the next day (law: scan-input-early). Cycle: the end of the company's cycle, at
    most 2 months by the calendar, then 7 business days (law: scan-input-cycle): received 04-21, two months end 06-20.
    """
    rules = pack or load_rulepack()
    if method == "early":
        return calendar.business_days_after(received_on, _days(rules, "scan.input.early", received_on))
    cycle = rules.find("scan.input.cycle", on=received_on)
    longest = period_end(received_on, months=cycle.number("longest_months") if cycle else 2)
    if cycle_days is not None:
        own = received_on + timedelta(days=cycle_days - 1)
    else:
        own = period_end(received_on, months=cycle_months)
    return calendar.business_days_after(min(own, longest), _days(rules, "scan.input.cycle", received_on))


def deadline_for(received_on: date, *, settings: CompanySettings, pack: RulePack | None = None) -> date:
    """The deadline under the company's method; the cycle needs office rules in force on that day, else early holds."""
    rules_from = settings.cycle_rules_from
    cycle = settings.deadline_method == "cycle" and rules_from is not None and rules_from <= received_on
    return input_deadline(
        received_on,
        method="cycle" if cycle else "early",
        calendar=BusinessCalendar.of(settings),
        cycle_months=settings.cycle_months,
        cycle_days=settings.cycle_days,
        pack=pack,
    )


def rescan_deadline(found_on: date, *, settings: CompanySettings) -> date:
    """Until when a page found folded or skewed must be scanned and stamped again (law: scan-rescan-defect).

    The company's cycle and 7 business days, from the discovery; the first scan must have been stamped in time.
    """
    return deadline_for(found_on, settings=settings)


def _days(rules: RulePack, rule_id: str, day: date) -> int:
    """Rules apply by the day of storing (law: regime-basis-date): a late old paper follows the rules in force now."""
    rule = rules.find(rule_id, on=day) or next(r for r in rules.rule if r.id == rule_id)
    return rule.number("business_days")
