"""What is damaged, lost or ended is left aside by renewals, and everything else is renewed."""

from datetime import timedelta

import pytest

from app.cli.stamp_facts import renewal_text
from domain.evidence import Outcome
from domain.record import UnitState
from storage.evidence.ageing import ageing
from storage.evidence.batching import stamp_in_batches
from storage.evidence.log import newest_head, publish_head
from storage.evidence.renewal import renew_hash_trees
from storage.evidence.settings import BatchSettings
from storage.evidence.verify import verify_all
from tests.integration.test_renewal import YEAR, Years


def cut_off(token, other):
    del other
    return token[:-20]


def exchanged(token, other):
    """It reads well, and is over something else."""
    del token
    return other


@pytest.mark.parametrize("damage", [cut_off, exchanged])
def test_a_damaged_token_of_a_head_holds_up_no_other(tmp_path, damage):
    years = Years(tmp_path)
    years.stamp()
    world = years.world
    first = publish_head(world.archive, world.vault, world.signer, authority=years.authority)
    years.drop(b"second")
    second = publish_head(world.archive, world.vault, world.signer, authority=years.authority)
    place = world.vault_file(f"log/head-timestamps/{first.tree_size:012d}.tsr.json")
    whole = place.read_bytes()
    other = world.vault.get("vault", f"default/log/head-timestamps/{second.tree_size:012d}.tsr.json")
    years.at += 10 * YEAR + timedelta(days=30)
    years.renew_certificate()
    years.drop(b"new")
    years.stamp()
    place.chmod(0o644)
    place.write_bytes(damage(whole, other))
    names = {one.name.partition("/")[0] for one in ageing(world.archive, ends_before=years.at + YEAR)}
    assert names == {"batch-000001", f"head-{second.tree_size:012d}"}
    assert years.renew().renewed == 2
    world.publish()
    assert verify_all(world.archive, world.vault, roots=years.roots).outcome is Outcome.FAILED, "it is not hidden"
    place.write_bytes(whole)
    (left,) = ageing(world.archive, ends_before=years.at + YEAR)
    assert left.name.startswith(f"head-{first.tree_size:012d}/"), "put back, it is renewed as if nothing had been"
    assert years.renew().renewed == 1
    assert years.verified() == (Outcome.PASSED, Outcome.PASSED)


def test_what_waits_is_stamped_although_the_newest_head_is_damaged(tmp_path):
    years = Years(tmp_path)
    world = years.world
    head = world.publish()
    place = world.vault_file(f"log/heads/{head.tree_size:012d}.json")
    place.chmod(0o644)
    place.write_bytes(place.read_bytes()[:-20])
    done = stamp_in_batches(
        world.archive,
        years.authority,
        settings=BatchSettings(),
        now=years.at,
        newest_head=lambda: newest_head(world.vault, "default"),
        close=True,
    )
    assert [len(batch.members) for batch in done.batches] == [3]
    assert {world.archive.unit_state(unit) for unit in world.units} == {UnitState.STAMPED}


@pytest.mark.parametrize("lost", ["missing", "altered"])
def test_what_is_lost_or_altered_is_not_hashed_again_and_holds_up_nothing_else(tmp_path, lost):
    years = Years(tmp_path)
    years.stamp()
    archive, vault = years.world.archive, years.world.vault
    place = years.world.vault_file(archive.get_unit(years.world.units[1]).blob.digest.value)
    whole = place.read_bytes()
    place.chmod(0o644)
    if lost == "missing":
        place.unlink()
    else:
        place.write_bytes(b"something else")
    done = renew_hash_trees(archive, vault, years.authority, algorithm="sha512")
    assert (done.renewed, done.lost) == (2, (years.world.units[1],))
    assert "1 件" in renewal_text(done)
    place.write_bytes(whole)
    done = renew_hash_trees(archive, vault, years.authority, algorithm="sha512")
    assert (done.renewed, done.lost) == (1, ())
    assert years.verified() == (Outcome.PASSED, Outcome.PASSED)
