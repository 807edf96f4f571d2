from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from domain.engines import FieldContext
from domain.fields import CalendarDate, DocumentType, Field, FieldSet, FieldStatus, Money, Text, missing
from domain.geometry import Box, union
from domain.lessons import Lesson
from domain.page import EngineId, Line, PageText, Word
from domain.record import Classification
from extractors.habits.apply import settle_class, with_habits
from extractors.habits.layout import find_value, layout_of, similarity
from extractors.habits.teach import field_lesson
from pipeline.benchmark.habits import measure

ENGINE = EngineId(name="fields.v1", version="1")
T = DocumentType
CONTEXT = FieldContext(today=date(2026, 11, 20))


def page(*rows, confidence=0.99):
    lines = []
    for index, row in enumerate(rows):
        words = tuple(
            Word(
                text=text,
                box=Box(left=x, top=60 * index, right=x + 22 * len(text), bottom=60 * index + 30),
                confidence=confidence,
            )
            for x, text in row
        )
        lines.append(Line(words=words, box=union(tuple(w.box for w in words))))
    return (PageText(page_index=0, lines=tuple(lines), engine=ENGINE),)


def paper(day="2026年10月31日", total="1,500円", name="あおぞら堂", due="2026年11月30日"):
    return page(
        [(600, "計算書")],
        [(80, "みどり商事 御中"), (1000, name)],
        [(100, "受付"), (400, "2026年1月5日")],
        [(100, "調製"), (400, day)],
        [(100, "差引計"), (400, total)],
        [(100, "約定"), (400, due)],
        [(100, "毎度ありがとうございます")],
    )


def field(name, value, **more):
    plain = {"name": name, "value": value, "status": FieldStatus.FOUND, "confidence": 0.9, "engine": ENGINE}
    return Field(**(plain | more))


def day(*numbers):
    return CalendarDate(day=date(*numbers))


def lesson(texts, *pairs, number=1, **more):
    """pairs: (field as it was read or None, field as it was put)."""
    plain = {
        "client_id": "default", "number": number, "document_id": "doc-1", "revision": 2,
        "read_type": T.INVOICE, "type_engine": ENGINE, "put_type": T.INVOICE, "type_settled": True,
        "issuer": None, "registration_number": None, "layout": layout_of(texts), "features": (),
        "fields": tuple(field_lesson(read, put, texts) for read, put in pairs),
        "recorded_at": datetime(2026, 11, 20, tzinfo=UTC), "recorded_by": "sato",
    }  # fmt: skip
    return Lesson(**(plain | more))


READ_DAY = field("transaction_date", day(2026, 1, 5))
PUT_DAY = field("transaction_date", day(2026, 10, 31))


def apply(lessons, texts, *fields, kind=T.INVOICE):
    return with_habits(lessons, kind, texts, FieldSet(fields=fields), context=CONTEXT)


def test_a_value_is_taken_from_where_the_person_found_it_and_says_where():
    taught = lesson(paper(), (READ_DAY, PUT_DAY))
    got = apply((taught,), paper(day="2026年9月30日"), READ_DAY).get("transaction_date")
    assert got.value == day(2026, 9, 30)
    assert got.raw_text == "2026年9月30日"
    assert got.sources[0].boxes[0].left == 400
    assert (got.engine.name, got.engine.config_digest) == ("habits.v1", "1")
    assert got.confidence < 0.99


def test_another_layout_learns_nothing():
    taught = lesson(paper(), (READ_DAY, PUT_DAY))
    other = page(
        [(100, "調製"), (400, "2026年9月30日")], [(100, "領収証")], [(100, "合計"), (400, "300円")], [(90, "現金")]
    )
    assert apply((taught,), other, READ_DAY).day("transaction_date") == date(2026, 1, 5)
    assert apply((), paper(), READ_DAY).fields == (READ_DAY,)


def test_the_order_of_day_and_month_is_learnt():
    taught = lesson(paper(day="03/04/2026"), (None, field("transaction_date", day(2026, 4, 3))))
    got = apply((taught,), paper(day="05/06/2026"), missing("transaction_date", engine=ENGINE))
    assert got.day("transaction_date") == date(2026, 6, 5)


