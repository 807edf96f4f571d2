"""Witnesses outside of the archive: appended to only by what grew out of what they hold; a lie about the past shows."""

import shutil
from dataclasses import replace

import pytest

from domain import codec
from domain.errors import ConfigError
from domain.evidence import Outcome
from domain.ids import Digest
from storage.archive import Archive
from storage.evidence.log import head_sizes, newest_head
from storage.evidence.proofs import consistency_proof, inclusion_proof
from storage.evidence.signer import LogSigner
from storage.evidence.verify import verify_all, witness_report
from storage.evidence.witness import FileWitness, StoreWitness, push_head
from tests.support.evidence import make_world
from tests.support.records import NOW, folder_vault


@pytest.fixture
def world(tmp_path):
    return make_world(tmp_path / "home", names=("a.pdf",))


def push(world, witness):
    return push_head(world.archive, world.vault, witness, log_key_sha256=world.signer.fingerprint)


def go_on(world, times=1):
    for _ in range(times):
        world.archive.append_act(kind="looked_at", subject_id="x")
    world.publish()


@pytest.fixture(params=["file", "store"])
def witness(request, tmp_path):
    if request.param == "file":
        return FileWitness(tmp_path / "heads.jsonl")
    return StoreWitness(folder_vault(tmp_path / "other"), "default")


def test_a_head_is_kept_once_and_each_later_one_after_it(world, witness):
    assert push(world, witness).outcome is Outcome.PASSED
    assert push(world, witness).outcome is Outcome.PASSED
    first = witness.lines()
    assert first == codec.dump(newest_head(world.vault, "default")) + b"\n"
    go_on(world)
    assert push(world, witness).outcome is Outcome.PASSED
    assert witness.lines() == first + codec.dump(newest_head(world.vault, "default")) + b"\n"


def test_nothing_is_kept_before_the_first_head(tmp_path, witness):
    world = make_world(tmp_path / "early", names=("a.pdf",), stamped=False)
    assert push(world, witness).outcome is Outcome.PASSED
    assert witness.lines() == b""


def test_a_past_that_was_made_anew_does_not_pass(world, witness, tmp_path):
    """Vault and database of another past, signed with the right key: the archive itself is consistent."""
    go_on(world)
    assert push(world, witness).outcome is Outcome.PASSED
    other = make_world(tmp_path / "other-past", names=("b.pdf",))
    forged = replace(other, signer=world.signer)
    shutil.rmtree(tmp_path / "other-past" / "vault" / "vault" / "default" / "log" / "heads")
    go_on(forged, 9)
    said = push(forged, witness)
    assert said.outcome is Outcome.FAILED
    before = witness.lines()
    assert push(forged, witness).outcome is Outcome.FAILED
    assert witness.lines() == before


def test_an_archive_rolled_back_does_not_pass(world, witness, tmp_path):
    shutil.copytree(tmp_path / "home", tmp_path / "back")
    go_on(world)
    assert push(world, witness).outcome is Outcome.PASSED
    vault = folder_vault(tmp_path / "back" / "vault")
    url = f"sqlite:///{tmp_path}/back/archive.sqlite"
    archive = Archive.open(url, vault, client_id="default", clock=lambda: NOW)
    try:
        said = push(replace(world, archive=archive, vault=vault), witness)
    finally:
        archive.close()
    assert said.outcome is Outcome.FAILED
    assert "the log has" in said.detail


def test_a_line_that_somebody_changed(world, tmp_path):
    path = tmp_path / "heads.jsonl"
    witness = FileWitness(path)
    assert push(world, witness).outcome is Outcome.PASSED
    head = newest_head(world.vault, "default")
    stranger = LogSigner.create_or_open(tmp_path / "stranger", clock=lambda: NOW)
    lies = (
        codec.dump(replace(head, root=Digest.of(b"other"))),
        codec.dump(world.signer.sign_head(client_id="default", tree_size=head.tree_size, root=Digest.of(b"other"))),
        codec.dump(stranger.sign_head(client_id="default", tree_size=head.tree_size, root=head.root)),
        b"no head",
    )
    for lie in lies:
        path.write_bytes(lie + b"\n")
        assert push(world, witness).outcome is Outcome.FAILED
        assert path.read_bytes() == lie + b"\n"


def test_a_log_that_shrinks_within_the_file(world, tmp_path):
    path = tmp_path / "heads.jsonl"
    push(world, FileWitness(path))
    go_on(world)
    push(world, FileWitness(path))
    path.write_bytes(b"".join(reversed(path.read_bytes().splitlines(keepends=True))))
    assert push(world, FileWitness(path)).outcome is Outcome.FAILED


def test_an_interrupted_line_is_no_statement(world, tmp_path):
    path = tmp_path / "heads.jsonl"
    push(world, FileWitness(path))
    whole = path.read_bytes()
    for cut in (1, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:cut])
        assert push(world, FileWitness(path)).outcome is Outcome.PASSED
        assert path.read_bytes() == whole


def test_a_witness_that_does_not_answer_is_asked_again(world, tmp_path):
    said = push(world, FileWitness(tmp_path / "nowhere" / "heads.jsonl"))
    assert (said.outcome, said.detail) == (Outcome.INDETERMINATE, "store_unavailable")
    (tmp_path / "folder").mkdir()
    assert push(world, FileWitness(tmp_path / "folder")).outcome is Outcome.INDETERMINATE


def test_the_heads_of_a_witness_are_earlier_heads(world, tmp_path):
    path = tmp_path / "heads.jsonl"
    for _ in range(3):
        push(world, FileWitness(path))
        go_on(world)
    anchors, report = witness_report(path, log_key_sha256=world.signer.fingerprint)
    assert report.outcome is Outcome.PASSED
    assert len(anchors.earlier_heads) == 3
    roots = replace(world.roots, earlier_heads=anchors.earlier_heads)
    checked = verify_all(world.archive, world.vault, roots=roots)
    assert checked.outcome is Outcome.PASSED
    assert checked.counts["head_consistent", Outcome.PASSED] == 3
    path.write_bytes(path.read_bytes() + b"{}\n")
    assert witness_report(path, log_key_sha256=None)[1].outcome is Outcome.FAILED
    with pytest.raises(ConfigError):
        witness_report(tmp_path / "none", log_key_sha256=None)


def test_proofs_between_any_two_heads_and_of_every_entry(world):
    for _ in range(5):
        go_on(world, 2)
    sizes = [0, *head_sizes(world.vault, "default")]
    for at, first in enumerate(sizes):
        for second in sizes[at:]:
            proof = consistency_proof(world.archive, first, second)
            assert proof.holds
            assert (proof.first_size, proof.second_size) == (first, second)
    for sequence in range(world.archive.log_size()):
        for size in (sequence + 1, world.archive.log_size()):
            assert inclusion_proof(world.archive, world.vault, sequence, size).holds
    for wrong in ((3, 2), (0, 9999), (9999, None)):
        with pytest.raises(ConfigError):
            consistency_proof(world.archive, *wrong)
    for wrong in ((3, 3), (0, 9999), (9999, None)):
        with pytest.raises(ConfigError):
            inclusion_proof(world.archive, world.vault, *wrong)


def test_an_altered_leaf_is_not_included(world):
    path = world.vault_file("log/leaves/000000000001.json")
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"2026", b"2025"))
    assert not inclusion_proof(world.archive, world.vault, 1).holds
    path.unlink()
    assert not inclusion_proof(world.archive, world.vault, 1).holds
