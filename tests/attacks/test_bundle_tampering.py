"""An exported bundle, tampered with in one way each; the shell script and the Python verifier must both notice.

Where it says *thorough*, the intruder also repairs every checksum file, so that only the signed log can tell.
"""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import bagit
import pytest

from domain.evidence import Outcome
from domain.ids import Digest
from storage.evidence.local_authority import LocalAuthority
from storage.evidence.log import newest_head
from storage.evidence.signer import LogSigner, public_key_pem, signed_bytes
from storage.evidence.verify import EarlierHead, Roots, verify_exported
from storage.export import export_bundle
from tests.support.bundles import (
    drop_lines,
    leaves_of,
    original_of,
    records,
    repair,
    seal,
    shell,
    tokens_of,
)
from tests.support.evidence import make_world
from tests.support.records import NOW


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """One honest bundle; each test works on a copy."""
    folder = tmp_path_factory.mktemp("bundle")
    world = make_world(folder)
    earlier = newest_head(world.vault, "default")
    result = export_bundle(
        world.archive,
        world.vault,
        world.documents,
        folder / "out",
        signer=world.signer,
        clock=lambda: NOW,
        conditions="すべての書類",
        authority=world.authority,
    )
    (folder / "roots.pem").write_bytes(world.roots.roots_pem[0])
    return world, result, earlier


@pytest.fixture
def bag(made, tmp_path):
    shutil.copytree(made[1].folder, tmp_path / "bag")
    return tmp_path / "bag"


def both(made, bag, *, roots=None) -> tuple[Outcome, int, str]:
    world = made[0]
    trusted = roots or world.roots
    (bag.parent / "roots.pem").write_bytes(trusted.roots_pem[0])
    report = verify_exported(bag, roots=trusted)
    arguments = ["--roots", str(bag.parent / "roots.pem"), "--log-key-sha256", trusted.log_key_sha256]
    for head in trusted.earlier_heads:
        arguments += ["--earlier-head", f"{head.tree_size}:{head.root.hex()}"]
    code, output = shell(bag, *arguments)
    return report.outcome, code, output + "\n".join(f"{c.name} {c.subject} {c.detail}" for c in report.checks)


def caught(made, bag, said, named, **more) -> None:
    outcome, code, output = both(made, bag, **more)
    assert (outcome, code) == (Outcome.FAILED, 1), output
    assert said in output
    assert named in output


def originals(bag: Path) -> list[Path]:
    return sorted(p for p in (bag / "data/originals").rglob("*") if p.is_file())


def test_untouched_passes(made, bag):
    outcome, code, output = both(made, bag)
    assert (outcome, code) == (Outcome.PASSED, 0), output
    assert "結果: 合格" in output
    bagit.Bag(str(bag)).validate()


def test_without_anchors_it_is_indeterminate_and_prints_fingerprints(made, bag):
    code, output = shell(bag)
    assert code == 3
    assert "判定不能" in output
    assert made[0].signer.fingerprint in output
    assert "Fingerprint=" in output
    report = verify_exported(bag, roots=Roots())
    assert report.outcome is Outcome.INDETERMINATE
    assert {c.detail.partition(":")[0] for c in report.checks if c.outcome is Outcome.INDETERMINATE} == {
        "trust anchor not supplied"
    }


def test_one_anchor_is_not_enough(made, bag):
    code, _ = shell(bag, "--log-key-sha256", made[0].signer.fingerprint)
    assert code == 3
    (bag.parent / "roots.pem").write_bytes(made[0].roots.roots_pem[0])
    code, _ = shell(bag, "--roots", str(bag.parent / "roots.pem"))
    assert code == 3


def test_wrong_use_of_the_script(bag):
    for arguments in (["--nonsense"], ["--roots"], ["--roots", "/does/not/exist"], ["--earlier-head", "x:1"]):
        assert shell(bag, *arguments)[0] == 2


def test_relative_roots_file(made, bag):
    (bag.parent / "roots.pem").write_bytes(made[0].roots.roots_pem[0])
    arguments = ["sh", "bag/verify.sh", "--roots", "roots.pem", "--log-key-sha256", made[0].signer.fingerprint]
    done = subprocess.run(arguments, cwd=bag.parent, check=False, capture_output=True, timeout=120)
    assert done.returncode == 0


