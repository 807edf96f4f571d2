"""What verification takes from outside, and what it says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """The three outcomes of ETSI EN 319 102-1 §4.4."""

    PASSED = "passed"
    FAILED = "failed"
    INDETERMINATE = "indeterminate"


class Reason(StrEnum):
    """Why not passed. Upper-case names are sub-indications of ETSI EN 319 102-1; the others are ours."""

    FORMAT_FAILURE = "FORMAT_FAILURE"
    """It does not parse, or is not in the form prescribed."""
    HASH_FAILURE = "HASH_FAILURE"
    """A digest does not match the bytes."""
    SIG_CRYPTO_FAILURE = "SIG_CRYPTO_FAILURE"
    """A signature does not verify."""
    SIG_CONSTRAINTS_FAILURE = "SIG_CONSTRAINTS_FAILURE"
    """Sound, but not what the policy asks for."""
    CRYPTO_CONSTRAINTS_FAILURE = "CRYPTO_CONSTRAINTS_FAILURE"
    """An algorithm that this verifier does not know."""
    CHAIN_CONSTRAINTS_FAILURE = "CHAIN_CONSTRAINTS_FAILURE"
    """A certificate may not be used for this."""
    NO_SIGNING_CERTIFICATE_FOUND = "NO_SIGNING_CERTIFICATE_FOUND"
    """The certificate that the signature names is not there."""
    NO_CERTIFICATE_CHAIN_FOUND = "NO_CERTIFICATE_CHAIN_FOUND"
    """No path to any of the roots given from outside."""
    EXPIRED = "EXPIRED"
    """A certificate's life had ended at the token's time."""
    REVOKED = "REVOKED"
    """A certificate had been revoked, or was later for a reason that takes the trust from what it had signed."""
    NOT_YET_VALID = "NOT_YET_VALID"
    """A certificate's life had not begun at the token's time."""
    SIGNED_DATA_NOT_FOUND = "SIGNED_DATA_NOT_FOUND"
    """Something that is spoken of is missing."""
    TIMESTAMP_ORDER_FAILURE = "TIMESTAMP_ORDER_FAILURE"
    """It claims to be older than what stands before it."""
    PROOF_FAILURE = "proof_failure"
    """An inclusion or consistency proof of RFC 9162 does not lead to the root."""
    UNEXPECTED = "unexpected"
    """Something is there that nothing speaks of."""
    BEHIND = "the database was behind"
    """It lacked what had been signed, so it was put back to an older state; opening it made it whole."""
    UNDER_WAY = "perhaps under way"
    """Nothing speaks of it, but it is so young that it may belong to an act that is being written."""
    NO_TRUST_ANCHOR = "trust anchor not supplied"
    """Consistent in itself, but a forger could have made all of it: nothing from outside to hold it against."""
    NO_TIMESTAMP = "no timestamp yet"
    """Stamping is pending."""
    NOT_IN_SIGNED_HEAD = "not in a signed head yet"
    """The log has not been signed at a size that covers it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    name: str
    """Stable code of the check."""
    verdict: Verdict
    subject: str | None = None
    """Id or path of what was looked at."""
    reason: Reason | None = None
    detail: str | None = None
    """Short; ids, digests, fingerprints and times only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierHead:
    """A state of the log that somebody kept outside."""

    tree_size: int
    root: bytes
    """32 bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchors:
    """What is trusted, from outside of what is verified."""

    roots_pem: tuple[bytes, ...] = ()
    """Root certificates of timestamp authorities: contents of PEM files (each may hold several) or DER files."""
    accredited_sha256: frozenset[str] = frozenset()
    """SHA-256 (hexadecimal) of the DER of those roots or authority certificates that count as accredited."""
    log_key_sha256: str | None = None
    """SHA-256 (hexadecimal) of the log key's SubjectPublicKeyInfo, DER."""
    earlier_heads: tuple[EarlierHead, ...] = ()
    revocation: tuple[bytes, ...] = ()
    """Revocation lists and OCSP answers, DER. Their issuers signed them, so the archive's own may be given as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What is asked for beyond soundness."""

    require_accredited: bool = False
    """A token counts only if its chain holds a certificate that counts as accredited (law: scan-timestamp)."""
    require_timestamp: bool = True
    """A unit without a token is indeterminate; False only looks at what is there."""


def passed(name: str, *, subject: str | None = None, detail: str | None = None) -> Finding:
    """It holds."""
    return Finding(name=name, verdict=Verdict.PASSED, subject=subject, detail=detail)


def failed(name: str, reason: Reason, *, subject: str | None = None, detail: str | None = None) -> Finding:
    """It does not hold."""
    return Finding(name=name, verdict=Verdict.FAILED, subject=subject, reason=reason, detail=detail)


def unsure(name: str, reason: Reason, *, subject: str | None = None, detail: str | None = None) -> Finding:
    """It cannot be said."""
    return Finding(name=name, verdict=Verdict.INDETERMINATE, subject=subject, reason=reason, detail=detail)


def overall(findings: Iterable[Finding]) -> Verdict:
    """Failed if any failed; else indeterminate if any is, or nothing was looked at; else passed."""
    verdicts = {finding.verdict for finding in findings}
    if Verdict.FAILED in verdicts:
        return Verdict.FAILED
    if Verdict.INDETERMINATE in verdicts or not verdicts:
        return Verdict.INDETERMINATE
    return Verdict.PASSED
