"""What tests of the store found is kept in the log, can be shown later, and raises an alarm."""

from dataclasses import replace

import pytest

from domain.evidence import Check, Outcome, Report
from domain.finding_labels import RECONCILIATION, STORE_FOUND, STORE_TEST
from pipeline.steps.health import RECONCILED, STORE_TESTED, alarms, last_health, log_health, summed, try_store
from pipeline.steps.maintenance import reconcile_archive
from pipeline.wiring import open_shoko
from storage.archive import rebuild
from tests.support.homes import quick_settings
from tests.support.lying_store import LyingStore
from tests.support.memory_store import MemoryStore
from tests.support.records import make_drop, make_outcome, open_archive


@pytest.fixture
def shoko(tmp_path):
    shoko = open_shoko(quick_settings(tmp_path))
    yield shoko
    shoko.close()


def test_nothing_is_said_before_anybody_looked(shoko):
    assert last_health(shoko, STORE_TESTED) is None
    assert alarms(shoko) == ()


def test_a_test_of_the_folder_store_is_logged_as_not_write_once(shoko):
    size = shoko.archive.log_size()
    report = try_store(shoko)
    kept = last_health(shoko, STORE_TESTED)
    assert (kept.report, kept.log_size, shoko.archive.log_size()) == (report_without_subjects(report), size, size + 1)
    assert kept.report.checks[-1].detail.startswith("not write-once, retention advisory")
    assert alarms(shoko) == (), "a folder promises nothing, so it breaks no promise"
    assert {check.name for check in report.checks} <= set(STORE_TEST)
    found = [check.detail for check in report.checks if check.outcome is not Outcome.PASSED]
    assert found
    assert all(not STORE_FOUND[detail][0].isascii() for detail in found), "people read it in Japanese"


def report_without_subjects(report):
    return Report(checks=tuple(replace(check, subject=None) for check in report.checks))


def test_a_store_that_lies_raises_an_alarm_until_a_test_passes(tmp_path, shoko):
    clock = shoko.clock
    archive = open_archive(tmp_path, vault=LyingStore(clock=clock, lie="bypass"))
    lying = replace(shoko, archive=archive, store=archive.vault)
    try_store(lying)
    assert {check.name for check in alarms(lying)} == {
        "store.raw_delete_bypassing",
        "store.multipart",
        "store.write_once",
    }
    archive.vault._lie = None
    try_store(lying)
    assert alarms(lying) == ()
    assert [leaf.kind for leaf in archive.leaves_of("vault")] == [STORE_TESTED] * 2
    assert rebuild(f"sqlite:///{tmp_path}/copy.sqlite", archive.vault, clock=clock).log_size == 2
    archive.close()


def test_a_delete_marker_in_the_vault_raises_an_alarm_until_it_is_gone(tmp_path, shoko):
    vault = MemoryStore()
    archive = open_archive(tmp_path, vault=vault)
    watched = replace(shoko, archive=archive, store=vault)
    drop = archive.record_drop(make_drop(vault, b"scan"))
    archive.record_outcome(make_outcome(drop))
    vault.markers.add(("vault", drop.blob.key))
    reconcile_archive(watched)
    (alarm,) = alarms(watched)
    assert (alarm.name, alarm.outcome) == ("no_delete_markers", Outcome.FAILED)
    assert RECONCILIATION[alarm.name][0]
    vault.markers.clear()
    reconcile_archive(watched)
    assert alarms(watched) == ()
    archive.close()


def test_only_codes_and_counts_are_written_down(shoko):
    found = [
        Check(name="objects_have_records", outcome=Outcome.FAILED, subject=f"default/田中{n}.pdf") for n in range(3)
    ]
    report = Report(checks=(*found, Check(name="append_only", outcome=Outcome.PASSED, detail="17")))
    log_health(shoko, RECONCILED, report, log_size=0)
    kept = last_health(shoko, RECONCILED)
    assert kept.report == summed(report)
    assert [(c.name, c.detail, c.subject) for c in kept.report.checks] == [
        ("objects_have_records", "3", None),
        ("append_only", "17", None),
    ]
    assert [check.name for check in alarms(shoko)] == ["objects_have_records"]
