"""The heavy penalty on tampered data, and who is freed from its addition (law: pen-10, seamless-2027)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from compliance.rulepack import RulePack, load_rulepack


def added_points(filing_due: date, *, pack: RulePack | None = None) -> int:
    """Percentage points added to the heavy penalty where scans or electronic data hid the tax (law: pen-10)."""
    rule = (pack or load_rulepack()).find("penalty.plus10", filing_due=filing_due)
    return rule.number("percentage_points") if rule is not None else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SeamlessFacts:
    """What the relief asks of one electronic transaction and its way into the books (law: seamless-2027)."""

    notice_on: date | None
    """Day of the notice to the tax office."""
    standard_format: bool
    """JP PINT, JP self-billing, or account data of a bank (law: seamless-formats); pictures never are."""
    specified_system: bool
    """Exchanged and stored where corrections and deletions show or are impossible."""
    amounts_traceable: bool
    """A change of an amount on its way into the books shows, or is impossible."""
    books_linked: bool
    """Data and books lead to each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relief:
    """Whether the addition falls away."""

    applies: bool
    missing: tuple[str, ...]
    """Names of the facts that lack."""
    certain: bool
    """False while the text of the rule is not confirmed: a person decides."""


def seamless_relief(filing_due: date, facts: SeamlessFacts, *, pack: RulePack | None = None) -> Relief:
    """Whether data kept seamlessly is free from the addition, by the day on which the return is due."""
    rule = (pack or load_rulepack()).find("et.seamless_relief", filing_due=filing_due)
    if rule is None:
        return Relief(applies=False, missing=("not_yet_law",), certain=True)
    held = {
        "notice": facts.notice_on is not None and facts.notice_on <= filing_due,
        "standard_format": facts.standard_format,
        "specified_system": facts.specified_system,
        "amounts_traceable": facts.amounts_traceable,
        "books_linked": facts.books_linked,
    }
    missing = tuple(name for name, holds in held.items() if not holds)
    return Relief(applies=not missing, missing=missing, certain=rule.certain)