@pytest.mark.parametrize("thorough", [False, True])
def test_altered_byte_in_an_original(made, bag, thorough):
    target = originals(bag)[0]
    target.write_bytes(target.read_bytes()[:-1] + b"X")
    if thorough:
        repair(bag)
    caught(made, bag, "原本が受領時と違います", "original_digest")
    caught(made, bag, "タイムスタンプが検証できません", "token_imprint")


@pytest.mark.parametrize("thorough", [False, True])
def test_swapped_originals(made, bag, thorough):
    first, second, *_ = originals(bag)
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)
    if thorough:
        repair(bag)
    caught(made, bag, "原本が受領時と違います", "original_digest")


def test_swapped_originals_with_their_tokens(made, bag):
    """Files and tokens change places together, so each token fits: the drops' manifests in the log still tell."""
    for name in ("originals.txt", "tokens.txt"):
        path = bag / "data/records" / name
        one, two, *more = (line.split(" ") for line in path.read_text().splitlines())
        one[2], two[2] = two[2], one[2]
        path.write_text("".join(f"{' '.join(row)}\n" for row in (one, two, *more)))
    repair(bag)
    caught(made, bag, "原本が受領時と違います", "original_digest")


@pytest.mark.parametrize("name", ["index.csv", "index-cp932.csv", "index.xlsx"])
def test_altered_index(made, bag, name):
    path = bag / "data/index" / name
    path.write_bytes(path.read_bytes() + b"x")
    caught(made, bag, f"内容が変わっています: data/index/{name}", "bag_complete")
    seal(bag)
    caught(made, bag, f"内容が変わっています: data/index/{name}", "inventory")
    repair(bag)
    caught(made, bag, "一覧 (data/inventory.sha256) が記録と違います", "export_logged")


@pytest.mark.parametrize("name", ["index.html", "README.txt"])
def test_altered_page(made, bag, name):
    path = bag / name
    path.write_text(path.read_text().replace("取引", "抹消"))
    seal(bag)
    caught(made, bag, f"内容が変わっています: {name}", "inventory")


def test_altered_payload(made, bag):
    path = records(bag, "payloads")
    changed = path.read_text().replace("128960", "328960", 1)
    assert changed != path.read_text()
    path.write_text(changed)
    repair(bag)
    caught(made, bag, "内容が記録と違います", "payload_digest")


def test_altered_manifest(made, bag):
    path = records(bag, "manifests")
    path.write_text(path.read_text().replace("2026-11-20", "2026-11-19", 1))
    repair(bag)
    caught(made, bag, "ログにない、または改変された記録です", "record_logged")


@pytest.mark.parametrize(
    ("kind", "said", "named"),
    [
        ("manifests", "ログにある記録がありません", "record_logged"),
        ("payloads", "内容がありません", "payload_digest"),
    ],
)
def test_emptied_record(made, bag, kind, said, named):
    path = records(bag, kind)
    lines = path.read_text().split("\n")
    lines[next(at for at, line in enumerate(lines) if line)] = ""
    path.write_text("\n".join(lines))
    repair(bag)
    caught(made, bag, said, named)


@pytest.mark.parametrize("kind", ["leaves", "manifests", "payloads"])
def test_records_that_do_not_run_side_by_side(made, bag, kind):
    path = records(bag, kind)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    repair(bag)
    caught(made, bag, "記録の行がそろっていません", "record_form")


def test_added_payload(made, bag):
    """Something is put beside an act that has none."""
    at = next(n for n, leaf in enumerate(leaves_of(bag)) if leaf.kind == "stamped")
    path = records(bag, "payloads")
    lines = path.read_text().split("\n")
    lines[at] = '{"note":"paid"}'
    path.write_text("\n".join(lines))
    repair(bag)
    caught(made, bag, "内容が記録と違います", "payload_digest")


def test_added_act(made, bag):
    """An act that never was: no path leads from it to the head."""
    for kind in ("leaves", "manifests", "payloads"):
        path = records(bag, kind)
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join([*lines, lines[0].replace('"sequence":0', '"sequence":99')]))
    repair(bag)
    caught(made, bag, "ログに含まれる証明が成り立ちません", "leaf_included")


