"""Revocation data are kept beside tokens, taken along in bundles, and held against tokens (RFC 3161 §4)."""

import json
import shutil

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from domain.errors import TimestampUnavailable
from domain.evidence import Outcome
from domain.ids import Digest
from storage.archive import rebuild
from storage.evidence.batching import stamp_in_batches
from storage.evidence.certificates import to_pem
from storage.evidence.local_authority import LocalAuthority, issue_root
from storage.evidence.log import publish_head
from storage.evidence.renewal import renew_hash_trees, renew_timestamps
from storage.evidence.revocation import keep_revocation_data, kept_answers
from storage.evidence.settings import BatchSettings
from storage.evidence.stamping import stamp_pending
from storage.evidence.verifier import Anchors, Policy, Verdict, overall, verify_token
from storage.evidence.verify import verify_all, verify_document, verify_exported
from storage.export import export_bundle
from tests.support.bundles import shell
from tests.support.evidence import make_world
from tests.support.records import NOW, folder_vault, make_drop, open_archive
from tests.support.revoking import DAY, Authorities


@pytest.fixture
def made(tmp_path):
    """(authorities, world whose tokens come from there)."""
    double = Authorities(tmp_path / "keys/tsa")
    return double, make_world(tmp_path)


def keep(double, world, **more):
    chain = to_pem((double.signer, double.root))
    return keep_revocation_data(world.archive, chain, fetch=double.fetch, now=NOW, **more)


def count(report, name):
    return sum(more.count for more in report.more if more.name == name and more.outcome is Outcome.PASSED)


def export(world, folder):
    return export_bundle(
        world.archive, world.vault, world.documents, folder, signer=world.signer, clock=lambda: NOW
    ).folder


def checked(world, bag, folder):
    (folder / "roots.pem").write_bytes(world.roots.roots_pem[0])
    return shell(
        bag, "--roots", str(folder / "roots.pem"), "--log-key-sha256", world.signer.fingerprint, "--lang", "en"
    )


def test_data_of_the_day_are_kept_taken_along_and_used(made, tmp_path):
    double, world = made
    assert keep(double, world)
    assert len(double.asked) == 2
    (kept,) = kept_answers(world.archive, world.vault)
    assert set(kept.answers) == set(double.answers.values())
    world.publish()
    report = verify_all(world.archive, world.vault, roots=world.roots)
    assert (report.outcome, count(report, "token_revocation")) == (Outcome.PASSED, 3)
    one = verify_document(world.archive, world.vault, world.documents[0], roots=world.roots)
    assert "token_revocation" in {check.name for check in one.checks}
    bag = export(world, tmp_path / "out")
    names = {Digest.of(double.answers["crl"]).value + ".crl", Digest.of(double.answers["ocsp"]).value + ".ors"}
    assert {path.name for path in (bag / "data/revocation").iterdir()} == names
    exported = verify_exported(bag, roots=world.roots)
    assert exported.outcome is Outcome.PASSED
    assert "token_revocation" in {check.name for check in exported.checks}
    code, said = checked(world, bag, tmp_path)
    assert (code, "1 revocation lists: no certificate was revoked" in said) == (0, True), said
    for path in (bag / "data/revocation").iterdir():
        content = path.read_bytes()
        path.unlink()
        assert verify_exported(bag, roots=world.roots).outcome is Outcome.FAILED
        path.write_bytes(content)


def test_nothing_had_is_said_at_night_only(made):
    double, world = made

    def down(_):
        raise TimestampUnavailable("down")

    double.fetch, size = down, world.archive.log_size()
    assert not keep(double, world, say_failures=False)
    assert world.archive.log_size() == size
    assert keep(double, world)
    (leaf,) = world.archive.leaves(size, size + 1)
    said = json.loads(world.vault.get("vault", f"default/acts/{leaf.manifest_digest.value}.json"))
    assert [(one["kind"], one["error"]) for one in said["lists"]] == [
        ("crl", "timestamp_unavailable"),
        ("ocsp", "timestamp_unavailable"),
    ]


REASON = x509.ReasonFlags
CASES = (
    (NOW - DAY, REASON.superseded, "failed"),
    (NOW - DAY, None, "failed"),
    (NOW, REASON.superseded, "failed"),
    (NOW + DAY, REASON.superseded, "holds"),
    (NOW + DAY, REASON.unspecified, "holds"),
    (NOW + DAY, REASON.affiliation_changed, "holds"),
    (NOW + DAY, REASON.cessation_of_operation, "holds"),
    (NOW + DAY, REASON.key_compromise, "failed"),
    (NOW + DAY, REASON.ca_compromise, "failed"),
    (NOW + DAY, None, "failed"),
)


@pytest.mark.parametrize(("since", "reason", "expected"), CASES)
def test_revoked_before_and_after_the_token(tmp_path, since, reason, expected):
    double = Authorities(tmp_path / "tsa")
    authority = LocalAuthority.create_or_open(tmp_path / "tsa", clock=lambda: NOW)
    token = authority.stamp(Digest.of(b"x"))
    for answer in (double.crl(since, reason, at=NOW + 2 * DAY), double.ocsp(since, reason, at=NOW + 2 * DAY)):
        assert verdict(double, token.token_der, answer) == expected
        assert verdict(double, token.token_der, double.crl(), answer) == ("passed" if expected == "holds" else expected)


def verdict(double, token, *answers):
    anchors = Anchors(roots_pem=(to_pem((double.root,)).encode(),), revocation=answers)
    found = verify_token(token, digest_of=lambda _: Digest.of(b"x").raw, anchors=anchors, policy=Policy(), subject="x")
    (about,) = [one for one in found if one.name == "token_revocation"] or [None]
    assert (overall(found) is Verdict.FAILED) == (about is not None and about.verdict is Verdict.FAILED)
    return "holds" if about is None else about.verdict.value


