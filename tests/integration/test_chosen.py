"""Documents picked out of a search: shown and counted first, and then submitted, confirmed, given away, moved."""

import html
import io
import re
import zipfile
from urllib.parse import parse_qsl

import pytest

from domain.approvals import ApprovalState
from domain.people import Role
from domain.record import DocumentState
from pipeline.steps.approvals import rounds
from tests.support.accounts import open_seats
from tests.support.approving import file_invoice, staff
from tests.support.desk import Desk


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("desk"))
    who = staff(desk.shoko, kansa=("監査", (Role.AUDITOR,), ()))
    ready = [file_invoice(desk, text=f"INVOICE {n}", name=f"{n}.pdf") for n in range(2)]
    waiting = desk.file("hello", "world")
    seats = open_seats(desk.shoko)
    pages = {}
    for login in ("keiri", "kansa"):
        pages[login] = seats()
        pages[login].log_in(login)
    yield desk, who, ready, waiting, pages
    desk.shoko.close()


def pick(page, action, *ids, json=False):
    headers = {"X-CSRF-Token": page.csrf("/account")} | ({"Accept": "application/json"} if json else {})
    return page.post("/search/chosen", data={"action": action, "ids": list(ids)}, headers=headers)


def test_what_was_chosen_is_counted_and_nothing_is_done_before_it_is_said(world):
    desk, _, ready, waiting, pages = world
    page, size = pages["keiri"], desk.archive.log_size()
    shown = pick(page, "submit", *ready, waiting, "doc-none")
    assert "選んだ 2 件の承認を申請します" in shown.text
    assert "このうち 2 件は除きました" in shown.text
    assert 'action="/approvals/submit"' in shown.text
    plain = pick(page, "received", *ready, waiting, json=True).json()
    assert (plain["documents"], plain["left_out"], plain["target"]) == ([waiting], 2, "/received")
    assert pick(page, "submit").status_code == 422
    assert pick(page, "burn", *ready).status_code == 422
    assert "対象になる書類が選ばれていません" in pick(page, "received", ready[0]).text
    assert desk.archive.log_size() == size


def test_each_step_is_taken_by_the_form_that_was_shown(world):
    desk, _, ready, waiting, pages = world
    page = pages["keiri"]
    assert page.submit("/received", ids=waiting, back="search").headers["location"] == "/search"
    assert not desk.newest(waiting).received_on_assumed
    assert page.submit("/approvals/submit", ids=ready, reason="お願いします").status_code == 303
    assert [rounds(desk.shoko, one)[-1].state for one in ready] == [ApprovalState.IN_PROGRESS] * 2
    assert desk.newest(ready[0]).state is DocumentState.FILED
    assert "2" in page.get("/access", params={"ids": ready}).text
    job = page.submit("/audit/export", ids=ready[:1], to="税務署").headers["location"]
    while (plain := page.get(f"{job}.json").json())["state"] in {"waiting", "running"}:
        pass
    assert (plain["result"]["documents"], plain["result"]["conditions"]) == (1, "検索画面で選んだ書類 1 件")
    names = zipfile.ZipFile(io.BytesIO(page.get(f"{job}/volumes/1.zip").content)).namelist()
    originals = {unit.unit_id: unit.blob.digest.value for one in ready for unit in desk.archive.unit_of_document(one)}
    inside = [digest for digest in originals.values() if any(digest in name for name in names)]
    assert len(names) > 1
    assert len(inside) <= 1  # of the other there is nothing


def test_back_from_what_was_chosen_is_the_search_it_was_chosen_from(world):
    _, _, ready, waiting, pages = world
    page = pages["keiri"]
    here = "amount_min=1&type=invoice&page=2&hide=thumb"
    token = {"X-CSRF-Token": page.csrf("/account")}
    shown = page.post("/search/chosen", data={"action": "access", "ids": ready, "here": here}, headers=token).text
    (back,) = {html.unescape(one) for one in re.findall(r'class="button" href="(/search[^"]*)"', shown)}
    assert set(parse_qsl(back.partition("?")[2])) == set(parse_qsl(here))
    done = page.submit("/received", ids=waiting, back="search", here=here)
    assert done.headers["location"] == back
    for wrong in ("//example.com", "date_from=x", "https://example.com/?a=b"):
        assert page.submit("/received", ids=waiting, back="search", here=wrong).headers["location"] == "/search"
    assert page.get("/search/chosen?lang=en", follow_redirects=False).headers["location"] == "/search?lang=en"


def test_what_was_counted_exactly_stays_so(world):
    desk = world[0]
    for n in range(4):
        desk.file("good", f"day {n}", name=f"more-{n}.txt")
    page = open_seats(desk.shoko, page_size=5, count_limit=5)()
    page.log_in("keiri")

    def counted(address):
        shown = page.get(address).text
        (totals,) = re.findall(r'id="totals"[^>]* hx-get="([^"]+)" hx-trigger="load"', shown)
        later = page.get(html.unescape(totals), headers={"HX-Request": "true"}).text
        said = [re.sub(r"<[^>]+>", "", one) for one in re.findall(r'id="hit-total".*?</span>', shown + later)]
        return [" ".join(one.partition(">")[2].split()) for one in said]

    assert counted("/search") == ["5 件以上 正確に数える"] * 2
    assert counted("/search?count=exact") == ["7 件"]
    assert counted("/search?page=2") == ["7 件"]


def test_an_auditor_takes_away_and_changes_nothing(world):
    _, _, ready, _, pages = world
    page = pages["kansa"]
    assert "選んだ 2 件を書き出します" in pick(page, "export", *ready).text
    for action in ("submit", "received", "access"):
        assert pick(page, action, *ready).status_code == 403
    text = page.get("/search").text
    assert 'value="export"' in text
    assert 'value="submit"' not in text
