"""Evidence and what verifying it says: passed, failed or indeterminate, with reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import Base64Bytes

from domain.ids import Digest


class Outcome(StrEnum):
    """Three-valued, as ETSI EN 319 102-1 names them."""

    PASSED = "passed"
    FAILED = "failed"
    INDETERMINATE = "indeterminate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at."""

    name: str
    """Stable code, e.g. ``totals_add_up`` or ``imprint_matches``."""
    outcome: Outcome
    detail: str | None = None
    """Short; no personal data."""
    subject: str | None = None
    """Id of what was checked; None where the report has one subject."""


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """Checks that are counted and not listed."""

    name: str
    outcome: Outcome
    count: int
    detail: str | None = None
    """Reason, where they did not pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All checks; the total is computed, never stored."""

    checks: tuple[Check, ...]
    more: tuple[More, ...] = ()
    """What was looked at beyond these: a whole archive is millions of checks, and only what did not pass is listed."""

    @property
    def outcome(self) -> Outcome:
        """Failed if any failed; else indeterminate if any is or nothing was checked; else passed."""
        outcomes = {c.outcome for c in self.checks} | {m.outcome for m in self.more}
        if Outcome.FAILED in outcomes:
            return Outcome.FAILED
        if Outcome.INDETERMINATE in outcomes or not outcomes:
            return Outcome.INDETERMINATE
        return Outcome.PASSED

    def joined(self, other: Report) -> Report:
        """Both together."""
        return Report(checks=self.checks + other.checks, more=self.more + other.more)

    @property
    def counts(self) -> dict[tuple[str, Outcome], int]:
        """How many checks of each name came out how."""
        found: dict[tuple[str, Outcome], int] = {}
        for name, outcome, count in (
            *((c.name, c.outcome, 1) for c in self.checks),
            *((m.name, m.outcome, m.count) for m in self.more),
        ):
            found[(name, outcome)] = found.get((name, outcome), 0) + count
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A timestamp authority as configured."""

    name: str
    accredited: bool
    """True only for a service on the ministerial trust list (law: scan-timestamp, lt-tsa-facts)."""
    label_ja: str
    """How screens name it; the local one says that it is not accredited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampToken:
    """An RFC 3161 token that passed every check on arrival."""

    imprint: Digest
    """What was stamped."""
    token_der: Base64Bytes
    """TimeStampToken (CMS SignedData), DER; base64 in JSON."""
    authority: str
    """Name of the authority."""
    accredited: bool
    gen_time: datetime
    """genTime of TSTInfo, UTC."""
    policy_oid: str
    serial_number: str
    """Decimal."""
    certificate_not_after: datetime
    """End of the authority certificate's life: renew before (law: lt-token-life)."""
    chain_pem: str
    """Certificates from signer to root, PEM."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StampRequest:
    """A queued wish for a timestamp; the queue never blocks intake."""

    client_id: str
    unit_id: str
    imprint: Digest
    requested_at: datetime
    attempts: int = 0
    last_error: str | None = None


class BatchPurpose(StrEnum):
    """Why one token was put over many things."""

    STAMP = "stamp"
    """First timestamp of units, and of the log's signed head (law: scan-timestamp-bundle)."""
    TIMESTAMP_RENEWAL = "timestamp_renewal"
    """A new token over earlier ones, while those still hold (RFC 4998 §5.2)."""
    HASH_TREE_RENEWAL = "hash_tree_renewal"
    """Units and their whole evidence hashed again with another function (RFC 4998 §5.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchMember:
    """One leaf of a batch's hash tree."""

    name: str
    """Unit id; ``head-<tree size, 12 digits>``; for a renewal what the earlier token belongs to (``BatchPurpose``)."""
    digest: str
    """What is hashed into the tree, lower-case hexadecimal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StampBatch:
    """One RFC 3161 token over a hash tree (RFC 4998 §4.2), with all that each member needs to be verified alone.

    The tree follows from the members: their digests in binary order, each once, joined two by two; one that is left
    over goes up as it is. So a member's reduced hash tree is computed and not stored.
    """

    client_id: str
    number: int
    """From 1, growing; a number is passed by where an object that is none of ours stands in its place."""
    purpose: BatchPurpose
    hash_algorithm: Literal["sha256", "sha384", "sha512"] = "sha256"
    """Of the tree."""
    members: tuple[BatchMember, ...]
    token: TimestampToken
    """Its imprint is the tree's root."""

    @property
    def name(self) -> str:
        """How log and vault name it."""
        return batch_name(self.number)


def batch_name(number: int) -> str:
    """``batch-000001``: subject of the leaf and name of the object in the vault."""
    return f"batch-{number:06d}"


def head_name(tree_size: int) -> str:
    """How a batch names a signed log head among its members."""
    return f"head-{tree_size:012d}"


class SignatureKind(StrEnum):
    """What stands in a signature field of a PDF."""

    SIGNATURE = "signature"
    DOCUMENT_TIMESTAMP = "document_timestamp"
    UNREADABLE = "unreadable"
    """There is something that claims to be a signature, and it could not be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfSignature:
    """A signature that came with a PDF, and what checking it says; the PDF is kept as it came (law: lt-pades)."""

    kind: SignatureKind
    signer: str | None
    """Subject of the certificate, as it says itself."""
    claimed_at: datetime | None
    """When the signer says that it signed; nothing proves it."""
    stamped_at: datetime | None
    """Time of the timestamp in it, where there is one whose signature holds."""
    whole_file: bool
    """Whether it is over the file as it is; if not, something was added later."""
    outcome: Outcome
    reason: str | None
    """Why not passed: a sub-indication of ETSI EN 319 102-1, or ``trust anchor not supplied``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLeaf:
    """One act in a client's log (RFC 9162 Merkle tree)."""

    client_id: str
    sequence: int
    """Leaf index from 0, without gaps."""
    kind: str
    """dropped, filed, revised, tombstoned, stamped, exported, refused …"""
    subject_id: str
    """Id of drop, unit or document."""
    manifest_digest: Digest | None
    """Of the canonical manifest object in the vault, where the act has one."""
    recorded_at: datetime

    # The leaf's bytes are its canonical JSON (domain.codec.canonical); its hash is domain.merkle.leaf_hash of them.


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeHead:
    """State of a log at a size (RFC 9162 §4.10), signed with the installation's Ed25519 key."""

    client_id: str
    tree_size: int
    root: Digest
    signed_at: datetime
    public_key: str
    """Ed25519 public key, hexadecimal, 32 bytes."""
    signature: str
    """Ed25519 over the canonical JSON of the other fields, hexadecimal, 64 bytes."""
