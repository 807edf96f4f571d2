"""A document to which everything happened at once: its page says so in words, never by ids."""

import re
from datetime import date

import pytest

from domain.ids import Origin
from domain.people import Role
from pipeline.steps.deletion import delete_document
from pipeline.steps.rescan import rescan
from pipeline.steps.retention import hold
from tests.support.accounts import add_people, open_seats
from tests.support.desk import Desk

DAY = date(2026, 1, 5)


@pytest.fixture
def world(tmp_path):
    desk = Desk(tmp_path)
    old = desk.file("RECEIPT", "Alpha Trading", origin=Origin.PAPER_RECEIVED, day=DAY, name="古い.pdf")
    new = desk.file("RECEIPT", "Alpha Trading again", origin=Origin.PAPER_RECEIVED, day=DAY, name="新しい.pdf")
    add_people(desk.shoko, keiri=(Role.ACCOUNTANT,))
    yield desk, open_seats(desk.shoko)("keiri"), old, new
    desk.shoko.close()


def shown(page, part):
    """The words of a part of the page."""
    return re.sub(r"<[^>]+>|\s+", " ", re.search(rf'id="{part}".*?</section>', page, re.DOTALL)[0])


def test_a_hold_a_new_scan_and_a_deletion_are_told_in_words(world):
    desk, browser, old, new = world
    hold(desk.shoko, [old], by="keiri", reason="税務調査のため")
    rescan(desk.shoko, old, new, found_on=DAY, by="keiri", reason="かすれて読めない")
    page = browser.get(f"/documents/{old}").text
    assert 'title="税務調査のため">保存命令</span>' in page
    assert "税務調査のため" in shown(page, "law")
    history = shown(page, "history")
    assert "古い.pdf（1ページ）" in history
    assert "新しい.pdf（1ページ）" in history
    assert "発見日 2026/01/05" in history
    assert not re.search(r"(doc|unit)-[0-9a-f]{32}", re.sub(r"<option.*?</option>", "", history))
    assert f'<a href="/documents/{new}">' in page

    gone = browser.get(f"/documents/{new}").text
    notice = re.search(r'<div class="notice warn">(この書類は削除.*?)</div>', gone)[1]
    assert f'<a href="/documents/{old}">' in notice
    assert "の再読み取り" in notice
    assert "保存命令</span>" not in gone

    delete_document(desk.shoko, old, by="keiri", reason="二重登録")
    page = browser.get(f"/documents/{old}").text
    assert "保存命令</span>" in page  # held still
    assert "二重登録" in page
    assert browser.get(f"/documents/{old}?revision=1").status_code == 200
