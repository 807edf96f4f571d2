"""What the S3 store does on a real server, and where servers are known to fall short."""

from __future__ import annotations

import io
import secrets
import socket
import threading
import urllib.request
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from minio.commonconfig import COMPLIANCE
from minio.error import S3Error
from minio.retention import Retention

from domain.errors import AppendOnlyViolation, ConfigError, DigestMismatch, StorageError, StoreUnavailable
from domain.ids import Digest
from storage.objects.s3 import S3Store
from storage.objects.s3_client import parse_instant
from storage.settings import StoreSettings

PDF = "application/pdf"
PART_BYTES = 5 << 20


def _now():
    return datetime.now(UTC)


def _settings(s3_service, **changes):
    return StoreSettings(
        **{
            "kind": "s3",
            "bucket_prefix": f"t{secrets.token_hex(6)}-",
            "default_retention_days": 0,
            "multipart_bytes": PART_BYTES,
            "backoff_seconds": 0.01,
            **s3_service,
            **changes,
        }
    )


@pytest.fixture
def settings(s3_service):
    return _settings(s3_service)


@pytest.fixture
def store(settings):
    made = S3Store(settings, clock=_now)
    made.ensure_bucket("vault", versioned=True, object_lock=True)
    return made


@pytest.fixture
def raw(store, settings):
    """The library itself, as another program would use it, and the vault's real name."""
    return store._client.api, f"{settings.bucket_prefix}vault"


@pytest.mark.s3
def test_traits_are_what_the_server_has(store):
    traits = store.traits("vault")
    assert (traits.versioned, traits.object_lock, traits.advisory_retention) == (True, True, False)


@pytest.mark.s3
def test_a_locked_version_withstands_everyone_with_the_key(store, raw):
    api, name = raw
    until = _now().replace(microsecond=0) + timedelta(days=2)
    ref = store.put_blob("vault", b"receipt", prefix="b/", media_type=PDF, retain_until=until)
    attacks = [
        lambda: api.remove_object(name, ref.key, version_id=ref.version_id),
        lambda: api.set_object_retention(
            name, ref.key, Retention(COMPLIANCE, until - timedelta(days=1)), version_id=ref.version_id
        ),
        lambda: api.set_object_retention(
            name, ref.key, Retention("GOVERNANCE", until + timedelta(days=1)), version_id=ref.version_id
        ),
    ]
    for attack in attacks:
        with pytest.raises(S3Error):
            attack()
    assert store.retention("vault", ref.key, version_id=ref.version_id) == until
    with pytest.raises(AppendOnlyViolation):
        store.delete_version("vault", ref.key, version_id=ref.version_id)


@pytest.mark.s3
def test_a_large_source_goes_in_parts_and_its_retention_is_read_back(store, raw):
    content = bytes(range(256)) * 40_960 + b"tail"  # a little over two parts
    until = _now() + timedelta(days=2)
    ref = store.put_blob("vault", io.BytesIO(content), prefix="b/", media_type=PDF, retain_until=until)
    assert ref.digest == Digest.of(content)
    assert ref.size_bytes == len(content)
    assert "-" in raw[0].stat_object(raw[1], ref.key).etag, "it was sent in parts"
    kept = store.retention("vault", ref.key, version_id=ref.version_id)
    assert until <= kept < until + timedelta(seconds=1), "kept in whole seconds, rounded up"
    with pytest.raises(AppendOnlyViolation):
        store.delete_version("vault", ref.key, version_id=ref.version_id)
    with closing(store.open("vault", ref.key, version_id=ref.version_id)) as stream:
        assert stream.read(10) == content[:10]
        assert stream.read() == content[10:]


@pytest.mark.s3
def test_the_bucket_locks_what_was_put_without_a_date(s3_service):
    settings = _settings(s3_service, default_retention_days=1)
    store = S3Store(settings, clock=_now)
    store.ensure_bucket("vault", versioned=True, object_lock=True)
    store.ensure_bucket("vault", versioned=True, object_lock=True)
    content = b"x" * (PART_BYTES + 1)
    for ref in (
        store.put_blob("vault", content, prefix="b/", media_type=PDF),
        store.put_named("vault", "n", b"1", media_type=PDF),
    ):
        assert store.retention("vault", ref.key, version_id=ref.version_id) > _now() + timedelta(hours=23)
    shorter = S3Store(settings.model_copy(update={"default_retention_days": 0}), clock=_now)
    shorter.ensure_bucket("vault", versioned=True, object_lock=True)
    assert shorter._client.api.get_object_lock_config(f"{settings.bucket_prefix}vault").duration == 1


