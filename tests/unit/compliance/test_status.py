"""The compliance status of a document: a function of facts, company, rules and day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from compliance.facts import RESOLUTION, Defect, DocumentFacts, LedgerRelation, SamenessCheck, StampDuty, UnitStamps
from compliance.packfile import parse_pack
from compliance.rulepack import load_rulepack, merged
from compliance.settings import CompanySettings
from compliance.status import compliance_status
from domain.compliance import ComplianceStatus, Verdict
from domain.evidence import Check, Outcome, TimestampToken
from domain.fields import CalendarDate, DocumentType, Field, FieldSet, FieldStatus, Money, Text
from domain.ids import Digest, Origin
from domain.labels import LAW_RULES
from domain.page import EngineId, PageRef
from domain.record import ArchiveRecord, Classification, DocumentState, ImportanceClass

MET, OPEN, LACKING = Verdict.COMPLIANT, Verdict.NOT_YET, Verdict.NOT
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
    checks=(Check(name=RESOLUTION, outcome=Outcome.PASSED, detail="1ページ"),),
    review_reasons=(),
    text="",
    recorded_at=datetime(2026, 11, 9, tzinfo=UTC),
    recorded_by="engine",
    received_on=RECEIVED,
    received_on_assumed=False,
    origin=Origin.PAPER_RECEIVED,
    retain_until=date(2037, 5, 31),
)


def _token(on=date(2026, 11, 10), *, accredited=True, not_after=date(2037, 6, 1), hour=3):
    return TimestampToken(
        imprint=Digest.of(b"unit"),
        token_der=b"",
        authority="tsa",
        accredited=accredited,
        gen_time=datetime(on.year, on.month, on.day, hour, tzinfo=UTC),
        policy_oid="1.2.3",
        serial_number="1",
        certificate_not_after=datetime(not_after.year, not_after.month, not_after.day, tzinfo=UTC),
        chain_pem="",
    )


def _facts(record=RECORD, tokens=(), **more):
    more.setdefault("ledger", LedgerRelation.LINKED)
    return DocumentFacts(record=record, units=(UnitStamps(unit_id="unit-1", tokens=tuple(tokens)),), **more)


GOOD = _facts(tokens=[_token()])


def _of(facts, *, settings=SETTINGS, today=TODAY, pack=None):
    status = compliance_status(facts, settings=settings, today=today, pack=pack)
    assert {line.rule for line in status.lines} <= set(LAW_RULES), "every rule has its words"
    for line in status.lines:
        assert all(line.what)
        assert (
            line.verdict is MET
            or (line.todo and all(line.todo))
            or line.rule
            in {
                "scan-timestamp-substitute",
                "scan-input-early",
                "scan-input-cycle",
            }
        ), f"{line.rule} says what to do"
    return status, {line.rule: line.verdict for line in status.lines}


def _status(record=RECORD, tokens=(), *, settings=SETTINGS, today=TODAY, **more):
    return _of(_facts(record, tokens, **more), settings=settings, today=today)


def test_everything_there():
    status, lines = _of(GOOD)
    assert status.verdict is MET, status
    assert set(lines) == {
        "regime-split",
        "regime-basis-date",
        "scan-doc-class",
        "scan-timestamp",
        "scan-input-early",
        "scan-book-link",
        RESOLUTION,
        "lt-token-life",
        "search-fields",
        "ret-corp-loss",
    }
    assert status.next_due is None
    assert {line.row for line in status.lines if line.row} == {
        "scan.timestamp.mic",
        "scan.input.early",
        "scan.link_books.important",
        "scan.search.three_items",
        "ret.corp.loss",
    }
    assert status.report().outcome is Outcome.PASSED


CHANGES = [
    ({"record": replace(RECORD, origin=Origin.UNKNOWN)}, OPEN),
    ({"record": replace(RECORD, received_on_assumed=True)}, OPEN),
    ({"record": replace(RECORD, received_on_assumed=True), "confirmed_received_on": RECEIVED}, MET),
    ({"confirmed_received_on": date(2026, 10, 28)}, LACKING),
    ({"record": replace(RECORD, checks=())}, OPEN),
    ({"record": replace(RECORD, checks=(Check(name=RESOLUTION, outcome=Outcome.FAILED, detail="150dpi"),))}, LACKING),
    ({"record": replace(RECORD, state=DocumentState.NEEDS_REVIEW)}, OPEN),
    ({"record": replace(RECORD, retain_until=date(2030, 1, 1))}, OPEN),
    ({"record": replace(RECORD, retain_until=date(2030, 1, 1)), "extended_until": date(2037, 5, 31)}, MET),
    ({"record": replace(RECORD, text="貸借対照表\n2026年3月31日")}, LACKING),
    ({"units": ()}, OPEN),
    ({"units": (UnitStamps(unit_id="unit-1", tokens=(_token(accredited=False),)),)}, LACKING),
    ({"ledger": LedgerRelation.OPEN}, OPEN),
    ({"ledger": LedgerRelation.NONE}, MET),
    ({"sameness": SamenessCheck(checked_on=TODAY, same=False)}, LACKING),
    ({"sameness": SamenessCheck(checked_on=TODAY, same=True)}, MET),
    ({"defect": Defect(found_on=TODAY)}, OPEN),
    ({"defect": Defect(found_on=date(2026, 11, 10))}, LACKING),
    ({"defect": Defect(found_on=date(2026, 11, 10), rescan_stamped_on=date(2026, 11, 19))}, MET),
    ({"printed_from_data": True}, LACKING),
    ({"contract_end": date(2040, 1, 1)}, MET),
    (
        {
            "record": replace(
                RECORD,
                classification=replace(RECORD.classification, label=DocumentType.CONTRACT),
            ),
            "contract_end": date(2040, 1, 1),
        },
        OPEN,
    ),
]


@pytest.mark.parametrize(("changes", "verdict"), CHANGES)
def test_each_fact_changes_the_verdict(changes, verdict):
    today = DEADLINE if changes.get("units") == () else TODAY
    assert _of(replace(GOOD, **changes), today=today)[0].verdict is verdict


def test_the_day_changes_the_verdict():
    waiting = replace(GOOD, units=(UnitStamps(unit_id="unit-1", tokens=()),))
    before, _ = _of(waiting, today=DEADLINE)
    after, lines = _of(waiting, today=date(2026, 11, 19))
    assert (before.verdict, after.verdict) == (OPEN, LACKING)
    assert before.next_due == DEADLINE
    assert after.next_due is None
    assert lines["scan-late"] is LACKING
    assert _of(GOOD, today=date(2037, 6, 2))[1]["lt-token-life"] is OPEN, "the token's certificate has ended"


@pytest.mark.parametrize(
    ("settings", "verdict"),
    [
        ({"extra_closed": (date(2026, 11, 18),)}, MET),
        ({}, LACKING),
        ({"deadline_method": "cycle", "cycle_rules_from": date(2026, 4, 1)}, MET),
    ],
)
def test_facts_of_the_company_change_the_verdict(settings, verdict):
    a_day_late = replace(GOOD, units=(UnitStamps(unit_id="unit-1", tokens=(_token(date(2026, 11, 19)),)),))
    assert _of(a_day_late, settings=CompanySettings(**settings))[0].verdict is verdict


def _with(text):
    names = load_rulepack()
    head = '[pack]\nid = "2027-01-01-test"\ncompiled_on = 2027-01-01\nsources = []\n'
    from importlib.resources import files

    real = [
        parse_pack(files("compliance").joinpath("rules", f"{pack.id}.toml").read_text(encoding="utf-8"))
        for pack in names.packs
    ]
    return merged([*real, parse_pack(head + text)])


@pytest.mark.parametrize(("status", "verdict"), [("confirmed", LACKING), ("verify", LACKING)])
def test_rules_change_the_verdict(status, verdict):
    """A made-up law of three business days from 2026-11-01 on makes the same stamp late."""
    pack = _with(
        '[[end]]\nid = "scan.input.early"\nvalid_from = 2022-01-01\nvalid_to = 2026-10-31\nsource = "x"\n'
        '[[rule]]\nid = "scan.input.early"\nlaw = "scan-input-early"\nbasis = "stored_at"\nvalid_from = 2026-11-01\n'
        f'source = "x"\nstatus = "{status}"\nparameters = {{ business_days = 3 }}\n'
    )
    in_seven = replace(GOOD, units=(UnitStamps(unit_id="unit-1", tokens=(_token(date(2026, 11, 17)),)),))
    assert _of(in_seven)[0].verdict is MET
    assert _of(in_seven, pack=pack)[0].verdict is verdict


def test_what_an_unconfirmed_rule_calls_met_stays_open():
    pack = _with(
        '[[end]]\nid = "scan.input.early"\nvalid_from = 2022-01-01\nvalid_to = 2026-10-31\nsource = "x"\n'
        '[[rule]]\nid = "scan.input.early"\nlaw = "scan-input-early"\nbasis = "stored_at"\nvalid_from = 2026-11-01\n'
        'source = "x"\nstatus = "verify"\nparameters = { business_days = 7 }\n'
    )
    status, lines = _of(GOOD, pack=pack)
    assert (status.verdict, lines["scan-input-early"]) == (OPEN, OPEN)
    assert "条文が未確認" in next(line.todo[0] for line in status.lines if line.rule == "scan-input-early")


def test_ones_own_system_without_an_accredited_authority_is_not_compliant():
    for today in (DEADLINE, TODAY):
        status, lines = _status(tokens=[_token(accredited=False)], today=today)
        assert status.verdict is LACKING
        assert lines["scan-timestamp"] is LACKING
        assert lines["scan-timestamp-substitute"] is LACKING
    assert any("認定されていない" in line.what[0] for line in status.lines)


@pytest.mark.parametrize(
    ("tokens", "today", "timestamp", "deadline", "late"),
    [
        ([], DEADLINE, OPEN, OPEN, False),
        ([], date(2026, 11, 19), LACKING, LACKING, True),
        ([_token(DEADLINE)], TODAY, MET, MET, False),
        ([_token(date(2026, 11, 19))], TODAY, MET, LACKING, True),
        ([_token(DEADLINE, hour=14)], TODAY, MET, MET, False),  # 23:00 in Tokyo
        ([_token(DEADLINE, hour=15)], TODAY, MET, LACKING, True),  # midnight has passed in Tokyo
        ([_token(date(2026, 11, 25)), _token()], TODAY, MET, MET, False),  # renewed; the first counts
        ([_token(accredited=False)], DEADLINE, LACKING, OPEN, False),
    ],
)
def test_the_clock_of_an_important_paper(tokens, today, timestamp, deadline, late):
    _, lines = _status(tokens=tokens, today=today)
    assert (lines["scan-timestamp"], lines["scan-input-early"]) == (timestamp, deadline)
    assert ("scan-late" in lines) is late


@pytest.mark.parametrize("origin", [Origin.PAPER_RECEIVED, Origin.ELECTRONIC_RECEIVED])
def test_waiting_for_an_authority_that_is_not_accredited_is_said_to_be_of_no_use(origin):
    """Law: lt-tsa-facts."""
    record = replace(RECORD, origin=origin)
    rule = "scan-timestamp" if origin is Origin.PAPER_RECEIVED else "et-authenticity-choice"

    def said(**facts):
        status, _ = _status(record, today=DEADLINE, **facts)
        return next(line for line in status.lines if line.rule == rule)

    assert said().todo[0].startswith("認定タイムスタンプの付与を待って")
    alone = said(accredited_service=False)
    assert (alone.verdict, alone.due) == (OPEN, DEADLINE)
    assert "認定されていません" in alone.what[0]
    assert "設定してください" in alone.todo[0]


def test_a_late_paper_says_to_keep_the_paper_and_where_it_lies():
    status, _ = _status(tokens=[_token(date(2026, 11, 19))], paper_kept_at="倉庫 3-2")
    late = next(line for line in status.lines if line.rule == "scan-late")
    assert "倉庫 3-2" in late.what[0]
    assert "紙の原本を" in late.todo[0]


def test_every_unit_needs_its_own_token():
    def two(second):
        units = (UnitStamps(unit_id="unit-1", tokens=(_token(),)), UnitStamps(unit_id="unit-2", tokens=second))
        return _of(replace(GOOD, units=units))[1]

    assert two(())["scan-timestamp"] is LACKING
    assert two((_token(date(2026, 11, 19)),))["scan-timestamp"] is MET
    assert two((_token(date(2026, 11, 19)),))["scan-input-early"] is LACKING, "the last unit decides"


def test_nothing_is_called_compliant_on_an_assumed_day():
    assumed = replace(RECORD, received_on_assumed=True)
    status, lines = _status(assumed, [_token()])
    assert status.verdict is OPEN
    assert lines["scan-input-early"] is lines["regime-basis-date"] is OPEN
    assert "scan-late" not in lines
    electronic = replace(assumed, origin=Origin.ELECTRONIC_RECEIVED)
    rules = CompanySettings(electronic_rules_from=date(2022, 1, 1))
    assert _status(electronic, [_token()])[0].verdict is OPEN
    assert _status(electronic, settings=rules)[0].verdict is OPEN


def test_a_general_document_has_no_deadline_but_wants_its_timestamp():
    general = replace(RECORD, importance=ImportanceClass.GENERAL)
    lines = _status(general, ledger=LedgerRelation.OPEN)[1]
    assert (lines["scan-timestamp"], lines["scan-general-anytime"]) == (OPEN, MET)
    assert "scan-input-early" not in lines
    assert "scan-book-link" not in lines
    status, lines = _status(general, [_token(TODAY)])
    assert status.verdict is MET


@pytest.mark.parametrize(
    ("tokens", "rules_from", "today", "verdict"),
    [
        ([_token()], None, TODAY, MET),
        ([_token(date(2026, 11, 19))], None, TODAY, LACKING),
        ([_token(date(2026, 11, 19))], date(2026, 1, 1), TODAY, MET),
        ([_token(accredited=False)], None, DEADLINE, LACKING),
        ([_token(accredited=False)], RECEIVED, TODAY, MET),
        ([], None, DEADLINE, OPEN),
        ([], None, TODAY, LACKING),
        ([], date(2026, 11, 10), TODAY, LACKING),  # the rules came after the day of receipt
    ],
)
def test_electronic_transactions_choose_one_of_the_measures(tokens, rules_from, today, verdict):
    record = replace(RECORD, origin=Origin.ELECTRONIC_RECEIVED, checks=())
    settings = CompanySettings(electronic_rules_from=rules_from)
    status, lines = _status(record, tokens, settings=settings, today=today)
    assert lines["et-authenticity-choice"] is verdict
    assert not any(name.startswith("scan-") for name in lines)
    assert status.verdict is verdict


@pytest.mark.parametrize(
    ("facts", "settings", "words"),
    [
        ({"exchanged_inside": True}, {}, "3号"),
        ({"received_stamped": True}, {}, "1号"),
        ({}, {"electronic_rules_from": RECEIVED}, "4号"),
        ({"units": (UnitStamps(unit_id="unit-1", tokens=(_token(),)),)}, {}, "2号"),
    ],
)
def test_the_measure_relied_on_is_named(facts, settings, words):
    base = _facts(replace(RECORD, origin=Origin.ELECTRONIC_RECEIVED, checks=()))
    status, _ = _of(replace(base, **facts), settings=CompanySettings(**settings))
    assert status.verdict is MET
    assert words in next(line.what[0] for line in status.lines if line.rule == "et-authenticity-choice")


def test_an_application_that_waits_keeps_the_document_open():
    base = _facts(replace(RECORD, origin=Origin.ELECTRONIC_RECEIVED, checks=()), [_token()], open_applications=1)
    assert _of(base)[1]["et-rules-template"] is OPEN
    assert _of(replace(base, open_applications=0))[0].verdict is MET


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
    fields = FIELDS.replaced(_field("transaction_date", CalendarDate(day=day)))
    record = replace(RECORD, origin=Origin.ELECTRONIC_RECEIVED, checks=(), fields=fields, received_on=day)
    status, lines = _status(record, settings=CompanySettings(reasonable_cause=reasonable))
    assert {rule: lines.get(rule) for rule in rules} == rules
    assert ("et-grace" in lines) is ("et-grace" in rules)
    assert verdict is None or status.verdict is verdict


def test_a_day_that_still_waits_for_a_person_does_not_choose_older_rules():
    fields = FIELDS.replaced(_field("transaction_date", CalendarDate(day=date(2021, 1, 1))))
    record = replace(RECORD, origin=Origin.ELECTRONIC_RECEIVED, checks=(), fields=fields)
    assert "reform-log" in _status(record)[1]
    assert "reform-log" not in _status(replace(record, state=DocumentState.NEEDS_REVIEW))[1]


def test_a_scan_taken_over_from_before_2022_has_the_duties_of_its_time():
    """Law: reform-log, scan-meta-abolished-2024, search-fields: judged by the day of storing."""
    old = replace(RECORD, received_on=date(2021, 12, 27))
    rows = {line.row for line in _status(old, [_token(date(2021, 12, 28))])[0].of(OPEN)}
    assert {"scan.approval_required", "scan.store_operator_info", "scan.search.old_items"} <= rows
    rows = {line.row for line in _status(old, [_token(date(2022, 1, 4))])[0].of(OPEN)}
    assert rows == {"scan.store_operator_info", "scan.store_resolution_tone_size"}


def test_a_receipt_of_october_2023_stamped_in_january_2024_falls_under_the_rules_of_2024():
    """The sheet's own example of regime-basis-date."""
    receipt = replace(RECORD, received_on=date(2023, 10, 28), importance=ImportanceClass.GENERAL)
    lines = _status(receipt, [_token(date(2024, 1, 5))], ledger=LedgerRelation.OPEN)[1]
    assert "scan-meta-abolished-2024" not in lines
    assert "scan-book-link" not in lines
    before = _status(receipt, [_token(date(2023, 12, 28))], ledger=LedgerRelation.OPEN)[1]
    assert before["scan-meta-abolished-2024"] is before["scan-book-link"] is OPEN


