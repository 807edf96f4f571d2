"""A large office: people are found by typing where they are ticked or listed, and the log is asked in words."""

import pytest
from playwright.sync_api import expect

from domain.ids import Origin
from domain.people import Role
from pipeline.steps.access import name_department
from pipeline.steps.deposit import deposit
from pipeline.steps.people import add_user
from tests.e2e.site import Site
from tests.e2e.test_accessible import AXE, MOST_BYTES, PHONE, RUN, WEIGHT
from tests.support.accounts import PASSWORD, add_people
from tests.support.documents import text_pdf

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PEOPLE = 150
DEPARTMENTS = {"keiri": "経理部", "eigyo": "営業部", "koubai": "購買部"}


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    with Site(tmp_path_factory.mktemp("office")) as site:
        for name, lines in (("bad.pdf", ("RECEIPT", "Alpha Trading")), ("new.pdf", ("RECEIPT", "Beta Works"))):
            deposit(site.shoko, text_pdf(*lines), name=name, origin=Origin.PAPER_RECEIVED, received_on=None)
            site.file_inbox()
        add_people(site.shoko, keiri=(Role.ACCOUNTANT,))
        for code, name in DEPARTMENTS.items():
            name_department(site.shoko, code, name, by="kanri")
        for n in range(PEOPLE):
            add_user(
                site.shoko,
                f"user{n:03d}",
                name=f"{('佐藤', '鈴木', 'タナカ')[n % 3]} {n}",
                roles=frozenset({Role.APPROVER}),
                departments=(list(DEPARTMENTS)[n % 2],),
                password=PASSWORD,
                by="kanri",
            )
        yield site


@pytest.fixture
def reader(chromium, office):
    """Opens a page as somebody."""
    contexts = []

    def opened(login, path):
        context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="ja-JP", bypass_csp=True)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{office.url}/login")
        page.fill("#login", login)
        page.fill("#password", PASSWORD)
        page.click("main button[type=submit]")
        page.goto(office.url + path)
        page.evaluate(AXE.read_text())
        return page

    yield opened
    for context in contexts:
        context.close()


def is_fine(page):
    assert page.evaluate(RUN, None) == []
    assert page.evaluate(WEIGHT) <= MOST_BYTES
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate(RUN, None) == []


def test_who_may_see_a_document_is_found_among_many(office, reader):
    old = office.shoko.archive.drops(limit=2)[1].documents[0]
    page = reader("keiri", f"/access?ids={old}")
    people = page.get_by_role("group", name="見せる利用者").last.locator(".check:visible")
    assert people.count() == PEOPLE + 2
    box = page.get_by_role("searchbox", name="氏名・ログイン名・部門で探す")
    box.fill("たなか 営業 ")
    expect(page.locator("#reader-people-said")).to_have_text(f"{people.count()} 人")
    assert 0 < people.count() < PEOPLE / 3
    box.press("Enter")  # sends nothing
    box.fill("user007")
    expect(people).to_have_count(1)
    people.get_by_role("checkbox").check()
    box.fill("どこにもいない")
    expect(page.locator("#reader-people-said")).to_have_text("該当する人はいません")
    expect(people).to_have_count(1)  # what is ticked stays
    is_fine(page)
    page.get_by_role("radio", name="下で選んだ部門・利用者だけ").check()
    page.get_by_label("理由").fill("人事の書類のため")
    page.get_by_role("button", name="この内容で記録する").click()
    page.wait_for_url("**/search")
    chosen = office.shoko.people.find("user007")
    assert office.shoko.archive.access_of(old).readers == (chosen.user_id,)


def test_people_and_seats_are_found_among_many(reader):
    page = reader("kanri", "/admin/people")
    page.get_by_role("searchbox", name="氏名・ログイン名・部門で探す").fill("user149")
    expect(page.locator("#people-list tr:visible")).to_have_count(1)
    page.goto(page.url.replace("/admin/people", "/approvals/routes"))
    seats = page.get_by_role("searchbox", name="氏名・ログイン名・部門で探す").first
    seats.fill("user149")
    expect(page.locator("#seat-list-1 .check:visible")).to_have_count(1)
    page.evaluate(AXE.read_text())
    is_fine(page)


def test_the_log_is_asked_by_what_one_sees(office, reader):
    new = office.shoko.archive.drops(limit=1)[0].documents[0]
    page = reader("kanri", "/admin/log")
    box = page.get_by_role("combobox", name="対象")
    box.fill("new.pdf")
    options = page.get_by_role("listbox").get_by_role("option")
    expect(options).to_have_count(1)
    is_fine(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    box.press("ArrowDown")
    box.press("Enter")
    expect(page.get_by_text("この対象の記録だけを表示しています")).to_be_visible()
    shown = page.locator(".log-table tbody tr")
    assert 0 < shown.count() < 10
    expect(shown.get_by_role("link", name="new.pdf").or_(shown.get_by_text("new.pdf")).first).to_be_visible()
    page.get_by_role("link", name="対象の絞り込みを外す").click()
    expect(shown).to_have_count(50)
    # words that are typed and not chosen
    box.fill("beta works")
    box.press("Enter")
    expect(page.get_by_text("「beta works」に当てはまる対象の記録")).to_be_visible()
    expect(page.locator(f".log-choices a[href*='{new}']")).to_be_visible()
    page.evaluate(AXE.read_text())
    is_fine(page)
