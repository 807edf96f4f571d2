"""The night: what is damaged is said, and everything else is done all the same."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.calendar import end_of_tokyo_day
from domain.codec import dump
from domain.errors import EvidenceMalformed, StorageError
from domain.evidence import Outcome, Report
from domain.ids import Digest
from domain.record import UnitState
from pipeline.steps.health import RECONCILED, VAULT, last_health
from pipeline.steps.night import CHECK, nightly
from pipeline.steps.proof import prove_document
from pipeline.steps.retention import LOCKS_EXTENDED, extend_locks
from pipeline.steps.verify import log_head, publish, publish_stamped, stamp_all_pending
from storage.evidence.local_authority import LocalAuthority
from storage.evidence.log import head_key, head_token, head_token_key, head_token_of, load_tree
from storage.evidence.signer import LogSigner
from tests.support.desk import Desk
from tests.support.documents import ubl_invoice


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    desk.folder = tmp_path
    desk.documents = [desk.file(content=ubl_invoice(f"N-{number}"), name=f"{number}.xml") for number in (1, 2)]
    stamp_all_pending(desk.shoko, close=True)
    publish(desk.shoko)
    yield desk
    desk.shoko.close()


def walks(shoko):
    return [leaf for leaf in shoko.archive.leaves_of(VAULT) if leaf.kind == LOCKS_EXTENDED]


def place_of(desk, key):
    kept = (desk.folder / "store" / "vault").rglob("*")
    (place,) = [one for one in kept if f"{key}~/" in one.as_posix() and not one.suffix]
    place.chmod(0o600)
    return place


def test_each_night_puts_the_log_so_far_under_a_timestamp(desk):
    shoko, nights = desk.shoko, []
    for _ in range(2):
        before = shoko.archive.log_size()
        nightly(shoko)
        tokens = shoko.store.list_latest("vault", prefix="default/log/head-timestamps/")
        nights.append({found.key for found in tokens})
        assert any(found >= head_token_key("default", before) for found in nights[-1]), "what came before is under it"
    assert nights[0] < nights[1], "each night a token of its own, none lost"
    (newest,) = nights[1] - nights[0]
    token = head_token_of(shoko.store, "default", int(newest.rpartition("/")[2].partition(".")[0]))
    assert shoko.authority.gave(token)


def test_a_damaged_head_is_said_and_the_night_goes_on(desk):
    shoko = desk.shoko
    size = log_head(shoko).tree_size
    place = place_of(desk, f"log/heads/{size:012d}.json")
    whole = place.read_bytes()
    place.write_bytes(whole[:-20])
    report = nightly(shoko)
    assert CHECK not in {check.name for check in report.checks}
    assert ("head_signature", Outcome.FAILED) in {(check.name, check.outcome) for check in report.checks}
    assert any(more.name == "original_digest" and more.count == 2 for more in report.more), "all the rest is verified"
    assert walks(shoko)
    assert last_health(shoko, RECONCILED) is not None
    assert log_head(shoko).tree_size > size, "the log goes on"
    place.write_bytes(whole)
    assert nightly(shoko).outcome is not Outcome.FAILED


def test_a_head_of_a_stranger_is_said_and_the_log_goes_on(desk):
    """It speaks of leaves that are not there yet, and is signed as it should be: with another key."""
    shoko, size = desk.shoko, log_head(desk.shoko).tree_size
    stranger = LogSigner.create_or_open(desk.folder / "stranger", clock=shoko.clock)
    forged = stranger.sign_head(client_id="default", tree_size=10**11, root=Digest.of(b"x"))
    until = shoko.clock() + timedelta(days=90)
    key = f"default/log/heads/{10**11:012d}.json"
    shoko.store.put_named("vault", key, dump(forged), media_type="application/json", retain_until=until)
    report = nightly(shoko)
    assert CHECK not in {check.name for check in report.checks}
    assert ("head_root", Outcome.FAILED) in {(check.name, check.outcome) for check in report.checks}
    assert size < log_head(shoko).tree_size <= shoko.archive.log_size()
    assert prove_document(shoko, desk.documents[0]).proofs


def test_a_token_in_the_place_of_the_next_heads_is_not_taken_for_one(desk):
    shoko = desk.shoko
    shoko.archive.append_act(kind="looked_at", subject_id="x")
    stranger = LocalAuthority.create_or_open(desk.folder / "stranger", clock=shoko.clock)
    head = shoko.signer.sign_head(
        client_id="default",
        tree_size=shoko.archive.log_size(),
        root=Digest(value=load_tree(shoko.archive).root().hex()),
    )
    until = shoko.clock() + timedelta(days=90)
    for key, content in (
        (head_key("default", head.tree_size), head),
        (head_token_key("default", head.tree_size), stranger.stamp(Digest.of(dump(head)))),
    ):
        shoko.store.put_named("vault", key, dump(content), media_type="application/json", retain_until=until)
    with pytest.raises(EvidenceMalformed):
        publish_stamped(shoko)
    shoko.archive.append_act(kind="looked_at", subject_id="x")
    publish_stamped(shoko)
    assert shoko.authority.gave(head_token(shoko.store, log_head(shoko)))
    publish_stamped(shoko)


def test_whatever_a_step_raises_stops_no_other(desk):
    """Not every damage is met by an error of ours: a foreign library raises what it likes."""

    def broken(shoko):
        raise ValueError(shoko.archive.client_id)

    done = []
    report = nightly(desk.shoko, (("renewal", broken), ("locks", done.append), ("verification", publish_nothing)))
    assert [(check.name, check.subject, check.detail) for check in report.checks] == [(CHECK, "renewal", "ValueError")]
    assert done == [desk.shoko]


def publish_nothing(shoko):
    return Report(checks=())


@pytest.mark.parametrize("content", [b"{}", b"[" * 100_000, b'{"number": 1e999}'])
def test_an_object_in_the_place_of_the_next_batch_stops_nothing(desk, content):
    shoko = desk.shoko
    number = 1 + sum(leaf.kind == "batch_stamped" for leaf in shoko.archive.leaves(0, shoko.archive.log_size()))
    key = f"default/batches/batch-{number:06d}.json"
    until = shoko.clock() + timedelta(days=90)
    shoko.store.put_named("vault", key, content, media_type="application/json", retain_until=until)
    report = nightly(shoko)
    assert CHECK not in {check.name for check in report.checks}
    said = {(check.name, check.outcome) for check in report.checks if check.subject and key.endswith(check.subject)}
    assert said, "what lies there is said"
    assert Outcome.PASSED not in {outcome for _, outcome in said}
    late = desk.file(content=ubl_invoice("N-3"), name="3.xml")
    stamp_all_pending(shoko, close=True)
    assert {shoko.archive.unit_state(page.unit_id) for page in shoko.archive.get_document(late).pages} == {
        UnitState.STAMPED
    }


class Refusing:
    """A store that keeps no lock on some objects."""

    def __init__(self, store, keys):
        self._store, self._keys = store, keys

    def extend_retention(self, bucket, key, **more):
        if key in self._keys:
            raise StorageError("the store does not keep the date")
        return self._store.extend_retention(bucket, key, **more)

    def __getattr__(self, name):
        return getattr(self._store, name)


def test_a_document_that_cannot_be_locked_keeps_no_other_from_its_lock(desk):
    shoko = desk.shoko
    own = [set(shoko.archive.objects_of(one)) for one in desk.documents]
    for refused in (own[0] - own[1], own[1] - own[0]):  # whichever the walk comes to first
        before = len(walks(shoko))
        with pytest.raises(StorageError):
            extend_locks(replace(shoko, store=Refusing(shoko.store, refused)), full=True)
        assert len(walks(shoko)) == before, "the next walk looks at what this one did not lock"
    for document_id, keys in zip(desk.documents, own, strict=True):
        until = end_of_tokyo_day(shoko.archive.get_document(document_id).retain_until)
        for key in keys:
            found = shoko.store.stat("vault", key)
            if found is not None:
                assert shoko.store.retention("vault", key, version_id=found.version_id) >= until
    assert extend_locks(shoko).documents == 2
    assert extend_locks(shoko).documents == 0
