"""Timestamps and hash trees renewed (RFC 4998 §5), by an authority that gets new certificates over the years."""

import hashlib
import json
from datetime import timedelta

import pytest

from domain.errors import ConfigError, TimestampUnavailable
from domain.evidence import BatchPurpose, Outcome
from domain.record import UnitState
from storage.archive.rebuild import rebuild
from storage.evidence.ageing import ageing
from storage.evidence.batching import stamp_in_batches
from storage.evidence.certificates import to_pem
from storage.evidence.local_authority import LocalAuthority, issue_root, issue_signer
from storage.evidence.log import publish_head
from storage.evidence.renewal import renew_hash_trees, renew_timestamps
from storage.evidence.settings import BatchSettings
from storage.evidence.stamping import stamp_pending
from storage.evidence.unit_records import evidence_record
from storage.evidence.verifier import Anchors, Policy, Reason, Verdict, overall, verify_evidence_record
from storage.evidence.verifier.evidence_record import parse_evidence_record
from storage.evidence.verify import Roots, verify_all, verify_document
from tests.support.archive_story import rows
from tests.support.evidence import DownFor, make_world
from tests.support.records import NOW, make_drop, open_archive

YEAR = timedelta(days=365)


class Years:
    """A world in which time goes on, and an authority whose certificate is replaced when it is told to."""

    def __init__(self, folder, **options):
        self.at = NOW
        self.world = make_world(folder, stamped=False, clock=lambda: self.at, **options)
        self.root, self.key = issue_root("root", now=NOW)
        self.renew_certificate()

    def renew_certificate(self, life=11 * YEAR):
        certificate, key = issue_signer("tsa", root=self.root, root_key=self.key, now=self.at, life=life)
        self.authority = LocalAuthority(root=self.root, certificate=certificate, key=key, clock=lambda: self.at)

    @property
    def roots(self):
        return Roots(roots_pem=(to_pem((self.root,)).encode(),), log_key_sha256=self.world.signer.fingerprint)

    def stamp(self):
        return stamp_in_batches(self.world.archive, self.authority, settings=BatchSettings(), now=self.at)

    def drop(self, content):
        return self.world.archive.record_drop(make_drop(self.world.vault, content, name=f"{content!r}.pdf"))

    def renew(self, authority=None):
        before = self.at + YEAR
        return renew_timestamps(self.world.archive, authority or self.authority, ends_before=before, now=self.at)

    def check(self, number, content=None, anchors=None):
        content = f"scan {number}".encode() if content is None else content
        return verify_evidence_record(
            evidence_record(self.world.archive, self.world.vault, self.world.units[number]),
            digest_of=lambda name: hashlib.new(name, content).digest(),
            anchors=anchors or self.roots,
            policy=Policy(),
            subject="x",
        )

    def verified(self):
        self.world.publish()
        archive, vault = self.world.archive, self.world.vault
        every = verify_all(archive, vault, roots=self.roots).outcome
        return every, verify_document(archive, vault, self.world.documents[0], roots=self.roots).outcome


@pytest.fixture(params=["batch", "each"])
def years(request, tmp_path):
    years = Years(tmp_path)
    if request.param == "batch":
        years.stamp()
    else:
        stamp_pending(years.world.archive, years.authority, limit=10)
    return years


def test_a_token_is_renewed_before_its_certificate_ends(years):
    archive = years.world.archive
    assert ageing(archive, ends_before=years.at + YEAR) == ()
    years.at += 10 * YEAR + timedelta(days=30)
    old = ageing(archive, ends_before=years.at + YEAR)
    assert sum(one.members for one in old) == 3
    nothing = years.renew()
    assert (nothing.batches, len(nothing.of_no_use)) == ((), len(old))  # the same certificate would end as soon
    years.renew_certificate()
    fresh = years.drop(b"new")
    years.stamp()  # the authority's new certificate is seen
    done = years.renew()
    assert ([batch.purpose for batch in done.batches], done.renewed) == ([BatchPurpose.TIMESTAMP_RENEWAL], len(old))
    assert years.renew().batches == ()  # nothing is renewed twice
    assert archive.unit_state(years.world.units[0]) is UnitState.RENEWED
    assert archive.unit_state(fresh.unit_id) is UnitState.STAMPED
    findings = years.check(1)
    assert overall(findings) is Verdict.PASSED, findings
    assert len(parse_evidence_record(evidence_record(archive, years.world.vault, years.world.units[1])).chains[0]) == 2
    assert overall(years.check(1, b"forged")) is Verdict.FAILED
    assert archive.timestamps(years.world.units[1])[-1].certificate_not_after > years.at + 10 * YEAR
    assert years.verified() == (Outcome.PASSED, Outcome.PASSED)


