"""What the law's functions are told about a document: frozen facts, gathered elsewhere.

A verdict is a function of these facts, the company's facts, the rules and a day: whatever of them changes, it is
computed anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from compliance.legibility import ChartTest
from compliance.stamp_duty import may_need_stamp
from domain.calendar import tokyo_day
from domain.circumstances import Delay
from domain.evidence import Check, Outcome, TimestampToken
from domain.fields import DocumentType
from domain.ids import Origin
from domain.page import Capture
from domain.record import ArchiveRecord, DocumentState, ImportanceClass

_HEADING_LINES = 3
"""A title stands among the first lines of a paper."""
RESOLUTION = "scan-resolution-tone"
"""Name of the checks that say whether a scan is good enough."""


class StampDuty(StrEnum):
    """収入印紙 on a paper (law: stamp-duty, scan-paper-disposal)."""

    NONE = "none"
    """No stamp duty paper."""
    AFFIXED = "affixed"
    """Stamped and cancelled as it should be."""
    NOT_AFFIXED = "not_affixed"
    """The stamp is still to be put on."""
    REFUND = "refund"
    """Too much was paid and is claimed back: the office wants to see the original."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SamenessCheck:
    """同等確認: a person held the paper against the picture."""

    checked_on: date
    """Asia/Tokyo."""
    same: bool
    """Content equal, nothing folded or cut off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """A fold or a skew found after the scan (law: scan-rescan-defect)."""

    found_on: date
    rescan_stamped_on: date | None = None
    """Day on which the new scan got its accredited timestamp; None while it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFacts:
    """What decides whether the paper of a document may be thrown away."""

    document_type: DocumentType
    origin: Origin
    importance: ImportanceClass
    received_on: date
    received_on_confirmed: bool
    """A person or the inbox folder said the day; it is not assumed."""
    stamped_on: date | None
    """Day on which the last of its units got its first accredited timestamp; None while one has none."""
    capture_good: bool | None
    """Resolution and colour depth; None where that was not or could not be judged."""
    sameness: SamenessCheck | None = None
    defect: Defect | None = None
    stamp_duty: StampDuty = StampDuty.NONE
    stamp_unseen: bool = False
    """By its class and amount it may need a stamp; none was read, and nobody has said that it has none."""
    held: bool = False
    """A legal hold asks to keep everything as it is."""
    headings: tuple[str, ...] = ()
    """First lines of its text: closing documents cannot be stored as scans (law: scan-out-of-scope)."""
    printed_from_data: bool = False
    """It is a printout of data."""
    accredited_service: bool = True
    """The authority that stamps here is accredited: waiting for it is of use."""
    captures: tuple[Capture, ...] = ()
    """By what it was made into pictures."""
    chart_tests: tuple[ChartTest, ...] = ()
    """Every chart test of the company."""


