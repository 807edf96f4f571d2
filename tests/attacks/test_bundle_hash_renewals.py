"""Renewals of hash trees in a bundle, forged by someone who also writes every checksum anew: the script finds them."""

import shutil
from datetime import timedelta

import pytest

from domain.evidence import Outcome
from storage.evidence.renewal import renew_hash_trees, renew_timestamps
from storage.evidence.verifier.evidence_record import parse_evidence_record
from storage.evidence.verify import verify_exported
from storage.export import export_bundle
from tests.integration.test_renewal import YEAR, Years
from tests.support.bundles import RECORDS, original_of, repair, shell

DOES_NOT_FIT = "証拠記録がタイムスタンプの一覧や原本と合いません"
TOO_LATE = "前のタイムスタンプの有効期間が終わってから更新されています"


def exported(years, folder):
    world = years.world
    world.publish()
    made = export_bundle(
        world.archive, world.vault, world.documents, folder / "bag", signer=world.signer, clock=lambda: years.at
    )
    (folder / "roots.pem").write_bytes(b"".join(years.roots.roots_pem))
    return made.folder


def checked(years, folder, bag, *more):
    return shell(bag, "--roots", str(folder / "roots.pem"), "--log-key-sha256", years.world.signer.fingerprint, *more)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Stamped, hashed anew by SHA-512, and that timestamp renewed before its certificate ends."""
    folder = tmp_path_factory.mktemp("years")
    years = Years(folder)
    years.stamp()
    renew_hash_trees(years.world.archive, years.world.vault, years.authority, algorithm="sha512")
    years.at += 10 * YEAR + timedelta(days=30)
    years.renew_certificate()
    years.drop(b"new")
    years.stamp()
    assert years.renew().batches
    return years, folder, exported(years, folder)


@pytest.fixture
def bag(made, tmp_path):
    return shutil.copytree(made[2], tmp_path / "bag")


def record_of(bag, unit_id):
    return bag / f"data/evidence-records/{unit_id[-2:]}/{unit_id}.ers"


def test_untouched_it_passes_as_a_whole_and_document_by_document(made):
    years, folder, bag = made
    code, said = checked(years, folder, bag)
    assert code == 0, said
    code, said = checked(years, folder, bag, "--document", years.world.documents[0])
    assert code == 0, said


def another_first_token(world, bag):
    place = record_of(bag, world.units[0])
    content = place.read_bytes()
    token = parse_evidence_record(content).chains[0][0].token
    at = content.index(token) + len(token) - 1
    place.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])


def another_way_up(world, bag):
    place = record_of(bag, world.units[0])
    content = place.read_bytes()
    at = content.index(parse_evidence_record(content).chains[1][0].lists[0][0])
    place.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])


def another_hash_before(world, bag):
    """What the renewal is over, but for its tokens: the way to the first one."""
    place = record_of(bag, world.units[0])
    content = place.read_bytes()
    at = content.index(parse_evidence_record(content).chains[0][0].lists[-1][0])
    place.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])


def another_units_record(world, bag):
    """Neighbours in every tree have one record between them, and rightly so: of those that differ, the first."""
    place = record_of(bag, world.units[0])
    others = [record_of(bag, unit_id).read_bytes() for unit_id in world.units[1:]]
    place.write_bytes(next(other for other in others if other != place.read_bytes()))


def no_record(world, bag):
    record_of(bag, world.units[0]).unlink()


def no_der(world, bag):
    place = record_of(bag, world.units[0])
    place.write_bytes(b"\x30\x80" + place.read_bytes()[2:])


def a_renewal_left_out_of_the_list(world, bag):
    """The first token, listed as if it had been renewed by the last."""
    place = bag / RECORDS / "tokens.txt"
    lines = place.read_text().splitlines(keepends=True)
    mine = [line for line in lines if line.startswith(f"{world.units[0]} ")]
    place.write_text("".join(line for line in lines if line != mine[2]))


@pytest.mark.parametrize(
    "attack",
    [
        another_first_token,
        another_way_up,
        another_hash_before,
        another_units_record,
        no_record,
        no_der,
        a_renewal_left_out_of_the_list,
    ],
)
def test_what_does_not_fit_is_found(made, bag, attack):
    years, folder, _ = made
    attack(years.world, bag)
    repair(bag)
    code, said = checked(years, folder, bag)
    assert code == 1
    timestamps = said.partition("8. ")[2]
    wrong = DOES_NOT_FIT if attack is not another_way_up else "タイムスタンプ"  # led astray, it reaches no token
    assert any(wrong in line and years.world.units[0] in line for line in timestamps.splitlines()), said


def test_another_original_under_the_same_record_is_found(made, bag):
    years, folder, _ = made
    original_of(bag, years.world.units[0]).write_bytes(b"forged")
    repair(bag)
    code, said = checked(years, folder, bag, "--document", years.world.documents[0])
    assert code == 1
    assert "原本が受領時と違います" in said


def test_a_renewal_after_the_end_is_found_by_both(tmp_path):
    years = Years(tmp_path)
    years.stamp()
    years.at += 20 * YEAR
    years.renew_certificate()
    years.drop(b"new")
    years.stamp()
    done = renew_timestamps(years.world.archive, years.authority, ends_before=years.at + YEAR, now=years.at - 10 * YEAR)
    assert done.batches
    bag = exported(years, tmp_path)
    assert verify_exported(bag, roots=years.roots).outcome is Outcome.FAILED
    code, said = checked(years, tmp_path, bag)
    assert (code, TOO_LATE in said) == (1, True), said
