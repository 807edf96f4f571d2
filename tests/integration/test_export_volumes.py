"""Bundles in volumes, and bundles that were interrupted: each volume proves itself, and what was begun is finished."""

import errno
import hashlib
import shutil
from pathlib import Path

import bagit
import pytest

from domain.errors import ConfigError, StorageError
from domain.evidence import Outcome
from storage.evidence.verify import verify_exported
from storage.export import bundle, export_bundle, logged
from storage.export.folder import BundleFolder
from tests.support.bundles import leaves_of, shell
from tests.support.evidence import make_world
from tests.support.records import NOW, make_draft, make_drop


def export(world, folder, *, vault=None, **more):
    return export_bundle(
        world.archive,
        vault or world.vault,
        world.documents,
        folder,
        signer=world.signer,
        clock=lambda: NOW,
        **more,
    )


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = make_world(tmp_path_factory.mktemp("world"), names=("a.pdf",))
    for number in range(5):
        drop = world.archive.record_drop(make_drop(world.vault, bytes([number]) * 300_000, version=str(number)))
        filed = world.archive.file_document(make_draft(drop.unit_id, amount=str(1000 + number)))
        world.documents += (filed.document_id,)
        world.units += (drop.unit_id,)
    world.stamp()
    world.publish()
    return world


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(bundle, "MIN_VOLUME_BYTES", 1000)
    monkeypatch.setattr(bundle, "_SPARE_BYTES", 100_000)


def contents(folder: Path) -> dict[str, str]:
    """Digest of every file that does not speak of the moment of exporting."""
    skipped = {"README.txt", "index.html", "bag-info.txt", "inventory.sha256"}
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in found.items()
        if path.name not in skipped and "manifest" not in path.name and path.parent.name not in {"log", "tree"}
    }


def test_each_volume_is_a_bag_that_proves_itself(world, small, tmp_path):
    limit = 800_000
    result = export(world, tmp_path / "out", volume_bytes=limit)
    assert len(result.volumes) == 3
    assert result.documents == 6
    (tmp_path / "roots.pem").write_bytes(world.roots.roots_pem[0])
    trusted = ("--roots", str(tmp_path / "roots.pem"), "--log-key-sha256", world.signer.fingerprint)
    seen = set()
    for volume in result.volumes:
        bagit.Bag(str(volume)).validate()
        assert sum(path.stat().st_size for path in volume.rglob("*") if path.is_file()) <= limit
        code, output = shell(volume, *trusted)
        assert code == 0, output
        assert verify_exported(volume, roots=world.roots).outcome is Outcome.PASSED
        seen |= {leaf.subject_id for leaf in leaves_of(volume) if leaf.kind == "filed"}
    assert seen == set(world.documents)
    assert verify_exported(tmp_path / "out", roots=world.roots).outcome is Outcome.PASSED
    # The act of exporting knows how many there are.
    shutil.rmtree(result.volumes[1])
    report = verify_exported(tmp_path / "out", roots=world.roots)
    assert [check.name for check in report.checks if check.outcome is Outcome.FAILED] == ["volumes_complete"] * 1
    (tmp_path / "out/stranger.txt").write_text("")
    assert verify_exported(tmp_path / "out", roots=world.roots).outcome is Outcome.FAILED


def test_a_volume_that_is_too_small_is_refused(world, tmp_path):
    with pytest.raises(ConfigError):
        export(world, tmp_path / "out", volume_bytes=5)


class Failing:
    """A store that fails at the n-th question, once."""

    def __init__(self, inner, at, error):
        self._inner, self._at, self._error, self.asked = inner, at, error, 0

    def __getattr__(self, name):
        found = getattr(self._inner, name)
        if name not in {"get", "open"}:
            return found

        def asked(*args, **more):
            self.asked += 1
            if self.asked == self._at:
                raise self._error
            return found(*args, **more)

        return asked


class Killed(BaseException):
    """As if the process had ended."""


