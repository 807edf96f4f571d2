"""Batches in a sweep of the whole vault: each by itself, then every member against the thing that it names."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from domain.engines import ObjectStore
from domain.errors import ObjectMissing
from storage.archive import Archive
from storage.evidence.log import VAULT, head_key
from storage.evidence.unit_records import EvidenceRecords
from storage.evidence.verifier import (
    Anchors,
    Finding,
    Policy,
    Reason,
    check_member,
    verify_batch,
    verify_evidence_record,
)
from storage.evidence.verifier.batch import Batch
from storage.evidence.verifier.evidence_record import renewed_in_time
from storage.evidence.verifier.findings import failed

_UNIT, _HEAD = "unit-", "head-"


@dataclass(slots=True)
class BatchSweep:
    """What a sweep knows when it comes to the batches, in the order of their numbers."""

    archive: Archive
    vault: ObjectStore
    anchors: Anchors
    policy: Policy
    digest_of: Callable[[str], Callable[[str], bytes] | None]
    """Unit id → its digests; None where the sweep met no such unit."""
    tokens: dict[str, bytes] = field(default_factory=dict)
    """``<unit id>/<token digest>`` or ``batch-…`` → the token, DER, that a renewal may be over."""
    stamped: set[str] = field(default_factory=set)
    """Units of which a sound batch speaks."""
    renewed: set[str] = field(default_factory=set)
    """Units that a hash-tree renewal is over."""

    def add_token(self, unit_id: str, token_der: bytes) -> None:
        """A token that a unit has for itself."""
        self.tokens[f"{unit_id}/{hashlib.sha256(token_der).hexdigest()}"] = token_der

    def check(self, name: str, plain: Any) -> Iterator[Finding]:
        """One batch and its members."""
        batch, findings = verify_batch(plain, anchors=self.anchors, policy=self.policy, subject=name)
        yield from findings
        if batch is None:
            return
        self.tokens[name] = batch.token
        if batch.purpose == "hash_tree_renewal":
            self.renewed |= set(batch.members)
            return
        for member in batch.members:
            yield self._member(batch, member)
            if batch.purpose == "timestamp_renewal" and member in self.tokens:
                yield renewed_in_time(self.tokens[member], batch.token, subject=member)

    def check_renewed(self) -> Iterator[Finding]:
        """Units that were hashed again, each by its evidence record (RFC 4998 §5.3)."""
        records = EvidenceRecords(self.archive, self.vault)
        for unit_id in sorted(self.renewed):
            digest_of = self.digest_of(unit_id)
            if digest_of is None:
                yield failed("token_imprint", Reason.SIGNED_DATA_NOT_FOUND, subject=unit_id)
                continue
            yield from verify_evidence_record(
                records.of(unit_id), digest_of=digest_of, anchors=self.anchors, policy=self.policy, subject=unit_id
            )

    def _member(self, batch: Batch, name: str) -> Finding:
        if name.startswith(_HEAD):
            return check_member(batch, name, self._head(name.removeprefix(_HEAD)))
        if batch.purpose == "timestamp_renewal":
            known = self.tokens.get(name)
            return check_member(batch, name, lambda name: b"" if known is None else hashlib.new(name, known).digest())
        digest_of = self.digest_of(name) if name.startswith(_UNIT) else None
        if digest_of is None:
            return failed("token_imprint", Reason.SIGNED_DATA_NOT_FOUND, subject=name)
        self.stamped.add(name)
        return check_member(batch, name, digest_of)

    def _head(self, number: str) -> Callable[[str], bytes]:
        def digest_of(algorithm: str) -> bytes:
            try:
                content = self.vault.get(VAULT, head_key(self.archive.client_id, int(number)))
            except (ObjectMissing, ValueError):
                return b""
            return hashlib.new(algorithm, content).digest()

        return digest_of
