"""Stored tokens, looked at by the second implementation: each wrong in one thing, and it says which."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from domain.ids import Digest
from storage.evidence import der
from storage.evidence.certificates import to_pem
from storage.evidence.local_authority import LocalAuthority, issue_root, issue_signer
from storage.evidence.tokens import SIGNING_CERTIFICATE_V2, build_request
from storage.evidence.verifier import Anchors, Policy, Reason, Verdict, overall, verify_token

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
CONTENT = b"receipt"


def made(*, at=NOW, signs_at=NOW, key=None, **signer):
    """(token, root certificate, signer certificate)."""
    root, root_key = issue_root("root", now=at)
    certificate, own = issue_signer("signer", root=root, root_key=root_key, now=at, **signer)
    authority = LocalAuthority(root=root, certificate=certificate, key=key or own, clock=lambda: signs_at)
    reply = authority.reply(build_request(Digest.of(CONTENT), nonce=1))
    return der.parse(reply).children()[1].raw, root, certificate


def look(token, *roots, content=CONTENT, policy=None, **anchors):
    trusted = Anchors(roots_pem=(to_pem(roots).encode(),) if roots else (), **anchors)
    return verify_token(
        token,
        digest_of=lambda name: hashlib.new(name, content).digest(),
        anchors=trusted,
        policy=policy or Policy(),
        subject="unit-1",
    )


def only(findings, verdict, reason):
    assert overall(findings) is verdict
    assert reason in [f.reason for f in findings]
    assert all(f.subject == "unit-1" for f in findings)


def test_the_honest_token():
    token, root, _ = made()
    assert overall(look(token, root)) is Verdict.PASSED
    assert overall(look(token, root, policy=Policy(require_accredited=True))) is Verdict.FAILED


def test_other_content():
    token, root, _ = made()
    only(look(token, root, content=b"other"), Verdict.FAILED, Reason.HASH_FAILURE)


def test_no_anchor():
    token, _, _ = made()
    only(look(token), Verdict.INDETERMINATE, Reason.NO_TRUST_ANCHOR)


def test_another_root_of_the_same_name():
    token, _, _ = made()
    only(look(token, issue_root("root", now=NOW)[0]), Verdict.FAILED, Reason.NO_CERTIFICATE_CHAIN_FOUND)


def test_roots_that_are_no_certificates():
    token, _, _ = made()
    findings = verify_token(
        token,
        digest_of=lambda name: hashlib.new(name, CONTENT).digest(),
        anchors=Anchors(roots_pem=(b"-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n",)),
        policy=Policy(),
        subject="unit-1",
    )
    only(findings, Verdict.FAILED, Reason.FORMAT_FAILURE)


def test_root_in_der():
    token, root, _ = made()
    findings = verify_token(
        token,
        digest_of=lambda name: hashlib.new(name, CONTENT).digest(),
        anchors=Anchors(roots_pem=(root.public_bytes(Encoding.DER),)),
        policy=Policy(),
        subject="unit-1",
    )
    assert overall(findings) is Verdict.PASSED


def test_expired_at_the_tokens_time():
    token, root, _ = made(at=NOW - timedelta(days=400), life=timedelta(days=365))
    only(look(token, root), Verdict.FAILED, Reason.EXPIRED)


def test_not_yet_valid_at_the_tokens_time():
    token, root, _ = made(signs_at=NOW - timedelta(days=30))
    only(look(token, root), Verdict.FAILED, Reason.NOT_YET_VALID)


@pytest.mark.parametrize(
    "wrong",
    [
        {"usage": x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING])},
        {"usage": x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CLIENT_AUTH])},
        {"usage_critical": False},
    ],
)
def test_wrong_key_usage(wrong):
    token, root, _ = made(**wrong)
    only(look(token, root), Verdict.FAILED, Reason.CHAIN_CONSTRAINTS_FAILURE)


def test_signed_by_another_key():
    token, root, _ = made(key=ec.generate_private_key(ec.SECP256R1()))
    only(look(token, root), Verdict.FAILED, Reason.SIG_CRYPTO_FAILURE)


def test_time_moved_inside_the_token():
    token, root, _ = made()
    only(look(token.replace(b"20261120", b"20261119"), root), Verdict.FAILED, Reason.HASH_FAILURE)


def test_certificate_replaced_by_a_look_alike():
    token, root, certificate = made()
    raw = certificate.public_bytes(Encoding.DER)
    altered = token.replace(raw, raw[:-1] + bytes([raw[-1] ^ 1]))
    only(look(altered, root), Verdict.INDETERMINATE, Reason.NO_SIGNING_CERTIFICATE_FOUND)


def test_no_certificate_identifier_among_the_signed_attributes():
    token, root, _ = made()
    altered = token.replace(der.oid(SIGNING_CERTIFICATE_V2), der.oid("1.2.840.113549.1.9.16.2.99"))
    assert altered != token
    only(look(altered, root), Verdict.INDETERMINATE, Reason.NO_SIGNING_CERTIFICATE_FOUND)


def test_unknown_signature_algorithm():
    token, root, _ = made()
    at = token.rindex(der.oid("1.2.840.10045.4.3.2"))  # of the SignerInfo; those of the certificates come before
    altered = token[:at] + der.oid("1.2.840.10045.4.3.9") + token[at + 10 :]
    assert len(altered) == len(token)
    only(look(altered, root), Verdict.INDETERMINATE, Reason.CRYPTO_CONSTRAINTS_FAILURE)


@pytest.mark.parametrize(
    "token", [b"", b"0", b"\x30\x00", b"\x30\x80\x00\x00", b"\x30\x84\xff\xff\xff\xff", b"x" * 100]
)
def test_no_token(token):
    only(look(token), Verdict.FAILED, Reason.FORMAT_FAILURE)


def test_bytes_after_the_token():
    token, root, _ = made()
    only(look(token + b"\x00", root), Verdict.FAILED, Reason.FORMAT_FAILURE)


@pytest.mark.parametrize("keep", [10, 100, 400, 1000, -1])
def test_truncated(keep):
    token, root, _ = made()
    only(look(token[:keep], root), Verdict.FAILED, Reason.FORMAT_FAILURE)
