"""A bundle damaged at random: no flipped bit, no missing, added or exchanged file stays unnoticed."""

import base64
import random
import shutil
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from domain.evidence import Outcome
from storage.evidence.verify import verify_exported
from storage.export import export_bundle
from tests.support.bundles import seal, shell
from tests.support.evidence import make_world
from tests.support.records import NOW

FLIPS = 120
"""Tried with the Python verifier; the script is slower and gets every twentieth."""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("damage")
    world = make_world(folder)
    result = export_bundle(
        world.archive, world.vault, world.documents, folder / "out", signer=world.signer, clock=lambda: NOW,
        authority=world.authority,
    )  # fmt: skip
    (folder / "roots.pem").write_bytes(world.roots.roots_pem[0])
    shutil.copytree(result.folder, folder / "bag")
    return world, folder / "bag", ("--roots", str(folder / "roots.pem"), "--log-key-sha256", world.signer.fingerprint)


def files(bag: Path) -> list[Path]:
    return sorted(path for path in bag.rglob("*") if path.is_file())


def test_no_flipped_bit_is_missed(made):
    world, bag, trusted = made
    chance = random.Random(20261122)
    for number in range(FLIPS):
        path = chance.choice(files(bag))
        content = path.read_bytes()
        at = chance.randrange(len(content))
        damaged = content[:at] + bytes([content[at] ^ (1 << chance.randrange(8))]) + content[at + 1 :]
        if path.name == "tagmanifest-sha256.txt" and damaged.lower() == content.lower():
            continue  # digests in capitals say the same (RFC 8493 §2.1.3), and nothing else is over this file
        path.write_bytes(damaged)
        try:
            assert verify_exported(bag, roots=world.roots).outcome is Outcome.FAILED, (path, at)
            # A flipped script or a flipped root would speak for itself; the script that verifies comes from outside.
            if number % 20 == 0 and path.name != "verify.sh":
                assert shell(bag, *trusted)[0] == 1, (path, at)
        finally:
            path.write_bytes(content)
    assert verify_exported(bag, roots=world.roots).outcome is Outcome.PASSED


def test_every_file_is_missed_when_it_is_gone(made, tmp_path):
    world, bag, _ = made
    optional = {"data/log/head-token.der", "data/log/head-chain.pem"}
    for path in files(bag):
        path.rename(tmp_path / "gone")
        try:
            assert verify_exported(bag, roots=world.roots).outcome is Outcome.FAILED, path
            name = path.relative_to(bag).as_posix()
            if path.name != "verify.sh" and (bag / "data") in path.parents and name not in optional:
                seal(bag)
                outcome = verify_exported(bag, roots=world.roots).outcome
                # Redundant here: the whole tree is rebuilt from the leaves, and the head holds its own signature.
                assert outcome is Outcome.FAILED or path.parent.name == "tree" or name in {
                    "data/log/head-body.json", "data/log/head.sig", "data/log/key.pem", "data/log/consistency.txt",
                }, (path, "with repaired manifests")  # fmt: skip
        finally:
            (tmp_path / "gone").rename(path)
            seal(bag)


def test_no_two_files_change_places(made):
    world, bag, trusted = made
    chance = random.Random(7)
    found = [path for path in files(bag) if path.name != "verify.sh"]
    for number in range(40):
        one, two = chance.sample(found, 2)
        first, second = one.read_bytes(), two.read_bytes()
        if first == second:
            continue
        one.write_bytes(second)
        two.write_bytes(first)
        try:
            assert verify_exported(bag, roots=world.roots).outcome is Outcome.FAILED, (one, two)
            if number % 10 == 0:
                assert shell(bag, *trusted)[0] == 1, (one, two)
        finally:
            one.write_bytes(first)
            two.write_bytes(second)


