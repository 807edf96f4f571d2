"""A misdirected file is taken back while its lock is provisional, with approval, and goes when the lock ends."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.errors import AppendOnlyViolation, ObjectMissing, RequestRefused
from domain.evidence import Outcome
from domain.record import DocumentState
from domain.requests import RequestState
from pipeline.batch import open_batch, run_plain
from pipeline.steps.maintenance import reconcile_archive
from pipeline.steps.requests import decide, find_request
from pipeline.steps.retention import extend_locks
from pipeline.steps.verify import anchors_from, verify_everything
from pipeline.steps.withdraw import ask_withdrawal, carry_out_withdrawal, finish_withdrawals
from tests.integration.test_destruction import Died, found_in_files
from tests.support.commands import run_verb
from tests.support.documents import text_pdf, ubl_invoice
from tests.support.homes import open_resident, quick_settings

SECRET = ("kazoku-no-shashin", "FAMILY REGISTER OF HANAKO")


class Home:
    """A private paper that somebody dropped by mistake, and an invoice."""

    def __init__(self, folder):
        self.folder, self.now = folder, datetime(2026, 11, 20, 3, tzinfo=UTC)
        inbox = folder / "store" / "inbox"
        (inbox / "somewhere").mkdir(parents=True)
        (inbox / "somewhere" / "kazoku-no-shashin.pdf").write_bytes(text_pdf("FAMILY REGISTER OF HANAKO"))
        self.reopen(lambda _: None)
        run_plain(open_batch(self.resident))
        self.drop = self.shoko.archive.drops(limit=1)[0].drop
        (inbox / "electronic" / "2026-11-02").mkdir(parents=True)
        (inbox / "electronic" / "2026-11-02" / "a.xml").write_bytes(ubl_invoice("N-1"))
        run_plain(open_batch(self.resident))
        self.filed = self.shoko.archive.drops(limit=1)[0].drop

    def reopen(self, at):
        self.resident = open_resident(quick_settings(self.folder), clock=lambda: self.now, at=at)
        self.shoko = self.resident.shoko

    def approved(self):
        request = ask_withdrawal(self.shoko, self.drop.drop_id, by="sato", reason="誤投入")
        decide(self.shoko, request.request_id, approve=True, by="suzuki")
        return request.request_id


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path)
    yield home
    home.shoko.close()


def test_it_is_deleted_at_once_and_gone_when_the_provisional_lock_ends(home, tmp_path):
    (document,) = home.shoko.archive.drop_status(home.drop.drop_id).documents
    done = carry_out_withdrawal(home.shoko, home.approved(), by="sato")
    assert done.locked == (home.drop.drop_id,)
    assert home.shoko.archive.get_document(document).state is DocumentState.TOMBSTONED
    blob = home.drop.blob
    with pytest.raises(AppendOnlyViolation):
        home.shoko.store.delete_version("vault", blob.key, version_id=blob.version_id)
    # Neither the nightly walk nor a later day extends its lock.
    home.now += timedelta(days=80)
    extend_locks(home.shoko, full=True)
    assert finish_withdrawals(home.shoko) == 0
    assert found_in_files(tmp_path, SECRET)
    home.now += timedelta(days=11)
    assert finish_withdrawals(home.shoko) == 1
    assert find_request(home.shoko, done.request.request_id).state is RequestState.REPORTED
    assert found_in_files(tmp_path, SECRET) == set()
    assert home.shoko.archive.get_document(document) is None
    assert "withdrawn" in {leaf.kind for leaf in home.shoko.archive.leaves_of(home.drop.drop_id)}
    assert "dropped" in {leaf.kind for leaf in home.shoko.archive.leaves_of(home.drop.drop_id)}
    report = reconcile_archive(home.shoko, deep=True)
    assert report.outcome is Outcome.PASSED, [c for c in report.checks if c.outcome is not Outcome.PASSED]
    wrong = [c for c in verify_everything(home.shoko, anchors_from(None, None)).checks if c.outcome is Outcome.FAILED]
    assert wrong == []
    assert finish_withdrawals(home.shoko) == 0


def test_what_is_locked_for_good_is_not_withdrawn(home):
    with pytest.raises(RequestRefused, match="locked for good"):
        ask_withdrawal(home.shoko, home.filed.drop_id, by="sato", reason="誤投入")
    with pytest.raises(ObjectMissing):
        ask_withdrawal(home.shoko, "drop-x", by="sato", reason="誤投入")
    request = home.approved()
    home.now += timedelta(days=70)
    extend_locks(home.shoko)  # little was left of its provisional lock
    with pytest.raises(RequestRefused, match="locked for good"):
        carry_out_withdrawal(home.shoko, request, by="sato")


def test_nobody_withdraws_alone(home):
    request = ask_withdrawal(home.shoko, home.drop.drop_id, by="sato", reason="誤投入")
    with pytest.raises(RequestRefused):
        carry_out_withdrawal(home.shoko, request.request_id, by="sato")
    with pytest.raises(RequestRefused, match="may not decide"):
        decide(home.shoko, request.request_id, approve=True, by="sato")


def test_a_file_that_came_twice_is_not_withdrawn(home, tmp_path):
    again = tmp_path / "store" / "inbox" / "elsewhere"
    again.mkdir()
    (again / "same.pdf").write_bytes(home.shoko.store.get("vault", home.drop.blob.key))
    run_plain(open_batch(home.resident))
    with pytest.raises(RequestRefused, match="more than once"):
        ask_withdrawal(home.shoko, home.drop.drop_id, by="sato", reason="誤投入")


@pytest.mark.parametrize(
    "step", ["withdraw.recorded", "withdraw.tombstoned", "withdraw.destroyed", "destroy.notes", "destroy.erased"]
)
def test_a_crash_after_any_step_is_finished_by_the_next_run(home, tmp_path, step):
    request = home.approved()
    home.shoko.close()

    def die(at):
        if at == step:
            raise Died

    home.reopen(die)
    early = step.startswith("withdraw.") and step != "withdraw.destroyed"
    if not early:
        carry_out_withdrawal(home.shoko, request, by="sato")
        home.now += timedelta(days=91)
    with pytest.raises(Died):
        carry_out_withdrawal(home.shoko, request, by="sato")
    home.shoko.close()
    home.reopen(lambda _: None)
    carry_out_withdrawal(home.shoko, request, by="sato")
    home.now += timedelta(days=91)
    finish_withdrawals(home.shoko)
    assert found_in_files(tmp_path, SECRET) == set()
    assert find_request(home.shoko, request).state is RequestState.REPORTED


def test_on_the_command_line(home, tmp_path):
    code, (said,) = run_verb(tmp_path, "withdraw", home.drop.drop_id, "--reason", "誤投入", "--by", "sato")
    assert (code, said["kind"]) == (0, "withdrawal")
    assert run_verb(tmp_path, "request", "approve", said["request_id"], "--by", "suzuki")[0] == 0
    code, (done,) = run_verb(tmp_path, "withdraw", said["request_id"], "--carry-out", "--by", "sato")
    assert (code, done["locked"]) == (0, [home.drop.drop_id])
