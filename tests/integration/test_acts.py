"""Acts of people: recorded once, read back, found by what they concern, gone only in their personal part."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from domain import codec
from domain.acts import INSTALLATION, ActKind
from domain.errors import RequestRefused, StorageError
from domain.evidence import Outcome
from domain.ids import Digest
from storage.archive import act_rows, rebuild
from storage.evidence.verifier.records import Logged, check_record, parse_leaf
from storage.reconcile import reconcile
from tests.support.archive_story import rows
from tests.support.faulty_store import Crash, FaultyStore
from tests.support.memory_store import MemoryStore
from tests.support.records import NOW, Ticking, folder_vault, make_draft, make_drop, open_archive

ASKED, APPROVED = ActKind.REQUESTED, ActKind.REQUEST_APPROVED


@pytest.fixture
def vault():
    return MemoryStore()


@pytest.fixture
def archive(tmp_path, vault):
    archive = open_archive(tmp_path, vault=vault, clock=Ticking())
    yield archive
    archive.close()


def ask(archive, subject="request-1", *, who="sato", why="二重", **rest):
    options = {"about": ("doc-1", "doc-2"), "facts": {"request": "deletion"}} | rest
    return archive.record_act(ASKED, subject, recorded_by=who, personal={"reason": why}, **options)


def test_an_act_is_found_by_everything_that_it_concerns(archive):
    first = ask(archive)
    second = ask(archive, "request-2", about=("doc-2", "request-2"))
    whole = archive.record_act(APPROVED, INSTALLATION, recorded_by="engine")
    assert (first.number, second.number, whole.number) == (1, 1, 1)
    assert archive.acts("doc-1") == (first,)
    assert archive.acts("doc-2") == (first, second)
    assert archive.acts("request-2") == (second,)
    assert archive.acts(INSTALLATION) == (whole,)
    assert archive.acts_about(["doc-1", "doc-3"]) == {"doc-1": (first,), "doc-3": ()}
    assert archive.acts_of_kinds(ASKED) == (first, second)
    assert [leaf.kind for leaf in archive.leaves(0, 9)] == ["requested", "requested", "request_approved"]
    assert first.personal == {"reason": "二重"}
    assert first.recorded_by == "sato"
    assert whole.facts == whole.personal == {}


def test_the_same_act_again_is_the_same_act_and_another_is_another(archive):
    first = ask(archive)
    assert ask(archive) == first
    other = ask(archive, why="別の理由")
    assert (other.number, archive.log_size()) == (2, 2)
    assert ask(archive).number == 3  # something else was said in between: this is a new occasion


def test_what_is_not_allowed_is_not_recorded(archive):
    ask(archive)

    def never(acts):
        assert [act.number for act in acts] == [1]
        raise RequestRefused("no")

    with pytest.raises(RequestRefused):
        ask(archive, who="tanaka", allowed=never)
    with pytest.raises(StorageError):
        ask(archive, facts={"reason": "a sentence"})
    with pytest.raises(StorageError):
        archive.append_act(kind=ASKED.value, subject_id="request-1")
    assert archive.log_size() == 1


def test_manifests_and_leaves_hold_no_names_and_no_words(archive, vault):
    ask(archive)
    for (_, key), content in vault.objects.items():
        if not key.endswith(".payload.json"):
            assert b"sato" not in content, key
            assert "二重".encode() not in content, key


def test_the_lock_lasts_as_long_as_what_the_act_concerns(tmp_path):
    vault = folder_vault(tmp_path / "vault")
    archive = open_archive(tmp_path, vault=vault)
    ask(archive, retain_until=date(2036, 5, 31))
    for listed in vault.list_latest("vault", prefix="default/acts/"):
        kept = vault.retention("vault", listed.key, version_id=listed.version_id)
        assert kept == datetime(2036, 5, 31, 15, tzinfo=UTC)
    archive.close()


def test_without_its_payload_an_act_still_says_what_and_when(archive):
    done = ask(archive)
    with archive._engine.begin() as connection:
        connection.execute(sa.text("DROP TRIGGER payload_refuse_delete"))
        connection.execute(sa.text("DELETE FROM payload"))
    (left,) = archive.acts("request-1")
    assert (left.recorded_by, left.personal) == (None, {})
    assert (left.kind, left.facts, left.about, left.recorded_at) == (
        done.kind,
        done.facts,
        done.about,
        done.recorded_at,
    )


def test_an_interrupted_act_of_another_is_finished_before_ours(tmp_path, vault):
    archive = open_archive(tmp_path, vault=vault, clock=Ticking())
    ask(archive)
    for puts in (0, 1):
        dying = open_archive(tmp_path, vault=FaultyStore(vault, fail_at=puts, after=True), clock=Ticking())
        with pytest.raises(Crash):
            ask(dying, why=f"途中で止まった{puts}")
        dying.close()
        ask(archive, why=f"その次{puts}")
    assert [act.personal["reason"] for act in archive.acts("request-1")] == [
        "二重",
        "途中で止まった0",
        "その次0",
        "途中で止まった1",
        "その次1",
    ]
    assert reconcile(archive, vault, check_digests=True).outcome is Outcome.PASSED
    rebuild(f"sqlite:///{tmp_path}/copy.sqlite", vault, clock=lambda: NOW + timedelta(days=1))
    copy = open_archive(tmp_path, url=f"sqlite:///{tmp_path}/copy.sqlite", vault=vault)
    assert rows(copy) == rows(archive)
    assert copy.acts("doc-1") == archive.acts("doc-1")
    copy.close()
    archive.close()


def test_many_ids_are_looked_up_at_once(archive):
    ids = [f"doc-{number}" for number in range(act_rows._AT_ONCE + 7)]
    done = ask(archive, about=tuple(ids))
    assert archive.acts_about(ids) == dict.fromkeys(ids, (done,))


def test_the_verifier_knows_the_record_and_refuses_it_elsewhere(archive, vault):
    drop = archive.record_drop(make_drop(vault))
    archive.file_document(make_draft(drop.unit_id))
    done = ask(archive)
    content = vault.objects["vault", "default/acts/request-1/a000001.json"]
    leaf = parse_leaf(vault.objects["vault", "default/log/leaves/000000000002.json"])

    def outcomes(path, changed=content):
        return [finding.verdict.value for finding in check_record(path, changed, Logged([leaf]))[1]]

    assert outcomes("acts/request-1/a000001.json") == ["passed"]
    for path in ("acts/request-1/a000002.json", "acts/request-2/a000001.json", f"acts/{Digest.of(content).value}.json"):
        assert outcomes(path) == ["failed"], path
    assert outcomes("acts/request-1/a000001.json", content.replace(b"deletion", b"correction")) == ["failed"]
    moved = codec.canonical(codec.to_plain(done) | {"format": "shoko.act.v1"})
    assert outcomes("acts/request-1/a000001.json", moved) == ["failed"]
