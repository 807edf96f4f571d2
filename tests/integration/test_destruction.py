"""The end of retention: asked, approved, gone; what was personal is nowhere, and what proves it is still there."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.corrections import Correction
from domain.counterparties import PartyFacts, PartySource, folded
from domain.errors import AppendOnlyViolation, ObjectMissing, RequestRefused
from domain.evidence import Outcome
from domain.fields import Text
from domain.query import Query
from domain.requests import RequestState
from pipeline.batch import open_batch, run_plain
from pipeline.steps.correct import correct_document
from pipeline.steps.destroy import ask_destruction, carry_out, destruction_list
from pipeline.steps.last_document import forget_counterparties
from pipeline.steps.maintenance import rebuild_archive, reconcile_archive
from pipeline.steps.requests import decide, find_request
from pipeline.steps.retention import hold, lift
from pipeline.steps.verify import (
    anchors_from,
    publish_stamped,
    stamp_all_pending,
    verify_documents,
    verify_everything,
    verify_range,
    write_anchors,
)
from storage.archive import rebuild
from storage.search import search
from tests.support.archive_story import rows
from tests.support.documents import ubl_invoice
from tests.support.homes import open_resident, quick_settings
from tests.support.records import open_archive

SECRETS = ("秘密堂花子", "himitsu-hanako", "hanako-note", "合言葉はさくら")
"""The issuer, the name of the file, a printed note, and a person's reason."""


class Clock:
    """Stands still until it is moved."""

    def __init__(self):
        self.now = datetime(2026, 11, 20, 3, tzinfo=UTC)

    def __call__(self):
        self.now += timedelta(milliseconds=1)
        return self.now


class Home:
    """An installation with one invoice that will go and one that stays."""

    def __init__(self, folder):
        self.folder, self.clock = folder, Clock()
        inbox = folder / "store" / "inbox" / "electronic" / "2026-11-02"
        inbox.mkdir(parents=True)
        old = ubl_invoice("N-1", seller="株式会社秘密堂花子", net=4321, note="hanako-note")
        (inbox / "himitsu-hanako.xml").write_bytes(old)
        self.resident = open_resident(quick_settings(folder), clock=self.clock)
        self.shoko = self.resident.shoko
        run_plain(open_batch(self.resident))
        self.old = self.shoko.archive.drops(limit=1)[0].documents[0]
        record = self.shoko.archive.get_document(self.old)
        said = Correction(
            values={"document_number": Text(text="N-秘密堂花子")},
            base_revision=record.revision,
            recorded_by="sato",
            reason="合言葉はさくら",
        )
        correct_document(self.shoko, self.old, said)
        names = ("株式会社秘密堂花子", "のこる商事株式会社", "無関係商店")
        self.shoko.archive.record_counterparties(
            [PartyFacts(name=name, phones=("0312345678",)) for name in names],
            source=PartySource.LEARNED,
            recorded_by="engine",
        )
        stamp_all_pending(self.shoko)
        publish_stamped(self.shoko)
        self.anchors = write_anchors(self.shoko, folder / "anchors").anchors
        self.clock.now += timedelta(days=12 * 366)
        later = folder / "store" / "inbox" / "electronic" / "2038-11-02"
        later.mkdir(parents=True)
        (later / "new.xml").write_bytes(ubl_invoice("N-2", seller="のこる商事株式会社", net=9876))
        run_plain(open_batch(self.resident))
        self.new = self.shoko.archive.drops(limit=1)[0].documents[0]

    def ask(self, reason="満了"):
        request = ask_destruction(self.shoko, [self.old], by="sato", reason=reason)
        decide(self.shoko, request.request_id, approve=True, by="suzuki")
        return request.request_id

    def reopen(self, at):
        self.resident = open_resident(quick_settings(self.folder), clock=self.clock, at=at)
        self.shoko = self.resident.shoko


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path)
    yield home
    home.shoko.close()


def found_in_files(folder, secrets=SECRETS):
    """Every file under the installation that holds one of the secrets, in its bytes or in its name."""
    wanted = [form for secret in secrets for form in (secret.encode(), secret.encode("utf-16-le"))]
    wanted += [ascii(secret)[1:-1].encode() for secret in secrets]
    return {
        str(path.relative_to(folder))
        for path in Path(folder).rglob("*")
        if path.is_file()
        and (any(form in path.read_bytes() for form in wanted) or any(secret in path.name for secret in secrets))
    }


def found_in_tables(folder):
    connection = sqlite3.connect(folder / "archive.sqlite")
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name for name in names for row in connection.execute(f'SELECT * FROM "{name}"') if _says(row)}


def _says(row):
    text = " ".join(v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in row)
    return any(secret in text for secret in SECRETS)


