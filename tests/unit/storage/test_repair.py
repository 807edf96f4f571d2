"""Repair: what reconciliation finds is put in order from what remains, and what cannot be stays named."""

import re
import sqlite3

import pytest

from domain.errors import DigestMismatch
from domain.evidence import Outcome
from domain.ids import drop_id_for
from storage.archive.comparing import damage, differences, index_differences, rebuilt_copy
from storage.evidence.log import publish_head, tile_key
from storage.evidence.signer import LogSigner
from storage.reconcile import reconcile, repair
from tests.support.archive_story import rows, tell
from tests.support.lying_store import LyingStore
from tests.support.memory_store import MemoryStore
from tests.support.records import NOW, Ticking, folder_vault, make_draft, make_drop, make_outcome, open_archive


@pytest.fixture
def vault():
    return MemoryStore()


@pytest.fixture
def archive(tmp_path, vault):
    vault.put_named("inbox", "refused/huge.pdf", b"huge", media_type="application/pdf")
    archive = open_archive(tmp_path, vault=vault, clock=Ticking())
    tell(archive)
    for drop_id in archive.drops_without_outcome():
        archive.record_outcome(make_outcome(archive.get_drop(drop_id), "doc-1"))
    vault.objects.pop(("vault", make_drop(MemoryStore(), b"huge").blob.key))
    yield archive
    archive.close()


def wrong(archive, vault, **options):
    report = reconcile(archive, vault, **options)
    return {(c.name, c.subject) for c in report.checks if c.outcome is not Outcome.PASSED}


def mend(archive, vault):
    return {(one.name, one.subject) for one in repair(archive, vault, now=NOW)}


def cannot_be_made_again(pair):
    """Originals, and acts that have no row."""
    return (
        pair[0] == "inbox" or "/blobs/" in pair[1] or (pair[1].startswith("default/acts/") and pair[1].count("/") == 2)
    )


def test_nothing_is_done_to_an_archive_in_order(archive, vault):
    held = dict(vault.objects)
    assert mend(archive, vault) == set()
    assert vault.objects == held


def test_every_object_but_originals_comes_back_from_the_database(archive, vault):
    whole = dict(vault.objects)
    lost = {pair for pair in whole if not cannot_be_made_again(pair)}
    vault.objects = {pair: content for pair, content in whole.items() if pair not in lost}
    assert mend(archive, vault) == {("records_have_objects", key) for _, key in lost}
    assert vault.objects == whole
    assert wrong(archive, vault, check_digests=True) == set()


def test_every_changed_object_but_originals_gets_its_bytes_back(archive, vault):
    whole = dict(vault.objects)
    changed = {pair for pair in whole if not cannot_be_made_again(pair) and "/units/" not in pair[1]}
    for bucket, key in changed:
        vault.objects[bucket, key] = b"{}" + whole[bucket, key]
    assert mend(archive, vault) == {("objects_are_unchanged", key) for _, key in changed}
    assert vault.objects == whole


def test_an_original_that_is_gone_stays_named(archive, vault):
    key = next(key for bucket, key in vault.objects if "/blobs/" in key)
    content = vault.objects.pop(("vault", key))
    assert mend(archive, vault) == set()
    assert wrong(archive, vault) == {("records_have_objects", key)}
    assert content


def test_a_database_that_was_changed_is_not_written_into_the_vault(tmp_path, archive, vault):
    key = next(key for _, key in vault.objects if key.endswith("r000001.payload.json"))
    vault.objects.pop(("vault", key))
    raw(tmp_path, "payload", "UPDATE payload SET content = X'7B7D' WHERE kind = 'revision'")
    assert ("records_have_objects", key) not in mend(archive, vault)
    assert ("vault", key) not in vault.objects


TABLES = ("drop", "unit", "unit_extract", "drop_outcome", "revision_unit", "payload", "timestamp", "stamp_request")
MORE = ("counterparty_batch", "lesson", "succession", "act", "act_about", "revision", "document")
STAMPS = ("stamp_batch", "stamp_batch_member")