@pytest.mark.parametrize("volume_bytes", [None, 800_000])
def test_killed_at_any_question_to_the_vault_it_goes_on(world, small, tmp_path, volume_bytes):
    calm = export(world, tmp_path / "calm", conditions="x", volume_bytes=volume_bytes)
    wanted = contents(calm.folder)
    counting = Failing(world.vault, 0, Killed())
    export(world, tmp_path / "count", vault=counting, conditions="x", volume_bytes=volume_bytes)
    for at in range(1, counting.asked + 1, 3):
        folder = tmp_path / f"out{at}"
        with pytest.raises(Killed):
            export(
                world,
                folder,
                vault=Failing(world.vault, at, Killed()),
                conditions="x",
                volume_bytes=volume_bytes,
            )
        assert not folder.exists()
        result = export(world, folder, conditions="x", volume_bytes=volume_bytes)
        assert contents(folder) == wanted
        assert not (tmp_path / f".out{at}.export").exists()
        assert [path.name for path in result.volumes] == (
            [path.name for path in calm.volumes] if volume_bytes else [folder.name]
        )
        assert verify_exported(folder, roots=world.roots).outcome is Outcome.PASSED


@pytest.mark.parametrize("step", ["log", "prove", "finish"])
def test_killed_late_the_act_is_logged_once(world, tmp_path, monkeypatch, step):
    place, name = {
        "log": (logged, "publish_head"),
        "prove": (logged, "_write"),
        "finish": (BundleFolder, "finish_bag"),
    }[step]
    real = getattr(place, name)

    def killed(*args, **more):
        raise Killed

    before = world.archive.log_size()
    monkeypatch.setattr(place, name, killed)
    with pytest.raises(Killed):
        export(world, tmp_path / "out")
    monkeypatch.setattr(place, name, real)
    export(world, tmp_path / "out")
    kinds = [leaf.kind for leaf in world.archive.leaves(before, world.archive.log_size())]
    assert kinds == ["exported"]
    assert verify_exported(tmp_path / "out", roots=world.roots).outcome is Outcome.PASSED


def test_a_full_disk_is_said_and_the_export_goes_on_later(world, tmp_path):
    full = OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(StorageError, match="No space left") as told:
        export(world, tmp_path / "out", vault=Failing(world.vault, 4, full))
    assert "続きから" in told.value.message_ja
    originals = list((tmp_path / ".out.export").rglob("originals/*/*"))
    assert originals
    changed = {path: path.stat().st_mtime_ns for path in originals if path.stat().st_size == 300_000}
    assert changed
    export(world, tmp_path / "out")
    kept = {path.relative_to(tmp_path / ".out.export/bags/volume-001"): at for path, at in changed.items()}
    assert all((tmp_path / "out" / path).stat().st_mtime_ns == at for path, at in kept.items()), "not copied again"


def test_an_original_that_was_torn_is_copied_again(world, tmp_path):
    with pytest.raises(Killed):
        export(world, tmp_path / "out", vault=Failing(world.vault, 5, Killed()))
    torn = next((tmp_path / ".out.export").rglob("originals/*/*"))
    torn.write_bytes(b"half")
    export(world, tmp_path / "out")
    assert verify_exported(tmp_path / "out", roots=world.roots).outcome is Outcome.PASSED


def test_another_wish_does_not_go_on_with_an_unfinished_export(world, tmp_path):
    with pytest.raises(Killed):
        export(world, tmp_path / "out", vault=Failing(world.vault, 2, Killed()))
    with pytest.raises(ConfigError, match="other conditions"):
        export(world, tmp_path / "out", conditions="others")


def test_what_was_filed_after_it_began_stays_out(world, tmp_path):
    with pytest.raises(Killed):
        export(world, tmp_path / "out", vault=Failing(world.vault, 2, Killed()), request="all")
    world.archive.append_act(kind="looked_at", subject_id=world.documents[0])
    export(world, tmp_path / "out", request="all")
    assert "looked_at" not in {leaf.kind for leaf in leaves_of(tmp_path / "out")}


def test_two_exports_to_one_place_at_once(world, tmp_path):
    from storage.export.plan import Workshop

    with Workshop(tmp_path / "out").held(), pytest.raises(ConfigError, match="running"):
        export(world, tmp_path / "out")
