"""Tokens, log, proofs and files of an exported bundle, tampered with in one way each."""

import re
import shutil
from dataclasses import replace

import pytest

from domain.evidence import Outcome
from domain.ids import Digest
from storage.evidence.local_authority import LocalAuthority
from storage.evidence.signer import LogSigner, public_key_pem, signed_bytes
from storage.evidence.verify import EarlierHead
from tests.support.bundle_attack import both, caught, make_bundle, originals
from tests.support.bundles import (
    original_of,
    records,
    repair,
    seal,
    shell,
    tokens_of,
)
from tests.support.records import NOW


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_bundle(tmp_path_factory.mktemp("bundle"))


@pytest.fixture
def bag(made, tmp_path):
    shutil.copytree(made[1].folder, tmp_path / "bag")
    return tmp_path / "bag"


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


def test_few_leaves_and_many_climb_to_the_same_answer(made, bag):
    """One document goes up by itself, one of very many acts as the whole does; neither may know better."""
    world = made[0]
    script = bag / "verify.sh"
    few = script.read_text()
    many = few.replace("-le 64 ]; then check_path", "-le 0 ]; then check_path")
    assert many != few
    (bag.parent / "roots.pem").write_bytes(world.roots.roots_pem[0])
    trusted = ("--roots", str(bag.parent / "roots.pem"), "--log-key-sha256", world.roots.log_key_sha256)

    def answers(document):
        for text in (few, many):
            script.write_text(text)
            yield shell(bag, *trusted, "--document", document)

    for document in world.documents:
        one, other = answers(document)
        assert one[0] == 0
        assert one == other
    wrong = []
    for tree in sorted(bag.glob("data/log/tree/*.txt")):
        sound = tree.read_text()
        for text in (re.sub("(?m)(.)$", lambda end: "1" if end[1] == "0" else "0", sound), ""):
            tree.write_text(text)
            (one, _), (other, _) = answers(world.documents[0])
            assert one == other, tree.name
            wrong.append(one)
        tree.write_text(sound)
    assert wrong.count(1) > 4
