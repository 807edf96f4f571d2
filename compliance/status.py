"""Does one document satisfy the law? Lines named by the law's rules (law.md), never silently "OK".

Compliant, not yet (what, by when), or not (why, and what to do). A system of one's own without an accredited
time-stamping authority cannot comply (law: scan-timestamp-substitute), and this says so. Nothing is called compliant on
an assumed day. The texts are for people and hold dates and numbers of this document only.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from compliance.electronic_lines import electronic_lines
from compliance.facts import DocumentFacts
from compliance.judging import MET, OPEN, Case, line
from compliance.keeping_lines import keeping_lines
from compliance.regime import Regime, regime
from compliance.rulepack import RulePack, load_rulepack
from compliance.scan_lines import scan_lines
from compliance.settings import CompanySettings
from domain.compliance import ComplianceStatus, Line
from domain.labels import ORIGINS, Label
from domain.record import DocumentState


def compliance_status(
    facts: DocumentFacts, *, settings: CompanySettings, today: date, pack: RulePack | None = None
) -> ComplianceStatus:
    """The status of one document as of ``today`` (Asia/Tokyo): a function of facts, company, rules and day only."""
    case = Case(facts=facts, settings=settings, today=today, rules=pack or load_rulepack())
    return ComplianceStatus(as_of=today, lines=tuple(_lines(case)))


def _lines(case: Case) -> Iterator[Line]:
    if case.facts.record.state is DocumentState.DESTROYED:
        what: Label = ("保存期間が終わり、承認を得て廃棄済みです", "Destroyed with approval after its retention")
        yield line("ret-other", MET, what)
        return
    yield from _arrival(case)
    kind = regime(case.facts.record.origin)
    if kind is Regime.ELECTRONIC:
        yield from electronic_lines(case)
    elif kind is not Regime.OWN:  # of unknown origin: as strictly as a scan
        yield from scan_lines(case)
    yield from keeping_lines(case)


def _arrival(case: Case) -> Iterator[Line]:
    """Law: regime-split, regime-basis-date."""
    origin = case.facts.record.origin
    if regime(origin) is Regime.UNKNOWN:
        yield line(
            "regime-split",
            OPEN,
            ("受領方法（紙・電子）が分かりません", "Whether it came on paper or as data is unknown"),
            ("受領方法を確認してください", "Confirm how it came"),
        )
    else:
        yield line("regime-split", MET, ORIGINS[origin])
    day = case.facts.received_on
    if case.facts.received_on_confirmed:
        yield line("regime-basis-date", MET, (f"受領日 {day}", f"Received on {day}"))
    else:
        yield line(
            "regime-basis-date",
            OPEN,
            (f"受領日は仮の日付です（{day}）", f"The day of receipt is assumed ({day})"),
            ("受領日を確認してください", "Confirm the day of receipt"),
        )
