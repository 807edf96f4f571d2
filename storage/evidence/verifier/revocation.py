"""Revocation lists (RFC 5280 §5) and OCSP answers (RFC 6960) against the certificates of a chain, at a token's time.

They are signed by whoever issued the certificates, so they need no trust of their own; what is not so signed says
nothing here. A certificate that was revoked before the token fails it. One that was revoked afterwards fails it too,
unless the reason says that its key was not in wrong hands (RFC 3161 §4), or the token had been renewed by then: it is
judged as of the time of the one that came over it (RFC 4998 §5.3).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from storage.evidence.verifier.certificates import BAD_CERTIFICATE, certificate_fingerprint
from storage.evidence.verifier.der import Cursor
from storage.evidence.verifier.findings import Finding, Reason, failed, passed

_TOKENS_STAY = frozenset(
    {
        x509.ReasonFlags.unspecified,
        x509.ReasonFlags.affiliation_changed,
        x509.ReasonFlags.superseded,
        x509.ReasonFlags.cessation_of_operation,
    }
)
"""Reasons after which tokens from before stay valid (RFC 3161 §4); after another, or none, they do not."""
_CACHED = 512
_SEQUENCE, _BIT_STRING = 0x30, 0x03
Covered = Callable[[], datetime | None]
"""When the first token that came over one was made; None where nothing came over it. Asked only where it matters."""
_Key = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is known of one certificate."""

    revoked: tuple[tuple[datetime, bool], ...]
    """When, and whether tokens from before stay valid."""
    good: tuple[tuple[datetime, datetime | None], ...]
    """From when until when somebody said that it was not revoked."""

    def good_at(self, at: datetime) -> bool:
        """Whether it is known not to have been revoked then: said for that time, or at any time after it."""
        return any(start >= at or (end is not None and at <= end) for start, end in self.good)


def revocation_findings(
    path: tuple[x509.Certificate, ...],
    at: datetime,
    answers: tuple[bytes, ...],
    *,
    subject: str,
    covered_at: Covered | None = None,
) -> tuple[Finding, ...]:
    """What is known of the certificates from the signer up to the root, the root aside; nothing where nothing is.

    Args:
        path: signer first.
        at: the token's time.
        answers: lists and OCSP answers, DER.
        subject: whom the finding is about.
        covered_at: when the token was renewed; whoever says so verifies that renewal too.
    """
    covered = len(path) > 1
    for certificate, issuer in pairwise(path) if answers else ():
        known = _known(certificate, issuer, answers)
        for since, stay in known.revoked:
            if at >= since or not (stay or _renewed_between(at, since, covered_at)):
                detail = f"{certificate_fingerprint(certificate)} since {since:%Y-%m-%dT%H:%M:%SZ}"
                return (failed("token_revocation", Reason.REVOKED, subject=subject, detail=detail),)
        covered = covered and known.good_at(at)
    return (passed("token_revocation", subject=subject),) if answers and covered else ()


def _renewed_between(at: datetime, since: datetime, covered_at: Covered | None) -> bool:
    renewed = covered_at() if covered_at is not None else None
    return renewed is not None and at <= renewed < since


@lru_cache(maxsize=_CACHED)
def _known(certificate: x509.Certificate, issuer: x509.Certificate, answers: tuple[bytes, ...]) -> _Known:
    revoked: list[tuple[datetime, bool]] = []
    good: list[tuple[datetime, datetime | None]] = []
    for content in answers:
        try:
            _take(content, certificate, issuer, revoked, good)
        except (InvalidSignature, *BAD_CERTIFICATE):
            continue  # not what it should be: it says nothing
    return _Known(revoked=tuple(revoked), good=tuple(sorted(good, key=lambda one: one[0], reverse=True)))


