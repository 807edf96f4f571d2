"""The frame in a real browser: keys, brightness, a phone's menu, questions; and the same without scripts."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PHONE = {"width": 390, "height": 844}


def test_keys_brightness_and_a_question(tab, filled):
    tab.goto(f"{filled.url}/intake")
    tab.keyboard.press("/")
    expect(tab.get_by_label("書類を探す").locator("visible=true").first).to_be_visible()
    assert tab.evaluate("document.activeElement.id") == "find"
    tab.keyboard.press("Tab")
    tab.keyboard.press("?")
    expect(tab.get_by_role("dialog", name="キー操作")).to_be_visible()
    tab.keyboard.press("Escape")
    expect(tab.get_by_role("dialog")).to_have_count(0)

    light = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    tab.locator(".top").get_by_role("link", name="暗い画面").click()
    expect(tab.locator("html")).to_have_attribute("data-theme", "dark")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") != light
    tab.goto(f"{filled.url}/papers")
    expect(tab.locator("html")).to_have_attribute("data-theme", "dark")

    tab.locator(".ask-box summary").click()
    expect(tab.locator(".ask-panel input[type=search]")).to_be_focused()
    tab.keyboard.type("請求書は何件？")
    tab.keyboard.press("Enter")
    expect(tab.locator(".ask-panel .answer .says")).to_have_text("1 件あります")
    tab.locator(".ask-panel").get_by_role("link", name=re.compile("検索で見る")).click()
    expect(tab).to_have_url(re.compile(r"/search\?.*type=invoice"))


def test_a_phone_has_a_bar_and_a_sheet(tab, filled):
    tab.set_viewport_size(PHONE)
    tab.goto(f"{filled.url}/search")
    expect(tab.locator(".rail")).to_be_hidden()
    expect(tab.locator(".thumbs > nav a:visible")).to_have_count(4)
    tab.locator(".sheet-menu > summary").click()
    tab.get_by_role("link", name="備付け書類").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("備付け書類")


def test_without_scripts_the_frame_works(chromium, filled):
    context = chromium.new_context(viewport=PHONE, locale="ja-JP", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{filled.url}/papers")
    page.locator(".sheet-menu > summary").click()
    page.locator(".sheet-body").get_by_role("link", name="暗い画面").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.locator(".ask-box > summary").click()
    page.locator(".ask-panel input[type=search]").fill("パスワードを忘れた")
    page.locator(".ask-panel button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("ヘルプ")
    expect(page.locator("section.answer")).to_contain_text("ログインと自分のアカウント")
    page.locator(".find input").fill("請求書")
    page.locator(".find input").press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?.*type=invoice"))
    context.close()
