"""The bundle's search page in a real browser, from file:// and without a network."""

from urllib.parse import unquote

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
    tab.get_by_label("取引先 / counterparty").fill("(株)𠮷野高崎")
    expect(tab.get_by_role("status")).to_have_text("1 件（全 3 件）")
    tab.get_by_label("取引先 / counterparty").fill("")
    tab.locator("#max").fill("１,０００円")
    expect(tab.get_by_role("status")).to_have_text("1 件（全 3 件）")
    expect(tab.locator("#rows")).to_contain_text("=1+1")
    tab.locator("#max").fill("")
    tab.get_by_label("ことば / words").fill("inv-0012 青空")
    expect(tab.get_by_role("status")).to_have_text("3 件（全 3 件）")
    tab.locator("#from").fill("2026-11-01")
    expect(tab.get_by_role("status")).to_have_text("0 件（全 3 件）")
    tab.locator("#from").fill("")
    href = tab.get_by_role("link", name="20261031_=1+1_500.pdf").get_attribute("href")
    assert (bag / unquote(href)).read_bytes() == b"scan 0"
    for box, found in (("#date-blank", 0), ("#amount-blank", 0), ("#party-blank", 0)):
        tab.locator(box).check()
        expect(tab.get_by_role("status")).to_have_text(f"{found} 件（全 3 件）")
        tab.locator(box).uncheck()
    tab.get_by_role("button", name="条件を消す").click()
    tab.locator("#min").fill("abc")
    expect(tab.get_by_role("alert")).to_have_text("金額は数字で入れてください")
    tab.get_by_role("button", name="English").click()
    expect(tab.get_by_role("status")).to_have_text("3 of 3")
    expect(tab.locator("#rows")).to_contain_text("Invoice")
    tab.get_by_role("button", name="Amount").click()
    expect(tab.locator("td.amount").first).to_have_text("¥500")
    tab.get_by_role("button", name="Amount").click()
    expect(tab.locator("td.amount").first).to_have_text("¥128,960")
