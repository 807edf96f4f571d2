"""The end of retention on the page: asked by one, approved by another, carried out as a job that says how far it is."""

from datetime import timedelta

import pytest

from domain.people import Role
from domain.requests import RequestState
from pipeline.steps.access import say_confidential
from pipeline.steps.destroy import carry_out
from pipeline.steps.requests import find_request
from tests.integration.test_destruction import Home, found_in_files
from tests.support.accounts import add_people, open_seats


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path)
    people = {"keiri": Role.ACCOUNTANT, "shonin": Role.APPROVER, "eigyo": Role.ACCOUNTANT}
    add_people(home.shoko, kanri=(Role.ADMINISTRATOR,), **{login: (role,) for login, role in people.items()})
    yield home
    home.shoko.close()


def ended(page, begun):
    job = begun.headers["location"]
    while (plain := page.get(f"{job}.json").json())["state"] in {"waiting", "running"}:
        pass
    return job, plain


def test_from_the_list_to_the_end(home, tmp_path):
    seats = open_seats(home.shoko)
    keiri, shonin = seats(), seats()
    for page, login in ((keiri, "keiri"), (shonin, "shonin")):
        page.log_in(login)
    job, due = ended(keiri, keiri.submit("/admin/retention", action="look"))
    assert [one["document_id"] for one in due["result"]] == [home.old]
    asked = keiri.submit("/admin/retention", action="ask", ids=home.old, reason="満了")
    request = asked.headers["location"].partition("#")[2]
    step = f"/requests/{request}"
    assert keiri.submit(step, action="carry-out").status_code == 422  # nobody approved it yet
    assert shonin.submit(step, action="approve").status_code == 303
    assert "廃棄を実施する" in keiri.get("/requests").text
    assert "実施を報告" not in keiri.get("/requests").text
    assert keiri.submit(step, action="report", reason="済").status_code == 422
    job, done = ended(keiri, keiri.submit(step, action="carry-out"))
    assert (done["state"], done["done"], done["total"], done["result"]["state"]) == ("done", 2, 2, "reported")
    assert "1 件の書類" in keiri.get(job).text
    assert find_request(home.shoko, request).state is RequestState.REPORTED
    assert found_in_files(tmp_path) == set()


def test_only_who_sees_it_all_carries_it_out_and_what_is_locked_waits(home, tmp_path):
    seats = open_seats(home.shoko)
    keiri, eigyo = seats(), seats()
    step = f"/requests/{home.ask()}"
    say_confidential(home.shoko, [home.old], people=("keiri",), by="kanri", reason="x")
    eigyo.log_in("eigyo")
    assert eigyo.submit(step, action="carry-out").status_code == 404  # for them there is no such document
    keiri.log_in("keiri")
    job, locked = ended(keiri, keiri.submit(step, action="carry-out"))
    assert locked["result"]["locked"]  # the act of this minute is under its provisional lock
    assert "ロックがまだ残っている" in keiri.get(job).text
    home.clock.now += timedelta(days=400)
    keiri.log_in("keiri")
    _, done = ended(keiri, keiri.submit(step, action="carry-out"))
    assert (done["result"]["state"], done["result"]["locked"]) == ("reported", [])
    assert found_in_files(tmp_path) == set()


class Stopped(Exception):
    pass


def test_stopped_in_the_middle_it_goes_on(home, tmp_path):
    request = home.ask()

    def stop(done, total):
        raise Stopped

    with pytest.raises(Stopped):
        carry_out(home.shoko, request, by="sato", progress=stop)
    assert find_request(home.shoko, request).state is RequestState.APPROVED
    told = []
    carry_out(home.shoko, request, by="sato", progress=lambda *step: told.append(step))
    assert told == [(1, 2), (2, 2)]
    assert found_in_files(tmp_path) == set()
