"""The compliance status of electronic transactions, papers of the past and own documents; search, retention, life."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from compliance.facts import Defect, LedgerRelation, SamenessCheck, StampDuty, UnitStamps
from compliance.settings import CompanySettings
from domain.compliance import ComplianceStatus
from domain.fields import CalendarDate, DocumentType, FieldSet, FieldStatus, Money, Text
from domain.ids import Origin
from domain.record import Classification, DocumentState, ImportanceClass
from tests.support.compliance_facts import (
    DEADLINE,
    ENGINE,
    FIELDS,
    GOOD,
    LACKING,
    MET,
    OPEN,
    RECEIVED,
    RECORD,
    TODAY,
    judge,
    judge_record,
    make_facts,
    make_field,
    make_token,
)


@pytest.mark.parametrize(
    ("tokens", "rules_from", "today", "verdict"),
    [
        ([make_token()], None, TODAY, MET),
        ([make_token(date(2026, 11, 19))], None, TODAY, LACKING),
        ([make_token(date(2026, 11, 19))], date(2026, 1, 1), TODAY, MET),
        ([make_token(accredited=False)], None, DEADLINE, LACKING),
        ([make_token(accredited=False)], RECEIVED, TODAY, MET),
        ([], None, DEADLINE, OPEN),
        ([], None, TODAY, LACKING),
        ([], date(2026, 11, 10), TODAY, LACKING),  # the rules came after the day of receipt
    ],
)
def test_electronic_transactions_choose_one_of_the_measures(tokens, rules_from, today, verdict):
    record = replace(RECORD, origin=Origin.ELECTRONIC_RECEIVED, checks=())
    settings = CompanySettings(electronic_rules_from=rules_from)
    status, lines = judge_record(record, tokens, settings=settings, today=today)
    assert lines["et-authenticity-choice"] is verdict
    assert not any(name.startswith("scan-") for name in lines)
    assert status.verdict is verdict


@pytest.mark.parametrize(
    ("facts", "settings", "words"),
    [
        ({"exchanged_inside": True}, {}, "3号"),
        ({"received_stamped": True}, {}, "1号"),
        ({}, {"electronic_rules_from": RECEIVED}, "4号"),
        ({"units": (UnitStamps(unit_id="unit-1", tokens=(make_token(),)),)}, {}, "2号"),
    ],
)
def test_the_measure_relied_on_is_named(facts, settings, words):
    base = make_facts(replace(RECORD, origin=Origin.ELECTRONIC_RECEIVED, checks=()))
    status, _ = judge(replace(base, **facts), settings=CompanySettings(**settings))
    assert status.verdict is MET
    assert words in next(line.what[0] for line in status.lines if line.rule == "et-authenticity-choice")


def test_an_application_that_waits_keeps_the_document_open():
    base = make_facts(
        replace(RECORD, origin=Origin.ELECTRONIC_RECEIVED, checks=()), [make_token()], open_applications=1
    )
    assert judge(base)[1]["et-rules-template"] is OPEN
    assert judge(replace(base, open_applications=0))[0].verdict is MET


@pytest.mark.parametrize(
    ("day", "reasonable", "rules", "verdict"),
    [
        (date(2021, 12, 31), False, {"reform-log": MET}, None),
        (date(2022, 1, 1), False, {"et-authenticity-choice": LACKING, "et-grace": OPEN}, LACKING),
        (date(2023, 12, 31), False, {"et-grace": OPEN, "scan-meta-abolished-2024": OPEN}, LACKING),
        (date(2024, 1, 1), False, {"et-authenticity-choice": LACKING}, LACKING),
        (date(2024, 1, 1), True, {"et-authenticity-choice": LACKING, "et-grace": OPEN}, LACKING),
    ],
)
def test_electronic_transactions_follow_the_rules_of_their_own_day(day, reasonable, rules, verdict):
    """Law: regime-basis-date, et-grace. The tax office decides on grace: it is never called met here."""
    fields = FIELDS.replaced(make_field("transaction_date", CalendarDate(day=day)))
    record = replace(RECORD, origin=Origin.ELECTRONIC_RECEIVED, checks=(), fields=fields, received_on=day)
    status, lines = judge_record(record, settings=CompanySettings(reasonable_cause=reasonable))
    assert {rule: lines.get(rule) for rule in rules} == rules
    assert ("et-grace" in lines) is ("et-grace" in rules)
    assert verdict is None or status.verdict is verdict


def test_a_day_that_still_waits_for_a_person_does_not_choose_older_rules():
    fields = FIELDS.replaced(make_field("transaction_date", CalendarDate(day=date(2021, 1, 1))))
    record = replace(RECORD, origin=Origin.ELECTRONIC_RECEIVED, checks=(), fields=fields)
    assert "reform-log" in judge_record(record)[1]
    assert "reform-log" not in judge_record(replace(record, state=DocumentState.NEEDS_REVIEW))[1]


def test_a_scan_taken_over_from_before_2022_has_the_duties_of_its_time():
    """Law: reform-log, scan-meta-abolished-2024, search-fields: judged by the day of storing."""
    old = replace(RECORD, received_on=date(2021, 12, 27))
    rows = {line.row for line in judge_record(old, [make_token(date(2021, 12, 28))])[0].of(OPEN)}
    assert {"scan.approval_required", "scan.store_operator_info", "scan.search.old_items"} <= rows
    rows = {line.row for line in judge_record(old, [make_token(date(2022, 1, 4))])[0].of(OPEN)}
    assert rows == {"scan.store_operator_info", "scan.store_resolution_tone_size"}


def test_a_receipt_of_october_2023_stamped_in_january_2024_falls_under_the_rules_of_2024():
    """The sheet's own example of regime-basis-date."""
    receipt = replace(RECORD, received_on=date(2023, 10, 28), importance=ImportanceClass.GENERAL)
    lines = judge_record(receipt, [make_token(date(2024, 1, 5))], ledger=LedgerRelation.OPEN)[1]
    assert "scan-meta-abolished-2024" not in lines
    assert "scan-book-link" not in lines
    before = judge_record(receipt, [make_token(date(2023, 12, 28))], ledger=LedgerRelation.OPEN)[1]
    assert before["scan-meta-abolished-2024"] is before["scan-book-link"] is OPEN