@pytest.mark.s3
def test_a_delete_marker_hides_a_name_and_is_visible_in_the_versions(store, raw):
    api, name = raw
    ref = store.put_named("vault", "log/1", b"leaf", media_type=PDF, retain_until=_now() + timedelta(days=1))
    api.remove_object(name, "log/1")
    assert store.stat("vault", "log/1") is None
    assert list(store.list_latest("vault")) == []
    marker, kept = sorted(store.list_versions("vault"), key=lambda v: not v.is_delete_marker)
    assert marker.is_delete_marker
    assert kept.version_id == ref.version_id
    assert store.get("vault", "log/1", version_id=ref.version_id) == b"leaf"
    again = store.put_named("vault", "log/1", b"forged", media_type=PDF)
    assert again.version_id == ref.version_id, "what was there first still wins"
    assert again.digest == Digest.of(b"leaf")
    assert b"forged" not in {store.get("vault", v.key, version_id=v.version_id) for v in store.list_latest("vault")}


@pytest.mark.s3
def test_a_lost_race_puts_the_first_bytes_on_top_where_ours_are_locked(s3_service):
    store = S3Store(_settings(s3_service, default_retention_days=1), clock=_now)
    store.ensure_bucket("vault", versioned=True, object_lock=True)
    first = store.put_named("vault", "n", b"first", media_type=PDF)
    store._client.api.remove_object(store._name("vault"), "n")
    second = store.put_named("vault", "n", b"second", media_type=PDF)
    assert second.version_id == first.version_id
    assert store.get("vault", "n") == b"first"


@pytest.mark.s3
def test_foreign_bytes_under_a_content_address_are_noticed(store, raw):
    api, name = raw
    ref = store.put_blob("vault", b"genuine", prefix="b/", media_type=PDF)
    api.put_object(name, ref.key, io.BytesIO(b"altered"), 7)
    with pytest.raises(DigestMismatch):
        store.put_blob("vault", b"genuine", prefix="b/", media_type=PDF)
    with pytest.raises(DigestMismatch):
        store.get("vault", ref.key, expect=ref.digest)
    assert store.get("vault", ref.key, version_id=ref.version_id, expect=ref.digest) == b"genuine"


@pytest.mark.s3
def test_a_signed_url_reads_one_version_without_credentials(store):
    old = store.put_named("vault", "n", b"old", media_type=PDF)
    store.put_named("vault", "n", b"new", media_type=PDF, if_absent=False)
    url = store.presigned_get("vault", "n", version_id=old.version_id, expires_seconds=60)
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == b"old"
    with (
        pytest.raises(urllib.error.HTTPError) as caught,
        urllib.request.urlopen(url.replace("Signature=", "Signature=0")),
    ):
        pass
    caught.value.close()
    assert caught.value.code == 403


@pytest.mark.s3
def test_retention_is_also_read_where_the_headers_do_not_say_it(store):
    until = _now().replace(microsecond=0) + timedelta(days=1)
    ref = store.put_named("vault", "n", b"1", media_type=PDF, retain_until=until)
    bare = store.put_named("vault", "m", b"1", media_type=PDF)
    name = store._name("vault")
    assert store._client._asked_retention(name, "n", version_id=ref.version_id) == until
    assert store._client._asked_retention(name, "m", version_id=bare.version_id) is None


@pytest.mark.s3
@pytest.mark.parametrize("key", ["a\nb", "a+b&c=d?x#y%20", " 空白 ", "back\\slash", "t\x01x"])
def test_odd_keys_come_back_as_they_were(store, key):
    store.put_named("vault", key, b"1", media_type=PDF)
    assert [v.key for v in store.list_latest("vault")] == [key]
    assert store.get("vault", key) == b"1"


