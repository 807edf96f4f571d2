"""Destruction on a real S3 server: what is under COMPLIANCE lock stays until the lock ends, then every version goes."""

import secrets
import time
from datetime import UTC, datetime, timedelta

import pytest

from domain.acts import ActKind
from domain.record import DocumentState
from storage.archive import Archive, ArchiveSettings
from storage.objects.s3 import S3Store
from storage.reconcile import reconcile, repair
from storage.settings import StoreSettings
from tests.support.records import make_draft, make_drop, make_outcome

SECONDS = 4
"""What the locks last: the archive's clock runs ahead by so much, and its provisional lock is nothing more."""


def now():
    return datetime.now(UTC)


@pytest.fixture
def vault(s3_service):
    prefix = f"gone-{secrets.token_hex(4)}-"
    store = S3Store(StoreSettings(kind="s3", bucket_prefix=prefix, default_retention_days=0, **s3_service), clock=now)
    for bucket in ("inbox", "vault", "derived"):
        store.ensure_bucket(bucket, versioned=True, object_lock=bucket == "vault")
    return store


@pytest.mark.s3
def test_every_version_goes_when_the_lock_has_ended_and_not_before(tmp_path, vault):
    archive = Archive.open(
        f"sqlite:///{tmp_path}/archive.sqlite",
        vault,
        clock=lambda: now() + timedelta(seconds=SECONDS),
        settings=ArchiveSettings(provisional_lock_days=0),
    )
    drop = archive.record_drop(make_drop(vault, b"private"))
    document = archive.file_document(make_draft(drop.unit_id, state=DocumentState.NEEDS_REVIEW)).document_id
    archive.record_outcome(make_outcome(drop, document))
    for kind, by in ((ActKind.REQUESTED, "sato"), (ActKind.REQUEST_APPROVED, "suzuki")):
        facts = {"request": "destruction"} if kind is ActKind.REQUESTED else {}
        archive.record_act(kind, "request-1", recorded_by=by, about=(document,), facts=facts)
    archive.record_destruction(document, request_id="request-1", basis="retention_over", recorded_by="sato")
    gone = archive.destroyed()
    assert {one.kind for one in gone} == {"drop", "revision", "blob"}
    # The original is still under lock for a day, and somebody put a delete marker on top of it.
    vault.extend_retention("vault", drop.blob.key, version_id=drop.blob.version_id, until=now() + timedelta(days=1))
    api, bucket = vault.library("vault")
    api.remove_object(bucket, drop.blob.key)
    assert {check.subject for check in reconcile(archive, vault).checks if check.name == "no_delete_markers"} == {
        drop.blob.key
    }
    assert {one.name for one in repair(archive, vault, now=now())} == {"no_delete_markers"}
    locked = {one for one in gone if one.kind == "blob"}
    left = archive.erase(gone)
    assert set(left) >= locked
    while set(left) != locked:  # the others' locks end within seconds
        time.sleep(1)
        left = archive.erase(gone)
    there = {found.key for found in vault.list_versions("vault")}
    assert there & {one.key("default") for one in gone} == {drop.blob.key}
    assert vault.get("vault", drop.blob.key, version_id=drop.blob.version_id) == b"private"
    assert there >= {f"default/drops/{drop.drop_id}.json", f"default/documents/{document}/r000001.json"}
    assert archive.get_document(document) is None
    wrong = {
        (check.name, check.subject) for check in reconcile(archive, vault).checks if check.outcome.value != "passed"
    }
    assert wrong == {("destroyed_is_gone", f"blob/{drop.blob.digest.value}/1")}
    archive.close()
