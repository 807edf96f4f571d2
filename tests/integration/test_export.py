"""What is in a bundle, and that exporting is an act of its own."""

import csv
import hashlib
import io
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import bagit
import pytest

from domain.errors import ConfigError, DigestMismatch, ObjectMissing, StorageError
from domain.evidence import Outcome
from domain.record import DropState
from storage.evidence.verify import verify_all, verify_exported
from storage.export import export_bundle
from tests.support.bundles import leaves_of, original_of, tokens_of
from tests.support.evidence import DownFor, make_world
from tests.support.records import NOW, make_drop, make_outcome


def export(world, folder, selection=None, **more):
    return export_bundle(
        world.archive,
        world.vault,
        world.documents if selection is None else selection,
        folder,
        signer=world.signer,
        clock=lambda: NOW,
        **more,
    )


def test_everything_is_there(tmp_path):
    world = make_world(tmp_path)
    result = export(world, tmp_path / "out", conditions="2026年10月", authority=world.authority)
    bag = result.folder
    bagit.Bag(str(bag)).validate()
    assert (result.documents, result.units, result.tokens, result.pending_stamps) == (3, 3, 3, 0)
    assert result.log_key_sha256 == world.signer.fingerprint
    assert result.head.tree_size == world.archive.log_size()
    assert result.files == sum(1 for p in bag.rglob("*") if p.is_file())
    names = {p.name for p in (bag / "data/originals").rglob("*") if p.is_file()}
    # law: search-alternatives; a hostile original name stands in the index only
    assert names == {"20261031_=1+1_500.pdf", "20261031_㈱𠮷野髙﨑_128960.pdf", "20261031_青空商事_128960.pdf"}
    kinds = [leaf.kind for leaf in leaves_of(bag)]
    assert kinds.count("filed") + kinds.count("revised") == 4
    table = (bag / "data/index/index.csv").read_bytes()
    assert table.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
    assert {r["受領時のファイル名"] for r in rows} == {
        "領収書 1.pdf",
        "../../etc/passwd.pdf",
        "'=cmd|' /C calc'!A0.pdf",
    }
    for r in rows:
        assert hashlib.sha256((bag / r["原本ファイル"]).read_bytes()).hexdigest() == r["原本のSHA-256"]
    assert "U+20BB7 𠮷 × 2" in (bag / "data/index/replaced-characters.txt").read_text()
    assert "移行データ仕様書" in (bag / "data/specification.txt").read_text()
    assert {r["取引先"] for r in rows} == {"'=1+1", "株式会社𠮷野髙﨑", "青空商事"}
    assert {r["取引金額"] for r in rows} == {"500", "128960"}
    assert {r["総務大臣認定"] for r in rows} == {"なし"}
    assert "株式会社〓野髙﨑" in (bag / "data/index/index-cp932.csv").read_bytes().decode("cp932")
    readme = (bag / "README.txt").read_text()
    assert "𠮷 を 〓 に" in readme
    assert "2026年10月" in readme
    assert "認定なし" in readme
    assert os.access(bag / "verify.sh", os.X_OK)
    assert [p.name for p in tmp_path.glob(".out*")] == []


def test_tokens_verify_with_openssl_alone(tmp_path):
    world = make_world(tmp_path, clock=lambda: datetime.now(UTC))
    bag = export(world, tmp_path / "out").folder
    (tmp_path / "roots.pem").write_bytes(world.roots.roots_pem[0])
    for token in (bag / "data/tokens").rglob("*.der"):
        original = original_of(bag, next(unit for unit, path in tokens_of(bag) if path.endswith(token.name)))
        command = ["openssl", "ts", "-verify", "-data", original, "-in", token, "-token_in"]
        done = subprocess.run([*command, "-CAfile", tmp_path / "roots.pem"], check=False, capture_output=True)
        assert done.returncode == 0, done.stderr


