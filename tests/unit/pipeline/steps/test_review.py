from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from domain.fields import CalendarDate, DocumentType, Money
from domain.ids import Origin
from domain.record import DocumentState, ImportanceClass
from pipeline.steps import review
from pipeline.steps.review import ReviewBook, items_of, queue_of, review_queue
from pipeline.steps.settling import park
from pipeline.wiring import open_shoko
from tests.support.homes import quick_settings
from tests.support.records import field, make_draft, make_drop, with_fields
from tests.support.statements import statements

TODAY = date(2026, 11, 20)


@pytest.fixture
def shoko(tmp_path):
    from tests.support.records import NOW

    opened = open_shoko(quick_settings(tmp_path), clock=lambda: NOW)
    yield opened
    opened.close()


def wait(shoko, name, *, yen=None, currency="JPY", due=None, received=TODAY, origin=Origin.PAPER_RECEIVED, **facts):
    drop = shoko.archive.record_drop(make_drop(shoko.store, name.encode(), name=f"{name}.pdf", origin=origin))
    draft = make_draft(
        drop.unit_id, document_type=DocumentType.INVOICE, state=DocumentState.NEEDS_REVIEW, reasons=("field_unsure",)
    )
    total = field("total_amount", Money(amount=Decimal(yen), currency=currency) if yen is not None else None)
    fields = [total, field("due_date", CalendarDate(day=due) if due else None)]
    draft = replace(with_fields(draft, *fields), received_on=received, origin=origin, **facts)
    return shoko.archive.file_document(draft).document_id


def test_near_deadlines_come_first_then_yen(shoko):
    later = TODAY + timedelta(days=60)
    data = {"origin": Origin.ELECTRONIC_RECEIVED}
    small_now = wait(shoko, "a", yen=500, received=TODAY - timedelta(days=20))
    big_now = wait(shoko, "b", yen=90_000, due=TODAY + timedelta(days=2), **data)
    week = wait(shoko, "c", yen=800_000)
    big_later = wait(shoko, "d", yen=2_000_000, due=later, **data)
    unknown = wait(shoko, "e", **data)
    small_later = wait(shoko, "f", yen=100, **data)
    foreign = wait(shoko, "g", yen=3, currency="USD", due=later, **data)
    order = [item.record.document_id for item in review_queue(shoko)]
    assert order[:4] == [big_now, small_now, week, big_later]
    assert set(order[4:6]) == {unknown, foreign}, "an unknown amount counts as the middle one"
    assert order[6] == small_later
    assert [item.record.document_id for item in review_queue(shoko, limit=2)] == order[:2]


def place(shoko, document_id):
    return next(one for one in queue_of(shoko).places if one.document_id == document_id)


def test_the_earlier_of_the_laws_day_and_the_day_of_payment_counts(shoko):
    law = place(shoko, wait(shoko, "a", yen=-500, due=date(2027, 1, 31)))
    assert (law.deadline_of, law.yen) == ("input", Decimal(500))
    assert law.deadline == date(2026, 12, 2), "7 business days; 11-23 is a holiday (law: scan-input-early)"
    assert law.days_left == 12
    payment = place(shoko, wait(shoko, "b", due=TODAY - timedelta(days=1)))
    assert (payment.deadline_of, payment.days_left, payment.yen) == ("payment", -1, None)
    assert place(shoko, wait(shoko, "c", yen=3, currency="USD")).yen is None
    assert place(shoko, wait(shoko, "d", origin=Origin.ELECTRONIC_RECEIVED)).deadline is None


def test_what_is_filed_does_not_wait(shoko):
    drop = shoko.archive.record_drop(make_drop(shoko.store))
    shoko.archive.file_document(make_draft(drop.unit_id))
    assert review_queue(shoko) == ()


def test_general_papers_have_no_deadline_of_input(shoko):
    """Law: scan-general-anytime."""
    assert place(shoko, wait(shoko, "a", importance=ImportanceClass.GENERAL)).deadline is None


def test_a_longer_queue_asks_no_more_and_reads_only_what_is_shown(shoko, monkeypatch):
    wait(shoko, "first", yen=1)
    park(shoko, wait(shoko, "parked", yen=2), by="sato", note="x")
    few = len(statements(shoko.archive.database, lambda: items_of(shoko, queue_of(shoko).places[:2])))
    for number in range(18):
        wait(shoko, f"more{number}", yen=100 + number, received=TODAY - timedelta(days=number))
    many = len(statements(shoko.archive.database, lambda: items_of(shoko, queue_of(shoko).places[:2])))
    assert many == few <= 14
    book, read = ReviewBook(), []
    real = review.newest_records
    monkeypatch.setattr(
        review, "newest_records", lambda archive, ids: real(archive, read.append(tuple(ids)) or read[-1])
    )
    queue = queue_of(shoko, book=book)
    assert len(items_of(shoko, queue.places[:3])) == 3
    assert [len(ids) for ids in read] == [3], "records are read of what is shown alone"
    assert queue_of(shoko, book=book) is queue, "what was put in order is kept while nothing comes"
    wait(shoko, "one more")
    assert queue_of(shoko, book=book).waiting == queue.waiting + 1


def test_of_more_than_can_be_put_in_order_the_urgent_and_the_large_come_first(shoko, monkeypatch):
    data = {"origin": Origin.ELECTRONIC_RECEIVED}
    wait(shoko, "a", yen=10, **data)
    large = wait(shoko, "b", yen=9_000, **data)
    unknown = wait(shoko, "c", **data)
    late = wait(shoko, "d", yen=1, received=TODAY - timedelta(days=40))
    to_pay = wait(shoko, "e", yen=2, due=TODAY + timedelta(days=1), **data)
    week = wait(shoko, "f", yen=3)
    wait(shoko, "g", yen=20, **data)
    whole = queue_of(shoko)
    order = [place.document_id for place in whole.places]
    assert order[:3] == [to_pay, late, week]
    monkeypatch.setattr(review, "MOST", 5)
    window = queue_of(shoko)
    assert [place.document_id for place in window.places] == [to_pay, late, week, large, order[4]] == order[:5]
    assert (window.waiting, window.yen) == (7, whole.yen) == (7, Decimal(9036))
    assert unknown in order