def test_reordered_acts(made, bag):
    for kind in ("leaves", "manifests", "payloads"):
        path = records(bag, kind)
        one, two, *more = path.read_text().splitlines(keepends=True)
        path.write_text("".join([two, one, *more]))
    path = records(bag, "leaves")
    path.write_text(
        path.read_text()
        .replace('"sequence":0,', '"sequence":x,', 1)
        .replace('"sequence":1,', '"sequence":0,', 1)
        .replace('"sequence":x,', '"sequence":1,', 1)
    )
    repair(bag)
    caught(made, bag, "ログに含まれる証明が成り立ちません", "leaf_included")


def test_removed_revision(made, bag):
    drop_lines(bag, {at for at, leaf in enumerate(leaves_of(bag)) if leaf.kind == "revised"})
    seal(bag)
    caught(made, bag, "内容が変わっています", "inventory")
    repair(bag)
    caught(made, bag, "一覧 (data/inventory.sha256) が記録と違います", "export_logged")


def test_removed_document_with_its_leaves(made, bag):
    """A document that is awkward disappears with everything about it; the inventory in the log knows it."""
    first = made[0].documents[0]
    drop_lines(bag, {at for at, leaf in enumerate(leaves_of(bag)) if leaf.subject_id == first})
    seal(bag)
    caught(made, bag, "内容が変わっています", "inventory")
    repair(bag)
    caught(made, bag, "一覧 (data/inventory.sha256) が記録と違います", "export_logged")


def test_foreign_token(made, bag):
    """One unit's token in the place of another's."""
    (_, one), (_, two), *_ = tokens_of(bag)
    (bag / one).write_bytes((bag / two).read_bytes())
    repair(bag)
    caught(made, bag, "タイムスタンプが検証できません", "token_imprint")


def test_removed_token(made, bag):
    path = bag / "data/records/tokens.txt"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[1:]))
    repair(bag)
    caught(made, bag, "ログにあるタイムスタンプがありません", "token_present")


def test_token_of_the_intruders_authority(made, bag, tmp_path):
    forger = LocalAuthority.create_or_open(tmp_path / "forger", clock=lambda: NOW)
    unit, target = tokens_of(bag)[0]
    content = original_of(bag, unit).read_bytes()
    (bag / target).write_bytes(forger.stamp(Digest.of(content)).token_der)
    repair(bag)
    caught(made, bag, "タイムスタンプが検証できません", "NO_CERTIFICATE_CHAIN_FOUND")


def test_roots_of_somebody_else(made, bag, tmp_path):
    other = LocalAuthority.create_or_open(tmp_path / "other", clock=lambda: NOW)
    from storage.evidence.certificates import to_pem

    roots = replace(made[0].roots, roots_pem=(to_pem(other.roots).encode(),))
    caught(made, bag, "タイムスタンプが検証できません", "NO_CERTIFICATE_CHAIN_FOUND", roots=roots)


def test_log_key_of_somebody_else(made, bag):
    roots = replace(made[0].roots, log_key_sha256="0" * 64)
    caught(made, bag, "ログ署名鍵が控えと違います", "head_key_trusted", roots=roots)


def test_log_signed_anew_by_the_intruder(made, bag, tmp_path):
    from domain import codec

    signer = LogSigner.create_or_open(tmp_path / "forger", clock=lambda: NOW)
    head = made[1].head
    forged = signer.sign_head(client_id="default", tree_size=head.tree_size, root=head.root)
    (bag / "data/log/head.json").write_bytes(codec.dump(forged))
    (bag / "data/log/head-body.json").write_bytes(signed_bytes(forged))
    (bag / "data/log/head.sig").write_bytes(bytes.fromhex(forged.signature))
    (bag / "data/log/key.pem").write_bytes(public_key_pem(signer.public_key))
    seal(bag)
    caught(made, bag, "ログ署名鍵が控えと違います", "head_key_trusted")


@pytest.mark.parametrize("part", ["head.json", "head-body.json", "head.sig", "key.pem"])
def test_altered_head(made, bag, part):
    path = bag / "data/log" / part
    content = path.read_bytes()
    path.write_bytes(content.replace(b"2026", b"2025") if b"2026" in content else content[:20] + b"A" + content[21:])
    seal(bag)
    _, code, output = both(made, bag)
    assert code == 1, output
    if part == "head.json":
        assert "head_signature" in output


