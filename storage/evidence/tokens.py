"""RFC 3161 requests, and the check that every reply passes before anything is kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import rfc3161_client
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from rfc3161_client import TimeStampResponse, VerificationError, VerifierBuilder

from domain.errors import EvidenceMalformed, TimestampRefused, TimestampUnavailable
from domain.evidence import TimestampToken
from domain.ids import Digest
from storage.evidence import der
from storage.evidence.certificates import CERTIFICATE_ERRORS, find_chain, load_certificate, may_stamp, to_pem

HASH_OIDS = {
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
}
SHA256_OID = HASH_OIDS["sha256"]
SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12"
SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"
_ESS_HASHES = {dotted: name for name, dotted in HASH_OIDS.items()}
_WAITING = 3
_TRY_LATER = {14: "timeNotAvailable", 25: "systemFailure"}
"""PKIFailureInfo bits of RFC 3161 §2.4.2 that may pass by themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """What a token must satisfy on arrival."""

    imprint: Digest
    nonce: int
    roots: tuple[x509.Certificate, ...]
    policy_oids: tuple[str, ...]
    """Empty: any policy."""
    now: datetime
    """The machine's clock, the local time reference of RFC 3161 §2.2."""
    clock_tolerance_seconds: int


def build_request(imprint: Digest, *, nonce: int, policy_oid: str | None = None) -> bytes:
    """TimeStampReq, DER, with certReq.

    (rfc3161-client hashes what it is given; here the digest is already known.)
    """
    algorithm = der.encode(der.SEQUENCE, der.oid(HASH_OIDS[imprint.algorithm]), der.encode(der.NULL))
    return der.encode(
        der.SEQUENCE,
        der.integer(1),
        der.encode(der.SEQUENCE, algorithm, der.encode(der.OCTET_STRING, imprint.raw)),
        der.oid(policy_oid) if policy_oid else b"",
        der.integer(nonce),
        der.encode(der.BOOLEAN, b"\xff"),
    )


def check_reply(reply: bytes, *, authority: str, demands: Demands) -> TimestampToken:
    """Give the token inside a TimeStampResp, after every check; whether it counts as accredited is not asked here.

    Steps:

    1. the reply parses and its status is granted;
    2. the imprint is ours, in the hash that was asked for;
    3. the nonce is ours;
    4. the policy is accepted;
    5. genTime is near our clock;
    6. exactly one signer, whose certificate is the one that the signed attributes name (ESSCertID);
    7. its extendedKeyUsage is critical and timeStamping alone;
    8. the signature verifies, and the chain reaches a configured root at genTime.

    Raises:
        TimestampUnavailable: the authority says that it cannot stamp now.
        TimestampRefused: it refused, or a check failed.
    """
    # 1.
    try:
        response = rfc3161_client.decode_timestamp_response(reply)
        _check_status(response, reply)
        info = response.tst_info
        token_der = response.time_stamp_token()
        signed = response.signed_data
        signers = tuple((s.issuer, s.serial_number) for s in signed.signer_infos)
        pool = tuple(load_certificate(bytes(c)) for c in signed.certificates)
        gen_time = info.gen_time.replace(tzinfo=info.gen_time.tzinfo or UTC).astimezone(UTC)
        ess = _ess_certificate_ids(token_der)
    except (EvidenceMalformed, IndexError, *CERTIFICATE_ERRORS) as error:
        raise _refused("reply cannot be parsed", "応答の形式が不正です") from error
    # 2.
    imprint = info.message_imprint
    wanted = HASH_OIDS[demands.imprint.algorithm]
    if imprint.hash_algorithm.dotted_string != wanted or bytes(imprint.message) != demands.imprint.raw:
        raise _refused("imprint is not the one requested", "別のデータに対するトークンです")
    # 3.
    if info.nonce != demands.nonce:
        raise _refused("nonce is not the one sent", "要求と応答の番号 (nonce) が一致しません")
    # 4.
    if demands.policy_oids and info.policy.dotted_string not in demands.policy_oids:
        raise _refused("policy is not accepted", "受け入れていないポリシーのトークンです")
    # 5.
    if abs((gen_time - demands.now).total_seconds()) > demands.clock_tolerance_seconds:
        raise _refused("genTime is far from the local clock", "トークンの時刻がこの機械の時計と大きく違います")
    # 6.
    signer = _signer(pool, signers, ess)
    # 7.
    if not may_stamp(signer):
        raise _refused(
            "signer certificate is not for time stamping alone", "署名した証明書がタイムスタンプ専用ではありません"
        )
    # 8.
    chain = find_chain(signer, pool, demands.roots, at=gen_time)
    if chain is None:
        raise _refused(
            "no chain to a configured root at genTime",
            "証明書が、設定した根証明書にその時刻で連なりません（期限切れ、または別の認証局）",
        )
    _check_signature(response, demands, chain)
    return TimestampToken(
        imprint=demands.imprint,
        token_der=token_der,
        authority=authority,
        accredited=False,
        gen_time=gen_time,
        policy_oid=info.policy.dotted_string,
        serial_number=str(info.serial_number),
        certificate_not_after=signer.not_valid_after_utc,
        chain_pem=to_pem(chain),
    )


