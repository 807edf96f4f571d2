"""What a person is asked about a document that waits, with what could be the answer."""

import gzip
from dataclasses import replace
from datetime import date

import pytest

from domain.codec import dump
from domain.corrections import Correction
from domain.fields import DocumentType
from domain.ids import Origin
from domain.questions import Asked, ChoiceSource
from domain.record import ReviewReason
from pipeline.steps.asking import CHECKED_FIELDS, fields_of, questions_of, spots_of
from pipeline.steps.candidates import candidates_for
from pipeline.steps.correct import correct_document
from pipeline.steps.parties import import_counterparties
from pipeline.steps.second_readings import second_readings
from pipeline.steps.texts import load_text, newest_text, page_texts
from tests.support.desk import Desk

LINES = (
    "INVOICE",
    "Blue Sky Ltd.",
    "Invoice No. A-77",
    "Issued 2026-10-30",
    "Due 2026-11-30",
    "Item 1,000",
    "Tax 100",
    "Total JPY 1,100",
)


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path, company={"names": ("Lighthouse K.K.",)})
    yield desk
    desk.shoko.close()


def asked(desk, document_id):
    record = desk.newest(document_id)
    found = questions_of(desk.shoko, record, desk.archive.history(document_id))
    return {question.field or question.asked.value: question for question in found}


def wait_for(desk, document_id, **values):
    """Put values that no engine would be sure of, so that the document waits."""
    from domain.corrections import parse_value

    record = desk.newest(document_id)
    correction = Correction(
        base_revision=record.revision,
        values={name: parse_value(name, text) for name, text in values.items()},
        recorded_by="sato",
        reason="x",
    )
    return correct_document(desk.shoko, document_id, correction)


def test_only_what_is_unsure_is_asked_and_the_page_gives_answers(desk):
    one = desk.file(*LINES, day=date(2026, 11, 2))
    wait_for(desk, one, transaction_date="2099-01-01")
    found = asked(desk, one)
    named = {r.code for r in desk.newest(one).review_reasons}
    assert "future_date" in named
    day = found["transaction_date"]
    assert day.proposal == "2099-01-01"
    assert day.choices[0].source is ChoiceSource.PERSON
    texts = [choice.text for choice in day.choices]
    assert texts[0] == "2099-01-01"
    assert {"2026-10-30", "2026-11-30"} <= set(texts)
    assert texts.index("2026-10-30") < texts.index("2026-11-30"), "the day beside 'Issued' comes first"
    placed = next(choice for choice in day.choices if choice.text == "2026-10-30" and choice.spots)
    assert placed.spots[0].page == 0
    assert all(len(question.choices) <= 10 for question in found.values())
    assert all(len({c.text for c in q.choices}) == len(q.choices) for q in found.values())


def test_a_year_is_no_amount_unless_words_say_so(desk):
    lines = ("INVOICE", "Blue Sky Ltd.", "Fiscal 2026", "20261030", "Item 4,711", "Subtotal 3,000", "Tax 2019")
    record = desk.newest(desk.file(*lines, day=date(2026, 11, 2)))
    texts = page_texts(desk.shoko, record)
    offered = [choice.text for choice in candidates_for(desk.shoko, record, "total_amount", texts)]
    assert {"4711", "3000"} <= set(offered)
    assert not {"2026", "20261030", "2019"} & set(offered)
    assert "2019" in [choice.text for choice in candidates_for(desk.shoko, record, "tax_total", texts)]


def test_a_counterparty_is_offered_from_the_page_and_the_master_and_never_ourselves(desk):
    table = "取引先名,登録番号\nBlue Sky Limited,T7010705000725\n".encode()
    import_counterparties(desk.shoko, table, recorded_by="sato")
    one = desk.file(*LINES, "T7010705000725", day=date(2026, 11, 2))
    record = desk.newest(one)
    offered = candidates_for(desk.shoko, record, "counterparty", page_texts(desk.shoko, record))
    assert offered[0].text == "Blue Sky Limited"
    assert offered[0].source is ChoiceSource.MASTER
    assert not any("Lighthouse" in choice.text for choice in offered)
    numbers = candidates_for(desk.shoko, record, "registration_number", page_texts(desk.shoko, record))
    assert numbers[0].text == "T7010705000725"
    assert numbers[0].spots


