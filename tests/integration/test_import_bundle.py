"""A log that moves: exported whole, verified, taken over elsewhere, exported again with the same records and proofs."""

import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import openpyxl
import pytest

from domain import merkle
from domain.acts import ActKind
from domain.errors import AppError, ConfigError, EvidenceMalformed
from domain.evidence import Outcome
from storage.archive import schema
from storage.archive.adopting import ForeignAct
from storage.archive.rebuild import rebuild
from storage.evidence.batching import stamp_in_batches
from storage.evidence.labels import CHECKS, REASONS
from storage.evidence.log import publish_head
from storage.evidence.settings import BatchSettings
from storage.evidence.signer import LogSigner
from storage.evidence.verify import EarlierHead, Roots, verify_all, verify_exported
from storage.export import bundle, export_bundle, import_bundle
from storage.export.reading import Moment
from tests.support.archive_story import rows, tell
from tests.support.bundles import records, repair, shell
from tests.support.evidence import make_world
from tests.support.records import NOW, folder_vault, make_drop, make_extract, make_outcome, open_archive


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An archive with many kinds of acts, moved out whole."""
    folder = tmp_path_factory.mktemp("old")
    world = make_world(folder)
    drop = world.archive.record_drop(make_drop(world.vault, b"platen", name="platen.png", version="9"))
    world.archive.record_extract(make_extract(world.vault, drop))
    world.archive.record_outcome(make_outcome(drop))
    world.archive.append_act(kind="looked_at", subject_id=world.documents[0], manifest={"by": "user-1"})
    world.archive.append_act(kind="looked_at", subject_id=world.documents[0])
    world.archive.record_act(
        ActKind.DEFECT_FOUND,
        world.documents[1],
        recorded_by="suzuki",
        facts={"found_on": "2026-11-20"},
        personal={"words": "にじみ"},
    )
    stamp_in_batches(world.archive, world.authority, settings=BatchSettings(), now=NOW, close=True)
    world.publish()
    result = export_bundle(
        world.archive,
        world.vault,
        world.documents,
        folder / "out",
        signer=world.signer,
        clock=lambda: NOW,
        authority=world.authority,
        whole=True,
    )
    return world, result


@pytest.fixture
def place(tmp_path):
    vault = folder_vault(tmp_path / "vault")
    return open_archive(tmp_path, vault=vault), vault


def take(place, folder, roots):
    archive, vault = place
    return import_bundle(archive, vault, folder, roots=roots, clock=lambda: NOW)


def test_the_bundle_of_a_whole_log_proves_itself(made, tmp_path):
    world, result = made
    assert verify_exported(result.folder, roots=world.roots).outcome is Outcome.PASSED
    (tmp_path / "roots.pem").write_bytes(world.roots.roots_pem[0])
    code, output = shell(
        result.folder, "--roots", str(tmp_path / "roots.pem"), "--log-key-sha256", world.signer.fingerprint
    )
    assert code == 0, output


def test_moved_and_moved_again_it_is_the_same(made, place, tmp_path):
    world, result = made
    archive, vault = place
    taken = take(place, result.folder, world.roots)
    old_size = result.head.tree_size
    assert (taken.leaves, taken.originals) == (old_size, 5)
    assert taken.head == f"{old_size}:{result.head.root.value}"
    # The same leaves, records, acts and tokens; one more act names where they came from.
    assert archive.leaves(0, old_size) == world.archive.leaves(0, old_size)
    assert [leaf.kind for leaf in archive.leaves(old_size, archive.log_size())] == ["imported"]
    for document in world.documents:
        assert archive.history(document) == world.archive.history(document)
        assert archive.acts(document) == world.archive.acts(document)
    for unit in world.units:
        assert archive.timestamps(unit) == world.archive.timestamps(unit)
        moved = archive.get_unit(unit)
        assert vault.get("vault", moved.blob.key, version_id=moved.blob.version_id, expect=moved.blob.digest)
    # The log here is signed with another key and grows out of the old head.
    signer = LogSigner.create_or_open(tmp_path / "newkeys", clock=lambda: NOW)
    publish_head(archive, vault, signer)
    earlier = EarlierHead(tree_size=old_size, root=result.head.root.raw)
    here = Roots(roots_pem=world.roots.roots_pem, log_key_sha256=signer.fingerprint, earlier_heads=(earlier,))
    report = verify_all(archive, vault, roots=here)
    assert report.outcome is Outcome.PASSED, [c for c in report.checks if c.outcome is not Outcome.PASSED]
    # Exported again: the same tables and the same proofs for the same leaves.
    again = export_bundle(
        archive, vault, world.documents, tmp_path / "again", signer=signer, clock=lambda: NOW, whole=True
    ).folder
    verdict = verify_exported(again, roots=here)
    assert verdict.outcome is Outcome.PASSED, [c for c in verdict.checks if c.outcome is not Outcome.PASSED]
    for name in ("data/index/index.csv", "data/index/index-cp932.csv", "data/records/originals.txt",
                 "data/records/tokens.txt"):  # fmt: skip
        assert (again / name).read_bytes() == (result.folder / name).read_bytes(), name
    one, two = (
        [[cell.value for cell in row] for row in openpyxl.load_workbook(bag / "data/index/index.xlsx")["索引"]]
        for bag in (result.folder, again)
    )
    assert one == two
    for kind in ("leaves", "manifests", "payloads"):
        before = records(result.folder, kind).read_bytes()
        assert records(again, kind).read_bytes().startswith(before), kind
    hashes = archive.leaf_hashes(0, archive.log_size())
    assert merkle.root(hashes[:old_size]) == result.head.root.raw


def test_the_moved_archive_is_rebuilt_from_its_vault(made, place, tmp_path):
    world, result = made
    archive, vault = place
    take(place, result.folder, world.roots)
    rebuild(f"sqlite:///{tmp_path}/again.sqlite", vault, clock=lambda: NOW)
    again = open_archive(tmp_path, url=f"sqlite:///{tmp_path}/again.sqlite", vault=vault)
    assert rows(again) == rows(archive)


def test_an_import_that_stopped_goes_on(made, place, monkeypatch):
    world, result = made
    archive, _ = place
    real, calls = type(archive)._adopt, []

    def stopping(self, connection, act, *rest):
        calls.append(act)
        if len(calls) == 9:
            raise KeyboardInterrupt
        return real(self, connection, act, *rest)

    monkeypatch.setattr(type(archive), "_adopt", stopping)
    with pytest.raises(KeyboardInterrupt):
        take(place, result.folder, world.roots)
    monkeypatch.setattr(type(archive), "_adopt", real)
    take(place, result.folder, world.roots)
    again = take(place, result.folder, world.roots)
    assert again.leaves == 0
    kinds = [leaf.kind for leaf in archive.leaves(0, archive.log_size())]
    assert kinds[-1] == "imported"
    assert kinds.count("imported") == 1


def test_in_volumes(made, place, tmp_path, monkeypatch):
    world, _ = made
    monkeypatch.setattr(bundle, "MIN_VOLUME_BYTES", 1000)
    monkeypatch.setattr(bundle, "_SPARE_BYTES", 0)
    before = world.archive.log_size()
    result = export_bundle(
        world.archive, world.vault, world.documents, tmp_path / "out", signer=world.signer, clock=lambda: NOW,
        whole=True, volume_bytes=20_000,
    )  # fmt: skip
    assert len(result.volumes) > 1
    for volume in result.volumes:
        found = verify_exported(volume, roots=world.roots)
        assert found.outcome is Outcome.PASSED, [c for c in found.checks if c.outcome is not Outcome.PASSED]
    take(place, tmp_path / "out", world.roots)
    assert place[0].leaves(0, before) == world.archive.leaves(0, before)


def test_what_is_refused(made, place, tmp_path):
    world, result = made
    with pytest.raises(ConfigError, match="anchors"):
        take(place, result.folder, Roots())
    with pytest.raises(EvidenceMalformed, match="head_key_trusted"):
        take(place, result.folder, replace(world.roots, log_key_sha256="0" * 64))
    shutil.copytree(result.folder, tmp_path / "bag")
    payloads = records(tmp_path / "bag", "payloads")
    payloads.write_text(payloads.read_text().replace("128960", "228960", 1))
    repair(tmp_path / "bag")
    with pytest.raises(EvidenceMalformed, match="payload_digest"):
        take(place, tmp_path / "bag", world.roots)
    some = export_bundle(
        world.archive, world.vault, world.documents[:1], tmp_path / "some", signer=world.signer, clock=lambda: NOW
    )
    with pytest.raises(ConfigError, match="selection"):
        take(place, some.folder, world.roots)
    assert place[0].log_size() == 0
    assert not list(place[1].list_latest("vault"))
    with pytest.raises(ConfigError, match="no bundle"):
        take(place, tmp_path, world.roots)


def _half(bag):
    files = sorted(one for one in bag.rglob("*") if one.is_file())
    for one in files[len(files) // 2 :]:
        one.unlink()


def _flip(pattern):
    def change(bag):
        path = min(bag.glob(pattern))
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)

    return change


def _forge(bag):
    payloads = records(bag, "payloads")
    payloads.write_text(payloads.read_text().replace("128960", "228960", 1))
    repair(bag)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_half, ("23 件足りません", "もう一度全部コピー")),
        (lambda bag: min(bag.glob("data/originals/*/*")).unlink(), ("1 件足りません", "data/originals/")),
        (lambda bag: (bag / "bagit.txt").unlink(), ("一式ではありません", "コピーが途中で終わった")),
        (_flip("data/originals/*/*"), ("1 件の中身が書き出したときと違います", "data/originals/")),
        (_flip("data/log/head.json"), ("1 件の中身が書き出したときと違います", "data/log/head.json")),
        (lambda bag: (bag / ".DS_Store").write_text("x"), ("書き出しにはなかったファイルが 1 件", ".DS_Store")),
        (_forge, ("内容が記録のとおりか", "ハッシュ値が一致しません", "書き換えられた一式")),
    ],
)
def test_a_refusal_says_what_is_wrong_and_what_to_do(made, place, tmp_path, damage, said):
    world, result = made
    shutil.copytree(result.folder, tmp_path / "bag")
    damage(tmp_path / "bag")
    with pytest.raises(AppError) as caught:
        take(place, tmp_path / "bag", world.roots)
    told = caught.value.message_ja
    assert all(words in told for words in said), told
    codes = {one for one in (*CHECKS, *REASONS) if "_" in one}
    assert not codes & set(re.findall(r"\w+", told, re.ASCII)), told
    assert place[0].log_size() == 0


def test_a_refusal_for_want_of_anchors_names_what_to_compare(made, place):
    world, result = made
    with pytest.raises(ConfigError) as caught:
        take(place, result.folder, Roots())
    told = caught.value.message_ja
    assert world.signer.fingerprint in told
    assert "--roots" in told
    assert "別の経路" in told
    with pytest.raises(ConfigError) as caught:
        take(place, result.folder, replace(world.roots, roots_pem=()))
    assert "--log-key" not in caught.value.message_ja


def test_another_offices_bundle_is_called_so(made, place):
    world, result = made
    with pytest.raises(EvidenceMalformed) as caught:
        take(place, result.folder, replace(world.roots, log_key_sha256="0" * 64))
    assert "ほかの書庫" in caught.value.message_ja
    assert world.signer.fingerprint in caught.value.message_ja


@pytest.mark.parametrize("inside", [True, False])
def test_the_folder_beside_that_is_a_bundle_is_named(made, place, inside):
    world, result = made
    with pytest.raises(ConfigError) as caught:
        take(place, result.folder / "data" if inside else result.folder.parent, world.roots)
    assert f"{result.folder} のことであれば" in caught.value.message_ja


def test_only_into_an_empty_archive_of_the_same_client(made, place, tmp_path):
    world, result = made
    archive, vault = place
    archive.append_act(kind="looked_at", subject_id="doc-1")
    with pytest.raises(ConfigError, match="another one"):
        take(place, result.folder, world.roots)
    other = open_archive(tmp_path, url=f"sqlite:///{tmp_path}/o.sqlite", vault=vault, client_id="other")
    with pytest.raises(ConfigError, match="client"):
        take((other, vault), result.folder, world.roots)


def test_every_kind_of_act_is_taken_over_as_it_is(tmp_path):
    """The archive's story holds every kind; its tokens are no real ones, so only the taking over is looked at."""
    (tmp_path / "old").mkdir()
    old = open_archive(tmp_path / "old")
    tell(old)
    vault = folder_vault(tmp_path / "vault")
    new = open_archive(tmp_path, vault=vault)
    for found in old.vault.list_latest("vault", prefix="default/blobs/"):
        content = old.vault.get("vault", found.key)
        vault.put_blob("vault", content, prefix="default/blobs/", media_type="application/pdf")
    with ThreadPoolExecutor(2) as readers:
        moment = Moment(old, old.vault, log_size=old.log_size(), at=NOW, readers=readers)
        entries = moment.entries(range(old.log_size()))
    acts = [ForeignAct(leaf=e.content, manifest=e.manifest, payload=e.payload) for e in entries]
    assert new.adopt(acts) == old.log_size()
    mine, theirs = rows(new), rows(old)
    at = [column.name for column in schema.unit.columns].index("blob_version")
    for picture in (mine, theirs):
        picture["unit"] = [row[:at] + row[at + 1 :] for row in picture["unit"]]
    assert mine == theirs
