from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from compliance.capture_quality import RULE_ID
from compliance.settings import CompanySettings
from compliance.status import compliance_status
from domain.evidence import Check, Outcome, TimestampToken
from domain.fields import CalendarDate, DocumentType, Field, FieldSet, FieldStatus, Money, Text
from domain.ids import Digest, Origin
from domain.labels import LAW_RULES
from domain.page import EngineId, PageRef
from domain.record import ArchiveRecord, Classification, DocumentState, ImportanceClass

PASSED, FAILED, INDETERMINATE = Outcome.PASSED, Outcome.FAILED, Outcome.INDETERMINATE
ENGINE = EngineId(name="rules.v1", version="1")
SETTINGS = CompanySettings()
RECEIVED, DEADLINE, TODAY = date(2026, 11, 9), date(2026, 11, 18), date(2026, 11, 30)


def _field(name, value, status=FieldStatus.FOUND):
    return Field(name=name, value=value, status=status, confidence=1, engine=ENGINE)


FIELDS = FieldSet(
    fields=(
        _field("transaction_date", CalendarDate(day=RECEIVED)),
        _field("total_amount", Money(amount=Decimal(1000))),
        _field("counterparty", Text(text="青空商事")),
    )
)
RECORD = ArchiveRecord(
    client_id="default",
    document_id="doc-1",
    revision=1,
    supersedes=None,
    state=DocumentState.FILED,
    pages=(PageRef(unit_id="unit-1", page_index=0),),
    classification=Classification(label=DocumentType.INVOICE, confidence=1, reasons=(), engine=ENGINE),
    importance=ImportanceClass.IMPORTANT,
    fields=FIELDS,
    checks=(Check(name=RULE_ID, outcome=PASSED, detail="1ページ"),),
    review_reasons=(),
    text="",
    recorded_at=datetime(2026, 11, 9, tzinfo=UTC),
    recorded_by="engine",
    received_on=RECEIVED,
    received_on_assumed=False,
    origin=Origin.PAPER_RECEIVED,
    retain_until=date(2037, 5, 31),
)


def _token(on=date(2026, 11, 10), *, accredited=True, unit="unit-1", not_after=date(2037, 1, 1), hour=3):
    return TimestampToken(
        imprint=Digest.of(unit.encode()),
        token_der=b"",
        authority="tsa",
        accredited=accredited,
        gen_time=datetime(on.year, on.month, on.day, hour, tzinfo=UTC),
        policy_oid="1.2.3",
        serial_number="1",
        certificate_not_after=datetime(not_after.year, not_after.month, not_after.day, tzinfo=UTC),
        chain_pem="",
    )


def _status(record=RECORD, tokens=(), *, settings=SETTINGS, today=TODAY, **more):
    report = compliance_status(record, tokens, settings=settings, today=today, **more)
    assert {check.name for check in report.checks} <= set(LAW_RULES), "every rule has its words"
    assert all(check.detail for check in report.checks)
    return report, {check.name: check.outcome for check in report.checks}


def test_everything_there():
    report, outcomes = _status(tokens=[_token()], ledger_linked=True)
    assert report.outcome is PASSED, report
    assert set(outcomes) == {
        "regime-split",
        "regime-basis-date",
        "scan-doc-class",
        "scan-timestamp",
        "scan-timestamp-substitute",
        "scan-input-early",
        "scan-book-link",
        "scan-resolution-tone",
        "lt-token-life",
        "search-fields",
        "ret-corp",
    }


def test_ones_own_system_without_an_accredited_authority_is_not_compliant():
    report, outcomes = _status(tokens=[_token(accredited=False)], ledger_linked=True)
    assert report.outcome is FAILED
    assert outcomes["scan-timestamp"] is FAILED
    assert outcomes["scan-timestamp-substitute"] is FAILED
    assert any("認定されていない" in check.detail for check in report.checks)


@pytest.mark.parametrize(
    ("tokens", "today", "timestamp", "deadline", "late"),
    [
        ([], DEADLINE, INDETERMINATE, INDETERMINATE, False),
        ([], date(2026, 11, 19), FAILED, FAILED, True),
        ([_token(DEADLINE)], TODAY, PASSED, PASSED, False),
        ([_token(date(2026, 11, 19))], TODAY, PASSED, FAILED, True),
        ([_token(DEADLINE, hour=14)], TODAY, PASSED, PASSED, False),  # 23:00 in Tokyo
        ([_token(DEADLINE, hour=15)], TODAY, PASSED, FAILED, True),  # midnight has passed in Tokyo
        ([_token(date(2026, 11, 25)), _token()], TODAY, PASSED, PASSED, False),  # renewed; the first counts
        ([_token(accredited=False)], DEADLINE, FAILED, INDETERMINATE, False),
    ],
)
def test_the_clock_of_an_important_paper(tokens, today, timestamp, deadline, late):
    _, outcomes = _status(tokens=tokens, today=today)
    assert (outcomes["scan-timestamp"], outcomes["scan-input-early"]) == (timestamp, deadline)
    assert ("scan-late" in outcomes) is late


def test_every_unit_needs_its_own_token():
    two = replace(RECORD, pages=(*RECORD.pages, PageRef(unit_id="unit-2", page_index=0)))
    assert _status(two, [_token()])[1]["scan-timestamp"] is FAILED
    both = [_token(), _token(date(2026, 11, 19), unit="unit-2")]
    assert _status(two, both)[1]["scan-timestamp"] is PASSED
    assert _status(two, both)[1]["scan-input-early"] is FAILED, "the last unit decides"


