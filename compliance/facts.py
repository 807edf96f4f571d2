"""What the law's functions are told about a document: frozen facts, gathered elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.fields import DocumentType
from domain.ids import Origin
from domain.record import ImportanceClass


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
    held: bool = False
    """A legal hold asks to keep everything as it is."""
