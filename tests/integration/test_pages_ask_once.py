"""A page asks the database each question once, and no more for a full archive than for a nearly empty one."""

import gc
import sys
from datetime import UTC, date, datetime

import pytest
from starlette.testclient import TestClient

from app.web.settings import WebSettings
from app.web.warming import SWITCH_SECONDS, warm
from app.web.wired import application
from domain.ids import Origin
from tests.support.desk import Desk
from tests.support.statements import questions

DAY = date(2026, 11, 2)
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
MOST = {"document": 45}
"""Statements of a page; one more than this wants a reason."""


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path, clock=lambda: NOW)  # what is kept for seconds stays kept
    yield desk
    desk.shoko.close()


@pytest.fixture
def page(desk):
    return TestClient(application(desk.shoko, WebSettings()), base_url="http://127.0.0.1:8710")


def asked(desk, page, path):
    assert page.get(path).status_code == 200  # what the frame keeps until the log grows is known
    found = questions(desk.archive.database, lambda: page.get(path))
    twice = [one for one in dict.fromkeys(found) if found.count(one) > 1 and one[0].startswith("SELECT")]
    assert twice == []
    return len(found)


def test_a_document_is_read_once_for_its_page(desk, page):
    ids = [file(desk, number) for number in range(4)]
    few = asked(desk, page, f"/documents/{ids[0]}")
    assert few <= MOST["document"]
    for number in range(4, 7):
        file(desk, number)
    assert asked(desk, page, f"/documents/{ids[0]}") <= few + 1  # the whole party is looked through in one


def test_a_page_that_just_stood_up_has_asked_what_takes_long(desk):
    file(desk, 0)
    app = application(desk.shoko, WebSettings())
    warm(app.state.web)
    page = TestClient(app, base_url="http://127.0.0.1:8710")
    for path in ("/home", "/review"):
        found = [statement for statement, _ in questions(desk.archive.database, lambda path=path: page.get(path))]
        assert not any(name in one for one in found for name in ("stamp_request", "importance"))
        assert sum("figure_sum" in one for one in found) <= 1  # what the menu says waits


def test_a_process_that_answers_takes_turns_and_keeps_what_it_loaded(desk):
    before = sys.getswitchinterval()
    try:
        warm(application(desk.shoko, WebSettings()).state.web)
        assert sys.getswitchinterval() == pytest.approx(SWITCH_SECONDS)
        assert gc.get_freeze_count() > len(gc.get_objects())  # a full collection looks through what came since
    finally:
        sys.setswitchinterval(before)
        gc.unfreeze()


def file(desk, number):
    lines = ("INVOICE", "Blue Sky Ltd.", "Total 1,100 JPY", f"No. {number}")
    return desk.file(*lines, day=DAY, origin=Origin.PAPER_RECEIVED, name=f"{number}.pdf")  # one moment for all