def test_nothing_personal_is_left_and_the_proof_stays(home, tmp_path):
    archive = home.shoko.archive
    assert [due.document_id for due in destruction_list(home.shoko)] == [home.old]
    assert found_in_files(tmp_path)
    assert found_in_tables(tmp_path)
    leaves = {leaf.kind for leaf in archive.leaves_of(home.old)}
    done = carry_out(home.shoko, home.ask(), by="sato")
    assert (done.request.state, done.documents, done.locked) == (RequestState.REPORTED, (home.old,), ())
    assert done.removed >= 4
    # Nothing personal remains.
    assert found_in_tables(tmp_path) == set()
    assert found_in_files(tmp_path) == set()
    assert archive.get_document(home.old) is None
    assert [hit.document_id for hit in search(archive, Query(include_deleted=True)).hits] == [home.new]
    # The proof does.
    assert {leaf.kind for leaf in archive.leaves_of(home.old)} == leaves | {"destroyed"}
    assert archive.timestamps(archive.destruction_of(home.old).about[1])
    publish_stamped(home.shoko)
    for report in (
        verify_documents(home.shoko, (home.old,), home.anchors),
        verify_range(home.shoko, None, None, home.anchors),
        verify_everything(home.shoko, home.anchors),
    ):
        wrong = [c for c in report.checks if c.outcome is Outcome.FAILED]
        assert wrong == []
        said = {check.detail for check in report.checks if check.name == "destroyed"}
        counted = {more.count for more in report.more if more.name == "destroyed"}
        assert said == {f"with approval: {done.request.request_id}"} or counted in (
            {done.removed},
            {done.removed - 1},  # the change of the master is of no document of the period
        )
    report = reconcile_archive(home.shoko, deep=True)
    assert report.outcome is Outcome.PASSED, [c for c in report.checks if c.outcome is not Outcome.PASSED]
    # What stays is whole.
    assert archive.get_document(home.new).fields.text("counterparty") == "のこる商事株式会社"
    with pytest.raises(ObjectMissing):
        ask_destruction(home.shoko, [home.old], by="sato", reason="もう一度")
    assert carry_out(home.shoko, done.request.request_id, by="sato").removed == 0


def test_the_database_made_anew_is_the_same_and_what_was_set_aside_goes_too(home, tmp_path):
    home.shoko.close()
    rebuild_archive(home.resident.shoko.settings)
    home.reopen(lambda _: None)
    assert any("before-" in name for name in found_in_files(tmp_path))
    carry_out(home.shoko, home.ask(), by="sato")
    assert found_in_files(tmp_path) == set()
    before = rows(home.shoko.archive)
    rebuild(f"sqlite:///{tmp_path}/copy/archive.sqlite", home.shoko.store, clock=home.clock)
    copy = open_archive(tmp_path / "copy", vault=home.shoko.store)
    assert rows(copy) == before
    assert copy.get_drop(archive_drop(copy, home)).deposit.original_name == ""
    copy.close()


def test_the_master_forgets_whoever_has_no_document_left_and_keeps_the_others(home, tmp_path):
    """Names of sole proprietors are personal: they go with the last document, and the log entry stays."""
    archive, parties = home.shoko.archive, home.shoko.parties
    before = {one.name: one for one in parties.master()}
    assert len(before) == 3
    carry_out(home.shoko, home.ask(), by="sato")
    left = {one.name: one for one in parties.master()}
    assert left == {name: one for name, one in before.items() if "秘密堂" not in name}
    assert set(left) == {"のこる商事株式会社", "無関係商店"}  # the last was beside it in the same change
    assert parties.learn() == ()
    leaves = [leaf.kind for leaf in archive.leaves_of("counterparties")]
    assert leaves == ["counterparties"] * 2
    archive.record_counterparties(
        [PartyFacts(name="株式会社秘密堂花子")], source=PartySource.IMPORTED, recorded_by="sato"
    )
    again = next(one for one in parties.master() if "秘密堂" in one.name)
    assert again.phones == ()
    assert again.counterparty_id not in {one.counterparty_id for one in before.values()}
    publish_stamped(home.shoko)
    checks = verify_everything(home.shoko, home.anchors).checks
    assert [check for check in checks if check.outcome is Outcome.FAILED] == []
    assert reconcile_archive(home.shoko, deep=True).outcome is Outcome.PASSED
    rebuild(f"sqlite:///{tmp_path}/copy/archive.sqlite", home.shoko.store, clock=home.clock)
    copy = open_archive(tmp_path / "copy", vault=home.shoko.store)
    assert rows(copy) == rows(archive)
    assert folded(copy.counterparty_batches()) == parties.master()
    copy.close()


