"""A form that asks for a document lets one be chosen by what it says; without scripts an address is pasted."""

import pytest
from playwright.sync_api import expect

from domain.ids import Origin
from pipeline.steps.deposit import deposit
from pipeline.steps.relations import relations
from tests.support.documents import text_pdf

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def papers(site):
    """Ids of two papers, the older first, and the site."""
    for name, lines in (("bad.pdf", ("RECEIPT", "Alpha Trading")), ("new.pdf", ("RECEIPT", "Beta Works"))):
        deposit(site.shoko, text_pdf(*lines), name=name, origin=Origin.PAPER_RECEIVED, received_on=None)
        site.file_inbox()
    new, old = (status.documents[0] for status in site.shoko.archive.drops(limit=2))
    return old, new, site


def test_a_document_is_related_to_one_that_was_chosen(papers, tab):
    old, new, site = papers
    tab.goto(f"{site.url}/documents/{new}#history")
    tab.get_by_label("担当者").last.fill("佐藤")
    box = tab.get_by_role("combobox", name="もとの書類")

    # 1. words that nothing has, then words that are no choice: nothing is sent
    box.fill("zzzz")
    expect(tab.get_by_text("該当する書類はありません").first).to_be_visible()
    tab.get_by_role("button", name="関連付ける", exact=True).click()
    assert box.evaluate("box => box.validationMessage") == "候補の一覧から書類を選んでください"
    assert not relations(site.shoko, new)

    # 2. by keyboard: the one that fits, never this one itself
    box.fill("alpha")
    options = tab.get_by_role("listbox", name="もとの書類").get_by_role("option")
    expect(options).to_have_count(1)
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    expect(options.first).to_be_hidden()
    assert "doc-" not in box.input_value()
    tab.get_by_role("button", name="関連付ける", exact=True).click()
    expect(tab.locator("#history .acts")).to_contain_text("関連付け")
    assert [link.to_id for link in relations(site.shoko, new)] == [old]

    # 3. what it was tied to stands there by what it is
    tab.goto(f"{site.url}/documents/{new}#related")
    tied = tab.locator("#related .acts a")
    expect(tied).to_have_attribute("href", f"/documents/{old}")
    assert "doc-" not in tied.inner_text()
    # what stands around it is looked for when the tab opens
    expect(tab.locator("#related").get_by_role("heading", name="重複の疑い")).to_be_visible()


def test_the_new_scan_is_offered_before_anything_is_typed(papers, tab):
    old, new, site = papers
    tab.goto(f"{site.url}/documents/{old}#history")
    form = tab.locator("form", has=tab.get_by_role("combobox", name="読み取り直した書類"))
    form.get_by_label("気付いた日").fill("2026/01/05")
    form.get_by_label("担当者").fill("佐藤")
    form.get_by_label("理由").fill("折れ")
    form.get_by_role("combobox").click()
    form.get_by_role("option").first.click()
    form.get_by_role("button", name="記録する").click()
    expect(tab.locator("#history").get_by_text("第2版")).to_be_visible()
    assert site.shoko.archive.get_document(new).state.value == "tombstoned"


def test_without_scripts_an_address_is_pasted(papers, chromium):
    old, new, site = papers
    context = chromium.new_context(locale="ja-JP", java_script_enabled=False)
    page = context.new_page()
    for said, refused in (("なにか", True), (f"{site.url}/documents/{old}#fields", False)):
        page.goto(f"{site.url}/documents/{new}")
        form = page.locator("form", has=page.locator("#relate-to"))
        form.locator("#relate-to").fill(said)
        form.locator("[name=by]").fill("佐藤")
        form.get_by_role("button", name="関連付ける").click()
        assert (page.get_by_role("heading", level=1).inner_text().startswith("書類を1つ")) is refused
    assert [link.to_id for link in relations(site.shoko, new)] == [old]
    context.close()
