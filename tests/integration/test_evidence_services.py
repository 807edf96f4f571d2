"""Stamping, publishing, verifying and exporting on a real S3 server and PostgreSQL."""

import secrets
from datetime import UTC, date, datetime

import pytest

from domain.evidence import Outcome
from storage.evidence.log import head_key, publish_head
from storage.evidence.verify import verify_all, verify_document, verify_exported, verify_period
from storage.export import export_bundle
from storage.objects import open_store
from storage.settings import StoreSettings
from tests.support.evidence import make_world


def now():
    return datetime.now(UTC)


@pytest.mark.s3
@pytest.mark.postgres
@pytest.mark.slow
def test_evidence_on_s3_and_postgresql(tmp_path, s3_service, postgres_url):
    settings = StoreSettings(kind="s3", bucket_prefix=f"evidence-{secrets.token_hex(4)}-", **s3_service)
    vault = open_store(settings, clock=now)
    for bucket in ("inbox", "vault", "derived"):
        vault.ensure_bucket(bucket, versioned=bucket != "derived", object_lock=bucket == "vault")
    world = make_world(tmp_path, clock=now, vault=vault, url=postgres_url)
    result = export_bundle(
        world.archive,
        world.vault,
        world.documents,
        tmp_path / "out",
        signer=world.signer,
        clock=now,
        authority=world.authority,
    )
    head = publish_head(world.archive, vault, world.signer)
    assert head == result.head
    key = head_key("default", head.tree_size)
    assert vault.retention("vault", key, version_id=vault.stat("vault", key).version_id) > now()
    for report in (
        verify_all(world.archive, vault, roots=world.roots),
        verify_period(world.archive, vault, start=date(2026, 1, 1), end=date(2100, 1, 1), roots=world.roots),
        verify_document(world.archive, vault, world.documents[0], roots=world.roots),
        verify_exported(result.folder, roots=world.roots),
    ):
        assert report.outcome is Outcome.PASSED, [c for c in report.checks if c.outcome is not Outcome.PASSED]
    world.archive.close()