def test_who_may_say_that_a_certificate_is_revoked(tmp_path):
    double = Authorities(tmp_path / "tsa")
    token = LocalAuthority.create_or_open(tmp_path / "tsa", clock=lambda: NOW).stamp(Digest.of(b"x")).token_der
    stranger, strangers_key = issue_root("ca", now=NOW)  # the same name, another key
    responder = double.issue("ocsp", ExtendedKeyUsageOID.OCSP_SIGNING)
    no_responder = double.issue("web", ExtendedKeyUsageOID.SERVER_AUTH)
    other, _ = double.issue("other", ExtendedKeyUsageOID.TIME_STAMPING)
    indirect = x509.IssuingDistributionPoint(None, None, False, False, None, True, False)
    some = x509.IssuingDistributionPoint(None, None, True, False, None, False, False)
    said = NOW - DAY
    assert [
        verdict(double, token, answer)
        for answer in (
            double.ocsp(said, by=responder),
            double.ocsp(said, algorithm=hashes.SHA256()),
            double.crl(said, key=strangers_key),
            double.ocsp(said, by=(stranger, strangers_key)),
            double.ocsp(said, by=no_responder),
            double.ocsp(said, about=other),
            double.crl(said, extension=indirect),
            double.crl(said, extension=some),
            double.crl(extension=some),
            double.crl(at=NOW - 30 * DAY),
            ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER).public_bytes(Encoding.DER),
            b"junk",
        )
    ] == ["failed", "failed", *["holds"] * 5, "failed", "holds", "holds", "holds", "holds"]


@pytest.mark.parametrize(("since", "reason", "expected"), [CASES[0], CASES[3], CASES[7]])
def test_a_bundle_and_its_script_say_the_same(made, tmp_path, since, reason, expected):
    double, world = made
    double.answers["crl"] = double.crl(since, reason, at=NOW + 2 * DAY)
    keep(double, world)
    world.publish()
    bag = export(world, tmp_path / "out")
    outcome = Outcome.FAILED if expected == "failed" else Outcome.PASSED
    assert verify_all(world.archive, world.vault, roots=world.roots).outcome is outcome
    assert verify_exported(bag, roots=world.roots).outcome is outcome
    code, said = checked(world, bag, tmp_path)
    assert code == (1 if expected == "failed" else 0), said
    assert "was revoked" in said


@pytest.mark.parametrize("policy", ["each", "batch"])
@pytest.mark.parametrize("again", ["timestamp", "hash tree"])
def test_what_was_renewed_outlives_the_compromise_of_its_first_authority(tmp_path, policy, again):
    """RFC 4998 §5.3: a token is judged as of the time of the one that came over it, five years later here."""
    at = [NOW]
    double = Authorities(tmp_path / "keys/tsa")
    world = make_world(tmp_path, stamped=False, clock=lambda: at[0])
    fresh, key = double.issue("tsa 2", ExtendedKeyUsageOID.TIME_STAMPING, critical=True, days=9000)
    later = LocalAuthority(root=double.root, certificate=fresh, key=key, clock=lambda: at[0])
    stamp(world, world.authority, policy, at[0])
    at[0] = NOW + 1800 * DAY
    world.archive.record_drop(make_drop(world.vault, b"new", name="new.pdf"))
    stamp(world, later, policy, at[0])
    if again == "timestamp":
        done = renew_timestamps(world.archive, later, ends_before=NOW + 4000 * DAY, now=at[0])
    else:
        done = renew_hash_trees(world.archive, world.vault, later, algorithm="sha512")
    assert done.renewed
    for number, (years, outcome) in enumerate(((4, Outcome.FAILED), (6, Outcome.PASSED))):
        since = NOW + years * 365 * DAY
        double.answers = {name: make(since, REASON.key_compromise, at=NOW + 2600 * DAY) for name, make in double.says()}
        at[0] = NOW + (2600 + number) * DAY
        (tmp_path / f"{years}").mkdir()
        archive = world.archive if number else copied(world, tmp_path / f"{years}", lambda: at[0])
        assert keep_revocation_data(archive, to_pem((double.signer, double.root)), fetch=double.fetch, now=at[0])
        publish_head(archive, archive.vault, world.signer)
        assert verify_all(archive, archive.vault, roots=world.roots).outcome is outcome, years
        assert verify_document(archive, archive.vault, world.documents[0], roots=world.roots).outcome is outcome
        bag = export_bundle(
            archive, archive.vault, world.documents, tmp_path / f"{years}/bag", signer=world.signer, clock=lambda: at[0]
        ).folder
        assert verify_exported(bag, roots=world.roots).outcome is outcome
        code, said = checked(world, bag, tmp_path)
        assert code == (1 if outcome is Outcome.FAILED else 0), said


def stamp(world, authority, policy, now):
    if policy == "each":
        stamp_pending(world.archive, authority, limit=10)
    else:
        stamp_in_batches(world.archive, authority, settings=BatchSettings(), now=now, close=True)


def copied(world, folder, clock):
    """The same archive beside it: what is recorded there is not recorded here."""
    shutil.copytree(world.folder / "vault", folder / "vault")
    vault = folder_vault(folder / "vault", clock)
    rebuild(f"sqlite:///{folder}/copy.sqlite", vault, clock=clock)
    return open_archive(folder, url=f"sqlite:///{folder}/copy.sqlite", vault=vault, clock=clock)
