"""What the law says of one document on one day: lines that each name their rule, and what is to be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.evidence import Check, Outcome, Report
from domain.labels import Label


class Verdict(StrEnum):
    """Where a document stands towards one rule, or towards all."""

    COMPLIANT = "compliant"
    NOT_YET = "not_yet"
    """Something is still to be done, and can be."""
    NOT = "not"
    """It cannot be cured, or not from here: the line says what to do all the same (keep the paper)."""


VERDICTS: dict[Verdict, Label] = {
    Verdict.COMPLIANT: ("適合", "Compliant"),
    Verdict.NOT_YET: ("未了", "Not yet"),
    Verdict.NOT: ("不適合", "Not compliant"),
}
_WORST_FIRST = (Verdict.NOT, Verdict.NOT_YET, Verdict.COMPLIANT)
_OUTCOMES = {
    Verdict.COMPLIANT: Outcome.PASSED,
    Verdict.NOT_YET: Outcome.INDETERMINATE,
    Verdict.NOT: Outcome.FAILED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One rule and where the document stands towards it."""

    rule: str
    """Id of the rule in the facts sheet, e.g. ``scan-input-early``."""
    verdict: Verdict
    what: Label
    """What was found; no personal data."""
    todo: Label | None = None
    """What a person does about it."""
    due: date | None = None
    """Last day for it (Asia/Tokyo)."""
    row: str | None = None
    """Id of the row of the rule packs that decided, e.g. ``scan.input.early``."""
    in_doubt: str | None = None
    """Source of a row whose text nobody has confirmed: to be read before anyone relies on it. None where it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplianceStatus:
    """All lines of a document as of a day; the total is computed, never stored."""

    as_of: date
    """Asia/Tokyo."""
    lines: tuple[Line, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst of all lines; without any line nothing was judged, so not yet."""
        found = {line.verdict for line in self.lines}
        return next((one for one in _WORST_FIRST if one in found), Verdict.NOT_YET)

    @property
    def next_due(self) -> date | None:
        """The earliest day of what is not met and can still be done."""
        days = [line.due for line in self.lines if line.verdict is not Verdict.COMPLIANT and line.due is not None]
        return min((day for day in days if day >= self.as_of), default=None)

    def of(self, verdict: Verdict) -> tuple[Line, ...]:
        """Lines of one verdict; what is due first comes first."""
        found = (line for line in self.lines if line.verdict is verdict)
        return tuple(sorted(found, key=lambda line: line.due or date.max))

    def report(self) -> Report:
        """The same as a report of checks, named by the rules."""
        return Report(
            checks=tuple(
                Check(name=line.rule, outcome=_OUTCOMES[line.verdict], detail=line.what[0]) for line in self.lines
            )
        )


class PaperState(StrEnum):
    """Whether the paper of a scan may be thrown away."""

    NO_PAPER = "no_paper"
    """It never was paper of ours."""
    MAY_GO = "may_go"
    MUST_STAY = "must_stay"


PAPER_STATES: dict[PaperState, Label] = {
    PaperState.NO_PAPER: ("紙はありません", "There is no paper"),
    PaperState.MAY_GO: ("廃棄できます", "It may be thrown away"),
    PaperState.MUST_STAY: ("保存が必要です", "It must be kept"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperAnswer:
    """May the paper go (law: scan-paper-disposal), and why not."""

    state: PaperState
    reasons: tuple[Line, ...] = ()
    """Why it must stay, each with what would cure it; where it may go: what to mind first."""
