"""Policy ``batch``: one token over a hash tree, every member verifying alone (law: scan-timestamp-bundle)."""

import hashlib
import subprocess
from datetime import date, timedelta

import pytest

from domain.errors import TimestampUnavailable
from domain.evidence import Outcome, StampRequest
from domain.record import UnitState
from storage.archive.rebuild import rebuild
from storage.evidence.batching import closing_time, stamp_in_batches
from storage.evidence.log import newest_head
from storage.evidence.settings import BatchSettings
from storage.evidence.unit_records import EvidenceRecords, evidence_record
from storage.evidence.verifier import Policy, Verdict, overall, verify_evidence_record
from storage.evidence.verifier.evidence_record import parse_evidence_record
from storage.evidence.verify import verify_all, verify_document
from storage.reconcile import reconcile
from tests.support.archive_story import rows
from tests.support.evidence import DownFor, make_world
from tests.support.records import NOW, make_drop, make_extract, open_archive

NAMES = tuple(f"{number}.pdf" for number in range(7))


def stamp(world, *, settings=None, now=NOW, authority=None, **rest):
    return stamp_in_batches(
        world.archive,
        authority or world.authority,
        settings=settings or BatchSettings(),
        newest_head=lambda: newest_head(world.vault, "default"),
        now=now,
        **rest,
    )


@pytest.fixture
def world(tmp_path):
    world = make_world(tmp_path, stamped=False, names=NAMES)
    world.publish()
    return world


def checked(world, unit_id, content, *, record=None):
    return verify_evidence_record(
        record or evidence_record(world.archive, world.vault, unit_id),
        digest_of=lambda algorithm: hashlib.new(algorithm, content).digest(),
        anchors=world.roots,
        policy=Policy(),
        subject=unit_id,
    )


def test_one_token_and_every_member_verifies_alone(world, tmp_path):
    done = stamp(world)
    assert [len(batch.members) for batch in done.batches] == [len(NAMES) + 1]  # the log's head is one more member
    assert done.batches[0].members[-1].name.startswith("head-")
    assert {world.archive.unit_state(unit) for unit in world.units} == {UnitState.STAMPED}
    assert world.archive.counts().pending_stamps == 0
    for number, unit_id in enumerate(world.units):
        (token,) = world.archive.timestamps(unit_id)
        assert token.imprint == world.archive.get_unit(unit_id).blob.digest
        findings = checked(world, unit_id, f"scan {number}".encode())
        assert overall(findings) is Verdict.PASSED, findings
        assert overall(checked(world, unit_id, b"another")) is Verdict.FAILED
    world.publish()
    assert verify_all(world.archive, world.vault, roots=world.roots).outcome is Outcome.PASSED
    assert verify_document(world.archive, world.vault, world.documents[0], roots=world.roots).outcome is Outcome.PASSED
    assert reconcile(world.archive, world.vault).outcome is Outcome.PASSED


def test_openssl_agrees_on_a_member(world, tmp_path):
    stamp(world)
    record = parse_evidence_record(evidence_record(world.archive, world.vault, world.units[3]))
    (one,) = record.chains[0]
    value = hashlib.sha256(b"scan 3").digest()
    for number, hashes in enumerate(one.lists):
        members = sorted(hashes if number == 0 else (*hashes, value))
        assert value in members
        value = hashlib.sha256(b"".join(members)).digest()
    (tmp_path / "token.der").write_bytes(one.token)
    (tmp_path / "root.pem").write_bytes(world.roots.roots_pem[0])
    command = ["openssl", "ts", "-verify", "-digest", value.hex(), "-in", "token.der", "-token_in"]
    subprocess.run([*command, "-CAfile", "root.pem"], cwd=tmp_path, check=True, capture_output=True)


def test_the_same_bytes_from_two_origins_share_a_leaf(world):
    from domain.ids import Origin

    twin = world.archive.record_drop(make_drop(world.vault, b"scan 1", name="b.pdf", origin=Origin.ELECTRONIC_RECEIVED))
    stamp(world)
    assert overall(checked(world, twin.unit_id, b"scan 1")) is Verdict.PASSED
    assert overall(checked(world, world.units[1], b"scan 1")) is Verdict.PASSED


def test_extracts_are_members_and_a_lone_member_has_no_tree(world):
    stamp(world)
    cut = world.archive.record_extract(make_extract(world.vault, world.archive.get_drop(world.drops[0])))
    done = stamp(world)  # the head is a member of the first batch already
    assert [[member.name for member in batch.members] for batch in done.batches] == [[cut.unit_id]]
    record = evidence_record(world.archive, world.vault, cut.unit_id)
    assert parse_evidence_record(record).chains[0][0].lists == ()
    assert overall(checked(world, cut.unit_id, b"cut", record=record)) is Verdict.PASSED


def test_the_archive_is_rebuilt_with_its_batches(world, tmp_path):
    stamp(world)
    before = rows(world.archive)
    rebuild(f"sqlite:///{tmp_path}/again.sqlite", world.vault, clock=lambda: NOW)
    again = open_archive(tmp_path, url=f"sqlite:///{tmp_path}/again.sqlite", vault=world.vault)
    assert rows(again) == before
    assert EvidenceRecords(again, world.vault).of(world.units[2]) == evidence_record(
        world.archive, world.vault, world.units[2]
    )


