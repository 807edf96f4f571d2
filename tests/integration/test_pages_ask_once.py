"""A page asks the database each question once, and no more for a full archive than for a nearly empty one."""

from datetime import date

import pytest
from starlette.testclient import TestClient

from app.web.settings import WebSettings
from app.web.wired import application
from domain.ids import Origin
from tests.support.desk import Desk
from tests.support.statements import questions

DAY = date(2026, 11, 2)
MOST = {"document": 45}
"""Statements of a page; one more than this wants a reason."""


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    yield desk
    desk.shoko.close()


@pytest.fixture
def page(desk):
    return TestClient(application(desk.shoko, WebSettings()), base_url="http://127.0.0.1:8710")


def asked(desk, page, path):
    found = questions(desk.archive.database, lambda: page.get(path))
    twice = [one for one in dict.fromkeys(found) if found.count(one) > 1 and one[0].startswith("SELECT")]
    assert twice == []
    return len(found)


def test_a_document_is_read_once_for_its_page(desk, page):
    lines = ("INVOICE", "Blue Sky Ltd.", "Total 1,100 JPY")
    one = desk.file(*lines, "No. 1", day=DAY, origin=Origin.PAPER_RECEIVED)
    desk.file(*lines, "No. 2", day=DAY, origin=Origin.PAPER_RECEIVED)
    assert page.get(f"/documents/{one}").status_code == 200
    few = asked(desk, page, f"/documents/{one}")
    assert few <= MOST["document"]
    for number in range(3, 6):
        desk.file(*lines, f"No. {number}", day=DAY, origin=Origin.PAPER_RECEIVED)
    assert asked(desk, page, f"/documents/{one}") == few
