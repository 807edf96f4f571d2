"""RFC 3161 tokens, checked a second time: CMS by hand, signatures by cryptography."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from storage.evidence.verifier import chain
from storage.evidence.verifier.certificates import BAD_CERTIFICATE, certificate_fingerprint
from storage.evidence.verifier.der import Cursor, definite, dotted
from storage.evidence.verifier.findings import Anchors, Finding, Policy, Reason, failed, passed, unsure
from storage.evidence.verifier.revocation import Covered

__all__ = ["TokenFacts", "certificate_fingerprint", "read_token_facts", "verify_token"]

_HASHES: dict[str, tuple[str, Callable[[], hashes.HashAlgorithm]]] = {
    "2.16.840.1.101.3.4.2.1": ("sha256", hashes.SHA256),
    "2.16.840.1.101.3.4.2.2": ("sha384", hashes.SHA384),
    "2.16.840.1.101.3.4.2.3": ("sha512", hashes.SHA512),
}
_SIGNATURE_HASHES: dict[str, Callable[[], hashes.HashAlgorithm]] = {
    "1.2.840.113549.1.1.11": hashes.SHA256,
    "1.2.840.113549.1.1.12": hashes.SHA384,
    "1.2.840.113549.1.1.13": hashes.SHA512,
    "1.2.840.10045.4.3.2": hashes.SHA256,
    "1.2.840.10045.4.3.3": hashes.SHA384,
    "1.2.840.10045.4.3.4": hashes.SHA512,
}
_BY_DIGEST = frozenset({"1.2.840.113549.1.1.1", "1.3.101.112"})
"""rsaEncryption takes the hash of digestAlgorithm; Ed25519 needs none."""
_SIGNED_DATA, _TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
_CONTENT_TYPE, _MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
_ESS_V1, _ESS_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
_SEQUENCE, _SET, _INTEGER, _OCTETS, _OID, _TIME = 0x30, 0x31, 0x02, 0x04, 0x06, 0x18
_KEY_IDENTIFIER = 0x80
_MAX_CERTIFICATES = 32
_NOT_DER = (IndexError, OverflowError, RecursionError, *BAD_CERTIFICATE)


class _UnknownAlgorithm(ValueError):
    """Not a hash that this verifier knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    """The parts of a token that are checked."""

    info: bytes
    imprint_hash: str
    imprint: bytes
    gen_time: datetime
    certificates: tuple[x509.Certificate, ...]
    signer_name: tuple[bytes, int] | None
    """Issuer and serial number, or where the signer is named by its key instead:"""
    signer_key_identifier: bytes | None
    digest_hash: str
    content_type: str
    message_digest: bytes
    attributes: dict[str, bytes]
    signed_bytes: bytes
    signature_algorithm: str
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenFacts:
    """What a token says; not verified."""

    imprint_hash: str
    imprint: bytes
    gen_time: datetime
    ends_at: datetime | None
    """End of its signer's certificate; None where that is not there."""


def read_token_facts(token_der: bytes, extra_certificates: Sequence[x509.Certificate] = ()) -> TokenFacts | None:
    """Read a token without verifying it; None where it cannot be read."""
    try:
        token = _parse(token_der)
    except _NOT_DER:
        return None
    signer = _find_signer(token, (*token.certificates, *extra_certificates))
    return TokenFacts(
        imprint_hash=token.imprint_hash,
        imprint=token.imprint,
        gen_time=token.gen_time,
        ends_at=None if signer is None else signer.not_valid_after_utc,
    )


