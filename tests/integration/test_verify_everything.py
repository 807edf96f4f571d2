"""The sweep of a whole archive: the same in one process and in several, on every kind of store; nothing unnoticed."""

import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from domain.evidence import Outcome
from pipeline.benchmark.evidence.making import MADE_AT, Making, made_store, make_archive
from storage.archive import Archive
from storage.evidence.certificates import to_pem
from storage.evidence.local_authority import LocalAuthority
from storage.evidence.signer import LogSigner
from storage.evidence.verify import Policy, Roots, SweepSettings, verify_all
from storage.objects.bulk import FolderShelf, StoreShelf

UNITS = 90
LEAVES = 3 * UNITS + 1
"""Dropped, filed, read; and one batch."""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    authority = LocalAuthority.create_or_open(folder / "tsa", clock=lambda: MADE_AT)
    signer = LogSigner.create_or_open(folder / "keys", clock=lambda: MADE_AT)
    result = make_archive(
        folder / "store",
        units=UNITS,
        unit_bytes=300,
        seed=1,
        signer=signer,
        authority=authority,
        policy="batch",
        progress=lambda done, of: None,
    )
    archive = Archive.open(f"sqlite:///{folder}/a.sqlite", result.store, client_id="default", clock=lambda: MADE_AT)
    roots = Roots(roots_pem=(to_pem(authority.roots).encode(),), log_key_sha256=signer.fingerprint)
    yield folder, result, archive, roots
    archive.close()


def verify(made, **settings):
    _, result, archive, roots = made
    policy = Policy(require_timestamp=False)
    return verify_all(archive, result.store, roots=roots, policy=policy, settings=SweepSettings(**settings))


def wrong(report):
    return {(c.name, c.outcome, (c.detail or "").partition(":")[0], c.subject) for c in report.checks}


def file_of(made, path):
    (found,) = (made[0] / "store" / "vault" / "default").glob(f"{path}~/000001-00000000")
    return found


@pytest.fixture
def altered(made):
    """Alters files and puts them back."""
    kept = {}

    def alter(path, change):
        kept.setdefault(path, path.read_bytes())
        path.write_bytes(change(path.read_bytes()))

    yield alter
    for path, content in kept.items():
        path.write_bytes(content)


def test_what_passed_is_counted(made):
    report = verify(made)
    assert report.outcome is Outcome.PASSED, report.checks
    counted = {name: count for (name, _), count in report.counts.items()}
    assert counted["original_digest"] == UNITS
    assert counted["record_logged"] == counted["leaf_sequence"] == counted["database_log"] == LEAVES
    assert counted["payload_digest"] == 2 * UNITS
    assert counted["tile"] == 1
    assert report.checks == ()


def test_two_processes_say_the_same(made, altered):
    told = []
    altered(
        file_of(made, "documents/doc-*/r000001.payload.json".replace("doc-*", first_document(made))), lambda c: c + b" "
    )
    alone = verify(made)
    shared = verify(
        made,
        processes=2,
        open_vault=partial(made_store, made[0] / "store"),
        few_leaves=10,
        leaves_per_task=100,
        progress=lambda done, of: told.append((done, of)),
    )
    assert wrong(alone) == wrong(shared)
    assert alone.counts == shared.counts
    assert alone.outcome is Outcome.FAILED
    assert told == [(100, LEAVES), (200, LEAVES), (LEAVES, LEAVES)]


def first_document(made):
    return min(p.name for p in (made[0] / "store" / "vault" / "default" / "documents").iterdir())


def test_a_store_that_only_answers_questions_is_verified_as_well(made):
    folder = made[0] / "store" / "vault"
    quick, slow = FolderShelf(folder, "default/"), StoreShelf(made[1].store, "vault", "default/")
    paths = sorted(quick.paths())
    assert paths == sorted(slow.paths())
    for path in paths[::37]:
        assert quick.content(path) == slow.content(path)
        assert quick.digest(path) == slow.digest(path)
        assert quick.digest(path, "sha512") == slow.digest(path, "sha512")
        assert quick.modified_at(path) == slow.modified_at(path)
    assert quick.content("drops/none.json") is slow.content("drops/none.json") is None
    assert quick.digest("drops/none.json") is slow.digest("drops/none.json") is None
    assert quick.modified_at("drops/none.json") is slow.modified_at("drops/none.json") is None
    assert quick.faults() == slow.faults() == ()


