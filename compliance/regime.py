"""Which rules a document falls under at all (law: regime-split, reform-log), and what they asked at that time."""

from __future__ import annotations

import unicodedata
from datetime import date
from enum import StrEnum

from compliance.rulepack import RulePack, load_rulepack
from domain.ids import Origin


class Regime(StrEnum):
    """One of the three regimes of the law, by how the document arrived (law: regime-split)."""

    SCAN = "scan"
    """Paper: storing a scan instead is a choice (art. 4(3))."""
    ELECTRONIC = "electronic"
    """Received or sent as data: keeping the data is a duty (art. 7)."""
    OWN = "own"
    """Made by our own system (art. 4(1)(2))."""
    UNKNOWN = "unknown"
    """Nobody said how it came: nothing is decided."""


_REGIMES = {
    Origin.PAPER_RECEIVED: Regime.SCAN,
    Origin.PAPER_ISSUED_COPY: Regime.SCAN,
    Origin.ELECTRONIC_RECEIVED: Regime.ELECTRONIC,
    Origin.ELECTRONIC_SENT: Regime.ELECTRONIC,
    Origin.SELF_GENERATED: Regime.OWN,
    Origin.UNKNOWN: Regime.UNKNOWN,
}


def regime(origin: Origin) -> Regime:
    """How the data arrived decides (law: regime-split)."""
    return _REGIMES[origin]


class PrintStorage(StrEnum):
    """Whether a printout of electronic data may stand for it (law: reform-log, et-grace)."""

    ALLOWED = "allowed"
    TOLERATED = "tolerated"
    """宥恕: where it could not be helped."""
    GRACE = "grace"
    """猶予: only beside the data, where the tax office finds a reasonable cause."""


def print_storage(transaction_date: date, *, pack: RulePack | None = None) -> PrintStorage:
    """What a printout of data exchanged on that day is good for."""
    rules = pack or load_rulepack()
    if rules.holds("et.print_storage_allowed", transaction_date=transaction_date):
        return PrintStorage.ALLOWED
    if rules.holds("et.yujo_print_tolerated", transaction_date=transaction_date):
        return PrintStorage.TOLERATED
    return PrintStorage.GRACE


def data_mandatory(transaction_date: date, *, pack: RulePack | None = None) -> bool:
    """Whether the data itself must be kept (law: regime-split)."""
    return (pack or load_rulepack()).holds("et.data_mandatory", transaction_date=transaction_date)


_OLD_SCAN_DUTIES = (
    "scan.approval_required",
    "scan.proper_process_required",
    "scan.receiver_signature_3days",
    "scan.store_resolution_tone_size",
    "scan.store_operator_info",
)


def old_scan_duties(stored_at: date, *, pack: RulePack | None = None) -> tuple[str, ...]:
    """Rows of duties of the time that have gone since (law: reform-log, scan-meta-abolished-2024).

    Only scans taken over from an older system have any; whether they were met, their papers of the time say.
    """
    rules = pack or load_rulepack()
    return tuple(row for row in _OLD_SCAN_DUTIES if rules.holds(row, stored_at=stored_at))


def operator_info_required(transaction_date: date, *, pack: RulePack | None = None) -> bool:
    """Whether the person in charge of the data had to be recorded with it (law: scan-meta-abolished-2024)."""
    return (pack or load_rulepack()).holds("et.operator_info", transaction_date=transaction_date)


def scan_replaces_paper(title: str | None, *, stored_at: date, pack: RulePack | None = None) -> bool:
    """Whether a scan may stand for a paper of this title: never for closing documents (law: scan-out-of-scope)."""
    rule = (pack or load_rulepack()).find("scan.out_of_scope", stored_at=stored_at)
    if rule is None or title is None:
        return True
    plain = "".join(unicodedata.normalize("NFKC", title).split())
    return plain not in rule.words("titles")