HOSTILE_NAMES = (
    "$(touch hacked)",
    "`touch hacked`",
    "a;touch hacked",
    "a\nb",
    "-rf",
    "a b",
    "\x1b[2J",
    "*",
    "\\",
    "あ.pdf",
)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
@pytest.mark.parametrize("shells", ["dash", "bash"])
def test_hostile_names_are_found_and_never_run(made, name, shells, tmp_path):
    world, bag, trusted = made
    target = bag / "data" / name
    target.write_bytes(b"x")
    try:
        assert verify_exported(bag, roots=world.roots).outcome is Outcome.FAILED
        code, output = shell(bag, *trusted, program=shells)
        assert code == 1, output
        assert "\x1b" not in output
        assert not list(bag.rglob("hacked"))
    finally:
        target.unlink()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("data/records/originals.txt", " data/originals/", " data/originals/../../../etc/"),
        ("data/records/originals.txt", "unit-", "unit-$(touch hacked)"),
        ("data/records/tokens.txt", " original ", " $(touch${IFS}hacked) "),
        ("data/records/tokens.txt", " sha256 ", " sha256;touch${IFS}hacked "),
        ("data/records/leaves-00001.jsonl", '"kind":"filed"', '"kind":"\'; touch hacked; \'"'),
        ("data/records/leaves-00001.jsonl", '"kind":"filed"', '"kind":"$(touch hacked)"'),
        ("data/records/manifests-00001.jsonl", '"unit_id":"unit-', '"unit_id":"$(touch hacked)unit-'),
        ("data/log/tree/00.txt", "0 ", "0;touch${IFS}hacked "),
        ("data/log/tree/00.txt", "\n", "'\n"),
        ("data/log/consistency.txt", " ", " $(touch${IFS}hacked) "),
        ("data/log/head-body.json", '"tree_size":', '"tree_size":1$(touch hacked)'),
    ],
)
def test_hostile_values_are_refused_and_never_run(made, name, old, new):
    world, bag, trusted = made
    path = bag / name
    content = path.read_text()
    changed = content.replace(old, new, 1)
    assert changed != content or name.endswith("consistency.txt")
    path.write_text(changed)
    seal(bag)
    try:
        earlier = ("--earlier-head", f"{content.split()[0]}:{'0' * 64}") if name.endswith("consistency.txt") else ()
        for program, more in (("dash", earlier), ("bash", earlier), ("dash", ("--document", world.documents[0]))):
            code, output = shell(bag, *trusted, *more, program=program)
            assert code in ({1} if more == earlier else {0, 1}), output
            assert not list(bag.rglob("hacked"))
            assert "syntax" not in output.lower()
    finally:
        path.write_text(content)
        seal(bag)


def test_a_hostile_document_is_asked_for(made):
    world, bag, trusted = made
    for asked in ("$(touch hacked)", "../../etc/passwd", "doc-none", "-x", "data/originals/none", "doc-1 doc-2", "*"):
        code, _ = shell(bag, *trusted, "--document", asked)
        assert code == 1, asked
    assert not list(bag.rglob("hacked"))
    original = next((bag / "data/originals").rglob("*.pdf")).relative_to(bag).as_posix()
    assert shell(bag, *trusted, "--document", original)[0] == 0
    assert "passed" in shell(bag, *trusted, "--document", world.documents[0], "--lang", "en")[1]


def test_a_certificate_whose_names_cannot_be_read_is_named(made):
    """Its name's string tag is one that does not exist: the library notices late, when the name is asked for."""
    world, bag, _ = made
    found = 0
    for path in (one for one in files(bag) if one.read_bytes().startswith(b"-----BEGIN CERT")):
        content = path.read_bytes()
        certificate = x509.load_pem_x509_certificates(content)[0]
        der, name = certificate.public_bytes(Encoding.DER), certificate.subject.public_bytes()
        broken = der.replace(name, name.replace(b"\x0c", b"\x00", 1))
        if broken == der:
            continue
        found += 1
        path.write_bytes(_pem(broken))
        try:
            assert verify_exported(bag, roots=world.roots).outcome is Outcome.FAILED, path
        finally:
            path.write_bytes(content)
    assert found


def _pem(der: bytes) -> bytes:
    return b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der) + b"-----END CERTIFICATE-----\n"
