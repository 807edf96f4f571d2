"""How data of an electronic transaction is kept from being tampered with (law: et-authenticity-choice)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from compliance.deadlines import cycle_in_force, deadline_by
from compliance.rulepack import RulePack, load_rulepack
from compliance.settings import CompanySettings


class Measure(StrEnum):
    """One of the four measures; any one suffices, and another one per channel is fine."""

    EXCHANGED_INSIDE = "exchanged_inside"
    """Exchanged and stored in a system that keeps what was corrected or deleted (law: et-option3-system)."""
    RECEIVED_STAMPED = "received_stamped"
    """It carried an accredited timestamp when it came."""
    STAMPED_BY_US = "stamped_by_us"
    """An accredited timestamp, put within the deadline."""
    OFFICE_RULES = "office_rules"
    """訂正削除の防止に関する事務処理規程 (law: et-rules-template)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticity:
    """Which measures hold for a document."""

    met: tuple[Measure, ...]
    """In the order in which they are relied upon."""
    due: date
    """Last day for a timestamp of our own."""

    @property
    def relied_on(self) -> Measure | None:
        """The measure that is named as the one relied upon."""
        return self.met[0] if self.met else None


def stamp_deadline(
    received_on: date, *, transaction_date: date, settings: CompanySettings, pack: RulePack | None = None
) -> date:
    """Last day for a timestamp of our own (law: et-authenticity-choice): as for scans, 7 business days or the cycle."""
    rules = pack or load_rulepack()
    row = rules.find("et.authenticity", transaction_date=transaction_date) or rules.rows("et.authenticity")[0]
    return deadline_by(row, received_on, settings=settings, cycle=cycle_in_force(received_on, settings=settings))


def authenticity(
    *,
    received_on: date,
    received_on_confirmed: bool,
    transaction_date: date,
    stamped_on: date | None,
    received_stamped: bool = False,
    exchanged_inside: bool = False,
    settings: CompanySettings,
    pack: RulePack | None = None,
) -> Authenticity:
    """The measures that hold; without any the law is not met (law: et-authenticity-choice).

    Saving a mailed file here is no exchange inside the system (law: et-option3-needs-exchange-inside): who says
    ``exchanged_inside`` must be the channel. On an assumed day of receipt no timestamp of ours counts as in time.
    """
    due = stamp_deadline(received_on, transaction_date=transaction_date, settings=settings, pack=pack)
    rules_from = settings.electronic_rules_from
    held = {
        Measure.EXCHANGED_INSIDE: exchanged_inside,
        Measure.RECEIVED_STAMPED: received_stamped,
        Measure.STAMPED_BY_US: stamped_on is not None and stamped_on <= due and received_on_confirmed,
        Measure.OFFICE_RULES: rules_from is not None and rules_from <= received_on,
    }
    return Authenticity(met=tuple(measure for measure, holds in held.items() if holds), due=due)


def grace_open(transaction_date: date, *, reasonable_cause: bool, pack: RulePack | None = None) -> bool:
    """Whether the tax office may let the requirements go: it decides, no application is made (law: et-grace).

    The data itself and orderly prints must be there on request all the same.
    """
    return reasonable_cause and (pack or load_rulepack()).holds("et.grace", transaction_date=transaction_date)
