"""The list of papers comes page by page, and asks as much of a page however many there are."""

import re
from datetime import UTC, date, datetime

from fastapi.testclient import TestClient

from app.web.application import WebSettings
from app.web.wired import application
from domain.compliance import PaperState
from pipeline.steps import paper
from tests.support.desk import Desk
from tests.support.records import make_draft, make_drop
from tests.support.statements import statements

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def filed(desk, number):
    drop = desk.archive.record_drop(make_drop(desk.archive.vault, str(number).encode(), name=f"{number}.pdf"))
    draft = make_draft(drop.unit_id, day=date(2026, 10, 1), counterparty=f"会社{number:03}", text=str(number))
    return desk.archive.file_document(draft).document_id


def test_papers_come_page_by_page(tmp_path, monkeypatch):
    desk = Desk(tmp_path, clock=lambda: NOW)
    ids = [filed(desk, number) for number in range(7)]
    asked = {"state": PaperState.MUST_STAY, "discarded": False}
    listed = [row.record.document_id for row in paper.papers(desk.shoko, **asked)]
    assert sorted(listed) == sorted(ids)
    starts, found = [], []
    start = 0
    while start is not None:
        starts.append(start)
        page = paper.paper_page(desk.shoko, **asked, start=start, limit=3)
        found.append([row.record.document_id for row in page.rows])
        start = page.more_from
    assert (starts, found) == ([0, 3, 6], [listed[:3], listed[3:6], listed[6:]])
    assert paper.paper_page(desk.shoko, **asked, limit=7).more_from is None
    monkeypatch.setattr(paper, "MOST_LOOKED_AT", 4)  # where few are of the kind that is asked for
    page = paper.paper_page(desk.shoko, state=PaperState.MAY_GO, discarded=False, limit=3)
    assert (page.rows, page.more_from) == ((), None)
    paper.check_sameness(desk.shoko, ids, same=False, by="sato")
    page = paper.paper_page(desk.shoko, state=PaperState.MAY_GO, discarded=False, limit=3)
    assert (page.rows, page.more_from) == ((), 4)
    assert paper.paper_page(desk.shoko, state=PaperState.MAY_GO, discarded=False, start=4, limit=3).more_from is None
    desk.shoko.close()


def test_a_page_of_papers_asks_no_more_of_more_documents(tmp_path):
    desk = Desk(tmp_path, clock=lambda: NOW)
    for number in range(52):
        filed(desk, number)
    page = TestClient(application(desk.shoko, WebSettings()), base_url="http://127.0.0.1:8710")
    page.get("/papers")
    asked = len(statements(desk.archive.database, lambda: page.get("/papers")))
    for number in range(52, 60):
        filed(desk, number)
    page.get("/papers")  # the frame looks once whether anything was found wrong since
    assert len(statements(desk.archive.database, lambda: page.get("/papers"))) == asked
    first = page.get("/papers").text
    assert (first.count("会社"), "start=50" in first) == (50, True)
    second = page.get("/papers?start=50").text
    assert (second.count("会社"), "start=60" in second) == (10, False)
    assert page.get("/papers.json?start=50").json()["more_from"] is None
    token = re.search(r'name="csrf_token" value="([^"]+)"', second)[1]
    ids = re.findall(r'name="ids" value="([^"]+)"', second)
    form = {"csrf_token": token, "by": "佐藤", "ids": ids[0], "action": "same", "show": "must_stay", "start": "50"}
    assert page.post("/papers", data=form, follow_redirects=False).headers["location"].endswith("&start=50")
    desk.shoko.close()
