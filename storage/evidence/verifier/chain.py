"""Certificates of timestamp authorities: loaded once, and the way from a signer to a root from outside.

What is kept between calls follows from its arguments alone (bounded caches): a thousand tokens of one authority bring
the same certificates a thousand times.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from storage.evidence.verifier.certificates import BAD_CERTIFICATE, certificate_fingerprint
from storage.evidence.verifier.findings import Anchors, Finding, Policy, Reason, failed, passed, unsure
from storage.evidence.verifier.revocation import Covered, revocation_findings

_MAX_TRIES, _MAX_PATHS, _MAX_DEPTH = 64, 8, 8
"""Signatures tried, ways kept and certificates in one: a hostile bag must not cost time without bound."""
_CACHED = 512

Path = tuple[x509.Certificate, ...]


@lru_cache(maxsize=_CACHED)
def load(content: bytes) -> x509.Certificate:
    """A certificate whose names and dates can be read (the library looks at them late).

    Raises:
        BAD_CERTIFICATE: it is none.
    """
    certificate = x509.load_der_x509_certificate(content)
    _ = (certificate.issuer.public_bytes(), certificate.subject.public_bytes(), certificate.serial_number)
    _ = (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
    return certificate


@lru_cache(maxsize=_CACHED)
def identity(certificate: x509.Certificate) -> tuple[bytes, int, bytes]:
    """(issuer, serial number, DER): how a signature names a certificate."""
    return certificate.issuer.public_bytes(), certificate.serial_number, certificate.public_bytes(Encoding.DER)


@lru_cache(maxsize=_CACHED)
def key_identifier(certificate: x509.Certificate) -> bytes | None:
    """The subject key identifier, the other way in which a signature may name a certificate."""
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except (x509.ExtensionNotFound, *BAD_CERTIFICATE):
        return None


@lru_cache(maxsize=_CACHED)
def for_time_stamping(certificate: x509.Certificate) -> bool:
    """Whether extendedKeyUsage is critical and timeStamping alone (RFC 3161 §2.3)."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except (x509.ExtensionNotFound, *BAD_CERTIFICATE):
        return False
    return usage.critical and set(usage.value) == {ExtendedKeyUsageOID.TIME_STAMPING}


def verify_chain(
    signer: x509.Certificate,
    pool: Sequence[x509.Certificate],
    at: datetime,
    *,
    anchors: Anchors,
    policy: Policy,
    subject: str,
    covered_at: Covered | None = None,
) -> tuple[Finding, ...]:
    """The way to a root at a time, what is known of revocations on it, and whether it counts as accredited.

    The last only where the policy asks for it.
    """
    try:
        roots = tuple(c for content in anchors.roots_pem for c in certificates_of(content))
    except BAD_CERTIFICATE:
        return (failed("token_chain", Reason.FORMAT_FAILURE, subject=subject, detail="roots given cannot be read"),)
    if not roots:
        tops = [c for c in pool if c.subject == c.issuer] or [signer]
        shown = "; ".join(f"{c.subject.rfc4514_string()} sha256 {certificate_fingerprint(c)}" for c in tops)
        return (unsure("token_chain", Reason.NO_TRUST_ANCHOR, subject=subject, detail=shown),)
    ways = _paths(signer, tuple(dict.fromkeys(pool)), roots)
    chain = next((path for path in ways if _valid(path, at)), None)
    if chain is None:
        reason = Reason.NO_CERTIFICATE_CHAIN_FOUND
        if ways:
            late = any(at > c.not_valid_after_utc for c in ways[0])
            reason = Reason.EXPIRED if late else Reason.NOT_YET_VALID
        return (failed("token_chain", reason, subject=subject),)
    findings = [passed("token_chain", subject=subject, detail=f"root sha256 {certificate_fingerprint(chain[-1])}")]
    findings += revocation_findings(chain, at, anchors.revocation, subject=subject, covered_at=covered_at)
    if policy.require_accredited:
        if anchors.accredited_sha256 & {certificate_fingerprint(c) for c in chain}:
            findings.append(passed("token_accredited", subject=subject))
        else:
            findings.append(failed("token_accredited", Reason.SIG_CONSTRAINTS_FAILURE, subject=subject))
    return tuple(findings)


@lru_cache(maxsize=_CACHED)
def certificates_of(content: bytes) -> tuple[x509.Certificate, ...]:
    """Certificates of a file, PEM or DER, each with names and dates that can be read.

    Raises:
        BAD_CERTIFICATE: one of them is none.
    """
    if b"-----BEGIN" in content:
        return tuple(load(c.public_bytes(Encoding.DER)) for c in x509.load_pem_x509_certificates(content))
    return (load(content),)


def _valid(path: Path, at: datetime) -> bool:
    return all(c.not_valid_before_utc <= at <= c.not_valid_after_utc for c in path)


@lru_cache(maxsize=_CACHED)
def _paths(signer: x509.Certificate, pool: Path, roots: Path) -> tuple[Path, ...]:
    """Every way from the signer to a root, breadth first, at whatever time."""
    found: list[Path] = []
    pending: list[Path] = [(signer,)]
    tries = 0
    while pending and len(found) < _MAX_PATHS:
        path = pending.pop(0)
        last = path[-1]
        if last in roots:
            found.append(path)
            continue
        if len(path) >= _MAX_DEPTH:
            continue
        for issuer in dict.fromkeys((*roots, *pool)):
            if issuer in path or issuer.subject != last.issuer or not _is_authority(issuer, len(path) - 1):
                continue
            tries += 1
            if tries > _MAX_TRIES:
                return tuple(found)
            try:
                last.verify_directly_issued_by(issuer)
            except (InvalidSignature, *BAD_CERTIFICATE):
                continue
            pending.append((*path, issuer))
    return tuple(found)


def _is_authority(certificate: x509.Certificate, below: int) -> bool:
    try:
        extensions = certificate.extensions
        constraints = extensions.get_extension_for_class(x509.BasicConstraints).value
    except (x509.ExtensionNotFound, *BAD_CERTIFICATE):
        return False
    try:
        signs = extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    except x509.ExtensionNotFound:
        signs = True
    allowed = constraints.path_length is None or below <= constraints.path_length
    return constraints.ca and signs and allowed
