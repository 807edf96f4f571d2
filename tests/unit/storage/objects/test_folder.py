"""What the folder store does with real folders: people's files, hostile names, tampering, crashes, many processes."""

from __future__ import annotations

import multiprocessing
import os
import socket
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.errors import AppendOnlyViolation, ConfigError, DigestMismatch, ObjectMissing, StoreUnavailable
from domain.ids import Digest
from storage.objects import FolderStore

PDF = "application/pdf"


def _now():
    return datetime.now(UTC)


@pytest.fixture
def store(tmp_path) -> FolderStore:
    made = FolderStore(tmp_path, clock=_now)
    made.ensure_bucket("vault", versioned=True, object_lock=True)
    made.ensure_bucket("inbox", versioned=True, object_lock=False)
    return made


def _file_of(root: Path, ref) -> Path:
    (path,) = root.joinpath("vault").rglob(ref.version_id)
    return path


def _keys(store, bucket="inbox"):
    return [v.key for v in store.list_latest(bucket)]


def test_versions_are_read_only_files(store, tmp_path):
    ref = store.put_blob("vault", b"x", prefix="", media_type=PDF)
    assert stat.S_IMODE(_file_of(tmp_path, ref).stat().st_mode) == 0o444
    assert not list((tmp_path / "vault" / ".tmp").iterdir())


def test_a_tampered_file_is_noticed_on_read_back_and_on_get(store, tmp_path):
    ref = store.put_blob("vault", b"genuine", prefix="", media_type=PDF)
    path = _file_of(tmp_path, ref)
    path.chmod(0o644)
    path.write_bytes(b"altered")
    with pytest.raises(DigestMismatch):
        store.get("vault", ref.key, expect=ref.digest)
    with pytest.raises(DigestMismatch):
        store.put_blob("vault", b"genuine", prefix="", media_type=PDF)
    assert store.put_named("vault", ref.key, b"genuine", media_type=PDF).digest == Digest.of(b"altered")


def test_a_retention_that_cannot_be_read_is_taken_to_hold(store, tmp_path):
    ref = store.put_blob("vault", b"x", prefix="", media_type=PDF, retain_until=_now() + timedelta(days=1))
    note = _file_of(tmp_path, ref).with_name(f"{ref.version_id}.json")
    for damage in (lambda: note.chmod(0o644) or note.write_bytes(b"{"), note.unlink):
        damage()
        with pytest.raises(AppendOnlyViolation):
            store.delete_version("vault", ref.key, version_id=ref.version_id)
        assert store.get("vault", ref.key) == b"x"


def test_retention_ends(tmp_path):
    today = _now()
    FolderStore(tmp_path, clock=lambda: today).ensure_bucket("vault", versioned=True, object_lock=True)
    ref = FolderStore(tmp_path, clock=lambda: today).put_blob(
        "vault", b"x", prefix="a/", media_type=PDF, retain_until=today + timedelta(days=1)
    )
    later = FolderStore(tmp_path, clock=lambda: today + timedelta(days=2))
    later.delete_version("vault", ref.key, version_id=ref.version_id)
    assert list(later.list_versions("vault")) == []
    assert [p.name for p in (tmp_path / "vault").iterdir() if not p.name.startswith(".")] == []


def test_left_overs_of_dead_processes_are_swept_and_never_listed(store, tmp_path):
    left = tmp_path / "vault" / ".tmp" / ".shoko-dead.tmp"
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    fresh = tmp_path / "vault" / ".tmp" / ".shoko-alive.tmp"
    fresh.write_bytes(b"half")
    assert list(store.list_versions("vault")) == []
    store.ensure_bucket("vault", versioned=True, object_lock=True)
    assert not left.exists()
    assert fresh.exists()


def test_a_lock_once_there_stays(store):
    assert store.ensure_bucket("vault", versioned=True, object_lock=False).object_lock
    assert store.traits("vault").advisory_retention


def test_a_damaged_bucket_setting_is_said(store, tmp_path):
    path = tmp_path / "vault" / ".bucket.json"
    path.chmod(0o644)
    path.write_bytes(b"{")
    with pytest.raises(ConfigError):
        store.traits("vault")


