"""A file that somebody has open for writing is known, and no process is harmed by asking."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage.objects import being_written
from storage.objects.being_written import is_being_written


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


def test_where_leases_are_refused_for_other_reasons_nobody_is_kept_waiting(file, monkeypatch, tmp_path):
    device = file.stat().st_dev
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"36 35 {os.major(device)}:{os.minor(device)} / /mnt rw,noatime master:1 - cifs //nas/scans rw\n")
    monkeypatch.setattr(being_written, "_MOUNTS", mounts)
    with file.open("ab"):
        assert not is_being_written(file)
    monkeypatch.setattr(being_written, "_MOUNTS", Path(tmp_path / "gone"))
    with file.open("ab"):
        assert not is_being_written(file)
