"""What a browser shows where a form cannot be taken: files that are too large, and a login that ended meanwhile."""

import pytest
from playwright.sync_api import expect

from domain.people import Role
from tests.e2e.site import Site
from tests.support.accounts import PASSWORD, add_people

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MOST = 1_000_000


def log_in(page, url):
    page.goto(f"{url}/login")
    page.fill("#login", "keiri")
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda now: "/login" not in now)


@pytest.fixture
def office(tmp_path):
    with Site(tmp_path, max_upload_bytes=MOST) as site:
        add_people(site.shoko, keiri=(Role.ACCOUNTANT, Role.SCANNER))
        yield site


def test_a_file_that_is_too_large_without_scripts(office, chromium, tmp_path):
    large = tmp_path / "large.pdf"
    large.write_bytes(b"%PDF-1.4\n" + b"0" * 20 * MOST)
    context = chromium.new_context(locale="ja-JP", java_script_enabled=False)
    page = context.new_page()
    log_in(page, office.url)
    page.goto(f"{office.url}/intake")
    page.locator("input[name=files]").set_input_files(large)
    page.locator("main noscript button, main button[type=submit]").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("大きすぎます（上限 976.6\u00a0KB）")
    expect(page.locator("nav.rail")).to_be_visible()  # whoever is logged in stays in the frame
    assert office.inbox() == []
    page.get_by_role("link", name="前の画面に戻る").click()
    expect(page).to_have_url(f"{office.url}/intake")
    context.close()


def test_a_form_that_comes_after_the_login_ended_is_sent_again(office, chromium):
    office.drop_samples(["invoice/modern-pdf"])
    office.file_inbox()
    (document,) = office.shoko.archive.drops(limit=1)[0].documents
    context = chromium.new_context(locale="ja-JP")
    page = context.new_page()
    log_in(page, office.url)

    # 1. typed, and logged out meanwhile: nothing is recorded, nothing is lost
    page.goto(f"{office.url}/documents/{document}")
    page.get_by_text("訂正する", exact=True).click()
    page.get_by_label("取引先", exact=True).fill("株式会社あとから商店")
    context.clear_cookies()
    page.get_by_role("button", name="訂正を記録").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("ログインが必要です")
    with context.expect_page() as opened:
        page.get_by_role("link", name="ログインする").click()
    log_in(opened.value, office.url)

    # 2. sent again under the new login: the page is told apart from another site's, and asks once more
    page.get_by_role("button", name="入力した内容で送り直す").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("画面が古くなっていたため、まだ送信していません")
    assert office.shoko.archive.get_document(document).revision == 1
    page.get_by_role("button", name="入力した内容で送り直す").click()
    expect(page.locator("#history").get_by_text("株式会社あとから商店").first).to_be_visible()

    # 3. somebody was first: said without the document's id
    page.goto(f"{office.url}/documents/{document}")
    page.get_by_text("訂正する", exact=True).click()
    page.get_by_label("取引先", exact=True).fill("株式会社おくれ商店")
    other = context.new_page()
    other.goto(f"{office.url}/documents/{document}")
    other.get_by_text("訂正する", exact=True).click()
    other.get_by_label("取引先", exact=True).fill("株式会社さきに商店")
    other.get_by_role("button", name="訂正を記録").click()
    other.wait_for_url("**#history")
    page.get_by_role("button", name="訂正を記録").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "この書類は先に訂正されています（最新は第3版）。確かめてからやり直してください"
    )
    expect(page.locator(".error-kept")).to_contain_text("株式会社おくれ商店")
    context.close()