@pytest.mark.s3
@pytest.mark.parametrize("key", ["paper//double.pdf", "/leading.pdf", "paper/a b/.hidden"])
def test_what_other_programs_named_oddly_can_be_claimed(store, raw, key):
    api, name = raw
    api.put_object(name, "paper/", io.BytesIO(b""), 0)  # the folder that an S3 browser draws
    api.put_object(name, key, io.BytesIO(b"drop"), 4, metadata={"Received-On": "2026-11-20"})
    (seen,) = store.list_latest("vault")
    assert seen.key == key
    assert store.get("vault", key, version_id=seen.version_id) == b"drop"
    with closing(store.open("vault", key)) as stream:
        assert stream.read() == b"drop"
    assert store.stat("vault", key).metadata["received-on"] == "2026-11-20"
    store.delete_version("vault", key, version_id=seen.version_id)
    assert list(store.list_latest("vault")) == []
    assert [v.key for v in store.list_versions("vault")] == ["paper/"], "nothing is hidden from the full listing"


@pytest.mark.s3
def test_an_older_version_of_a_reused_name_comes_up_again(s3_service, settings):
    store = S3Store(settings, clock=_now)
    store.ensure_bucket("inbox", versioned=True, object_lock=False)
    for content in (b"monday", b"tuesday"):
        store.put_named("inbox", "paper/scan0001.pdf", content, media_type=PDF, if_absent=False)
    taken = []
    while found := list(store.list_latest("inbox")):
        taken.append(store.get("inbox", found[0].key, version_id=found[0].version_id))
        store.delete_version("inbox", found[0].key, version_id=found[0].version_id)
    assert taken == [b"tuesday", b"monday"]


@pytest.mark.s3
def test_a_key_that_is_not_utf_8_is_refused(store):
    with pytest.raises(ValueError):
        store.put_named("vault", "\udc90", b"1", media_type=PDF)


@pytest.mark.s3
def test_wrong_credentials_are_a_setting_not_an_outage(s3_service):
    for wrong in ({"secret_key": "wrong"}, {"access_key": "nobody"}):
        store = S3Store(_settings({**s3_service, **wrong}), clock=_now)
        with pytest.raises(ConfigError) as caught:
            store.put_named("vault", "n", b"1", media_type=PDF)
        assert "アクセスキー" in caught.value.message_ja


