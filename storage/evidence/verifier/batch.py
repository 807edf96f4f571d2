"""A batch as the vault keeps it: one token, and the members of the hash tree that it is over (RFC 4998 §4.2)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography import x509

from storage.evidence.verifier.findings import Anchors, Finding, Policy, Reason, failed, passed
from storage.evidence.verifier.records import HASH, NAME, is_number
from storage.evidence.verifier.revocation import Covered
from storage.evidence.verifier.token import verify_token

_FORMAT = "shoko.stamp-batch.v1"
_PURPOSES = frozenset({"stamp", "timestamp_renewal", "hash_tree_renewal"})
_MEMBER = re.compile(rf"{NAME.pattern}(?:/{HASH.pattern})?")
_SIZES = {"sha256": 32, "sha384": 48, "sha512": 64}


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch that parses; that its token holds is another question."""

    number: int
    purpose: str
    algorithm: str
    members: dict[str, bytes]
    """Name → digest."""
    token: bytes
    """DER."""


def parse_batch(plain: Any) -> Batch:
    """Read a batch from its JSON value.

    Raises:
        ValueError: it is none.
    """
    try:
        members = {name: bytes.fromhex(digest) for name, digest in plain["members"]}
        batch = Batch(
            number=plain["number"],
            purpose=plain["purpose"],
            algorithm=plain["hash_algorithm"],
            members=members,
            token=base64.b64decode(plain["token"]["token_der"], validate=True),
        )
        size = _SIZES[batch.algorithm]
        sound = plain["format"] == _FORMAT and batch.purpose in _PURPOSES and len(members) == len(plain["members"])
        sound = sound and is_number(batch.number) and all(_MEMBER.fullmatch(name) for name in members)
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise ValueError("not a batch") from error
    if not sound or not members or any(len(digest) != size for digest in members.values()):
        raise ValueError("not a batch")
    return batch


def tree_root(digests: Iterable[bytes], algorithm: str) -> bytes:
    """Root of the tree: digests in binary order, each once, joined two by two; what is left over goes up as it is."""
    level = sorted(set(digests))
    while len(level) > 1:
        rest = level[len(level) & ~1 :]
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [hashlib.new(algorithm, min(a, b) + max(a, b)).digest() for a, b in pairs] + rest
    return level[0]


def verify_batch(
    plain: Any,
    *,
    anchors: Anchors,
    policy: Policy,
    subject: str,
    extra_certificates: Sequence[x509.Certificate] = (),
    covered_at: Covered | None = None,
) -> tuple[Batch | None, tuple[Finding, ...]]:
    """Check a batch by itself; None where it does not hold, so that no member leans on it.

    1. it is a batch;
    2. its token is over the root of the tree over all members;
    3. its token holds (``verify_token``).
    """
    try:
        batch = parse_batch(plain)
    except ValueError:
        return None, (failed("token_form", Reason.FORMAT_FAILURE, subject=subject),)
    root = tree_root(batch.members.values(), batch.algorithm)
    findings = verify_token(
        batch.token,
        digest_of=lambda wanted: root if wanted == batch.algorithm else b"",
        anchors=anchors,
        policy=policy,
        subject=subject,
        extra_certificates=extra_certificates,
        covered_at=covered_at,
    )
    broken = any(finding.name in {"token_form", "token_imprint"} and finding.reason for finding in findings)
    return None if broken else batch, findings


def check_member(batch: Batch, name: str, digest_of: Callable[[str], bytes]) -> Finding:
    """Hold a thing against what a batch says of it."""
    expected = batch.members.get(name)
    if expected is None or digest_of(batch.algorithm) != expected:
        return failed("token_imprint", Reason.HASH_FAILURE, subject=name)
    return passed("token_imprint", subject=name, detail=f"batch-{batch.number:06d}")
