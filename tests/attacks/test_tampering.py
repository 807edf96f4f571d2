"""Every kind of tampering that was thought of, tried on a whole archive by somebody who owns the machine.

Each kind names the check that finds it and why; none may pass. What stands outside (roots, log key, earlier heads) is
given to the verifier; ``test_without_anything_from_outside`` says what is left without it.
"""

import re
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from domain.errors import AppError
from domain.evidence import Outcome
from storage.archive.comparing import differences, rebuilt_copy
from storage.evidence.log import newest_head
from storage.evidence.verify import EarlierHead, Roots, verify_all, verify_document
from storage.reconcile import reconcile
from tests.support import tampering_log, tampering_records
from tests.support.tampering import Hands, copied, earlier_heads, flip, flips, make_rich_world, opened, put_back
from tests.support.tampering_kinds import kinds_of

KINDS = kinds_of(tampering_records, tampering_log)
COMPLIANCE = Path(__file__).parents[2] / "COMPLIANCE.md"


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    world = make_rich_world(tmp_path_factory.mktemp("base"))
    yield world
    world.archive.close()


@pytest.fixture
def hands(base, tmp_path):
    hands = Hands(copied(base, tmp_path))
    yield hands
    hands.world.archive.close()


def trusted(world, base=None):
    return replace(world.roots, earlier_heads=earlier_heads(base or world))


@pytest.mark.parametrize("name", KINDS)
def test_it_is_found_and_the_reason_named(hands, base, name):
    attack, check, reason = KINDS[name]
    roots = trusted(hands.world, base)
    attack(hands)
    report = verify_all(hands.world.archive, hands.world.vault, roots=roots)
    assert report.outcome is Outcome.FAILED
    failed = {(c.name, (c.detail or "").partition(":")[0]) for c in report.checks if c.outcome is Outcome.FAILED}
    assert (check, reason) in failed


def test_there_are_enough_kinds_and_auditors_are_told_of_each():
    assert len(KINDS) >= 60
    told = re.findall(r"（`(\w+)`） \| `(\w+)` \|$", COMPLIANCE.read_text(encoding="utf-8"), re.MULTILINE)
    assert told == [(check, name) for name, (_, check, _) in KINDS.items()]


def test_untouched_it_passes(hands, base):
    report = verify_all(hands.world.archive, hands.world.vault, roots=trusted(hands.world, base))
    assert report.outcome is Outcome.PASSED, report.checks
    for document_id in hands.world.documents:
        report = verify_document(hands.world.archive, hands.world.vault, document_id, roots=hands.world.roots)
        assert report.outcome is Outcome.PASSED, report.checks


# --- the database: an index, so it is held against the vault


@pytest.mark.parametrize(
    "statement",
    [
        "update payload set content = replace(content, '128960', '328960') where kind = 'revision'",
        "update revision set importance = 'general'",
        "update drop_outcome set state = 'refused'",
        "delete from timestamp",
        "update \"drop\" set received_on = '2026-01-01'",
        "update unit_extract set page_index = 7",
        "delete from lesson",
        "delete from stamp_batch_member",
        "update log_leaf set recorded_at = '2026-01-01 00:00:00'",
    ],
)
def test_a_changed_row_is_found(hands, statement):
    world = hands.sql(statement)
    with rebuilt_copy(world.archive) as copy:
        assert differences(world.archive, copy)


def test_a_changed_leaf_hash_stops_signing_and_verifying(hands):
    world = hands.sql("update log_leaf set leaf_hash = zeroblob(32) where sequence = 2")
    report = verify_all(world.archive, world.vault, roots=world.roots)
    assert ("database_log", Outcome.FAILED) in {(c.name, c.outcome) for c in report.checks}
    world.archive.append_act(kind="looked_at", subject_id="x")
    with pytest.raises(AppError):
        world.publish()


def test_dropped_triggers_are_found(hands):
    hands.world.archive.close()
    with sqlite3.connect(hands.world.folder / "archive.sqlite") as connection:
        (name, *_), *_ = connection.execute("select name from sqlite_master where type = 'trigger'").fetchall()
        connection.execute(f'drop trigger "{name}"')
    connection.close()
    hands.world = opened(hands.world, hands.world.folder)
    report = reconcile(hands.world.archive, hands.world.vault)
    assert ("append_only", Outcome.FAILED) in {(c.name, c.outcome) for c in report.checks}