def test_important_papers_of_the_past():
    settings = CompanySettings(scan_storage_from=date(2026, 12, 1))
    late = replace(RECORD, received_on=date(2020, 4, 1))
    lines = _status(late, [_token()], settings=settings)[1]
    assert (lines["scan-general-anytime"], lines["scan-late"]) == (OPEN, LACKING)
    noticed = settings.model_copy(update={"past_important_notices": {DocumentType.INVOICE: date(2026, 11, 1)}})
    status, lines = _status(late, [_token()], settings=noticed)
    assert "scan-late" not in lines
    assert lines["scan-general-anytime"] is MET
    assert status.verdict is MET


def test_own_documents_and_unknown_ones():
    own = _status(replace(RECORD, origin=Origin.SELF_GENERATED))
    assert own[0].verdict is MET
    unknown = _status(replace(RECORD, origin=Origin.UNKNOWN), [_token()])
    assert unknown[1]["regime-split"] is OPEN
    assert unknown[0].verdict is OPEN


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, MET),
        ({"state": DocumentState.NEEDS_REVIEW}, OPEN),
        ({"fields": FieldSet(fields=FIELDS.fields[:2])}, OPEN),
        ({"fields": FIELDS.replaced(_field("total_amount", None, FieldStatus.MISSING))}, OPEN),
        ({"fields": FIELDS.replaced(_field("total_amount", None, FieldStatus.CORRECTED))}, MET),
        ({"fields": FIELDS.replaced(_field("counterparty", Text(text="?"), FieldStatus.AMBIGUOUS))}, OPEN),
    ],
)
def test_the_search_fields(changes, verdict):
    assert _status(replace(RECORD, **changes))[1]["search-fields"] is verdict