def test_nothing_is_called_compliant_on_an_assumed_day():
    assumed = replace(RECORD, received_on_assumed=True)
    report, outcomes = _status(assumed, [_token()], ledger_linked=True)
    assert report.outcome is INDETERMINATE
    assert outcomes["scan-input-early"] is outcomes["regime-basis-date"] is INDETERMINATE
    assert "scan-late" not in outcomes
    electronic = replace(assumed, origin=Origin.ELECTRONIC_RECEIVED)
    rules = CompanySettings(electronic_rules_from=date(2022, 1, 1))
    assert _status(electronic, [_token()])[0].outcome is INDETERMINATE
    assert _status(electronic, settings=rules)[0].outcome is INDETERMINATE


def test_the_cycle_is_named_where_it_applies():
    settings = CompanySettings(deadline_method="cycle", cycle_rules_from=date(2026, 4, 1))
    outcomes = _status(tokens=[_token(date(2027, 1, 5))], settings=settings, today=date(2027, 2, 1))[1]
    assert outcomes["scan-input-cycle"] is PASSED
    assert "scan-input-early" not in outcomes


def test_a_general_document_has_no_deadline_but_wants_its_timestamp():
    general = replace(RECORD, importance=ImportanceClass.GENERAL)
    outcomes = _status(general)[1]
    assert outcomes["scan-timestamp"] is outcomes["scan-general-anytime"] is INDETERMINATE
    assert "scan-input-early" not in outcomes
    assert "scan-book-link" not in outcomes
    report, outcomes = _status(general, [_token(TODAY)])
    assert outcomes["scan-general-anytime"] is PASSED
    assert report.outcome is PASSED


@pytest.mark.parametrize(
    ("tokens", "rules_from", "today", "outcome"),
    [
        ([_token()], None, TODAY, PASSED),
        ([_token(date(2026, 11, 19))], None, TODAY, FAILED),
        ([_token(date(2026, 11, 19))], date(2026, 1, 1), TODAY, PASSED),
        ([_token(accredited=False)], None, DEADLINE, FAILED),
        ([_token(accredited=False)], RECEIVED, TODAY, PASSED),
        ([], None, DEADLINE, INDETERMINATE),
        ([], None, TODAY, FAILED),
        ([], date(2026, 11, 10), TODAY, FAILED),  # the rules came after the day of receipt
    ],
)
def test_electronic_transactions_choose_one_of_the_measures(tokens, rules_from, today, outcome):
    record = replace(RECORD, origin=Origin.ELECTRONIC_RECEIVED, checks=())
    settings = CompanySettings(electronic_rules_from=rules_from)
    report, outcomes = _status(record, tokens, settings=settings, today=today)
    assert outcomes["et-authenticity-choice"] is outcome
    assert not any(name.startswith("scan-") for name in outcomes)
    assert report.outcome is outcome


def test_own_documents_and_unknown_ones():
    own = _status(replace(RECORD, origin=Origin.SELF_GENERATED))
    assert own[0].outcome is PASSED
    unknown = _status(replace(RECORD, origin=Origin.UNKNOWN), [_token()], ledger_linked=True)
    assert unknown[1]["regime-split"] is INDETERMINATE
    assert unknown[0].outcome is INDETERMINATE


@pytest.mark.parametrize(("linked", "outcome"), [(None, INDETERMINATE), (True, PASSED), (False, FAILED)])
def test_the_link_to_the_books(linked, outcome):
    assert _status(tokens=[_token()], ledger_linked=linked)[1]["scan-book-link"] is outcome


def test_a_scan_that_nobody_judged_is_not_passed():
    assert _status(replace(RECORD, checks=()))[1][RULE_ID] is INDETERMINATE


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, PASSED),
        ({"state": DocumentState.NEEDS_REVIEW}, INDETERMINATE),
        ({"fields": FieldSet(fields=FIELDS.fields[:2])}, INDETERMINATE),
        ({"fields": FIELDS.replaced(_field("total_amount", None, FieldStatus.MISSING))}, INDETERMINATE),
        ({"fields": FIELDS.replaced(_field("total_amount", None, FieldStatus.CORRECTED))}, PASSED),
        (
            {"fields": FIELDS.replaced(_field("counterparty", Text(text="?"), FieldStatus.AMBIGUOUS))},
            INDETERMINATE,
        ),
    ],
)
def test_the_search_fields(changes, outcome):
    assert _status(replace(RECORD, **changes))[1]["search-fields"] is outcome


def test_a_delivery_note_without_a_price_can_be_found():
    note = Classification(label=DocumentType.DELIVERY_NOTE, confidence=1, reasons=(), engine=ENGINE)
    without = FIELDS.replaced(_field("total_amount", None, FieldStatus.MISSING))
    assert _status(replace(RECORD, classification=note, fields=without))[1]["search-fields"] is PASSED


@pytest.mark.parametrize(
    ("until", "outcome"),
    [(None, INDETERMINATE), (date(2037, 5, 30), FAILED), (date(2037, 5, 31), PASSED), (date(2050, 1, 1), PASSED)],
)
def test_the_retention(until, outcome):
    assert _status(replace(RECORD, retain_until=until))[1]["ret-corp"] is outcome


def test_the_life_of_a_token():
    report, outcomes = _status(tokens=[_token(not_after=date(2030, 1, 1))])
    assert outcomes["lt-token-life"] is PASSED
    assert any("更新が必要" in check.detail for check in report.checks)
    assert _status(tokens=[_token(not_after=date(2026, 11, 29))])[1]["lt-token-life"] is INDETERMINATE
    renewed = [_token(not_after=date(2026, 11, 29)), _token(date(2026, 11, 20), not_after=date(2040, 1, 1))]
    assert _status(tokens=renewed)[1]["lt-token-life"] is PASSED
