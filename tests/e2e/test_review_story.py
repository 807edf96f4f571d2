"""The accountant's morning: what waits is settled on the keyboard, one document after the other."""

from datetime import date

import pytest
from playwright.sync_api import expect

from domain.corrections import Correction
from domain.fields import CalendarDate, DocumentType
from domain.ids import Origin
from domain.record import DocumentState
from pipeline.steps.correct import correct_document
from pipeline.steps.deposit import deposit
from pipeline.steps.settling import settle
from tests.e2e.site import Site
from tests.support.documents import text_pdf

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DOCUMENTS = 10
TAKES = 2
"""Interactions that a document with one doubtful field may take."""
COUNTED = """() => {
  window.interactions = Number(sessionStorage.getItem("interactions") || 0);
  const count = () => sessionStorage.setItem("interactions", String((window.interactions += 1)));
  addEventListener("keydown", count, true);
  addEventListener("pointerdown", count, true);
}"""


def invoice(number):
    return text_pdf(
        "INVOICE",
        f"Blue Sky {number} Ltd.",
        f"Invoice No. A-{number}",
        "Issued 2026-10-30",
        f"Total JPY {number},100",
    )


def file_invoices(site, numbers):
    """Invoices of which one date is doubtful each: what stands is a day that is still to come."""
    for number in numbers:
        deposit(
            site.shoko,
            invoice(number),
            name=f"{number}.pdf",
            origin=Origin.ELECTRONIC_RECEIVED,
            received_on=date(2026, 11, 2),
        )
    site.file_inbox()
    for status in site.shoko.archive.drops(limit=100):
        (document_id,) = status.documents
        record = site.shoko.archive.get_document(document_id)
        doubt = Correction(
            base_revision=record.revision,
            values={"transaction_date": CalendarDate(day=date(2099, 1, 1))},
            confirmed=frozenset({"total_amount", "counterparty"}),
            document_type=DocumentType.INVOICE,
            recorded_by="x",
            reason="x",
        )
        correct_document(site.shoko, document_id, doubt)


@pytest.fixture(scope="module")
def review(tmp_path_factory):
    with Site(tmp_path_factory.mktemp("review")) as running:
        file_invoices(running, range(1, DOCUMENTS + 4))
        yield running


@pytest.fixture
def named(chromium, review):
    """A tab in which somebody has typed their name; nothing but a conflict may go wrong in it."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="ja-JP")
    tab = context.new_page()
    tab.set_default_timeout(30_000)
    problems = []
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    tab.goto(f"{review.url}/review")
    tab.evaluate("localStorage.setItem('shoko-by', '佐藤')")
    yield tab
    context.close()
    assert [one for one in problems if "409 (Conflict)" not in one] == []


def waiting(site):
    from pipeline.steps.review import review_queue

    return [item.record.document_id for item in review_queue(site.shoko)]


def settled(site, document_id):
    return site.shoko.archive.get_document(document_id).state is DocumentState.FILED


def test_without_javascript_the_form_settles_and_goes_on(chromium, review):
    first, second = waiting(review)[:2]
    context = chromium.new_context(java_script_enabled=False, locale="ja-JP")
    tab = context.new_page()
    tab.goto(f"{review.url}/review/{first}")
    tab.get_by_label("担当者", exact=True).first.fill("田中")
    tab.get_by_role("radio", name="2026/10/30").check()
    tab.get_by_role("button", name="確定して次へ").click()
    expect(tab.locator("#work")).to_have_attribute("data-document", second)
    expect(tab.locator("#said")).to_contain_text("を確定しました")
    context.close()
    record = review.shoko.archive.get_document(first)
    assert (record.state, record.recorded_by) == (DocumentState.FILED, "田中")
    assert record.fields.day("transaction_date") == date(2026, 10, 30)


def test_what_somebody_else_settles_meanwhile_hides_nothing_that_waits(named, review):
    tab = named
    first, second, third = waiting(review)[:3]
    left = len(waiting(review))

    def somebody_is_faster(route):
        if not settled(review, second):
            revision = review.shoko.archive.get_document(second).revision
            settle(review.shoko, second, Correction(base_revision=revision, values={}, recorded_by="田中", reason="x"))
        route.continue_()

    tab.route(f"**/review/{second}*", somebody_is_faster)
    tab.goto(f"{review.url}/review/{first}")
    expect(tab.locator(f"#work[data-ready='{third}']")).to_be_attached()
    tab.keyboard.press("2")
    tab.keyboard.press("Enter")
    expect(tab.locator("#work")).to_have_attribute("data-document", third)
    expect(tab.locator("#said")).to_contain_text("を確定しました")
    for mark in tab.locator("a.place[href='/review'] .tally-mark").all():
        expect(mark).to_have_text(f"待ち {left - 2}")
    assert len(waiting(review)) == left - 2


def test_a_document_with_one_doubtful_field_takes_two_interactions(named, review):
    tab = named
    before = waiting(review)
    assert len(before) >= DOCUMENTS
    tab.add_init_script(f"({COUNTED})()")
    tab.goto(f"{review.url}/review/{before[0]}")
    for at, document_id in enumerate(before[:-2]):
        expect(tab.locator("#work")).to_have_attribute("data-document", document_id)
        # the scan, the doubtful field with the place where the day stands, and the keys are all there
        expect(tab.locator(".ask.current .ask-title")).to_have_text("取引年月日")
        expect(tab.locator(f"#work[data-ready='{before[at + 1]}']")).to_be_attached()  # the next one is already there
        tab.keyboard.press("2")  # the day that the page says
        expect(tab.locator(".ask.current .pick-one:has(:checked)")).to_contain_text("2026/10/30")
        tab.keyboard.press("Enter")
        expect(tab.locator("#work")).to_have_attribute("data-document", before[at + 1])
        expect(tab.locator("#said")).to_contain_text("を確定しました")
    counted = tab.evaluate("Number(sessionStorage.getItem('interactions'))")
    assert counted <= TAKES * (len(before) - 2)
    for document_id in before[:-2]:
        record = review.shoko.archive.get_document(document_id)
        assert (record.state, record.recorded_by) == (DocumentState.FILED, "佐藤")
        assert record.fields.day("transaction_date") == date(2026, 10, 30)

    # the last one is taken back, looked at again and settled for good
    last = before[-3]
    tab.keyboard.press("z")
    expect(tab.locator("#work")).to_have_attribute("data-document", last)
    assert not settled(review, last)
    tab.keyboard.press("2")
    tab.keyboard.press("Enter")
    expect(tab.locator("#said")).to_contain_text("を確定しました")
    assert settled(review, last)

    # somebody else is faster
    second, end = before[-2:]
    expect(tab.locator("#work")).to_have_attribute("data-document", second)
    record = review.shoko.archive.get_document(second)
    settle(
        review.shoko,
        second,
        Correction(base_revision=record.revision, values={}, recorded_by="田中", reason="x"),
    )
    tab.keyboard.press("Enter")
    expect(tab.locator("#said")).to_contain_text("田中 さんが先に")
    expect(tab.locator("#work")).to_have_attribute("data-document", end)

    # a value that is typed, the last document, and what was done
    tab.keyboard.press("e")
    tab.keyboard.type("令和8年10月29日")
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("確認待ちの書類はありません")).to_be_visible()
    assert review.shoko.archive.get_document(end).fields.day("transaction_date") == date(2026, 10, 29)
    assert waiting(review) == []
