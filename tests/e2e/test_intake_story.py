"""The scanning person's day, a receipt by phone, and the start page's numbers, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from pipeline.steps.intake import INBOX
from tests.support.documents import text_pdf

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHOTO = """async ([width, height, shade]) => {
  const canvas = Object.assign(document.createElement("canvas"), {width, height});
  const context = canvas.getContext("2d");
  context.fillStyle = `rgb(${shade},${shade},${shade})`;
  context.fillRect(0, 0, width, height);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg"));
  return [...new Uint8Array(await blob.arrayBuffer())];
}"""


@pytest.fixture
def scanner(chromium):
    """A tab in which connections may break: any script error still fails the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="ja-JP")
    page = context.new_page()
    page.set_default_timeout(30_000)
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert problems == []


def test_a_day_at_the_scanner(scanner, site, tmp_path):
    tab, folder = scanner, tmp_path / "11月20日の箱"
    (folder / "封筒").mkdir(parents=True)
    for number in range(6):
        (folder / ("封筒" if number % 2 else "") / f"{number}.pdf").write_bytes(text_pdf("INVOICE", f"No. {number}"))
    (folder / ".DS_Store").write_bytes(b"x")

    # 1. a whole folder; a connection that breaks is tried again, a refused file can be sent again
    broken, refused = [], []

    def disturb(route):
        body = route.request.post_data_buffer or b""
        if b"0.pdf" in body and not broken:
            broken.append(1)
            route.abort()
        elif b"1.pdf" in body and not refused:
            refused.append(1)
            words = '{"error": {"code": "busy", "message": "混み合っています"}}'
            route.fulfill(status=429, content_type="application/json", body=words)
        else:
            route.continue_()

    tab.route("**/upload.json", disturb)
    tab.goto(f"{site.url}/intake")
    tab.get_by_label("紙で発行した控え").check(force=True)
    tab.locator("#folder").set_input_files(folder)
    expect(tab.locator("#progress li.failed")).to_contain_text("混み合っています")
    expect(tab.locator("#sending-words")).to_have_text("5 件を受け付けました")
    expect(tab.locator("#sending-skipped")).to_contain_text("1 件")
    tab.get_by_role("button", name="失敗したファイルを送り直す").click()
    expect(tab.locator("#sending-words")).to_have_text("6 件を受け付けました")
    keys = [item.key for item in site.shoko.store.list_latest(INBOX) if not item.key.startswith("status/")]
    assert len(keys) == 6
    assert all(key.startswith("paper-issued/") for key in keys)
    assert sum("/11月20日の箱/封筒/" in key for key in keys) == 3

    # 2. every file is watched on its way
    expect(tab.locator("#drops tr.waiting")).to_have_count(6)
    assert site.file_inbox().total() == 6
    expect(tab.locator("#drops tbody tr:not(.waiting)")).to_have_count(6)
    expect(tab.locator("#drops .figures")).to_contain_text("登録した書類")
    tab.get_by_role("link", name="要対応").click()
    expect(tab.locator("#drops tbody tr").first).to_contain_text("確認待ち")

    # 3. the same file again is accepted and said to be known; how they came is remembered
    expect(tab.get_by_label("紙で発行した控え")).to_be_checked()
    tab.locator("#files").set_input_files(folder / "0.pdf")
    expect(tab.locator("#progress li.repeated")).to_contain_text("同じファイルが届いています")

    # 4. what the browser cannot read is named, and the rest of the drop is sent all the same
    tab.evaluate(BROKEN_DROP)
    expect(tab.locator("#progress li.failed", has_text="箱/壊れた.pdf")).to_contain_text("読めませんでした")
    expect(tab.locator("#sending-words")).to_have_text("2 件を受け付けました")


BROKEN_DROP = """() => {
  const event = new Event("drop", { bubbles: true, cancelable: true });
  const broken = { isFile: true, name: "壊れた.pdf", file: (_, no) => no(new Error("gone")) };
  let left = [[broken], []];
  const folder = { isFile: false, name: "箱", createReader: () => ({ readEntries: (ok) => ok(left.shift()) }) };
  const fine = new File(["%PDF-1.4 fine"], "fine.pdf", { type: "application/pdf" });
  const items = [[folder, null], [null, fine]].map(
    ([entry, file]) => ({ kind: "file", webkitGetAsEntry: () => entry, getAsFile: () => file }));
  event.dataTransfer = { types: ["Files"], items };
  document.dispatchEvent(event);
}"""


def test_a_receipt_by_phone(chromium, site):
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    context = chromium.new_context(**phone, locale="ja-JP")
    tab = context.new_page()
    tab.set_default_timeout(30_000)
    problems = []
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.goto(f"{site.url}/capture")
    pages = [bytes(tab.evaluate(PHOTO, [600, 800, shade])) for shade in (30, 240)]

    # 1. two pages, of which one looks dark and is taken again
    for place, content in enumerate(pages):
        tab.locator("#camera").set_input_files({"name": f"{place}.jpg", "mimeType": "image/jpeg", "buffer": content})
    expect(tab.locator("#shots li")).to_have_count(2)
    expect(tab.locator("#shots li").first).to_contain_text("暗いようです")
    with tab.expect_file_chooser() as chooser:
        tab.get_by_role("button", name="1ページ目 撮り直す").click()
    chooser.value.set_files({"name": "again.jpg", "mimeType": "image/jpeg", "buffer": pages[1]})
    expect(tab.locator("#shots li").first).not_to_contain_text("暗いようです")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    assert tab.locator("#send").bounding_box()["height"] >= 48

    # 2. without a connection it waits, then goes as one document
    context.set_offline(True)
    tab.get_by_role("button", name="2ページを1つの書類として送る").click()
    expect(tab.locator("#sent li")).to_contain_text("電波を待っています")
    context.set_offline(False)
    expect(tab.locator("#sent li.done")).to_contain_text("受け付けました")
    (key,) = [item.key for item in site.shoko.store.list_latest(INBOX) if not item.key.startswith("status/")]
    assert key.endswith("_2枚.pdf")

    # 3. more photos than one document holds: it is said how many were not added
    many = [{"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": pages[1]} for n in range(42)]
    tab.locator("#album").set_input_files(many)
    expect(tab.locator("#shots li")).to_have_count(40)
    expect(tab.locator("#too-many")).to_contain_text("2 枚は加えていません")
    context.close()
    assert problems == []


def test_the_start_pages_numbers_are_what_the_search_shows(tab, filled):
    tab.goto(filled.url)
    expect(tab).to_have_url(f"{filled.url}/home")
    for fold in tab.locator(".cards-grid summary").all():
        fold.click()
    clicked = 0
    for link in tab.locator(".waits a[href^='/search'], #days-table td a, #spending-table td:last-child a").all():
        number = link.locator("strong") if link.locator("strong").count() else link
        shown = int(re.sub(r"\D", "", number.inner_text()))
        found = tab.request.get(filled.url + link.get_attribute("href").replace("/search", "/search.json", 1)).json()
        assert found["total"] == shown, link.get_attribute("href")
        clicked += 1
    assert clicked > 2
