"""Reconciliation: an archive in order, and one test for each way in which it can be out of order."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from domain.evidence import Outcome
from domain.finding_labels import RECONCILIATION
from storage.reconcile import MAX_FINDINGS, reconcile
from tests.support.archive_story import tell
from tests.support.faulty_store import Crash, FaultyStore
from tests.support.memory_store import LONG_AGO, MemoryStore
from tests.support.records import NOW, folder_vault, make_draft, make_drop, make_outcome, open_archive

NAMES = {
    "objects_have_records",
    "no_unfinished_acts",
    "log_is_applied",
    "records_have_objects",
    "objects_are_unchanged",
    "drops_have_outcomes",
    "no_delete_markers",
    "no_overwrites",
    "append_only",
    "destroyed_is_gone",
    "leaves_have_rows",
    "index_is_complete",
    "inbox_is_taken",
    "tiles_stand",
}


@pytest.fixture
def vault():
    return MemoryStore()


@pytest.fixture
def archive(tmp_path, vault):
    vault.put_named("inbox", "refused/huge.pdf", b"huge", media_type="application/pdf")
    archive = open_archive(tmp_path, vault=vault)
    tell(archive)
    for drop_id in archive.drops_without_outcome():
        archive.record_outcome(make_outcome(archive.get_drop(drop_id), "doc-1"))
    # The refused drop's bytes are in the inbox and not in the vault.
    vault.objects.pop(("vault", make_drop(MemoryStore(), b"huge").blob.key))
    yield archive
    archive.close()


def findings(archive, vault, **options):
    report = reconcile(archive, vault, **options)
    assert {check.name for check in report.checks} == NAMES
    return [(c.name, c.outcome, c.subject) for c in report.checks if c.outcome is not Outcome.PASSED]


def failed(name, subject):
    return [(name, Outcome.FAILED, subject)]


@pytest.mark.parametrize("check_digests", [False, True])
def test_an_archive_in_order_passes(archive, vault, check_digests):
    vault.put_named("vault", "default/log/tile/0/000", b"x", media_type="x")
    vault.put_named("vault", "default/log/heads/000000000005.json", b"{}", media_type="x")
    vault.put_named("vault", "default/log/head-timestamps/000000000005.tsr.json", b"{}", media_type="x")
    vault.put_named("vault", "other/whatever", b"{}", media_type="x")
    report = reconcile(archive, vault, check_digests=check_digests)
    assert (report.outcome, len(report.checks)) == (Outcome.PASSED, len(NAMES)), findings(archive, vault)


def test_every_finding_has_a_name_in_japanese():
    deep = {"rows_equal_the_vault", "index_equals_the_vault", "database_is_whole", "locks_hold"}
    assert set(RECONCILIATION) == NAMES | deep | {"witness_agrees", "nightly_step"}


def test_an_empty_archive_passes(tmp_path):
    archive = open_archive(tmp_path)
    assert reconcile(archive, archive.vault, check_digests=True).outcome is Outcome.PASSED
    archive.close()


def test_an_object_that_nobody_knows_fails(archive, vault):
    vault.put_named("vault", "default/notes.txt", b"x", media_type="x")
    assert findings(archive, vault) == failed("objects_have_records", "default/notes.txt")


def test_every_object_that_is_gone_is_named(archive, vault):
    whole = dict(vault.objects)
    for pair in whole:
        vault.objects = {other: content for other, content in whole.items() if other != pair}
        found = findings(archive, vault)
        assert [name for name, _, _ in found] == ["records_have_objects"], pair
        # The key of a refused file carries its name: the drop's id stands for it.
        assert found[0][2] == pair[1] or (pair[0] == "inbox" and found[0][2].startswith("drop-"))


def test_every_object_that_is_altered_is_named_when_digests_are_checked(archive, vault):
    whole = dict(vault.objects)
    for pair, content in whole.items():
        if pair[1].startswith("default/units/"):
            continue  # follows from the drop's manifest; nothing relies on it
        vault.objects = {**whole, pair: bytes([content[0] ^ 1]) + content[1:]}
        found = findings(archive, vault, check_digests=True)
        assert [name for name, _, _ in found] == ["objects_are_unchanged"], pair
        assert findings(archive, vault) == []


def test_an_original_of_another_size_is_named_without_reading_it(archive, vault):
    key = archive.get_unit(archive.drops(limit=100)[-1].drop.unit_id).blob.key
    vault.objects["vault", key] += b"x"
    assert findings(archive, vault) == failed("objects_are_unchanged", key)


def test_a_drop_without_an_outcome_fails_once_it_is_settled(archive, vault):
    drop = archive.record_drop(make_drop(vault, b"new", name="new.pdf"))
    assert findings(archive, vault) == failed("drops_have_outcomes", drop.drop_id)
    assert findings(archive, vault, settled_before=NOW - timedelta(hours=1)) == []
    assert findings(archive, vault, settled_before=NOW + timedelta(hours=1)) == failed(
        "drops_have_outcomes", drop.drop_id
    )


def test_a_delete_marker_fails(archive, vault):
    vault.markers.add(("vault", "default/log/leaves/000000000001.json"))
    assert findings(archive, vault) == failed("no_delete_markers", "default/log/leaves/000000000001.json")


def test_objects_of_an_unfinished_act_are_reported_as_such(tmp_path, archive, vault):
    drop = archive.record_drop(make_drop(vault, b"new", name="new.pdf"))
    archive.record_outcome(make_outcome(drop, "doc-1"))
    dying = open_archive(tmp_path, vault=FaultyStore(vault, fail_at=1, after=True))
    draft = make_draft(drop.unit_id)
    with pytest.raises(Crash):
        dying.file_document(draft)
    dying.close()
    key = f"default/documents/{draft.document_id}/r000001"
    assert findings(archive, vault) == [
        ("no_unfinished_acts", Outcome.INDETERMINATE, f"{key}.json"),
        ("no_unfinished_acts", Outcome.INDETERMINATE, f"{key}.payload.json"),
    ]
    assert findings(archive, vault, settled_before=LONG_AGO) == []
    archive.file_document(draft)
    assert findings(archive, vault) == []


def test_a_log_entry_that_is_not_applied_is_reported(tmp_path, archive, vault):
    size = archive.log_size()
    dying = open_archive(tmp_path, vault=FaultyStore(vault, fail_at=0, after=True))
    with pytest.raises(Crash):
        dying.append_act(kind="looked_at", subject_id="doc-1")
    dying.close()
    key = f"default/log/leaves/{size:012d}.json"
    assert findings(archive, vault) == [("log_is_applied", Outcome.INDETERMINATE, key)]
    archive.roll_forward()
    assert findings(archive, vault) == []


@pytest.mark.parametrize("form", ["heads/{:012d}.json", "head-timestamps/{:012d}.tsr.json"])
def test_a_signed_head_of_a_longer_log_fails(archive, vault, form):
    key = "default/log/" + form.format(archive.log_size() + 1)
    vault.put_named("vault", key, b"{}", media_type="x")
    assert findings(archive, vault) == failed("log_is_applied", key)


def test_a_missing_trigger_fails(archive, vault):
    with archive._engine.begin() as connection:
        connection.execute(sa.text("DROP TRIGGER payload_refuse_delete"))
    assert findings(archive, vault) == failed("append_only", "payload_refuse_delete")


def test_versions_with_other_bytes_fail_and_the_same_bytes_twice_do_not(tmp_path):
    vault = folder_vault(tmp_path / "vault")
    archive = open_archive(tmp_path, vault=vault)
    drop = archive.record_drop(make_drop(vault))
    archive.record_outcome(make_outcome(drop, "doc-1"))
    key = f"default/units/{drop.unit_id}.json"
    vault.put_named("vault", key, vault.get("vault", key), media_type="x", if_absent=False)
    assert findings(archive, vault) == []
    vault.put_named("vault", key, b"{}", media_type="x", if_absent=False)
    assert findings(archive, vault) == failed("no_overwrites", key)
    archive.close()


def test_a_version_over_a_manifest_fails_until_the_first_bytes_lie_on_top_again(tmp_path):
    vault = folder_vault(tmp_path / "vault")
    archive = open_archive(tmp_path, vault=vault)
    drop = archive.record_drop(make_drop(vault))
    archive.record_outcome(make_outcome(drop, "doc-1"))
    key = f"default/drops/{drop.drop_id}.json"
    first = vault.get("vault", key)
    vault.put_named("vault", key, b"{}", media_type="x", if_absent=False)
    assert findings(archive, vault) == failed("no_overwrites", key)
    vault.put_named("vault", key, first, media_type="x", if_absent=False)
    assert findings(archive, vault) == []
    archive.close()


def test_findings_are_cut_and_counted(archive, vault):
    for number in range(MAX_FINDINGS + 5):
        vault.objects["vault", f"default/x{number}"] = b""
    report = reconcile(archive, vault)
    named = [check for check in report.checks if check.name == "objects_have_records"]
    assert (len(named), named[-1].detail) == (MAX_FINDINGS + 1, "+5")


def test_a_refused_drop_is_looked_for_in_the_inbox(tmp_path, vault):
    archive = open_archive(tmp_path, vault=vault)
    blob = vault.put_named("inbox", "refused/tanaka.pdf", b"big", media_type="x")
    drop = make_drop(vault, b"big", name="tanaka.pdf")
    vault.objects = {pair: content for pair, content in vault.objects.items() if pair[0] == "inbox"}
    archive.record_drop(replace(drop, blob=blob))
    archive.record_outcome(make_outcome(drop, "doc-1"))
    assert findings(archive, vault) == []
    vault.objects.pop(("inbox", "refused/tanaka.pdf"))
    assert findings(archive, vault) == failed("records_have_objects", drop.drop_id)
    archive.close()
