"""What every object store does, whatever is behind it."""

from __future__ import annotations

import io
import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from domain.engines import ObjectStore
from domain.errors import AppendOnlyViolation, ConfigError, DigestMismatch, ObjectMissing
from domain.ids import Digest
from storage.objects import open_store
from storage.objects.s3 import S3Store
from storage.settings import StoreSettings

PDF = "application/pdf"
BYTES = b"%PDF-1.7 receipt"


def _now():
    return datetime.now(UTC)


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.s3)])
def store(request, tmp_path) -> ObjectStore:
    if request.param == "folder":
        settings = StoreSettings(root=tmp_path / "store")
    else:
        service = request.getfixturevalue("s3_service")
        settings = StoreSettings(
            kind="s3",
            bucket_prefix=f"t{secrets.token_hex(6)}-",
            default_retention_days=0,
            **service,
        )
    made = open_store(settings, clock=_now)
    made.ensure_bucket("vault", versioned=True, object_lock=True)
    made.ensure_bucket("derived", versioned=False, object_lock=False)
    made.ensure_bucket("inbox", versioned=True, object_lock=False)
    return made


def test_is_an_object_store(store):
    assert isinstance(store, ObjectStore)


def test_ensuring_a_bucket_again_changes_nothing(store):
    before = store.traits("vault")
    store.put_named("vault", "a", b"x", media_type=PDF)
    assert store.ensure_bucket("vault", versioned=True, object_lock=True) == before
    assert before.versioned
    assert before.object_lock
    assert store.get("vault", "a") == b"x"


def test_a_blob_is_named_by_its_content_and_comes_back(store):
    digest = Digest.of(BYTES)
    ref = store.put_blob("vault", BYTES, prefix="default/blobs/", media_type=PDF)
    assert ref.key == f"default/blobs/sha256/{digest.value[:2]}/{digest.value}"
    assert (ref.digest, ref.size_bytes, ref.media_type, ref.bucket) == (digest, len(BYTES), PDF, "vault")
    assert store.get("vault", ref.key, version_id=ref.version_id, expect=digest) == BYTES
    with closing(store.open("vault", ref.key)) as stream:
        assert stream.read(4) == b"%PDF"
        assert stream.read() == BYTES[4:]


def test_the_same_bytes_twice_are_one_object(store):
    first = store.put_blob("vault", BYTES, prefix="b/", media_type=PDF)
    again = store.put_blob("vault", io.BytesIO(BYTES), prefix="b/", media_type=PDF)
    assert first == again
    assert [v.version_id for v in store.list_versions("vault", prefix="b/")] == [first.version_id]


def test_an_empty_blob(store):
    ref = store.put_blob("vault", b"", prefix="", media_type="application/octet-stream")
    assert store.get("vault", ref.key, expect=Digest.of(b"")) == b""


def test_a_concurrent_double_put_is_harmless(store):
    with ThreadPoolExecutor(8) as pool:
        refs = list(pool.map(lambda _: store.put_blob("vault", BYTES, prefix="b/", media_type=PDF), range(16)))
    assert len({ref.key for ref in refs}) == 1
    assert all(store.get("vault", r.key, version_id=r.version_id) == BYTES for r in refs)


def test_of_two_writers_of_a_name_the_first_wins(store):
    first = store.put_named("vault", "log/1.json", b"one", media_type="application/json")
    second = store.put_named("vault", "log/1.json", b"two", media_type="application/json")
    assert second.digest == first.digest == Digest.of(b"one")
    assert second.version_id == first.version_id


def test_overwriting_makes_a_version_and_keeps_the_old_one(store):
    old = store.put_named("vault", "n", b"old", media_type=PDF)
    new = store.put_named("vault", "n", b"newer", media_type=PDF, if_absent=False)
    assert store.get("vault", "n") == b"newer"
    assert store.get("vault", "n", version_id=old.version_id) == b"old"
    listed = list(store.list_versions("vault", prefix="n"))
    assert {(v.version_id, v.is_latest, v.size_bytes) for v in listed} == {
        (old.version_id, False, 3),
        (new.version_id, True, 5),
    }
    assert [v.version_id for v in store.list_latest("vault", prefix="n")] == [new.version_id]