def test_who_has_another_document_stays_in_the_master(home):
    (again,) = (one.counterparty_id for one in home.shoko.parties.master() if one.name == "のこる商事株式会社")
    assert forget_counterparties(home.shoko, [home.new, home.old], by="sato") != ()
    home.shoko.archive.record_counterparties(
        [PartyFacts(name="のこる商事株式会社")], source=PartySource.IMPORTED, recorded_by="sato"
    )
    (anew,) = (one.counterparty_id for one in home.shoko.parties.master() if one.name == "のこる商事株式会社")
    assert anew != again
    assert forget_counterparties(home.shoko, [home.old], by="sato") != ()  # its change is still to be destroyed
    assert anew in {one.counterparty_id for one in home.shoko.parties.master()}


def archive_drop(archive, home):
    return next(one for one in archive.destruction_of(home.old).about if one.startswith("drop-"))


@pytest.mark.postgres
def test_the_same_on_postgresql(home, tmp_path, postgres_url):
    rebuild(postgres_url, home.shoko.store, clock=home.clock)
    request = home.ask()
    archive = open_archive(tmp_path, url=postgres_url, vault=home.shoko.store, clock=home.clock)
    with pytest.raises(AppendOnlyViolation), archive._write() as connection:
        connection.execute(sa.text("DELETE FROM payload WHERE kind = 'drop'"))
    done = carry_out(replace(home.shoko, archive=archive), request, by="sato")
    assert done.request.state is RequestState.REPORTED
    said = {name for name, found in rows(archive).items() for row in found if _says(row)}
    assert said == set()
    home.shoko.archive.roll_forward()
    home.shoko.archive.erase(home.shoko.archive.destroyed())
    assert rows(archive) == rows(home.shoko.archive)
    archive.close()


def test_what_must_be_kept_is_refused_and_a_hold_stops_it_to_the_end(home):
    with pytest.raises(RequestRefused, match="has to be kept"):
        ask_destruction(home.shoko, [home.new], by="sato", reason="早すぎる")
    request = home.ask()
    hold(home.shoko, [home.old], by="kanri", reason="訴訟")
    assert list(destruction_list(home.shoko)) == []
    with pytest.raises(RequestRefused, match="has to be kept"):
        carry_out(home.shoko, request, by="sato")
    lift(home.shoko, [home.old], by="kanri", reason="和解")
    with pytest.raises(RequestRefused, match="has to be kept"):
        carry_out(home.shoko, request, by="sato")  # the hold had moved the locks on, and they are never shortened
    home.clock.now += timedelta(days=2 * 366)
    assert carry_out(home.shoko, request, by="sato").request.state is RequestState.REPORTED


def test_what_the_store_does_not_let_go_yet_keeps_the_request_open(home):
    (unit,) = home.shoko.archive.unit_of_document(home.old)
    later = home.clock() + timedelta(days=30)
    home.shoko.store.extend_retention("vault", unit.blob.key, version_id=unit.blob.version_id, until=later)
    request = home.ask()
    done = carry_out(home.shoko, request, by="sato")
    assert done.locked == (f"blob/{unit.blob.digest.value}/1",)
    assert find_request(home.shoko, request).state is RequestState.APPROVED
    wrong = [c for c in reconcile_archive(home.shoko).checks if c.outcome is not Outcome.PASSED]
    assert [(c.name, c.outcome) for c in wrong] == [("destroyed_is_gone", Outcome.INDETERMINATE)]
    home.clock.now += timedelta(days=31)
    assert carry_out(home.shoko, request, by="sato").request.state is RequestState.REPORTED
    assert reconcile_archive(home.shoko).outcome is Outcome.PASSED


def test_nobody_destroys_without_approval_by_another(home):
    request = ask_destruction(home.shoko, [home.old], by="sato", reason="満了")
    with pytest.raises(RequestRefused):
        carry_out(home.shoko, request.request_id, by="sato")
    with pytest.raises(RequestRefused, match="may not decide"):
        decide(home.shoko, request.request_id, approve=True, by="sato")
    with pytest.raises(AppendOnlyViolation):
        home.shoko.archive.record_destruction(
            home.old, request_id=request.request_id, basis="retention_over", recorded_by="sato"
        )
    forged = "INSERT INTO destroyed VALUES ('default', 'drop', 'x', 1, 1)"
    for statement in ("DELETE FROM payload", "DELETE FROM payload WHERE kind = 'drop'", forged):
        with pytest.raises(AppendOnlyViolation), home.shoko.archive._write() as connection:
            connection.execute(sa.text(statement))
    assert home.shoko.archive.get_document(home.old) is not None


class Died(Exception):
    """The process ends here."""


