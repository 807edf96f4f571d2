"""An approver's day in a real browser: two in series, a return, a delegation, many at once, the copy with its seals."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from domain.calendar import tokyo_day
from domain.record import DocumentState
from pipeline.steps.approvals import rounds
from tests.support.accounts import PASSWORD
from tests.support.approving import serial, staff

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def log_in(tab, site, login):
    tab.context.clear_cookies()
    tab.goto(f"{site.url}/login")
    tab.fill("#login", login)
    tab.fill("#password", PASSWORD)
    tab.click("main button")
    expect(tab.locator(".me").first).to_have_attribute("title", login)


def submit(tab, site, document, words=""):
    tab.goto(f"{site.url}/documents/{document}/approval")
    tab.get_by_label("承認者へのコメント").fill(words)
    tab.get_by_role("button", name="承認を申請").click()
    expect(tab.locator(".seal-row").first).to_be_visible()


def test_an_approvers_day(tab, site):
    site.drop_samples(("invoice/modern-pdf", "quotation/letterhead-pdf", "receipt/web-pdf"))
    site.file_inbox()
    shoko = site.shoko
    who = staff(shoko)
    serial(shoko, who, "kacho", "bucho")
    ids = [one.documents[0] for one in shoko.archive.drops(limit=3)]
    for one in ids:
        record = shoko.archive.get_document(one)
        assert record.state is DocumentState.FILED, record.review_reasons

    # 1. the accountant submits all three, one with a word
    log_in(tab, site, "keiri")
    for document in ids:
        submit(tab, site, document, "ご確認をお願いします" if document == ids[0] else "")
    tab.goto(f"{site.url}/approvals?show=submitted")
    expect(tab.locator(".approvals tbody tr")).to_have_count(3)

    # 2. the first approver: by keyboard on to the next and back, a return with words, one approval with a key
    log_in(tab, site, "kacho")
    tab.goto(f"{site.url}/approvals")
    rows = tab.locator(".approvals tbody tr")
    expect(rows).to_have_count(3)
    expect(tab.locator("#detail")).to_contain_text("ご確認をお願いします")
    tab.keyboard.press("j")
    expect(rows.nth(1)).to_have_class("here")
    tab.keyboard.press("k")
    expect(rows.nth(0)).to_have_class("here")
    tab.keyboard.press("r")
    tab.get_by_role("button", name="差し戻す").click()  # without words nothing is sent
    expect(rows).to_have_count(3)
    tab.locator("#detail [data-words]").fill("金額が注文書と違います")
    tab.get_by_role("button", name="差し戻す").click()
    expect(tab.get_by_text("1 件を差し戻しました")).to_be_visible()
    expect(rows).to_have_count(2)
    tab.keyboard.press("a")
    expect(tab.get_by_text("1 件を承認しました")).to_be_visible()
    expect(rows).to_have_count(1)

    # 3. the accountant sees why, and submits it anew
    log_in(tab, site, "keiri")
    tab.goto(f"{site.url}/documents/{ids[0]}/approval")
    expect(tab.locator("main")).to_contain_text("金額が注文書と違います")
    submit(tab, site, ids[0])

    # 4. both that wait at once
    log_in(tab, site, "kacho")
    tab.goto(f"{site.url}/approvals")
    tab.get_by_label("すべて選ぶ").check()
    tab.locator("#bulk button[value=approve]").click()
    expect(tab.get_by_text("2 件を承認しました")).to_be_visible()
    expect(tab.get_by_text("承認を待っている書類はありません")).to_be_visible()

    # 5. the second approver lets another, who approves in their place
    log_in(tab, site, "bucho")
    tab.goto(f"{site.url}/approvals/settings")
    tab.get_by_label("代理の人").select_option("shacho")
    tab.get_by_label("末日").fill((tokyo_day(shoko.clock()) + timedelta(days=2)).isoformat())
    tab.get_by_role("button", name="代理を設定").click()
    expect(tab.get_by_text("勅使河原 了 さんに任せています")).to_be_visible()
    tab.get_by_role("radio", name="角印").check()
    tab.get_by_role("button", name="この印影を使う").click()
    expect(tab.locator(".seal-now rect")).to_have_count(1)
    log_in(tab, site, "shacho")
    tab.goto(f"{site.url}/approvals?at={ids[1]}")
    expect(tab.locator("#detail")).to_contain_text("佐々木 恵 さんの代理")
    tab.get_by_role("button", name="承認（電子印を押す）").click()
    expect(tab.get_by_text("1 件を承認しました")).to_be_visible()

    # 6. frozen, with both seals, 代 on the second, and a copy
    assert shoko.archive.get_document(ids[1]).state is DocumentState.APPROVED
    tab.goto(f"{site.url}/documents/{ids[1]}/approval")
    expect(tab.locator(".seal-row").first.locator("svg.seal")).to_have_count(2)
    expect(tab.locator(".seal-row").first).to_contain_text("代")
    with tab.expect_download() as copy:
        tab.get_by_role("link", name="承認済み写し").click()
    assert copy.value.path().read_bytes().startswith(b"%PDF")
    assert [one.said.by for one in rounds(shoko, ids[1])[0].decisions] == ["kacho", "shacho"]
