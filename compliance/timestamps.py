"""Which timestamps count, on one paper or on many at once, and when none is needed (law: scan-timestamp)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from compliance.rulepack import RulePack, load_rulepack


class Scheme(StrEnum):
    """Who accredited the service."""

    JADAC = "jadac"
    """日本データ通信協会."""
    MIC = "mic"
    """総務大臣."""


_ROWS = {Scheme.JADAC: "scan.timestamp.jadac", Scheme.MIC: "scan.timestamp.mic"}


def accepted_schemes(stored_at: date, *, pack: RulePack | None = None) -> frozenset[Scheme]:
    """Accreditations that count for a timestamp put on that day (law: scan-timestamp)."""
    rules = pack or load_rulepack()
    return frozenset(scheme for scheme, row in _ROWS.items() if rules.holds(row, stored_at=stored_at))


def bundle_allowed(stored_at: date, *, each_verifiable_alone: bool, pack: RulePack | None = None) -> bool:
    """Whether one timestamp may stand for many papers: where each verifies alone (law: scan-timestamp-bundle)."""
    rule = (pack or load_rulepack()).find("scan.timestamp.bundle_hash_tree", stored_at=stored_at)
    return rule is not None and (each_verifiable_alone or not rule.flag("each_verifiable_alone"))


def substitute_allowed(
    stored_at: date, *, own_system: bool, store_time_proven: bool, pack: RulePack | None = None
) -> bool:
    """Whether storing alone can stand for the timestamp (law: scan-timestamp-substitute).

    Only in the system of somebody else whose store time follows a public clock and provably cannot be changed.
    """
    rule = (pack or load_rulepack()).find("scan.timestamp.substitute", stored_at=stored_at)
    return rule is not None and store_time_proven and (not own_system or rule.flag("own_system"))


def batch_verification_required(stored_at: date, *, pack: RulePack | None = None) -> bool:
    """Whether all timestamps of any chosen period must verify in one go (law: scan-timestamp, 一括検証)."""
    return (pack or load_rulepack()).holds("scan.batch_verify", stored_at=stored_at)


def trust_list_required(stored_at: date, *, pack: RulePack | None = None) -> bool:
    """Whether a service counts only while the minister's list names it (law: lt-tsa-facts)."""
    return (pack or load_rulepack()).holds("tsa.trust_list", stored_at=stored_at)
