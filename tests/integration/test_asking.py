"""What a person is asked about a document that waits, with what could be the answer."""

from datetime import date

import pytest

from domain.corrections import Correction
from domain.fields import DocumentType
from domain.ids import Origin
from domain.questions import Asked, ChoiceSource
from domain.record import ReviewReason
from pipeline.steps.asking import CHECKED_FIELDS, fields_of, questions_of
from pipeline.steps.correct import correct_document
from pipeline.steps.parties import import_counterparties
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


def test_a_counterparty_is_offered_from_the_page_and_the_master_and_never_ourselves(desk):
    table = "取引先名,登録番号\nBlue Sky Limited,T7010705000725\n".encode()
    import_counterparties(desk.shoko, table, recorded_by="sato")
    one = desk.file(*LINES, "T7010705000725", day=date(2026, 11, 2))
    record = desk.newest(one)
    from pipeline.steps.candidates import candidates_for
    from pipeline.steps.texts import page_texts

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