def test_important_papers_of_the_past():
    settings = CompanySettings(scan_storage_from=date(2026, 12, 1))
    late = replace(RECORD, received_on=date(2020, 4, 1))
    lines = judge_record(late, [make_token()], settings=settings)[1]
    assert (lines["scan-general-anytime"], lines["scan-late"]) == (OPEN, LACKING)
    noticed = settings.model_copy(update={"past_important_notices": {DocumentType.INVOICE: date(2026, 11, 1)}})
    status, lines = judge_record(late, [make_token()], settings=noticed)
    assert "scan-late" not in lines
    assert lines["scan-general-anytime"] is MET
    assert status.verdict is MET


def test_own_documents_and_unknown_ones():
    own = judge_record(replace(RECORD, origin=Origin.SELF_GENERATED))
    assert own[0].verdict is MET
    unknown = judge_record(replace(RECORD, origin=Origin.UNKNOWN), [make_token()])
    assert unknown[1]["regime-split"] is OPEN
    assert unknown[0].verdict is OPEN


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, MET),
        ({"state": DocumentState.NEEDS_REVIEW}, OPEN),
        ({"fields": FieldSet(fields=FIELDS.fields[:2])}, OPEN),
        ({"fields": FIELDS.replaced(make_field("total_amount", None, FieldStatus.MISSING))}, OPEN),
        ({"fields": FIELDS.replaced(make_field("total_amount", None, FieldStatus.CORRECTED))}, MET),
        ({"fields": FIELDS.replaced(make_field("counterparty", Text(text="?"), FieldStatus.AMBIGUOUS))}, OPEN),
    ],
)
def test_the_search_fields(changes, verdict):
    assert judge_record(replace(RECORD, **changes))[1]["search-fields"] is verdict


