"""An import that is interrupted at any step goes on; nothing is committed before it is on the disk."""

import itertools
import os

import pytest
import sqlalchemy as sa

from domain.errors import DigestMismatch, StoreUnavailable
from storage.export import export_bundle, import_bundle
from storage.objects import durable, folder_versions
from tests.support.archive_story import rows
from tests.support.evidence import make_world
from tests.support.records import NOW, folder_vault, open_archive


class Stopped(Exception):
    """The process ended here."""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("old")
    world = make_world(folder)
    world.publish()
    bundle = export_bundle(
        world.archive, world.vault, world.documents, folder / "out", signer=world.signer, clock=lambda: NOW,
        authority=world.authority, whole=True,
    )  # fmt: skip
    return world, bundle.folder


def take(archive, made):
    world, folder = made
    return import_bundle(archive, archive.vault, folder, roots=world.roots, clock=lambda: NOW)


def opened(folder):
    folder.mkdir(exist_ok=True)
    return open_archive(folder, vault=folder_vault(folder / "vault"))


def watch(monkeypatch, step):
    """Tell every name that is put in place and every wait for the disk."""
    link, sync = os.link, durable.sync_file_system

    def placing(source, target):
        link(source, target)
        step("leaf" if "/log/leaves/" in str(target) else "object")

    def syncing(folder):
        step("sync")
        sync(folder)

    monkeypatch.setattr(folder_versions.os, "link", placing)
    monkeypatch.setattr(durable, "sync_file_system", syncing)


def without_versions(archive):
    picture = rows(archive)
    return {name: found for name, found in picture.items() if name != "unit"}  # it names versions, which are random


def test_each_kind_of_object_is_on_the_disk_before_the_next(made, tmp_path, monkeypatch):
    archive, told = opened(tmp_path), []
    watch(monkeypatch, told.append)
    sa.event.listen(archive._engine, "commit", lambda _: told.append("commit"))
    take(archive, made)
    together = told[: len(told) - told[::-1].index("sync")]  # after it comes the act of importing, as any act does
    assert {"object", "leaf", "commit"} <= set(together)
    unsafe = None
    for what in [*together, "commit"]:
        if what == "sync":
            unsafe = None
        elif what == "commit":
            assert unsafe is None, told
        else:
            assert unsafe in {None, what}, told
            unsafe = what
    assert together.count("sync") < together.count("leaf")


def test_interrupted_anywhere_and_begun_again_it_is_the_same(made, tmp_path, monkeypatch):
    whole = opened(tmp_path / "whole")
    with monkeypatch.context() as patch:
        told = []
        watch(patch, told.append)
        take(whole, made)
    expected, steps = without_versions(whole), len(told)
    syncs = [number for number, what in enumerate(told) if what == "sync"]
    for stop in sorted({*syncs, *range(0, steps, max(1, steps // 4))}):
        archive, counter = opened(tmp_path / f"stop-{stop}"), itertools.count()

        def step(_, counter=counter, stop=stop):
            if next(counter) == stop:
                raise Stopped

        with monkeypatch.context() as patch:
            watch(patch, step)
            with pytest.raises(Stopped):
                take(archive, made)
        archive.close()
        again = opened(tmp_path / f"stop-{stop}")
        take(again, made)
        assert without_versions(again) == expected, stop
        again.close()


def test_what_the_disk_did_not_take_is_not_called_kept(made, tmp_path, monkeypatch):
    archive = opened(tmp_path)

    def full(_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(durable, "sync_file_system", full)
        with pytest.raises(StoreUnavailable):
            take(archive, made)
    assert archive.log_size() == 0
    real = durable.sync_file_system

    def other(root):
        real(root)
        for path in (root / "vault" / "default").rglob("000001-*"):
            path.chmod(0o600)
            path.write_bytes(path.read_bytes() + b"\x00")

    fresh = opened(tmp_path / "other")
    with monkeypatch.context() as patch:
        patch.setattr(durable, "sync_file_system", other)
        with pytest.raises(DigestMismatch):
            take(fresh, made)
    assert fresh.log_size() == 0
