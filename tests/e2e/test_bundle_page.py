"""The bundle's search page in a real browser, from file:// and without a network."""

import pytest
from playwright.sync_api import expect

from storage.export import export_bundle
from tests.support.evidence import make_world
from tests.support.records import NOW

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_search_and_open_an_original(tab, tmp_path):
    world = make_world(tmp_path, names=("請求書 1.txt", "</script><b>2.txt", "3.txt"))
    bag = export_bundle(
        world.archive, world.vault, world.documents, tmp_path / "out", signer=world.signer, clock=lambda: NOW
    ).folder
    tab.context.set_offline(True)
    tab.goto((bag / "index.html").as_uri())
    expect(tab.get_by_role("status")).to_have_text("3 件（全 3 件）")
    tab.get_by_label("取引先").fill("𠮷野")
    expect(tab.get_by_role("status")).to_have_text("1 件（全 3 件）")
    tab.get_by_label("取引先").fill("")
    tab.locator("#max").fill("１,０００円")
    expect(tab.get_by_role("status")).to_have_text("1 件（全 3 件）")
    expect(tab.locator("#rows")).to_contain_text("=1+1")
    tab.locator("#max").fill("")
    tab.get_by_label("ことば").fill("inv-0012 青空")
    expect(tab.get_by_role("status")).to_have_text("3 件（全 3 件）")
    tab.locator("#from").fill("2026-11-01")
    expect(tab.get_by_role("status")).to_have_text("0 件（全 3 件）")
    tab.locator("#from").fill("")
    with tab.context.expect_page() as opened:
        tab.get_by_role("link", name="請求書 1.txt").click()
    expect(opened.value.locator("body")).to_have_text("scan 0")