def test_what_is_missing(store):
    assert store.stat("vault", "nothing") is None
    ref = store.put_named("vault", "n", b"1", media_type=PDF)
    assert store.stat("vault", "n", version_id="unknown") is None
    for call in (
        lambda: store.get("vault", "nothing"),
        lambda: store.open("vault", "nothing"),
        lambda: store.get("vault", "n", version_id="unknown"),
        lambda: store.retention("vault", "nothing", version_id=None),
    ):
        with pytest.raises(ObjectMissing) as caught:
            call()
        assert caught.value.message_ja
    store.delete_version("vault", "n", version_id=ref.version_id)
    store.delete_version("vault", "n", version_id=ref.version_id)
    assert store.stat("vault", "n") is None


def test_a_bucket_that_nobody_made(store):
    for call in (
        lambda: store.put_named("other", "n", b"1", media_type=PDF),
        lambda: store.put_blob("other", b"1", prefix="", media_type=PDF),
        lambda: list(store.list_latest("other")),
        lambda: store.get("other", "n"),
        lambda: store.traits("other"),
    ):
        with pytest.raises(ConfigError):
            call()


def test_stat(store):
    ref = store.put_blob("vault", BYTES, prefix="b/", media_type=PDF)
    found = store.stat("vault", ref.key)
    assert found is not None
    assert (found.key, found.version_id, found.size_bytes) == (ref.key, ref.version_id, len(BYTES))
    assert found.is_latest
    assert found.last_modified.tzinfo is not None
    assert found.metadata is not None
    assert found.metadata["sha256"] == Digest.of(BYTES).value


def test_reading_checks_the_digest(store):
    ref = store.put_blob("vault", BYTES, prefix="b/", media_type=PDF)
    with pytest.raises(DigestMismatch):
        store.get("vault", ref.key, expect=Digest.of(b"other"))


def test_retention_is_kept_extended_and_never_shortened(store):
    until = _now().replace(microsecond=0) + timedelta(days=90)
    ref = store.put_blob("vault", BYTES, prefix="b/", media_type=PDF, retain_until=until)
    assert store.retention("vault", ref.key, version_id=ref.version_id) == until
    longer = until + timedelta(days=3650)
    assert store.extend_retention("vault", ref.key, version_id=ref.version_id, until=longer) == longer
    assert store.extend_retention("vault", ref.key, version_id=ref.version_id, until=until) == longer
    assert store.retention("vault", ref.key, version_id=None) == longer
    with pytest.raises(AppendOnlyViolation) as caught:
        store.delete_version("vault", ref.key, version_id=ref.version_id)
    assert "削除" in caught.value.message_ja
    assert store.get("vault", ref.key) == BYTES


def test_putting_again_extends_the_retention(store):
    until = _now().replace(microsecond=0) + timedelta(days=1)
    ref = store.put_named("vault", "n", b"1", media_type=PDF)
    store.put_named("vault", "n", b"1", media_type=PDF, retain_until=until)
    assert store.retention("vault", "n", version_id=ref.version_id) == until
    store.put_named("vault", "n", b"1", media_type=PDF, retain_until=until - timedelta(hours=1))
    assert store.retention("vault", "n", version_id=ref.version_id) == until


def test_without_a_lock_there_is_no_retention(store):
    ref = store.put_named("derived", "n", b"1", media_type=PDF, retain_until=_now() + timedelta(days=1))
    assert store.retention("derived", "n", version_id=ref.version_id) is None
    with pytest.raises(ConfigError):
        store.extend_retention("derived", "n", version_id=ref.version_id, until=_now() + timedelta(days=1))
    store.delete_version("derived", "n", version_id=ref.version_id or "null")
    assert store.stat("derived", "n") is None


