"""The signed head of a log."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from storage.evidence.verifier.canonical import parse_canonical
from storage.evidence.verifier.findings import Anchors, Finding, Reason, failed, passed, unsure
from storage.evidence.verifier.records import is_number

_ED25519_SPKI = bytes.fromhex("302a300506032b6570032100")
"""DER in front of the 32 bytes of an Ed25519 key (RFC 8410 §4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A head whose signature holds."""

    client_id: str
    tree_size: int
    root: bytes
    signed_at: str
    key_sha256: str


def key_fingerprint(public_key: bytes) -> str:
    """SHA-256 (hexadecimal) of the SubjectPublicKeyInfo of a raw Ed25519 key."""
    return hashlib.sha256(_ED25519_SPKI + public_key).hexdigest()


def verify_head(content: bytes, anchors: Anchors) -> tuple[Head | None, tuple[Finding, ...]]:
    """The head in its stored JSON.

    1. canonical JSON with a signature over the canonical JSON of everything else;
    2. the signature is by the key that it names;
    3. that key is the one known from outside.
    """
    # 1.
    try:
        plain = parse_canonical(content)
        signature = bytes.fromhex(plain.pop("signature"))
        key = bytes.fromhex(plain["public_key"])
        size = plain["tree_size"]
        head = Head(
            client_id=str(plain["client_id"]),
            tree_size=size,
            root=bytes.fromhex(plain["root"]["value"]),
            signed_at=str(plain["signed_at"]),
            key_sha256=key_fingerprint(key),
        )
        public = Ed25519PublicKey.from_public_bytes(key)
        sound = is_number(size, least=0)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return None, (failed("head_signature", Reason.FORMAT_FAILURE, detail=type(error).__name__),)
    if not sound:
        return None, (failed("head_signature", Reason.FORMAT_FAILURE, detail="tree_size"),)
    # 2.
    # Re-written rather than cut out: removing a member of canonical JSON leaves canonical JSON of the rest.
    signed = json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    try:
        public.verify(signature, signed)
    except InvalidSignature:
        return None, (failed("head_signature", Reason.SIG_CRYPTO_FAILURE, subject=f"head-{size}"),)
    findings = (passed("head_signature", subject=f"head-{size}"),)
    # 3.
    shown = f"log key sha256 {head.key_sha256}"
    if anchors.log_key_sha256 is None:
        return head, (*findings, unsure("head_key_trusted", Reason.NO_TRUST_ANCHOR, detail=shown))
    if anchors.log_key_sha256.lower().replace(":", "") != head.key_sha256:
        return head, (*findings, failed("head_key_trusted", Reason.SIG_CONSTRAINTS_FAILURE, detail=shown))
    return head, (*findings, passed("head_key_trusted", detail=shown))