def test_hashes_are_renewed_and_then_timestamps_again(years, tmp_path):
    archive, vault = years.world.archive, years.world.vault
    done = renew_hash_trees(archive, vault, years.authority, algorithm="sha512")
    assert [(batch.purpose, len(batch.members)) for batch in done.batches] == [(BatchPurpose.HASH_TREE_RENEWAL, 3)]
    assert renew_hash_trees(archive, vault, years.authority, algorithm="sha512").batches == ()
    years.at += 10 * YEAR + timedelta(days=30)
    years.renew_certificate()
    years.drop(b"new")
    years.stamp()
    assert [one.hash_algorithm for one in ageing(archive, ends_before=years.at + YEAR)] == ["sha512"]
    assert [batch.hash_algorithm for batch in years.renew().batches] == ["sha512"]
    findings = years.check(2)
    assert overall(findings) is Verdict.PASSED, findings
    record = parse_evidence_record(evidence_record(archive, vault, years.world.units[2]))
    assert [[one.algorithm for one in chain] for chain in record.chains] == [["sha256"], ["sha512", "sha512"]]
    assert overall(years.check(2, b"forged")) is Verdict.FAILED
    assert years.verified() == (Outcome.PASSED, Outcome.PASSED)
    rebuild(f"sqlite:///{tmp_path}/again.sqlite", vault, clock=lambda: years.at)
    again = open_archive(tmp_path, url=f"sqlite:///{tmp_path}/again.sqlite", vault=vault)
    assert rows(again) == rows(archive)
    assert evidence_record(again, vault, years.world.units[2]) == evidence_record(archive, vault, years.world.units[2])


def test_after_the_end_a_renewal_proves_nothing(years):
    """RFC 4998 §5.3: an archive timestamp must be renewed while it holds. What is late is said, not hidden."""
    years.at += 12 * YEAR
    years.renew_certificate()
    years.drop(b"new")
    years.stamp()
    done = years.renew()
    assert done.batches == ()
    assert sum(one.members for one in done.too_late) == 3
    assert overall(years.check(0)) is Verdict.PASSED  # at the token's time it held


def test_a_record_renewed_too_late_is_refused(tmp_path, monkeypatch):
    years = Years(tmp_path)
    years.stamp()
    years.at += 12 * YEAR
    years.renew_certificate()
    years.drop(b"new")
    years.stamp()
    done = renew_timestamps(
        years.world.archive, years.authority, ends_before=years.at + YEAR, now=NOW
    )  # a machine whose clock is wrong
    assert done.renewed == 1
    assert Reason.EXPIRED in {finding.reason for finding in years.check(0)}
    assert years.verified() == (Outcome.FAILED, Outcome.FAILED)


def test_an_outage_changes_nothing(years):
    years.at += 10 * YEAR + timedelta(days=30)
    years.renew_certificate()
    years.drop(b"new")
    years.stamp()
    before = years.world.archive.log_size()
    with pytest.raises(TimestampUnavailable):
        years.renew(DownFor(years.authority))
    assert years.world.archive.log_size() == before
    assert years.renew().renewed


def test_without_roots_a_renewed_record_is_indeterminate(years):
    years.at += 10 * YEAR + timedelta(days=30)
    years.renew_certificate()
    years.drop(b"new")
    years.stamp()
    years.renew()
    assert overall(years.check(0, anchors=Anchors())) is Verdict.INDETERMINATE


def test_a_record_given_away_is_verified_as_a_file(years, tmp_path):
    """``shoko verify --evidence RECORD --data FILE``: without archive and database."""
    from storage.evidence.verify import verify_foreign

    record, data, other = tmp_path / "one.ers", tmp_path / "one.pdf", tmp_path / "two.pdf"
    record.write_bytes(evidence_record(years.world.archive, years.world.vault, years.world.units[0]))
    data.write_bytes(b"scan 0")
    other.write_bytes(b"never stamped")  # a neighbour in the first list holds too: it was stamped with it (§4.3)
    assert verify_foreign(record, data, roots=years.roots).outcome is Outcome.PASSED
    assert verify_foreign(record, other, roots=years.roots).outcome is Outcome.FAILED
    for evidence, thing in ((record, None), (tmp_path / "none", data)):
        with pytest.raises(ConfigError):
            verify_foreign(evidence, thing, roots=years.roots)


def test_the_token_of_a_head_alone_is_renewed_too(years):
    """It shows how long the log was at which time, for as long as it verifies."""
    world = years.world
    head = publish_head(world.archive, world.vault, world.signer, authority=years.authority)
    years.at += 10 * YEAR + timedelta(days=30)
    years.renew_certificate()
    years.drop(b"new")
    years.stamp()
    (old,) = [one for one in ageing(world.archive, ends_before=years.at + YEAR) if one.name.startswith("head-")]
    assert old.name.startswith(f"head-{head.tree_size:012d}/")
    years.renew()
    assert ageing(world.archive, ends_before=years.at + YEAR) == ()
    assert years.verified() == (Outcome.PASSED, Outcome.PASSED)
    place = world.vault_file(f"log/head-timestamps/{head.tree_size:012d}.tsr.json")
    other = json.loads(place.read_bytes()) | {"token_der": ""}
    place.chmod(0o644)
    place.write_bytes(json.dumps(other, separators=(",", ":"), sort_keys=True).encode())
    assert years.verified()[0] is Outcome.FAILED