def verify_token(
    token_der: bytes,
    *,
    digest_of: Callable[[str], bytes],
    anchors: Anchors,
    policy: Policy,
    subject: str,
    extra_certificates: Sequence[x509.Certificate] = (),
    covered_at: Covered | None = None,
) -> tuple[Finding, ...]:
    """Check one token over one thing; ``digest_of("sha256")`` gives the thing's digest by that hash.

    1. the token parses;
    2. its imprint is the digest of the thing;
    3. the signed attributes are those of a token over exactly this TSTInfo;
    4. the signer's certificate is the one that the signed attributes name (ESSCertID);
    5. the signature verifies;
    6. the certificate is for time stamping alone, marked critical;
    7. a chain of certificates valid at the token's time reaches a root given from outside;
    8. the policy's demand for an accredited authority is met.

    ``covered_at`` tells when the token was renewed, for the revocation of its certificate afterwards.
    """
    # 1.
    try:
        token = _parse(token_der)
    except _UnknownAlgorithm as error:
        return (unsure("token_form", Reason.CRYPTO_CONSTRAINTS_FAILURE, subject=subject, detail=str(error)),)
    except _NOT_DER as error:
        return (failed("token_form", Reason.FORMAT_FAILURE, subject=subject, detail=type(error).__name__),)
    when = token.gen_time.strftime("%Y-%m-%dT%H:%M:%SZ")
    # 2.
    if digest_of(token.imprint_hash) != token.imprint:
        return (failed("token_imprint", Reason.HASH_FAILURE, subject=subject, detail=when),)
    findings = [passed("token_imprint", subject=subject, detail=when)]
    # 3.
    if token.content_type != _TST_INFO:
        return (*findings, failed("token_signature", Reason.FORMAT_FAILURE, subject=subject))
    if token.message_digest != hashlib.new(token.digest_hash, token.info).digest():
        return (*findings, failed("token_signature", Reason.HASH_FAILURE, subject=subject))
    # 4.
    signer = _find_signer(token, (*token.certificates, *extra_certificates))
    if signer is None:
        return (*findings, unsure("token_signature", Reason.NO_SIGNING_CERTIFICATE_FOUND, subject=subject))
    # 5.
    if token.signature_algorithm not in _SIGNATURE_HASHES and token.signature_algorithm not in _BY_DIGEST:
        detail = token.signature_algorithm
        return (*findings, unsure("token_signature", Reason.CRYPTO_CONSTRAINTS_FAILURE, subject=subject, detail=detail))
    if not _signature_holds(token, signer):
        return (*findings, failed("token_signature", Reason.SIG_CRYPTO_FAILURE, subject=subject))
    findings.append(passed("token_signature", subject=subject))
    # 6.
    if not chain.for_time_stamping(signer):
        findings.append(failed("token_key_usage", Reason.CHAIN_CONSTRAINTS_FAILURE, subject=subject))
    else:
        findings.append(passed("token_key_usage", subject=subject))
    # 7. and 8.
    pool = (*token.certificates, *extra_certificates)
    return (
        *findings,
        *chain.verify_chain(
            signer, pool, token.gen_time, anchors=anchors, policy=policy, subject=subject, covered_at=covered_at
        ),
    )


def _parse(data: bytes) -> _Token:
    outer = Cursor(definite(data))
    content_info = outer.inside(_SEQUENCE)
    outer.end()
    if dotted(content_info.take(_OID)[0]) != _SIGNED_DATA:
        raise ValueError("not SignedData")
    signed_data = content_info.inside(0xA0).inside(_SEQUENCE)
    signed_data.take(_INTEGER)
    signed_data.take(_SET)
    encapsulated = signed_data.inside(_SEQUENCE)
    if dotted(encapsulated.take(_OID)[0]) != _TST_INFO:
        raise ValueError("not a TSTInfo")
    info = encapsulated.inside(0xA0).take(_OCTETS)[0]
    certificates: list[x509.Certificate] = []
    if signed_data.peek() == 0xA0:
        bag = signed_data.inside(0xA0)
        while not bag.done and len(certificates) < _MAX_CERTIFICATES:
            certificates.append(chain.load(bag.take()[1]))
    signed_data.skip_if(0xA1)
    signers = signed_data.inside(_SET)
    signer = signers.inside(_SEQUENCE)
    signers.end()
    signer.take(_INTEGER)
    signer_name, key_identifier = _signer_identifier(signer)
    digest_hash = _hash_name(_algorithm(signer))
    attributes_content, attributes_raw = signer.take(0xA0)
    algorithm = _algorithm(signer)
    signature = signer.take(_OCTETS)[0]
    imprint_hash, imprint, gen_time = _parse_info(info)
    attributes = _attributes(attributes_content)
    return _Token(
        info=info,
        imprint_hash=imprint_hash,
        imprint=imprint,
        gen_time=gen_time,
        certificates=tuple(certificates),
        signer_name=signer_name,
        signer_key_identifier=key_identifier,
        digest_hash=digest_hash,
        content_type=dotted(Cursor(attributes[_CONTENT_TYPE]).take(_OID)[0]),
        message_digest=Cursor(attributes[_MESSAGE_DIGEST]).take(_OCTETS)[0],
        attributes=attributes,
        signed_bytes=bytes([_SET]) + attributes_raw[1:],  # RFC 5652 §5.4: signed as SET OF, not as [0]
        signature_algorithm=algorithm,
        signature=signature,
    )


