"""Batches that somebody changed: members, tokens, and the object itself."""

import json

import pytest

from domain import codec
from domain.evidence import Outcome
from domain.ids import Digest
from storage.evidence.batching import stamp_in_batches
from storage.evidence.hash_tree import HashTree
from storage.evidence.local_authority import LocalAuthority
from storage.evidence.settings import BatchSettings
from storage.evidence.verifier import Policy, Verdict, overall, verify_batch
from storage.evidence.verify import verify_all, verify_document
from tests.support.evidence import make_world
from tests.support.records import NOW


@pytest.fixture
def world(tmp_path):
    world = make_world(tmp_path, stamped=False)
    stamp_in_batches(world.archive, world.authority, settings=BatchSettings(), now=NOW)
    world.publish()
    return world


def change(world, edit):
    path = world.vault_file("batches/batch-000001.json")
    plain = json.loads(path.read_bytes())
    edit(plain)
    path.chmod(0o600)
    path.write_bytes(codec.canonical(plain))
    return plain


def another_digest(plain):
    plain["members"][0][1] = "00" * 32


def member_removed(plain):
    del plain["members"][1]


def member_added(plain):
    plain["members"].append(["unit-" + "0" * 32, "11" * 32])


def members_exchanged(plain):
    first, second = plain["members"][:2]
    first[1], second[1] = second[1], first[1]


def token_cut(plain):
    plain["token"]["token_der"] = plain["token"]["token_der"][:-8]


def another_hash(plain):
    plain["hash_algorithm"] = "sha512"


def purpose(plain):
    plain["purpose"] = "blessing"


EDITS = [another_digest, member_removed, member_added, members_exchanged, token_cut, another_hash, purpose]


@pytest.mark.parametrize("edit", EDITS)
def test_a_changed_batch_is_noticed_everywhere(world, edit):
    change(world, edit)
    assert verify_all(world.archive, world.vault, roots=world.roots).outcome is Outcome.FAILED
    assert verify_document(world.archive, world.vault, world.documents[0], roots=world.roots).outcome is Outcome.FAILED


@pytest.mark.parametrize("edit", [e for e in EDITS if e is not members_exchanged])
def test_a_changed_batch_does_not_hold_even_without_the_log(world, edit):
    plain = change(world, edit)
    _, findings = verify_batch(plain, anchors=world.roots, policy=Policy(), subject="batch-000001")
    assert overall(findings) is Verdict.FAILED


def test_a_batch_that_is_gone_is_noticed(world):
    path = world.vault_file("batches/batch-000001.json")
    for one in path.parent.iterdir():
        one.unlink()
    assert verify_all(world.archive, world.vault, roots=world.roots).outcome is Outcome.FAILED
    assert verify_document(world.archive, world.vault, world.documents[0], roots=world.roots).outcome is Outcome.FAILED


def test_a_changed_original_fails_alone(world):
    path = world.vault_file(world.archive.get_unit(world.units[0]).blob.digest.value)
    path.chmod(0o600)
    path.write_bytes(b"forged")
    reports = [verify_document(world.archive, world.vault, d, roots=world.roots) for d in world.documents]
    assert [report.outcome for report in reports] == [Outcome.FAILED, Outcome.PASSED, Outcome.PASSED]


def test_a_foreign_authority_is_not_believed(tmp_path, world):
    foreign = LocalAuthority.create_or_open(tmp_path / "foreign", clock=lambda: NOW)

    def forge(plain):
        root = HashTree(bytes.fromhex(digest) for _, digest in plain["members"]).root
        plain["token"] = codec.to_plain(foreign.stamp(Digest(value=root.hex())))

    plain = change(world, forge)
    _, findings = verify_batch(plain, anchors=world.roots, policy=Policy(), subject="batch-000001")
    assert [f.reason.value for f in findings if f.reason] == ["NO_CERTIFICATE_CHAIN_FOUND"]