def test_an_unknown_origin_an_unsure_class_and_an_assumed_day(desk):
    one = desk.file("hello", "world", origin=Origin.UNKNOWN)
    found = asked(desk, one)
    origin = found["origin"]
    assert (origin.asked, origin.proposal) == (Asked.ORIGIN, "")
    assert {choice.text for choice in origin.choices} == {way.value for way in Origin} - {"unknown"}
    kind = found["type"]
    assert kind.choices[0].text == kind.proposal == desk.newest(one).classification.label.value
    assert {choice.text for choice in kind.choices} == {known.value for known in DocumentType}
    paper = desk.file("hello", "paper")
    assert asked(desk, paper)["received_on"].proposal == desk.newest(paper).received_on.isoformat()


def test_a_failed_check_asks_for_the_values_that_it_is_about():
    assert fields_of(ReviewReason(code="check_failed", detail="totals_add_up")) == CHECKED_FIELDS["totals_add_up"]
    assert fields_of(ReviewReason(code="field_unsure", field="due_date")) == ("due_date",)
    assert fields_of(ReviewReason(code="no_text")) == ()


def test_every_check_that_can_send_a_document_to_review_names_fields_that_exist():
    from domain.fields import FIELDS

    assert {name for names in CHECKED_FIELDS.values() for name in names} <= set(FIELDS)


def second_opinion(desk, document_id, **others):
    """The recorded text, with what a second engine would have read instead of some words."""
    record = desk.newest(document_id)
    blob = desk.archive.get_unit(record.pages[0].unit_id).blob
    key = newest_text(desk.shoko, blob)
    text = load_text(desk.shoko, key)

    def doubted(word):
        other = others.get(word.text)
        return word if other is None else replace(word, alternatives=(other,))

    pages = tuple(
        replace(page, lines=tuple(replace(line, words=tuple(map(doubted, line.words))) for line in page.lines))
        for page in text.texts
    )
    packed = gzip.compress(dump(replace(text, texts=pages)))
    desk.shoko.store.put_named("derived", key, packed, media_type="application/gzip", if_absent=False)


def test_what_the_second_engine_read_is_an_answer_right_behind_the_first(desk):
    one = desk.file(*LINES, "T7010705000726", day=date(2026, 11, 2))
    second_opinion(
        desk,
        one,
        **{
            "2026-10-30": "2026-10-20",
            "1,100": "1,700",
            "A-77": "A-71",
            "2026-11-30": "2026",
            "T7010705000726": "T7010705000725",
        },
    )
    record = desk.newest(one)
    texts = page_texts(desk.shoko, record)

    def other(name):
        found = second_readings(record, name, texts, spots_of(record, record.fields.get(name)))
        assert {choice.source for choice in found} <= {ChoiceSource.SECOND}
        assert all(choice.spots for choice in found)
        return [choice.text for choice in found]

    assert other("transaction_date") == ["2026-10-20"]
    assert other("total_amount") == ["1700"]
    assert other("document_number") == ["A-71"]
    assert other("due_date") == []  # half a date is none
    assert other("issuer") == []
    assert other("registration_number") == ["T7010705000725"]  # the one whose check digit is right
    # in the place of the first reading, not of what a person put; and it stands behind what is there now
    wait_for(desk, one, transaction_date="2099-01-01")
    choices = asked(desk, one)["transaction_date"].choices
    assert [choice.source for choice in choices[:2]] == [ChoiceSource.PERSON, ChoiceSource.SECOND]
    assert choices[1].text == "2026-10-20"