def test_exporting_is_logged_and_twice_is_two_acts(tmp_path):
    world = make_world(tmp_path)
    before = world.archive.log_size()
    first = export(world, tmp_path / "one")
    second = export(world, tmp_path / "two", selection=world.documents[:1])
    kinds = [leaf.kind for leaf in world.archive.leaves(before, world.archive.log_size())]
    assert kinds == ["exported", "exported"]
    assert first.export_id != second.export_id
    assert verify_all(world.archive, world.vault, roots=world.roots).outcome is Outcome.PASSED
    # A part of the archive proves itself too, and shows nothing of the rest.
    assert verify_exported(second.folder, roots=world.roots).outcome is Outcome.PASSED
    text = "".join(p.read_text() for p in (second.folder / "data").rglob("*.json*"))
    text += (second.folder / "data/records/originals.txt").read_text()
    assert world.documents[1] not in text
    assert {leaf.subject_id for leaf in leaves_of(second.folder)} == {
        world.documents[0],
        world.units[0],
        world.drops[0],
    }


def test_units_without_documents_and_other_acts_come_along(tmp_path):
    world = make_world(tmp_path)
    drop = world.archive.record_drop(make_drop(world.vault, b"broken", name="broken.pdf"))
    world.archive.record_outcome(make_outcome(drop, state=DropState.UNREADABLE))
    world.archive.append_act(kind="looked_at", subject_id=world.documents[0], manifest={"by": "user-1"})
    world.archive.append_act(kind="looked_at", subject_id=world.documents[0])
    world.stamp()
    result = export(world, tmp_path / "out", units=[drop.unit_id], authority=DownFor(world.authority))
    assert result.units == 4
    viewed = [leaf for leaf in leaves_of(result.folder) if leaf.kind == "looked_at"]
    assert [leaf.manifest_digest is None for leaf in viewed] == [False, True]
    assert not (result.folder / "data/log/head-token.der").exists()
    assert verify_exported(result.folder, roots=world.roots).outcome is Outcome.PASSED


def test_nothing_selected_is_an_empty_bundle(tmp_path):
    world = make_world(tmp_path)
    result = export(world, tmp_path / "out", selection=[])
    bagit.Bag(str(result.folder)).validate()
    assert verify_exported(result.folder, roots=world.roots).outcome is Outcome.PASSED
    assert result.documents == 0


def test_what_cannot_be_exported(tmp_path):
    world = make_world(tmp_path)
    (tmp_path / "there").mkdir()
    with pytest.raises(ConfigError):
        export(world, tmp_path / "there")
    with pytest.raises(ObjectMissing):
        export(world, tmp_path / "out", selection=["doc-none"])
    with pytest.raises(ObjectMissing):
        export(world, tmp_path / "out", units=["unit-none"])
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError):
        export(world, tmp_path / "file" / "out")
    assert not (tmp_path / "out").exists()
    assert [p.name for p in tmp_path.glob(".*")] == []


def test_a_damaged_original_stops_the_export(tmp_path):
    world = make_world(tmp_path)
    digest = world.archive.get_unit(world.units[1]).blob.digest.value
    path: Path = world.vault_file(f"sha256/{digest[:2]}/{digest}")
    path.parent.chmod(0o755)
    path.chmod(0o644)
    path.write_bytes(b"other")
    with pytest.raises((DigestMismatch, StorageError)):
        export(world, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_revision_made_meanwhile_stays_out(tmp_path):
    """The bundle shows one moment, whatever happens while it is written."""
    from tests.support.records import make_draft

    world = make_world(tmp_path)

    class Meddling:
        def __init__(self, inner):
            self._inner = inner
            self.done = False

        def __getattr__(self, name):
            return getattr(self._inner, name)

        def open(self, *args, **kwargs):
            if not self.done:
                self.done = True
                for document, unit in zip(world.documents[1:], world.units[1:], strict=True):
                    world.archive.revise_document(
                        document,
                        base_revision=1,
                        draft=make_draft(unit, amount="999"),
                        recorded_by="suzuki",
                        reason="訂正",
                    )
            return self._inner.open(*args, **kwargs)

    result = export_bundle(
        world.archive,
        Meddling(world.vault),
        world.documents,
        tmp_path / "out",
        signer=world.signer,
        clock=lambda: NOW,
    )
    assert verify_exported(result.folder, roots=world.roots).outcome is Outcome.PASSED
    assert len(world.archive.history(world.documents[2])) == 2
