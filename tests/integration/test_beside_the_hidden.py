"""What lies beside a document that one may not see tells nothing of it: relations, requests, parts, duplicates."""

from dataclasses import replace
from datetime import date

import pytest

from domain.corrections import Correction
from domain.errors import AccessRefused
from domain.evidence import Outcome
from domain.ids import Origin
from domain.people import Role
from domain.query import Query
from domain.record import DocumentState, ReviewReason
from domain.relations import Relation
from domain.requests import RequestKind
from domain.visibility import visibility_of
from pipeline.steps import access, answering
from pipeline.steps.auditing import hand_overs, record_hand_over
from pipeline.steps.dashboard import take_dashboard
from pipeline.steps.divide import Decision, merge_documents
from pipeline.steps.exporting import export
from pipeline.steps.relations import relate
from pipeline.steps.requests import ask, decide
from pipeline.steps.settling import settle
from pipeline.steps.stamps import stamp_deadline, stamp_queue
from pipeline.steps.verify import anchors_from, verify_documents
from storage.archive import telling
from storage.search import search
from tests.support.accounts import add_people, open_seats
from tests.support.desk import Desk
from tests.support.records import make_draft


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("home"))
    access.name_department(desk.shoko, "jinji", "人事部", by="kanri")
    add_people(desk.shoko, keiri=(Role.ACCOUNTANT, Role.APPROVER))
    yield desk
    desk.shoko.close()


@pytest.fixture(scope="module")
def seat(desk):
    return open_seats(desk.shoko)


def hide(desk, *document_ids):
    access.say_confidential(desk.shoko, document_ids, departments=["jinji"], by="kanri", reason="給与")


def as_keiri(desk):
    return desk.shoko.seen_by(visibility_of(desk.shoko.people.find("keiri")))


def bytes_of(folder):
    return {str(one.relative_to(folder)): one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file()}


def test_a_bundle_tells_nothing_of_what_is_related_or_asked_together(desk, seat, tmp_path):
    secret = desk.file("INVOICE", "Omega", "bonus of the president", name="omega.pdf", day=date(2026, 11, 2))
    shown = desk.file("INVOICE", "Alpha", name="alpha.pdf", day=date(2026, 11, 3))
    plain = desk.file("INVOICE", "Alpha two", name="two.pdf", day=date(2026, 11, 4))
    hide(desk, secret)
    relate(desk.shoko, secret, Relation.SUPPLEMENTS, shown, by="kanri", reason="from the hidden")
    relate(desk.shoko, shown, Relation.SUPPLEMENTS, secret, by="kanri", reason="to the hidden")
    relate(desk.shoko, shown, Relation.CORRECTS, plain, by="kanri", reason="among the shown")
    both = ask(desk.shoko, RequestKind.CORRECTION, [shown, secret], by="kanri", reason="asked of both")
    decide(desk.shoko, both.request_id, approve=True, by="jinji", reason="granted of both")
    ask(desk.shoko, RequestKind.CORRECTION, [shown], by="kanri", reason="asked of one")
    for one in (desk.shoko, as_keiri(desk)):  # what is kept under another document is no loss of this one
        for document_id in (shown, plain):
            report = verify_documents(one, (document_id,), anchors_from(None, None))
            assert report.outcome is not Outcome.FAILED, report.checks
            assert secret not in str(report)
    words = [secret, both.request_id, "bonus of the president", "omega.pdf"]
    words += ["from the hidden", "to the hidden", "asked of both", "granted of both"]
    made = export(as_keiri(desk), Query(words=("alpha",)), tmp_path / "part", renditions="none")
    part = bytes_of(tmp_path / "part")
    for word in words:
        assert [name for name, content in part.items() if word.encode() in content] == [], word
    records = b"".join(content for name, content in part.items() if "payloads" in name)
    assert b"among the shown" in records
    assert b"asked of one" in records
    later = export(desk.shoko, Query(words=("alpha",)), tmp_path / "all", renditions="none")
    every = b"".join(bytes_of(tmp_path / "all").values())
    for word in ("from the hidden", "to the hidden", "asked of both", "granted of both"):
        assert word.encode() in every
    assert b"bonus of the president" not in every  # another document speaks for itself
    for bundle, by in ((made, "keiri"), (later, "kanri")):
        record_hand_over(desk.shoko, bundle, volume=1, by=by, to="税務署", conditions="")
    (own,) = hand_overs(as_keiri(desk), most=1, by="keiri")  # not those that others took since
    assert own.export_id == made.export_id
    assert seat("keiri").get("/audit/handovers.json").text.count("税務署") == 1


