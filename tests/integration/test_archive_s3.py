"""The same story on a real S3 server and PostgreSQL as on a folder and SQLite."""

import secrets

import pytest

from domain.query import Query
from storage.archive import rebuild
from storage.objects import open_store
from storage.reconcile import reconcile
from storage.search import search
from storage.settings import StoreSettings
from tests.support.archive_story import objects, rows, tell
from tests.support.records import NOW, Ticking, folder_vault, no_salt, open_archive


def s3_vault(service):
    settings = StoreSettings(
        kind="s3",
        endpoint=service["endpoint"],
        access_key=service["access_key"],
        secret_key=service["secret_key"],
        bucket_prefix=f"archive-{secrets.token_hex(4)}-",
    )
    store = open_store(settings, clock=lambda: NOW)
    for bucket in ("inbox", "vault", "derived"):
        store.ensure_bucket(bucket, versioned=bucket != "derived", object_lock=bucket == "vault")
    return store


@pytest.mark.s3
@pytest.mark.postgres
@pytest.mark.slow
def test_s3_and_postgresql_keep_the_same_records_as_a_folder_and_sqlite(tmp_path, s3_service, postgres_url):
    vault = s3_vault(s3_service)
    big = open_archive(tmp_path, url=postgres_url, vault=vault, clock=Ticking(), salt=no_salt)
    small = open_archive(tmp_path, vault=folder_vault(tmp_path / "vault"), clock=Ticking(), salt=no_salt)
    tell(big)
    tell(small)
    assert search(big, Query(include_deleted=True)) == search(small, Query(include_deleted=True))
    assert big.counts() == small.counts()
    assert [(leaf.kind, leaf.subject_id) for leaf in big.leaves(0, 100)] == [
        (leaf.kind, leaf.subject_id) for leaf in small.leaves(0, 100)
    ]
    for document_id in (leaf.subject_id for leaf in big.leaves(0, 100) if leaf.kind == "filed"):
        assert big.history(document_id) == small.history(document_id)
    assert set(objects(vault)) == set(objects(small.vault))
    # The log, the manifests and the payloads are under retention from the start.
    for key in objects(vault):
        if "/blobs/" not in key:
            assert vault.retention("vault", key, version_id=vault.stat("vault", key).version_id) is not None, key
    report = reconcile(big, vault, check_digests=True)
    assert {check.name for check in report.checks if check.outcome.value == "failed"} <= {
        "drops_have_outcomes",
        "records_have_objects",  # the story's refused file was never in the inbox
    }
    rebuild(f"sqlite:///{tmp_path}/copy.sqlite", vault, clock=lambda: NOW)
    copy = open_archive(tmp_path, url=f"sqlite:///{tmp_path}/copy.sqlite", vault=vault)
    assert rows(copy) == rows(big)
    for archive in (big, small, copy):
        archive.close()
