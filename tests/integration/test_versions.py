"""What people do to documents beside their values: origin, day of receipt, deletion, new scans, relations."""

from datetime import date

import pytest

from domain.acts import ActKind
from domain.corrections import Correction
from domain.errors import AppendOnlyViolation, CorrectionInvalid, ObjectMissing, RequestRefused
from domain.evidence import Outcome
from domain.fields import Text
from domain.ids import Origin
from domain.query import Query
from domain.record import DocumentState
from domain.relations import Link, Relation
from domain.requests import RequestKind, RequestState
from pipeline.steps.correct import correct_document
from pipeline.steps.deletion import delete_document
from pipeline.steps.receipt import confirm_received
from pipeline.steps.relations import relate, relations
from pipeline.steps.requests import ask, decide, find_request
from pipeline.steps.rescan import note_defect, rescan
from pipeline.steps.verify import anchors_from, publish, verify_documents
from storage.search import search
from tests.support.commands import run_verb
from tests.support.desk import Desk
from tests.support.documents import text_pdf

FOUND = date(2026, 11, 16)


@pytest.fixture
def home(tmp_path):
    home = Desk(tmp_path)
    yield home
    home.shoko.close()


def correct(home, document_id, **said):
    base = home.newest(document_id).revision
    known = {"base_revision": base, "values": {}, "recorded_by": "sato", "reason": "確認"}
    return correct_document(home.shoko, document_id, Correction(**(known | said)))


def test_an_unknown_origin_is_put_right_and_its_importance_follows(home):
    document_id = home.file("INVOICE", "Total 1,000", origin=Origin.UNKNOWN)
    assert "origin_unknown" in home.codes(document_id)
    assert home.newest(document_id).origin is Origin.UNKNOWN
    after = correct(home, document_id, origin=Origin.ELECTRONIC_RECEIVED)
    assert (after.origin, after.recorded_by, after.reason) == (Origin.ELECTRONIC_RECEIVED, "sato", "確認")
    assert not {"origin_unknown", "capture_quality"} & home.codes(document_id)
    assert not [check for check in after.checks if check.name == "scan-resolution-tone"]
    assert home.archive.history(document_id)[0].origin is Origin.UNKNOWN
    assert home.archive.lessons() == ()  # nothing on the page was corrected
    found = search(home.archive, Query(origins=(Origin.ELECTRONIC_RECEIVED,)))
    assert [hit.document_id for hit in found.hits] == [document_id]


def test_what_a_person_dealt_with_does_not_come_back_with_the_origin(home):
    document_id = home.file("INVOICE", origin=Origin.UNKNOWN)
    correct(home, document_id, reviewed=True)
    after = correct(home, document_id, origin=Origin.PAPER_RECEIVED)
    assert (after.state, after.review_reasons) == (DocumentState.FILED, ())


def test_days_of_receipt_are_confirmed_in_bulk_once(home):
    assumed = [home.file("INVOICE", str(number)) for number in range(2)]
    known = home.file("INVOICE", "9", day=date(2026, 11, 2))
    assert all(home.newest(one).received_on_assumed for one in assumed)
    day = home.newest(assumed[0]).received_on
    confirmed = confirm_received(home.shoko, [*assumed, known], by="sato")
    assert [record.document_id for record in confirmed] == assumed
    for one in assumed:
        record = home.newest(one)
        assert (record.received_on, record.received_on_assumed, record.recorded_by) == (day, False, "sato")
    assert confirm_received(home.shoko, [*assumed, known], by="sato") == ()
    (moved,) = confirm_received(home.shoko, [known], by="sato", on=date(2026, 11, 4))
    assert moved.received_on == date(2026, 11, 4)
    with pytest.raises(CorrectionInvalid):
        confirm_received(home.shoko, [known], by="sato", on=date(2099, 1, 1))
    with pytest.raises(ObjectMissing):
        confirm_received(home.shoko, [known, "doc-none"], by="sato", on=date(2026, 11, 5))
    assert home.newest(known).received_on == date(2026, 11, 4)


def test_a_deleted_document_keeps_everything_and_is_found_on_request(home, tmp_path):
    document_id = home.file("INVOICE", "Total 1,000")
    with pytest.raises(RequestRefused):
        delete_document(home.shoko, document_id, by="sato", reason=" ")
    gone = delete_document(home.shoko, document_id, by="sato", reason="二重")
    assert (gone.state, gone.recorded_by, gone.reason) == (DocumentState.TOMBSTONED, "sato", "二重")
    assert delete_document(home.shoko, document_id, by="sato", reason="二重") == gone
    assert search(home.archive, Query()).total == 0
    assert search(home.archive, Query(include_deleted=True)).total == 1
    assert home.archive.history(document_id)[0].state is not DocumentState.TOMBSTONED
    with pytest.raises(AppendOnlyViolation):
        correct(home, document_id, values={"counterparty": Text(text="x")})
    home.is_sound(tmp_path)


