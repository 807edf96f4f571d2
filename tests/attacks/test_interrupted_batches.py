"""Batches in the vault without a log entry: what a crash left is recorded, what somebody put there is passed by."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from domain import codec
from domain.evidence import BatchMember, BatchPurpose, Outcome, StampBatch, head_name
from domain.ids import Digest
from domain.record import UnitState
from storage.archive.manifests import stamp_batch_manifest
from storage.archive.rebuild import rebuild
from storage.evidence.ageing import ageing
from storage.evidence.batching import stamp_in_batches
from storage.evidence.hash_tree import HashTree
from storage.evidence.local_authority import LocalAuthority
from storage.evidence.renewal import renew_hash_trees, renew_timestamps
from storage.evidence.settings import BatchSettings
from storage.evidence.stamping import stamp_pending
from storage.evidence.verify import verify_document
from tests.integration.test_renewal import YEAR, Years
from tests.support.archive_story import rows
from tests.support.evidence import DownFor, make_world
from tests.support.faulty_store import Crash, FaultyStore
from tests.support.records import NOW, folder_vault, open_archive


def batch_of(world, number=1, *, purpose=BatchPurpose.STAMP, members=None, authority=None, algorithm="sha256", **token):
    """A batch as a crash leaves one, or as somebody makes one who wants it recorded."""
    if members is None:
        members = {one.unit_id: one.imprint.value for one in world.archive.pending_stamps(limit=10)}
    root = HashTree((bytes.fromhex(one) for one in members.values()), algorithm=algorithm).root
    given = (authority or world.authority).stamp(Digest(algorithm=algorithm, value=root.hex()))
    return StampBatch(
        client_id="default",
        number=number,
        purpose=purpose,
        hash_algorithm=algorithm,
        members=tuple(BatchMember(name=name, digest=digest) for name, digest in members.items()),
        token=replace(given, **token),
    )


def put(world, content, number=1):
    if isinstance(content, StampBatch):
        content = changed(content)
    if not isinstance(content, bytes):
        content = content(number)
    world.vault.put_named(
        "vault",
        f"default/batches/batch-{number:06d}.json",
        content,
        media_type="application/json",
        retain_until=NOW + timedelta(days=90),
    )


def changed(batch, **values):
    return lambda number: codec.canonical(json.loads(stamp_batch_manifest(batch)) | {"number": number} | values)


def forgeries(world, folder):
    """Each is to be told from the one that would be recorded, ``batch_of(world)``."""
    stranger = LocalAuthority.create_or_open(folder / "stranger", clock=lambda: NOW)
    first, *rest = ((one.unit_id, one.imprint.value) for one in world.archive.pending_stamps(limit=10))
    head = {head_name(world.publish().tree_size): "11" * 32}
    plain = batch_of(world)
    names = [list(one) for one in (first, *rest)]
    return {
        "a stranger's token": batch_of(world, authority=stranger),
        "a later end": batch_of(world, certificate_not_after=NOW + 90 * YEAR),
        "another time": batch_of(world, gen_time=NOW - YEAR),
        "another authority": replace(plain, token=replace(plain.token, authority="accredited")),
        "accredited": batch_of(world, accredited=True),
        "another chain": batch_of(world, chain_pem="-----BEGIN CERTIFICATE-----"),
        "another imprint": batch_of(world, imprint=Digest(value="22" * 32)),
        "a token of others": replace(plain, token=batch_of(world, members=head).token),
        "a token cut off": batch_of(world, token_der=plain.token.token_der[:-20]),
        "a token with more": batch_of(world, token_der=plain.token.token_der + b"\x00"),
        "an unknown unit": batch_of(world, members={"unit-" + "0" * 32: "11" * 32}),
        "a unit's other digest": batch_of(world, members={first[0]: "11" * 32}),
        "a head's other digest": batch_of(world, members=dict([first]) | head),
        "no such head": batch_of(world, members={"head-" + "9" * 18: "11" * 32}),
        "no member's name": batch_of(world, members=dict([first]) | {"x": "11" * 32}),
        "another hash": batch_of(world, members={"head-000000000001": "11" * 64}, algorithm="sha512"),
        "no members": changed(plain, members=[]),
        "a short digest": changed(plain, members=[["batch-000001", "00"]]),
        "no digest": changed(plain, members=[["batch-000001", "zz"]]),
        "one twice": changed(plain, members=[*names, names[0]]),
        "no such hash": changed(plain, hash_algorithm="md6"),
        "a hash that is a list": changed(plain, hash_algorithm=["sha256"]),
        "another number": changed(plain, number=99),
        "no finite number": stamp_batch_manifest(plain).replace(b'"number":1,', b'"number":1e999,'),
        "another client": changed(plain, client_id="other"),
        "nested without end": b"[" * 100_000,
        "cut off": lambda number: changed(plain)(number)[:-20],
        "renewal of nothing": batch_of(world, purpose=BatchPurpose.TIMESTAMP_RENEWAL),
        "hashed again, not stamped": batch_of(world, purpose=BatchPurpose.HASH_TREE_RENEWAL),
        "hashed again, unknown": batch_of(
            world, purpose=BatchPurpose.HASH_TREE_RENEWAL, members={"unit-" + "0" * 32: "11" * 32}
        ),
    }


@pytest.mark.parametrize("policy", ["batch", "each"])
def test_what_does_not_hold_is_passed_by_and_stamping_goes_on(tmp_path, policy):
    """Recorded, units would count as stamped, and their deadline would pass."""
    world = make_world(tmp_path, stamped=False)
    laid = forgeries(world, tmp_path)
    for number, content in enumerate(laid.values(), 1):
        put(world, content, number)
    if policy == "batch":
        done = stamp_in_batches(world.archive, world.authority, settings=BatchSettings(), now=NOW)
        assert [one.number for one in done.batches] == [len(laid) + 1], tuple(laid)
        assert {one.number for one in world.archive.batches_of(world.units)} == {len(laid) + 1}
    else:
        assert len(stamp_pending(world.archive, world.authority, limit=10).stamped) == 3
        assert world.archive.batches_of(world.units) == ()
    assert {world.archive.unit_state(unit) for unit in world.units} == {UnitState.STAMPED}
    world.publish()
    for document in world.documents:
        assert verify_document(world.archive, world.vault, document, roots=world.roots).outcome is Outcome.PASSED
    before = rows(world.archive)
    rebuild(f"sqlite:///{tmp_path}/again.sqlite", world.vault, clock=lambda: NOW)
    assert rows(open_archive(tmp_path, url=f"sqlite:///{tmp_path}/again.sqlite", vault=world.vault)) == before


def test_what_a_crash_left_is_recorded_behind_what_does_not_hold(tmp_path):
    world = make_world(tmp_path, stamped=False)
    put(world, b"{}")
    put(world, batch_of(world), 2)
    done = stamp_in_batches(world.archive, DownFor(world.authority), settings=BatchSettings(), now=NOW)
    assert [(batch.number, len(batch.members)) for batch in done.batches] == [(2, 3)]
    assert {world.archive.unit_state(unit) for unit in world.units} == {UnitState.STAMPED}


def test_what_an_authority_left_that_is_no_longer_used_is_passed_by(tmp_path):
    world = make_world(tmp_path, stamped=False)
    put(world, batch_of(world))
    other = LocalAuthority.create_or_open(tmp_path / "other", clock=lambda: NOW)
    done = stamp_in_batches(world.archive, other, settings=BatchSettings(), now=NOW)
    assert [batch.number for batch in done.batches] == [2]


@pytest.mark.parametrize("kind", ["timestamps", "hashes"])
def test_a_renewal_that_a_crash_left_is_recorded_and_costs_no_token(tmp_path, kind):
    at = [NOW]
    vault = FaultyStore(folder_vault(tmp_path / "vault", lambda: at[0]))
    years = Years(tmp_path, vault=vault)
    years.stamp()
    years.at = at[0] = NOW + 10 * YEAR + timedelta(days=30)
    years.renew_certificate()
    years.drop(b"new")
    years.stamp()
    archive = years.world.archive

    def renew(authority):
        if kind == "timestamps":
            return renew_timestamps(archive, authority, ends_before=years.at + YEAR, now=years.at)
        return renew_hash_trees(archive, vault, authority, algorithm="sha384")

    vault.fail_at = vault.puts + 1  # the log entry of the batch
    with pytest.raises(Crash):
        renew(years.authority)
    vault.fail_at = None
    size = archive.log_size()
    assert renew(DownFor(years.authority)).batches == ()
    assert archive.log_size() == size + 1
    assert years.verified() == (Outcome.PASSED, Outcome.PASSED)


def test_renewals_of_the_wrong_digests_are_passed_by(tmp_path):
    """Whoever may have tokens of the same authority could make those."""
    years = Years(tmp_path)
    years.stamp()
    units = dict.fromkeys(years.world.units, "00" * 32)
    renewal, again = BatchPurpose.TIMESTAMP_RENEWAL, BatchPurpose.HASH_TREE_RENEWAL
    put(
        years.world,
        batch_of(years.world, purpose=renewal, members={"batch-000001": "00" * 32}, authority=years.authority),
        2,
    )
    put(years.world, batch_of(years.world, purpose=again, members=units, authority=years.authority), 3)
    years.at += 10 * YEAR + timedelta(days=30)
    years.renew_certificate()
    years.drop(b"new")
    years.stamp()
    assert [one.name for one in ageing(years.world.archive, ends_before=years.at + YEAR)] == ["batch-000001"]
    assert [batch.number for batch in years.renew().batches] == [5]
    assert years.verified()[1] is Outcome.PASSED