@pytest.mark.parametrize("table", TABLES + MORE + STAMPS)
def test_rows_that_were_removed_come_back_from_the_vault(tmp_path, archive, vault, table):
    whole = rows(archive)
    assert whole[table]
    raw(tmp_path, table, f'DELETE FROM "{table}"')
    assert {name for name, _ in wrong(archive, vault)} & {"leaves_have_rows"}
    assert ("leaves_have_rows", table) in mend(archive, vault)
    assert rows(archive) == whole
    assert {name for name, _ in wrong(archive, vault)} <= {"append_only"}, "only the trigger is still missing"


def test_the_search_index_is_made_anew(tmp_path, archive, vault):
    whole = rows(archive)
    raw(tmp_path, None, "DELETE FROM search_entry", "DELETE FROM likeness")
    found = wrong(archive, vault)
    assert {name for name, _ in found} == {"index_is_complete"}
    assert mend(archive, vault) == found
    assert rows(archive) == whole


def test_a_gap_in_a_numbered_series_is_named_and_needs_a_rebuild(tmp_path, archive, vault):
    raw(tmp_path, "log_leaf", "DELETE FROM log_leaf WHERE sequence = 3")
    named = {(name, subject) for name, subject in wrong(archive, vault) if name == "leaves_have_rows"}
    assert ("leaves_have_rows", "leaf-3") in named
    assert not {name for name, _ in mend(archive, vault)} & {"leaves_have_rows"}
    assert ("leaves_have_rows", "leaf-3") in wrong(archive, vault)


def raw(tmp_path, table, *statements):
    """What the owner of the database can do: take the triggers off, and change it."""
    connection = sqlite3.connect(tmp_path / "archive.sqlite")
    connection.execute("PRAGMA foreign_keys = OFF")
    if table is not None:
        for verb in ("update", "delete"):
            connection.execute(f"DROP TRIGGER IF EXISTS {table}_refuse_{verb}")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_differences_name_what_is_changed_and_what_the_vault_does_not_know(tmp_path, archive):
    with rebuilt_copy(archive) as copy:
        assert differences(archive, copy) == ()
    raw(
        tmp_path,
        "drop",
        'UPDATE "drop" SET origin = \'electronic_sent\' WHERE drop_id = (SELECT MIN(drop_id) FROM "drop")',
        "INSERT INTO payload SELECT client_id, kind, 'nobody', number, digest, content FROM payload LIMIT 1",
    )
    with rebuilt_copy(archive) as copy:
        found = {one.table: (len(one.missing), one.changed, one.unknown) for one in differences(archive, copy)}
    assert found == {"drop": (0, 1, 0), "payload": (0, 0, 1)}


def test_a_delete_marker_is_taken_away_and_the_original_is_found_again(tmp_path):
    vault = LyingStore(clock=lambda: NOW)
    archive = open_archive(tmp_path, vault=vault)
    drop = archive.record_drop(make_drop(vault))
    archive.record_outcome(make_outcome(drop, "doc-1"))
    for key in (drop.blob.key, f"default/drops/{drop.drop_id}.json"):
        vault.raw_delete_name(vault.put_named("vault", key, b"", media_type="x"))
        assert vault.stat("vault", key) is None
    found = {("no_delete_markers", drop.blob.key), ("no_delete_markers", f"default/drops/{drop.drop_id}.json")}
    for since in (None, 0):
        assert wrong(archive, vault, since=since) >= found
    assert mend(archive, vault) == found
    assert wrong(archive, vault, check_digests=True) == set()
    archive.close()