def test_what_was_divided_hides_with_each_of_its_parts(desk, seat):
    whole = desk.file("INVOICE", "Stack", name="stack.pdf", day=date(2026, 11, 5))
    unit_id = desk.newest(whole).pages[0].unit_id
    drafts = [make_draft(unit_id, document_id=f"doc-part-{number}", text=f"Stack {number}") for number in (1, 2)]
    desk.archive.regroup({whole: desk.newest(whole).revision}, drafts, recorded_by="sato", reason="2件")
    browser = seat("keiri")
    paths = ("", ".json", "/pages/1.png", "/words/1", "/searchable.pdf", "/original", "/thumbnail.png", "/proof")
    assert {browser.get(f"/documents/{whole}{path}").status_code for path in paths} == {200}
    hide(desk, "doc-part-2")
    assert {browser.get(f"/documents/{whole}{path}").status_code for path in paths} == {404}
    found = browser.get("/search.json?words=stack&deleted=1").json()
    assert [one["document_id"] for one in found["hits"]] == ["doc-part-1"]
    assert whole not in browser.get("/documents/doc-part-1.json").text


def test_a_duplicate_of_a_hidden_document_is_not_named_and_not_forgotten(desk, seat, tmp_path):
    lines = ("INVOICE", "Delta Trading KK", "Invoice No. INV-7781", "Date 2026-10-20", "Consulting, October")
    secret = desk.file(*lines, "Total 1,000", name="secret.pdf", day=date(2026, 11, 2))
    hide(desk, secret)
    shown = desk.file(*lines, "Total 1,000 ", name="again.pdf", day=date(2026, 11, 3))
    doubt = ReviewReason(code="possible_duplicate", detail=secret)
    assert doubt in desk.newest(shown).review_reasons
    browser = seat("keiri")
    for path in (f"/documents/{shown}", "/intake", "/review", f"/review/{shown}", "/search"):
        for suffix in ("", ".json"):
            page = browser.get(path + suffix)
            assert page.status_code == 200
            assert secret not in page.text, path
            assert "possible_duplicate" not in page.text, path
            assert "重複の可能性" not in page.text, path
    only = replace(desk.newest(shown), review_reasons=(doubt,))
    told = as_keiri(desk).archive.get_document(shown)
    assert told.review_reasons == tuple(one for one in desk.newest(shown).review_reasons if one != doubt)
    with desk.archive._engine.connect() as connection:
        (bare,) = telling.revisions(connection, "default", as_keiri(desk).archive.visibility, (only,))
    assert [one.code for one in bare.review_reasons] == ["others_look"]  # it waits, for somebody who sees both
    with pytest.raises(AccessRefused) as refused:  # its records say which document it may be a duplicate of
        export(as_keiri(desk), Query(), tmp_path / "part", documents=(shown,), renditions="none")
    assert secret not in f"{refused.value.message}{refused.value.message_ja}"
    assert not list((tmp_path / "part").rglob("*.json"))
    assert export(desk.shoko, Query(), tmp_path / "all", documents=(shown,), renditions="none").folder.is_dir()
    values = {"base_revision": "1", "reason": "x", "field.issuer": "Delta Trading"}
    assert browser.submit(f"/documents/{shown}/correct", **values).status_code == 303
    assert desk.newest(shown).revision == 2
    assert doubt in desk.newest(shown).review_reasons
    settled = answer(browser, shown, **{"field.issuer": "Delta"})
    assert settled.status_code == 200
    assert (settled.json()["state"], [one["code"] for one in settled.json()["again"]]) == (
        "needs_review",
        ["others_look"],
    )
    assert secret not in settled.text
    assert desk.newest(shown).review_reasons == (doubt,), "what was not shown was not settled"
    for suffix in ("", ".json"):
        page = browser.get(f"/review/{shown}{suffix}")
        assert (page.status_code, secret in page.text) == (200, False)
    assert "ほかの担当者による確認が必要です" in browser.get(f"/review/{shown}").text
    values = {"base_revision": "3", "reason": "x", "reviewed": "1"}
    assert browser.submit(f"/documents/{shown}/correct", **values).status_code == 303
    assert desk.newest(shown).review_reasons == (doubt,)
    newest = desk.newest(shown).revision
    done = settle(
        desk.shoko, shown, Correction(base_revision=newest, values={}, recorded_by="jinji", reason="同じ物ではない")
    )
    assert (done.record.state, done.again) == (DocumentState.FILED, ()), "who sees both settles it"
    third = desk.file(*lines, "Total 1,000", name="same.pdf", origin=Origin.ELECTRONIC_RECEIVED)
    unit = desk.archive.unit_of_document(third)[0]
    assert unit.same_bytes_as
    assert as_keiri(desk).archive.get_unit(unit.unit_id).same_bytes_as == ()
    fourth = desk.file("INVOICE", "Epsilon", name="epsilon.pdf", origin=Origin.ELECTRONIC_RECEIVED)
    joined = merge_documents(
        replace(desk.resident, shoko=as_keiri(desk)),
        [third, fourth],
        decision=Decision(recorded_by="keiri", reason="one paper"),
    )
    assert secret not in str(joined.review_reasons)
    doubts = {one.detail for one in desk.newest(joined.document_id).review_reasons if one.code == "possible_duplicate"}
    assert secret in doubts, "what is joined is a duplicate whoever joins it"