def test_listing_is_in_the_order_of_keys_and_pages(store):
    keys = ["a-b", "a/b", "a/b.c", "a/b/c", "a0", "b/請求書.pdf", "b/~x", "b/%7Ex", "b/.hidden"]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda key: store.put_named("vault", key, key.encode(), media_type=PDF), keys))
    expected = sorted(keys, key=lambda key: key.encode())
    listed = list(store.list_latest("vault"))
    assert [v.key for v in listed] == expected
    assert all(store.get("vault", v.key) == v.key.encode() for v in listed)
    for prefix in ("a", "a/", "a/b", "a/b/", "a/b/c", "b/", "b/~", "b/%7E", "b/.h", "b/請", "c/", "a/x/", "a//", "../"):
        found = [v.key for v in store.list_latest("vault", prefix=prefix)]
        assert found == [k for k in expected if k.startswith(prefix)], prefix
    assert [v.key for v in store.list_latest("vault", prefix="a/", start_after="a/b.c")] == ["a/b/c"]
    for after in expected:
        assert [v.key for v in store.list_latest("vault", start_after=after)] == expected[expected.index(after) + 1 :]


def test_hostile_keys_are_refused(store):
    for key in ("", "/a", "a/", "a//b", "..", "../a", "a/../b", "./a", "a/.", "a\0b", "x" * 1025, "\ud800"):
        with pytest.raises(ValueError):
            store.put_named("vault", key, b"1", media_type=PDF)
    for key in ("", "..", "../a", "a/../b", "./a", "a/.", "a\0b", "x" * 1025, "\ud800"):
        for call in (
            lambda key=key: store.get("vault", key),
            lambda key=key: store.open("vault", key),
            lambda key=key: store.stat("vault", key),
            lambda key=key: store.delete_version("vault", key, version_id="000001-00000000"),
        ):
            with pytest.raises(ValueError):
                call()
    for prefix in ("b", "/", "../", "a//"):
        with pytest.raises(ValueError):
            store.put_blob("vault", b"1", prefix=prefix, media_type=PDF)


def test_a_drop_is_claimed_by_key_and_version(store):
    store.put_named("inbox", "paper/scan0001.pdf", b"first", media_type=PDF)
    (claimed,) = store.list_latest("inbox")
    assert store.get("inbox", claimed.key, version_id=claimed.version_id) == b"first"
    store.put_named("inbox", "paper/scan0001.pdf", b"second", media_type=PDF, if_absent=False)
    store.delete_version("inbox", claimed.key, version_id=claimed.version_id)
    assert store.get("inbox", "paper/scan0001.pdf") == b"second"
    (left,) = store.list_latest("inbox")
    assert left.version_id != claimed.version_id
    store.delete_version("inbox", left.key, version_id=left.version_id)
    assert list(store.list_latest("inbox")) == []


def test_a_source_that_breaks_leaves_nothing(store):
    class Breaking(io.RawIOBase):
        given = False

        def readable(self):
            return True

        def read(self, size=-1):
            if self.given:
                raise KeyboardInterrupt
            self.given = True
            return os.urandom(100_000)

    with pytest.raises(KeyboardInterrupt):
        store.put_blob("vault", Breaking(), prefix="b/", media_type=PDF)
    assert list(store.list_versions("vault")) == []


def test_listing_goes_on_after_the_first_page(store):
    keys = [f"leaf/{i:012d}.json" for i in range(1003)]

    def put(key):
        if isinstance(store, S3Store):  # without reading back: this is about listing
            api, name = store.library("vault")
            return api.put_object(name, key, io.BytesIO(b"{}"), 2)
        return store.put_named("vault", key, b"{}", media_type="application/json", if_absent=False)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, keys))
    assert [v.key for v in store.list_latest("vault", prefix="leaf/")] == keys
    assert [v.key for v in store.list_latest("vault", start_after=keys[-2])] == keys[-1:]
    assert len(list(store.list_versions("vault"))) == len(keys)