@contextmanager
def _proxy(target: str, *, faults: list[bytes]):
    """Passes connections on, after answering the first ones with the given bytes (empty: just hang up)."""
    host, _, port = target.removeprefix("http://").partition(":")
    taken: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def pipe(source, sink):
            try:
                while piece := source.recv(1 << 16):
                    sink.sendall(piece)
            except OSError:
                pass
            finally:
                for end in (source, sink):
                    end.close()

        def serve():
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                if faults:
                    fault = faults.pop(0)
                    taken.append(fault)
                    with client:
                        client.recv(1 << 16)
                        client.sendall(fault)
                    continue
                upstream = socket.create_connection((host, int(port)))
                for pair in ((client, upstream), (upstream, client)):
                    threading.Thread(target=pipe, args=pair, daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", taken
        server.shutdown(socket.SHUT_RDWR)


_SLOW = (
    b"HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nConnection: close\r\nContent-Length: 47\r\n\r\n"
    b"<Error><Code>SlowDown</Code><Message/></Error>\n"
)
_BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_SHORT = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nhalf"


@pytest.mark.s3
def test_outages_that_pass_are_waited_out(s3_service, settings, store):
    ref = store.put_named("vault", "n", b"1", media_type=PDF)
    with _proxy(settings.endpoint, faults=[b"", _SLOW, _BAD_GATEWAY]) as (endpoint, taken):
        shaky = S3Store(settings.model_copy(update={"endpoint": endpoint}), clock=_now)
        assert shaky.get("vault", "n", version_id=ref.version_id) == b"1"
        assert len(taken) == 3
    with _proxy(settings.endpoint, faults=[_SHORT]) as (endpoint, _):
        shaky = S3Store(settings.model_copy(update={"endpoint": endpoint}), clock=_now)
        assert shaky.get("vault", "n") == b"1", "a body that breaks off is read again"
    with _proxy(settings.endpoint, faults=[_SLOW, b""]) as (endpoint, _):
        shaky = S3Store(settings.model_copy(update={"endpoint": endpoint}), clock=_now)
        put = shaky.put_blob("vault", b"2", prefix="b/", media_type=PDF)
    assert [v.version_id for v in store.list_versions("vault", prefix="b/")] == [put.version_id]


def _local(endpoint, **changes):
    return StoreSettings(
        kind="s3", endpoint=endpoint, access_key="a", secret_key="s", backoff_seconds=0.001, attempts=3, **changes
    )


@pytest.mark.parametrize("fault", [b"", _SLOW, _BAD_GATEWAY])
def test_outages_that_last_are_store_unavailable_after_bounded_attempts(fault):
    with _proxy("http://127.0.0.1:1", faults=[fault] * 100) as (endpoint, taken):
        store = S3Store(_local(endpoint), clock=_now)
        for call in (
            lambda: store.get("vault", "n"),
            lambda: store.open("vault", "n"),
            lambda: list(store.list_versions("vault")),
            lambda: store.delete_version("vault", "n", version_id="v"),
            lambda: store.ensure_bucket("vault", versioned=True, object_lock=True),
        ):
            taken.clear()
            with pytest.raises(StoreUnavailable) as caught:
                call()
            assert caught.value.retryable
            assert len(taken) == 3


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    store = S3Store(_local(f"http://127.0.0.1:{port}"), clock=_now)
    with pytest.raises(StoreUnavailable) as caught:
        store.put_blob("vault", b"1", prefix="b/", media_type=PDF)
    assert "接続できません" in caught.value.message_ja


def test_a_stream_that_breaks_off_is_no_short_read():
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nhalf"
    with _proxy("http://127.0.0.1:1", faults=[answer]) as (endpoint, _):
        store = S3Store(_local(endpoint), clock=_now)
        with closing(store.open("vault", "n")) as stream, pytest.raises(StoreUnavailable):
            stream.read()


def test_an_answer_that_is_not_s3_is_said():
    page = b"HTTP/1.1 418 Teapot\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi"
    with _proxy("http://127.0.0.1:1", faults=[page] * 9) as (endpoint, taken):
        store = S3Store(_local(endpoint), clock=_now)
        with pytest.raises(StorageError) as caught:
            store.get("vault", "n")
        assert not caught.value.retryable
        assert len(taken) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"endpoint": ""},
        {"endpoint": "s3.example.jp"},
        {"endpoint": "https://s3.example.jp/path"},
        {"access_key": ""},
        {"secret_key": ""},
        {"secret_key": "", "secret_key_file": "/nonexistent"},
    ],
)
def test_settings_that_cannot_work_are_said(changes):
    plain = {"kind": "s3", "endpoint": "https://s3.example.jp", "access_key": "a", "secret_key": "s"}
    with pytest.raises(ConfigError):
        S3Store(StoreSettings(**{**plain, **changes}), clock=_now)


def test_the_secret_may_come_from_a_file_and_is_never_shown(tmp_path):
    path = tmp_path / "secret"
    path.write_text("hidden\n")
    settings = StoreSettings(kind="s3", endpoint="https://s3.example.jp", access_key="a", secret_key_file=path)
    assert S3Store(settings, clock=_now)._client._secret_key == "hidden"
    assert "hidden" not in repr(StoreSettings(secret_key="hidden"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-22T18:34:12.000000000Z", datetime(2026, 11, 22, 18, 34, 12, tzinfo=UTC)),
        ("2026-11-22T18:34:12Z", datetime(2026, 11, 22, 18, 34, 12, tzinfo=UTC)),
        (" 2026-11-22T18:34:12.5+09:00 ", datetime(2026, 11, 22, 9, 34, 12, tzinfo=UTC)),
        ("2026-11-22T18:34:12", datetime(2026, 11, 22, 18, 34, 12, tzinfo=UTC)),
    ],
)
def test_instants_with_any_number_of_decimals(text, expected):
    assert parse_instant(text) == expected