def test_electronic_transactions_are_deleted_by_an_approved_request_only(tmp_path):
    home = Desk(tmp_path, company={"names": ("株式会社みどり商事",), "electronic_rules_from": "2024-01-01"})
    document_id = home.file("INVOICE", origin=Origin.ELECTRONIC_RECEIVED)
    other = home.file("INVOICE", "2", origin=Origin.ELECTRONIC_RECEIVED)
    paper = home.file("INVOICE", "3")

    def delete(one=document_id, request=None):
        return delete_document(home.shoko, one, by="sato", reason="", request_id=request)

    with pytest.raises(RequestRefused, match="approved request"):
        delete()
    asked = ask(home.shoko, RequestKind.DELETION, [document_id], by="sato", reason="誤送信と連絡あり")
    with pytest.raises(RequestRefused, match="no approved request"):
        delete(request=asked.request_id)
    decide(home.shoko, asked.request_id, approve=True, by="tanaka")
    with pytest.raises(RequestRefused, match="does not concern"):
        delete(other, asked.request_id)
    gone = delete(request=asked.request_id)
    assert (gone.state, gone.reason) == (DocumentState.TOMBSTONED, "誤送信と連絡あり")
    done = find_request(home.shoko, asked.request_id)
    assert (done.state, done.report_facts) == (RequestState.REPORTED, {"deleted": 1, "revision": 2})
    assert delete(request=asked.request_id) == gone
    assert delete_document(home.shoko, paper, by="sato", reason="二重").state is DocumentState.TOMBSTONED
    assert asked.form["person"] == "sato"
    publish(home.shoko)
    report = verify_documents(home.shoko, (document_id,), anchors_from(None, None))
    assert not [check for check in report.checks if check.outcome is Outcome.FAILED]
    home.is_sound(tmp_path)
    home.shoko.close()


def test_a_deletion_that_was_cut_off_before_its_report_is_finished(tmp_path):
    home = Desk(tmp_path, company={"electronic_rules_from": "2024-01-01"})
    document_id = home.file("INVOICE", origin=Origin.ELECTRONIC_SENT)
    asked = ask(home.shoko, RequestKind.DELETION, [document_id], by="sato", reason="誤り")
    decide(home.shoko, asked.request_id, approve=True, by="tanaka")
    home.archive.tombstone(document_id, base_revision=1, recorded_by="sato", reason="誤り")
    delete_document(home.shoko, document_id, by="sato", reason="", request_id=asked.request_id)
    assert find_request(home.shoko, asked.request_id).state is RequestState.REPORTED
    home.shoko.close()


def test_a_new_scan_is_a_version_of_the_same_document(home, tmp_path):
    bad = home.file("INVOICE", "Total 1", day=date(2026, 11, 9))
    correct(home, bad, values={"counterparty": Text(text="青空商事")})
    first = home.newest(bad)
    new = home.file("INVOICE", "Total 1,000", day=date(2026, 11, 9))
    scanned = home.newest(new)

    def again():
        return rescan(home.shoko, bad, new, found_on=FOUND, by="sato", reason="折れ")

    after = again()
    assert after.pages == scanned.pages != first.pages
    assert (after.revision, after.text, after.recorded_by, after.reason) == (3, scanned.text, "sato", "折れ")
    assert after.fields.text("counterparty") == "青空商事"
    assert home.archive.history(bad)[1].pages == first.pages  # the bad picture stays
    assert home.newest(new).state is DocumentState.TOMBSTONED
    assert home.kinds(bad) == [ActKind.DEFECT_FOUND, ActKind.RESCANNED]
    act = home.archive.acts(bad)[1]
    assert act.facts == {"found_on": "2026-11-16", "revision": 3}
    assert act.about == (new, scanned.pages[0].unit_id)
    assert home.kinds(new) == [ActKind.RESCANNED]
    size = home.archive.log_size()
    assert again() == after
    assert home.archive.log_size() == size
    home.is_sound(tmp_path)


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_a_new_scan_that_was_cut_off_is_finished(home, monkeypatch, steps):
    bad, new = home.file("INVOICE", "1"), home.file("INVOICE", "2")
    archive = type(home.archive)
    left = [steps]

    def counted(name):
        method = getattr(archive, name)

        def call(self, *args, **kwargs):
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
            return method(self, *args, **kwargs)

        return call

    with monkeypatch.context() as patched:
        for name in ("record_act", "revise_document", "tombstone"):
            patched.setattr(archive, name, counted(name))
        with pytest.raises(KeyboardInterrupt):
            rescan(home.shoko, bad, new, found_on=FOUND, by="sato", reason="折れ")
    after = rescan(home.shoko, bad, new, found_on=FOUND, by="sato", reason="折れ")
    assert (after.revision, home.newest(new).state) == (2, DocumentState.TOMBSTONED)
    assert home.kinds(bad) == [ActKind.DEFECT_FOUND, ActKind.RESCANNED]
    assert home.newest(new).revision == 2


