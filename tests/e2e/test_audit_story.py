"""The auditor's day and the administrator's, in a real browser."""

import json
import zipfile

import pytest
from playwright.sync_api import expect

from domain.acts import ActKind
from domain.people import Role
from pipeline.steps.verify import log_head, write_anchors
from tests.e2e.site import BORN_DIGITAL, Site
from tests.support.accounts import PASSWORD, add_people


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    with Site(tmp_path_factory.mktemp("office")) as site:
        add_people(site.shoko, kansa=(Role.AUDITOR,), keiri=(Role.ACCOUNTANT,))
        site.drop_samples(BORN_DIGITAL[:2])
        site.file_inbox()
        yield site


def log_in(tab, office, login, password=PASSWORD):
    tab.goto(f"{office.url}/login")
    tab.fill("#login", login)
    tab.fill("#password", password)
    tab.click("main button")


def test_the_administrators_day_and_then_the_auditors(office, tab, tmp_path):
    log_in(tab, office, "kanri")
    # a person is added, with a password that is drawn
    tab.goto(f"{office.url}/admin/people")
    tab.fill("input[name=login]", "kansa2")
    tab.fill("input[name=name]", "監査 太郎")
    tab.locator(".chip", has_text="監査").first.click()
    tab.get_by_role("button", name="追加する").click()
    drawn = tab.locator(".secret").inner_text()
    assert len(drawn) == 20
    # an auditor is given a selection with an end
    shown = office.shoko.archive.drops(limit=1)[0].documents[0]
    tab.goto(f"{office.url}/admin/people/kansa")
    tab.fill("textarea[name=documents]", shown)
    tab.fill("input[name=until]", "2099/12/31")
    tab.get_by_role("button", name="見せる範囲を変更する").click()
    expect(tab.locator("textarea[name=documents]")).to_have_value(shown)
    # the store is tried, and the log tells of all of it
    tab.goto(f"{office.url}/admin/system")
    tab.get_by_role("button", name="保存先を今すぐ試験する").click()
    expect(tab.get_by_role("link", name="タイムスタンプと保存先")).to_be_visible()
    tab.goto(f"{office.url}/admin/log?who=kanri")
    expect(tab.locator("table").get_by_text("利用者の変更").first).to_be_visible()
    tab.locator("main table a").first.click()
    expect(tab.get_by_text("成り立ちます")).to_be_visible()
    tab.get_by_role("button", name="ログアウト").click()

    log_in(tab, office, "kansa")
    tab.wait_for_url("**/*")
    tab.goto(f"{office.url}/audit")
    expect(tab.get_by_text("選ばれた書類")).to_be_visible()
    # verify in one go, with what is kept outside; the page may be left meanwhile
    anchors = write_anchors(office.shoko, tmp_path)
    tab.goto(f"{office.url}/verify")
    tab.check("input[value=everything]")
    tab.set_input_files("input[name=roots]", str(anchors.roots))
    tab.fill("input[name=log_key]", anchors.log_key)
    tab.get_by_role("button", name="検証を始める").click()
    tab.wait_for_url("**/jobs/*")
    tab.goto(f"{office.url}/audit")
    tab.locator("table a", has_text="一括検証").first.click()
    expect(tab.get_by_text("すべての検査に合格しました")).to_be_visible()
    with tab.expect_download() as paper:
        tab.get_by_role("link", name="PDFで保存").click()
    assert (paper.value.path()).read_bytes().startswith(b"%PDF")
    # a head that was kept is held against the log
    head = log_head(office.shoko)
    tab.goto(f"{office.url}/audit/heads")
    tab.fill("textarea[name=heads]", f"{head.tree_size}:{head.root.value}")
    tab.get_by_role("button", name="照合する").click()
    expect(tab.get_by_text("今のログは、この控えの続きです")).to_be_visible()
    # a bundle is taken away, and the list says by whom
    tab.goto(f"{office.url}/audit/export")
    tab.fill("input[name=to]", "青空税務署 山田様")
    tab.get_by_role("button", name="書き出しを始める").click()
    with tab.expect_download() as bundle:
        tab.get_by_role("link", name="ZIPで受け取る").click()
    with zipfile.ZipFile(bundle.value.path()) as bag:
        assert bag.testzip() is None
        assert any(name.endswith("/verify.sh") for name in bag.namelist())
    tab.goto(f"{office.url}/audit/handovers")
    expect(tab.get_by_text("青空税務署 山田様")).to_be_visible()
    acts = office.shoko.archive.acts_of_kinds(ActKind.LISTED, ActKind.HANDED_OVER)
    assert {act.recorded_by for act in acts} == {"kansa"}
    assert json.dumps([act.facts["page"] for act in acts if act.kind is ActKind.LISTED]).count("/audit") >= 1


def test_no_page_of_these_is_wider_than_its_window(office, tab):
    log_in(tab, office, "kanri")
    tab.wait_for_url("**/*")
    pages = ("", "/people", "/people/keiri", "/departments", "/company", "/rules", "/system", "/retention", "/log")
    for width, height in ((1280, 800), (390, 844)):
        tab.set_viewport_size({"width": width, "height": height})
        for path in (*(f"/admin{one}" for one in pages), "/audit", "/audit/export", "/audit/heads", "/verify", "/law"):
            tab.goto(f"{office.url}{path}")
            assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (path, width)