def test_an_altered_tile(made, altered):
    altered(file_of(made, "log/tile/0/000000000"), lambda c: c[:-1] + b"\x00")
    assert ("tile", Outcome.FAILED, "HASH_FAILURE", "log/tile/0/000000000") in wrong(verify(made))


def test_a_missing_tile(made):
    tile = file_of(made, "log/tile/0/000000000")
    hidden = tile.parent.rename(made[0] / "hidden")
    try:
        assert ("tile", Outcome.FAILED, "SIGNED_DATA_NOT_FOUND", "log/tile/0/000000000") in wrong(verify(made))
    finally:
        hidden.rename(tile.parent)


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c.replace(b"2026-11-20", b"2016-11-20"),
        lambda c: c.replace(b"check", b"chefk"),
        lambda c: c.replace(b"application", b"applicatiom"),
        lambda c: b"",
        lambda c: c[:-20] + b'0"}',
    ],
)
def test_a_damaged_side_file(made, altered, change):
    note = file_of(made, f"drops/{first_drop(made)}.json").with_name("000001-00000000.json")
    altered(note, change)
    assert ("store_sound", Outcome.FAILED, "HASH_FAILURE", f"drops/{first_drop(made)}.json") in wrong(verify(made))


def first_drop(made):
    return min(p.name for p in (made[0] / "store" / "vault" / "default" / "drops").iterdir())[: len("drop-") + 32]


def test_damaged_settings_of_the_bucket(made, altered):
    altered(made[0] / "store" / "vault" / ".bucket.json", lambda c: c.replace(b"object_lock", b"object_lick"))
    assert any(name == "store_sound" for name, *_ in wrong(verify(made)))


def test_files_that_are_no_part_of_the_store(made):
    strays = [
        made[0] / "store" / "vault" / "default" / "units" / "a.txt",
        file_of(made, f"drops/{first_drop(made)}.json").with_name("note"),
        made[0] / "store" / "vault" / "b.txt",
    ]
    for stray in strays:
        stray.write_bytes(b"")
    try:
        subjects = {subject for name, _, reason, subject in wrong(verify(made)) if name == "store_sound"}
    finally:
        for stray in strays:
            stray.unlink()
    assert subjects == {"units/a.txt", f"drops/{first_drop(made)}.json~/note", "/b.txt"}


def test_an_object_that_no_act_names(made):
    making = Making(made[0] / "store")
    making.put("default/acts/" + "a" * 64 + ".json", b"{}")
    folder = made[0] / "store" / "vault" / "default" / "acts"
    try:
        assert wrong(verify(made)) == {("object_known", Outcome.FAILED, "unexpected", "acts/" + "a" * 64 + ".json")}
        long_ago = datetime.now(UTC) - timedelta(days=1)
        young = verify(made, settled_before=long_ago)
        assert young.outcome is Outcome.INDETERMINATE
        assert verify(made, settled_before=long_ago + timedelta(days=2)).outcome is Outcome.FAILED
    finally:
        shutil.rmtree(folder)


def test_a_leaf_of_the_database_that_is_not_the_vaults(made, tmp_path):
    folder, result, archive, roots = made
    archive.close()
    shutil.copy(folder / "a.sqlite", tmp_path / "a.sqlite")
    with sqlite3.connect(tmp_path / "a.sqlite") as connection:
        for (name,) in connection.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            connection.execute(f'drop trigger "{name}"')
        connection.execute("update log_leaf set leaf_hash = zeroblob(32) where sequence = 2")
    connection.close()
    other = Archive.open(f"sqlite:///{tmp_path}/a.sqlite", result.store, client_id="default", clock=lambda: MADE_AT)
    try:
        report = verify_all(other, result.store, roots=roots, policy=Policy(require_timestamp=False))
    finally:
        other.close()
    assert wrong(report) == {("database_log", Outcome.FAILED, "HASH_FAILURE", "leaf-0")}