def test_what_is_no_new_scan(home):
    paper, data = home.file("INVOICE", "1"), home.file("INVOICE", "2", origin=Origin.ELECTRONIC_RECEIVED)
    copy = home.file("INVOICE", "3", origin=Origin.PAPER_ISSUED_COPY)
    for old, new in ((paper, paper), (paper, data), (data, paper), (paper, copy)):
        with pytest.raises(CorrectionInvalid):
            rescan(home.shoko, old, new, found_on=FOUND, by="sato", reason="折れ")
    with pytest.raises(CorrectionInvalid):
        note_defect(home.shoko, paper, found_on=date(2099, 1, 1), by="sato", reason="折れ")
    with pytest.raises(ObjectMissing):
        rescan(home.shoko, paper, "doc-none", found_on=FOUND, by="sato", reason="折れ")
    assert home.archive.acts_of_kinds(ActKind.DEFECT_FOUND) == ()


def test_a_corrected_paper_is_a_new_document_with_a_link(home):
    old, new = home.file("INVOICE", "1"), home.file("INVOICE", "2")
    link = Link(document_id=new, relation=Relation.CORRECTS, to_id=old)
    for _ in range(2):
        assert relate(home.shoko, new, Relation.CORRECTS, old, by="sato", reason="再発行") == (link,)
    assert relations(home.shoko, old) == (link,)
    assert home.kinds(old) == [ActKind.RELATED]
    assert relate(home.shoko, new, Relation.CORRECTS, old, by="sato", ends=True) == ()
    assert relate(home.shoko, new, Relation.CORRECTS, old, by="sato", reason="再発行") == (link,)
    assert len(home.kinds(old)) == 3
    for one, to, ends in ((old, old, False), (old, new, True)):
        with pytest.raises(CorrectionInvalid):
            relate(home.shoko, one, Relation.CORRECTS, to, by="sato", ends=ends)


def test_a_file_is_taken_in_and_becomes_the_new_scan(home, tmp_path, monkeypatch):
    monkeypatch.setenv("SHOKO_READING__ENGINE", "null.v1")
    monkeypatch.setenv("SHOKO_READING__WORKERS", "1")
    monkeypatch.setenv("SHOKO_INTAKE__STILL_SECONDS", "0")
    bad = home.file("INVOICE", "1", day=date(2026, 11, 9))
    (tmp_path / "again.pdf").write_bytes(text_pdf("INVOICE", "1", "whole"))
    found = ("--found-on", "2026-11-16")
    code, (after,) = run_verb(tmp_path, "rescan", bad, "--file", tmp_path / "again.pdf", *found, "--by", "sato")
    assert (code, after["revision"], after["recorded_by"]) == (0, 2, "sato")
    assert "whole" in home.newest(bad).text
    assert run_verb(tmp_path, "rescan", bad, "--file", tmp_path / "none.pdf", *found)[0] != 0


def test_the_verbs(home, tmp_path, monkeypatch):
    monkeypatch.setenv("SHOKO_READING__ENGINE", "null.v1")
    one, two = home.file("INVOICE", "1"), home.file("INVOICE", "2", origin=Origin.UNKNOWN)

    def run(*arguments):
        return run_verb(tmp_path, *arguments)

    code, (corrected,) = run("correct", two, "--origin", "paper_received", "--received-on", "2026-11-02")
    assert (code, corrected["origin"], corrected["received_on_assumed"]) == (0, "paper_received", False)
    assert run("received", one, two, "--by", "sato")[1] == [
        {"document_id": one, "received_on": home.newest(one).received_on.isoformat()}
    ]
    assert run("relate", two, "corrects", one) == (0, [{"document": two, "is": "corrects", "of": one}])
    assert run("rescan", one, "--reason", "折れ") == (2, [])
    assert run("rescan", one, "--found-on", "2026-11-16")[1][0]["defect_found_on"] == "2026-11-16"
    assert run("rescan", one, two, "--found-on", "2026-11-16")[1][0]["revision"] == 3
    assert run("tombstone", one) == (2, [])
    code, (gone,) = run("tombstone", one, "--reason", "二重", "--by", "sato")
    assert (code, gone["state"], gone["reason"]) == (0, "tombstoned", "二重")
    assert [act["kind"] for act in gone["acts"]] == ["related", "defect_found", "rescanned"]