def test_a_value_that_the_paper_does_not_carry_is_left_out_again():
    wrong = field("due_date", day(2026, 11, 30))
    taught = lesson(paper(), (wrong, missing("due_date", engine=ENGINE)))
    got = apply((taught,), paper(due="2026年12月25日"), field("due_date", day(2026, 12, 25)))
    assert got.value("due_date") is None
    elsewhere = field("due_date", day(2026, 10, 31))
    assert apply((taught,), paper(), elsewhere).get("due_date") == elsewhere


def test_a_name_that_is_printed_again_is_found_and_one_that_is_not_goes_to_review():
    misread = field("counterparty", Text(text="みどり商事"))
    taught = lesson(paper(), (misread, field("counterparty", Text(text="あおぞら堂"))))
    got = apply((taught,), paper(), misread, field("issuer", Text(text="みどり商事")))
    assert got.text("counterparty") == got.text("issuer") == "あおぞら堂"
    logo = lesson(paper(), (misread, field("counterparty", Text(text="株式会社ロゴだけ"))))
    known = apply((logo,), paper(), misread).get("counterparty")
    assert (known.value, known.status) == (Text(text="株式会社ロゴだけ"), FieldStatus.AMBIGUOUS)
    other = field("counterparty", Text(text="べつの会社"))
    assert apply((logo,), paper(), other).get("counterparty") == other


def test_what_arithmetic_has_proved_is_left_alone():
    money = [
        field(n, Money(amount=Decimal(v))) for n, v in (("subtotal", 1000), ("tax_total", 100), ("total_amount", 1100))
    ]
    taught = lesson(paper(total="1,500円"), (money[2], field("total_amount", Money(amount=Decimal(1500)))))
    kept = apply((taught,), paper(total="1,700円"), *money)
    assert kept.money("total_amount").amount == 1100
    free = apply((taught,), paper(total="1,700円"), money[2])
    assert free.money("total_amount").amount == 1700


def test_of_two_lessons_the_newer_one_holds():
    old = lesson(paper(), (READ_DAY, PUT_DAY))
    due_instead = field("transaction_date", day(2026, 10, 1))
    new = lesson(paper(due="2026年10月1日"), (READ_DAY, due_instead), number=2)
    got = apply((old, new), paper(due="2026年11月2日"), READ_DAY)
    assert got.day("transaction_date") == date(2026, 11, 2)
    future = apply((old, new), paper(due="2026年12月25日"), READ_DAY)
    assert future.day("transaction_date") == date(2026, 1, 5), "a check that passed would fail"


@pytest.mark.parametrize(("settled", "expected"), [(True, T.PAYMENT_STATEMENT), (False, T.INVOICE)])
def test_the_same_mistake_about_the_class_is_not_made_again(settled, expected):
    taught = lesson(paper(), put_type=T.PAYMENT_STATEMENT, type_settled=settled)
    read = Classification(label=T.INVOICE, confidence=0.95, reasons=("heading:計算書",), engine=ENGINE)
    got = settle_class((taught,), paper(day="2026年9月30日"), read)
    assert got.label is expected
    if settled:
        assert got.reasons[0] == "lesson:1"
        assert got.confidence <= 0.95
        right = replace(read, label=T.RECEIPT)
        assert settle_class((taught,), paper(), right) == right
    assert settle_class((), paper(), read) == read


def test_a_layout_is_told_by_words_and_columns():
    assert similarity(layout_of(paper()), layout_of(paper(day="2025年1月1日", total="9円"))) == 1.0
    assert similarity(layout_of(paper()), ()) == 0.0
    assert layout_of(()) == ()
    moved = similarity(("a@1", "b@2"), ("a@2", "b@2"))
    assert moved == 0.75


def test_a_value_printed_twice_is_found_beside_its_label():
    texts = page([(400, "1,500円")], [(100, "合計"), (400, "1,500円")])
    found = find_value(texts, "total_amount", Money(amount=Decimal(1500)))
    assert (found.place.label, found.place.side) == ("合計", "right")
    assert find_value(texts, "total_amount", Money(amount=Decimal(9))) is None
    assert find_value(texts, "total_amount", None) is None


def test_one_correction_mends_the_next_papers_of_twenty_layouts():
    clean = measure()
    assert clean.wrong_before > 0.5 * clean.values, "the layouts mislead"
    assert clean.wrong_after <= 0.02 * clean.wrong_before
    assert clean.made_wrong == 0
    worn = measure(noise=0.02)
    assert worn.wrong_after <= 0.1 * worn.wrong_before
    assert worn.made_wrong == 0
