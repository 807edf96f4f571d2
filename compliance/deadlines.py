"""Until when a document must be stored with its timestamp (law: scan-input-early, scan-input-cycle)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

import jpholiday

from compliance.facts import Defect
from compliance.packfile import Rule
from compliance.periods import period_end
from compliance.rulepack import RulePack, load_rulepack
from compliance.settings import CompanySettings
from domain.fields import DocumentType
from domain.record import ImportanceClass


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
        return not (self.closed_on_holidays and _is_holiday(day))

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


@lru_cache(maxsize=4096)  # a page asks for the deadlines of a hundred days, each over some ten more
def _is_holiday(day: date) -> bool:
    return bool(jpholiday.is_holiday(day))


def deadline_by(rule: Rule, received_on: date, *, settings: CompanySettings, cycle: bool) -> date:
    """The last day under a rule that has ``business_days`` and, for the cycle, ``longest_months``.

    Counted from the next day (初日不算入). The cycle ends by the calendar, at most 2 months long, and then come 7
    business days: received 04-21, two months end 06-20.
    """
    calendar = BusinessCalendar.of(settings)
    begins = received_on
    if cycle:
        longest = period_end(received_on, months=rule.number("longest_months"))
        if settings.cycle_days is not None:
            own = received_on + timedelta(days=settings.cycle_days - 1)
        else:
            own = period_end(received_on, months=settings.cycle_months)
        begins = min(own, longest)
    return calendar.business_days_after(begins, rule.number("business_days"))


def cycle_in_force(day: date, *, settings: CompanySettings) -> bool:
    """Whether the company works by cycles: that needs office rules in force on that day (law: scan-input-cycle)."""
    rules_from = settings.cycle_rules_from
    return settings.deadline_method == "cycle" and rules_from is not None and rules_from <= day


def deadline_rule(
    received_on: date, *, settings: CompanySettings, stored_at: date | None = None, pack: RulePack | None = None
) -> Rule:
    """The row that gives the deadline: early, or the cycle where its office rules are in force.

    Rules apply by the day of storing (law: regime-basis-date): a late old paper follows the rules in force now. Papers
    of days before the oldest row follow that one.
    """
    rules = pack or load_rulepack()
    row_id = "scan.input.cycle" if cycle_in_force(received_on, settings=settings) else "scan.input.early"
    return rules.find(row_id, stored_at=stored_at or received_on) or rules.rows(row_id)[0]


def deadline_for(
    received_on: date, *, settings: CompanySettings, stored_at: date | None = None, pack: RulePack | None = None
) -> date:
    """Last day on which an important paper received then may be stored and timestamped (law: scan-input-early)."""
    rule = deadline_rule(received_on, settings=settings, stored_at=stored_at, pack=pack)
    return deadline_by(rule, received_on, settings=settings, cycle=rule.id == "scan.input.cycle")


class PastPaper(StrEnum):
    """Whether an important paper is one from before the company scanned (過去分重要書類)."""

    NO = "no"
    NOTIFIED = "notified"
    """The notice for its class is in: no deadline."""
    NOTICE_MISSING = "notice_missing"


def past_paper(
    document_type: DocumentType,
    received_on: date,
    *,
    stored_at: date,
    settings: CompanySettings,
    pack: RulePack | None = None,
) -> PastPaper:
    """Papers from before the company scanned may follow by a notice, once per class (law: scan-general-anytime)."""
    began = settings.scan_storage_from
    if began is None or received_on >= began:
        return PastPaper.NO
    if not (pack or load_rulepack()).holds("scan.past_important", stored_at=stored_at):
        return PastPaper.NO
    notice = settings.past_important_notices.get(document_type)
    return PastPaper.NOTIFIED if notice is not None and notice <= stored_at else PastPaper.NOTICE_MISSING


def input_due(
    document_type: DocumentType,
    importance: ImportanceClass,
    received_on: date,
    *,
    stored_at: date,
    settings: CompanySettings,
    pack: RulePack | None = None,
) -> date | None:
    """The deadline of a paper; None where there is none: general papers, and past ones under a notice.

    Law: scan-input-early, scan-input-cycle, scan-general-anytime.
    """
    rules = pack or load_rulepack()
    general = importance is ImportanceClass.GENERAL
    if general and rules.holds("scan.input.general_anytime", stored_at=stored_at):
        return None
    past = past_paper(document_type, received_on, stored_at=stored_at, settings=settings, pack=rules)
    if past is PastPaper.NOTIFIED:
        return None
    return deadline_for(received_on, settings=settings, stored_at=stored_at, pack=rules)


class Cure(StrEnum):
    """Where a defect found after the scan stands (law: scan-rescan-defect)."""

    CURED = "cured"
    OPEN = "open"
    LOST = "lost"
    """Not stamped in time, first or again: the paper is what counts."""


def cure_of(
    defect: Defect, *, first_in_time: bool, today: date, settings: CompanySettings, pack: RulePack | None = None
) -> tuple[Cure, date]:
    """Whether a new scan cured the defect, and until when it must be stamped."""
    due = rescan_deadline(defect.found_on, settings=settings, pack=pack)
    done = defect.rescan_stamped_on
    if not first_in_time or (done or today) > due:
        return Cure.LOST, due
    return (Cure.OPEN if done is None else Cure.CURED), due


def rescan_deadline(found_on: date, *, settings: CompanySettings, pack: RulePack | None = None) -> date:
    """Until when a page found folded or skewed must be scanned and stamped again (law: scan-rescan-defect).

    The company's cycle and 7 business days, from the discovery; the first scan must have been stamped in time.
    """
    return deadline_for(found_on, settings=settings, pack=pack)
