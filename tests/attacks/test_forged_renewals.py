"""A token whose certificate was revoked later: renewals that nobody recorded, or say too much; lists taken away.

RFC 4998 §5.3 lets such a token be judged as of the renewal over it, so a renewal that is believed too easily turns a
failed verification into a passed one.
"""

import json
from datetime import timedelta

import pytest
from cryptography.x509 import ReasonFlags
from cryptography.x509.oid import ExtendedKeyUsageOID

from domain import codec
from domain.calendar import tokyo_day
from domain.evidence import BatchMember, BatchPurpose, Outcome
from domain.ids import Digest
from storage.evidence.ageing import ageing
from storage.evidence.batching import stamp_in_batches
from storage.evidence.certificates import to_pem
from storage.evidence.hash_tree import HashTree
from storage.evidence.local_authority import LocalAuthority
from storage.evidence.renewal import renew_timestamps
from storage.evidence.revocation import REVOCATION_DATA, keep_revocation_data
from storage.evidence.settings import BatchSettings
from storage.evidence.stamping import stamp_pending
from storage.evidence.verify import verify_all, verify_document, verify_period
from tests.support.evidence import make_world
from tests.support.records import NOW, make_drop
from tests.support.revoking import DAY, Authorities

REVOKED = NOW + 10 * DAY
SOON = timedelta(minutes=1)
FAILED, PASSED = (Outcome.FAILED,) * 3, (Outcome.PASSED,) * 3


class Scene:
    """Documents under one token, whose certificate is revoked ten days later because its key got out."""

    def __init__(self, folder, *, alone=False):
        self.at = NOW
        self.double = Authorities(folder / "keys/tsa")
        self.world = make_world(folder, stamped=False, clock=lambda: self.at)
        self.archive, self.vault = self.world.archive, self.world.vault
        if alone:
            stamp_pending(self.archive, self.world.authority, limit=10)
        else:
            stamp_in_batches(self.archive, self.world.authority, settings=BatchSettings(), now=self.at, close=True)
        self.stranger = LocalAuthority.create_or_open(folder / "stranger", clock=lambda: NOW)

    def renew(self, digest):
        """Record a renewal of the first batch, a day after it and by an authority whose key stays where it is."""
        self.at = NOW + DAY
        certificate, key = self.double.issue("tsa 2", ExtendedKeyUsageOID.TIME_STAMPING, critical=True, days=9000)
        later = LocalAuthority(root=self.double.root, certificate=certificate, key=key, clock=lambda: self.at)
        root = HashTree([bytes.fromhex(digest)]).root
        self.archive.record_batch(
            [BatchMember(name="batch-000001", digest=digest)],
            later.stamp(Digest(value=root.hex())),
            purpose=BatchPurpose.TIMESTAMP_RENEWAL,
            hash_algorithm="sha256",
        )

    def revoke(self):
        self.at = REVOKED + DAY
        double, chain = self.double, to_pem((self.double.signer, self.double.root))
        double.answers = {
            name: make(REVOKED, ReasonFlags.key_compromise, at=self.at - SOON) for name, make in double.says()
        }
        assert keep_revocation_data(self.archive, chain, fetch=double.fetch, now=self.at)
        self.world.publish()

    def token_digests(self):
        """Name as a renewal has it, and SHA-256, of every token that the units have."""
        return {one.name: one.token_sha256 for one in ageing(self.archive, ends_before=NOW + 40_000 * DAY)}

    def forge(self, purpose, digests, *, number=99, imprint=None):
        """Put a batch with a stranger's token into the vault that no row and no leaf names."""
        plain = {
            "format": "shoko.stamp-batch.v1",
            "client_id": "default",
            "number": number,
            "purpose": purpose,
            "hash_algorithm": "sha256",
            "members": [[name, digest] for name, digest in digests.items()],
            "token": codec.to_plain(self.stranger.stamp(imprint or Digest.of(b"other bytes"))),
        }
        self.vault.put_named(
            "vault",
            f"default/batches/batch-{number:06d}.json",
            codec.canonical(plain),
            media_type="application/json",
            retain_until=self.at + 90 * DAY,
        )

    def outcomes(self):
        """Of one document, of a period, of the whole archive."""
        world, day = self.world, tokyo_day(NOW)
        return (
            verify_document(self.archive, self.vault, world.documents[0], roots=world.roots).outcome,
            verify_period(self.archive, self.vault, start=day, end=day, by="recorded", roots=world.roots).outcome,
            verify_all(self.archive, self.vault, roots=world.roots).outcome,
        )


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("purpose", ["timestamp_renewal", "hash_tree_renewal"])
def test_a_renewal_that_no_act_names_is_none(tmp_path, purpose, alone):
    scene = Scene(tmp_path, alone=alone)
    scene.revoke()
    digests = scene.token_digests() if purpose == "timestamp_renewal" else dict.fromkeys(scene.world.units, "1" * 64)
    scene.forge(purpose, dict.fromkeys(digests, "0" * 64))
    scene.forge(purpose, digests, number=98)
    assert scene.outcomes() == FAILED