def test_altered_leaf(made, bag):
    path = records(bag, "leaves")
    path.write_text(path.read_text().replace('"kind":"filed"', '"kind":"revised"', 1))
    seal(bag)
    caught(made, bag, "ログに含まれる証明が成り立ちません", "leaf_included")


@pytest.mark.parametrize("level", ["00", "01", "03"])
@pytest.mark.parametrize("part", ["value", "index", "form"])
def test_altered_proof(made, bag, level, part):
    """Also a node that could be computed must be the right one: single proofs are made of them."""
    path = bag / f"data/log/tree/{level}.txt"
    first, *more = path.read_text().splitlines(keepends=True)
    index, value = first.split()
    turned = {
        "value": f"{index} {'0' * 63}{'1' if value[-1] == '0' else '0'}\n",
        "index": f"{int(index) + 1} {value}\n",
        "form": f"{index} {value.upper()}\n",
    }
    path.write_text("".join([turned[part], *more]))
    seal(bag)
    outcome, code, output = both(made, bag)
    assert (outcome, code) == (Outcome.FAILED, 1), output


@pytest.mark.parametrize(
    "gone",
    [
        "data/records/leaves-00001.jsonl",
        "data/records/originals.txt",
        "data/records/tokens.txt",
        "data/log/exported-leaf.json",
        "data/log/tree/00.txt",
        "data/log/head-body.json",
        "data/log/head.json",
        "data/log/exported.json",
        "data/inventory.sha256",
        "manifest-sha256.txt",
        "data/index/index.csv",
    ],
)
def test_truncated_bundle(made, bag, gone):
    (bag / gone).unlink()
    outcome, code, output = both(made, bag)
    assert (outcome, code) == (Outcome.FAILED, 1), output


def test_truncated_bundle_without_originals(made, bag):
    shutil.rmtree(bag / "data/originals")
    repair(bag)
    caught(made, bag, "原本がないか、複数あります", "original_digest")


@pytest.mark.parametrize("place", ["data/originals/extra.pdf", "data/extra.txt", "extra.sh", "data/log/extra"])
@pytest.mark.parametrize("thorough", [False, True])
def test_extra_file(made, bag, place, thorough):
    (bag / place).write_text("extra")
    if thorough:
        seal(bag)
    caught(made, bag, "記録にないファイルがあります", "unexpected")


def test_second_original_beside_the_first(made, bag):
    target = originals(bag)[0]
    (target.parent / "other.pdf").write_bytes(b"other")
    repair(bag)
    caught(made, bag, "受領の記録にない原本です", "original_digest")
    lists = bag / "data/records/originals.txt"
    unit, sequence, _ = lists.read_text().splitlines()[0].split(" ", 2)
    lists.write_text(lists.read_text() + f"{unit} {sequence} data/originals/{target.parent.name}/other.pdf\n")
    repair(bag)
    caught(made, bag, "原本が受領時と違います", "original_digest")


def test_link_out_of_the_bundle(made, bag):
    target = originals(bag)[0]
    target.unlink()
    target.symlink_to("/etc/hostname")
    outcome, code, output = both(made, bag)
    assert (outcome, code) == (Outcome.FAILED, 1), output


def test_earlier_head(made, bag):
    head = made[2]
    kept = EarlierHead(tree_size=head.tree_size, root=head.root.raw)
    outcome, code, output = both(made, bag, roots=replace(made[0].roots, earlier_heads=(kept,)))
    assert (outcome, code) == (Outcome.PASSED, 0), output
    wrong = replace(kept, root=b"\x01" * 32)
    caught(made, bag, "以前と違います", "head_consistent", roots=replace(made[0].roots, earlier_heads=(wrong,)))
    larger = replace(kept, tree_size=10_000)
    caught(made, bag, "短くなっています", "head_consistent", roots=replace(made[0].roots, earlier_heads=(larger,)))
    newest = made[1].head
    same = EarlierHead(tree_size=newest.tree_size, root=newest.root.raw)
    outcome, code, output = both(made, bag, roots=replace(made[0].roots, earlier_heads=(same,)))
    assert (outcome, code) == (Outcome.PASSED, 0), output
    between = replace(kept, tree_size=head.tree_size - 1)
    outcome, code, output = both(made, bag, roots=replace(made[0].roots, earlier_heads=(between,)))
    assert (outcome, code) == (Outcome.INDETERMINATE, 3), output