def test_people_drop_plain_files(store, tmp_path):
    folder = tmp_path / "inbox" / "paper" / "2026-11-20"
    folder.mkdir(parents=True)
    (folder / "領収書.pdf").write_bytes(b"one")
    (tmp_path / "inbox" / "top.pdf").write_bytes(b"two")
    assert _keys(store) == ["paper/2026-11-20/領収書.pdf", "top.pdf"]
    (seen, _) = store.list_latest("inbox")
    assert store.get("inbox", seen.key, version_id=seen.version_id) == b"one"
    assert store.presigned_get("inbox", seen.key, version_id=None, expires_seconds=60) is None
    store.delete_version("inbox", seen.key, version_id=seen.version_id)
    assert _keys(store) == ["top.pdf"]
    assert folder.is_dir(), "the staff's folders stay"


@pytest.mark.parametrize(
    "name", [".hidden", "~$book.xlsx", "scan.pdf.part", "scan.TMP", "Thumbs.db", ".git/config", "x.crdownload"]
)
def test_hidden_and_temporary_files_are_not_drops(store, tmp_path, name):
    path = tmp_path / "inbox" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x")
    assert _keys(store) == []


def test_special_files_and_links_are_ignored_and_never_followed(store, tmp_path):
    inbox, secret = tmp_path / "inbox", tmp_path / "secret"
    secret.mkdir()
    (secret / "s.pdf").write_bytes(b"secret")
    (inbox / "link.pdf").symlink_to(secret / "s.pdf")
    (inbox / "folder").symlink_to(secret)
    (inbox / "loop").symlink_to(inbox)
    os.mkfifo(inbox / "pipe.pdf")
    with socket.socket(socket.AF_UNIX) as listening:
        descriptor = os.open(inbox, os.O_RDONLY)
        listening.bind(f"/proc/self/fd/{descriptor}/s.pdf")
        os.close(descriptor)
        assert _keys(store) == []
        for key in ("link.pdf", "folder/s.pdf", "loop/link.pdf", "pipe.pdf", "s.pdf", "folder"):
            assert store.stat("inbox", key) is None
            with pytest.raises(ObjectMissing):
                store.get("inbox", key)
    with pytest.raises(ObjectMissing):
        store.put_named("inbox", "folder/new.pdf", b"x", media_type=PDF)
    assert [p.name for p in secret.iterdir()] == ["s.pdf"]


def test_names_that_are_not_utf_8(store, tmp_path):
    raw = os.fsencode(tmp_path / "inbox") + b"/\x90\xbf\x8b\x81.pdf"  # 請求 in Shift_JIS
    with open(raw, "wb") as file:  # noqa: PTH123  # pathlib takes no bytes
        file.write(b"sjis")
    (seen,) = store.list_latest("inbox")
    assert seen.key.encode("utf-8", "surrogateescape") == b"\x90\xbf\x8b\x81.pdf"
    assert store.get("inbox", seen.key, version_id=seen.version_id) == b"sjis"
    store.delete_version("inbox", seen.key, version_id=seen.version_id)
    assert _keys(store) == []


def test_a_file_still_being_written_is_another_version_each_time(store, tmp_path):
    path = tmp_path / "inbox" / "growing.pdf"
    path.write_bytes(b"half")
    (half,) = store.list_latest("inbox")
    with path.open("ab") as file:
        file.write(b" and the rest")
    with pytest.raises(ObjectMissing):
        store.get("inbox", half.key, version_id=half.version_id)
    store.delete_version("inbox", half.key, version_id=half.version_id)
    assert path.read_bytes() == b"half and the rest"


def test_a_file_swapped_while_deleting_is_put_back(store, tmp_path, monkeypatch):
    path = tmp_path / "inbox" / "paper" / "scan.pdf"
    path.parent.mkdir()
    path.write_bytes(b"old")
    (old,) = store.list_latest("inbox")
    rename = os.rename

    def swapped(source, target, **keywords):
        path.unlink()
        path.write_bytes(b"newer")
        rename(source, target, **keywords)
        path.write_bytes(b"newest")

    monkeypatch.setattr(os, "rename", swapped)
    store.delete_version("inbox", old.key, version_id=old.version_id)
    assert sorted(p.read_bytes() for p in path.parent.iterdir()) == [b"newer", b"newest"]
    assert len(_keys(store)) == 2


