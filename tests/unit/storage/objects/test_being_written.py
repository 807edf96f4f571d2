"""A file that somebody has open for writing is known, and no process is harmed by asking."""

import os
import subprocess
import sys

import pytest

from storage.objects import being_written
from storage.objects.being_written import is_being_written, who_writes


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "scan.tif"
    path.write_bytes(b"page 1")
    return path


def test_a_file_at_rest_is_not(file):
    assert not is_being_written(file)
    with file.open("rb"):
        assert not is_being_written(file), "whoever reads it does not write it"


@pytest.mark.parametrize("mode", ["r+b", "ab"])
def test_a_file_open_for_writing_is(file, mode):
    with file.open(mode):
        assert is_being_written(file)
    assert not is_being_written(file)


def test_another_process_is_seen_as_well(file):
    wait = "import sys; f = open(sys.argv[1], 'ab'); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", wait, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        writer.stdout.readline()
        assert is_being_written(file)
        writer.stdin.close()
        assert writer.wait(timeout=60) == 0
    assert not is_being_written(file)


def test_what_is_no_file_and_what_is_gone_are_not(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    assert not any(is_being_written(tmp_path / name) for name in ("pipe", "link", "gone", "."))


@pytest.fixture
def on_a_share(file, monkeypatch, tmp_path):
    device = file.stat().st_dev
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"36 35 {os.major(device)}:{os.minor(device)} / /mnt rw,noatime master:1 - cifs //nas/scans rw\n")
    monkeypatch.setattr(being_written, "_MOUNTS", mounts)
    being_written._kind_of_file_system.cache_clear()
    yield file
    being_written._kind_of_file_system.cache_clear()


def test_on_a_share_nobody_can_tell_whoever_has_it_open(on_a_share):
    assert who_writes(on_a_share) is None, "another machine may write it"
    with on_a_share.open("ab"):
        assert who_writes(on_a_share) is None
        assert not is_being_written(on_a_share)


def test_a_file_system_that_is_not_listed_does_not_tell(file, monkeypatch, tmp_path):
    monkeypatch.setattr(being_written, "_MOUNTS", tmp_path / "gone")
    being_written._kind_of_file_system.cache_clear()
    with file.open("ab"):
        assert who_writes(file) is None
    being_written._kind_of_file_system.cache_clear()


def test_a_file_of_another_owner_does_not_tell(file, monkeypatch):
    def refused(*_):
        raise PermissionError

    monkeypatch.setattr(being_written.fcntl, "fcntl", refused)
    assert who_writes(file) is None
