"""Who may change what."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from domain.errors import AppendOnlyViolation
from domain.evidence import Check, Outcome
from domain.fields import CalendarDate, DocumentType, FieldStatus, Money, Text
from domain.ids import Origin
from domain.page import EngineId, Fault, PageRef
from domain.precedence import changed, keep_corrected, outcome_to_record, revise
from domain.record import ArchiveRecord, DocumentState, DropState, ImportanceClass, ReviewReason
from tests.support.memory_store import MemoryStore
from tests.support.records import NOW, PERSON, field, make_draft, make_drop, make_outcome, with_fields


def record(draft, *, revision=1, by="engine"):
    reading = draft.reading
    return ArchiveRecord(
        client_id="default",
        document_id=draft.document_id,
        revision=revision,
        supersedes=revision - 1 or None,
        state=draft.state,
        pages=reading.pages,
        classification=reading.classification,
        importance=draft.importance,
        fields=reading.fields,
        checks=reading.checks,
        review_reasons=reading.review_reasons,
        text=reading.text,
        recorded_at=NOW,
        recorded_by=by,
        received_on=draft.received_on,
        received_on_assumed=draft.received_on_assumed,
        origin=draft.origin,
        retain_until=draft.retain_until,
    )


DRAFT = make_draft("unit-1")
READ = record(DRAFT)
UNSURE = make_draft("unit-1", state=DocumentState.NEEDS_REVIEW, reasons=("field_unsure",))
CORRECTED = field("counterparty", Text(text="青空商事㈱"), status=FieldStatus.CORRECTED, engine=PERSON)


def reading(draft, **values):
    return replace(draft, reading=replace(draft.reading, **values))


@pytest.mark.parametrize(
    "draft",
    [
        with_fields(DRAFT, field("counterparty", Text(text="青室商事"))),
        with_fields(DRAFT, field("transaction_date", None)),
        with_fields(DRAFT, field("due_date", CalendarDate(day=date(2026, 11, 30)))),
        with_fields(DRAFT, field("document_number", Text(text="INV-0012"), status=FieldStatus.AMBIGUOUS)),
        reading(DRAFT, text="他"),
        reading(DRAFT, pages=(PageRef(unit_id="unit-1", page_index=1),)),
        reading(DRAFT, checks=(Check(name="totals_add_up", outcome=Outcome.FAILED),)),
        reading(DRAFT, review_reasons=(ReviewReason(code="check_failed"),)),
        reading(DRAFT, classification=replace(DRAFT.reading.classification, label=DocumentType.RECEIPT)),
        replace(DRAFT, importance=ImportanceClass.GENERAL),
        replace(DRAFT, origin=Origin.UNKNOWN),
        replace(DRAFT, received_on=date(2026, 11, 19)),
        replace(DRAFT, received_on_assumed=True),
        replace(DRAFT, retain_until=None),
        replace(DRAFT, state=DocumentState.NEEDS_REVIEW),
    ],
)
def test_what_counts_as_a_change(draft):
    assert changed(READ, draft)


@pytest.mark.parametrize(
    "draft",
    [
        DRAFT,
        with_fields(
            DRAFT,
            replace(DRAFT.reading.fields.get("counterparty"), confidence=0.1, engine=EngineId(name="b", version="2")),
        ),
        reading(DRAFT, classification=replace(DRAFT.reading.classification, confidence=0.1, reasons=("other",))),
        with_fields(DRAFT, field("total_amount", Money(amount=Decimal("128960.00")))),
    ],
)
def test_what_does_not(draft):
    assert not changed(READ, draft)
    assert revise([READ], draft, recorded_by="engine") is None
    assert revise([READ], draft, recorded_by="sato") is None


def test_a_better_reading_by_an_engine_becomes_a_revision():
    better = with_fields(DRAFT, field("total_amount", Money(amount=Decimal(1))))
    assert revise([READ], better, recorded_by="engine").draft == better
    assert revise([record(UNSURE)], DRAFT, recorded_by="engine").draft == DRAFT


def test_a_reading_that_is_less_sure_does_not_replace_one_that_was_sure():
    assert revise([READ], UNSURE, recorded_by="engine") is None


def test_an_engine_never_overrides_what_a_person_set():
    history = [READ, record(with_fields(DRAFT, CORRECTED), revision=2, by="sato")]
    new = with_fields(UNSURE, field("total_amount", Money(amount=Decimal(1))))
    new = reading(new, pages=(PageRef(unit_id="unit-1", page_index=1),))
    new = replace(new, received_on=date(2020, 1, 1), retain_until=None, importance=ImportanceClass.GENERAL)
    new = replace(new, origin=Origin.UNKNOWN)
    kept = revise(history, new, recorded_by="engine").draft
    assert kept.reading.fields.get("counterparty") == CORRECTED
    assert kept.reading.fields.money("total_amount").amount == 1
    assert kept.reading.pages == READ.pages
    assert kept.reading.review_reasons == ()
    assert (kept.state, kept.origin, kept.received_on) == (READ.state, READ.origin, READ.received_on)
    assert (kept.retain_until, kept.importance) == (READ.retain_until, READ.importance)
    # And that again, after the engine's own revision: what a person did stays done.
    again = [*history, record(kept, revision=3)]
    assert revise(again, new, recorded_by="engine") is None
    assert revise(again, UNSURE, recorded_by="engine").draft.state is DocumentState.FILED


def test_a_class_that_a_person_chose_stays():
    chosen = replace(DRAFT.reading.classification, label=DocumentType.CONTRACT, engine=PERSON)
    history = [READ, record(reading(DRAFT, classification=chosen), revision=2, by="sato")]
    new = with_fields(DRAFT, field("due_date", CalendarDate(day=date(2026, 12, 1))))
    assert revise(history, new, recorded_by="engine").draft.reading.classification == chosen


def test_a_confirmed_day_of_receipt_is_not_assumed_again():
    new = replace(DRAFT, received_on=date(2026, 1, 1), received_on_assumed=True)
    assert revise([READ], new, recorded_by="engine") is None
    assumed = record(replace(DRAFT, received_on_assumed=True))
    assert revise([assumed], DRAFT, recorded_by="engine").draft.received_on_assumed is False


@pytest.mark.parametrize("state", [DocumentState.APPROVED, DocumentState.TOMBSTONED, DocumentState.DESTROYED])
def test_finished_documents_stay_as_they_are(state):
    finished = replace(READ, state=state)
    new = with_fields(DRAFT, field("total_amount", None))
    assert revise([finished], new, recorded_by="engine") is None
    with pytest.raises(AppendOnlyViolation) as caught:
        revise([finished], new, recorded_by="sato")
    assert READ.document_id in caught.value.message_ja


def test_a_person_may_change_everything_else():
    new = replace(UNSURE, origin=Origin.UNKNOWN)
    assert revise([READ], new, recorded_by="sato").draft == new


def test_corrected_fields_are_kept_even_where_the_engine_found_none():
    current = DRAFT.reading.fields.replaced(CORRECTED)
    assert keep_corrected(current, replace(current, fields=())).fields == (CORRECTED,)


def test_outcomes():
    drop = make_drop(MemoryStore())
    read, failed = make_outcome(drop, "doc-1"), make_outcome(drop, state=DropState.UNREADABLE)
    page_fault = make_outcome(drop, "doc-1", faults=[Fault(code="x", message="", message_ja="", page_index=1)])
    assert outcome_to_record(None, read) == read
    assert outcome_to_record(read, replace(read, recorded_at=NOW)) is None
    assert outcome_to_record(failed, read) == read
    assert outcome_to_record(read, failed) is None
    assert outcome_to_record(read, page_fault) == page_fault
    assert outcome_to_record(page_fault, replace(page_fault)) is None