def test_who_need_not_offer_a_search():
    """Law: et-search-exempt."""
    record = replace(RECORD, origin=Origin.ELECTRONIC_RECEIVED, checks=(), fields=FieldSet(fields=FIELDS.fields[:1]))
    ready = CompanySettings(download_ready=True, sales_by_year={2025: 50_000_000})
    assert _status(record, [_token()], settings=ready)[1]["et-search-exempt"] is MET
    larger = ready.model_copy(update={"sales_by_year": {2025: 50_000_001}})
    assert _status(record, [_token()], settings=larger)[1]["search-fields"] is OPEN
    prints = larger.model_copy(update={"sorted_prints": True})
    assert _status(record, [_token()], settings=prints)[1]["et-search-exempt"] is MET


def test_a_delivery_note_without_a_price_can_be_found():
    note = Classification(label=DocumentType.DELIVERY_NOTE, confidence=1, reasons=(), engine=ENGINE)
    without = FIELDS.replaced(_field("total_amount", None, FieldStatus.MISSING))
    assert _status(replace(RECORD, classification=note, fields=without))[1]["search-fields"] is MET


@pytest.mark.parametrize(
    ("until", "verdict"),
    [(None, OPEN), (date(2037, 5, 30), OPEN), (date(2037, 5, 31), MET), (date(2050, 1, 1), MET)],
)
def test_the_retention(until, verdict):
    assert _status(replace(RECORD, retain_until=until))[1]["ret-corp-loss"] is verdict


