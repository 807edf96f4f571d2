"""Tokens that must not be kept: each reply is real DER, signed for real, and wrong in one thing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from domain.errors import TimestampRefused, TimestampUnavailable
from domain.ids import Digest
from storage.evidence import der
from storage.evidence.local_authority import LOCAL_POLICY_OID, LocalAuthority, issue_root, issue_signer
from storage.evidence.settings import AuthoritySettings
from storage.evidence.timestamp import HttpAuthority
from storage.evidence.tokens import build_request
from tests.services.timestamp import serve_timestamps

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
IMPRINT = Digest.of(b"hello")
NONCE = 7


def clock() -> datetime:
    return NOW


def local(root=None, at=NOW, signs_at=None, **signer) -> LocalAuthority:
    root, root_key = root or issue_root("root", now=at)
    certificate, key = issue_signer("signer", root=root, root_key=root_key, now=at, **signer)
    return LocalAuthority(root=root, certificate=certificate, key=key, clock=lambda: signs_at or NOW, serial=lambda: 1)


def ask(tmp_path: Path, reply, roots=None, *, policies=(LOCAL_POLICY_OID,), limit=65536, **server):
    """Send one request over a real socket to a server that answers ``reply(request)``."""
    pem = tmp_path / "roots.pem"
    pem.write_bytes(b"".join(r.public_bytes(Encoding.PEM) for r in roots))
    with serve_timestamps(reply, **server) as url:
        settings = AuthoritySettings(
            kind="http", url=url, roots_file=pem, policy_oids=policies, reply_limit_bytes=limit, timeout_seconds=20
        )
        with HttpAuthority(settings, clock=clock, nonce=lambda: NONCE) as authority:
            return authority.stamp(IMPRINT)


def refused(tmp_path, match, reply, roots, **more) -> None:
    with pytest.raises(TimestampRefused, match=match) as caught:
        ask(tmp_path, reply, roots, **more)
    assert "タイムスタンプ" in caught.value.message_ja or "時刻認証局" in caught.value.message_ja
    assert not caught.value.retryable


def test_the_honest_reply_is_kept(tmp_path):
    authority = local()
    token = ask(tmp_path, authority.reply, authority.roots)
    assert token.gen_time == NOW
    assert token.serial_number == "1"


def test_foreign_token(tmp_path):
    """A token over other bytes, as if swapped on the way."""
    authority = local()
    other = authority.reply(build_request(Digest.of(b"other"), nonce=NONCE))
    refused(tmp_path, "imprint", lambda _: other, authority.roots)


def test_replayed_token(tmp_path):
    """The right imprint from an earlier request: the nonce is not ours."""
    authority = local()
    refused(tmp_path, "nonce", lambda _: authority.reply(build_request(IMPRINT, nonce=NONCE + 1)), authority.roots)


def test_no_nonce(tmp_path):
    authority = local()
    request = der.encode(der.SEQUENCE, *(c.raw for c in der.parse(build_request(IMPRINT, nonce=1)).children()[:2]))
    refused(tmp_path, "nonce", lambda _: authority.reply(request), authority.roots)


def test_wrong_policy(tmp_path):
    authority = local()
    refused(tmp_path, "policy", authority.reply, authority.roots, policies=("1.2.3.4",))


def test_other_root(tmp_path):
    refused(tmp_path, "chain", local().reply, local().roots)


def test_same_named_other_root(tmp_path):
    """A forger's root with the name of the real one."""
    real = issue_root("root", now=NOW)
    refused(tmp_path, "chain", local(issue_root("root", now=NOW)).reply, (real[0],))


@pytest.mark.parametrize(
    "wrong",
    [
        {"usage": x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING])},
        {"usage": x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING])},
        {"usage_critical": False},
    ],
)
def test_wrong_key_usage(tmp_path, wrong):
    authority = local(**wrong)
    refused(tmp_path, "time stamping", authority.reply, authority.roots)


def test_certificate_expired_at_gen_time(tmp_path):
    authority = local(at=NOW - timedelta(days=400), life=timedelta(days=365))
    refused(tmp_path, "chain", authority.reply, authority.roots)


def test_certificate_not_yet_valid_at_gen_time(tmp_path):
    root = issue_root("root", now=NOW)
    authority = local(root, at=NOW + timedelta(days=30))
    refused(tmp_path, "chain", authority.reply, authority.roots)


@pytest.mark.parametrize("off", [timedelta(hours=-1), timedelta(days=3)])
def test_time_far_from_our_clock(tmp_path, off):
    authority = local(at=NOW - timedelta(days=10), signs_at=NOW + off)
    refused(tmp_path, "clock", authority.reply, authority.roots)


def test_issuer_is_no_authority(tmp_path):
    """A signer that signs another signer: its certificate may not issue."""
    root, root_key = issue_root("root", now=NOW)
    middle, middle_key = issue_signer("middle", root=root, root_key=root_key, now=NOW)
    certificate, key = issue_signer("signer", root=middle, root_key=middle_key, now=NOW)
    authority = LocalAuthority(root=middle, certificate=certificate, key=key, clock=clock)
    refused(tmp_path, "chain", authority.reply, (root,))


def test_signature_of_another_key(tmp_path):
    root, root_key = issue_root("root", now=NOW)
    certificate, _ = issue_signer("signer", root=root, root_key=root_key, now=NOW)
    forged = LocalAuthority(
        root=root, certificate=certificate, key=ec.generate_private_key(ec.SECP256R1()), clock=clock
    )
    refused(tmp_path, "signature", forged.reply, (root,))


