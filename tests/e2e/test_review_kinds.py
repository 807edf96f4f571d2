"""A document with one doubt takes at most two interactions, whatever is doubtful: a day, an amount, a name, a class."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from app.web.entering import entered_text
from domain.fields import CalendarDate, DocumentType, Money, Text
from domain.ids import Origin, document_id_for
from domain.record import DocumentDraft, DocumentReading, DocumentState, ReviewReason
from pipeline.benchmark.desk.documents import made_document
from pipeline.steps.deposit import deposit
from pipeline.steps.review import review_queue
from tests.e2e.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LAST_DAY = date(2026, 11, 20)
TAKES = 2
"""Interactions that a document with one doubt may take: one to choose, one to go on."""
WRONG = {
    "transaction_date": CalendarDate(day=date(2026, 1, 11)),
    "total_amount": Money(amount=Decimal(7), currency="JPY"),
    "counterparty": Text(text="株式会社よみちがい"),
    "registration_number": Text(text="T1234567890123"),
}
"""What was read in place of what stands on the paper."""
COUNTED = """() => {
  const count = () => sessionStorage.setItem("interactions", Number(sessionStorage.getItem("interactions") || 0) + 1);
  for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, count, true);
}"""


def invoices(count):
    """Made invoices in yen that came to us."""
    number = 0
    while count:
        made = made_document(number, seed=11, last_day=LAST_DAY)
        number += 1
        if made.reading.classification.label is DocumentType.INVOICE and made.origin is Origin.ELECTRONIC_RECEIVED:
            total = made.reading.fields.money("total_amount")
            if total is not None and total.currency == "JPY" and made.reading.fields.text("counterparty"):
                count -= 1
                yield made


def doubt(shoko, document_id, name):
    """File the same pages as a document of which the engine was unsure, and wrong, in one field or in the class."""
    record = shoko.archive.get_document(document_id)
    kind, fields = record.classification, record.fields
    if name == "type":
        kind, reason = replace(kind, label=DocumentType.RECEIPT, confidence=0.5), ReviewReason(code="type_unsure")
    else:
        fields = fields.replaced(replace(fields.get(name), value=WRONG[name], confidence=0.5))
        reason = ReviewReason(code="field_unsure", field=name)
    reading = DocumentReading(
        pages=record.pages,
        classification=kind,
        fields=fields,
        checks=(),
        review_reasons=(reason,),
        text=record.text,
    )
    draft = DocumentDraft(
        document_id=document_id_for(unit_id=record.pages[0].unit_id, ordinal=1),
        state=DocumentState.NEEDS_REVIEW,
        reading=reading,
        importance=record.importance,
        origin=record.origin,
        received_on=record.received_on,
        received_on_assumed=False,
        retain_until=record.retain_until,
    )
    return shoko.archive.file_document(draft).document_id


@pytest.fixture(scope="module")
def doubts(tmp_path_factory):
    """A site with one doubtful document of each kind: what is doubtful by document, and what stands on its paper."""
    kinds = (*WRONG, "type")
    with Site(tmp_path_factory.mktemp("doubts")) as site:
        made = dict(zip(kinds, invoices(len(kinds)), strict=True))
        for name, one in made.items():
            deposit(site.shoko, one.content, name=f"{name}.pdf", origin=one.origin, received_on=one.received_on)
        site.file_inbox()
        filed = {one.drop.deposit.original_name: one.documents[0] for one in site.shoko.archive.drops(limit=20)}
        site.doubts = {
            name: (doubt(site.shoko, filed[f"{name}.pdf"], name), made[name].reading.fields) for name in kinds
        }
        yield site


@pytest.mark.parametrize("name", [*WRONG, "type"])
def test_one_doubt_takes_two_interactions(tab, doubts, name):
    document_id, right = doubts.doubts[name]
    assert document_id in {item.record.document_id for item in review_queue(doubts.shoko)}
    tab.add_init_script(f"localStorage.setItem('shoko-by', '佐藤'); ({COUNTED})()")
    tab.goto(f"{doubts.url}/review/{document_id}")
    expect(tab.locator(".ask")).to_have_count(1)
    wanted = DocumentType.INVOICE.value if name == "type" else entered_text(right.value(name))
    choice = tab.locator(f".ask.current .pick-one:has(input[value='{wanted}'])")
    tab.keyboard.press(choice.locator("kbd").inner_text())  # the key that stands beside what is on the paper
    expect(tab.locator(".ask.current .pick-one:has(:checked) input")).to_have_value(wanted)
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("を確定しました").first).to_be_visible()
    assert tab.evaluate("Number(sessionStorage.getItem('interactions'))") <= TAKES
    record = doubts.shoko.archive.get_document(document_id)
    assert (record.state, record.recorded_by) == (DocumentState.FILED, "佐藤")
    if name == "type":
        assert record.classification.label is DocumentType.INVOICE
    else:
        assert record.fields.value(name) == right.value(name)
