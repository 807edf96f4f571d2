"""Papers in a real browser: looked at, checked in bulk, found where they belong."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_papers_are_checked_in_bulk(tab, site):
    site.drop_samples(("invoice/classic-scan", "receipt/till-scan", "quotation/modern-scan"))
    assert site.file_inbox().total() == 3
    tab.goto(site.url)
    tab.get_by_role("link", name="紙の原本").click()
    rows = tab.locator(".papers tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("同等確認をしていません")

    # 1. Enter in a field sends nothing by accident; without a name the browser asks for one
    tab.get_by_label("気付いたこと").fill("折れなし")
    tab.get_by_label("気付いたこと").press("Enter")
    expect(rows.first).to_contain_text("同等確認をしていません")

    # 2. all at once
    tab.get_by_label("すべて選ぶ").check()
    for box in tab.locator("input[name=ids]").all():
        expect(box).to_be_checked()
    tab.get_by_label("担当者").fill("佐藤")
    tab.get_by_role("button", name="同等を記録").click()
    expect(tab.locator(".papers .tiny.ok")).to_have_count(3)
    expect(tab.locator(".papers")).not_to_contain_text("同等確認をしていません")

    # the name is typed once
    expect(tab.get_by_label("担当者")).to_have_value("佐藤")

    # 3. the tabs change the list and the address
    tab.get_by_role("link", name="廃棄済み").click()
    expect(tab.get_by_text("該当する紙はありません")).to_be_visible()
    expect(tab).to_have_url(f"{site.url}/papers?show=gone")

    # 4. one paper's past says who checked it
    tab.goto(f"{site.url}/papers")
    rows.first.get_by_role("link").first.click()
    tab.get_by_role("tab", name="履歴").click()
    expect(tab.locator("#history .acts")).to_contain_text("同等確認")
    expect(tab.locator("#history .acts")).to_contain_text("佐藤")
