"""A person puts a document right in a browser, sees what it was before, and finds the review queue shorter."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_wrong_value_is_put_right_and_the_history_shows_both(site, tab):
    site.drop_samples(["invoice/modern-pdf"])
    site.file_inbox()
    (status,) = site.shoko.archive.drops(limit=1)
    address = f"{site.url}/documents/{status.documents[0]}"
    tab.goto(address)
    tab.get_by_text("訂正する", exact=True).click()
    tab.get_by_label("取引先", exact=True).fill("株式会社直した商店")
    tab.get_by_label("取引年月日", exact=True).fill("2099年1月1日")
    tab.get_by_label("訂正した人").fill("佐藤")
    tab.get_by_label("理由").first.fill("名称の読み違い")
    tab.get_by_role("button", name="訂正を記録").click()
    history = tab.locator("#history")
    expect(history.get_by_text("第2版")).to_be_visible()
    expect(history.locator("td.before", has_text="株式会社青空食品")).to_be_visible()
    expect(history.locator("td.after", has_text="株式会社直した商店")).to_be_visible()
    expect(history.get_by_text("名称の読み違い")).to_be_visible()
    tab.goto(f"{site.url}/review")
    expect(tab.get_by_text("日付が未来です")).to_be_visible()
    tab.get_by_role("link", name="株式会社直した商店").click()
    expect(tab.locator(".ask.current .ask-title")).to_have_text("取引年月日")
    tab.locator("[name='field.transaction_date']").fill("2023-12-28")
    tab.get_by_role("button", name="確定して次へ").click()
    expect(tab.get_by_text("確認待ちの書類はありません")).to_be_visible()
    tab.goto(f"{address}#history")
    expect(tab.locator("#history").get_by_text("第3版")).to_be_visible()
    assert len(site.shoko.archive.lessons()) == 2