class Stopped(Exception):
    pass


def test_a_crash_before_the_log_entry_costs_no_token(world, monkeypatch):
    """The object is there, its leaf is not: the next round records that very token before it asks for any."""
    from storage.archive.writing import Sequencer

    def stop(*_, **__):
        raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(Sequencer, "append", stop)
        with pytest.raises(Stopped):
            stamp(world)
    late = world.archive.record_drop(make_drop(world.vault, b"late", name="late.pdf"))
    counting = DownFor(world.authority, set())
    done = stamp(world, authority=counting)
    assert [len(batch.members) for batch in done.batches] == [len(NAMES) + 1, 1]
    assert counting.asked == 1
    assert overall(checked(world, late.unit_id, b"late")) is Verdict.PASSED
    assert overall(checked(world, world.units[0], b"scan 0")) is Verdict.PASSED


def test_an_outage_queues_all_and_loses_none(tmp_path):
    at = [NOW]
    world = make_world(tmp_path, stamped=False, names=NAMES, clock=lambda: at[0])
    down = DownFor(world.authority)
    done = stamp(world, authority=down)
    assert (set(done.failed), done.error_code, down.asked) == (set(world.units), TimestampUnavailable.code, 1)
    fresh = world.archive.record_drop(make_drop(world.vault, b"fresh", name="fresh.pdf"))
    done = stamp(world)  # one that is due takes along those that wait for their next attempt
    assert {member.name for member in done.batches[0].members} == {*world.units, fresh.unit_id}
    at[0] += timedelta(days=1)
    assert stamp(world) == type(done)()


def test_a_batch_waits_but_never_past_a_deadline(world):
    settings = BatchSettings(wait_seconds=30 * 86_400, margin_hours=24)
    day = date(2026, 12, 1)  # ends at 15:00 UTC
    done = stamp(world, settings=settings, deadlines=[day, date(2027, 1, 1)], now=NOW)
    assert (done.batches, done.waiting, done.closes_at.isoformat()) == ((), 7, "2026-11-30T15:00:00+00:00")
    early = done.closes_at - timedelta(seconds=1)
    assert stamp(world, settings=settings, deadlines=[day], now=early).batches == ()
    assert len(stamp(world, settings=settings, deadlines=[day], now=done.closes_at).batches) == 1


def test_a_full_batch_is_closed_and_the_rest_waits(world):
    settings = BatchSettings(wait_seconds=3600, max_units=3)
    done = stamp(world, settings=settings)
    assert [sum(m.name.startswith("unit-") for m in batch.members) for batch in done.batches] == [3, 3]
    assert done.waiting == 1
    assert len(stamp(world, settings=settings, close=True).batches) == 1


@pytest.mark.parametrize(
    ("wait", "deadlines", "closes"),
    [
        (0, [], NOW),
        (60, [], NOW + timedelta(seconds=60)),
        (60, [date(2026, 11, 20)], NOW - timedelta(hours=12)),  # too near already: at once
        (86_400 * 60, [date(2026, 12, 1)], NOW.replace(day=30, hour=15)),
    ],
)
def test_closing_time(wait, deadlines, closes):
    from domain.ids import Digest

    request = StampRequest(client_id="default", unit_id="u", imprint=Digest.of(b""), requested_at=NOW)
    assert closing_time([request], deadlines, BatchSettings(wait_seconds=wait)) == closes


def test_a_search_shows_how_units_stand(world):
    from domain.query import Query
    from storage.search import search

    world.archive.record_extract(make_extract(world.vault, world.archive.get_drop(world.drops[0])))
    assert {hit.unit_state for hit in search(world.archive, Query()).hits} == {UnitState.TIMESTAMP_PENDING}
    stamp(world)
    assert {hit.unit_state for hit in search(world.archive, Query()).hits} == {UnitState.STAMPED}


def test_the_same_on_postgresql(tmp_path, postgres_url):
    from domain.query import Query
    from storage.evidence.ageing import ageing
    from storage.search import search

    at = [NOW]
    world = make_world(tmp_path, stamped=False, clock=lambda: at[0], url=postgres_url)
    assert len(stamp(world, authority=DownFor(world.authority)).failed) == 3
    assert world.archive.pending_stamps(limit=5) == ()
    assert [one.attempts for one in world.archive.pending_stamps(limit=5, due_only=False)] == [1, 1, 1]
    assert world.archive.unstamped_received_on() == (date(2026, 11, 20),)
    at[0] += timedelta(days=1)
    assert len(stamp(world).batches) == 1
    assert {hit.unit_state for hit in search(world.archive, Query()).hits} == {UnitState.STAMPED}
    assert len(world.archive.newest_chains(limit=2)) == 1
    assert len(ageing(world.archive, ends_before=NOW + timedelta(days=12 * 365))) == 1
    assert overall(checked(world, world.units[0], b"scan 0")) is Verdict.PASSED
    world.archive.close()