def _signer_identifier(signer: Cursor) -> tuple[tuple[bytes, int] | None, bytes | None]:
    """SignerIdentifier (RFC 5652 §5.3): issuer and serial number, or the subject key identifier."""
    if signer.peek() == _KEY_IDENTIFIER:
        return None, signer.take(_KEY_IDENTIFIER)[0]
    name_and_serial = signer.inside(_SEQUENCE)
    issuer = name_and_serial.take(_SEQUENCE)[1]
    return (issuer, int.from_bytes(name_and_serial.take(_INTEGER)[0], "big", signed=True)), None


def _hash_name(oid: str) -> str:
    if oid not in _HASHES:
        raise _UnknownAlgorithm(oid)
    return _HASHES[oid][0]


def _parse_info(info: bytes) -> tuple[str, bytes, datetime]:
    outer = Cursor(info)
    fields = outer.inside(_SEQUENCE)
    outer.end()
    fields.take(_INTEGER)
    fields.take(_OID)
    imprint = fields.inside(_SEQUENCE)
    name = _hash_name(_algorithm(imprint))
    digest = imprint.take(_OCTETS)[0]
    fields.take(_INTEGER)
    text = fields.take(_TIME)[0].decode("ascii")
    whole, _, fraction = text.removesuffix("Z").partition(".")
    if not text.endswith("Z") or len(whole) != 14:
        raise ValueError("genTime")
    if not whole.isdecimal() or not (fraction.isdecimal() or not fraction):
        raise ValueError("genTime")
    day, clock = (int(whole[:4]), int(whole[4:6]), int(whole[6:8])), (int(whole[8:10]), int(whole[10:12]))
    at = datetime(*day, *clock, int(whole[12:]), tzinfo=UTC)
    return name, digest, at + timedelta(microseconds=int((fraction + "000000")[:6]))


def _algorithm(cursor: Cursor) -> str:
    return dotted(cursor.inside(_SEQUENCE).take(_OID)[0])


def _attributes(content: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    cursor = Cursor(content)
    while not cursor.done:
        attribute = cursor.inside(_SEQUENCE)
        name = dotted(attribute.take(_OID)[0])
        if name in found:
            raise ValueError("an attribute stands twice")
        found[name] = attribute.take(_SET)[0]
    return found


def _find_signer(token: _Token, pool: Sequence[x509.Certificate]) -> x509.Certificate | None:
    try:
        algorithm, expected = _ess_id(token.attributes)
    except (ValueError, KeyError):
        return None
    for certificate in pool:
        issuer, serial, content = chain.identity(certificate)
        if token.signer_name is not None:
            named = (issuer, serial) == token.signer_name
        else:
            named = chain.key_identifier(certificate) == token.signer_key_identifier
        if named and hashlib.new(algorithm, content, usedforsecurity=False).digest() == expected:
            return certificate
    return None


def _ess_id(attributes: dict[str, bytes]) -> tuple[str, bytes]:
    """(hash, certificate digest) of the first certificate that the signed attributes name (RFC 5035, RFC 2634)."""
    if _ESS_V2 in attributes:
        first = Cursor(attributes[_ESS_V2]).inside(_SEQUENCE).inside(_SEQUENCE).inside(_SEQUENCE)
        algorithm = _hash_name(_algorithm(first)) if first.peek() == _SEQUENCE else "sha256"
        return algorithm, first.take(_OCTETS)[0]
    first = Cursor(attributes[_ESS_V1]).inside(_SEQUENCE).inside(_SEQUENCE).inside(_SEQUENCE)
    return "sha1", first.take(_OCTETS)[0]


def _signature_holds(token: _Token, signer: x509.Certificate) -> bool:
    algorithm = _SIGNATURE_HASHES.get(token.signature_algorithm)
    by_digest = next(make for name, make in _HASHES.values() if name == token.digest_hash)
    make = algorithm or by_digest
    try:
        check = _check_of(signer)
        if check is None:
            return False
        check(token.signature, token.signed_bytes, make())
    except (InvalidSignature, *BAD_CERTIFICATE):
        return False
    return True


@lru_cache(maxsize=512)
def _check_of(signer: x509.Certificate) -> Callable[[bytes, bytes, hashes.HashAlgorithm], None] | None:
    """How signatures of a certificate's key are checked; None where the key is of no kind known here.

    Kept between calls: an authority signs a thousand tokens with one key.
    """
    key = signer.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return lambda signature, signed, algorithm: key.verify(signature, signed, padding.PKCS1v15(), algorithm)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return lambda signature, signed, algorithm: key.verify(signature, signed, ec.ECDSA(algorithm))
    if isinstance(key, ed25519.Ed25519PublicKey):
        return lambda signature, signed, _: key.verify(signature, signed)
    return None
