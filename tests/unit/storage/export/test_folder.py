"""A bag while it grows."""

from __future__ import annotations

from datetime import date

import pytest

from domain.errors import StoreUnavailable
from storage.export import folder
from storage.export.folder import BundleFolder


def finished(root):
    bag = BundleFolder(root)
    bag.write("data/a.txt", b"a")
    bag.close_inventory()
    bag.finish_bag(external_identifier="bundle-1", bagged_on=date(2026, 11, 20))


def test_a_bag_is_on_the_disk_when_it_is_finished(tmp_path, monkeypatch):
    there = []
    real = folder.sync_file_system

    def watching(root):
        there.append({path.name: path.read_bytes() for path in root.iterdir() if path.is_file()})
        real(root)

    monkeypatch.setattr(folder, "sync_file_system", watching)
    finished(tmp_path / "bag")
    (written,) = there
    assert written == {path.name: path.read_bytes() for path in (tmp_path / "bag").iterdir() if path.is_file()}
    assert {"bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"} == set(written)


def test_a_full_disk_is_said(tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder, "sync_file_system", full)
    with pytest.raises(StoreUnavailable):
        finished(tmp_path / "bag")