def test_who_need_not_offer_a_search():
    """Law: et-search-exempt."""
    record = replace(RECORD, origin=Origin.ELECTRONIC_RECEIVED, checks=(), fields=FieldSet(fields=FIELDS.fields[:1]))
    ready = CompanySettings(download_ready=True, sales_by_year={2025: 50_000_000})
    assert judge_record(record, [make_token()], settings=ready)[1]["et-search-exempt"] is MET
    larger = ready.model_copy(update={"sales_by_year": {2025: 50_000_001}})
    assert judge_record(record, [make_token()], settings=larger)[1]["search-fields"] is OPEN
    prints = larger.model_copy(update={"sorted_prints": True})
    assert judge_record(record, [make_token()], settings=prints)[1]["et-search-exempt"] is MET


def test_a_delivery_note_without_a_price_can_be_found():
    note = Classification(label=DocumentType.DELIVERY_NOTE, confidence=1, reasons=(), engine=ENGINE)
    without = FIELDS.replaced(make_field("total_amount", None, FieldStatus.MISSING))
    assert judge_record(replace(RECORD, classification=note, fields=without))[1]["search-fields"] is MET


@pytest.mark.parametrize(
    ("until", "verdict"),
    [(None, OPEN), (date(2037, 5, 30), OPEN), (date(2037, 5, 31), MET), (date(2050, 1, 1), MET)],
)
def test_the_retention(until, verdict):
    assert judge_record(replace(RECORD, retain_until=until))[1]["ret-corp-loss"] is verdict


def test_a_legal_hold_is_said():
    assert judge_record(tokens=[make_token()], held=True)[1]["ret-other"] is MET
    by_company = CompanySettings(holds=((RECEIVED, RECEIVED),))
    assert judge_record(tokens=[make_token()], settings=by_company)[1]["ret-other"] is MET


def test_the_life_of_a_token():
    status, lines = judge_record(tokens=[make_token(not_after=date(2030, 1, 1))])
    assert lines["lt-token-life"] is MET
    life = next(line for line in status.lines if line.rule == "lt-token-life")
    assert life.due == date(2030, 1, 1)
    assert "更新" in life.todo[0]
    assert judge_record(tokens=[make_token(not_after=date(2026, 11, 29))])[1]["lt-token-life"] is OPEN
    renewed = [make_token(not_after=date(2026, 11, 29)), make_token(date(2026, 11, 20), not_after=date(2040, 1, 1))]
    assert judge_record(tokens=renewed)[1]["lt-token-life"] is MET


def test_the_paper_follows_from_the_same_facts():
    paper = replace(GOOD, sameness=SamenessCheck(checked_on=TODAY, same=True), stamp_duty=StampDuty.REFUND).paper
    assert (paper.stamped_on, paper.capture_good, paper.stamp_duty) == (date(2026, 11, 10), True, StampDuty.REFUND)
    stamp = FIELDS.replaced(make_field("stamp_duty", Money(amount=Decimal(200))))
    assert make_facts(replace(RECORD, fields=stamp)).paper.stamp_duty is StampDuty.AFFIXED
    assert make_facts(replace(RECORD, checks=())).paper.capture_good is None


def test_what_was_destroyed_after_its_retention_lacks_nothing():
    status, lines = judge_record(replace(RECORD, state=DocumentState.DESTROYED, fields=FieldSet(fields=()), checks=()))
    assert (status.verdict, set(lines)) == (MET, {"ret-other"})


def test_nothing_judged_is_not_compliant():
    assert ComplianceStatus(as_of=TODAY, lines=()).verdict is OPEN


def test_lines_of_one_verdict_come_by_their_day():
    status, _ = judge(replace(GOOD, units=(UnitStamps(unit_id="u", tokens=()),), defect=Defect(found_on=DEADLINE)))
    days = [line.due for line in status.of(OPEN) if line.due]
    assert days == sorted(days)
