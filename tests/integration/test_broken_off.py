"""Work that broke off with its server: the page offers to begin it again, or says what to do."""

import os
from datetime import date

import pytest

from app.web.job_place import Again, Begun, Place
from domain.people import Role
from domain.requests import RequestKind
from pipeline.steps.requests import ask
from tests.integration.test_audit_room import begun, finished
from tests.support.accounts import add_people, open_seats
from tests.support.desk import Desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("home"))
    add_people(desk.shoko, keiri=(Role.ACCOUNTANT, Role.ADMINISTRATOR))
    desk.file("INVOICE", "Total 1,000", day=date(2026, 11, 2))
    yield desk
    desk.shoko.close()


def leave(desk, *notes):
    """What a process that was killed leaves behind: its notes, and a lock that nobody holds."""
    owner = desk.shoko.people.find("keiri").user_id
    place = Place(desk.shoko.settings.data_folder / "web-jobs")
    for number, (kind, again) in enumerate(notes):
        place.note(Begun(job_id=f"{number:032x}", kind=kind, owner=owner, began_at=desk.shoko.clock(), again=again))
    os.close(place._held)


def test_what_only_looks_is_begun_again_from_its_page(desk):
    again = Again(path="/verify", values=(("scope", "period"), ("date_from", "2026/11/01"), ("date_to", "2026/11/30")))
    leave(desk, ("verify", again), ("law", Again(path="/law")), ("verify", None), ("export", None), ("law", None))
    browser = open_seats(desk.shoko)("keiri")
    page = browser.get(f"/jobs/{0:032x}").text
    assert "中断しました" in page
    assert "同じ条件でやり直す" in page
    assert 'action="/verify"' in page
    assert 'name="date_from" value="2026/11/01"' in page
    job = browser.get(f"/jobs/{0:032x}.json").json()
    done = finished(browser, begun(browser.submit(job["again"]["path"], **job["again"]["values"])))
    assert (done["state"], done["result"]["scope"]) == ("done", "保存日 2026/11/01〜2026/11/30（閲覧できる範囲）")
    law = browser.get(f"/jobs/{1:032x}.json").json()
    assert finished(browser, begun(browser.submit(law["again"]["path"])))["state"] == "done"

    # what was not kept has to be said again, and the page says so
    assert "もう一度指定して" in browser.get(f"/jobs/{2:032x}").text
    assert "始め直してください" in browser.get(f"/jobs/{3:032x}").text
    for number in (2, 3, 4):
        page = browser.get(f"/jobs/{number:032x}").text
        assert "同じ条件でやり直す" not in page
        assert "始めた画面へ" in page


def test_a_destruction_goes_on_only_through_its_request(desk):
    (document_id,) = (desk.file("INVOICE", "Total 2,000", day=date(2026, 11, 3)),)
    request = ask(desk.shoko, RequestKind.DELETION, [document_id], by="keiri", reason="二重")
    path = f"/requests/{request.request_id}"
    leave(desk, ("destroy", Again(path=path, values=(("action", "carry-out"),))))
    browser = open_seats(desk.shoko)("keiri")
    page = browser.get(f"/jobs/{0:032x}").text
    assert "続きから再開" in page
    assert "残りの書類だけを廃棄します" in page
    refused = browser.submit(path, action="carry-out")  # nobody approved a destruction: the form is no way around that
    assert refused.status_code == 422
    assert desk.newest(document_id).state.value != "destroyed"