def test_signer_named_by_the_attributes_is_not_in_the_bag(tmp_path):
    """Same issuer and serial number, other certificate: only ESSCertID tells."""
    root, root_key = issue_root("root", now=NOW)
    certificate, key = issue_signer("signer", root=root, root_key=root_key, now=NOW)
    authority = LocalAuthority(root=root, certificate=certificate, key=key, clock=clock)
    honest = authority.reply(build_request(IMPRINT, nonce=NONCE))
    raw = certificate.public_bytes(Encoding.DER)
    altered = raw[:-1] + bytes([raw[-1] ^ 1])
    refused(tmp_path, "identifier", lambda _: honest.replace(raw, altered), (root,))


@pytest.mark.parametrize("keep", [0, 1, 5, 40, 700, -1])
def test_truncated(tmp_path, keep):
    authority = local()
    refused(tmp_path, "parsed", lambda request: authority.reply(request)[:keep], authority.roots)


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
def test_every_altered_byte_is_noticed(tmp_path):
    """One bit in each of many places: never kept with other content, never another exception."""
    authority = local()
    honest = authority.reply(build_request(IMPRINT, nonce=NONCE))
    state = {"at": 0}

    def altered(_: bytes) -> bytes:
        at = state["at"]
        return honest[:at] + bytes([honest[at] ^ 0x01]) + honest[at + 1 :]

    pem = tmp_path / "roots.pem"
    pem.write_bytes(authority.roots[0].public_bytes(Encoding.PEM))
    kept = 0
    with serve_timestamps(altered) as url:
        settings = AuthoritySettings(kind="http", url=url, roots_file=pem, policy_oids=(LOCAL_POLICY_OID,))
        with HttpAuthority(settings, clock=clock, nonce=lambda: NONCE) as client:
            for state["at"] in range(0, len(honest), 7):
                try:
                    token = client.stamp(IMPRINT)
                except (TimestampRefused, TimestampUnavailable):
                    continue
                kept += 1
                assert token.imprint == IMPRINT
                assert token.gen_time == NOW
    assert kept < 60  # only bytes that nothing signs: the bag's copy of the root, outer versions


def test_oversized_reply(tmp_path):
    authority = local()
    refused(tmp_path, "larger", lambda r: authority.reply(r) + b"\x00" * 100_000, authority.roots, limit=65536)


def test_bytes_after_the_reply(tmp_path):
    authority = local()
    refused(tmp_path, "parsed", lambda r: authority.reply(r) + b"\x00", authority.roots)


def test_rejection(tmp_path):
    authority = local()
    refused(tmp_path, "PKIStatus 2, failInfo 2", lambda _: authority.reply(b"nonsense"), authority.roots)
    sha1 = build_request(IMPRINT, nonce=1).replace(der.oid("2.16.840.1.101.3.4.2.1"), der.oid("2.16.840.1.101.3.4.2.4"))
    refused(tmp_path, "PKIStatus 2, failInfo 0", lambda _: authority.reply(sha1), authority.roots)


@pytest.mark.parametrize(("bit", "content"), [(14, b"\x01\x00\x02"), (25, b"\x06\x00\x00\x00\x40")])
def test_try_later(tmp_path, bit, content):
    status = der.encode(der.SEQUENCE, der.integer(2), der.encode(der.BIT_STRING, content))
    with pytest.raises(TimestampUnavailable) as caught:
        ask(tmp_path, lambda _: der.encode(der.SEQUENCE, status), local().roots)
    assert caught.value.retryable


@pytest.mark.parametrize("server", [{"status": 503}, {"status": 429}, {"media_type": "text/html"}])
def test_authority_down(tmp_path, server):
    authority = local()
    with pytest.raises(TimestampUnavailable):
        ask(tmp_path, authority.reply, authority.roots, **server)


def test_no_account(tmp_path):
    authority = local()
    refused(tmp_path, "HTTP 403", authority.reply, authority.roots, status=403)


def test_a_bag_of_look_alike_authorities_costs_bounded_work():
    """Many issuers of one name and key: the search for a path gives up."""
    from storage.evidence import certificates

    root, root_key = issue_root("root", now=NOW)
    certificate, _ = issue_signer("signer", root=root, root_key=root_key, now=NOW)
    builder = (
        x509.CertificateBuilder()
        .subject_name(root.subject)
        .issuer_name(root.subject)
        .public_key(root_key.public_key())
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    from cryptography.hazmat.primitives import hashes

    bag = tuple(builder.serial_number(n + 1).sign(root_key, hashes.SHA256()) for n in range(40))
    stranger = issue_root("stranger", now=NOW)[0]
    assert certificates.find_chain(certificate, bag, (stranger,), at=NOW) is None


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
def test_every_byte_of_a_reply_altered():
    """The check itself over each byte and two bits: kept as it is, or refused; nothing else ever comes out."""
    from storage.evidence.tokens import Demands, check_reply

    authority = local()
    honest = authority.reply(build_request(IMPRINT, nonce=NONCE))
    demands = Demands(
        imprint=IMPRINT,
        nonce=NONCE,
        roots=authority.roots,
        policy_oids=(LOCAL_POLICY_OID,),
        now=NOW,
        clock_tolerance_seconds=300,
    )
    for at in range(len(honest)):
        for bit in (0x01, 0x80):
            altered = honest[:at] + bytes([honest[at] ^ bit]) + honest[at + 1 :]
            try:
                token = check_reply(altered, authority=authority.authority, demands=demands)
            except (TimestampRefused, TimestampUnavailable):
                continue
            assert (token.imprint, token.gen_time, token.serial_number) == (IMPRINT, NOW, "1")