STEPS = ("forgotten", "recorded", "derived", "notes", "erased", "compacted", "reported")


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_after_any_step_is_finished_by_doing_it_again(home, tmp_path, step):
    request = home.ask()
    home.shoko.close()

    def die(at):
        if at == f"destroy.{step}":
            raise Died

    home.reopen(die)
    with pytest.raises(Died):
        carry_out(home.shoko, request, by="sato")
    home.shoko.close()
    home.reopen(lambda _: None)
    assert carry_out(home.shoko, request, by="sato").request.state is RequestState.REPORTED
    assert found_in_files(tmp_path) == set()
    report = reconcile_archive(home.shoko)
    assert report.outcome is Outcome.PASSED, [c for c in report.checks if c.outcome is not Outcome.PASSED]


def test_an_original_that_another_unit_shares_stays(home, tmp_path):
    content = ubl_invoice("N-1", seller="株式会社秘密堂花子", net=4321, note="hanako-note")
    other = tmp_path / "store" / "inbox" / "electronic-sent" / "2038-11-02"
    other.mkdir(parents=True)
    (other / "copy.xml").write_bytes(content)
    run_plain(open_batch(home.resident))
    living = home.shoko.archive.drops(limit=1)[0].documents[0]
    carry_out(home.shoko, home.ask(), by="sato")
    (unit,) = home.shoko.archive.unit_of_document(living)
    assert home.shoko.store.get("vault", unit.blob.key) == content
    assert home.shoko.archive.get_document(home.old) is None
    assert reconcile_archive(home.shoko).outcome is Outcome.PASSED


def test_the_same_file_again_after_its_destruction_is_said_and_not_lost(home, tmp_path):
    (unit,) = home.shoko.archive.unit_of_document(home.old)
    content = home.shoko.store.get("vault", unit.blob.key)
    carry_out(home.shoko, home.ask(), by="sato")
    (tmp_path / "store" / "inbox" / "electronic" / "2038-11-02" / "again.xml").write_bytes(content)
    run_plain(open_batch(home.resident))
    status = home.shoko.archive.drops(limit=1)[0]
    assert (status.state.value, [fault.code for fault in status.outcome.faults]) == ("unreadable", ["went_before"])
    assert home.shoko.store.get("vault", unit.blob.key) == content


def test_bytes_that_are_lost_without_an_approved_act_are_lost(home):
    (unit,) = home.shoko.archive.unit_of_document(home.old)
    home.shoko.store.delete_version("vault", unit.blob.key, version_id=unit.blob.version_id)
    report = verify_documents(home.shoko, (home.old,), anchors_from(None, None))
    failed = {(check.name, check.subject) for check in report.checks if check.outcome is Outcome.FAILED}
    assert ("original_digest", unit.unit_id) in failed


def test_what_is_destroyed_stays_proven_in_a_bundle(home, tmp_path):
    """The complete log moves on without what went; a payload that is gone without an approved act is noticed."""
    from storage.evidence.verify import Policy, verify_exported
    from storage.export import export_bundle, import_bundle
    from tests.support.bundles import records, repair, shell
    from tests.support.records import folder_vault

    carry_out(home.shoko, home.ask(), by="sato")
    stamp_all_pending(home.shoko)
    shoko, policy = home.shoko, Policy(require_timestamp=False)
    bag = export_bundle(
        shoko.archive, shoko.store, [home.new], tmp_path / "bag", signer=shoko.signer, clock=home.clock, whole=True
    ).folder
    report = verify_exported(bag, roots=home.anchors, policy=policy)
    assert report.outcome is Outcome.PASSED, [c for c in report.checks if c.outcome is not Outcome.PASSED]
    assert "destroyed" in {check.name for check in report.checks}
    (tmp_path / "roots.pem").write_bytes(home.anchors.roots_pem[0])
    trusted = ("--roots", str(tmp_path / "roots.pem"), "--log-key-sha256", str(home.anchors.log_key_sha256))
    code, output = shell(bag, *trusted)
    assert code in {0, 3}, output  # the one that stays may wait for its timestamp
    assert "不合格" not in output
    assert found_in_files(bag) == set()
    (tmp_path / "new").mkdir()
    vault = folder_vault(tmp_path / "new/vault", home.clock)
    moved = open_archive(tmp_path / "new", vault=vault, clock=home.clock)
    import_bundle(moved, vault, bag, roots=home.anchors, clock=home.clock)
    assert moved.get_document(home.old) is None
    assert moved.history(home.new) == shoko.archive.history(home.new)
    moved.close()
    payloads = records(bag, "payloads")
    lines = payloads.read_text().split("\n")
    lines[next(at for at, line in enumerate(lines) if "N-2" in line)] = ""
    payloads.write_text("\n".join(lines))
    repair(bag)
    found = verify_exported(bag, roots=home.anchors, policy=policy)
    assert "payload_digest" in {c.name for c in found.checks if c.outcome is Outcome.FAILED}
    code, output = shell(bag, *trusted)
    assert code == 1
    assert "内容がありません" in output
