"""Every store says truly whether it is write-once, after having been attacked."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

import pytest

from domain.evidence import Outcome
from storage.objects import FolderStore
from storage.objects.s3 import S3Store
from storage.objects.selfproof import CANARY_PREFIX, prove_write_once
from storage.settings import StoreSettings
from tests.support.lying_store import LIES, LyingStore

PASSED, FAILED, INDETERMINATE = Outcome.PASSED, Outcome.FAILED, Outcome.INDETERMINATE


def _now():
    return datetime.now(UTC)


def _outcomes(report):
    return {check.name: check.outcome for check in report.checks}


@pytest.fixture
def s3(s3_service):
    store = S3Store(
        StoreSettings(kind="s3", bucket_prefix=f"t{secrets.token_hex(6)}-", **s3_service),
        clock=_now,
    )
    store.ensure_bucket("vault", versioned=True, object_lock=True)
    store.ensure_bucket("derived", versioned=True, object_lock=False)
    return store


@pytest.mark.s3
def test_a_gateway_with_object_lock_withstands_every_route(s3):
    kept = s3.put_named("vault", "default/leaf", b"1", media_type="text/plain")
    report = prove_write_once(s3, "vault")
    assert report.outcome is PASSED, report
    assert {c.name for c in report.checks} >= {
        "store.retention_kept",
        "store.delete",
        "store.shorten",
        "store.overwrite",
        "store.raw_delete",
        "store.raw_delete_bypassing",
        "store.raw_shorten",
        "store.raw_downgrade",
        "store.raw_overwrite",
        "store.raw_overwrite_in_parts",
        "store.raw_copy_over",
        "store.raw_delete_name",
        "store.delete_marker_seen",
        "store.multipart_default_lock",
        "store.multipart",
        "store.write_once",
    }
    left = list(s3.list_versions("vault", prefix=CANARY_PREFIX))
    assert not any(v.is_delete_marker for v in left), "no marker stays behind to raise an alarm"
    assert s3.get("vault", "default/leaf", version_id=kept.version_id) == b"1"


@pytest.mark.s3
def test_a_bucket_without_a_lock_is_not_write_once(s3):
    report = prove_write_once(s3, "derived")
    assert _outcomes(report) == {"store.write_once": INDETERMINATE}
    assert "not write-once" in report.checks[0].detail


@pytest.mark.s3
def test_a_lock_that_does_not_hold_is_found_out(s3):
    class Leaky(S3Store):
        """A server that says it has a lock and keeps none (as some do)."""

        def traits(self, bucket):
            return super().traits("vault")

        def _locked(self, bucket):
            return False

        def retention(self, bucket, key, *, version_id):
            return _now() + timedelta(days=1)

    leaky = Leaky(s3._settings, clock=_now)
    report = prove_write_once(leaky, "derived")
    assert report.outcome is FAILED
    assert _outcomes(report)["store.delete"] is FAILED
    assert _outcomes(report)["store.write_once"] is FAILED


def test_a_folder_keeps_its_word_through_shoko_and_says_that_its_owner_can_break_it(tmp_path):
    store = FolderStore(tmp_path, clock=_now)
    store.ensure_bucket("vault", versioned=True, object_lock=True)
    report = prove_write_once(store, "vault")
    assert _outcomes(report) == {
        "store.retention_kept": PASSED,
        "store.delete": PASSED,
        "store.shorten": PASSED,
        "store.overwrite": PASSED,
        "store.owner_overwrite": INDETERMINATE,
        "store.write_once": INDETERMINATE,
    }
    assert "retention advisory" in report.checks[-1].detail


def test_old_canaries_are_removed(tmp_path):
    clock = [_now()]
    store = FolderStore(tmp_path, clock=lambda: clock[0])
    store.ensure_bucket("vault", versioned=True, object_lock=True)
    prove_write_once(store, "vault", clock=lambda: clock[0])
    assert len(list(store.list_versions("vault"))) == 1
    clock[0] += timedelta(days=1)
    prove_write_once(store, "vault", clock=lambda: clock[0])
    assert len(list(store.list_versions("vault"))) == 1


def test_a_store_that_does_not_answer_is_indeterminate():
    store = S3Store(
        StoreSettings(kind="s3", endpoint="http://127.0.0.1:9", access_key="a", secret_key="s", attempts=1),
        clock=_now,
    )
    report = prove_write_once(store, "vault")
    assert report.outcome is INDETERMINATE
    assert report.checks[0].detail == "store_unavailable"


def test_an_open_folder_is_not_write_once(tmp_path):
    store = FolderStore(tmp_path, clock=_now)
    store.ensure_bucket("inbox", versioned=True, object_lock=False)
    assert prove_write_once(store, "inbox").outcome is INDETERMINATE


FOUND_BY = {
    "keeps_no_lock": {"store.retention_kept"},
    "delete": {"store.delete"},
    "raw_delete": {"store.raw_delete"},
    "bypass": {"store.raw_delete_bypassing", "store.multipart"},
    "shorten": {"store.shorten"},
    "raw_shorten": {"store.raw_shorten"},
    "downgrade": {"store.raw_downgrade"},
    "overwrite": {"store.overwrite"},
    "overwrite_in_parts": {"store.raw_overwrite_in_parts"},
    "put_replaces_bytes": {"store.raw_overwrite"},
    "copy_over": {"store.raw_copy_over"},
    "delete_name": {"store.raw_delete_name"},
    "hidden_marker": {"store.delete_marker_seen"},
    "multipart_lock_forgotten": {"store.multipart"},
}
"""The lie, and the check that says so."""


def test_every_lie_has_the_check_that_finds_it():
    assert set(FOUND_BY) == set(LIES)


def test_an_honest_store_passes_every_route():
    store = LyingStore(clock=_now, default_until=_now() + timedelta(days=1))
    report = prove_write_once(store, "vault")
    assert report.outcome is PASSED, report
    assert _outcomes(report)["store.delete_marker_seen"] is PASSED


def test_a_bucket_without_a_default_lock_leaves_a_moment_after_an_upload_and_says_so():
    outcomes = _outcomes(prove_write_once(LyingStore(clock=_now), "vault"))
    assert outcomes["store.multipart_default_lock"] is INDETERMINATE
    assert outcomes["store.multipart"] is PASSED
    assert outcomes["store.write_once"] is PASSED


@pytest.mark.parametrize("lie", LIES)
def test_a_store_that_lies_about_one_route_is_found_out_by_that_route(lie):
    store = LyingStore(clock=_now, lie=lie)
    report = prove_write_once(store, "vault")
    failed = {check.name for check in report.checks if check.outcome is FAILED}
    assert failed >= FOUND_BY[lie] | {"store.write_once"}, failed
    if lie != "keeps_no_lock":  # without any lock every other route opens as well
        assert failed == FOUND_BY[lie] | {"store.write_once"}