def _take(
    content: bytes,
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    revoked: list[tuple[datetime, bool]],
    good: list[tuple[datetime, datetime | None]],
) -> None:
    try:
        listed = x509.load_der_x509_crl(content)
    except ValueError:
        _take_answer(ocsp.load_der_ocsp_response(content), certificate, issuer, revoked, good)
        return
    key = issuer.public_key()
    if listed.issuer != issuer.subject or not isinstance(key, _Key) or not listed.is_signature_valid(key):
        return
    if not _signs_lists(issuer):
        return
    whole = _is_whole(listed)
    if whole is None:
        return
    entry = listed.get_revoked_certificate_by_serial_number(certificate.serial_number)
    if entry is not None:
        try:
            reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
        except x509.ExtensionNotFound:
            reason = None
        revoked.append((entry.revocation_date_utc, reason in _TOKENS_STAY))
    elif whole:
        good.append((listed.last_update_utc, listed.next_update_utc))


def _is_whole(listed: x509.CertificateRevocationList) -> bool | None:
    """Whether silence of a list means something; None for lists that speak of other issuers' certificates."""
    try:
        point = listed.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        point = None
    if point is not None and point.indirect_crl:
        return None
    some = point is not None and (
        point.only_contains_user_certs
        or point.only_contains_ca_certs
        or point.only_contains_attribute_certs
        or point.only_some_reasons is not None
    )
    return not some and not any(isinstance(one.value, x509.DeltaCRLIndicator) for one in listed.extensions)


def _signs_lists(issuer: x509.Certificate) -> bool:
    try:
        return issuer.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return True


def _take_answer(
    response: ocsp.OCSPResponse,
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    revoked: list[tuple[datetime, bool]],
    good: list[tuple[datetime, datetime | None]],
) -> None:
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL or not _answer_holds(response, issuer):
        return
    for one in response.responses:
        if one.serial_number != certificate.serial_number or not _names(one, issuer):
            continue
        if one.certificate_status is ocsp.OCSPCertStatus.GOOD:
            good.append((one.this_update_utc, one.next_update_utc))
        elif one.certificate_status is ocsp.OCSPCertStatus.REVOKED and one.revocation_time_utc is not None:
            revoked.append((one.revocation_time_utc, one.revocation_reason in _TOKENS_STAY))


def _names(one: ocsp.OCSPSingleResponse, issuer: x509.Certificate) -> bool:
    """Whether an answer speaks of certificates of this issuer (RFC 6960 §4.1.1)."""
    name = hashlib.new(one.hash_algorithm.name, issuer.subject.public_bytes(), usedforsecurity=False).digest()
    return one.issuer_name_hash == name and one.issuer_key_hash == _key_hash(issuer, one.hash_algorithm.name)


def _key_hash(certificate: x509.Certificate, algorithm: str) -> bytes:
    """Hash of the issuer's key: of its bits alone, without the algorithm that goes with it."""
    info = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    inside = Cursor(info).inside(_SEQUENCE)
    inside.take(_SEQUENCE)
    bits = inside.take(_BIT_STRING)[0][1:]  # the first byte counts unused bits, of which a key has none
    return hashlib.new(algorithm, bits, usedforsecurity=False).digest()


def _answer_holds(response: ocsp.OCSPResponse, issuer: x509.Certificate) -> bool:
    """Signed by the issuer, or by somebody whom it has named for that (RFC 6960 §4.2.2.2)."""
    return any(_signed_by(response, one) for one in (issuer, *_responders(response, issuer)))


def _responders(response: ocsp.OCSPResponse, issuer: x509.Certificate) -> Iterator[x509.Certificate]:
    for one in response.certificates:
        try:
            usage = one.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
            one.verify_directly_issued_by(issuer)
        except (x509.ExtensionNotFound, InvalidSignature, *BAD_CERTIFICATE):
            continue
        inside = one.not_valid_before_utc <= response.produced_at_utc <= one.not_valid_after_utc
        if ExtendedKeyUsageOID.OCSP_SIGNING in usage and inside:
            yield one


def _signed_by(response: ocsp.OCSPResponse, certificate: x509.Certificate) -> bool:
    key, algorithm = certificate.public_key(), response.signature_hash_algorithm
    try:
        if isinstance(key, rsa.RSAPublicKey) and algorithm is not None:
            key.verify(response.signature, response.tbs_response_bytes, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm is not None:
            key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(algorithm))
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(response.signature, response.tbs_response_bytes)
        else:
            return False
    except (InvalidSignature, *BAD_CERTIFICATE):
        return False
    return True
