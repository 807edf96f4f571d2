"""Requests over a whole installation: asked, decided by another, reported; and on the command line."""

import pytest

from domain.errors import ObjectMissing, RequestRefused
from domain.requests import RequestKind, RequestState
from pipeline.batch import open_batch, run_plain
from pipeline.steps.requests import approved, ask, decide, find_request, report, requests, requests_about, take_back
from storage.archive import rebuild
from tests.support.commands import run_verb
from tests.support.documents import text_pdf
from tests.support.homes import open_resident, quick_settings

DELETION = RequestKind.DELETION
FILLED = {"person": "sato", "title": "請求書"}


@pytest.fixture
def shoko(tmp_path):
    folder = tmp_path / "store" / "inbox" / "electronic" / "2026-11-02"
    folder.mkdir(parents=True)
    (folder / "a.pdf").write_bytes(text_pdf("INVOICE", "Total 1,000"))
    home = open_resident(quick_settings(tmp_path))
    run_plain(open_batch(home))
    yield home.shoko
    home.shoko.close()


@pytest.fixture
def document(shoko):
    return shoko.archive.drops(limit=1)[0].documents[0]


def test_asked_approved_by_another_and_reported(shoko, document, tmp_path):
    form = {"slip_number": "A-12"}
    first = ask(shoko, DELETION, [document], by="sato", reason="二重に届いた", form=form)
    assert ask(shoko, DELETION, [document], by="sato", reason="二重に届いた", form=form) == first
    with pytest.raises(RequestRefused, match="stands already"):
        ask(shoko, DELETION, [document], by="tanaka", reason="こちらも")
    with pytest.raises(RequestRefused, match="may not decide"):
        decide(shoko, first.request_id, approve=True, by="sato")
    with pytest.raises(RequestRefused, match="no approved request"):
        approved(shoko, first.request_id, DELETION)
    decide(shoko, first.request_id, approve=True, by="tanaka", reason="確認した")
    assert approved(shoko, first.request_id, DELETION).decided.by == "tanaka"
    with pytest.raises(RequestRefused, match="no approved request"):
        approved(shoko, first.request_id, RequestKind.DESTRUCTION)
    done = report(shoko, first.request_id, by="sato", words="削除した", facts={"revision": 2})
    assert (done.state, done.report_facts, done.form) == (RequestState.REPORTED, {"revision": 2}, form | FILLED)
    assert report(shoko, first.request_id, by="sato", words="削除した", facts={"revision": 2}) == done
    again = ask(shoko, DELETION, [document], by="sato", reason="もう一度")
    assert again.request_id != first.request_id
    assert [one.state for one in requests(shoko)] == [RequestState.REPORTED, RequestState.REQUESTED]
    assert requests_about(shoko, document) == requests(shoko)
    assert take_back(shoko, again.request_id, by="sato").state is RequestState.TAKEN_BACK
    rebuild(f"sqlite:///{tmp_path}/copy.sqlite", shoko.store, clock=shoko.clock)


def test_what_cannot_be_asked(shoko, document):
    with pytest.raises(ObjectMissing):
        ask(shoko, DELETION, ["doc-0"], by="sato", reason="x")
    for subjects, reason in (((document,), " "), ((), "x")):
        with pytest.raises(RequestRefused):
            ask(shoko, DELETION, subjects, by="sato", reason=reason)
    with pytest.raises(ObjectMissing):
        find_request(shoko, document)
    assert requests(shoko) == ()


def test_on_the_command_line(shoko, document, tmp_path, monkeypatch):
    monkeypatch.setenv("SHOKO_READING__ENGINE", "null.v1")

    def run(*arguments):
        return run_verb(tmp_path, "request", *arguments)

    code, (asked,) = run("ask", document, "--kind", "correction", "--reason", "金額", "--form", "slip_number=A-12")
    assert (code, asked["state"], asked["form"]) == (0, "requested", asked["form"] | {"slip_number": "A-12"})
    assert run("approve", asked["request_id"]) == (2, [])
    assert run("approve", asked["request_id"], "--by", "another")[1][0]["state"] == "approved"
    assert [one["request_id"] for one in run("list")[1]] == [asked["request_id"]]
    assert run("report", asked["request_id"], "--reason", "直した")[1][0]["state"] == "reported"
    assert run("list") == (0, [])
    assert run("list", "--all")[1][0]["state"] == "reported"
    assert run("ask", document) == (2, [])
    assert run("ask", document, "--kind", "correction", "--reason", "x", "--form", "x") == (2, [])