def test_a_database_rolled_back_is_said_and_made_whole(hands, base, tmp_path):
    """The vault is ahead: opening brings the database up to date, and verifying says that it was behind."""
    hands.world.archive.close()
    shutil.copy(hands.world.folder / "archive.sqlite", tmp_path / "old.sqlite")
    hands.world = opened(hands.world, hands.world.folder)
    for number in range(5):
        hands.world.archive.append_act(kind="looked_at", subject_id=f"x-{number}")
    hands.world.publish()
    hands.world.archive.close()
    for path in hands.world.folder.glob("archive.sqlite*"):
        path.unlink()
    shutil.copy(tmp_path / "old.sqlite", hands.world.folder / "archive.sqlite")
    hands.world = opened(hands.world, hands.world.folder)
    report = verify_all(hands.world.archive, hands.world.vault, roots=trusted(hands.world, base))
    assert report.outcome is Outcome.INDETERMINATE
    assert [(c.name, c.detail) for c in report.checks] == [("database_current", "the database was behind: 5 leaves")]
    with rebuilt_copy(hands.world.archive) as copy:
        assert differences(hands.world.archive, copy) == ()


# --- everything at once


def test_vault_and_database_rolled_back_together(hands, base):
    """An older, consistent state: only what somebody wrote down of the newer one tells."""
    ahead = make_later(base)
    roots = replace(hands.world.roots, earlier_heads=ahead)
    report = verify_all(hands.world.archive, hands.world.vault, roots=roots)
    assert ("head_consistent", "proof_failure") in {
        (c.name, (c.detail or "").partition(":")[0]) for c in report.checks if c.outcome is Outcome.FAILED
    }


def make_later(base):
    """Heads of the same log after more acts, as a witness has them."""
    size = newest_head(base.vault, "default").tree_size
    return (EarlierHead(tree_size=size + 5, root=b"\x07" * 32),)


@pytest.fixture(scope="module")
def forged(tmp_path_factory):
    """A whole archive made anew: consistent in itself, with keys and an authority of the forger's own."""
    world = make_rich_world(tmp_path_factory.mktemp("forged"), names=("x.pdf", "b.pdf", "c.pdf"))
    yield world
    world.archive.close()


def test_a_wholly_forged_archive_is_found_by_what_stands_outside(forged, base):
    report = verify_all(forged.archive, forged.vault, roots=trusted(base))
    failed = {(c.name, (c.detail or "").partition(":")[0]) for c in report.checks if c.outcome is Outcome.FAILED}
    assert {
        ("head_key_trusted", "SIG_CONSTRAINTS_FAILURE"),
        ("token_chain", "NO_CERTIFICATE_CHAIN_FOUND"),
        ("head_consistent", "proof_failure"),
    } <= failed


def test_stolen_keys_do_not_help_against_earlier_heads(forged, base):
    """Whoever has every key of the installation can make a consistent past, but not the one that was written down."""
    sound = verify_all(forged.archive, forged.vault, roots=forged.roots)
    assert sound.outcome is Outcome.PASSED
    report = verify_all(forged.archive, forged.vault, roots=trusted(forged, base))
    assert {c.name for c in report.checks if c.outcome is Outcome.FAILED} == {"head_consistent"}


def test_without_anything_from_outside(forged, base):
    for world in (forged, base):
        report = verify_all(world.archive, world.vault, roots=Roots())
        assert report.outcome is Outcome.INDETERMINATE
        assert {(c.detail or "").partition(":")[0] for c in report.checks} == {"trust anchor not supplied"}


def test_no_head_at_all_is_not_passed(hands):
    for path in hands.paths("log/heads"):
        hands.remove(path)
    report = verify_all(hands.world.archive, hands.world.vault, roots=hands.world.roots)
    assert report.outcome is not Outcome.PASSED


def test_no_flipped_bit_goes_unnoticed(hands, base):
    """Some of the many that ``shoko bench --evidence --measure flips`` tries."""
    roots = trusted(hands.world, base)
    for path, at, bit in flips(hands.world.folder / "vault" / "vault", seed=1, count=100):
        before = flip(path, at, bit)
        try:
            found = verify_all(hands.world.archive, hands.world.vault, roots=roots).outcome is not Outcome.PASSED
        except AppError:
            found = True
        assert found, (path, at, bit)
        put_back(path, before)
