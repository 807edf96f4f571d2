"""Revocation lists of the day: fetched once, kept in the log with what they say, and never in anybody's way."""

import json
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from domain.errors import TimestampUnavailable
from domain.evidence import Outcome
from storage.archive.keys import act_manifest
from storage.archive.rebuild import rebuild
from storage.evidence.certificates import to_pem
from storage.evidence.local_authority import issue_root, issue_signer
from storage.evidence.revocation import fetch_over_http, keep_revocation_data
from storage.evidence.verify import verify_all
from storage.reconcile import reconcile
from tests.services.timestamp import serve_timestamps
from tests.support.archive_story import rows
from tests.support.evidence import make_world
from tests.support.records import NOW, open_archive

URL = "http://crl.example.jp/root.crl"


@pytest.fixture(scope="module")
def authority():
    """(chain PEM, root, root's key, signer)."""
    root, root_key = issue_root("root", now=NOW)
    _, key = issue_signer("tsa", root=root, root_key=root_key, now=NOW)
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(URL)], None, None, None)
    signer = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(root.subject)
        .public_key(key.public_key())
        .serial_number(77)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=3650))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .add_extension(x509.CRLDistributionPoints([point]), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    return to_pem((signer, root)), root, root_key, signer


def crl(root, root_key, *serials):
    builder = x509.CertificateRevocationListBuilder().issuer_name(root.subject)
    builder = builder.last_update(NOW).next_update(NOW + timedelta(days=7))
    for serial in serials:
        one = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(NOW).build()
        builder = builder.add_revoked_certificate(one)
    return builder.sign(root_key, hashes.SHA256()).public_bytes(Encoding.DER)


def kept(world):
    (leaf,) = [one for one in world.archive.leaves(0, world.archive.log_size()) if one.kind == "revocation_data"]
    return json.loads(world.vault.get("vault", act_manifest("default", leaf.manifest_digest)))


def test_lists_are_kept_once_a_day_and_everything_agrees(tmp_path, authority):
    chain, root, root_key, _ = authority
    world = make_world(tmp_path)
    asked = []

    def fetch(url):
        asked.append(url)
        return crl(root, root_key)

    assert keep_revocation_data(world.archive, chain, fetch=fetch, now=NOW)
    assert not keep_revocation_data(world.archive, chain, fetch=fetch, now=NOW + timedelta(hours=1))
    assert asked == [URL]
    (entry,) = kept(world)["lists"]
    assert (entry["signature_holds"], entry["revoked"]) == (True, [])
    world.publish()
    assert verify_all(world.archive, world.vault, roots=world.roots).outcome is Outcome.PASSED
    assert reconcile(world.archive, world.vault).outcome is not Outcome.FAILED
    rebuild(f"sqlite:///{tmp_path}/again.sqlite", world.vault, clock=lambda: NOW)
    again = open_archive(tmp_path, url=f"sqlite:///{tmp_path}/again.sqlite", vault=world.vault)
    assert rows(again) == rows(world.archive)


def test_a_revoked_authority_is_said(tmp_path, authority):
    chain, root, root_key, signer = authority
    world = make_world(tmp_path)
    keep_revocation_data(world.archive, chain, fetch=lambda _: crl(root, root_key, 77), now=NOW)
    assert kept(world)["lists"][0]["revoked"] == [signer.fingerprint(hashes.SHA256()).hex()]


def test_what_is_no_list_or_anothers_is_kept_and_said(tmp_path, authority):
    chain = authority[0]
    other, other_key = issue_root("root", now=NOW)  # the same name, another key
    for number, content in enumerate((b"junk", crl(other, other_key))):
        world = make_world(tmp_path / str(number))
        assert keep_revocation_data(world.archive, chain, fetch=lambda _, content=content: content, now=NOW)
        entry = kept(world)["lists"][0]
        assert entry.get("error") == "evidence_malformed" or entry["signature_holds"] is False


def test_an_outage_is_said_and_stops_nothing(tmp_path, authority):
    def down(_):
        raise TimestampUnavailable("down")

    world = make_world(tmp_path)
    assert keep_revocation_data(world.archive, authority[0], fetch=down, now=NOW)
    assert kept(world)["lists"] == [{"kind": "crl", "url": URL, "error": "timestamp_unavailable"}]


def test_a_chain_without_addresses_leaves_no_trace(tmp_path):
    world = make_world(tmp_path)
    size = world.archive.log_size()
    for chain in (to_pem(world.authority.roots), "junk"):
        assert not keep_revocation_data(world.archive, chain, fetch=fetch_over_http, now=NOW)
    assert world.archive.log_size() == size


def test_over_http_answers_are_bounded():
    with serve_timestamps(lambda _: b"x") as url, pytest.raises(TimestampUnavailable):
        fetch_over_http(url)  # it does not speak GET
    with pytest.raises(TimestampUnavailable):
        fetch_over_http("http://127.0.0.1:9/")