def test_a_legal_hold_is_said():
    assert _status(tokens=[_token()], held=True)[1]["ret-other"] is MET
    by_company = CompanySettings(holds=((RECEIVED, RECEIVED),))
    assert _status(tokens=[_token()], settings=by_company)[1]["ret-other"] is MET


def test_the_life_of_a_token():
    status, lines = _status(tokens=[_token(not_after=date(2030, 1, 1))])
    assert lines["lt-token-life"] is MET
    life = next(line for line in status.lines if line.rule == "lt-token-life")
    assert life.due == date(2030, 1, 1)
    assert "更新" in life.todo[0]
    assert _status(tokens=[_token(not_after=date(2026, 11, 29))])[1]["lt-token-life"] is OPEN
    renewed = [_token(not_after=date(2026, 11, 29)), _token(date(2026, 11, 20), not_after=date(2040, 1, 1))]
    assert _status(tokens=renewed)[1]["lt-token-life"] is MET


def test_the_paper_follows_from_the_same_facts():
    paper = replace(GOOD, sameness=SamenessCheck(checked_on=TODAY, same=True), stamp_duty=StampDuty.REFUND).paper
    assert (paper.stamped_on, paper.capture_good, paper.stamp_duty) == (date(2026, 11, 10), True, StampDuty.REFUND)
    stamp = FIELDS.replaced(_field("stamp_duty", Money(amount=Decimal(200))))
    assert _facts(replace(RECORD, fields=stamp)).paper.stamp_duty is StampDuty.AFFIXED
    assert _facts(replace(RECORD, checks=())).paper.capture_good is None


def test_what_was_destroyed_after_its_retention_lacks_nothing():
    status, lines = _status(replace(RECORD, state=DocumentState.DESTROYED, fields=FieldSet(fields=()), checks=()))
    assert (status.verdict, set(lines)) == (MET, {"ret-other"})


def test_nothing_judged_is_not_compliant():
    assert ComplianceStatus(as_of=TODAY, lines=()).verdict is OPEN


def test_lines_of_one_verdict_come_by_their_day():
    status, _ = _of(replace(GOOD, units=(UnitStamps(unit_id="u", tokens=()),), defect=Defect(found_on=DEADLINE)))
    days = [line.due for line in status.of(OPEN) if line.due]
    assert days == sorted(days)