def test_a_recorded_renewal_counts_and_a_forged_one_beside_it_takes_nothing_away(tmp_path):
    scene = Scene(tmp_path)
    scene.renew(scene.token_digests()["batch-000001"])
    scene.revoke()
    assert scene.outcomes() == PASSED
    scene.forge("timestamp_renewal", {"batch-000001": "0" * 64})
    assert scene.outcomes() == (Outcome.PASSED, Outcome.PASSED, Outcome.FAILED)


def test_a_forged_renewal_in_the_next_place_does_not_take_the_place_of_the_real_one(tmp_path):
    scene = Scene(tmp_path)
    digests = scene.token_digests()
    root = HashTree([bytes.fromhex(digests["batch-000001"])]).root
    scene.forge("timestamp_renewal", digests, number=2, imprint=Digest(value=root.hex()))
    nothing = renew_timestamps(scene.archive, scene.world.authority, ends_before=NOW + DAY, now=scene.at)
    assert nothing.batches == ()
    assert scene.token_digests() == digests, "it still waits for its renewal"
    scene.renew(digests["batch-000001"])
    assert scene.token_digests().keys() == {"batch-000003"}
    scene.revoke()
    assert scene.outcomes() == (Outcome.PASSED, Outcome.PASSED, Outcome.FAILED), "what lies there is said"


def test_a_forged_first_stamp_in_the_next_place_does_not_take_the_place_of_the_real_one(tmp_path):
    scene = Scene(tmp_path)
    late = scene.archive.record_drop(make_drop(scene.vault, b"late", name="late.pdf")).unit_id
    waiting = {one.unit_id: one.imprint for one in scene.archive.pending_stamps(limit=10)}
    scene.forge("stamp", {late: waiting[late].value}, number=2, imprint=waiting[late])
    done = stamp_in_batches(scene.archive, scene.world.authority, settings=BatchSettings(), now=scene.at, close=True)
    assert [[member.name for member in batch.members] for batch in done.batches] == [[late]]
    (token,) = scene.archive.timestamps(late)
    assert scene.world.authority.gave(token)


def test_a_recorded_renewal_over_other_bytes_is_none(tmp_path):
    """Whoever writes the log can record anything: what a renewal is over is looked at too."""
    scene = Scene(tmp_path)
    scene.renew("0" * 64)
    scene.revoke()
    assert scene.outcomes() == FAILED


def test_a_recorded_renewal_that_was_changed_afterwards_is_none(tmp_path):
    scene = Scene(tmp_path)
    scene.renew(scene.token_digests()["batch-000001"])
    scene.revoke()
    path = scene.world.vault_file("batches/batch-000002.json")
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b'"sha256"', b'"sha384"', 1))
    assert scene.outcomes() == FAILED


@pytest.mark.parametrize("how", ["emptied", "removed"])
def test_taking_the_list_away_does_not_take_the_revocation_away(tmp_path, how):
    scene = Scene(tmp_path)
    scene.revoke()
    (leaf,) = scene.archive.leaves_of(next(iter(scene.archive.subjects(frozenset({REVOCATION_DATA})))))
    path = scene.world.vault_file(f"acts/{leaf.manifest_digest.value}.json")
    if how == "emptied":
        path.chmod(0o600)
        path.write_bytes(codec.canonical(json.loads(path.read_bytes()) | {"lists": []}))
    else:
        for one in path.parent.iterdir():
            one.unlink()
    assert scene.outcomes() == FAILED
