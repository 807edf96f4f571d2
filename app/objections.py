"""What did not pass in a report, put together by check and reason: for the page, for paper and for the command line."""

from __future__ import annotations

from dataclasses import dataclass, field

from domain.evidence import Outcome, Report
from domain.labels import Label
from storage.evidence.labels import CHECKS, REASONS, WHAT_TO_DO


@dataclass(slots=True)
class Objection:
    """What did not pass for one reason at one check."""

    outcome: Outcome
    name: str
    reason: str
    count: int = 0
    subjects: list[str] = field(default_factory=list)
    details: dict[str, None] = field(default_factory=dict)

    @property
    def label(self) -> Label:
        """The check."""
        return CHECKS.get(self.name, (self.name, self.name))

    @property
    def means(self) -> Label:
        """The reason in words."""
        return REASONS.get(self.reason, (self.reason, self.reason))

    @property
    def todo(self) -> Label | None:
        """What a person does about it."""
        return WHAT_TO_DO.get(self.reason)


def objections(report: Report) -> tuple[Objection, ...]:
    """Everything that did not pass, failures first."""
    found: dict[tuple[Outcome, str, str], Objection] = {}

    def of(outcome: Outcome, name: str, reason: str) -> Objection:
        return found.setdefault((outcome, name, reason), Objection(outcome=outcome, name=name, reason=reason))

    for check in report.checks:
        if check.outcome is not Outcome.PASSED:
            reason, _, detail = (check.detail or "").partition(": ")
            one = of(check.outcome, check.name, reason)
            one.count += 1
            one.subjects += [check.subject] if check.subject else []
            one.details |= {detail: None} if detail else {}
    for more in report.more:
        if more.outcome is not Outcome.PASSED:
            of(more.outcome, more.name, more.detail or "").count += more.count
    return tuple(sorted(found.values(), key=lambda one: one.outcome is not Outcome.FAILED))