def test_a_crash_between_moving_aside_and_deleting_loses_nothing(tmp_path, monkeypatch):
    clock = [_now()]
    store = FolderStore(tmp_path, clock=lambda: clock[0])
    store.ensure_bucket("inbox", versioned=True, object_lock=False)
    path = tmp_path / "inbox" / "paper" / "scan.pdf"
    path.parent.mkdir()
    path.write_bytes(b"precious")
    (seen,) = store.list_latest("inbox")

    def crash(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", crash)
        with pytest.raises(KeyboardInterrupt):
            store.delete_version("inbox", seen.key, version_id=seen.version_id)
    assert _keys(store) == []
    store.ensure_bucket("inbox", versioned=True, object_lock=False)
    assert _keys(store) == [], "a claim this young may still be at work"
    clock[0] += timedelta(minutes=5)
    store.ensure_bucket("inbox", versioned=True, object_lock=False)
    assert path.read_bytes() == b"precious"
    assert [v.version_id for v in store.list_latest("inbox")] == [seen.version_id]


def test_the_inbox_has_no_lock_and_says_when_its_folder_is_gone(store, tmp_path):
    with pytest.raises(ConfigError):
        store.ensure_bucket("inbox", versioned=True, object_lock=True)
    store.put_named("inbox", "a", b"1", media_type=PDF)
    with pytest.raises(ConfigError):
        store.extend_retention("inbox", "a", version_id=None, until=_now())
    (tmp_path / "inbox").rename(tmp_path / "unmounted")
    with pytest.raises(StoreUnavailable) as caught:
        list(store.list_latest("inbox"))
    assert caught.value.retryable


def test_a_name_too_long_for_a_file_is_a_value_error(store):
    with pytest.raises(ValueError):
        store.put_named("inbox", "x" * 300, b"1", media_type=PDF)
    with pytest.raises(ValueError):
        store.put_named("vault", "x" * 300, b"1", media_type=PDF)


def test_an_odd_time_of_change_does_not_stop_the_list(store, tmp_path):
    path = tmp_path / "inbox" / "future.pdf"
    path.write_bytes(b"1")
    os.utime(path, ns=(0, 9_000_000_000 * 10**9))
    (seen,) = store.list_latest("inbox")
    assert store.get("inbox", seen.key, version_id=seen.version_id) == b"1"


def _put_many(root, number):
    store = FolderStore(Path(root), clock=_now)
    refs = []
    for i in range(20):
        ref = store.put_named("vault", f"leaf/{i}", f"{number}".encode(), media_type=PDF, retain_until=None)
        refs.append((i, ref.version_id, ref.digest.value))
        blob = store.put_blob("vault", f"blob {i}".encode(), prefix="b/", media_type=PDF)
        if i % 2:
            store.delete_version("vault", blob.key, version_id=blob.version_id)
    return refs


def test_many_processes_agree_on_who_was_first(store, tmp_path):
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        results = pool.starmap(_put_many, [(str(tmp_path), n) for n in range(4)])
    assert len(set(map(tuple, results))) == 1
    assert len(list(store.list_versions("vault", prefix="leaf/"))) == 20
    assert all(v.size_bytes for v in store.list_versions("vault"))


def test_processes_that_start_at_once_sweep_the_same_leftovers(store, tmp_path):
    """What another process has just cleared away is no error."""
    folder = next(path for path in tmp_path.rglob(".tmp") if path.is_dir() and "vault" in str(path))
    for number in range(400):
        leftover = folder / f"{number}.tmp"
        leftover.touch()
        os.utime(leftover, (0, 0))
    start = threading.Barrier(4)

    def begin(_):
        start.wait(60)
        store.ensure_bucket("vault", versioned=True, object_lock=True)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(begin, range(4)))
    assert not list(folder.iterdir())


def test_a_prefix_leads_through_no_link_and_past_its_neighbours(store, tmp_path, monkeypatch):
    for key in ("units/a/1.json", "units/b/1.json", "elsewhere/1.json"):
        store.put_named("vault", key, key.encode(), media_type="application/json")
    (tmp_path / "vault" / "linked").symlink_to(tmp_path / "vault" / "elsewhere")
    assert list(store.list_latest("vault", prefix="linked/")) == []
    listed, real = [], os.scandir

    def scandir(folder):
        listed.append(Path(folder))
        return real(folder)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", scandir)
        assert [one.key for one in store.list_latest("vault", prefix="units/b/")] == ["units/b/1.json"]
    assert tmp_path / "vault" / "units" not in listed