def test_bytes_put_over_an_object_are_covered_by_the_right_ones(tmp_path):
    vault = folder_vault(tmp_path / "vault")
    archive = open_archive(tmp_path, vault=vault)
    drop = archive.record_drop(make_drop(vault))
    archive.record_outcome(make_outcome(drop, "doc-1"))
    for key in (drop.blob.key, f"default/drops/{drop.drop_id}.json"):
        vault.put_named("vault", key, b"{}", media_type="x", if_absent=False)
    assert mend(archive, vault) == {
        ("no_overwrites", drop.blob.key),
        ("no_overwrites", f"default/drops/{drop.drop_id}.json"),
    }
    assert wrong(archive, vault, check_digests=True) == set()
    archive.close()


@pytest.mark.parametrize("harm", ["gone", "changed"])
def test_a_tile_is_written_again_from_the_leaves(tmp_path, archive, vault, harm):
    for number in range(256 - archive.log_size()):
        archive.append_act(kind="looked_at", subject_id=f"doc-{number}")
    publish_head(archive, vault, LogSigner.create_or_open(tmp_path / "keys", clock=lambda: NOW))
    pair = ("vault", tile_key("default", 0, 0))
    whole = dict(vault.objects)
    assert mend(archive, vault) == set()
    if harm == "gone":
        vault.objects.pop(pair)
        assert wrong(archive, vault) == {("tiles_stand", pair[1])}
    else:
        vault.objects[pair] = bytes(8192)
    assert wrong(archive, vault, check_digests=True) == {("tiles_stand", pair[1])}
    assert mend(archive, vault) == {("tiles_stand", pair[1])}
    assert vault.objects == whole


def test_a_file_that_was_taken_is_taken_out_of_the_inbox_and_one_that_was_not_is_left(archive, vault):
    taken = vault.put_named("inbox", "paper/taken.pdf", b"scan", media_type="x")
    drop_id = drop_id_for(client_id="default", store="inbox", key=taken.key, version_id=taken.version_id)
    archive.record_outcome(make_outcome(archive.record_drop(make_drop(vault, drop_id=drop_id)), "doc-1"))
    vault.put_named("inbox", "paper/new.pdf", b"new", media_type="x")
    report = reconcile(archive, vault)
    outcomes = {c.subject: c.outcome for c in report.checks if c.name == "inbox_is_taken"}
    assert outcomes.pop(drop_id) is Outcome.FAILED
    assert list(outcomes.values()) == [Outcome.INDETERMINATE]
    assert mend(archive, vault) == {("inbox_is_taken", drop_id)}
    assert ("inbox", "paper/taken.pdf") not in vault.objects
    assert ("inbox", "paper/new.pdf") in vault.objects


def test_a_file_whose_original_is_gone_is_left_in_the_inbox(archive, vault):
    taken = vault.put_named("inbox", "paper/taken.pdf", b"other scan", media_type="x")
    drop_id = drop_id_for(client_id="default", store="inbox", key=taken.key, version_id=taken.version_id)
    drop = archive.record_drop(make_drop(vault, b"other scan", drop_id=drop_id))
    vault.objects.pop(("vault", drop.blob.key))
    assert mend(archive, vault) == set()


def test_only_what_is_new_is_looked_at_when_asked(archive, vault):
    size = archive.log_size()
    old = next(key for _, key in vault.objects if key.endswith("r000001.json"))
    vault.objects.pop(("vault", old))
    drop = archive.record_drop(make_drop(vault, b"new", name="new.pdf"))
    archive.record_outcome(make_outcome(drop, "doc-1"))
    assert wrong(archive, vault, since=size) == set()
    assert wrong(archive, vault, since=0) == {("records_have_objects", old)}
    new = f"default/drops/{drop.drop_id}.payload.json"
    vault.objects.pop(("vault", new))
    assert wrong(archive, vault, since=size) == {("records_have_objects", new)}
    assert mend(archive, vault) == {("records_have_objects", old), ("records_have_objects", new)}
    vault.put_named("vault", "default/notes.txt", b"x", media_type="x")
    assert wrong(archive, vault, since=size) == set(), "what nobody knows is only found by listing everything"
    assert wrong(archive, vault) == {("objects_have_records", "default/notes.txt")}


