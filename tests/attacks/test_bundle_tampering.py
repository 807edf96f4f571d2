"""An exported bundle, tampered with in one way each; the shell script and the Python verifier must both notice.

Where it says *thorough*, the intruder also repairs every checksum file, so that only the signed log can tell.
"""

import shutil
import subprocess

import bagit
import pytest

from domain.evidence import Outcome
from storage.evidence.verify import Roots, verify_exported
from tests.support.bundle_attack import both, caught, make_bundle, originals
from tests.support.bundles import (
    drop_lines,
    leaves_of,
    records,
    repair,
    seal,
    shell,
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_bundle(tmp_path_factory.mktemp("bundle"))


@pytest.fixture
def bag(made, tmp_path):
    shutil.copytree(made[1].folder, tmp_path / "bag")
    return tmp_path / "bag"


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
