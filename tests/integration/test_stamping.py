"""The stamp queue: stamped, put off, and never held up by one bad unit."""

from datetime import timedelta

import pytest

from domain.errors import TimestampRefused
from domain.evidence import Outcome
from domain.record import UnitState
from storage.evidence import log
from storage.evidence.log import head_token, newest_head, publish_head
from storage.evidence.stamping import stamp_pending
from storage.evidence.verify import Policy, Roots, verify_all, verify_document
from tests.support.evidence import DownFor, make_world
from tests.support.records import NOW, make_drop


def test_each_unit_gets_its_token_once(tmp_path):
    world = make_world(tmp_path, stamped=False)
    assert set(world.stamp().stamped) == set(world.units)
    assert world.stamp().stamped == ()
    assert world.archive.unit_state(world.units[0]) is UnitState.STAMPED


def test_one_failure_does_not_stop_the_others(tmp_path):
    world = make_world(tmp_path, stamped=False)
    bad = world.archive.get_unit(world.units[1])
    result = stamp_pending(world.archive, DownFor(world.authority, {bad.blob.digest}), limit=10)
    assert set(result.stamped) == {world.units[0], world.units[2]}
    assert [(f.unit_id, f.error_code) for f in result.failed] == [(bad.unit_id, "timestamp_unavailable")]
    assert world.archive.pending_stamps(limit=10) == ()  # put off, not forgotten


def test_a_refusal_is_a_failure_of_that_unit(tmp_path):
    world = make_world(tmp_path, stamped=False)

    class Refusing(DownFor):
        def stamp(self, imprint):
            raise TimestampRefused("no")

    result = stamp_pending(world.archive, Refusing(world.authority), limit=10)
    assert [f.error_code for f in result.failed] == ["timestamp_refused"] * 3


def test_an_authority_that_is_down_is_not_asked_for_every_unit(tmp_path):
    names = tuple(f"{n}.pdf" for n in range(8))
    at = [NOW]
    world = make_world(tmp_path, stamped=False, names=names, clock=lambda: at[0])
    down = DownFor(world.authority)
    result = stamp_pending(world.archive, down, limit=10)
    assert (len(result.failed), result.postponed, down.asked) == (3, 5, 3)
    at[0] += timedelta(days=1)
    assert len(world.stamp().stamped) == 8


def test_head_and_tiles(tmp_path):
    world = make_world(tmp_path)
    head = newest_head(world.vault, "default")
    assert head.tree_size == world.archive.log_size()
    assert world.publish() == head  # nothing new, nothing written
    assert head_token(world.vault, head) is None
    publish_head(world.archive, world.vault, world.signer, authority=world.authority)
    token = head_token(world.vault, head)
    stored = world.vault.stat("vault", log.head_key("default", head.tree_size))
    assert token.gen_time == NOW
    assert stored is not None
    publish_head(world.archive, world.vault, world.signer, authority=DownFor(world.authority))
    for number in range(300):
        world.archive.append_act(kind="looked_at", subject_id=f"x-{number}")
    larger = publish_head(world.archive, world.vault, world.signer, authority=DownFor(world.authority))
    assert head_token(world.vault, larger) is None  # the head stands, its token comes later
    tile = world.vault.get("vault", log.tile_key("default", 0, 0))
    assert tile == b"".join(world.archive.leaf_hashes(0, 256))
    assert list(log.head_sizes(world.vault, "default")) == [head.tree_size, larger.tree_size]
    assert verify_all(world.archive, world.vault, roots=world.roots).outcome is Outcome.PASSED


def test_what_is_not_covered_yet_is_indeterminate(tmp_path):
    world = make_world(tmp_path, stamped=False)
    report = verify_all(world.archive, world.vault, roots=world.roots)
    assert report.outcome is Outcome.INDETERMINATE
    assert {c.detail for c in report.checks if c.outcome is Outcome.INDETERMINATE} == {
        "not in a signed head yet",
        "no timestamp yet",
    }
    world.publish()
    world.archive.record_drop(make_drop(world.vault, b"more", name="more.pdf"))
    report = verify_document(
        world.archive, world.vault, world.documents[0], roots=world.roots, policy=Policy(require_timestamp=False)
    )
    assert report.outcome is Outcome.PASSED
    details = {c.detail for c in verify_all(world.archive, world.vault, roots=world.roots).checks}
    assert "not in a signed head yet: 1 leaves" in details


@pytest.mark.parametrize("wanted", [True, False])
def test_accredited_only_if_the_root_counts_as_accredited(tmp_path, wanted):
    from storage.evidence.verifier import certificate_fingerprint

    world = make_world(tmp_path)
    listed = frozenset({certificate_fingerprint(world.authority.roots[0])} if wanted else ())
    roots = Roots(roots_pem=world.roots.roots_pem, log_key_sha256=world.signer.fingerprint, accredited_sha256=listed)
    report = verify_all(world.archive, world.vault, roots=roots, policy=Policy(require_accredited=True))
    assert report.outcome is (Outcome.PASSED if wanted else Outcome.FAILED)


def test_two_processes_publish_the_same_size(tmp_path):
    """The slower one takes the head that is there; its own tiles and root are the same."""
    from datetime import timedelta

    from storage.evidence.signer import LogSigner

    world = make_world(tmp_path, stamped=False)
    later = LogSigner.create_or_open(tmp_path / "keys", clock=lambda: NOW + timedelta(seconds=1))
    first = world.publish()

    class Behind:
        """A vault as it looked before the other one published."""

        def __init__(self, inner):
            self._inner = inner

        def __getattr__(self, name):
            return getattr(self._inner, name)

        def list_latest(self, bucket, *, prefix="", start_after=None):
            if "/log/heads/" in prefix:
                return iter(())
            return self._inner.list_latest(bucket, prefix=prefix, start_after=start_after)

    assert publish_head(world.archive, Behind(world.vault), later) == first


def test_a_key_file_that_is_not_one(tmp_path):
    from domain.errors import ConfigError
    from storage.evidence.signer import LogSigner

    (tmp_path / "log-key.pem").write_text("nonsense")
    with pytest.raises(ConfigError):
        LogSigner.create_or_open(tmp_path, clock=lambda: NOW)
    world = make_world(tmp_path / "w", stamped=False)
    (tmp_path / "log-key.pem").write_bytes((tmp_path / "w/keys/tsa/signer-key.pem").read_bytes())
    with pytest.raises(ConfigError):
        LogSigner.create_or_open(tmp_path, clock=lambda: NOW)
    assert (tmp_path / "w/keys/log-key.pem").stat().st_mode & 0o777 == 0o600
    assert world.signer.public_key == LogSigner.create_or_open(tmp_path / "w/keys", clock=lambda: NOW).public_key
