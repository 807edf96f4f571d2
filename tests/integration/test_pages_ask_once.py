"""A page asks the database each question once, and no more for a full archive than for a nearly empty one."""

from datetime import UTC, date, datetime

import pytest
from starlette.testclient import TestClient

from app.web.settings import WebSettings
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


def file(desk, number):
    lines = ("INVOICE", "Blue Sky Ltd.", "Total 1,100 JPY", f"No. {number}")
    return desk.file(*lines, day=DAY, origin=Origin.PAPER_RECEIVED)
