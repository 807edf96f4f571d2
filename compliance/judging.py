"""What every line of a status is judged by, and how a line is made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from compliance.facts import DocumentFacts
from compliance.packfile import Rule
from compliance.rulepack import RulePack
from compliance.settings import CompanySettings
from domain.compliance import Line, Verdict
from domain.labels import Label

MET, OPEN, LACKING = Verdict.COMPLIANT, Verdict.NOT_YET, Verdict.NOT
_UNCONFIRMED: Label = (
    "規則の条文が未確認です。担当者が原文を確かめてください",
    "The text of the rule is not confirmed: have a person read it",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One document before the law on one day."""

    facts: DocumentFacts
    settings: CompanySettings
    today: date
    """Asia/Tokyo."""
    rules: RulePack

    @property
    def stored_at(self) -> date:
        """The day that chooses the rules of scanning: input complete, or not before today (law: regime-basis-date)."""
        return self.facts.stamped_on or self.today


def stamp_words(case: Case) -> tuple[Label, Label]:
    """What is said of a document without a token, and what to do about it."""
    if case.facts.accredited_service:
        return (
            ("タイムスタンプの付与待ちです", "It waits for its timestamp"),
            ("認定タイムスタンプの付与を待ってください", "Wait for an accredited timestamp"),
        )
    return (
        ("設定されている時刻認証局は認定されていません", "The authority that is set up is not accredited"),
        ("期限までに認定時刻認証業務を設定してください", "Set up an accredited service in time"),
    )


def line(
    law: str,
    verdict: Verdict,
    what: Label,
    todo: Label | None = None,
    *,
    due: date | None = None,
    rule: Rule | None = None,
) -> Line:
    """A line; what an unconfirmed rule would call met stays open until a person has looked."""
    if rule is not None and not rule.decides and verdict is MET:
        verdict, todo = OPEN, _UNCONFIRMED
    return Line(
        rule=law,
        verdict=verdict,
        what=what,
        todo=todo,
        due=due,
        row=rule.id if rule is not None else None,
        in_doubt=rule.in_doubt if rule is not None else None,
    )
