"""A file's way through the page, in a real browser: upload, list, search, document, verification."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from domain.ids import Origin
from pipeline.steps.deposit import deposit
from tests.e2e.site import OUR_COMPANY, sample_file, truth

pytestmark = [pytest.mark.browser, pytest.mark.slow]

INVOICE = "invoice/modern-pdf"
TRUTH = truth(INVOICE)
DROP_FILES = """([name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name, {type: "text/html"}));
  for (const kind of ["dragenter", "dragover", "drop"])
    document.getElementById("dropzone").dispatchEvent(new DragEvent(kind, {dataTransfer: data, bubbles: true}));
}"""


def test_from_upload_to_verification(tab, site):
    # 1. an empty archive says what to do
    tab.goto(site.url)
    expect(tab.get_by_text("まだ書類がありません")).to_be_visible()
    tab.get_by_role("link", name="ファイルを取り込む").click()

    # 2. upload: origin, day of receipt, file
    tab.get_by_label("電子で受領").check(force=True)
    tab.get_by_label("受領日").fill("2024/9/26")
    tab.locator("#files").set_input_files(sample_file(INVOICE))
    expect(tab.locator("#progress li.done")).to_contain_text("受け付けました")
    expect(tab.locator("#drops")).to_contain_text("受付待ち")
    assert site.inbox() == ["electronic/2024-09-26/source.pdf"]

    # 3. filing; the list shows it by itself
    assert site.file_inbox().total() == 1
    assert site.inbox() == []
    expect(tab.locator("#drops")).to_contain_text("保管済み")

    # 4. live search, address kept
    tab.get_by_role("link", name="検索", exact=True).click()
    expect(tab.locator("#hits tbody tr")).to_have_count(1)
    total, counterparty = TRUTH["total_amount"], TRUTH["counterparty"]
    tab.get_by_label("取引金額 下限").fill(str(total + 1))
    expect(tab.get_by_text("条件に合う書類はありません")).to_be_visible()
    tab.get_by_label("取引金額 下限").fill(f"{total:,}")
    tab.get_by_label("取引先", exact=True).fill(counterparty)
    expect(tab.locator("#hits tbody tr")).to_have_count(1)
    expect(tab.locator("#hits td.strong")).to_have_text(f"{total:,}")
    expect(tab).to_have_url(re.compile(rf"amount_min={total}&counterparty="))

    # 5. the document: hover shows the box where the amount stands
    tab.locator("#hits tbody a[href^='/documents/']").first.click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text(counterparty)
    picture = tab.locator(".sheet img").first
    assert picture.evaluate("i => i.decode().then(() => i.naturalWidth)") > 1000
    box = tab.locator(".box[data-field=total_amount]")
    hidden = box.evaluate("b => getComputedStyle(b).fillOpacity + getComputedStyle(b).stroke")
    tab.locator("tr[data-field=total_amount]").hover()
    expect(box).to_have_class(re.compile(r"\bon\b"))
    assert box.evaluate("b => getComputedStyle(b).fillOpacity + getComputedStyle(b).stroke") != hidden
    inside, frame = box.bounding_box(), picture.bounding_box()
    assert frame["x"] < inside["x"] < inside["x"] + inside["width"] < frame["x"] + frame["width"]
    assert frame["y"] < inside["y"] < inside["y"] + inside["height"] < frame["y"] + frame["height"]

    # 6. a click on a box selects its field
    tab.locator(".box[data-field=registration_number]").click()
    expect(tab.get_by_role("button", name="登録番号")).to_have_attribute("aria-pressed", "true")
    expect(tab.get_by_role("button", name="登録番号")).to_be_focused()

    # 7. evidence, honestly labelled, and verification
    tab.get_by_role("tab", name="証拠").click()
    expect(tab.locator("#evidence")).to_contain_text("認定なし")
    tab.get_by_role("button", name="この書類を検証").click()
    expect(tab.locator("#verify-report .report")).to_be_visible()
    expect(tab.locator("#verify-report")).to_contain_text("合格")

    # 8. the original comes back byte for byte, as a download
    with tab.expect_download() as download:
        tab.locator(".doc-actions").get_by_role("link", name="原本をダウンロード").click()
    assert download.value.suggested_filename == "source.pdf"
    assert download.value.path().read_bytes() == sample_file(INVOICE).read_bytes()


def test_dropped_files_with_hostile_names_stay_names(tab, site):
    tab.goto(f"{site.url}/upload")
    tab.evaluate(DROP_FILES, ["<img src=x onerror=alert(1)>.html", "<script>alert(1)</script>"])
    expect(tab.locator("#progress li.done")).to_contain_text("<img src=x onerror=alert(1)>.html")
    expect(tab.locator("#drops .waiting")).to_contain_text("_img src=x onerror=alert(1)_.html")
    assert tab.locator("img").count() == 0


def test_a_file_over_the_limit_is_refused_before_it_is_sent(tab, site):
    tab.goto(f"{site.url}/upload")
    tab.evaluate("() => { document.getElementById('upload').dataset.maxBytes = '3'; }")
    tab.evaluate(DROP_FILES, ["a.pdf", "four"])
    expect(tab.locator("#progress li.failed")).to_contain_text("大きすぎます")
    assert site.inbox() == []


def test_what_has_no_pages_is_shown_as_a_form_or_says_so(tab, site):
    site.drop_samples(["invoice/jp-pint"])
    deposit(
        site.shoko, b"PK\x03\x04", name="明細.zip", origin=Origin.ELECTRONIC_RECEIVED, received_on=date(2026, 11, 20)
    )
    site.file_inbox()
    tab.goto(f"{site.url}/search?type=invoice")
    tab.locator("#hits .row-link").click()
    expect(tab.locator(".form-sheet")).to_contain_text(f"{OUR_COMPANY} 御中")
    tab.locator(".form-sheet [data-field=total_amount]").click()
    expect(tab.get_by_role("button", name="取引金額")).to_have_attribute("aria-pressed", "true")
    tab.goto(f"{site.url}/search?type=other")
    tab.locator("#hits .row-link").click()
    expect(tab.locator("#viewer")).to_contain_text("表示できるページ画像がありません")
    expect(tab.get_by_role("heading", level=1)).to_contain_text("明細.zip")
    expect(tab.locator("#fields")).to_contain_text("自動で読み取れない形式です")


def test_by_keyboard_alone(tab, filled):
    tab.goto(f"{filled.url}/search")
    tab.keyboard.press("/")
    expect(tab.get_by_label("ことば")).to_be_focused()
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowDown")
    expect(tab.locator("#hits .row-link").nth(1)).to_be_focused()
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/documents/**")
    tab.locator("table.fields .pick").first.focus()
    expect(tab.locator(".box.on").first).to_be_attached()
    tab.keyboard.press("ArrowDown")
    expect(tab.locator("table.fields .pick").nth(1)).to_be_focused()
    tab.get_by_role("tab", name="項目", exact=True).focus()
    tab.keyboard.press("ArrowRight")
    expect(tab.get_by_role("tab", name="法令")).to_have_attribute("aria-selected", "true")
    expect(tab.locator("#law")).to_be_visible()
    expect(tab.locator("#fields")).to_be_hidden()


def test_pages_and_zoom(tab, filled):
    tab.goto(f"{filled.url}/search?type=contract")
    tab.locator("#hits .row-link").click()
    sheets = tab.locator(".sheet")
    expect(sheets).to_have_count(2)
    expect(sheets.nth(1)).to_be_hidden()
    tab.get_by_role("button", name="次のページ").click()
    expect(sheets.nth(1)).to_be_visible()
    expect(tab.locator("#page-now")).to_have_text("2")
    before = sheets.nth(1).bounding_box()["width"]
    tab.get_by_role("button", name="拡大").click()
    assert sheets.nth(1).bounding_box()["width"] > before * 1.1
    # a field of the first page brings its page back
    tab.get_by_role("button", name="契約書名").click()
    expect(sheets.nth(0)).to_be_visible()


def test_shortcuts_sorting_and_english(tab, filled):
    tab.goto(f"{filled.url}/search")
    tab.get_by_role("button", name="昨年").click()
    tab.wait_for_url("**date_from=*")
    tab.locator("a.clear-all").click()
    tab.get_by_role("link", name="取引金額").click()
    amounts = [int(t.replace(",", "")) for t in tab.locator("#hits td.strong").all_inner_texts()]
    assert amounts == sorted(amounts, reverse=True)
    tab.get_by_role("link", name="English").click()
    expect(tab.get_by_role("link", name="Upload", exact=True)).to_be_visible()
    tab.goto(f"{filled.url}/verify")
    expect(tab.get_by_role("heading", name="Verify in one go")).to_be_visible()


def test_nothing_reaches_beyond_this_server(tab, filled):
    hosts = set()
    tab.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    for path in ("/search", "/upload", "/intake", "/verify"):
        tab.goto(filled.url + path)
    assert hosts == {filled.url.removeprefix("http://")}


def test_no_page_is_wider_than_a_large_window(tab, filled):
    width = 1920  # desks and phones: test_accessible
    tab.set_viewport_size({"width": width, "height": 900})
    document = f"/documents/{filled.shoko.archive.drops(limit=1)[0].documents[0]}"
    for path in ("/search", document, "/upload", "/intake", "/verify", "/law"):
        tab.goto(filled.url + path)
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, path


def test_the_password_lets_in(tab, guarded):
    tab.goto(f"{guarded.url}/search?words=x")
    expect(tab.get_by_role("heading", name="ログイン")).to_be_visible()
    tab.get_by_label("パスワード").fill("correct horse battery")
    tab.get_by_role("button", name="ログイン").click()
    tab.wait_for_url("**/search?words=x")
    tab.get_by_role("button", name="ログアウト").click()
    expect(tab.get_by_role("heading", name="ログイン")).to_be_visible()