def test_a_row_that_cannot_be_read_is_said(tmp_path):
    archive = open_archive(tmp_path)
    archive.record_drop(make_drop(archive.vault, b"one"))
    archive.close()
    with sqlite3.connect(tmp_path / "archive.sqlite") as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE log_leaf SET recorded_at = '\"026-11-20 03:00:00.000000'")
    archive = open_archive(tmp_path, vault=archive.vault)
    with rebuilt_copy(archive) as copy, pytest.raises(DigestMismatch, match="log_leaf"):
        differences(archive, copy)
    archive.close()


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("search_entry", "body = 'another text'"),
        ("search_entry", "amount_scaled = amount_scaled + 1"),
        ("search_entry", "transaction_date = NULL"),
        ("search_entry", "counterparty = CAST(x'e99d92ff' AS TEXT)"),
        ("figure", "due_on = 'no day'"),
        ("figure_sum", "yen = yen + 1"),
        ("likeness", "value = value + 1"),
    ],
)
def test_an_index_that_says_something_else_is_named_and_made_anew(tmp_path, table, change):
    archive = open_archive(tmp_path)
    drop = archive.record_drop(make_drop(archive.vault, b"one"))
    archive.file_document(make_draft(drop.unit_id, text="".join(map(chr, range(0x4E00, 0x4F00)))))
    with rebuilt_copy(archive) as copy:
        assert index_differences(archive, copy) == ()
    archive.close()
    with sqlite3.connect(tmp_path / "archive.sqlite") as connection:
        connection.execute(f"UPDATE {table} SET {change}")
    archive = open_archive(tmp_path, vault=archive.vault)
    with rebuilt_copy(archive) as copy:
        assert [one.table for one in index_differences(archive, copy)] == [table]
        assert differences(archive, copy) == ()
    assert mend(archive, archive.vault) == {("index_equals_the_vault", table)}
    with rebuilt_copy(archive) as copy:
        assert index_differences(archive, copy) == ()
    archive.close()


def test_no_changed_key_in_the_file_of_the_database_is_missed(tmp_path):
    """In a table's own pages or in an index: where one disagrees with the other, SQLite says so."""
    archive = open_archive(tmp_path)
    drop = archive.record_drop(make_drop(archive.vault, b"one"))
    archive.file_document(make_draft(drop.unit_id))
    vault = archive.vault
    archive.compact()
    archive.close()
    path = tmp_path / "archive.sqlite"
    whole = path.read_bytes()
    places = [found.start() for found in re.finditer(re.escape(drop.drop_id.encode()), whole)]
    assert len(places) > 3
    for place in places:
        at = place + len("drop-") + 3
        path.write_bytes(whole[:at] + (b"0" if whole[at : at + 1] != b"0" else b"1") + whole[at + 1 :])
        assert _is_noticed(tmp_path, vault), at
    path.write_bytes(whole)
    assert not _is_noticed(tmp_path, vault)


def test_a_trigger_that_says_something_else_is_named(tmp_path):
    archive = open_archive(tmp_path)
    archive.record_drop(make_drop(archive.vault, b"one"))
    archive.close()
    with sqlite3.connect(tmp_path / "archive.sqlite") as connection:
        connection.execute("DROP TRIGGER drop_refuse_delete")
        connection.execute('CREATE TRIGGER drop_refuse_delete BEFORE DELETE ON "drop" BEGIN SELECT 1; END')
    archive = open_archive(tmp_path, vault=archive.vault)
    with rebuilt_copy(archive) as copy:
        assert damage(archive, copy) == ("trigger drop_refuse_delete",)
    archive.close()


def _is_noticed(folder, vault):
    archive = open_archive(folder, vault=vault)
    try:
        with rebuilt_copy(archive) as copy:
            return bool(differences(archive, copy) or damage(archive, copy))
    except DigestMismatch:
        return True
    finally:
        archive.close()
