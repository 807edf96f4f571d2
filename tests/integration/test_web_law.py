"""The page that lists documents by the law's verdict, over a real installation."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from app.web.settings import WebSettings
from app.web.wired import application
from pipeline.batch import open_batch, run_plain
from tests.support.documents import ubl_invoice
from tests.support.homes import open_resident, quick_settings


@pytest.fixture
def resident(tmp_path):
    home = open_resident(quick_settings(tmp_path))
    inbox = home.shoko.settings.data_folder / "store" / "inbox" / "electronic" / "2026-11-20"
    inbox.mkdir(parents=True)
    (inbox / "a.xml").write_bytes(ubl_invoice("N-1"))
    run_plain(open_batch(home))
    yield home
    home.shoko.close()


def _page(resident, day):
    shoko = replace(resident.shoko, clock=lambda: datetime(2026, *day, 3, tzinfo=UTC))
    return TestClient(application(shoko, WebSettings()), base_url="http://127.0.0.1:8710")


def test_what_is_due_soon_is_shown_with_what_to_do(resident):
    """Received on 11-20 and not stamped: due on 12-02."""
    page = _page(resident, (11, 25))
    found = page.get("/law.json").json()
    assert found["counts"] == {"due": 1, "not": 0, "not_yet": 1, "compliant": 0}
    assert found["documents"][0]["compliance"]["next_due"] == "2026-12-02"
    shown = page.get("/law").text
    assert "et-authenticity-choice" in shown
    assert "2026/12/02" in shown
    assert re.search(r'href="/documents/doc-[0-9a-f]+"', shown)
    assert "Due within 14 days" in page.get("/law?lang=en").text


def test_what_cannot_be_cured_stands_by_itself(resident):
    page = _page(resident, (12, 3))
    found = page.get("/law.json?show=not").json()
    assert found["counts"] == {"due": 0, "not": 1, "not_yet": 0, "compliant": 0}
    assert "事務処理規程を定めるか" in page.get("/law?show=not").text
    assert "該当する書類はありません" in page.get("/law?show=compliant").text
    assert page.get("/law?show=all").status_code == 422