def answer(browser, document_id, **answers):
    """Answer everything that is asked, with what is proposed unless something else is said."""
    asked = browser.get(f"/review/{document_id}.json").json()
    known = {"base_revision": str(asked["revision"])}
    for one in (one for one in asked["questions"] if one["input"]):
        known[one["input"] if one["proposal"] else f"pick.{one['input']}"] = one["proposal"]
    headers = {"X-CSRF-Token": browser.csrf("/account"), "Accept": "application/json"}
    return browser.post(f"/review/{document_id}", data=known | answers, headers=headers)


def test_counts_and_deadlines_are_of_what_is_seen(desk, seat):
    desk.file("INVOICE", "Iota", name="iota.pdf", day=date(2026, 9, 2))
    earliest = desk.file("INVOICE", "Kappa", name="kappa.pdf", day=date(2026, 9, 1))
    days = desk.archive.unstamped_received_on()
    assert days[0] == date(2026, 9, 1)
    assert as_keiri(desk).archive.unstamped_received_on()[0] == days[0]
    assert stamp_queue(as_keiri(desk)).waiting > 1
    browser = seat("kanri")
    before = browser.get("/admin.json").json()["counts"]
    assert before["documents"] == browser.get("/search.json?deleted=1").json()["total"]
    hide(desk, earliest)
    assert as_keiri(desk).archive.unstamped_received_on()[0] == date(2026, 9, 2)
    after = browser.get("/admin.json").json()["counts"]
    assert after["documents"] == before["documents"] - 1 == sum(after["documents_by_state"].values())
    assert after["documents_by_type"]["invoice"] == before["documents_by_type"]["invoice"] - 1


def test_what_waits_behind_much_that_is_hidden_is_not_forgotten(desk, monkeypatch):
    """A deadline of the law runs for it, however many scans of another department came before."""
    hidden = desk.file("INVOICE", "Lambda", name="lambda.pdf", day=date(2026, 9, 5))
    hide(desk, hidden, *(one.document_id for one in search(desk.archive, Query(limit=100)).hits))
    desk.file("INVOICE", "Mu", name="mu.pdf", day=date(2026, 9, 7))
    for name in ("storage.archive.unstamped._LOOKED_AT", "pipeline.steps.dashboard.STAMPS_COUNTED"):
        monkeypatch.setattr(name, 1)
    monkeypatch.setattr("pipeline.steps.answering_law._STAMPS_LOOKED_AT", 1)
    mine = as_keiri(desk)
    assert mine.archive.unstamped_received_on() == (date(2026, 9, 7),)
    queue = stamp_queue(mine)
    assert (queue.waiting, queue.due_on) == (1, stamp_deadline(desk.shoko, date(2026, 9, 7)))
    assert take_dashboard(mine).stamps_pending == 1
    said = answering.answer(mine, "タイムスタンプが付いていない書類は？")
    assert said.total == 1