def check_found(token: TimestampToken, *, roots: tuple[x509.Certificate, ...], policy_oids: tuple[str, ...]) -> bool:
    """Whether a token that was found passes every check of ``check_reply``, with its own nonce and time.

    What is kept beside its bytes must be what they say; whether it counts as accredited is not asked here.
    """
    reply = der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, der.integer(0)), token.token_der)
    try:
        info = rfc3161_client.decode_timestamp_response(reply).tst_info
        demands = Demands(
            imprint=token.imprint,
            nonce=info.nonce,
            roots=roots,
            policy_oids=policy_oids,
            now=info.gen_time.replace(tzinfo=info.gen_time.tzinfo or UTC),
            clock_tolerance_seconds=0,
        )
        said = check_reply(reply, authority=token.authority, demands=demands)
    except (TimestampRefused, TimestampUnavailable, EvidenceMalformed, IndexError, *CERTIFICATE_ERRORS):
        return False
    return said == replace(token, accredited=False)


def _check_status(response: TimeStampResponse, reply: bytes) -> None:
    status = int(response.status)
    if status == 0:
        return
    reason = _failure_bits(reply)
    if status == _WAITING or reason & set(_TRY_LATER):
        raise TimestampUnavailable(f"the authority cannot stamp now (PKIStatus {status})")
    bits = ", ".join(str(b) for b in sorted(reason)) or "-"
    raise _refused(f"PKIStatus {status}, failInfo {bits}", f"認証局が拒否しました (PKIStatus {status})")


def _failure_bits(reply: bytes) -> set[int]:
    """Numbers of the bits set in PKIFailureInfo."""
    for part in der.parse(reply).children()[0].children():
        if part.tag == der.BIT_STRING and part.content:
            body = part.content[1:]
            return {i for i in range(len(body) * 8) if body[i // 8] & (0x80 >> i % 8)}
    return set()


def _check_signature(response: TimeStampResponse, demands: Demands, chain: tuple[x509.Certificate, ...]) -> None:
    builder = VerifierBuilder(roots=[chain[-1]], intermediates=list(chain[1:-1]), nonce=demands.nonce)
    try:
        builder.build().verify(response, demands.imprint.raw)
    except (VerificationError, *CERTIFICATE_ERRORS) as error:
        raise _refused(f"signature check failed: {error}", "トークンの署名を確認できません") from error


def _signer(
    pool: tuple[x509.Certificate, ...], signers: tuple[tuple[x509.Name, int], ...], ess: tuple[tuple[str, bytes], ...]
) -> x509.Certificate:
    if len(signers) != 1 or not ess:
        raise _refused("not exactly one signer with a signed certificate identifier", "署名者を特定できません")
    algorithm, expected = ess[0]
    for certificate in pool:
        named = (certificate.issuer, certificate.serial_number) == signers[0]
        content = certificate.public_bytes(Encoding.DER)
        if named and hashlib.new(algorithm, content, usedforsecurity=False).digest() == expected:
            return certificate
    raise _refused("the signed certificate identifier names none of the certificates", "署名した証明書が見つかりません")


def _ess_certificate_ids(token_der: bytes) -> tuple[tuple[str, bytes], ...]:
    """(hash name, certificate hash) of every ESSCertID or ESSCertIDv2 among the signed attributes, in order."""
    content_info = der.parse(token_der).children()
    signed_data = content_info[1].children()[0].children()
    signer_info = signed_data[-1].children()[0].children()
    found: list[tuple[str, bytes]] = []
    for part in signer_info:
        if part.tag != der.CONTEXT_0:
            continue
        for attribute in part.children():
            kind, values = attribute.children()
            first_generation = kind.raw == der.oid(SIGNING_CERTIFICATE)
            if not first_generation and kind.raw != der.oid(SIGNING_CERTIFICATE_V2):
                continue
            certificate_ids = values.children()[0].children()[0]
            found += [_ess_id(c, first_generation=first_generation) for c in certificate_ids.children()]
    return tuple(found)


def _ess_id(certificate_id: der.Element, *, first_generation: bool) -> tuple[str, bytes]:
    parts = certificate_id.children()
    if first_generation:
        return "sha1", parts[0].content
    if parts[0].tag == der.OCTET_STRING:
        return "sha256", parts[0].content  # the default algorithm of RFC 5035
    known = {der.oid(dotted): name for dotted, name in _ESS_HASHES.items()}
    name = known.get(parts[0].children()[0].raw)
    if name is None:
        raise EvidenceMalformed("unknown hash in ESSCertIDv2")
    return name, parts[1].content


def _refused(why: str, why_ja: str) -> TimestampRefused:
    return TimestampRefused(f"timestamp refused: {why}", message_ja=f"タイムスタンプを受け入れません: {why_ja}")
