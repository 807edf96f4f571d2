"""The accountant who searches: a sentence, conditions, names, sums, the keyboard, saved searches, the CSV."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from pipeline.benchmark.desk.documents import made_document
from pipeline.benchmark.desk.filing import SetClock, beginning, fill
from tests.e2e.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LAST_DAY = date(2026, 11, 20)
DOCUMENTS = 24


@pytest.fixture(scope="module")
def archive_site(tmp_path_factory):
    clock = SetClock(now=beginning(LAST_DAY))
    site = Site(tmp_path_factory.mktemp("search"), clock=clock)
    fill(site.shoko, clock, count=DOCUMENTS, seed=3, last_day=LAST_DAY, progress=lambda *_: None)
    with site as running:
        yield running


def made():
    return [made_document(number, seed=3, last_day=LAST_DAY) for number in range(DOCUMENTS)]


def test_the_accountant_finds_sums_saves_and_takes_away(tab, archive_site):
    papers = made()
    wanted = next(one for one in papers if one.reading.fields.money("total_amount"))
    name = wanted.counterparty

    # 1. a sentence becomes conditions that can be seen and taken away
    tab.goto(f"{archive_site.url}/search")
    tab.get_by_role("searchbox", name="文章で探す").fill(f"{name}の1円以上 納期が今月の")
    tab.get_by_role("button", name="条件にする").click()
    expect(tab.locator(".chip-set")).to_have_count(2)
    expect(tab.locator("#amount_min")).to_have_value("1")
    expect(tab.get_by_text("検索の条件にできません")).to_be_visible()
    shown = tab.locator("#hits tbody tr")
    found = shown.count()
    assert 1 <= found < DOCUMENTS
    expect(tab.locator(".sums")).to_contain_text("合計")

    # 2. a condition is taken away; another is typed, and the list follows
    tab.get_by_role("link", name=re.compile("条件を外す: 取引金額")).click()
    expect(tab.locator(".chip-set")).to_have_count(1)
    tab.get_by_role("link", name=re.compile("条件を外す: 取引先")).click()
    expect(shown.first).to_be_visible()
    field = tab.get_by_label("取引先", exact=True)
    with tab.expect_response(re.compile("/search/suggestions")):
        field.press_sequentially(name[:3])
    expect(tab.locator("#names option").first).to_be_attached()
    field.fill(name)
    expect(tab).to_have_url(re.compile(r"counterparty=[^&]{12,}"))
    expect(tab.locator(".chip-set")).to_contain_text(name)
    expect(shown).to_have_count(found)

    # 3. by keyboard: down, choose, open
    with tab.expect_response(re.compile(r"/search\?")):
        field.blur()  # what was typed counts once more when it is left
    expect(tab.locator("#results.htmx-request")).to_have_count(0)
    tab.keyboard.press("j")
    expect(tab.locator("#hits tr.at")).to_have_count(1)
    tab.keyboard.press("x")
    expect(tab.locator("[data-chosen]")).to_have_text("1")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", level=1)).to_contain_text(name[:4])
    tab.go_back()

    # 4. saved under a name, found again on a fresh page
    tab.locator(".saved-menu > summary").click()
    tab.get_by_label("今の条件を名前を付けて保存").fill("あの会社")
    tab.get_by_role("button", name="保存", exact=True).click()
    tab.goto(f"{archive_site.url}/search")
    tab.locator(".saved-menu > summary").click()
    tab.get_by_role("link", name="あの会社").click()
    expect(shown).to_have_count(found)

    # 5. exactly what is shown, as CSV
    with tab.expect_download() as download:
        tab.get_by_role("link", name="CSV ダウンロード").click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == found + 1

    # 6. a column less, a picture for each row
    tab.locator(".more-conditions > summary").click()
    tab.get_by_label("タイムスタンプ").check(force=True)
    expect(tab.locator("#hits th.c-stamp")).to_have_count(0)
    picture = tab.locator(".h-thumb img").first
    assert picture.evaluate("i => i.decode().then(() => i.naturalWidth)") > 100


def test_on_a_phone_and_without_scripts(chromium, archive_site):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{archive_site.url}/search")
    page.locator("#say").fill("10万円以上")
    page.get_by_role("button", name="条件にする").click()
    assert "amount_min=100000" in page.url
    page.get_by_role("link", name="合計を出す").click()
    expect(page.locator(".sums")).to_contain_text("合計")
    page.get_by_role("link", name="検索に戻る").click()
    assert "amount_min=100000" in page.url
    width = page.locator("body").bounding_box()["width"]
    assert width <= 390
    context.close()