class LedgerRelation(StrEnum):
    """Where a document stands towards the books (law: scan-book-link)."""

    LINKED = "linked"
    NONE = "none"
    """Said to have no related entry: it can be told from those that are not linked yet."""
    OPEN = "open"
    """Neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitStamps:
    """The timestamps of one unit of a document."""

    unit_id: str
    tokens: tuple[TimestampToken, ...]
    """Each says whether its authority was accredited on the day of the stamp."""

    @property
    def first_accredited(self) -> date | None:
        """Asia/Tokyo day of the first token that counts (law: scan-timestamp)."""
        return min((tokyo_day(t.gen_time) for t in self.tokens if t.accredited), default=None)

    @property
    def certificate_ends(self) -> date | None:
        """End of the longest-lived accredited token: until then the unit is provable without renewal."""
        return max((tokyo_day(t.certificate_not_after) for t in self.tokens if t.accredited), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """Everything about one document that a verdict hangs on."""

    record: ArchiveRecord
    """Its newest revision."""
    units: tuple[UnitStamps, ...]
    """Every unit that its pages stand on."""
    confirmed_received_on: date | None = None
    """The day of receipt as a person confirmed it; None where only the record says one."""
    contract_end: date | None = None
    """End of the contract where it is known from elsewhere than the record's fields (ended early, renewed)."""
    extended_until: date | None = None
    """Last day to which its retention was extended after the record was made; None where it was not."""
    ledger: LedgerRelation = LedgerRelation.OPEN
    sameness: SamenessCheck | None = None
    defect: Defect | None = None
    stamp_duty: StampDuty | None = None
    """None where no person said it: a stamp that was read counts as affixed."""
    held: bool = False
    """A legal hold on this document."""
    paper_kept_at: str | None = None
    """Where the paper lies, where somebody recorded it."""
    printed_from_data: bool = False
    """The paper is a printout of data: it cannot be stored as a scan (law: regime-split)."""
    received_stamped: bool = False
    """Somebody said that the data carried an accredited timestamp when it came."""
    exchanged_inside: bool = False
    """Somebody said in which service it was exchanged and is kept (law: et-option3-needs-exchange-inside)."""
    delay: Delay | None = None
    """Why input could not be in time, as somebody stated (law: scan-input-early, scan-consequence)."""
    accredited_service: bool = True
    """The authority that stamps here is accredited; where it is not, waiting for its timestamp is of no use."""
    chart_tests: tuple[ChartTest, ...] = ()
    """Every chart test of the company (law: scan-viewing)."""
    open_applications: int = 0
    """Corrections or deletions asked for and not yet approved (law: et-rules-template)."""

    @property
    def received_on(self) -> date:
        """Asia/Tokyo day on which it reached the company."""
        return self.confirmed_received_on or self.record.received_on

    @property
    def received_on_confirmed(self) -> bool:
        """False where the day is assumed."""
        return self.confirmed_received_on is not None or not self.record.received_on_assumed

    @property
    def transaction_date(self) -> date:
        """Day of the transaction: as printed, once nobody has to look at it any more; until then the day of receipt."""
        printed = self.record.fields.day("transaction_date")
        settled = self.record.state is not DocumentState.NEEDS_REVIEW
        return printed if printed is not None and settled else self.received_on

    @property
    def stamped_on(self) -> date | None:
        """Day on which the last unit got its first accredited token (law: scan-input-complete-means)."""
        days = [unit.first_accredited for unit in self.units]
        known = [day for day in days if day is not None]
        return max(known) if known and len(known) == len(days) else None

    @property
    def any_token(self) -> bool:
        """A token of any authority."""
        return any(unit.tokens for unit in self.units)

    @property
    def ends_on(self) -> date | None:
        """End of the contract, for contracts."""
        if self.record.classification.label is not DocumentType.CONTRACT:
            return None
        return self.contract_end or self.record.fields.day("effective_to")

    @property
    def kept_until(self) -> date | None:
        """Last day on which it is kept, by its record and by what extended it."""
        return max(filter(None, (self.record.retain_until, self.extended_until)), default=None)

    @property
    def headings(self) -> tuple[str, ...]:
        """First lines of its text, among which a title stands."""
        return tuple(text for text in self.record.text.splitlines() if text.strip())[:_HEADING_LINES]

    @property
    def capture(self) -> tuple[Check, ...]:
        """What was found of resolution and colour depth."""
        return tuple(check for check in self.record.checks if check.name == RESOLUTION)

    @property
    def resolution_met(self) -> bool:
        """Resolution and colour depth were judged and suffice."""
        return bool(self.capture) and all(check.outcome is Outcome.PASSED for check in self.capture)

    @property
    def paper(self) -> PaperFacts:
        """What decides whether its paper may go."""
        outcomes = {check.outcome for check in self.capture}
        good = None if not outcomes or Outcome.INDETERMINATE in outcomes else True
        read = StampDuty.AFFIXED if self.record.fields.money("stamp_duty") is not None else StampDuty.NONE
        return PaperFacts(
            document_type=self.record.classification.label,
            origin=self.record.origin,
            importance=self.record.importance,
            received_on=self.received_on,
            received_on_confirmed=self.received_on_confirmed,
            stamped_on=self.stamped_on,
            capture_good=False if Outcome.FAILED in outcomes else good,
            sameness=self.sameness,
            defect=self.defect,
            stamp_duty=self.stamp_duty or read,
            stamp_unseen=self.stamp_duty is None
            and may_need_stamp(self.record.classification.label, self.record.fields),
            held=self.held,
            headings=self.headings,
            printed_from_data=self.printed_from_data,
            accredited_service=self.accredited_service,
            captures=self.record.captures,
            chart_tests=self.chart_tests,
        )
