"""Secrets of one-time codes at rest."""

from __future__ import annotations

import stat

import pytest

from domain.errors import ConfigError
from storage.people.sealing import KEY_FILE, Seal, is_sealed

SECRET = "JBSWY3DPEHPK3PXP"


def test_it_opens_for_its_owner_with_its_key_alone(tmp_path):
    seal = Seal.create_or_open(tmp_path)
    kept = seal.close(SECRET, owner="user-1")
    assert is_sealed(kept)
    assert SECRET not in kept
    assert seal.close(SECRET, owner="user-1") != kept, "nobody sees that two people have one secret"
    assert Seal.create_or_open(tmp_path).open(kept, owner="user-1") == SECRET
    for other, owner in ((seal, "user-2"), (Seal.create_or_open(tmp_path / "other"), "user-1")):
        with pytest.raises(ConfigError):
            other.open(kept, owner=owner)
    for damaged in (kept[:-4], kept[:-2] + "==", "sealed1:", "sealed1:%%"):
        with pytest.raises(ConfigError):
            seal.open(damaged, owner="user-1")


def test_what_was_kept_before_there_was_a_key_opens_as_it_is(tmp_path):
    assert Seal.create_or_open(tmp_path).open(SECRET, owner="user-1") == SECRET


def test_the_key_is_its_owners_and_is_made_once(tmp_path):
    Seal.create_or_open(tmp_path / "keys")
    path = tmp_path / "keys" / KEY_FILE
    first = path.read_bytes()
    assert (stat.S_IMODE(path.stat().st_mode), len(first)) == (0o600, 32)
    Seal.create_or_open(tmp_path / "keys")
    assert path.read_bytes() == first
    assert [one.name for one in path.parent.iterdir()] == [KEY_FILE]
    path.write_bytes(b"short")
    with pytest.raises(ConfigError):
        Seal.create_or_open(tmp_path / "keys")
